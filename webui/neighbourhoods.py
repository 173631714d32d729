"""What stands next to a thing in the graph, as a map."""

from collections.abc import Iterable
from dataclasses import dataclass

from webui import maps, svg
from webui.terms import local_path, natural

SHOWN = 10
"""How many neighbours are drawn at each side."""


@dataclass(frozen=True)
class Neighbour:
    """A thing that a statement joins with the thing in the middle.

    Attributes:
        iri: its IRI.
        text: what it is called.
        relation: what the relation is called.
        points_here: whether the relation leads from it to the middle.
        is_implied: whether only the build or the encoder says so.
    """

    iri: str
    text: str
    relation: str
    points_here: bool
    is_implied: bool


def draw(iri: str, title: str, neighbours: Iterable[Neighbour]) -> svg.Picture | None:
    """The map of a thing and its neighbours, or None when it has none.

    What points to it stands at the left, what it points to at the right; the shared things come
    first, since the things of a document are many. What is left out stands in the lists.
    """
    middle = maps.Node("middle", title, local_path(iri), filled=True)
    nodes, arrows = [], []
    for points_here in (True, False):
        side: dict[str, list[Neighbour]] = {}
        for each in neighbours:
            if each.points_here == points_here:
                side.setdefault(each.iri, []).append(each)
        in_order = sorted(side, key=lambda iri: (_of_documents(iri), natural(side[iri][0].text)))
        for other in in_order[:SHOWN]:
            node, arrow = _drawn(side[other])
            nodes.append(node)
            arrows.append(arrow)
    if not nodes:
        return None
    return maps.draw(f"Neighbours of {title}", [middle, *nodes], arrows)


def _of_documents(iri: str) -> bool:
    path = local_path(iri) or ""
    return path.count("/") > 2


def _drawn(same: list[Neighbour]) -> tuple[maps.Node, maps.Arrow]:
    """The box of a neighbour, and its arrow."""
    first = same[0]
    key = f"{'from' if first.points_here else 'to'} {first.iri}"
    relations = ", ".join(dict.fromkeys(each.relation for each in same))
    is_implied = all(each.is_implied for each in same)
    node = maps.Node(key, first.text, local_path(first.iri), dashed=is_implied, note=relations)
    ends = (key, "middle") if first.points_here else ("middle", key)
    return node, maps.Arrow(*ends, relations, dashed=is_implied)
