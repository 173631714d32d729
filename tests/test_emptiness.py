"""A query that finds nothing is told why."""

import pytest

from kg import emptiness as module
from kg.emptiness import emptiness, told, unknown_terms
from kg.engines.local import LocalEngine
from kg.errors import QueryTimeoutError
from kg.namespaces import ID


def unknown(engine: LocalEngine, query: str) -> dict[str, list[str]]:
    return {
        each.written: [written for written, _ in each.nearest]
        for each in emptiness(engine, query).unknown
    }


@pytest.mark.parametrize(
    ("query", "written", "meant"),
    [
        ("SELECT * { ?a :prefer ?p }", ":prefer", ":prefers"),
        (f"SELECT * {{ ?a :{'prefers' * 20} ?p }}", f":{'prefers' * 20}", None),
        ("SELECT * { ?a :hasholder ?p }", ":hasholder", ":hasHolder"),
        ("SELECT * { id:boduria :prefers ?p }", "id:boduria", "id:borduria"),
        ("ASK { id:the-kingdom_ :prefers ?p }", "id:the-kingdom_", None),
        (f"PREFIX e: <{ID}> ASK {{ e:tarifs ?p ?o }}", "id:tarifs", "id:tariffs"),
        ('SELECT * { ?a rdfs:label "Borduria" }', '"Borduria"', '"Borduria"@en'),
        ('SELECT * { ?a rdfs:label "borduria"@en }', '"borduria"@en', '"Borduria"@en'),
        ('SELECT * { ?a rdfs:label ?l FILTER (?l = "Borduria") }', '"Borduria"', '"Borduria"@en'),
        (
            'SELECT * { VALUES ?l { "Borduria"@de } ?a rdfs:label ?l }',
            '"Borduria"@de',
            '"Borduria"@en',
        ),
        (
            'SELECT * { ?t :earliestStartYear "1990" }',
            '"1990"',
            '"1990"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ),
    ],
)
def test_what_is_unknown_comes_with_what_is_like_it(
    world: LocalEngine, query: str, written: str, meant: str | None
) -> None:
    found = unknown(world, query)
    assert list(found) == [written]
    assert (found[written] or [None])[0] == meant


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a :prefers id:tariffs ; a :State }",
        "PREFIX new: <https://w3id.org/standpoint/nothing/> SELECT * { ?a :prefers ?p }",
        "SELECT * { ?a <http://elsewhere.example/p> ?p }",
        'SELECT * { ?a rdfs:label ?l FILTER REGEX(?l, "borduria", "i") }',
    ],
)
def test_what_is_known_or_not_ours_is_not_flagged(world: LocalEngine, query: str) -> None:
    assert unknown(world, query) == {}


def test_unknown_terms_are_found_in_queries_of_any_form(world: LocalEngine) -> None:
    for query in ("CONSTRUCT WHERE { ?x :prefer ?y }", "DESCRIBE id:boduria"):
        assert len(unknown_terms(world, query)) == 1


@pytest.mark.parametrize(
    ("query", "part", "reason"),
    [
        ("?a a :State ; :belongsTo ?b", "?a :belongsTo ?b .", module.ALONE),
        ("?a a :State . { ?a :belongsTo ?b }", "?a :belongsTo ?b .", module.ALONE),
        (
            "?a a :State . GRAPH ?g { ?a :belongsTo ?b }",
            "GRAPH ?g { ?a :belongsTo ?b . }",
            module.ALONE,
        ),
        ("?a a :State ; :prefers ?p . ?p a :Person", "?a :prefers ?p .", module.TOGETHER),
        ("?a a :State FILTER (?a = id:tariffs)", "FILTER ( ?a = id:tariffs )", module.FILTERED),
        (
            "?a a :State MINUS { ?a rdf:type :State }",
            "MINUS { ?a rdf:type :State . }",
            module.FILTERED,
        ),
        (
            "?a a :State OPTIONAL { ?a :x ?b } FILTER (BOUND(?b))",
            "FILTER ( BOUND( ?b ) )",
            module.FILTERED,
        ),
        ("?a a :State . ?a a :Person . ?a a :Sentence", "?a rdf:type :Person .", module.UP_TO),
    ],
)
def test_the_first_part_that_fails_is_named(
    world: LocalEngine, query: str, part: str, reason: str
) -> None:
    found = emptiness(world, f"SELECT * {{ {query} }}")
    assert not world.select(f"SELECT * {{ {query} }}").rows
    assert (found.part, found.reason) == (part, reason)
    assert emptiness(world, f"ASK {{ {query} }}").part == part


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a a :State } OFFSET 100",
        "SELECT * { ?a a :State } LIMIT 0",
        "SELECT ?a { ?a a :State } GROUP BY ?a HAVING (COUNT(*) > 9)",
    ],
)
def test_a_pattern_that_matches_is_not_blamed(world: LocalEngine, query: str) -> None:
    found = emptiness(world, query)
    assert (found.part, found.reason) == (None, module.AFTERWARDS)


def test_the_runs_and_the_time_are_bounded(
    world: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0
    ask = world.query

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal runs
        runs += 1
        return ask(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(world, "query", counted)
    parts = " ".join(f"?a{n} a :State . ?a{n} a :Person ." for n in range(40))
    assert emptiness(world, f"SELECT * {{ {parts} }}").reason is None
    assert runs < module.MOST_RUNS + 10
    assert emptiness(world, "SELECT * { ?a :belongsTo ?b }", seconds=-1).reason is None


def test_a_query_that_times_out_again_gives_no_reason(
    world: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise QueryTimeoutError("late")

    monkeypatch.setattr(module, "parse_boolean", late)
    assert emptiness(world, "SELECT * { ?a :belongsTo ?b }").reason is None


def test_it_is_told_in_lines(world: LocalEngine) -> None:
    query = "SELECT * { ?a :prefer ?p }"
    lines = list(told(world, query, world.query(query)))
    assert lines == [
        "the graph has no :prefer: did you mean :prefers (prefers), or :Preference (preference), "
        "or :disprefers (disprefers)?",
        f"{module.ALONE}\n  ?a :prefer ?p .",
    ]


def test_unknown_terms_are_told_of_results_with_rows_too(world: LocalEngine) -> None:
    query = "SELECT * { ?a a :State OPTIONAL { ?a :prefer ?p } }"
    result = world.query(query)
    assert result.rows
    assert len(list(told(world, query, result))) == 1
    assert list(told(world, "ASK { ?a a :State }", world.query("ASK { ?a a :State }"))) == []
