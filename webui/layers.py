"""Where the boxes of a directed graph stand: in layers, from left to right.

The way is that of Sugiyama, Tagawa and Toda (IEEE Transactions on Systems, Man, and Cybernetics 11,
1981): edges that would close a cycle are turned for the layout; an edge over several layers bends
in each; within a layer, boxes are ordered by the mean place of their neighbours.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

BETWEEN_LAYERS = 56.0
BETWEEN_BOXES = 14.0
BETWEEN_PARTS = 30.0
BEND = 8.0
"""Height of the room that an edge takes where it passes a layer."""

SWEEPS = 6

Edge = tuple[str, str]
Size = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width and height in pixels."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Placement:
    """Where everything stands.

    Attributes:
        boxes: the place of each node.
        routes: for each edge, the points that it passes, from its source to its target.
    """

    boxes: Mapping[str, Box]
    routes: Mapping[Edge, Sequence[Point]]


def place(sizes: Mapping[str, Size], edges: Iterable[Edge]) -> Placement:
    """Places for nodes of given sizes; parts that no edge joins stand one below the other.

    Args:
        sizes: width and height of each node, in pixels, in the order wanted where all is equal.
        edges: pairs of nodes; an edge from a node to itself, or met twice, is placed once or not.
    """
    wanted = list(dict.fromkeys(each for each in edges if each[0] != each[1]))
    boxes: dict[str, Box] = {}
    routes: dict[Edge, Sequence[Point]] = {}
    top = 0.0
    for part in _parts(sizes, wanted):
        inside = [each for each in wanted if each[0] in part]
        placed = _place_part({name: sizes[name] for name in sizes if name in part}, inside, top)
        boxes |= placed.boxes
        routes |= placed.routes
        top = max(box.top + box.height for box in placed.boxes.values()) + BETWEEN_PARTS
    return Placement(boxes, routes)


def _parts(sizes: Mapping[str, Size], edges: Sequence[Edge]) -> list[set[str]]:
    """The connected parts, the largest first."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for source, target in edges:
        near[source].add(target)
        near[target].add(source)
    parts: list[set[str]] = []
    seen: set[str] = set()
    for name in sizes:
        part, waiting = set(), [name]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                part.add(each)
                waiting += near[each]
        if part:
            parts.append(part)
    return sorted(parts, key=len, reverse=True)


def _place_part(sizes: Mapping[str, Size], edges: Sequence[Edge], top: float) -> Placement:
    forward = _without_cycles(sizes, edges)
    layer = _layers(sizes, forward.values())
    chains = {edge: _chain(edge, turned, layer) for edge, turned in forward.items()}
    heights = {name: size[1] for name, size in sizes.items()}
    heights |= {name: BEND for chain in chains.values() for name in chain[1:-1]}
    columns = _columns(layer, chains.values())
    _order(columns, chains.values())
    middles = _middles(columns, heights, top)
    lefts, widths = _lefts(columns, sizes)
    boxes = {
        name: Box(lefts[layer[name]], middles[name] - high / 2, wide, high)
        for name, (wide, high) in sizes.items()
    }
    routes = {}
    for edge, chain in chains.items():
        points = _route(chain, boxes, middles, lefts, widths, layer)
        routes[edge] = points if edge == forward[edge] else points[::-1]
    return Placement(boxes, routes)


def _without_cycles(sizes: Mapping[str, Size], edges: Sequence[Edge]) -> dict[Edge, Edge]:
    """Each edge with its direction in the layout: turned where it leads back to where it began."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    state: dict[str, bool] = {}
    turned: set[Edge] = set()
    targets = {target for _, target in edges}
    for root in sorted(sizes, key=lambda name: name in targets):
        if root in state:
            continue
        state[root] = True
        trail = [(root, iter(after[root]))]
        while trail:
            name, rest = trail[-1]
            following = next(rest, None)
            if following is None:
                state[name] = False
                trail.pop()
            elif following not in state:
                state[following] = True
                trail.append((following, iter(after[following])))
            elif state[following]:
                turned.add((name, following))
    return {edge: edge[::-1] if edge in turned else edge for edge in edges}


def _layers(sizes: Mapping[str, Size], edges: Iterable[Edge]) -> dict[str, int]:
    """The layer of each node: right of its predecessors, and close to its successors."""
    before: defaultdict[str, set[str]] = defaultdict(set)
    after: defaultdict[str, set[str]] = defaultdict(set)
    for source, target in edges:
        before[target].add(source)
        after[source].add(target)
    waiting = {name: len(before[name]) for name in sizes}
    ready = [name for name, count in waiting.items() if not count]
    layer: dict[str, int] = {}
    for name in ready:
        layer[name] = max((layer[each] + 1 for each in before[name]), default=0)
        for each in after[name]:
            waiting[each] -= 1
            if not waiting[each]:
                ready.append(each)
    for name in reversed(ready):
        if after[name]:
            layer[name] = min(layer[each] for each in after[name]) - 1
    return layer


def _chain(edge: Edge, turned: Edge, layer: Mapping[str, int]) -> list[str]:
    """The nodes that an edge passes: its ends, and a bend for each layer between."""
    source, target = turned
    between = range(layer[source] + 1, layer[target])
    return [source, *(f"{edge[0]}\n{edge[1]}\n{number}" for number in between), target]


def _columns(layer: Mapping[str, int], chains: Iterable[Sequence[str]]) -> list[list[str]]:
    columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name, number in layer.items():
        columns[number].append(name)
    for chain in chains:
        for number, bend in enumerate(chain[1:-1], layer[chain[0]] + 1):
            columns[number].append(bend)
    return columns


def _order(columns: list[list[str]], chains: Iterable[Sequence[str]]) -> None:
    """Order each layer by the mean place of the neighbours, from left to right and back."""
    before: defaultdict[str, list[str]] = defaultdict(list)
    after: defaultdict[str, list[str]] = defaultdict(list)
    for chain in chains:
        for source, target in pairwise(chain):
            before[target].append(source)
            after[source].append(target)
    for sweep in range(SWEEPS):
        near, order = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        for fixed, column in pairwise(order):
            places = {name: number for number, name in enumerate(fixed)}
            now = {name: float(number) for number, name in enumerate(column)}
            means = {name: _mean(near[name], places, now[name]) for name in column}
            column.sort(key=means.__getitem__)


def _mean(near: Iterable[str], places: Mapping[str, int], otherwise: float) -> float:
    known = [places[each] for each in near if each in places]
    return sum(known) / len(known) if known else otherwise


def _middles(
    columns: Sequence[Sequence[str]], heights: Mapping[str, float], top: float
) -> dict[str, float]:
    """The height at which the middle of each node stands; each layer is centred."""
    totals = [
        sum(heights[name] for name in column) + BETWEEN_BOXES * (len(column) - 1)
        for column in columns
    ]
    middles = {}
    for column, total in zip(columns, totals, strict=True):
        at = top + (max(totals) - total) / 2
        for name in column:
            middles[name] = at + heights[name] / 2
            at += heights[name] + BETWEEN_BOXES
    return middles


def _lefts(
    columns: Sequence[Sequence[str]], sizes: Mapping[str, Size]
) -> tuple[list[float], list[float]]:
    """The left edge and the width of each layer."""
    widths = [max((sizes[n][0] for n in column if n in sizes), default=0.0) for column in columns]
    lefts = [sum(widths[:number]) + BETWEEN_LAYERS * number for number in range(len(columns))]
    return lefts, widths


def _route(
    chain: Sequence[str],
    boxes: Mapping[str, Box],
    middles: Mapping[str, float],
    lefts: Sequence[float],
    widths: Sequence[float],
    layer: Mapping[str, int],
) -> list[Point]:
    source, target = boxes[chain[0]], boxes[chain[-1]]
    first = layer[chain[0]]
    # An edge leaves its layer level, so that it crosses no wider box above or below.
    points = [
        (x, middles[chain[0]]) for x in (source.left + source.width, lefts[first] + widths[first])
    ]
    for number, bend in enumerate(chain[1:-1], first + 1):
        points += [(lefts[number], middles[bend]), (lefts[number] + widths[number], middles[bend])]
    return [*points, (target.left, middles[chain[-1]])]
