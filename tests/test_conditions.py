"""What a phrase asks of a sentence beyond its words and roles."""

import pytest

from kg import clauses, conditions, gists, mentions, terms, understanding, words
from kg.conditions import Conditions
from kg.engines.local import LocalEngine
from kg.questions import load_questions
from kg.understanding import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LocalEngine) -> Vocabulary:
    return understanding.load(engine, load_questions())


def read(vocabulary: Vocabulary, text: str) -> Conditions:
    known = terms.load(vocabulary.engine)
    spans = vocabulary.spans(words.words(text, vocabulary.lexicon.spelling))
    cut = clauses.tokens(spans, vocabulary.lexicon, known)
    return conditions.read(cut, gists.read(cut, known), mentions.load(vocabulary.engine))


@pytest.mark.parametrize(
    ("text", "owned"),
    [
        ("Who jarred American confidence?", {("id:united-states", "lex:m-confidence")}),
        ("Rhee's priority", {("id:south-korea", "lex:m-priority")}),
        ("Did Washington decide?", set()),
        ("Does Seoul prefer engagement?", set()),
    ],
)
def test_a_noun_after_an_adjective_or_a_possessive_is_owned(
    vocabulary: Vocabulary, text: str, owned: set[tuple[str, str]]
) -> None:
    found = read(vocabulary, text).owned
    assert {(state, nouns[0].value) for state, nouns in found} == owned


def test_the_doer_is_asked_for_by_who_and_by_whom(vocabulary: Vocabulary) -> None:
    for text in ("Who won the tug-of-war?", "By whom was the president elected?"):
        assert read(vocabulary, text).asks_doer, text
    for text in ("Who was elected?", "What won?", "Who is the president?", "Did Rhee win?"):
        assert not read(vocabulary, text).asks_doer, text


def test_why_when_and_how_suppose_that_it_is_so(vocabulary: Vocabulary) -> None:
    for text in ("Why did Rhee win?", "When did Rhee win?", "How did Rhee win?"):
        assert read(vocabulary, text).supposes, text
    assert not read(vocabulary, "Did Rhee win?").supposes


def test_the_two_after_between_are_states(vocabulary: Vocabulary) -> None:
    both = frozenset({"id:south-korea", "id:north-korea"})
    assert read(vocabulary, "wedge between Seoul and Pyongyang").between == both
    assert read(vocabulary, "wedge between the two Koreas").between == both
    assert read(vocabulary, "reconciliation between Rhee and nobody").between == frozenset()


@pytest.mark.parametrize(
    ("text", "is_beyond"),
    [
        ("Who in Washington decided?", True),
        ("Where in South Korea is the base?", True),
        ("Does the South priority the North?", True),
        ("author of the promise", True),
        ("Who decided?", False),
        ("Does the South champion deterrence?", False),
    ],
)
def test_what_no_statement_can_tell_is_beyond(
    vocabulary: Vocabulary, text: str, is_beyond: bool
) -> None:
    assert read(vocabulary, text).is_beyond == is_beyond


def test_a_kind_before_of_is_asked_for(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "date of the troop reduction").asks_kind
    assert not read(vocabulary, "reasons for the troop reduction").asks_kind


def test_what_is_ranked_stands_on_both_sides(vocabulary: Vocabulary) -> None:
    found = read(vocabulary, "who prefers engagement over coercion")
    assert [term.value for term in found.above] == ["id:engagement"]
    assert [term.value for term in found.lesser] == ["id:coercion"]
