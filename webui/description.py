"""What the endpoint says of itself: SPARQL 1.1 Service Description (W3C Recommendation 2013)."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.engines.limits import Limits
from kg.engines.results import FORMATS, Format
from kg.namespaces import PREFIXES
from kg.store import Snapshot
from webui.budgets import Budget

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMAT = "http://www.w3.org/ns/formats/"

FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "nq": "N-Quads",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
}
"""The name of each format in the W3C's list of unique URIs for file formats."""

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_INTEGER = NamedNode(PREFIXES["xsd"] + "integer")
_ANY_URI = NamedNode(PREFIXES["xsd"] + "anyURI")
_COMMENT = NamedNode(PREFIXES["rdfs"] + "comment")
_SH = PREFIXES["sh"]


def describe(
    endpoint: str,
    snapshot: Snapshot,
    limits: Limits,
    written: Format,
    budget: Budget | None = None,
    *,
    is_plain: bool = False,
    services: Iterable[str] = (),
) -> bytes:
    """The description of an endpoint.

    Args:
        endpoint: the endpoint's address.
        snapshot: what it answers from.
        limits: what one query may cost.
        written: a format for graphs.
        budget: what each client address may have.
        is_plain: whether the default graph is one of its own, and no prefix is declared.
        services: IRIs of the other endpoints that SERVICE may ask.
    """
    prefixes = {"sd": SD, "void": VOID, "format": FORMAT, "sh": _SH, "rdfs": PREFIXES["rdfs"]}
    output = io.BytesIO()
    serialize(
        _triples(
            NamedNode(endpoint),
            snapshot,
            _words(limits, budget, sorted(services)),
            is_plain=is_plain,
            is_federated=bool(services),
        ),
        output,
        format=cast(RdfFormat, written.engine),
        prefixes=prefixes if written.name in ("ttl", "rdf") else None,
    )
    return output.getvalue()


def _triples(
    service: NamedNode, snapshot: Snapshot, words: str, *, is_plain: bool, is_federated: bool
) -> Iterator[Triple]:
    def sd(name: str) -> NamedNode:
        return NamedNode(SD + name)

    yield Triple(service, _TYPE, sd("Service"))
    yield Triple(service, sd("endpoint"), service)
    yield Triple(service, sd("supportedLanguage"), sd("SPARQL11Query"))
    if not is_plain:
        yield Triple(service, sd("feature"), sd("UnionDefaultGraph"))
    if is_federated:
        yield Triple(service, sd("feature"), sd("BasicFederatedQuery"))
    for each in FORMATS:
        yield Triple(service, sd("resultFormat"), NamedNode(FORMAT + FORMAT_NAMES[each.name]))
    yield Triple(service, _COMMENT, Literal(words, language="en"))
    for prefix, namespace in () if is_plain else PREFIXES.items():
        declared = BlankNode()
        yield Triple(service, NamedNode(_SH + "declare"), declared)
        yield Triple(declared, NamedNode(_SH + "prefix"), Literal(prefix))
        yield Triple(declared, NamedNode(_SH + "namespace"), Literal(namespace, datatype=_ANY_URI))
    dataset, union = BlankNode(), BlankNode()
    yield Triple(service, sd("defaultDataset"), dataset)
    yield Triple(dataset, _TYPE, sd("Dataset"))
    yield Triple(dataset, sd("defaultGraph"), union)
    named_triples = sum(snapshot.graphs.values()) if is_plain else 0
    yield from _graph(union, snapshot.triples - named_triples)
    for iri, count in snapshot.graphs.items():
        named, graph = BlankNode(), BlankNode()
        yield Triple(dataset, sd("namedGraph"), named)
        yield Triple(named, _TYPE, sd("NamedGraph"))
        yield Triple(named, sd("name"), NamedNode(iri))
        yield Triple(named, sd("graph"), graph)
        yield from _graph(graph, count)


def _graph(graph: BlankNode, count: int) -> Iterator[Triple]:
    yield Triple(graph, _TYPE, NamedNode(SD + "Graph"))
    yield Triple(graph, NamedNode(VOID + "triples"), Literal(str(count), datatype=_INTEGER))


def _words(limits: Limits, budget: Budget | None, services: Sequence[str]) -> str:
    words = (
        f"A query is stopped after {limits.seconds:g} seconds. A result has at most "
        f"{limits.rows} rows and {limits.result_bytes} bytes; a longer one is cut, and says so."
    )
    if services:
        words += (
            f" SERVICE may ask {', '.join(services)}; a query that does is stopped after "
            f"{limits.service_seconds:g} seconds."
        )
    return f"{words} {budget.words}" if budget else words
