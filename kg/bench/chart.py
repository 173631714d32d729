"""The measurement as a picture: a row for each kind of query, a mark for each server (SVG 1.1).

The scale is logarithmic. Servers differ in shape as well as in colour.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape

from kg.bench import mixes
from kg.bench.measure import CROWD, WAYS, Measured, Outcome, key_of
from kg.bench.report import geometric_mean

_FONT = "system-ui, sans-serif"
_LABELS, _PANEL, _GAP, _ROW, _TOP, _EDGE = 190, 300, 50, 28, 84, 30
_APART = 3
"""How far one server's marks stand below the last one's, so that none hides another."""
_COLOURS = ("#0060a8", "#c04a00", "#00785a", "#a34a86")
"""Of the palette by M. Okabe and K. Ito, darkened for thin marks on white."""


def svg(outcome: Outcome) -> str:
    """The picture, whole."""
    servers = (outcome.ours, *outcome.peers)
    rows = list(_rows(outcome, servers))
    width = _EDGE + _LABELS + 2 * _PANEL + _GAP + _EDGE
    height = _TOP + len(rows) * _ROW + 44
    rates = [rate for _, panels in rows for panel in panels for rate in panel if rate]
    scale = _Scale(rates or [1.0])
    body = [
        _text(_EDGE, 24, f"Requests a second, {CROWD} clients", size=15, weight="600"),
        *_legend(servers),
        *(part for number in range(2) for part in _panel(number, rows, scale)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="Requests a second of each server">\n'
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


class _Scale:
    """Whole powers of ten around some numbers, as places in a panel."""

    def __init__(self, values: Sequence[float]) -> None:
        self.first = math.floor(math.log10(min(values)))
        self.last = max(math.ceil(math.log10(max(values))), self.first + 1)

    def x(self, value: float) -> float:
        return _PANEL * (math.log10(value) - self.first) / (self.last - self.first)


Row = tuple[str, list[list[float]]]


def _rows(outcome: Outcome, servers: Sequence[Measured]) -> Iterator[Row]:
    """Each row's name, and for each way the rate of each server, 0 where there is none."""
    shapes = [query for query in outcome.queries if query.mix == mixes.SHAPES]
    for query in shapes:
        key = key_of(query)
        yield query.title, [[server.rate(key, way) for server in servers] for way in WAYS]
    for mix, title in mixes.TITLES.items():
        keys = [key_of(query) for query in outcome.queries if query.mix == mix]
        means = [
            [_mean(filter(None, (server.rate(key, way) for key in keys))) for server in servers]
            for way in WAYS
        ]
        yield f"{title}, mean", means


def _mean(rates: "filter[float]") -> float:
    mean = geometric_mean(rates)
    return 0.0 if math.isnan(mean) else mean


def _panel(number: int, rows: Sequence[Row], scale: _Scale) -> Iterator[str]:
    left = _EDGE + _LABELS + number * (_PANEL + _GAP)
    bottom = _TOP + len(rows) * _ROW
    yield _text(left, _TOP - 10, WAYS[number].capitalize(), weight="600")
    for power in range(scale.first, scale.last + 1):
        x = left + scale.x(10.0**power)
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#d5d9de" fill="none"/>'
        yield _text(x, bottom + 18, f"{10.0**power:,g}", anchor="middle", size=11)
    for place, (name, panels) in enumerate(rows):
        y = _TOP + (place + 0.5) * _ROW
        if not number:
            yield _text(_EDGE, y + 4, name)
        yield f'<path d="M{left} {y}h{_PANEL}" stroke="#eceff2" fill="none"/>'
        for server in reversed(range(len(panels[number]))):
            if rate := panels[number][server]:
                below = _APART * (server - (len(panels[number]) - 1) / 2)
                yield _mark(server, left + scale.x(rate), y + below, f"{name}: {rate:,.4g}/s")


def _legend(servers: Sequence[Measured]) -> Iterator[str]:
    x = float(_EDGE + 6)
    for number, server in enumerate(servers):
        yield _mark(number, x, 44, server.name)
        said = f"{server.name} {server.version}"
        yield _text(x + 12, 48, said)
        x += 40 + 7.2 * len(said)


def _mark(server: int, x: float, y: float, said: str) -> str:
    shapes = (
        f"M{x - 6:.1f} {y:.1f}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
        f"M{x - 5:.1f} {y - 5:.1f}h10v10h-10z",
        f"M{x:.1f} {y - 6:.1f}l6 11h-12z",
        f"M{x:.1f} {y - 7:.1f}l6 7l-6 7l-6 -7z",
    )
    shape, colour = shapes[server % len(shapes)], _COLOURS[server % len(_COLOURS)]
    title = f"<title>{escape(said)}</title>"
    return f'<path d="{shape}" fill="{colour}" stroke="#ffffff">{title}</path>'


def _text(
    x: float, y: float, said: str, *, anchor: str = "start", size: int = 13, weight: str = "400"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{_FONT}" font-size="{size}" '
        f'font-weight="{weight}" text-anchor="{anchor}" fill="#1c2127">{escape(said)}</text>'
    )
