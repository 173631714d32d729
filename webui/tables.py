"""Results as tables: sorted, filtered and cut into pages by what an address says.

The order is that of SPARQL 1.1 Query (15.1): no value, blank nodes, IRIs, literals. IRIs are put in
the order of their labels, since these are what a reader sees.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.engines.results import Term
from kg.errors import ViewError
from kg.labels import Engine
from kg.namespaces import PREFIXES
from webui.terms import ShownTerm, show_all
from webui.views import Choice

MOST_ROWS = 10_000
"""How many rows pages have; of a longer result, the first."""

_NUMBERS = frozenset(
    PREFIXES["xsd"] + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte")
)


@dataclass(frozen=True)
class Row:
    """A row of a result.

    Attributes:
        number: its place in the result, from 1.
        terms: the terms by column; a missing one has no value.
        note: a remark that stands beside it.
        cells: the terms as shown, one for each column; none before the row is on a page.
    """

    number: int
    terms: Mapping[str, Term]
    note: str = ""
    cells: Sequence[ShownTerm | None] = ()

    @property
    def words(self) -> str:
        """What it says, in a line."""
        return " · ".join(" ".join(cell.text.split()) for cell in self.telling)

    @property
    def telling(self) -> list[ShownTerm]:
        """The cells that have a value, without texts that only repeat one before them."""
        told: list[ShownTerm] = []
        for cell in filter(None, self.cells):
            is_text = cell.iri is None and not cell.datatype
            if not (is_text and cell.text.casefold() in {each.text.casefold() for each in told}):
                told.append(cell)
        return told


@dataclass(frozen=True)
class Table:
    """A result.

    Attributes:
        columns: the heading of each column by its name, in order.
        rows: its rows, or the first `MOST_ROWS` of them.
        count: how many rows the result has.
    """

    columns: Mapping[str, str]
    rows: Sequence[Row]
    count: int


@dataclass(frozen=True)
class Page:
    """Some rows of a table, as a page shows them.

    Attributes:
        columns: the heading of each column by its name, in order.
        rows: the rows of the page, with their cells.
        number: its number, from 1.
        pages: how many pages there are, at least 1.
        first: the place of its first row among those found, from 1; 0 where it has none.
        found: how many rows the filter leaves.
        had: how many rows there were to sort and filter.
        count: how many rows the result has.
    """

    columns: Mapping[str, str]
    rows: Sequence[Row]
    number: int
    pages: int
    first: int
    found: int
    had: int
    count: int

    @property
    def last(self) -> int:
        """The place of its last row among those found."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def page(engine: Engine, table: Table, choice: Choice, size: int) -> Page:
    """The rows that an address asks for.

    Args:
        engine: knows the labels.
        table: the result.
        choice: the order, the filter and the page.
        size: how many rows a page has.

    Raises:
        ViewError: there is no such column or page.
    """
    if choice.sort and choice.sort not in table.columns:
        names = ", ".join(table.columns)
        raise ViewError(f"there is no column {choice.sort[:40]!r} to sort by: there are {names}")
    rows = table.rows
    if choice.sort or choice.filter:
        rows = _searched(_shown(engine, table, rows), table, choice)
    pages = max(1, math.ceil(len(rows) / size))
    if choice.page > pages:
        raise ViewError(f"there is no page {choice.page}: the last one is {pages}")
    start = (choice.page - 1) * size
    return Page(
        columns=table.columns,
        rows=_shown(engine, table, rows[start : start + size]),
        number=choice.page,
        pages=pages,
        first=start + 1 if rows else 0,
        found=len(rows),
        had=len(table.rows),
        count=table.count,
    )


def _shown(engine: Engine, table: Table, rows: Sequence[Row]) -> list[Row]:
    """The rows with their cells."""
    called = show_all(engine, (term for row in rows for term in row.terms.values()))
    return [
        row
        if row.cells
        else replace(
            row,
            cells=[
                called[str(row.terms[name])] if name in row.terms else None
                for name in table.columns
            ],
        )
        for row in rows
    ]


def _searched(rows: Sequence[Row], table: Table, choice: Choice) -> list[Row]:
    wanted = choice.filter.casefold().split()
    found = [row for row in rows if all(word in _haystack(row) for word in wanted)]
    if choice.sort:
        place = list(table.columns).index(choice.sort)
        found.sort(
            key=lambda row: _key(row.terms.get(choice.sort), row.cells[place]),
            reverse=choice.is_descending,
        )
    return found


def _haystack(row: Row) -> str:
    return "\n".join(f"{cell.text}\n{cell.short}" for cell in row.cells if cell).casefold()


def _key(term: Term | None, cell: ShownTerm | None) -> tuple[int, float, str]:
    text = cell.text.casefold() if cell else ""
    if isinstance(term, Literal):
        number = _number(term)
        return (4, 0.0, text) if number is None else (3, number, "")
    return ({type(None): 0, BlankNode: 1, NamedNode: 2}[type(term)], 0.0, text)


def _number(term: Literal) -> float | None:
    if term.datatype.value not in _NUMBERS:
        return None
    try:
        value = float(term.value)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(value) else value
