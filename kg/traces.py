"""Which triples a row of a SELECT rests on.

A row is traced by asking its pattern again with the row's own values given (see
`kg.algebra.witness`): each solution names its triples. The triples of all solutions alone give the
row again, and without them it is gone, unless the trace says otherwise.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol, TypeAlias

import pyoxigraph

from kg.algebra import parser, printer, witness
from kg.algebra.tree import (
    Closure,
    Group,
    Inverse,
    Path,
    Projected,
    Select,
    Term,
    Triple,
    Values,
)
from kg.engines.limits import Limits
from kg.engines.results import JSON, Format, Result, parse_solutions
from kg.engines.results import Term as RdfTerm
from kg.errors import QueryError, QueryTimeoutError, QueryTooLargeError

MOST_SOLUTIONS = 50
"""How many solutions of one row are followed."""

SECONDS = 8.0
"""How long the rows of one page are followed."""

_MOST_GROUPS = 10
_MOST_EDGES = 1_000
_MOST_STEPS = 50
_FROM, _TO = "?from", "?to"
_Edge: TypeAlias = tuple[Term, Term]


class Engine(Protocol):
    """What answers queries, also of a chosen dataset."""

    @property
    def limits(self) -> Limits:
        """What one query may cost."""

    def query(
        self,
        sparql: str,
        format: Format | None = None,  # noqa: A002 - as in kg.engines
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Result:
        """The serialised result of any query."""


@dataclass(frozen=True)
class Fact:
    """A triple that is in the store.

    Attributes:
        subject: its subject.
        property: its property.
        object: its object.
        graph: IRI of the named graph that was asked, or None where any may hold it.
    """

    subject: RdfTerm
    property: RdfTerm
    object: RdfTerm
    graph: RdfTerm | None = None


@dataclass(frozen=True)
class Trace:
    """What one row rests on.

    Attributes:
        facts: its triples, in the order of the pattern.
        shown: how many solutions of the pattern they come from.
        total: how many solutions the row has.
        is_whole: whether the facts are all that the row rests on; not so when there are more
            solutions, or other paths, than were followed.
        rests_on_absence: whether it rests also on triples that are not there, as with MINUS,
            FILTER NOT EXISTS or an OPTIONAL without a match.
        failure: why the row could not be followed to the end, or None.
    """

    facts: tuple[Fact, ...]
    shown: int
    total: int
    is_whole: bool
    rests_on_absence: bool
    failure: str | None


def trace(
    engine: Engine,
    sparql: str,
    rows: Iterable[Mapping[str, RdfTerm]],
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    seconds: float = SECONDS,
) -> list[Trace]:
    """The traces of some rows of a SELECT query.

    Args:
        engine: answers the queries; it has the store that gave the rows.
        sparql: the query that gave them.
        rows: terms by variable, without the question mark.
        default_graphs: the dataset that was asked, as in `kg.engines`.
        named_graphs: likewise.
        seconds: for all rows together; those for which it is over have a failure.

    Raises:
        UnreadableQueryError: the query has syntax that cannot be taken apart.
        QueryError: the engine is busy or refuses the rewritten query; what only takes too long or
            too much is a failure of its row.
    """
    select = parser.parse(sparql, engine.limits)
    dataset = _Dataset(engine, select.dataset, tuple(default_graphs), tuple(named_graphs))
    deadline = time.monotonic() + seconds
    return [
        _Tracer(dataset, deadline).trace(select, {f"?{k}": str(v) for k, v in row.items()})
        for row in rows
    ]


@dataclass(frozen=True)
class _Dataset:
    """An engine and which of its graphs are asked."""

    engine: Engine
    clauses: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]

    def solutions(self, select: Select) -> list[dict[Term, Term]]:
        text = printer.query(replace(select, dataset=self.clauses))
        result = self.engine.query(
            text, JSON, default_graphs=self.default_graphs, named_graphs=self.named_graphs
        )
        if result.kind == "boolean":
            return [{}] if b"true" in result.body else []
        rows = parse_solutions(result).rows
        return [{f"?{name}": str(term) for name, term in row.items()} for row in rows]


@dataclass
class _Tracer:
    """The tracing of one row."""

    dataset: _Dataset
    deadline: float
    facts: dict[Fact, None] = field(default_factory=dict)
    is_whole: bool = True
    rests_on_absence: bool = False

    def trace(self, select: Select, row: witness.Solution) -> Trace:
        failure = None
        shown = total = 0
        try:
            shown, total = self._row(select, row, None)
        except (QueryTimeoutError, QueryTooLargeError) as error:
            failure = str(error)
        is_whole = self.is_whole and failure is None
        return Trace(tuple(self.facts), shown, total, is_whole, self.rests_on_absence, failure)

    def _row(self, select: Select, row: witness.Solution, graph: Term | None) -> tuple[int, int]:
        """Follow a row; say how many of its solutions were followed, of how many."""
        if select.is_grouped:
            return self._grouped_row(select, row, graph)
        namer = witness.Namer(select.where)
        columns = select.projection or ()
        unstable = {
            each.variable
            for each in columns
            if each.expression and witness.changes(each.expression)
        }
        values = {name: term for name, term in row.items() if name not in unstable}
        absent = frozenset(each.variable for each in columns) - row.keys() - unstable
        pattern = witness.in_graph(witness.with_projection(select), graph)
        return self._solutions(witness.expand(pattern, namer), values, absent)

    def _grouped_row(
        self, select: Select, row: witness.Solution, graph: Term | None
    ) -> tuple[int, int]:
        namer = witness.Namer(select.where)
        pattern, keys = witness.with_keys(select, namer)
        names = [key.variable for key in keys if key.variable]
        expanded = witness.expand(witness.in_graph(pattern, graph), namer)
        conditions = [*select.having, *(e.expression for e in select.projection or ())]
        self.rests_on_absence |= any(each and each.exists() for each in conditions)
        shown = total = 0
        for key in self._groups(select, row, graph, names):
            absent = frozenset(names) - key.keys()
            followed, of = self._solutions(expanded, key, absent)
            shown, total = shown + followed, total + of
        # A group of nothing, as COUNT gives it, is there because the triples are not.
        self.rests_on_absence |= total == 0
        return shown, total

    def _groups(
        self, select: Select, row: witness.Solution, graph: Term | None, names: Sequence[Term]
    ) -> list[dict[Term, Term]]:
        """The keys of the groups that give a row."""
        projection = select.projection or ()
        plain = {each.variable for each in projection if each.expression is None}
        if plain.issuperset(names):
            return [{name: row[name] for name in names if name in row}]
        namer = witness.Namer(select.where)
        _, keys = witness.with_keys(select, namer)
        hidden = tuple(Projected(name) for name in names if name not in plain)
        asked = replace(
            select.without_slice(),
            form="SELECT",
            projection=projection + hidden,
            keys=keys,
            where=witness.in_graph(select.where, graph),
        )
        found = [
            {name: solution[name] for name in names if name in solution}
            for solution in self._ask(asked)
            if all(solution.get(each.variable) == row.get(each.variable) for each in projection)
        ]
        self.is_whole &= len(found) <= _MOST_GROUPS
        return found[:_MOST_GROUPS]

    def _solutions(
        self, expanded: Group, values: witness.Solution, absent: frozenset[Term] = frozenset()
    ) -> tuple[int, int]:
        """Follow the solutions of an expanded group in which some variables have given values."""
        asked = witness.given(expanded, values, absent)
        found = self._ask(witness.all_solutions(asked, MOST_SOLUTIONS + 1))
        agreeing = [each for each in found if _agrees(each, values)]
        total = len(agreeing)
        if len(found) > MOST_SOLUTIONS:
            self.is_whole = False
            total = self._count(asked)
        for solution in agreeing[:MOST_SOLUTIONS]:
            self._follow(witness.grounds(expanded, solution))
        return min(total, MOST_SOLUTIONS), total

    def _follow(self, grounds: witness.Grounds) -> None:
        self.rests_on_absence |= grounds.rests_on_absence
        for fact in grounds.facts:
            self._add(fact)
        for each in grounds.further:
            match each:
                case witness.Chain():
                    self._chain(each)
                case witness.Inner(select, row, graph):
                    self.rests_on_absence |= select.limit is not None or select.offset is not None
                    self._row(select.without_slice(), row, graph)
                case witness.Condition(_, _, graph):
                    pattern = witness.in_graph(witness.condition(each), graph)
                    self._solutions(witness.expand(pattern, witness.Namer(pattern)), {})

    def _add(self, fact: witness.Fact) -> None:
        graph = parsed(fact.graph) if fact.graph else None
        self.facts[
            Fact(parsed(fact.subject), parsed(fact.property), parsed(fact.object), graph)
        ] = None

    def _ask(self, select: Select) -> list[dict[Term, Term]]:
        if time.monotonic() > self.deadline:
            raise QueryTimeoutError("the time for it was over: ask for fewer rows")
        return self.dataset.solutions(select)

    def _count(self, group: Group) -> int:
        text = printer.query(witness.all_solutions(group))
        counted = parser.parse(f"SELECT (COUNT(*) AS ?count) {{ {{ {text} }} }}")
        [solution] = self._ask(counted)
        return int(parsed(solution["?count"]).value)

    def _chain(self, chain: witness.Chain) -> None:
        """Follow one shortest path of no fixed length."""
        start, end, mark = str(parsed(chain.start)), str(parsed(chain.end)), chain.closure.mark
        if mark in "*?" and start == end:
            return
        if mark == "?":
            self._hop(start, chain.closure.path, end, chain.graph)
            return
        edges = self._edges(start, chain.closure, chain.graph)
        path = _shortest(edges, start, end)
        useful = _useful(edges, start, end)
        self.is_whole &= bool(path) and set(path) == useful
        for source, target in path:
            self._hop(source, chain.closure.path, target, chain.graph)

    def _hop(self, source: Term, path: Path, target: Term, graph: Term | None) -> None:
        match path:
            case str():
                self._add(witness.Fact(source, path, target, graph))
            case Inverse(str() as inner):
                self._add(witness.Fact(target, inner, source, graph))
            case _:
                pattern = witness.in_graph(Group((Triple(source, path, target),)), graph)
                self._solutions(witness.expand(pattern, witness.Namer(pattern)), {})

    def _edges(self, start: Term, closure: Closure, graph: Term | None) -> list[_Edge]:
        """The steps that can be made from a term on, nearest first."""
        found: dict[_Edge, None] = {}
        frontier, seen = [start], {start}
        for _ in range(_MOST_STEPS):
            nameable = [each for each in frontier if not each.startswith("_:")]
            self.is_whole &= len(nameable) == len(frontier)
            if not nameable:
                return list(found)
            if len(found) > _MOST_EDGES:
                break
            step = Group((Triple(_FROM, closure.path, _TO),))
            group = witness.in_graph(step, graph).after(
                Values((_FROM,), tuple((each,) for each in nameable))
            )
            names = (Projected(_FROM), Projected(_TO))
            steps = self._ask(Select(group, names, "SELECT DISTINCT"))
            new = [(each[_FROM], each[_TO]) for each in steps]
            found |= dict.fromkeys(sorted(new))
            frontier = sorted({target for _, target in new} - seen)
            seen |= set(frontier)
        self.is_whole = False
        return list(found)


def _shortest(edges: Sequence[_Edge], start: Term, end: Term) -> list[_Edge]:
    """The steps of a shortest path of at least one step; none when there is no path."""
    before: dict[Term, Term] = {}
    for source, target in edges:
        before.setdefault(target, source)
    path: list[_Edge] = []
    place = end
    while place in before and (place != start or not path):
        path.append((before[place], place))
        place = before[place]
    return path[::-1] if path and place == start else []


def _useful(edges: Sequence[_Edge], start: Term, end: Term) -> set[_Edge]:
    """The steps that a path between two terms can take, of those that begin at the first."""
    if start != end:
        edges = [(source, target) for source, target in edges if start != target and source != end]
    reaching = {end}
    grown = True
    while grown:
        more = {source for source, target in edges if target in reaching}
        grown = not more <= reaching
        reaching |= more
    return {(source, target) for source, target in edges if target in reaching}


def _agrees(solution: witness.Solution, values: witness.Solution) -> bool:
    """Whether blank nodes, which a query cannot name, are those of the row."""
    return all(solution.get(name) == term for name, term in values.items() if term.startswith("_:"))


@lru_cache(maxsize=4096)
def parsed(term: Term) -> RdfTerm:
    """A term of a query or a result as RDF; what SPARQL abbreviates is written as in Turtle."""
    if term.startswith("_:"):
        return pyoxigraph.BlankNode(term[2:])
    [quad] = pyoxigraph.parse(f"<x:s> <x:p> {term} .", format=pyoxigraph.RdfFormat.TURTLE)
    found = quad.object
    if isinstance(found, pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode):
        return found
    raise QueryError("a triple term has no evidence")
