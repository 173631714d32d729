"""Question files are checked when they are read, and no typed word ever reaches a query."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import paths, questions
from kg.engines.local import LocalEngine
from kg.errors import QuestionError, SlotValueError, StandpointError, UnknownQuestionError
from kg.namespaces import ID
from kg.questions import load_questions, options, understand

GOOD = """\
#+ title: Which actor prefers {policy} {period}?
#+ summary: Actors that prefer a policy.
#+ theme: Preferences
#+ order: 1
#+ slots:
#+   policy: {type: policy, default: "id:engagement"}
#+   period: {type: period, default: after 2000}
#+ columns: {actor: Actor}
#+ empty: Nobody prefers {policy} {period}.

SELECT ?actor ?claim ?certain WHERE {
  VALUES ?policy { id:engagement }
  VALUES (?from ?to) { (2001 UNDEF) }
  ?p :hasHolder ?actor ; :hasPreferredOption ?policy .
  ?claim :hasContent ?p .
  BIND (BOUND(?from) || BOUND(?to) AS ?certain)
}
"""

FAULTS = [
    ("#+ theme: Preferences", "#+ theme: Preferences\n#+ colour: red", "unknown key 'colour'"),
    *(
        (line, "", f"no {line.split(':')[0][3:]}")
        for line in (
            "#+ title: Which actor prefers {policy} {period}?\n",
            "#+ summary: Actors that prefer a policy.\n",
            "#+ theme: Preferences\n",
            "#+ order: 1\n",
            "#+ columns: {actor: Actor}\n",
            "#+ empty: Nobody prefers {policy} {period}.\n",
        )
    ),
    ("order: 1", "order: first", "order in the head must be a whole number"),
    ("order: 1", "order: true", "order in the head must be a whole number"),
    ("summary: Actors that", "summary: Actors: that", "no YAML"),
    ("{actor: Actor}", "{actor: 5}", "heading of the column actor"),
    ("#+ columns", "#+ cautions: maybe\n#+ columns", "cautions in the head must be true or false"),
    ("prefers {policy} {period}?", "prefers {policies} {period}?", "{policies} is not declared"),
    ("prefers {policy} {period}?", "prefers it {period}?", "must hold the slot {policy} once"),
    ("prefers {policy} {period}?", "prefers {policy} {policy} {period}?", "{policy} once"),
    ("Nobody prefers {policy}", "All but {nobody} prefer {policy}", "{nobody}, which is no slot"),
    ("  VALUES ?policy { id:engagement }\n", "", "one line 'VALUES ?policy { … }', there are 0"),
    ("VALUES ?policy { id:engagement }", "VALUES ?policy { id:a id:b }", "there are 0"),
    (
        "  VALUES ?policy { id:engagement }\n",
        "  VALUES ?policy { id:engagement }\n" * 2,
        "there are 2",
    ),
    ("{ id:engagement }", "{ id:coercion }", "make them agree"),
    ("(2001 UNDEF)", "(2000 UNDEF)", "make them agree"),
    ("VALUES (?from ?to) {", "VALUES (?to ?from) {", "VALUES (?from ?to) { (… …) }"),
    ("default: after 2000", "default: once upon a time", "not understood"),
    ("{actor: Actor}", "{actor: Actor, place: Place}", "place is no variable"),
    ("{actor: Actor}", "{claim: Claim}", "claim is no variable shown"),
    ("SELECT ?actor ?claim", "SELECT ?actor ?p ?claim", "?p has no heading"),
    ("type: policy", "type: policies", "has the type 'policies'"),
    ('default: "id:engagement"', "default: 5", "needs a default that is text"),
    ('default: "id:engagement"', 'default: "id:engagement", colour: red', "unknown key 'colour'"),
    ('default: "id:engagement"', "default: any", "defaults to any"),
    ("default: after 2000", "default: after 2000, any: true", "no period takes it"),
    ('policy: {type: policy, default: "id:engagement"}', "policy: engagement", "must be written"),
    ("SELECT ?actor", "SELEKT ?actor", "no SPARQL 1.1"),
    ("SELECT ?actor ?claim ?certain WHERE", "ASK", "must be a SELECT"),
    (GOOD, "SELECT ?actor { ?actor a :Agent }", "no head"),
    (GOOD, "#+ - a list\nSELECT ?actor { ?actor a :Agent }", "no head"),
]

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


def folder_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "slots").mkdir()
    (tmp_path / "slots" / "policy.rq").write_text("")
    (tmp_path / "wrong.rq").write_text(text, "utf-8")
    return tmp_path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    question = load_questions(folder_of(tmp_path, GOOD))["wrong"]
    assert question.title == "Which actor prefers {policy} {period}?"
    assert question.slots["policy"].default == "id:engagement"
    assert question.period_slot == question.slots["period"]
    assert question.columns == {"actor": "Actor"}


@pytest.mark.parametrize(
    ("old", "new", "message"), FAULTS, ids=[str(number) for number in range(len(FAULTS))]
)
def test_a_fault_names_the_file_and_what_to_change(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    with pytest.raises(QuestionError) as fault:
        load_questions(folder_of(tmp_path, GOOD.replace(old, new, 1)))
    assert "wrong" in str(fault.value)
    assert message in str(fault.value)


def test_the_questions_stand_in_their_order_and_themes_together() -> None:
    known = list(load_questions().values())
    assert len(known) >= 25
    assert [each.order for each in known] == list(range(1, len(known) + 1))
    themes = [each.theme for each in known]
    assert sorted(themes, key=list(dict.fromkeys(themes)).index) == themes
    assert len(set(themes)) == 8


def test_each_title_and_summary_is_one_clear_sentence() -> None:
    known = load_questions().values()
    assert len({each.title for each in known}) == len(known) > 0
    for each in known:
        assert each.title[0].isupper()
        assert each.title.endswith("?")
        assert each.summary.endswith(".")
        assert each.empty.endswith(".")


def test_every_slot_type_is_used_or_named_after_a_class() -> None:
    types = {path.stem for path in (paths.QUESTIONS / "slots").glob("*.rq")}
    used = {slot.type for each in load_questions().values() for slot in each.slots.values()}
    assert used <= types | {questions.PERIOD}
    assert types - used <= {"issue", "document"}


def test_options_count_claims_and_hold_the_parents_of_what_is_used(world: LocalEngine) -> None:
    slot = load_questions()["prefers"].slots["policy"]
    found = [(option.value, option.label, option.count) for option in options(world, slot)]
    assert found == [("id:tariffs", "tariffs", 4), ("id:quotas", "quotas", 2), ("id:duties", "duties", 1)]


def test_every_type_of_slot_has_options(engine: LocalEngine) -> None:
    types = sorted(path.stem for path in (paths.QUESTIONS / "slots").glob("*.rq"))
    assert types
    for kind in types:
        found = options(engine, questions.Slot("x", kind, kind, "any"))
        assert found, kind
        assert [-option.count for option in found] == sorted(-option.count for option in found)
        assert len({option.value for option in found}) == len(found)


@pytest.mark.parametrize(
    "written",
    ["id:tariffs", ID + "tariffs", f"<{ID}tariffs>", "tariffs", "Tariffs", " TARIFFS ", "the tariffs"],
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


def test_an_unknown_slot_names_the_slots_there_are(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError, match="its slots are policy, period"):
        load_questions()["prefers"].bind(world, {"actor": "Borduria"})
    with pytest.raises(SlotValueError, match="it has none"):
        load_questions()["kinds"].bind(world, {"actor": "Borduria"})


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
def test_a_hostile_value_is_refused_in_few_words(
    world: LocalEngine, slot: str, value: str
) -> None:
    with pytest.raises(SlotValueError) as refused:
        load_questions()["prefers"].bind(world, {"policy": "tariffs", slot: value})
    assert len(str(refused.value)) < 800


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
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
    assert '"} #' in bound.sentence
    assert "VALUES ?thing { id:hostile }" in bound.sparql
    assert '"} #' not in bound.sparql


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        (
            "Which actor prefers tariffs after 2000?",
            "prefers",
            {"policy": "id:tariffs", "period": "after 2000"},
        ),
        (
            "which actor  PREFERS Duties in the 1950s",
            "prefers",
            {"policy": "id:duties", "period": "in the 1950s"},
        ),
        ("What is said about the kingdom of nowhere?", None, {}),
        ("What do Borduria and Syldavia have in common?", "in-common", None),
        ("Who demands what?", "demands", {}),
        ("What does anybody prefer at any time?", "preferences", None),
    ],
)
def test_a_sentence_is_understood_word_for_word_or_not_at_all(
    world: LocalEngine, text: str, name: str | None, values: dict[str, str] | None
) -> None:
    if name is None:
        with pytest.raises(UnknownQuestionError):
            understand(world, text)
        return
    bound = understand(world, text)
    assert bound.question.name == name
    assert values is None or bound.values == values


@pytest.mark.parametrize(
    "text",
    [
        "Which actor does not prefer tariffs after 2000?",
        "Which actor prefers only tariffs after 2000?",
        "Which actor prefers tariffs?",
        "Which actor prefers tariffs after 2000, according to Borduria?",
        "Which actor prefers tarifs after 2000?",
        "tariffs",
        "Which actor prefers tariffs after 2000? } #",
        "x" * 10**5,
    ],
)
def test_what_is_not_understood_gets_no_answer_but_the_nearest_questions(
    world: LocalEngine, text: str
) -> None:
    with pytest.raises(UnknownQuestionError, match="is not understood") as error:
        understand(world, text)
    assert len(str(error.value)) < 600


def test_the_nearest_question_is_offered(world: LocalEngine) -> None:
    with pytest.raises(UnknownQuestionError, match="Which actor prefers engagement after 2000"):
        understand(world, "Which actor likes engagement after 2000?")


def test_every_sentence_with_its_defaults_is_understood(engine: LocalEngine) -> None:
    known = load_questions()
    sentences = questions.default_sentences(engine, known.values())
    assert set(sentences) == set(known)
    for name, sentence in sentences.items():
        bound = understand(engine, sentence, known)
        assert (bound.question.name, bound.sentence) == (name, sentence)


def test_an_unknown_name_names_the_nearest() -> None:
    known = load_questions()
    assert questions.find(known, "prefers") is known["prefers"]
    with pytest.raises(UnknownQuestionError, match="did you mean prefers"):
        questions.find(known, "prefrs")
    with pytest.raises(StandpointError, match="ask one of"):
        questions.find(known, "~" * 10**5)
