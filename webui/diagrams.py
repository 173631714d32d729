"""Results as graphs: what the rows or triples join, as boxes and arrows, and the same as a list.

Where a query asks for a triple between two things of a row, and the graph has it, an arrow bears
the name of its property. What no such triple joins to the first thing of its row is joined to it by
a broken arrow that bears the name of the column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pyoxigraph import Literal, NamedNode

from kg.engines.results import Term
from kg.labels import Engine, batches
from webui import maps, queries, svg
from webui.columns import Relation
from webui.tables import Page, Row
from webui.terms import ShownTerm, show_all

MOST_BOXES = 60
"""How many boxes a picture has at most."""

TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Edge:
    """An arrow between two terms.

    Attributes:
        source: where it begins.
        target: where it ends.
        relation: the property, or the heading of a column.
        is_column: whether it has the heading of a column.
    """

    source: Term
    target: Term
    relation: NamedNode | str
    is_column: bool = False

    @property
    def key(self) -> str:
        """What tells its target apart: a literal stands once for each thing that has it."""
        name = str(self.target)
        return f"{self.source} {self.relation} {name}" if _is_literal(self.target) else name


@dataclass(frozen=True)
class Entry:
    """A thing of the list and what leads from it.

    Attributes:
        subject: the thing.
        values: for each relation, in words, what it leads to.
    """

    subject: ShownTerm
    values: dict[str, list[ShownTerm]]


@dataclass(frozen=True)
class Diagram:
    """Some rows as a graph.

    Attributes:
        picture: the picture, or None where there is nothing to draw.
        entries: the same as a list, whole.
        drawn: how many boxes the picture has.
        count: how many it would have if it were whole.
        has_columns: whether there are arrows that have the name of a column.
    """

    picture: svg.Picture | None
    entries: Sequence[Entry]
    drawn: int
    count: int
    has_columns: bool


@dataclass
class _Drawing:
    """The boxes of a picture while they are chosen."""

    terms: dict[str, Term] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


def of_triples(rows: Iterable[Row], columns: Sequence[str]) -> list[Edge]:
    """The edges of triples, whose parts stand in columns in the order subject, property, object."""
    found: dict[Edge, None] = {}
    for row in rows:
        subject, prop, value = (row.terms.get(name) for name in columns)
        if subject is not None and value is not None and isinstance(prop, NamedNode):
            found[Edge(subject, value, prop)] = None
    return list(found)


def of_rows(engine: Engine, page: Page, asked: Sequence[Relation]) -> list[Edge]:
    """The edges of rows of a SELECT.

    Args:
        engine: knows which triples there are.
        page: the rows.
        asked: the patterns of the query.
    """
    wanted = [list(_instances(row, asked)) for row in page.rows]
    known = _known(engine, {edge: None for edges in wanted for edge in edges})
    found: dict[Edge, None] = {}
    for row, edges in zip(page.rows, wanted, strict=True):
        stated = [edge for edge in edges if edge in known]
        found |= dict.fromkeys(stated)
        found |= dict.fromkeys(_loose(row, page.columns, stated))
    return list(found)


def _instances(row: Row, asked: Iterable[Relation]) -> Iterator[Edge]:
    """The triples that a row's values make of the patterns between two things of the row."""
    named = {f"?{name}": term for name, term in row.terms.items()}
    for each in asked:
        subject, value = named.get(each.subject), named.get(each.object)
        prop = named.get(each.property) or _iri(each.property)
        if subject is None and value is not None:
            subject = _iri(each.subject)
        elif value is None and subject is not None and prop != TYPE:
            value = _iri(each.object)
        if isinstance(subject, NamedNode) and isinstance(prop, NamedNode) and value is not None:
            yield Edge(subject, value, prop)


def _iri(written: str) -> NamedNode | None:
    return NamedNode(written[1:-1]) if written.startswith("<") else None


def _known(engine: Engine, edges: Iterable[Edge]) -> set[Edge]:
    """Those of the edges that are triples of the graph."""
    properties = queries.iris(
        sorted({edge.relation.value for edge in edges if isinstance(edge.relation, NamedNode)})
    )
    subjects = sorted({edge.source.value for edge in edges})
    found = set()
    for terms in batches(subjects):
        these = queries.iris(term[1:-1] for term in terms.split(" "))
        places = {"subject": these, "property": properties}
        for row in engine.select(queries.bind("edges", places)).rows:
            prop = row["property"]
            if isinstance(prop, NamedNode):
                found.add(Edge(row["subject"], row["object"], prop))
    return found


def _loose(row: Row, columns: Mapping[str, str], stated: Iterable[Edge]) -> Iterator[Edge]:
    """Edges from the first thing of a row to what the stated ones do not join to it."""
    shown = [name for name in columns if name in row.terms]
    relations = {edge.relation for edge in stated}
    shown = [name for name in shown if row.terms[name] not in relations]
    things = [name for name in shown if not _is_literal(row.terms[name])]
    if not shown:
        return
    first = (things or shown)[0]
    hub = row.terms[first]
    near = {hub}
    for _ in shown:
        for edge in stated:
            if edge.source in near or edge.target in near:
                near |= {edge.source, edge.target}
    for name in shown:
        if row.terms[name] not in near:
            yield Edge(hub, row.terms[name], columns[name], is_column=True)


def draw(engine: Engine, label: str, edges: Sequence[Edge], alone: Iterable[Term]) -> Diagram:
    """The graph of edges, and of terms that stand alone.

    Args:
        engine: knows the labels.
        label: what the picture is called.
        edges: its arrows, the first of which are drawn.
        alone: terms that are shown also where no edge has them.
    """
    alone = [term for term in dict.fromkeys(alone) if not _is_literal(term)]
    whole, part = _Drawing(), _Drawing()
    for drawing, most in ((whole, None), (part, MOST_BOXES)):
        _choose(drawing, edges, alone, most)
    relations = [edge.relation for edge in edges if isinstance(edge.relation, NamedNode)]
    called = show_all(engine, [*whole.terms.values(), *relations])
    picture = _picture(label, part, called) if part.terms else None
    return Diagram(
        picture,
        _entries(edges, alone, called),
        len(part.terms),
        len(whole.terms),
        any(edge.is_column for edge in edges),
    )


def _choose(
    drawing: _Drawing, edges: Iterable[Edge], alone: Iterable[Term], most: int | None
) -> None:
    for edge in edges:
        boxes = {str(edge.source): edge.source, edge.key: edge.target}
        new = [key for key in boxes if key not in drawing.terms]
        if most is None or len(drawing.terms) + len(new) <= most:
            drawing.terms |= boxes
            drawing.edges.append(edge)
    room = None if most is None else max(0, most - len(drawing.terms))
    rest = (term for term in alone if str(term) not in drawing.terms)
    drawing.terms |= {str(term): term for term in islice(rest, room)}


def _picture(label: str, drawing: _Drawing, called: Mapping[str, ShownTerm]) -> svg.Picture:
    nodes = [_node(key, term, called[str(term)]) for key, term in drawing.terms.items()]
    arrows: dict[tuple[str, str], maps.Arrow] = {}
    for edge in drawing.edges:
        words = _words(edge, called)
        # One box for the words of all arrows of a thing that bear the same.
        middle = f"{edge.source} {edge.relation}"
        if (str(edge.source), middle) not in arrows:
            nodes.append(maps.Node(middle, words, _href(edge, called), is_label=True))
        dashed = edge.is_column
        arrows[str(edge.source), middle] = maps.Arrow(
            str(edge.source), middle, dashed=dashed, has_head=False
        )
        arrows[middle, edge.key] = maps.Arrow(middle, edge.key, dashed=dashed)
    return maps.draw(label, nodes, list(arrows.values()))


def _node(key: str, term: Term, shown: ShownTerm) -> maps.Node:
    tone = "rule" if _is_literal(term) else "control"
    return maps.Node(key, shown.text or "“”", shown.href, tone)


def _words(edge: Edge, called: Mapping[str, ShownTerm]) -> str:
    return edge.relation if isinstance(edge.relation, str) else called[str(edge.relation)].text


def _href(edge: Edge, called: Mapping[str, ShownTerm]) -> str | None:
    return None if isinstance(edge.relation, str) else called[str(edge.relation)].href


def _entries(
    edges: Iterable[Edge], alone: Iterable[Term], called: Mapping[str, ShownTerm]
) -> list[Entry]:
    found: dict[str, Entry] = {}
    targets = set()
    for edge in edges:
        key = str(edge.source)
        values = found.setdefault(key, Entry(called[key], {})).values
        values.setdefault(_words(edge, called), []).append(called[str(edge.target)])
        targets.add(str(edge.target))
    for term in alone:
        if str(term) not in targets:
            found.setdefault(str(term), Entry(called[str(term)], {}))
    return list(found.values())


def _is_literal(term: Term) -> bool:
    return isinstance(term, Literal)


def is_drawable(edges: Iterable[Edge]) -> bool:
    """Whether a picture has room for all edges."""
    return len({key for edge in edges for key in (str(edge.source), edge.key)}) <= MOST_BOXES
