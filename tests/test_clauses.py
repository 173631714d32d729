"""Clauses: position, voice and "by" tell who does what to whom."""

import pytest

from kg import clauses, terms, understanding, words
from kg.clauses import LIST, SAYS, WHEN, WHY, Clause, Unused
from kg.engines.local import LocalEngine
from kg.questions import load_questions
from kg.understanding import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LocalEngine) -> Vocabulary:
    return understanding.load(engine, load_questions())


def read(vocabulary: Vocabulary, text: str) -> Clause | Unused:
    phrase = words.words(text, vocabulary.lexicon.spelling)
    spans = vocabulary.spans(phrase)
    return clauses.read(spans, vocabulary.lexicon, terms.load(vocabulary.engine))


@pytest.mark.parametrize(
    ("text", "subject", "verb", "objects"),
    [
        ("Did Eisenhower defeat Rhee?", "id:eisenhower", "lex:m-win", "id:rhee"),
        ("Did Rhee defeat Eisenhower?", "id:rhee", "lex:m-win", "id:eisenhower"),
        ("Was Rhee defeated by Eisenhower?", "id:eisenhower", "lex:m-win", "id:rhee"),
        ("By whom was Rhee defeated?", "lex:m-agent", "lex:m-win", "id:rhee"),
        ("Who defeated Rhee?", "lex:m-agent", "lex:m-win", "id:rhee"),
        ("Who did Eisenhower defeat?", "id:eisenhower", "lex:m-win", "lex:m-agent"),
        ("Eisenhower defeated Rhee", "id:eisenhower", "lex:m-win", "id:rhee"),
    ],
)
def test_roles_are_read_from_the_words(
    vocabulary: Vocabulary, text: str, subject: str, verb: str, objects: str
) -> None:
    found = read(vocabulary, text)
    assert isinstance(found, Clause)
    assert found.question == SAYS
    assert found.values["subject"] == subject
    assert found.values["verb"] == verb
    assert found.values["object"] == objects


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("rhee eisenhower promise", LIST),
        ("Why did North Korea lose its nuclear umbrella?", WHY),
        ("When did North Korea lose its nuclear umbrella?", WHEN),
    ],
)
def test_the_asker_tells_the_question(vocabulary: Vocabulary, text: str, question: str) -> None:
    found = read(vocabulary, text)
    assert isinstance(found, Clause)
    assert found.question == question


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Did Eisenhower not defeat Rhee?", ["not"]),
        ("Who only tangled with Rhee?", ["only"]),
        ("How many allies does Seoul have?", ["How", "many"]),
        ("rhee xyzzy", ["xyzzy"]),
    ],
)
def test_words_without_use_are_named(vocabulary: Vocabulary, text: str, lost: list[str]) -> None:
    found = read(vocabulary, text)
    assert isinstance(found, Unused)
    assert [word.text for word in found.words] == lost


def test_what_should_be_is_not_what_is(vocabulary: Vocabulary) -> None:
    forces = {"should": ":Directive", "will": ":Predictive", "does": ":Assertive"}
    for word, force in forces.items():
        found = read(vocabulary, f"{word} Washington initiate an adjustment process")
        assert isinstance(found, Clause)
        assert found.values["force"] == force


def test_more_than_ranks_only_where_something_is_preferred(vocabulary: Vocabulary) -> None:
    def functions(text: str) -> list[str]:
        phrase = words.words(text, vocabulary.lexicon.spelling)
        known = terms.load(vocabulary.engine)
        found = clauses.tokens(vocabulary.spans(phrase), vocabulary.lexicon, known)
        return [token.function for token in found]

    assert "over" in functions("Washington likes coercion more than engagement")
    assert "over" not in functions("coercion is more than engagement")


def test_the_longest_name_takes_no_word_from_another(vocabulary: Vocabulary) -> None:
    found = read(vocabulary, "American military aid")
    assert isinstance(found, Clause)
    assert found.values["terms"] == "id:united-states,id:military-aid"
