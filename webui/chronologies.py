"""Results in time: when each row holds, as bars and as a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg.labels import Engine, batches, labels
from kg.provenance import Provenance
from webui import queries, svg, timeline
from webui.columns import Dated
from webui.extents import Extent, extent
from webui.tables import Page, Row
from webui.timeline import Bar, Group

MOST_BARS = 80
"""How many bars a picture has at most."""

BY_COLUMNS = "the columns {columns}"
BY_THINGS = "the times of the things in the rows"
BY_CLAIMS = "the times of which the sentences behind each row speak"


@dataclass(frozen=True)
class Dating:
    """A row and when it holds.

    Attributes:
        row: the row, without the columns that are dates.
        bar: its bar, with the name that leads to it within the page.
        when: what the time is called, or nothing.
    """

    row: Row
    bar: Bar
    when: str


@dataclass(frozen=True)
class Chronology:
    """Some rows in time.

    Attributes:
        basis: in words, where the years come from.
        datings: the rows with their times, the earliest first; a row may have several.
        undated: the rows that have none.
        picture: the first bars as a picture, or None where there is none.
        narrow: the same for narrow windows.
        drawn: how many bars the picture has.
    """

    basis: str
    datings: Sequence[Dating]
    undated: Sequence[Row]
    picture: svg.Picture | None
    narrow: svg.Picture | None
    drawn: int


@dataclass(frozen=True)
class _Time:
    """An extent with the words that tell it from others of the same row."""

    extent: Extent
    words: str = ""


def chronology(
    engine: Engine,
    page: Page,
    dated: Dated | None,
    behind: Callable[[Sequence[Row]], Sequence[Provenance]] | None,
    label: str,
    path: str,
) -> Chronology:
    """When some rows hold.

    The columns that are dates decide; where there are none, the times of the things in the rows;
    where these have none, the times of the claims behind the rows.

    Args:
        engine: knows the times.
        page: the rows.
        dated: the columns that are dates, or None.
        behind: gives what stands behind rows, or None where nothing can.
        label: what the picture is called.
        path: the page's address, to which the bars of the picture lead.
    """
    basis, times = _times(engine, page, dated, behind)
    found = [
        (_undated(row, page, dated), each)
        for row in page.rows
        for each in times.get(row.number, ())
    ]
    found.sort(key=lambda pair: _begins(pair[1].extent))
    datings = [
        Dating(row, Bar(f"t{number}", _words(row, each), each.extent), each.words)
        for number, (row, each) in enumerate(found, 1)
    ]
    bars = [each.bar for each in datings[:MOST_BARS]]
    wide, narrow = (
        timeline.draw(label, [Group("", label, bars)], path, layout) if bars else None
        for layout in (timeline.WIDE, timeline.NARROW)
    )
    return Chronology(
        basis,
        datings,
        [row for row in page.rows if row.number not in times],
        wide,
        narrow,
        len(bars),
    )


def _times(
    engine: Engine,
    page: Page,
    dated: Dated | None,
    behind: Callable[[Sequence[Row]], Sequence[Provenance]] | None,
) -> tuple[str, Mapping[int, Sequence[_Time]]]:
    if dated:
        names = dict.fromkeys(page.columns[name] for name in page.columns if name in dated.names)
        extents = {row.number: dated.extent(row) for row in page.rows}
        return BY_COLUMNS.format(columns=", ".join(names)), {
            number: [_Time(found)] for number, found in extents.items() if found
        }
    things = {
        row.number: [term.value for term in row.terms.values() if isinstance(term, NamedNode)]
        for row in page.rows
    }
    if (found := of_things(engine, things)) or not behind:
        return BY_THINGS, found
    claims = {
        row.number: [quote.claim for quote in each.quotes]
        for row, each in zip(page.rows, behind(page.rows), strict=True)
    }
    return BY_CLAIMS, of_things(engine, claims)


def of_things(engine: Engine, things: Mapping[int, Sequence[str]]) -> dict[int, Sequence[_Time]]:
    """The times of things, which are times themselves or claims, by the number of their row."""
    wanted = sorted({iri for iris in things.values() for iri in iris})
    scopes: dict[str, dict[str, Extent]] = {}
    for terms in batches(wanted):
        places = {"thing": queries.iris(term[1:-1] for term in terms.split(" "))}
        for row in engine.select(queries.bind("extents", places)).rows:
            scopes.setdefault(row["thing"].value, {})[row["scope"].value] = extent(row)
    called = labels(engine, {scope for found in scopes.values() for scope in found})
    dated: dict[int, Sequence[_Time]] = {}
    for number, iris in things.items():
        found = {scope: each for iri in iris for scope, each in scopes.get(iri, {}).items()}
        if found:
            dated[number] = [_Time(each, called[scope]) for scope, each in found.items()]
    return dated


def _undated(row: Row, page: Page, dated: Dated | None) -> Row:
    """The row without the cells that are dates; the whole of it where it has no other."""
    cells = zip(page.columns, row.cells, strict=True)
    left = [cell for name, cell in cells if cell and not (dated and name in dated.names)]
    return replace(row, cells=left) if left else row


def _words(row: Row, time: _Time) -> str:
    is_new = time.words and time.words not in {cell.text for cell in row.cells if cell}
    return f"{row.words} · {time.words}" if is_new else row.words


def _begins(known: Extent) -> tuple[int, int]:
    years = known.years
    first = known.earliest_start if known.earliest_start is not None else min(years, default=9999)
    return first, known.latest_start if known.latest_start is not None else 9999
