"""One way to write an axiom that RDF lets be written in several.

By OWL 2 Mapping to RDF Graphs (W3C Recommendation 2012), section 2. Editors and libraries choose
differently, so without this a file would change with whatever saved it last.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.namespaces import PREFIXES, SP

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple

_OWL, _RDF = PREFIXES["owl"], PREFIXES["rdf"]
_TYPE, _FIRST, _REST, _LIST, _NIL = (
    NamedNode(_RDF + name) for name in ("type", "first", "rest", "List", "nil")
)
_MEMBERS = NamedNode(_OWL + "members")
_SOURCE = NamedNode(_OWL + "annotatedSource")

_OF_TWO: dict[tuple[Term, Term], NamedNode] = {
    (NamedNode(_OWL + kind), predicate): NamedNode(_OWL + relation)
    for kind, predicate, relation in (
        ("AllDifferent", _MEMBERS, "differentFrom"),
        ("AllDifferent", NamedNode(_OWL + "distinctMembers"), "differentFrom"),
        ("AllDisjointClasses", _MEMBERS, "disjointWith"),
        ("AllDisjointProperties", _MEMBERS, "propertyDisjointWith"),
    )
}
_ALIKE = ("sameAs", "inverseOf", "equivalentClass", "equivalentProperty")
_SYMMETRIC = {*_OF_TWO.values(), *(NamedNode(_OWL + name) for name in _ALIKE)}


def settled(triples: Iterable[Triple]) -> set[Triple]:
    """The same axioms, each in one of its forms.

    * A list has no ``rdf:List`` types, which follow from ``rdf:first`` (RDF Schema 1.1, 5.1).
    * That two named things differ or are disjoint is one triple, not a list of two.
    * A symmetric relation of named things stands with the one that is ours, else with the first.

    What is annotated keeps its form, which its annotation repeats.
    """
    graph = _without_list_types(set(triples))
    pairs = dict(_pairs(graph))
    graph = {t for t in graph if t.subject not in pairs} | {*pairs.values()}
    annotated = {t.object for t in graph if t.predicate == _SOURCE}
    return {t if t.subject in annotated else _turned(t) for t in graph}


def _without_list_types(graph: set[Triple]) -> set[Triple]:
    cells = {t.subject for t in graph if t.predicate == _FIRST}
    cells &= {t.subject for t in graph if t.predicate == _REST}
    return graph - {Triple(cell, _TYPE, _LIST) for cell in cells if isinstance(cell, BlankNode)}


def _pairs(graph: set[Triple]) -> Iterator[tuple[Term, Triple]]:
    """The nodes of each axiom about a list of two named things, with the triple that says it."""
    sizes: Counter[Term] = Counter(triple.subject for triple in graph)
    uses: Counter[Term] = Counter(triple.object for triple in graph)
    said: dict[tuple[Term, Term], Term] = {(t.subject, t.predicate): t.object for t in graph}
    for (axiom, predicate), head in said.items():
        relation = _OF_TWO.get((said.get((axiom, _TYPE), _NIL), predicate))
        tail = said.get((head, _REST), _NIL)
        if not relation or said.get((tail, _REST)) != _NIL:
            continue
        nodes = (axiom, head, tail)
        plain = all(isinstance(node, BlankNode) and sizes[node] == 2 for node in nodes)
        one, other = said.get((head, _FIRST)), said.get((tail, _FIRST))
        if not plain or [uses[node] for node in nodes] != [0, 1, 1]:
            continue
        if isinstance(one, NamedNode) and isinstance(other, NamedNode):
            yield from ((node, Triple(one, relation, other)) for node in nodes)


def _turned(triple: Triple) -> Triple:
    one, other = triple.subject, triple.object
    if triple.predicate not in _SYMMETRIC:
        return triple
    if not isinstance(one, NamedNode) or not isinstance(other, NamedNode):
        return triple
    first, second = sorted((one, other), key=lambda n: (not n.value.startswith(SP), n.value))
    return Triple(first, triple.predicate, second)
