"""Each row of a SELECT has its sentences, in the sense in which they carry it."""

import pytest

from kg import answers, provenance
from kg.engines.local import LocalEngine
from kg.errors import EngineBusyError
from kg.namespaces import ID
from kg.provenance import Provenance, Verdict

WORLD = ID + "world/"
PREFIX = f"PREFIX d: <{WORLD}> "


def behind(engine: LocalEngine, query: str) -> list[Provenance]:
    rows = engine.select(PREFIX + query).rows
    found = provenance.provenance(engine, PREFIX + query, rows)
    assert len(found) == len(rows) > 0
    return found


def only(engine: LocalEngine, query: str) -> Provenance:
    [found] = behind(engine, query)
    return found


def numbers(found: Provenance) -> list[int | None]:
    return [quote.number for quote in found.quotes]


def test_a_content_leads_to_the_claim_that_has_it(world: LocalEngine) -> None:
    found = only(world, "SELECT ?over { ?p :hasHolder id:borduria ; :hasDispreferredOption ?over }")
    assert (found.verdict, numbers(found)) == (Verdict.COMPLETE, [1])
    assert found.caution is None


def test_a_derived_triple_leads_to_the_claims_it_comes_from(world: LocalEngine) -> None:
    found = only(world, "SELECT ?what { id:borduria :prefers ?what }")
    assert [quote.claim for quote in found.quotes] == [WORLD + "c1"]
    assert found.verdict == Verdict.COMPLETE


def test_a_derived_type_or_axis_leads_to_its_claim(world: LocalEngine) -> None:
    found = only(
        world,
        "SELECT ?kind { d:c4 a ?kind ; :hasPolarity :Affirmed FILTER (?kind = :GroundingClaim) }",
    )
    assert [quote.claim for quote in found.quotes] == [WORLD + "c4"]


def test_a_time_leads_to_the_claims_that_hold_then(world: LocalEngine) -> None:
    found = only(world, "SELECT ?year { d:in-1990 :earliestStartYear ?year }")
    assert [quote.claim for quote in found.quotes] == [WORLD + "c4"]


def test_a_denial_does_not_support_what_it_denies(world: LocalEngine) -> None:
    found = only(world, "SELECT ?who { d:p2 :hasHolder ?who }")
    assert [quote.claim for quote in found.quotes] == [WORLD + "c2"]
    assert [quote.claim for quote in found.against] == [WORLD + "c3"]
    assert found.caution == answers.REPORTED


def test_what_is_only_denied_has_no_sentence_for_it(world: LocalEngine) -> None:
    found = only(world, "SELECT ?who { ?c :hasContent/:hasHolder ?who FILTER (?c = d:c3) }")
    assert found.quotes == ()
    assert [quote.claim for quote in found.against] == [WORLD + "c3"]
    assert found.verdict == Verdict.NONE
    assert found.caution == answers.DENIED


def test_a_row_that_shows_a_denial_rests_on_it(world: LocalEngine) -> None:
    found = only(world, "SELECT ?c { ?c a :Denial }")
    assert (numbers(found), found.against, found.caution) == ([3], (), None)
    assert found.verdict == Verdict.COMPLETE


def test_the_claim_that_the_query_names_is_the_only_one(world: LocalEngine) -> None:
    found = only(world, "SELECT ?who { ?c a :Report ; :hasContent ?p . ?p :hasHolder ?who }")
    assert [quote.claim for quote in found.quotes] == [WORLD + "c2"]
    assert found.caution is None


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("SELECT ?name { id:syldavia rdfs:label ?name }", "labels"),
        ("SELECT ?x { :Denial rdfs:subClassOf ?x FILTER ISIRI(?x) }", "Standpoint ontology"),
        ("SELECT ?x { VALUES ?x { 1 } }", ""),
    ],
)
def test_what_no_sentence_says_says_so(world: LocalEngine, query: str, source: str) -> None:
    found = only(world, query)
    assert found.verdict == Verdict.NONE
    assert found.quotes == ()
    assert found.words.startswith("No sentence.")
    assert source in found.words


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?p { ?p :hasHolder id:borduria MINUS { ?p :hasPreferredOption id:quotas } }",
        "SELECT ?p { ?p :hasHolder id:borduria FILTER NOT EXISTS { ?p :hasReason ?x } }",
        "SELECT ?p ?x { ?p :hasHolder id:borduria OPTIONAL { ?p :isToward ?x } }",
    ],
)
def test_absence_is_told(world: LocalEngine, query: str) -> None:
    found = only(world, query)
    assert found.verdict == Verdict.ABSENCE
    assert provenance.ABSENT in found.words
    assert numbers(found) == [1]


def test_an_aggregate_shows_the_sentences_of_all_it_counts(world: LocalEngine) -> None:
    found = only(
        world,
        "SELECT ?who (COUNT(?p) AS ?n) { ?p :hasHolder ?who FILTER (?who = id:borduria) }"
        " GROUP BY ?who",
    )
    assert (found.verdict, numbers(found)) == (Verdict.COMPLETE, [1])


def test_many_sentences_are_some_of_them(engine: LocalEngine) -> None:
    found = only(engine, "SELECT (COUNT(?c) AS ?n) { ?c a :Assertion }")
    assert found.verdict == Verdict.SOME
    assert len(found.quotes) == provenance.MOST_QUOTES
    assert found.words.startswith("Some: ")


def test_a_part_of_a_statement_is_told_as_a_part(engine: LocalEngine) -> None:
    inner = engine.select(
        "SELECT DISTINCT ?p { ?whole :hasEffect ?p . ?p a :Proposition . ?any :hasContent ?whole"
        " FILTER NOT EXISTS { ?c :hasContent|:holdsIf|:holdsUnless ?p } }"
    ).rows
    assert inner
    found = only(engine, f"SELECT ?x {{ VALUES ?x {{ {inner[0]['p']} }} ?x a :Proposition }}")
    assert found.quotes
    assert found.caution
    assert found.caution.startswith(provenance.PART)


@pytest.mark.parametrize(
    "query",
    ["SELECT ?x { ?y a :State LATERAL { ?y rdfs:label ?x } }"],
)
def test_other_syntax_is_not_available(world: LocalEngine, query: str) -> None:
    for found in behind(world, query):
        assert found.verdict == Verdict.UNAVAILABLE
        assert found.words.startswith(provenance.UNREAD)


def test_what_is_too_large_is_told_of_its_row_alone(world: LocalEngine) -> None:
    query = f"SELECT ?x {{ {' UNION '.join(['{ ?x a :State }'] * 110)} }} LIMIT 2"
    for found in behind(world, query):
        assert found.verdict == Verdict.UNAVAILABLE
        assert found.words.startswith(f"{provenance.NOT_DONE}: ")


def test_a_busy_engine_is_no_verdict(world: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = world.select("SELECT ?x { ?x a :State }").rows

    def busy(*_: object, **__: object) -> None:
        raise EngineBusyError("busy")

    monkeypatch.setattr(world, "query", busy)
    with pytest.raises(EngineBusyError):
        provenance.provenance(world, "SELECT ?x { ?x a :State }", rows)


def test_every_actor_that_is_said_to_prefer_something_has_a_sentence(engine: LocalEngine) -> None:
    for found in behind(engine, "SELECT ?who ?what { ?who :prefers ?what }"):
        assert found.verdict == Verdict.COMPLETE
        assert found.quotes
        assert not found.against
