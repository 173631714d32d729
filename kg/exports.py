"""The graph in the words of other vocabularies, made by CONSTRUCT queries on demand.

An export is a file ``kg/exports/<name>.rq``: a query with a head that says its title, its summary,
the IRI of its vocabulary and where that is specified. A CONSTRUCT gives one graph (SPARQL 1.1 Query
Language, 16.2), so an export with many graphs is a folder instead, with one query for each part;
the first part, ``head.rq``, also names a class (``each``). Each part then runs once for every
instance of the class, put in its line ``VALUES ?this { UNDEF }``, and its triples go into the graph
named by that instance's IRI, ``#`` and the part's name.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from kg import heads, paths, release
from kg.errors import DataError, ExportError
from kg.namespaces import PREFIXES

FORMATS: Mapping[str, RdfFormat] = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
"""The formats by the ending of their files."""

_HEAD = "head"
_COMMON = ("", "owl", "rdf", "rdfs", "xsd", "skos", "dcterms")
_UNDEFINED = "VALUES ?this { UNDEF }"
_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)


@dataclass(frozen=True)
class Export:
    """One way to say the graph in another vocabulary.

    Attributes:
        name: The name of its file or folder.
        title: What it is, in a few words.
        summary: What it holds, and how.
        vocabulary: The namespace IRI of the vocabulary.
        specification: Where the vocabulary is specified.
        each: For an export with many graphs, the class of what each part runs for, as a prefixed
            name; else None.
        datatypes: The datatype of a property's values, by the property's prefixed name. The engine
            takes a derived datatype for the one it is derived from, an xsd:nonNegativeInteger for
            an xsd:integer, so what a vocabulary demands is put back afterwards.
        queries: The CONSTRUCT query of each part, by the part's name; one where there is one graph.
    """

    name: str
    title: str
    summary: str
    vocabulary: str
    specification: str
    each: str | None
    datatypes: Mapping[str, str]
    queries: Mapping[str, str]

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of what is written, by name: common ones and those the queries declare.

        There is none for ids: those of a document have a slash, which a prefixed name escapes.
        """
        declared = _PREFIX.findall("\n".join(self.queries.values()))
        return {name: PREFIXES[name] for name in _COMMON} | dict(declared)

    @property
    def default_format(self) -> str:
        """The format it is written in when none is asked for: Turtle, or TriG for many graphs."""
        return "trig" if self.each else "ttl"


def load_exports() -> dict[str, Export]:
    """All exports, by name and in its order.

    Raises:
        ExportError: A file has no proper head.
    """
    folders = [path.parent for path in paths.EXPORTS.glob(f"*/{_HEAD}.rq")]
    return {path.stem: _read(path) for path in sorted([*folders, *paths.EXPORTS.glob("*.rq")])}


def find(name: str) -> Export:
    """The export of this name.

    Raises:
        ExportError: There is none.
    """
    known = load_exports()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'" if near else f"there are {', '.join(known)}"
    raise ExportError(f"there is no export of this name: {hint}")


def triples(store: Store, export: Export) -> list[Triple]:
    """The triples of an export with one graph, in the order of `kg.release.in_order`."""
    [query] = export.queries.values()
    return sorted(_construct(store, export, query), key=release.key)


def quads(store: Store, export: Export) -> list[Quad]:
    """The quads of an export with many graphs: instance by instance, part by part."""
    found = []
    for this in _instances(store, export):
        for part, query in export.queries.items():
            graph = NamedNode(f"{this.value}#{part}")
            filled = query.replace(_UNDEFINED, f"VALUES ?this {{ {this} }}")
            made = sorted(_construct(store, export, filled), key=release.key)
            found += [Quad(t.subject, t.predicate, t.object, graph) for t in made]
    return found


def written(store: Store, export: Export, form: str | None = None) -> bytes:
    """An export of a built store as a file. Equal stores give equal bytes.

    Args:
        store: The store; its named graphs are taken together.
        export: What to write.
        form: A key of `FORMATS`; the export's default when left out.

    Raises:
        ExportError: The format does not keep graphs apart, or has no triple terms, and the export
            needs it to.
    """
    form = form or export.default_format
    rdf_format = FORMATS[form]
    if export.each and not rdf_format.supports_datasets:
        able = ", ".join(name for name, each in FORMATS.items() if each.supports_datasets)
        raise ExportError(f"the export {export.name} has many graphs, {form} has one: use {able}")
    statements = quads(store, export) if export.each else triples(store, export)
    try:
        return release.serialized(statements, rdf_format, export.prefixes)
    except OSError as error:
        raise ExportError(
            f"the export {export.name} cannot be written as {form}: {error}"
        ) from error


def _read(path: Path) -> Export:
    files = [path / f"{_HEAD}.rq", *sorted(path.glob("*.rq"))] if path.is_dir() else [path]
    try:
        head, _ = heads.read(files[0])
        return Export(
            name=path.stem,
            title=head["title"],
            summary=head["summary"],
            vocabulary=head["vocabulary"],
            specification=head["specification"],
            each=head["each"] if path.is_dir() else None,
            datatypes=head.get("datatypes", {}),
            queries={file.stem: file.read_text("utf-8") for file in files},
        )
    except KeyError as error:
        raise ExportError(f"{path.name}: the head needs a line '#+ {error.args[0]}: …'") from error
    except (DataError, OSError) as error:
        raise ExportError(f"{path.name}: {error}") from error


def _instances(store: Store, export: Export) -> list[NamedNode]:
    query = f"SELECT DISTINCT ?this {{ ?this a {export.each} FILTER isIRI(?this) }} ORDER BY ?this"
    rows = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return [row["this"] for row in cast(QuerySolutions, rows)]


def _construct(store: Store, export: Export, query: str) -> set[Triple]:
    answer = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    datatypes = {_full(export, p): _full(export, d) for p, d in export.datatypes.items()}
    return {_typed(triple, datatypes) for triple in cast(QueryTriples, answer)}


def _full(export: Export, name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(export.prefixes[prefix] + local)


def _typed(triple: Triple, datatypes: Mapping[NamedNode, NamedNode]) -> Triple:
    datatype = datatypes.get(triple.predicate)
    if not datatype or not isinstance(triple.object, Literal):
        return triple
    value = Literal(triple.object.value, datatype=datatype)
    return Triple(triple.subject, triple.predicate, value)
