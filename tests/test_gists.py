"""The gist of a phrase: what must be in a sentence, and who does what in it."""

import pytest

from kg import clauses, gists, terms, understanding, words
from kg.engines.local import LocalEngine
from kg.gists import EFFECT, REASON, TIME, Gist
from kg.questions import load_questions
from kg.understanding import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LocalEngine) -> Vocabulary:
    return understanding.load(engine, load_questions())


def read(vocabulary: Vocabulary, text: str) -> Gist:
    phrase = words.words(text, vocabulary.lexicon.spelling)
    known = terms.load(vocabulary.engine)
    return gists.read(clauses.tokens(vocabulary.spans(phrase), vocabulary.lexicon, known), known)


@pytest.mark.parametrize(
    ("text", "doers", "others"),
    [
        ("Did Eisenhower quietly defeat Rhee?", ["id:eisenhower"], ["id:rhee"]),
        ("Was Rhee defeated by Eisenhower?", ["id:eisenhower"], ["id:rhee"]),
        ("Who defeated Rhee?", [], ["id:rhee"]),
        ("Which of the two Koreas lunged ahead?", ["id:north-korea", "id:south-korea"], []),
        ("rhee eisenhower", [], []),
    ],
)
def test_position_and_voice_tell_who_does_what(
    vocabulary: Vocabulary, text: str, doers: list[str], others: list[str]
) -> None:
    found = read(vocabulary, text)
    assert [term.value for term in found.doers] == doers
    assert [term.value for term in found.others] == others


def test_one_of_several_is_told_from_all_of_them(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "Which of the two Koreas lunged ahead?").one_of
    assert not read(vocabulary, "Did the two Koreas lunge ahead?").one_of


@pytest.mark.parametrize(
    ("text", "asker"),
    [
        ("Why did Rhee tangle with Eisenhower?", REASON),
        ("When did Rhee tangle with Eisenhower?", TIME),
        ("consequences of the Soviet collapse", EFFECT),
        ("How did Rhee tangle with Eisenhower?", ""),
        ("What did North Korea lose when the Soviet Union collapsed?", ""),
    ],
)
def test_what_is_asked_for_is_kept(vocabulary: Vocabulary, text: str, asker: str) -> None:
    assert read(vocabulary, text).asker == asker


def test_what_frames_a_question_is_not_looked_for(vocabulary: Vocabulary) -> None:
    plain = read(vocabulary, "What did Eisenhower promise?").terms
    for text in (
        "What exactly did Eisenhower promise in the first place?",
        "What two things did Eisenhower promise?",
        "What does the author say Eisenhower promised?",
    ):
        assert read(vocabulary, text).terms == plain, text


def test_what_is_urged_is_not_what_can_be(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "What should Washington initiate?").force == ":Directive"
    assert read(vocabulary, "What could Washington initiate?").force == ""


def test_a_name_of_two_things_has_two_readings(vocabulary: Vocabulary) -> None:
    known = terms.load(vocabulary.engine)
    phrase = words.words("Rhee and Eisenhower", vocabulary.lexicon.spelling)
    tokens = clauses.tokens(vocabulary.spans(phrase), vocabulary.lexicon, known)
    assert len(list(gists.readings(tokens))) == 1


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Why couldn't Pyongyang modernize its weaponry?", "lex:m-modernize"),
        ("What did Seoul not promise?", "lex:m-promise"),
        ("Which priorities are not global?", "lex:m-global"),
    ],
)
def test_what_is_denied_is_known(vocabulary: Vocabulary, text: str, denied: str) -> None:
    found = read(vocabulary, text)
    assert found.denied
    assert found.denied.value == denied
    assert found.denials
    assert set(found.denials) & set(found.terms)


def test_nothing_is_denied_by_a_word_before_a_time_or_in_no_place(vocabulary: Vocabulary) -> None:
    for text in ("What happened not until 1993?", "What did Seoul promise?"):
        found = read(vocabulary, text)
        assert found.denied is None
        assert found.denials == ()


def test_what_comes_first_is_kept_with_the_word_that_says_so(vocabulary: Vocabulary) -> None:
    found = read(vocabulary, "realignment of relations after the Cold War")
    [(order, first)] = found.after
    assert order in found.soft
    assert first.value == "id:cold-war"
    assert read(vocabulary, "realignment of relations in the Cold War").after == ()


def test_the_other_side_of_a_verb_is_to_whom_it_is_done(vocabulary: Vocabulary) -> None:
    found = read(vocabulary, "Why did South Koreans lose faith in the alliance?")
    assert found.doers == ()
    assert [term.value for term in found.others] == ["id:south-koreans"]
