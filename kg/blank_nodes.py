"""Names for blank nodes that depend on the graph alone, not on its file's order or labels.

Two graphs are isomorphic (RDF 1.1 Concepts, 3.6) exactly when their triples are equal once each
blank node has its canonical name. Blank nodes that hang together are a group. A group that is a
tree, as in OWL and SHACL files, is ordered by hashing it from the leaves in linear time; any other
by colour refinement with individualisation (B. D. McKay and A. Piperno, "Practical graph
isomorphism, II", Journal of Symbolic Computation 60, 2014). RDFC-1.0 would do as well, but needs
minutes for one list of a thousand equal items.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar

from pyoxigraph import BlankNode, Triple

from kg.errors import DataError

_Term = TypeVar("_Term")
Certificate: TypeAlias = tuple[tuple[str, str, str], ...]

MOST_STEPS = 5_000_000
"""How many edges may be looked at in naming one group that is no tree."""


def names(triples: Iterable[Triple]) -> dict[BlankNode, str]:
    """The canonical name of each blank node, a valid label without its ``_:``.

    Raises:
        DataError: The blank nodes are so entangled that naming them would take too long.
    """
    named: dict[BlankNode, str] = {}
    seen: defaultdict[str, int] = defaultdict(int)
    for certificate, order in sorted(
        (_certificate(group, order), order)
        for group, order in ((g, _order(g)) for g in _groups(triples))
    ):
        digest = _hash(*(part for line in certificate for part in line))[:10]
        named |= {
            BlankNode(node): f"b{digest}-{seen[digest]}-{place}" for place, node in enumerate(order)
        }
        seen[digest] += 1
    return named


def relabelled(triples: Iterable[Triple]) -> set[Triple]:
    """The same graph with canonical names: equal sets mean isomorphic graphs."""
    triples = set(triples)
    named = names(triples)
    if len(set(named.values())) != len(named):
        raise DataError("two blank nodes have one name")
    return {Triple(_named(t.subject, named), t.predicate, _named(t.object, named)) for t in triples}


def _named(term: _Term, named: Mapping[BlankNode, str]) -> _Term | BlankNode:
    return BlankNode(named[term]) if isinstance(term, BlankNode) else term


class _Group:
    """Blank nodes that hang together, and every triple that touches one of them.

    Nodes are their labels; any other term is its N-Triples form, so the two cannot be mistaken.
    """

    def __init__(self) -> None:
        self.nodes: set[str] = set()
        self.lines: list[tuple[str, str, str]] = []

    def is_tree(self) -> bool:
        targets = [o for _, _, o in self.lines if o in self.nodes]
        inner = sum(1 for s, _, o in self.lines if s in self.nodes and o in self.nodes)
        return len(targets) == len(set(targets)) and inner == len(self.nodes) - 1


def _groups(triples: Iterable[Triple]) -> list[_Group]:
    lines = []
    leader: dict[str, str] = {}

    def find(node: str) -> str:
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for triple in set(triples):
        blank = [t.value for t in (triple.subject, triple.object) if isinstance(t, BlankNode)]
        for node in blank:
            leader.setdefault(node, node)
        if blank:
            leader[find(blank[0])] = find(blank[-1])
            lines.append(
                (blank[0], (_key(triple.subject), str(triple.predicate), _key(triple.object)))
            )
    groups: defaultdict[str, _Group] = defaultdict(_Group)
    for node in leader:
        groups[find(node)].nodes.add(node)
    for node, line in lines:
        groups[find(node)].lines.append(line)
    return list(groups.values())


def _key(term: object) -> str:
    return term.value if isinstance(term, BlankNode) else str(term)


def _order(group: _Group) -> list[str]:
    return _tree_order(group) if group.is_tree() else _Tangle(group).best()[0]


def _certificate(group: _Group, order: Iterable[str]) -> Certificate:
    place = {node: f"_:{number}" for number, node in enumerate(order)}
    return tuple(sorted((place.get(s, s), p, place.get(o, o)) for s, p, o in group.lines))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _tree_order(group: _Group) -> list[str]:
    children: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    facts: defaultdict[str, list[str]] = defaultdict(list)
    roots = set(group.nodes)
    for s, p, o in group.lines:
        if s not in group.nodes:
            facts[o].append(f"< {p} {s}")
        elif o in group.nodes:
            children[s].append((p, o))
            roots.discard(o)
        else:
            facts[s].append(f"> {p} {o}")
    downward = list(roots)
    for node in downward:
        downward.extend(child for _, child in children[node])
    digest: dict[str, str] = {}
    for node in reversed(downward):
        branches = (f"> {p} {digest[child]}" for p, child in children[node])
        digest[node] = _hash(*sorted([*facts[node], *branches]))
    order, waiting = [], list(roots)
    while waiting:
        order.append(node := waiting.pop())
        waiting += [c for _, c in sorted(children[node], key=lambda e: (e[0], digest[e[1]]))]
    return order


class _Tangle:
    """The search for the least numbering of a group with shared or circular nodes."""

    def __init__(self, group: _Group) -> None:
        self.group = group
        self.steps = 0
        self.edges: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for s, p, o in group.lines:
            if s in group.nodes:
                self.edges[s].append((f"> {p}", o))
            if o in group.nodes:
                self.edges[o].append((f"< {p}", s))

    def best(self) -> tuple[list[str], Certificate]:
        return self._search(self._refine(dict.fromkeys(self.group.nodes, "")))[:2]

    def _search(
        self, colours: Mapping[str, str]
    ) -> tuple[list[str], Certificate, set[Certificate]]:
        cell = self._cell(colours)
        if not cell:
            order = sorted(colours, key=lambda node: colours[node])
            certificate = _certificate(self.group, order)
            return order, certificate, {certificate}
        seen: set[Certificate] = set()
        found: list[tuple[Certificate, list[str]]] = []
        for node in cell:
            choice = self._single_out(colours, node)
            # Equal leaves prove a symmetry, under which this branch repeats one that is done.
            if self._first_leaf(choice) not in seen:
                order, certificate, leaves = self._search(choice)
                found.append((certificate, order))
                seen |= leaves
        certificate, order = min(found)
        return order, certificate, seen

    def _first_leaf(self, colours: Mapping[str, str]) -> Certificate:
        while cell := self._cell(colours):
            colours = self._single_out(colours, cell[0])
        return _certificate(self.group, sorted(colours, key=lambda node: colours[node]))

    def _cell(self, colours: Mapping[str, str]) -> list[str]:
        cells: defaultdict[str, list[str]] = defaultdict(list)
        for node, colour in colours.items():
            cells[colour].append(node)
        several = [(len(cell), colour) for colour, cell in cells.items() if len(cell) > 1]
        return cells[min(several)[1]] if several else []

    def _single_out(self, colours: Mapping[str, str], node: str) -> dict[str, str]:
        return self._refine({**colours, node: _hash(colours[node], "chosen")})

    def _refine(self, colours: dict[str, str]) -> dict[str, str]:
        while True:
            self.steps += 2 * len(self.group.lines)
            if self.steps > MOST_STEPS:
                raise DataError(
                    f"{len(self.group.nodes)} blank nodes are too entangled to be put in one "
                    "order: give some of them IRIs"
                )
            finer = {
                node: _hash(
                    colours[node],
                    *sorted(f"{p} {colours.get(other, other)}" for p, other in self.edges[node]),
                )
                for node in self.group.nodes
            }
            if len(set(finer.values())) == len(set(colours.values())):
                return finer
            colours = finer
