"""Question files are checked when they are read, and no typed word ever reaches a query."""

import re
from pathlib import Path

import pytest

from kg import graph, paths, questions
from kg.engines.local import LocalEngine
from kg.errors import QuestionError, SlotValueError, StandpointError, UnknownQuestionError
from kg.namespaces import ONTOLOGY_IRI, SP
from kg.questions import exact, load_questions

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


def folder_of(tmp_path: Path, text: str) -> Path:
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


def test_questions_and_options_use_only_declared_terms() -> None:
    ontology = graph.load_graph(s for s in graph.sources() if s.graph_iri == ONTOLOGY_IRI)
    declared = {str(subject).removeprefix(SP) for subject in ontology.subjects()}
    files = sorted(paths.QUESTIONS.glob("**/*.rq"))
    assert len(files) > 50
    for file in files:
        lines = file.read_text("utf-8").splitlines()
        query = "\n".join(line for line in lines if not line.startswith("#"))
        used = set(re.findall(r"(?<![\w?]):([A-Za-z]\w*)", query))
        assert used, file.name
        assert used <= declared, (file.name, used - declared)


def test_each_title_and_summary_is_one_clear_sentence() -> None:
    known = load_questions().values()
    assert len({each.title for each in known}) == len(known) > 0
    for each in known:
        assert each.title[0].isupper()
        assert each.title.endswith("?")
        assert each.summary.endswith(".")
        assert each.empty.endswith(".")


def test_an_unknown_slot_names_the_slots_there_are(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError, match="its slots are policy, period"):
        load_questions()["prefers"].bind(world, {"actor": "Borduria"})
    with pytest.raises(SlotValueError, match="it has none"):
        load_questions()["kinds"].bind(world, {"actor": "Borduria"})


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
        assert exact(world, text, load_questions()) == []
        return
    [bound] = exact(world, text, load_questions())
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
def test_what_is_no_title_word_for_word_is_none(world: LocalEngine, text: str) -> None:
    assert exact(world, text, load_questions()) == []


def test_every_sentence_with_its_defaults_is_understood(engine: LocalEngine) -> None:
    known = load_questions()
    sentences = questions.default_sentences(engine, known.values())
    assert set(sentences) == set(known)
    for name, sentence in sentences.items():
        [bound] = exact(engine, sentence, known)
        assert (bound.question.name, bound.brief) == (name, sentence)
        assert bound.values == known[name].bind(engine, {}).values


def test_a_period_that_is_any_time_goes_without_saying(engine: LocalEngine) -> None:
    known = load_questions()
    sentences = questions.default_sentences(engine, known.values())
    assert sentences["preferences"] == "What does South Korea prefer?"
    assert sentences["prefers"] == "Which actor prefers engagement after 2000?"
    assert not [each for each in sentences.values() if "any time" in each]
    assert exact(engine, "What does us prefer?", known) == []
    bound = known["prefers"].bind(engine, {"period": "at any time"})
    assert bound.brief == "Which actor prefers engagement?"
    [dated] = exact(engine, "Which actor prefers engagement after 2000?", known)
    assert dated.brief == dated.sentence


def test_an_unknown_name_names_the_nearest() -> None:
    known = load_questions()
    assert questions.find(known, "prefers") is known["prefers"]
    with pytest.raises(UnknownQuestionError, match="did you mean 'prefers'"):
        questions.find(known, "prefrs")
    with pytest.raises(StandpointError, match="ask one of"):
        questions.find(known, "~" * 10**5)
