"""The one form of an axiom that has several."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from kg import axioms, blank_nodes
from kg.namespaces import PREFIXES

PREFIX_LINES = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
AXIOM = (
    "[ a owl:Axiom ; owl:annotatedSource {} ; owl:annotatedProperty {} ; owl:annotatedTarget {} ]"
)


def read(text: str) -> set[Triple]:
    content = (PREFIX_LINES + text).encode()
    return {quad.triple for quad in parse(content, format=RdfFormat.TURTLE)}


def same(one: set[Triple], other: set[Triple]) -> bool:
    return bool(one) and blank_nodes.relabelled(one) == blank_nodes.relabelled(other)


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("[ a owl:AllDifferent ; owl:distinctMembers ( :b :a ) ]", ":a owl:differentFrom :b"),
        ("[ a owl:AllDifferent ; owl:members ( :a :b ) ]", ":a owl:differentFrom :b"),
        ("[ a owl:AllDisjointClasses ; owl:members ( :a :b ) ]", ":a owl:disjointWith :b"),
        (
            "[ a owl:AllDisjointProperties ; owl:members ( :b :a ) ]",
            ":a owl:propertyDisjointWith :b",
        ),
        (":b owl:inverseOf :a", ":a owl:inverseOf :b"),
        (":b owl:sameAs :a , :a", ":a owl:sameAs :b"),
        ("owl:Thing owl:equivalentClass :b", ":b owl:equivalentClass owl:Thing"),
        ("skos:Concept owl:sameAs owl:Thing", "owl:Thing owl:sameAs skos:Concept"),
        (":a owl:equivalentProperty :b . :b owl:equivalentProperty :a",
         ":a owl:equivalentProperty :b"),
        (":a :b [ a rdf:List ; rdf:first 1 ; rdf:rest () ]", ":a :b ( 1 )"),
    ],
)  # fmt: skip
def test_an_axiom_gets_one_form(written: str, settled: str) -> None:
    assert same(axioms.settled(read(f"{written} .")), read(f"{settled} ."))


@pytest.mark.parametrize(
    "text",
    [
        "[ a owl:AllDifferent ; owl:distinctMembers ( :a :b :c ) ]",
        "[ a owl:AllDifferent ; owl:distinctMembers ( :a ) ]",
        '[ a owl:AllDifferent ; owl:distinctMembers ( :a :b ) ; rdfs:comment "why" ]',
        "[ a owl:AllDifferent ; owl:distinctMembers [ rdf:first :a , :b ; rdf:rest ( :c ) ] ]",
        "[ a owl:AllDisjointClasses ; owl:members ( :a [ owl:complementOf :b ] ) ]",
        ":x a owl:AllDisjointClasses ; owl:members ( :a :b )",
        "_:x a owl:AllDisjointClasses ; owl:members ( :a :b ) . :d :knows _:x",
        "[ a owl:AllDisjointClasses ; owl:members _:l ] . :d :knows _:l . "
        "_:l rdf:first :a ; rdf:rest ( :b )",
        "[ a :Party ; owl:members ( :a :b ) ]",
        ":b owl:inverseOf [ :q 1 ]",
        ":b rdfs:subClassOf :a",
        ':b owl:sameAs "a"',
        ":b owl:disjointWith :a . " + AXIOM.format(":b", "owl:disjointWith", ":a"),
        ":a a rdf:List",
        "[ a rdf:List ; rdf:first 1 ]",
    ],
)
def test_what_has_no_other_form_or_is_annotated_stays(text: str) -> None:
    assert same(axioms.settled(read(f"{text} .")), read(f"{text} ."))


def test_settling_again_changes_nothing() -> None:
    text = "[ a owl:AllDifferent ; owl:members ( :b :a ) ] . :c owl:sameAs :b , :a ."
    once = axioms.settled(read(text))
    assert len(once) == 3
    assert axioms.settled(once) == once
