"""Maps: boxes with words in them, joined by arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webui import layers, svg
from webui.layers import Point

ROOM = 190.0
"""How wide the words in a box may be, in pixels."""

PADDING = 9.0
TIGHT = 3.0
"""Room at each side of words on an arrow, in pixels."""

BOLD = 1.16
"""How much wider bold letters are."""

MARGIN = 4.0
HEAD = 7.0
DASH = "5 4"


@dataclass(frozen=True)
class Node:
    """A box.

    Attributes:
        key: what arrows call it.
        text: the words in it.
        href: where it leads, or None.
        tone: the colour of its frame, as a name of `svg.colours`.
        dashed: whether the frame is dashed: the encoder's, not the text's.
        filled: whether it stands out.
        note: a few words under the others, in the colour of the frame.
        is_label: whether it is only words on an arrow: it has no frame.
    """

    key: str
    text: str
    href: str | None = None
    tone: str = "control"
    dashed: bool = False
    filled: bool = False
    note: str = ""
    is_label: bool = False


@dataclass(frozen=True)
class Arrow:
    """An arrow from one box to another.

    Attributes:
        source: key of the box where it begins.
        target: key of the box where it ends.
        title: what it says, shown when pointed at.
        href: where it leads, or None.
        tone: its colour.
        dashed: whether it is dashed.
        stops: whether it ends in a bar: the source keeps the target from coming about.
        has_head: whether it has a head; it has none where it leads into words.
    """

    source: str
    target: str
    title: str = ""
    href: str | None = None
    tone: str = "muted"
    dashed: bool = False
    stops: bool = False
    has_head: bool = True


def draw(label: str, nodes: Sequence[Node], arrows: Sequence[Arrow]) -> svg.Picture:
    """The map of nodes and arrows; arrows to nodes that are not there are left out."""
    picture = svg.Picture(label)
    words = {each.key: _words(each) for each in nodes}
    sizes = {each.key: _size(each, *words[each.key]) for each in nodes}
    shown = [each for each in arrows if each.source in sizes and each.target in sizes]
    placed = layers.place(sizes, ((each.source, each.target) for each in shown))
    for arrow in shown:
        if route := placed.routes.get((arrow.source, arrow.target)):
            with picture.link(arrow.href, arrow.title):
                _draw_arrow(picture, arrow, [(x + MARGIN, y + MARGIN) for x, y in route])
    for node in nodes:
        with picture.link(node.href, node.text):
            _draw_node(picture, node, placed.boxes[node.key], *words[node.key])
    return picture


def _words(node: Node) -> tuple[list[str], list[str]]:
    room = ROOM / BOLD if node.filled else ROOM
    return svg.wrap(node.text, room, 7), svg.wrap(node.note, ROOM, 2) if node.note else []


def _size(node: Node, text: Sequence[str], note: Sequence[str]) -> layers.Size:
    wide = max(max(map(svg.width, text)) * (BOLD if node.filled else 1), *map(svg.width, note), 0)
    if node.is_label:
        return wide + 2 * TIGHT, svg.LINE * len(text)
    return max(wide, 60.0) + 2 * PADDING, svg.LINE * (len(text) + len(note)) + 2 * PADDING - 3


def _draw_node(
    picture: svg.Picture, node: Node, box: layers.Box, text: Sequence[str], note: Sequence[str]
) -> None:
    left, top = box.left + MARGIN, box.top + MARGIN
    if node.is_label:
        picture.text(left + TIGHT, top - 1, text, fill="muted")
        return
    picture.box(
        (left, top, box.width, box.height),
        fill="mark" if node.filled else "paper",
        stroke=node.tone,
        dash=DASH if node.dashed else "",
    )
    picture.text(left + PADDING, top + PADDING - 2, text, bold=node.filled)
    if note:
        below = top + PADDING - 2 + svg.LINE * len(text)
        picture.text(
            left + PADDING, below, note, fill="muted" if node.tone == "control" else node.tone
        )


def _draw_arrow(picture: svg.Picture, arrow: Arrow, route: Sequence[Point]) -> None:
    (before, _), (x, y) = route[-2:]
    way = 1 if x >= before else -1
    tip = x - way * 2
    end = tip - way * (HEAD - 2) if arrow.has_head else x
    path = _curve([*route[:-1], (end, y)])
    picture.line(path, stroke=arrow.tone, dash=DASH if arrow.dashed else "")
    if not arrow.has_head:
        return
    if arrow.stops:
        picture.line(f"M{tip - way * 3:.1f} {y - 7:.1f}v14", stroke=arrow.tone)
    else:
        back = tip - way * HEAD
        head = f"M{tip:.1f} {y:.1f}L{back:.1f} {y - 4:.1f}V{y + 4:.1f}Z"
        picture.line(head, stroke=arrow.tone, fill=arrow.tone)


def _curve(points: Sequence[Point]) -> str:
    """A path that leaves and reaches every point level."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        path.append(f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}")
    return "".join(path)
