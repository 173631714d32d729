"""Results as pages show them: one result in four views, each with an address of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import NamedNode

from kg.errors import ViewError
from kg.provenance import PAGE, Provenance
from webui import chronologies, columns, diagrams, passages, queries, svg, tables
from webui.addresses import Address
from webui.chronologies import Chronology
from webui.columns import Dated, Relation
from webui.diagrams import Diagram, Edge
from webui.passages import Passages
from webui.site import Engine
from webui.tables import Page, Row, Table
from webui.views import GRAPH, LIST, PICTURES, TABLE, TEXT, TIMELINE, VIEWS, Choice

SHOWN_ROWS = 100
"""How many rows a page shows, and `kg.provenance.PAGE` where their sentences must be found."""

SAMPLED = 1_000
"""How many rows are looked at to learn what the columns are."""

NOTE_ROOM = 640.0
"""How wide the words under a picture that stands alone may be, in pixels."""


@dataclass(frozen=True)
class Source:
    """A result to show.

    Attributes:
        title: what its pictures are called.
        table: its rows.
        address: where it is shown, with all that the address says.
        are_triples: whether its three columns are subject, property and object.
        asked: the triple patterns of its query.
        behind: gives what stands behind rows, or None where nothing can.
        is_answer: whether it is the answer to a question, whose sentences are known already.
        limit: in words, the limit that cut it, or nothing.
    """

    title: str
    table: Table
    address: Address
    are_triples: bool = False
    asked: Sequence[Relation] = ()
    behind: Callable[[Sequence[Row]], Sequence[Provenance]] | None = None
    is_answer: bool = False
    limit: str = ""

    @property
    def views(self) -> Sequence[str]:
        """The views that it has."""
        first = (LIST,) if self.is_answer else ()
        return (*first, *(view for view in VIEWS if view != TEXT or self.behind))


@dataclass(frozen=True)
class Heading:
    """The heading of a column.

    Attributes:
        words: what it says.
        sorted: "ascending", "descending" or nothing, as in ``aria-sort``.
        href: where the rows are sorted by it.
    """

    words: str
    sorted: str
    href: Address


@dataclass(frozen=True)
class Shown:
    """A result in one view.

    Attributes:
        source: the result.
        choice: how it is shown; its view is set.
        page: the rows.
        behind: what stands behind each row, where the view shows that.
        diagram: the rows as a graph, in that view.
        chronology: the rows in time, in that view.
        passages: the rows in the text, in that view.
    """

    source: Source
    choice: Choice
    page: Page
    behind: Sequence[Provenance] = ()
    diagram: Diagram | None = None
    chronology: Chronology | None = None
    passages: Passages | None = None

    @property
    def view(self) -> str:
        """The view."""
        return self.choice.view

    @property
    def tabs(self) -> dict[str, Address]:
        """Where each view of the result is; a view begins at its first page."""
        here = self.source.address.but(page=None, evidence=None)
        return {
            view: here.but(view=None, sort=None, filter=None)
            if view == LIST
            else here.but(view=view)
            for view in self.source.views
        }

    @property
    def headings(self) -> list[Heading]:
        """The headings, each of which sorts by its column; again, the other way round."""
        here = self.source.address.but(page=None, view=self.view)
        made = []
        for name, words in self.page.columns.items():
            is_sorted = name == self.choice.sort
            order = ("descending" if self.choice.is_descending else "ascending") * is_sorted
            sort = f"-{name}" if order == "ascending" else name
            made.append(Heading(words, order, here.but(sort=sort)))
        return made

    @property
    def pages(self) -> dict[str, Address]:
        """Where the neighbouring pages are, by the relation of the link."""
        number = self.page.number
        near = {"prev": number - 1, "next": number + 1}
        return {
            relation: self.source.address.but(page=str(other) if other > 1 else None)
            for relation, other in near.items()
            if 0 < other <= self.page.pages
        }

    def place(self, row: Row) -> str:
        """Where a row of the page stands in the table."""
        before = self.page.first - 1 + self.page.rows.index(row)
        number = before // SHOWN_ROWS + 1
        page = str(number) if number > 1 else None
        return f"{self.source.address.but(view=TABLE, page=page, evidence=None)}#row-{row.number}"

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """What the form of the filter sends besides the words."""
        return self.source.address.but(filter=None, page=None, view=self.view).parameters

    @property
    def unfiltered(self) -> Address:
        """The same with all rows."""
        return self.source.address.but(filter=None, page=None)

    @property
    def unsorted(self) -> Address:
        """The same in the order of the result."""
        return self.source.address.but(sort=None, page=None)

    @property
    def with_evidence(self) -> Address:
        """The table with the sentences under each row."""
        return self.source.address.but(view=None, page=None, evidence="1")

    @property
    def without_evidence(self) -> Address:
        """The table alone."""
        return self.source.address.but(view=TABLE, page=None, evidence=None)

    @property
    def file(self) -> Address:
        """The picture as a file."""
        return self.source.address.but(view=self.view, format="svg")

    @cached_property
    def picture(self) -> svg.Picture | None:
        """The picture, where the view has one and there is something to draw."""
        shown = self.diagram or self.chronology
        return shown.picture if shown else None

    @property
    def limits(self) -> list[str]:
        """In words, what the view leaves out."""
        told = []
        page = self.page
        if page.had < page.count:
            told.append(
                f"Only the first {page.had:,} of {page.count:,} rows can be shown, sorted and "
                "filtered here; files have all."
            )
        if page.pages > 1:
            rows = f"rows {page.first:,} to {page.last:,} of {page.found:,}"
            told.append(
                f"This picture has only {rows}; each page of the result has its own."
                if self.view in PICTURES
                else f"These are {rows}."
            )
        if self.diagram and self.diagram.drawn < self.diagram.count:
            told.append(
                f"{self.diagram.drawn} of the {self.diagram.count} boxes of these rows are drawn, "
                "which is all that a picture has room for; the list under it has all."
            )
        if self.chronology and self.chronology.drawn < len(self.chronology.datings):
            told.append(
                f"{self.chronology.drawn} of {len(self.chronology.datings)} bars are drawn, which "
                "is all that a picture has room for; the list under it has all."
            )
        return told


def show(engine: Engine, source: Source, choice: Choice) -> Shown:
    """A result in the view that an address asks for, or else that suits its columns.

    Raises:
        ViewError: the result has no such view, column or page.
        QueryError, SeedError: what stands behind the rows cannot be found now.
    """
    dated = _dated(source)
    view = choice.view or (LIST if source.is_answer else _fitting(engine, source, choice, dated))
    if view not in source.views:
        raise ViewError(f"this result has no view {view!r}: choose {', '.join(source.views)}")
    choice = replace(choice, view=view)
    shown = Shown(source, choice, tables.page(engine, source.table, choice, _size(choice, dated)))
    rows = shown.page.rows
    if view == GRAPH:
        return replace(shown, diagram=_diagram(engine, source, shown.page))
    if view == TIMELINE:
        path = str(source.address.but(view=TIMELINE))
        made = chronologies.chronology(engine, shown.page, dated, source.behind, source.title, path)
        return replace(shown, chronology=made)
    if source.behind is None or not (view == TEXT or choice.has_evidence or source.is_answer):
        return shown
    behind = source.behind(rows)
    if view == TEXT:
        return replace(shown, passages=passages.passages(engine, rows, behind))
    return replace(shown, behind=behind)


def picture(engine: Engine, source: Source, choice: Choice, base_url: str) -> bytes:
    """The picture of a result as a file, with what it leaves out in words under it.

    Raises:
        ViewError: the view that was asked for has no picture.
        QueryError, SeedError: as for `show`.
    """
    if not choice.view:
        is_dated = source.table.rows and _suits_timeline(source, _dated(source))
        choice = replace(choice, view=TIMELINE if is_dated else GRAPH)
    if choice.view not in PICTURES:
        names = " or ".join(f"view={name}" for name in PICTURES)
        raise ViewError(f"the view {choice.view!r} has no picture: ask for {names}")
    shown = show(engine, source, choice)
    drawn = shown.picture or svg.Picture(source.title)
    notes = [*filter(None, [source.limit]), *shown.limits]
    if not source.table.rows:
        notes = ["Empty: the query ran to its end and nothing matches it.", *notes]
    elif not shown.picture:
        notes = [_nothing_drawn(shown), *notes]
    page = str(source.address.but(view=choice.view))
    for note in notes:
        _write(drawn, note)
    with drawn.link(page):
        _write(drawn, f"{source.title}. {base_url}{page}")
    return drawn.file(base_url)


def _write(drawn: svg.Picture, words: str) -> None:
    """Write words under a picture."""
    drawn.text(4, drawn.size[1] + 6, svg.wrap(words, NOTE_ROOM, 4), fill="muted")


def _nothing_drawn(shown: Shown) -> str:
    if shown.page.found == 0:
        return "No row has the words of the filter."
    return "No row has a year." if shown.view == TIMELINE else "No row has a thing to draw."


def _dated(source: Source) -> Dated | None:
    return columns.dated(source.table.columns, source.table.rows[:SAMPLED], source.asked)


def _size(choice: Choice, dated: Dated | None) -> int:
    finds_sentences = (
        choice.view == TEXT
        or (choice.view == TABLE and choice.has_evidence)
        or (choice.view == TIMELINE and dated is None)
    )
    return PAGE if finds_sentences else SHOWN_ROWS


def _fitting(engine: Engine, source: Source, choice: Choice, dated: Dated | None) -> str:
    """The view that suits the columns."""
    if choice.has_evidence or choice.sort or choice.filter:
        return TABLE
    if _suits_timeline(source, dated):
        return TIMELINE
    rows = source.table.rows
    names = _triple(source)
    if names and len(rows) <= SHOWN_ROWS and diagrams.is_drawable(diagrams.of_triples(rows, names)):
        return GRAPH
    return TEXT if source.behind and _are_sentences(engine, source.table) else TABLE


def _suits_timeline(source: Source, dated: Dated | None) -> bool:
    rows = source.table.rows[:SAMPLED]
    return dated is not None and 2 * sum(bool(dated.extent(row)) for row in rows) >= len(rows)


def _triple(source: Source) -> Sequence[str]:
    """The columns that are subject, property and object, where there are such."""
    names = source.table.columns
    if source.are_triples:
        return list(names)
    for each in source.asked:
        parts = [part.removeprefix("?") for part in (each.subject, each.property, each.object)]
        if len(names) == 3 and set(parts) == set(names):
            return parts
    return ()


def _are_sentences(engine: Engine, table: Table) -> bool:
    """Whether a column has sentences only."""
    rows = table.rows[:PAGE]
    cells = {
        name: {term.value for row in rows if isinstance(term := row.terms.get(name), NamedNode)}
        for name in table.columns
        if all(isinstance(row.terms.get(name), NamedNode) for row in rows)
    }
    wanted = {iri for iris in cells.values() for iri in iris}
    if not rows or not wanted:
        return False
    query = queries.bind("sentences", {"thing": queries.iris(sorted(wanted))})
    known = {row["thing"].value for row in engine.select(query).rows}
    return any(iris and iris <= known for iris in cells.values())


def _diagram(engine: Engine, source: Source, page: Page) -> Diagram:
    if source.are_triples:
        edges: list[Edge] = diagrams.of_triples(page.rows, list(page.columns))
        return diagrams.draw(engine, source.title, edges, ())
    edges = diagrams.of_rows(engine, page, source.asked)
    alone = [next(iter(row.terms.values())) for row in page.rows if len(row.terms) == 1]
    return diagrams.draw(engine, source.title, edges, alone)
