"""The timeline: claims as bars, from when and until when their content is said to hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from kg.labels import labels
from webui import queries, svg
from webui.extents import Extent, extent
from webui.site import Engine, site
from webui.statements import Statement, statements

blueprint = Blueprint("timeline", __name__)

GROUPINGS = ("actor", "document")
BARS = ("time", "claim")
NOBODY = "No actor"
UNTITLED = "A time without a name"

BAR = 10.0
BETWEEN = 6.0
POINT = 9
GAP = 10.0
INDENT = 12.0


@dataclass(frozen=True)
class Layout:
    """Where words and bars stand; all lengths are in pixels.

    Attributes:
        gutter: room for the words beside the bars; with none, they stand above.
        chart: width of all years together.
        edge: room at each side of the years for bars that are open there.
        marks: how many marks the axis has at most.
        lines: how many lines the words of a bar may have.
    """

    gutter: float
    chart: float
    edge: float
    marks: int
    lines: int

    @property
    def is_stacked(self) -> bool:
        """Whether words stand above their bars."""
        return not self.gutter

    @property
    def right(self) -> float:
        """The right edge."""
        return self.gutter + self.chart


WIDE = Layout(gutter=220, chart=620, edge=26, marks=8, lines=4)
NARROW = Layout(gutter=0, chart=300, edge=20, marks=5, lines=3)
"""For windows that have no room for words beside the bars."""


@dataclass(frozen=True)
class Timed:
    """A claim with a time.

    Attributes:
        statement: what is claimed, and where.
        scope: IRI of the time.
        when: what the time is called.
        extent: its bounds.
        made: whether it is the time of the claiming, not of what is claimed.
        actors: IRIs of the actors that the content is of.
    """

    statement: Statement
    scope: str
    when: str
    extent: Extent
    made: bool
    actors: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """One bar: a time, or a single claim's time.

    Attributes:
        anchor: its name within the page.
        words: what stands beside it.
        extent: its bounds.
        claims: the claims that it stands for, in text order.
    """

    anchor: str
    words: str
    extent: Extent
    claims: list[Timed] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """The bars of an actor or a document, the earliest first."""

    iri: str
    title: str
    bars: list[Bar]


@dataclass(frozen=True)
class View:
    """What the address asks for: the grouping, what a bar is, and whose claims."""

    by: str = GROUPINGS[0]
    bar: str = BARS[0]
    of: str = ""

    @property
    def path(self) -> str:
        """The page's address."""
        return "/timeline?" + self.query

    @property
    def query(self) -> str:
        """The address after the question mark."""
        return urlencode({name: value for name, value in vars(self).items() if value})


def timed(engine: Engine) -> list[Timed]:
    """Every claim with a time, in text order."""
    rows = engine.select(queries.text("times")).rows
    actors: dict[tuple[str, str, str], set[str]] = {}
    extents: dict[str, Extent] = {}
    for row in rows:
        key = (row["claim"].value, row["made"].value, row["scope"].value)
        actors.setdefault(key, set()).update([row["actor"].value] if "actor" in row else [])
        extents[row["scope"].value] = extent(row)
    called = labels(engine, extents)
    said: dict[str, Statement] = {}
    for each in statements(engine, queries.text("times")):
        said.setdefault(each.evidence.claim, each)
    found = [
        Timed(said[claim], scope, called[scope], extents[scope], made == "true", tuple(sorted(who)))
        for (claim, made, scope), who in actors.items()
        if claim in said
    ]
    place = {claim: number for number, claim in enumerate(said)}
    return sorted(found, key=lambda each: place[each.statement.evidence.claim])


def groups(engine: Engine, view: View) -> list[Group]:
    """The bars that a view asks for, those of the actor or document with most claims first."""
    members: dict[str, list[Timed]] = {}
    for each in timed(engine):
        for key in _keys(each, view.by):
            members.setdefault(key, []).append(each)
    called = labels(engine, filter(None, members))
    ordered = sorted(members.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return [
        Group(key, called.get(key, NOBODY), _bars(number, claims, view.bar))
        for number, (key, claims) in enumerate(ordered, 1)
        if view.of in ("", key)
    ]


def _keys(each: Timed, by: str) -> Sequence[str]:
    return (each.statement.evidence.document,) if by == "document" else each.actors or ("",)


def _bars(number: int, claims: Iterable[Timed], kind: str) -> list[Bar]:
    bars: dict[tuple[str, bool, str], Bar] = {}
    for each in claims:
        claim = each.statement.evidence.claim if kind == "claim" else ""
        key = (each.scope, each.made, claim)
        if key not in bars:
            bars[key] = Bar(f"t{number}-{len(bars) + 1}", _words(each, kind), each.extent)
        bars[key].claims.append(each)
    return sorted(bars.values(), key=_begins)


def _words(each: Timed, kind: str) -> str:
    words = each.statement.words if kind == "claim" else each.when
    if each.statement.evidence.denies and kind == "claim":
        words = "Not so: " + words
    return f"claimed: {words}" if each.made else words


def _begins(bar: Bar) -> tuple[int, int, str]:
    known = bar.extent
    first = known.earliest_start if known.earliest_start is not None else -9999
    last = known.latest_start if known.latest_start is not None else 9999
    return first, last, bar.anchor


@dataclass(frozen=True)
class Axis:
    """The years that a picture shows, from the first to before the last, both at full decades."""

    first: int
    last: int
    layout: Layout = WIDE

    @property
    def step(self) -> int:
        """Years from one mark to the next."""
        span = self.last - self.first
        return next((s for s in (10, 20, 50, 100) if span <= s * self.layout.marks), 500)

    @property
    def marks(self) -> range:
        """The years that bear a mark."""
        return range(-(-self.first // self.step) * self.step, self.last + 1, self.step)

    def at(self, year: int) -> float:
        """How far from the left a year begins."""
        share = (year - self.first) / (self.last - self.first)
        layout = self.layout
        return layout.gutter + layout.edge + share * (layout.chart - 2 * layout.edge)


def axis(extents: Iterable[Extent], layout: Layout = WIDE) -> Axis:
    """An axis on which all bounds have a place."""
    years = [year for each in extents for year in each.years] or [2000]
    return Axis(min(years) // 10 * 10, (max(years) // 10 + 1) * 10, layout)


def draw(label: str, shown: Sequence[Group], path: str, layout: Layout = WIDE) -> svg.Picture:
    """The picture of groups of bars, each bar a link to its place in the list of a page."""
    picture = svg.Picture(label)
    years = axis((bar.extent for group in shown for bar in group.bars), layout)
    top = 24.0
    for number, group in enumerate(shown):
        if len(shown) > 1:
            lines = svg.wrap(group.title, (layout.gutter or layout.chart) - 10, 2)
            picture.text(0, top, lines, bold=True)
            top += svg.LINE * len(lines) + 4
            if layout.is_stacked and number:
                _draw_years(picture, years, top)
                top += svg.LINE + BETWEEN
        for bar in group.bars:
            with picture.link(f"{path}#{bar.anchor}", _title(bar)):
                top = _draw_bar(picture, bar, years, top)
        top += GAP
    _draw_years(picture, years, 0)
    picture.box((layout.gutter, 20, layout.chart, 0.5), fill="rule", round_by=0)
    if not layout.is_stacked:
        _draw_grid(picture, years, 20, top)
    return picture


def _title(bar: Bar) -> str:
    return f"{bar.words}; {bar.extent.words}"


def _draw_bar(picture: svg.Picture, bar: Bar, years: Axis, top: float) -> float:
    """Draw a bar with its words and return where the next one begins."""
    layout = years.layout
    count = f" ({len(bar.claims)})" if len(bar.claims) > 1 else ""
    indent = 0 if layout.is_stacked else INDENT
    room = (layout.gutter or layout.chart) - 2 * indent
    lines = svg.wrap(bar.words + count, room, layout.lines)
    text = svg.LINE * len(lines)
    # The whole row leads on, not only what is drawn on it.
    high = text + BETWEEN + (2 * BAR if layout.is_stacked else 0)
    picture.box((0, top - BETWEEN / 2, layout.right, high), round_by=0)
    picture.text(indent, top, lines)
    middle = top + (text + BAR if layout.is_stacked else svg.LINE / 2 + 1)
    _draw_extent(picture, bar.extent, years, middle)
    if layout.is_stacked:
        _draw_grid(picture, years, middle - BAR / 2 - 3, middle + BAR / 2 + 3)
    return top + high


def _draw_extent(picture: svg.Picture, known: Extent, years: Axis, middle: float) -> None:
    """Draw the possible years pale, with a point where they are open, and the certain ones full."""
    upper, lower = middle - BAR / 2, middle + BAR / 2
    left, right = years.layout.gutter, years.layout.right
    if known.earliest_start is None:
        path = f"M{left + POINT:.1f} {lower:.1f}L{left:.1f} {middle:.1f}l{POINT} {upper - middle}"
    else:
        path = f"M{years.at(known.earliest_start):.1f} {lower:.1f}V{upper:.1f}"
    if known.latest_end is None:
        path += f"H{right - POINT:.1f}L{right:.1f} {middle:.1f}l-{POINT} {lower - middle}"
    else:
        path += f"H{years.at(known.latest_end + 1):.1f}V{lower:.1f}"
    picture.line(path + "Z", fill="rule")
    if known.certain:
        begin, end = years.at(known.certain[0]), years.at(known.certain[1] + 1)
        picture.box((begin, upper, max(end - begin, 4), BAR), fill="certain", round_by=0)


def _draw_years(picture: svg.Picture, years: Axis, top: float) -> None:
    for year in years.marks:
        picture.text(years.at(year), top, [str(year)], fill="muted", centred=True)


def _draw_grid(picture: svg.Picture, years: Axis, top: float, bottom: float) -> None:
    for year in years.marks:
        at = years.at(year)
        picture.line(f"M{at:.1f} {top:.1f}V{bottom:.1f}", stroke="rule")


def _view(arguments: Mapping[str, str]) -> View:
    by, bar = arguments.get("by", ""), arguments.get("bar", "")
    return View(
        by if by in GROUPINGS else GROUPINGS[0],
        bar if bar in BARS else BARS[0],
        arguments.get("of", ""),
    )


@blueprint.get("/timeline")
def page() -> str:
    """The bars as a picture, and as a list with the sentences."""
    view = _view(request.args)
    engine = site().engine
    shown = groups(engine, view)
    return render_template(
        "timeline.html",
        view=view,
        groups=shown,
        choices=shown if not view.of else groups(engine, View(view.by)),
        groupings=GROUPINGS,
        bars=BARS,
        picture=_picture(shown, view),
        narrow=_picture(shown, view, NARROW),
    )


@blueprint.get("/timeline.svg")
def picture() -> Response:
    """The picture alone."""
    view = _view(request.args)
    drawn = _picture(groups(site().engine, view), view)
    return Response(drawn.file(site().base_url), content_type=svg.MEDIA_TYPE)


def _picture(shown: Sequence[Group], view: View, layout: Layout = WIDE) -> svg.Picture:
    return draw("Timeline of the claims", shown, view.path, layout)
