"""Turns of phrase: what a construction stands for is asked instead of it, and nothing else."""

import pytest

from kg import answers, clauses, phrases, terms, turns, understanding
from kg.clauses import CLAIMANT, NOT, Tokens
from kg.engines.local import LocalEngine
from kg.questions import load_questions
from kg.understanding import Searched, Understood, Vocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LocalEngine) -> Vocabulary:
    return understanding.load(engine, load_questions())


def turned(vocabulary: Vocabulary, text: str) -> list[Tokens]:
    known = terms.load(vocabulary.engine)
    phrase = phrases.read(text, vocabulary.lexicon, vocabulary.names)
    found = clauses.tokens(vocabulary.spans(phrase), vocabulary.lexicon, known)
    return list(turns.plain(found, known))


def sentences(vocabulary: Vocabulary, text: str) -> set[int]:
    found = vocabulary.understand(text)
    assert isinstance(found, Understood), text
    rows = answers.answer(vocabulary.engine, found.bound).rows
    return {quote.number or 0 for row in rows for quote in row.evidence}


def test_a_plain_phrase_stays_as_it_is(vocabulary: Vocabulary) -> None:
    for text in ("What does Seoul prefer?", "Who won the struggle?", "Does Seoul want peace?"):
        assert len(turned(vocabulary, text)) == 1, text


@pytest.mark.parametrize(
    "text",
    [
        "What role does Washington expect Seoul to play?",
        "What position does Washington think Seoul should take?",
        "Which role does Washington want for Seoul?",
    ],
)
def test_what_somebody_wants_of_another_is_by_their_word(vocabulary: Vocabulary, text: str) -> None:
    wanted = turned(vocabulary, text)[-1]
    [claimant] = [each for each in wanted if each.function == CLAIMANT]
    assert claimant.term
    assert claimant.term.value == "id:united-states"
    assert any(each.function == "should" for each in wanted)
    assert 44 in sentences(vocabulary, text)


def test_whose_word_it_is_is_never_lost(vocabulary: Vocabulary) -> None:
    for text in (
        "What role does Japan expect Seoul to play?",
        "What role does Seoul expect Washington to play?",
        "Who does Pyongyang think should decide?",
    ):
        assert not isinstance(vocabulary.understand(text), Understood | Searched), text


def test_what_keeps_from_a_deed_is_why_it_is_not_done(vocabulary: Vocabulary) -> None:
    text = "What kept North Korea from modernizing its weaponry?"
    assert any(each.function == NOT for each in turned(vocabulary, text)[-1])
    assert sentences(vocabulary, text) == {31}
    other = "What kept South Korea from modernizing its weaponry?"
    assert not isinstance(vocabulary.understand(other), Understood)


def test_a_loss_is_told_by_what_robs(vocabulary: Vocabulary) -> None:
    assert 28 in sentences(vocabulary, "What did North Korea lose when the USSR collapsed?")
    other = "What did South Korea lose when the USSR collapsed?"
    assert not isinstance(vocabulary.understand(other), Understood)


def test_what_somebody_is_after_is_their_aim(vocabulary: Vocabulary) -> None:
    text = "Is turning the North into a democracy something that Seoul is after?"
    assert sentences(vocabulary, text) == {10}
    for other in ("What happened after?", "Is peace after Seoul?"):
        assert not isinstance(vocabulary.understand(other), Understood), other
