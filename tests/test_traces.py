"""The triples shown for a row give the row, and without them it is gone."""

from collections.abc import Mapping

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.algebra import parser, printer
from kg.engines.local import LocalEngine
from kg.engines.results import Term
from kg.errors import UnreadableQueryError
from kg.traces import Trace, trace

E = "https://example.org/"
NODES = [NamedNode(E + name) for name in "abcde"]
PROPERTIES = [NamedNode(E + name) for name in "pqr"]
LITERALS = [Literal(1), Literal(2), Literal("x", language="en"), Literal("x"), Literal("y")]
GRAPHS = [NamedNode(E + "g"), NamedNode(E + "h")]
PREFIX = f"PREFIX e: <{E}> "

# What each row of these rests on is there, and none of it can be missing.
WHOLE = [
    "SELECT * { ?x e:p ?y }",
    "SELECT ?x { ?x e:p ?y }",
    "SELECT ?x { ?x ?any e:a }",
    "SELECT DISTINCT ?x { ?x e:p ?y ; e:q ?z }",
    "SELECT REDUCED ?y { e:a e:p ?y }",
    "SELECT ?x { ?x e:p [ e:q ?z ] }",
    "SELECT ?x { [] e:p ?x . ?x e:q _:n . _:n e:p ?m }",
    "SELECT ?x { ?x e:p e:b , e:c ; e:q ?y . }",
    "SELECT ?x ?y { ?x e:p ?y } ORDER BY DESC(?x) ?y",
    "SELECT ?x ?y { ?x e:p ?y } ORDER BY ?x LIMIT 2",
    "SELECT ?x ?y { ?x e:p ?y } ORDER BY ?x OFFSET 1 LIMIT 3",
    "SELECT ?x { { ?x e:p ?y } UNION { ?x e:q ?y } }",
    "SELECT ?x { { ?x e:p ?y } UNION { ?y e:q ?x } UNION { ?x e:r ?x } ?x e:q ?z }",
    "SELECT ?x ?v { ?x e:r ?v FILTER (?v > 1) }",
    'SELECT ?x { ?x e:r ?v FILTER (LANG(?v) = "en") }',
    'SELECT ?x ?v { ?x e:r ?v FILTER (LANGMATCHES(LANG(?v), "*")) }',
    'SELECT ?x { ?x e:r ?v FILTER REGEX(STR(?v), "^x", "i") }',
    "SELECT ?x { ?x e:p ?y FILTER (?y IN (e:a, e:b)) }",
    "SELECT ?x ?y { ?x e:p ?y FILTER (?x != ?y && ISIRI(?y)) }",
    "SELECT ?x ?y { VALUES ?x { e:a e:b } ?x e:p ?y }",
    "SELECT ?x ?y { ?x e:p ?y VALUES (?x ?y) { (e:a UNDEF) (UNDEF e:c) } }",
    "SELECT ?x ?y { ?x e:p ?y } VALUES ?y { e:b e:c }",
    'SELECT ?x ?s { ?x e:p ?y BIND (CONCAT(STR(?y), "!") AS ?s) }',
    "SELECT (STR(?y) AS ?s) { ?x e:p ?y }",
    "SELECT ?x (1 + 1 AS ?two) (RAND() AS ?any) { ?x e:p ?y }",
    "SELECT ?x ?y { ?x e:p/e:q ?y }",
    "SELECT ?x ?y { ?x e:p|e:q ?y }",
    "SELECT ?x ?y { ?x ^e:p ?y }",
    "SELECT ?x ?y { ?x (e:p|^e:q)/e:p ?y }",
    "SELECT ?x ?y { ?x !e:p ?y }",
    "SELECT ?x ?y { ?x !(e:p|^e:q) ?y }",
    "SELECT ?x ?y { ?x ^(e:p/e:q) ?y }",
    "SELECT ?x ?g { GRAPH ?g { ?x e:p ?y } }",
    "SELECT ?x { GRAPH e:g { ?x e:p ?y } ?x e:q ?z }",
    "SELECT ?x ?y FROM e:g { ?x e:p ?y }",
    "SELECT ?x ?y FROM e:g FROM NAMED e:h { ?x e:p ?y GRAPH ?g { ?y ?q ?z } }",
    "SELECT ?x ?y { { SELECT ?x { ?x e:p ?y } } ?x e:q ?y }",
    "SELECT ?x ?s { { SELECT DISTINCT ?x (STR(?y) AS ?s) { ?x e:p ?y } } ?x e:q ?y }",
    "SELECT ?x { ?x e:p ?y FILTER EXISTS { ?y e:q ?z } }",
    "SELECT ?x { ?x e:p ?y FILTER EXISTS { ?y e:q ?z FILTER (?z != ?x) } }",
    "SELECT ?x ?y { GRAPH ?g { ?x e:p ?y } GRAPH ?h { ?y e:q ?z } FILTER (?g != ?h) }",
    "SELECT ?x { { ?x e:p ?y { ?y e:q ?z } } }",
    "SELECT ?x (COUNT(*) AS ?n) { ?x e:p ?y } GROUP BY ?x",
    "SELECT ?x (MAX(?v) AS ?most) (SAMPLE(?v) AS ?some) { ?x e:r ?v } GROUP BY ?x",
    "SELECT ?s (COUNT(DISTINCT ?y) AS ?n) { ?x e:p ?y } GROUP BY (STR(?x) AS ?s)",
    "SELECT ?x { ?x e:p ?y } GROUP BY ?x HAVING (COUNT(?y) > 1)",
    "SELECT ?x ?n { { SELECT ?x (COUNT(?y) AS ?n) { ?x e:p ?y } GROUP BY ?x } ?x e:q ?z }",
    'SELECT ?x (GROUP_CONCAT(STR(?y); SEPARATOR=", ") AS ?all) { ?x e:p ?y } GROUP BY ?x',
]
# Of these the trace may say that there is more, or that something must be missing.
PARTLY = [
    "SELECT ?x ?y { ?x e:p+ ?y }",
    "SELECT ?x ?y { ?x e:p* ?y . ?y e:q ?z }",
    "SELECT ?y { e:a (e:p|e:q)+ ?y }",
    "SELECT ?y { e:a (e:p/e:q)+ ?y }",
    "SELECT ?x ?y { ?x e:p/e:q? ?y }",
    "SELECT ?x { GRAPH ?g { ?x e:p+ ?y } }",
    "SELECT ?x { ?x (^e:p)+ e:b }",
    "SELECT ?x ?y { ?x e:p ?z OPTIONAL { ?x e:q ?y } }",
    "SELECT ?x ?y { ?x e:p ?z OPTIONAL { ?x e:q ?y FILTER (?y != ?z) } }",
    "SELECT ?x ?y { ?x e:p ?z OPTIONAL { ?x e:q ?y OPTIONAL { ?y e:p ?w } } }",
    "SELECT ?x ?y { ?x e:p ?z OPTIONAL { ?x e:q ?y } OPTIONAL { ?x e:r ?y } }",
    "SELECT ?x ?y { OPTIONAL { ?x e:q ?y } ?x e:p ?z }",
    "SELECT ?x { ?x e:p ?z OPTIONAL { ?x e:q ?y } FILTER (!BOUND(?y)) }",
    "SELECT ?x ?y { { ?x e:p ?y } UNION { ?x e:q ?z } }",
    "SELECT ?x { ?x e:p ?y MINUS { ?x e:q ?z } }",
    "SELECT ?x { MINUS { ?x e:q ?z } ?x e:p ?y }",
    "SELECT ?x { ?x e:p ?y FILTER NOT EXISTS { ?y e:q ?z } }",
    "SELECT ?x { ?x e:p ?y FILTER (?x = e:a || EXISTS { ?y e:q ?z }) }",
    "SELECT (COUNT(*) AS ?n) { ?x e:p ?y }",
    "SELECT (COUNT(*) AS ?n) { ?x e:p ?y } GROUP BY ?x",
    "SELECT ?x ?y { { SELECT ?x { ?x e:p ?z } ORDER BY ?x LIMIT 1 } ?x e:q ?y }",
    "SELECT ?n { ?x e:q ?n MINUS { ?x e:q ?m . FILTER (?m = e:a) } }",
]

quads = st.builds(
    Quad,
    st.sampled_from(NODES),
    st.sampled_from(PROPERTIES),
    st.sampled_from([*NODES, *NODES, *LITERALS]),
    st.sampled_from(GRAPHS),
)
graphs = st.lists(quads, max_size=14, unique_by=lambda quad: quad.triple)


def held(graph: list[Quad]) -> Store:
    store = Store()
    store.extend(graph)
    for name in GRAPHS:
        store.add_graph(name)
    return store


def asked(store: Store, sparql: str) -> list[dict[str, Term]]:
    return LocalEngine(store).select(sparql).rows


def stable(row: Mapping[str, Term]) -> dict[str, Term]:
    return {name: term for name, term in row.items() if name != "any"}


def unsliced(sparql: str) -> str:
    return printer.query(parser.parse(sparql).without_slice())


def is_shown(quad: Quad, found: Trace) -> bool:
    return any(
        (fact.subject, fact.property, fact.object) == tuple(quad.triple)
        and fact.graph in (None, quad.graph_name)
        for fact in found.facts
    )


def parted(graph: list[Quad], found: Trace) -> tuple[list[Quad], list[Quad]]:
    """The quads that are shown, and the others."""
    shown = [quad for quad in graph if is_shown(quad, found)]
    return shown, [quad for quad in graph if quad not in shown]


def check(graph: list[Quad], sparql: str) -> list[Trace]:
    store = held(graph)
    rows = asked(store, sparql)
    found = trace(LocalEngine(store), sparql, rows)
    assert len(found) == len(rows)
    for row, each in zip(rows, found, strict=True):
        assert each.failure is None
        shown, others = parted(graph, each)
        triples = {(f.subject, f.property, f.object) for f in each.facts}
        assert triples == {tuple(quad.triple) for quad in shown}, "what is shown is in the store"
        again = [stable(other) for other in asked(held(shown), unsliced(sparql))]
        assert stable(row) in again, "the shown triples alone give the row"
        if each.is_whole and each.facts and not each.rests_on_absence:
            left = [stable(other) for other in asked(held(others), unsliced(sparql))]
            assert stable(row) not in left, "without them the row is gone"
    return found


@pytest.mark.parametrize("query", WHOLE)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs)
def test_rows_rest_wholly_on_what_is_shown(query: str, graph: list[Quad]) -> None:
    for each in check(graph, PREFIX + query):
        assert each.facts
        assert each.is_whole
        assert not each.rests_on_absence
        assert each.shown == each.total > 0


@pytest.mark.parametrize("query", PARTLY)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs)
def test_rows_rest_on_what_is_shown_unless_it_says_otherwise(query: str, graph: list[Quad]) -> None:
    check(graph, PREFIX + query)


FULL = [
    Quad(subject, name, object_, GRAPHS[(at + n) % 2])
    for at, subject in enumerate(NODES)
    for n, name in enumerate(PROPERTIES)
    for object_ in (NODES[(at + 1) % 5], NODES[(at + 2) % 5], *(LITERALS if n == 2 else ()))
]


@pytest.mark.parametrize("query", [*WHOLE, *PARTLY])
def test_no_query_is_traced_only_because_it_has_no_rows(query: str) -> None:
    for size in (4, 9, len(FULL)):
        check(FULL[:size], PREFIX + query)
    rows = asked(held(FULL), PREFIX + query)
    if "NOT EXISTS" in query or "MINUS" in query or "!BOUND" in query:
        rows += asked(held(FULL[:1]), PREFIX + query) + asked(held(FULL[:3]), PREFIX + query)
    assert rows


def test_there_are_at_least_thirty_kinds_of_query() -> None:
    assert len({*WHOLE, *PARTLY}) >= 30


def pq(text: str) -> list[Quad]:
    """Quads of a graph written as "apb bqc"."""
    return [
        Quad(NamedNode(E + s), NamedNode(E + p), NamedNode(E + o), GRAPHS[0])
        for s, p, o in text.split()
    ]


def only(graph: str, query: str) -> Trace:
    [found] = check(pq(graph), PREFIX + query)
    return found


def test_a_second_path_makes_it_one_of_several() -> None:
    assert only("apb bpc", "SELECT * { VALUES ?y { e:c } e:a e:p+ ?y }").is_whole
    assert not only("apb bpc apc", "SELECT * { VALUES ?y { e:c } e:a e:p+ ?y }").is_whole


def test_the_shortest_path_is_shown() -> None:
    found = only("apb bpc cpd apd", "SELECT ?x { ?x e:p+ e:d FILTER (?x = e:a) }")
    assert [str(fact.object) for fact in found.facts] == [f"<{E}d>"]


def test_a_cycle_is_followed_once() -> None:
    found = only("apb bpa", "SELECT ?x { ?x e:p+ ?x FILTER (?x = e:a) }")
    assert len(found.facts) == 2
    assert found.is_whole


def test_absence_is_said() -> None:
    for query in (
        "SELECT ?x { ?x e:p ?y MINUS { ?x e:r ?z } }",
        "SELECT ?x { ?x e:p ?y FILTER NOT EXISTS { ?x e:r ?z } }",
        "SELECT ?x ?z { ?x e:p ?y OPTIONAL { ?x e:r ?z } }",
        "SELECT (COUNT(*) AS ?n) { ?x e:r ?y }",
    ):
        assert only("apb", query).rests_on_absence, query


def test_an_optional_that_matched_is_shown() -> None:
    found = only("apb aqc", "SELECT ?x ?z { ?x e:p ?y OPTIONAL { ?x e:q ?z } }")
    assert len(found.facts) == 2
    assert not found.rests_on_absence


def test_more_solutions_than_are_followed_are_counted() -> None:
    many = [Quad(NODES[0], PROPERTIES[0], Literal(n), GRAPHS[0]) for n in range(70)]
    engine = LocalEngine(held(many))
    [found] = trace(engine, PREFIX + "SELECT ?x { ?x e:p ?y }", [{"x": NODES[0]}])
    assert (found.shown, found.total, found.is_whole) == (50, 70, False)
    assert len(found.facts) == 50


def test_blank_nodes_of_a_row_are_told_apart() -> None:
    store = Store()
    for n in (1, 2):
        store.add(Quad(pyoxigraph.BlankNode(f"n{n}"), PROPERTIES[0], Literal(n), GRAPHS[0]))
    engine = LocalEngine(store)
    rows = engine.select(PREFIX + "SELECT ?x { ?x e:p ?y }").rows
    assert len(rows) == 2
    for row, found in zip(
        rows, trace(engine, PREFIX + "SELECT ?x { ?x e:p ?y }", rows), strict=True
    ):
        assert [fact.subject for fact in found.facts] == [row["x"]]


def test_time_that_is_over_is_said() -> None:
    engine = LocalEngine(held(FULL))
    [found] = trace(engine, PREFIX + "SELECT ?x { ?x e:p ?y }", [{"x": NODES[0]}], seconds=-1.0)
    assert found.failure
    assert not found.is_whole


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { <<( e:a e:p e:b )>> e:q ?x }",
        "SELECT ?x { e:a e:p ?x {| e:q e:r |} }",
        "SELECT ?x { ?y e:p ?z LATERAL { ?y e:q ?x } }",
        "CONSTRUCT WHERE { ?x e:p ?y }",
        "DESCRIBE e:a",
    ],
)
def test_other_syntax_is_not_guessed_at(query: str) -> None:
    with pytest.raises(UnreadableQueryError):
        trace(LocalEngine(held(FULL)), PREFIX + query, [{"x": NODES[0]}])


def test_a_triple_that_was_asked_of_a_graph_names_it() -> None:
    found = only("apb", "SELECT ?x { GRAPH ?g { ?x e:p ?y } }")
    assert [fact.graph for fact in found.facts] == [GRAPHS[0]]
    assert [fact.graph for fact in only("apb", "SELECT ?x { ?x e:p ?y }").facts] == [None]
