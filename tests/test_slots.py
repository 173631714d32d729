"""A slot takes what the graph offers, and no typed word ever reaches a query."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import labels, slots, terms
from kg.engines import guard
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.errors import SlotValueError
from kg.namespaces import ID, PREFIXES
from kg.questions import load_questions
from kg.slots import options

HOSTILE = [
    "",
    " ",
    '"',
    "'",
    "}",
    "} # ",
    "id:engagement }\n  ?s ?p ?o . VALUES ?x { 1",
    "engagement\n} UNION { ?s ?p ?o",
    "<https://w3id.org/standpoint/id/engagement> } { ?s ?p ?o",
    "https://w3id.org/standpoint/id/engagement>",
    "\\u007D",
    "{policy}",
    "any",
    "UNDEF",
    "a" * 10**6,
    "\x00\x1b[2J\u202e",
    "DROP ALL",
]


def test_every_slot_type_is_used_or_named_after_a_class() -> None:
    types = slots.types()
    used = {slot.type for each in load_questions().values() for slot in each.slots.values()}
    assert used <= types | {slots.PERIOD}
    assert types - used <= {"issue", "document"}


def test_options_count_claims_and_hold_the_parents_of_what_is_used(world: LocalEngine) -> None:
    slot = load_questions()["prefers"].slots["policy"]
    found = [(option.value, option.label, option.count) for option in options(world, slot)]
    assert found == [
        ("id:tariffs", "tariffs", 4),
        ("id:quotas", "quotas", 2),
        ("id:duties", "duties", 1),
    ]


def test_every_type_of_slot_has_options(engine: LocalEngine) -> None:
    types = sorted(slots.types() - {slots.PERIOD} - slots.WORDED)
    assert types
    for kind in types:
        found = options(engine, slots.Slot("x", kind, kind, "any"))
        assert found, kind
        assert [-option.count for option in found] == sorted(-option.count for option in found)
        assert len({option.value for option in found}) == len(found)


@pytest.mark.parametrize(
    "written",
    [
        "id:tariffs",
        ID + "tariffs",
        f"<{ID}tariffs>",
        "tariffs",
        "Tariffs",
        " TARIFFS ",
        "the tariffs",
    ],
)
def test_a_value_can_be_written_in_several_ways(world: LocalEngine, written: str) -> None:
    bound = load_questions()["prefers"].bind(world, {"policy": written})
    assert bound.values == {"policy": "id:tariffs", "period": "after 2000"}
    assert bound.sentence == "Which actor prefers tariffs after 2000?"
    assert "VALUES ?policy { id:tariffs }" in bound.sparql
    assert "VALUES (?from ?to) { (2001 UNDEF) }" in bound.sparql


def test_an_alternative_label_names_the_thing_too(world: LocalEngine) -> None:
    bound = load_questions()["preferences"].bind(world, {"actor": "the kingdom"})
    assert bound.values["actor"] == "id:syldavia"


def test_a_label_of_two_things_is_not_guessed(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError, match="names 2 things") as error:
        load_questions()["about"].bind(world, {"thing": "the kingdom"})
    assert "id:duties" in str(error.value)
    assert "id:syldavia" in str(error.value)


def test_a_near_miss_names_the_nearest(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError, match="did you mean 'tariffs'"):
        load_questions()["prefers"].bind(world, {"policy": "tarifs"})


def test_a_near_miss_of_an_alternative_label_names_the_thing(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError, match="did you mean 'Borduria'"):
        load_questions()["preferences"].bind(world, {"actor": "Szohod"})


def test_any_is_taken_only_where_the_slot_says_so(world: LocalEngine) -> None:
    known = load_questions()
    bound = known["preferences"].bind(world, {"actor": "any"})
    assert bound.sentence == "What does anybody prefer at any time?"
    assert "VALUES ?actor" not in bound.sparql
    assert {row["actor"] for row in world.select(bound.sparql).rows}
    with pytest.raises(SlotValueError):
        known["prefers"].bind(world, {"policy": "any"})


def test_a_period_becomes_two_integers(world: LocalEngine) -> None:
    values = {"policy": "tariffs", "period": "between -10 and 10"}
    bound = load_questions()["prefers"].bind(world, values)
    assert "VALUES (?from ?to) { (-10 10) }" in bound.sparql
    assert bound.period is not None
    assert (bound.period.from_year, bound.period.to_year) == (-10, 10)


@pytest.mark.parametrize("slot", ["policy", "period"])
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_value_is_refused_in_few_words(world: LocalEngine, slot: str, value: str) -> None:
    with pytest.raises(SlotValueError) as refused:
        load_questions()["prefers"].bind(world, {"policy": "tariffs", slot: value})
    assert len(str(refused.value)) < 800


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(st.text(max_size=40))
def test_a_bound_query_has_only_terms_of_options(world: LocalEngine, value: str) -> None:
    question = load_questions()["preferences"]
    lines = {
        "  VALUES ?actor { id:borduria }",
        "  VALUES ?actor { id:syldavia }",
        "  VALUES ?actor { id:hostile }",
    }
    try:
        bound = question.bind(world, {"actor": value})
    except SlotValueError:
        return
    changed = set(bound.sparql.splitlines()) - set(question.sparql.splitlines())
    assert changed <= lines


def test_a_hostile_label_is_shown_but_never_asked(world: LocalEngine) -> None:
    bound = load_questions()["about"].bind(world, {"thing": "id:hostile"})
    assert '" } #' in bound.sentence
    assert "VALUES ?thing { id:hostile }" in bound.sparql
    assert '" } #' not in bound.sparql


WORDS = [
    ("says", {"subject": "any", "verb": "prefer", "object": "nuclear, peace"}),
    ("says", {"subject": "people, South Korea", "verb": "any", "object": "any"}),
    ("says-when", {"subject": "any", "verb": "any", "object": "war"}),
    ("says-why", {"subject": "any", "verb": "develop", "object": "weapons"}),
    ("statements", {"terms": "engagement, North Korea"}),
    ("sentences", {"terms": "cooperation"}),
]


@pytest.mark.parametrize(("name", "values"), WORDS)
def test_words_are_written_into_every_call_that_looks_for_them(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch, name: str, values: dict[str, str]
) -> None:
    question = load_questions()[name]
    written = question.bind(engine, values).sparql
    monkeypatch.setattr(slots, "_MOST_WRITTEN", 0)
    held = question.bind(engine, values).sparql
    filled = [slot for slot in values if f'?{slot}_words = "' in written or slot == "verb"]
    assert filled
    for slot in filled:
        in_a_call = f'", ?{slot}_words, "'
        assert in_a_call in held
        assert (in_a_call in written) == (values[slot] == "any")
    assert engine.select(written).rows == engine.select(held).rows


def test_a_word_that_is_no_thing_is_found_in_words_alone(engine: LocalEngine) -> None:
    question = load_questions()["statements"]
    bound = question.bind(engine, {"terms": "ushered"})
    assert '(UNDEF "' in bound.sparql
    found = {row["statement"].value for row in engine.select(bound.sparql).rows}
    assert found
    assert all("usher" in label for label in labels.labels(engine, found).values())


def test_any_number_of_words_is_asked_within_the_limits(engine: LocalEngine) -> None:
    known = terms.load(engine)
    words = [word for held in known.by_stem.values() for word in held if known.word(word)]
    assert len(words) > 40
    for count in (1, 7, 8, 9, 40):
        many = ",".join(sorted(words)[:count])
        values = {"subject": many, "verb": "want", "object": many}
        bound = load_questions()["says"].bind(engine, {k: v[:300] for k, v in values.items()})
        assert guard.check(bound.sparql, Limits(), frozenset(), PREFIXES)
