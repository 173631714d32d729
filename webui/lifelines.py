"""The picture of the model: a column per class at the top, and below it arrows from line to line.

Each column begins with a class and all of its kinds. From there a line runs down, and each row
below is one arrow from the line of one class to that of another, with the relations beside it, so
that no arrow runs through words. The classes of one part of the model stand together; parts, and
the classes in them, stand in the order that makes the arrows shortest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, permutations
from typing import TypeVar

from webui import svg
from webui.model import Arrow, Model, Node

T = TypeVar("T")

INDENT = 11.0
PADDING = 8.0
GAP = 14.0
HEAD = 7.0
LOOP = 24.0
ROOM = 330.0
"""How wide the words beside an arrow may be, in pixels."""

TOP = svg.LINE + 8.0
"""Where the boxes begin, below the names of the parts."""

MOST = 6
"""How many parts, or classes of a part, are put in their best order; more stay as they come."""


@dataclass(frozen=True)
class Column:
    """A class at the top with its place.

    Attributes:
        node: the class.
        lines: its words and those of its kinds, each with how deep it lies.
        left: its left edge.
        width: its width.
    """

    node: Node
    lines: list[tuple[int, Node]]
    left: float
    width: float

    @property
    def middle(self) -> float:
        """Where its line runs down."""
        return self.left + self.width / 2

    @property
    def height(self) -> float:
        """The height of its box."""
        return svg.LINE * len(self.lines) + 2 * PADDING


@dataclass(frozen=True)
class Row:
    """An arrow with its words and its place.

    Attributes:
        source: the column where it begins.
        target: the column where it ends.
        words: the relations, in lines.
        y: the arrow's own height; the words stand above it.
    """

    source: Column
    target: Column
    words: list[str]
    y: float


def draw(label: str, model: Model) -> svg.Picture:
    """The picture of a model."""
    picture = svg.Picture(label)
    columns = _columns(_ordered(model))
    foot = TOP + max((column.height for column in columns), default=0.0)
    rows = _rows(model.arrows, columns, foot)
    end = max((row.y for row in rows), default=foot) + GAP
    for column in columns:
        top = TOP + column.height
        picture.line(f"M{column.middle:.1f} {top:.1f}V{end:.1f}", stroke="rule")
    _draw_parts(picture, columns)
    for column in columns:
        _draw_column(picture, column)
    right = max((column.left + column.width for column in columns), default=0.0)
    picture.box((0.0, 0.0, right, end))
    for row in rows:
        _draw_row(picture, row, right)
    return picture


def _ordered(model: Model) -> list[Node]:
    """The classes at the top, in the order of the columns."""
    ends = [
        (arrow.source.name, arrow.target.name) for arrow in model.arrows for _ in arrow.relations
    ]
    by_part: dict[str, list[Node]] = {}
    for node in model.classes:
        by_part.setdefault(node.part, []).append(node)
    parts = list(by_part.values())
    parts = min(_orders(parts), key=lambda order: _length(_joined(order), ends))
    for place, part in enumerate(parts):
        before, after = _joined(parts[:place]), _joined(parts[place + 1 :])
        tried = [(_length([*before, *order, *after], ends), order) for order in _orders(part)]
        parts[place] = min(tried, key=lambda each: each[0])[1]
    return _joined(parts)


def _orders(items: list[T]) -> list[list[T]]:
    return [list(order) for order in permutations(items)] if len(items) <= MOST else [items]


def _joined(parts: Sequence[Sequence[Node]]) -> list[Node]:
    return [node for part in parts for node in part]


def _length(nodes: Sequence[Node], ends: Sequence[tuple[str, str]]) -> int:
    """How many columns all arrows together run past."""
    place = {node.name: number for number, node in enumerate(nodes)}
    return sum(abs(place[source] - place[target]) for source, target in ends)


def _columns(nodes: Sequence[Node]) -> list[Column]:
    columns: list[Column] = []
    left = 1.0
    for node in nodes:
        lines = list(node.walk())
        wide = max(depth * INDENT + _width(each.label, not depth) for depth, each in lines)
        wide += 2 * PADDING
        columns.append(Column(node, lines, left, wide))
        left += wide + GAP
    return columns


def _width(label: str, bold: bool) -> float:
    """How wide a label is; bold letters are wider, and a box had better be too wide."""
    return svg.width(label) * (1.18 if bold else 1.07)


def _rows(arrows: Sequence[Arrow], columns: Sequence[Column], top: float) -> list[Row]:
    """The arrows from top to bottom, those that begin furthest left first."""
    by_name = {column.node.name: column for column in columns}
    ends = [(by_name[each.source.name], by_name[each.target.name], each) for each in arrows]
    ends.sort(key=lambda each: (min(each[0].left, each[1].left), each[0].left, each[1].left))
    rows: list[Row] = []
    y = top + GAP
    for source, target, arrow in ends:
        room = max(ROOM, abs(source.middle - target.middle) - 2 * PADDING)
        words = svg.wrap(", ".join(_words(node, kinds) for node, kinds in arrow.relations), room)
        y += svg.LINE * len(words) + PADDING
        rows.append(Row(source, target, words, y))
        y += PADDING
    return rows


def _words(relation: Node, kinds: int) -> str:
    return f"{relation.label} (with {kinds} kinds)" if kinds else relation.label


def _draw_parts(picture: svg.Picture, columns: Sequence[Column]) -> None:
    for part, group in groupby(columns, key=lambda column: column.node.part):
        first, *others = group
        last = [first, *others][-1]
        picture.text(first.left, 0.0, [part], fill="muted", bold=True)
        right = last.left + last.width
        picture.line(f"M{first.left:.1f} {svg.LINE + 2:.1f}H{right:.1f}", stroke="control")


def _draw_column(picture: svg.Picture, column: Column) -> None:
    picture.box((column.left, TOP, column.width, column.height), fill="raised", stroke="control")
    for number, (depth, node) in enumerate(column.lines):
        left = column.left + PADDING + depth * INDENT
        with picture.link(f"/ontology#{node.name}"):
            top = TOP + PADDING + number * svg.LINE
            picture.text(left, top, [node.label], fill="link", bold=not depth)


def _draw_row(picture: svg.Picture, row: Row, right: float) -> None:
    start, end, y = row.source.middle, row.target.middle, row.y
    high = svg.LINE * len(row.words)
    wide = max(_width(words, False) for words in row.words)
    left = min(start, end) + PADDING + (LOOP if row.source is row.target else 0)
    if left + wide > right:
        left = max(0.0, max(start, end) - PADDING - wide)
    picture.box((left - 2, y - high - 4, wide + 4, high), fill="paper", round_by=0)
    picture.text(left, y - high - 4, row.words)
    if row.source is row.target:
        _draw_loop(picture, start, y)
        return
    way = 1 if end > start else -1
    picture.line(f"M{start:.1f} {y:.1f}H{end - way * HEAD:.1f}", stroke="muted")
    _draw_head(picture, end, y, way)


def _draw_loop(picture: svg.Picture, x: float, y: float) -> None:
    far = x + LOOP
    picture.line(f"M{x:.1f} {y - 12:.1f}H{far:.1f}V{y:.1f}H{x + HEAD:.1f}", stroke="muted")
    _draw_head(picture, x, y, -1)


def _draw_head(picture: svg.Picture, tip: float, y: float, way: int) -> None:
    back = tip - way * HEAD
    head = f"M{tip:.1f} {y:.1f}L{back:.1f} {y - 4:.1f}V{y + 4:.1f}Z"
    picture.line(head, stroke="muted", fill="muted")
