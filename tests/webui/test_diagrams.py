"""Results as graphs."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest
from pyoxigraph import Literal, NamedNode

from kg.engines.local import LocalEngine
from kg.namespaces import ID, SP
from webui import diagrams, tables
from webui.columns import relations
from webui.diagrams import Diagram, Edge, draw, of_rows, of_triples
from webui.tables import Row, Table
from webui.views import Choice

HARM = '"><script>alert(1)</script>'


def thing(name: str) -> NamedNode:
    return NamedNode(ID + name)


def edges(engine: LocalEngine, query: str) -> list[Edge]:
    solutions = engine.select(query)
    rows = [Row(number, terms) for number, terms in enumerate(solutions.rows, 1)]
    of = Table({name: name.upper() for name in solutions.variables}, rows, len(rows))
    assert rows
    return of_rows(engine, tables.page(engine, of, Choice(), 100), relations(query, engine.limits))


def listed(diagram: Diagram) -> dict[str, dict[str, list[str]]]:
    return {
        entry.subject.text: {
            relation: [value.text for value in values] for relation, values in entry.values.items()
        }
        for entry in diagram.entries
    }


def words(diagram: Diagram) -> Sequence[str | None]:
    assert diagram.picture
    root = ET.fromstring(diagram.picture.file("https://standpoint.example"))
    return [each.text for each in root.iter("{http://www.w3.org/2000/svg}tspan")]


def test_a_triple_that_the_query_asks_for_is_an_arrow_with_its_name(world: LocalEngine) -> None:
    found = edges(world, "SELECT ?a ?b { ?a :prefers ?b }")
    assert Edge(thing("borduria"), thing("tariffs"), NamedNode(SP + "prefers")) in found
    assert not any(edge.is_column for edge in found)
    assert listed(draw(world, "x", found, ()))["Borduria"] == {"prefers": ["tariffs"]}


def test_an_arrow_needs_its_triple_not_only_its_pattern(world: LocalEngine) -> None:
    query = """SELECT ?a ?b { VALUES (?a ?b) { (id:borduria id:tariffs) }
        { ?a :prefers ?b } UNION { ?a :disprefers ?b } UNION { ?b :prefers ?a } }"""
    assert edges(world, query) == [
        Edge(thing("borduria"), thing("tariffs"), NamedNode(SP + "prefers"))
    ]


def test_a_named_end_of_a_pattern_is_drawn_and_a_class_is_not(world: LocalEngine) -> None:
    found = edges(world, "SELECT ?a { ?a a :State ; :prefers id:tariffs }")
    assert [edge.target for edge in found] == [thing("tariffs")]


def test_what_no_triple_joins_bears_the_name_of_its_column(world: LocalEngine) -> None:
    query = """SELECT ?a ?b (COUNT(?p) AS ?n) {
        ?p :hasHolder ?a ; :hasPreferredOption ?b } GROUP BY ?a ?b"""
    found = edges(world, query)
    assert {edge.relation for edge in found} == {"B", "N"}
    assert all(edge.is_column for edge in found)
    drawn = draw(world, "x", found, ())
    assert drawn.has_columns
    assert drawn.picture
    assert "stroke-dasharray" in drawn.picture.inline()


def test_a_property_that_is_shown_is_a_name_and_no_box(world: LocalEngine) -> None:
    found = edges(world, "SELECT ?s ?p ?o { ?s ?p ?o FILTER(?p = :prefers) }")
    assert found
    assert {edge.relation for edge in found} == {NamedNode(SP + "prefers")}
    assert "prefers" not in listed(draw(world, "x", found, ()))


def test_triples_are_edges_and_a_value_stands_at_each_of_its_things(world: LocalEngine) -> None:
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    rows = [
        Row(1, {"s": thing("borduria"), "p": label, "o": Literal("here")}),
        Row(2, {"s": thing("syldavia"), "p": label, "o": Literal("here")}),
        Row(3, {"s": thing("syldavia"), "p": Literal("no property"), "o": Literal("x")}),
    ]
    found = of_triples(rows, ("s", "p", "o"))
    assert len(found) == 2
    assert list(words(draw(world, "x", found, ()))).count("here") == 2


def test_the_list_is_whole_where_the_picture_is_not(
    world: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagrams, "MOST_BOXES", 5)
    prefers = NamedNode(SP + "prefers")
    found = [Edge(thing("borduria"), thing(f"thing-{n}"), prefers) for n in range(9)]
    drawn = draw(world, "x", found, [thing("syldavia")])
    assert (drawn.drawn, drawn.count) == (5, 11)
    assert len(words(drawn)) == 6
    assert len(listed(drawn)["Borduria"]["prefers"]) == 9
    assert listed(drawn)["Syldavia"] == {}
    assert not diagrams.is_drawable(found)
    assert diagrams.is_drawable(found[:4])


def test_nothing_makes_no_picture(world: LocalEngine) -> None:
    assert draw(world, "x", [], [Literal("alone")]).picture is None
    assert words(draw(world, "x", [], [thing("borduria")])) == ["Borduria"]


def test_hostile_words_stay_words(world: LocalEngine) -> None:
    script = NamedNode("javascript:alert(1)")
    found = [
        Edge(script, Literal(HARM), NamedNode("https://example.org/%22%3E")),
        Edge(script, thing("hostile"), HARM, is_column=True),
    ]
    drawn = draw(world, HARM, found, ())
    assert drawn.picture
    body = drawn.picture.file("https://standpoint.example").decode()
    ET.fromstring(body)
    for markup in (body, drawn.picture.inline()):
        assert "<script" not in markup
        assert 'href="javascript' not in markup
