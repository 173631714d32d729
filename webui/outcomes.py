"""What came out of a query on the query page: a result in its views, true or false, or nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph

from kg.engines.results import Result, Term, parse_boolean, parse_solutions
from kg.errors import ViewError
from kg.provenance import Provenance, provenance
from webui import results, sources
from webui.addresses import Address
from webui.columns import relations
from webui.protocol import Asked
from webui.results import Shown, Source
from webui.site import Site
from webui.sources import Behind
from webui.tables import MOST_ROWS, Row, Table
from webui.views import Choice

TITLE = "Result of a query"
TRIPLE = ("subject", "property", "value")
_ANY_TRIPLE = "SELECT ?subject ?property ?value { ?subject ?property ?value }"
_STAR = re.compile(r"\bSELECT\s+(?:(?:DISTINCT|REDUCED)\s+)?\*", re.IGNORECASE)
_VARIABLE = re.compile(r"[?$](\w+)")


@dataclass(frozen=True)
class Outcome:
    """What a page shows of a result.

    Attributes:
        boolean: the answer of an ASK, else None.
        shown: the rows in a view, or None where there are none.
        behind: what the query says that the graph does not have, and why there are no rows.
        count: how many rows the result has.
        truncated: whether a limit cut the result.
        seconds: how long the engine took.
    """

    boolean: bool | None
    shown: Shown | None
    behind: Behind
    count: int
    truncated: bool
    seconds: float


def outcome(here: Site, asked: Asked, query: str, result: Result, choice: Choice) -> Outcome:
    """What the page shows of a result.

    Raises:
        ViewError: the result cannot be shown in the way that was asked for.
        QueryError, SeedError: as for `webui.results.show`.
    """
    boolean = parse_boolean(result) if result.kind == "boolean" else None
    shown = None
    if result.rows:
        shown = results.show(here.engine, _source(here, asked, query, result, choice), choice)
    return Outcome(
        boolean,
        shown,
        sources.behind(asked, query, result),
        result.rows or 0,
        result.truncated,
        result.seconds,
    )


def picture(here: Site, asked: Asked, query: str, result: Result, choice: Choice) -> bytes:
    """The picture of a result.

    Raises:
        ViewError: it has none.
        QueryError, SeedError: as for `webui.results.show`.
    """
    if result.kind == "boolean":
        raise ViewError("true and false have no picture: ask with SELECT, CONSTRUCT or DESCRIBE")
    source = _source(here, asked, query, result, choice)
    return results.picture(here.engine, source, choice, here.base_url)


def _source(here: Site, asked: Asked, query: str, result: Result, choice: Choice) -> Source:
    is_graph = result.kind == "graph"
    traced = _ANY_TRIPLE if is_graph else query

    def behind(rows: Sequence[Row]) -> list[Provenance]:
        return provenance(
            here.engine,
            traced,
            [row.terms for row in rows],
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )

    return Source(
        title=TITLE,
        table=_table(result, query),
        address=_address(asked, query, choice),
        are_triples=is_graph,
        asked=() if is_graph else relations(query, here.engine.limits),
        behind=None if here.is_plain else behind,
        limit=f"Cut short: these are the first {result.rows:,} rows." if result.truncated else "",
    )


def _address(asked: Asked, query: str, choice: Choice) -> Address:
    """Where the page of a result is, also when the query came in a body."""
    graphs = [("default-graph-uri", graph) for graph in asked.default_graphs]
    graphs += [("named-graph-uri", graph) for graph in asked.named_graphs]
    head = (("query", query), ("format", "html"))
    return Address("/sparql", (*head, *graphs, *choice.parameters))


def _table(result: Result, query: str) -> Table:
    if result.kind == "graph":
        names: Sequence[str] = TRIPLE
        found: Iterable[dict[str, Term]] = islice(_triples(result), MOST_ROWS)
    else:
        solutions = parse_solutions(result, MOST_ROWS)
        names, found = _as_written(solutions.variables, query), solutions.rows
    rows = [Row(number, terms) for number, terms in enumerate(found, 1)]
    return Table({name: name for name in names}, rows, result.rows or 0)


def _as_written(names: Sequence[str], query: str) -> Sequence[str]:
    """The columns; those of ``SELECT *``, which have no order, as the query first names them."""
    if not _STAR.search(query):
        return names
    written = list(dict.fromkeys(_VARIABLE.findall(query)))
    return sorted(names, key=lambda name: written.index(name) if name in written else len(written))


def _triples(result: Result) -> Iterator[dict[str, Term]]:
    for quad in pyoxigraph.parse(result.body, format=pyoxigraph.RdfFormat.N_TRIPLES):
        parts = map(_plain, (quad.subject, quad.predicate, quad.object))
        yield dict(zip(TRIPLE, parts, strict=True))


def _plain(term: object) -> Term:
    """A term of RDF 1.1 as it is; a triple term, which RDF 1.2 adds, as a text."""
    if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode):
        return term
    return pyoxigraph.Literal(str(term))
