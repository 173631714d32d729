"""What a sentence tells: by its words, its things, and who does what in its statements."""

import pytest

from kg import tellings, terms
from kg.engines.local import LocalEngine
from kg.periods import parse
from kg.questions import load_questions
from kg.tellings import Telling, Time
from kg.terms import Term


@pytest.fixture(scope="module")
def told(engine: LocalEngine) -> tuple[Telling, ...]:
    return tellings.load(engine)


def term(engine: LocalEngine, text: str) -> Term:
    [found] = terms.load(engine).read(text)
    return found


def numbers(
    told: tuple[Telling, ...], doers: list[Term], verb: Term, others: list[Term]
) -> set[int]:
    return {
        each.number for each in told for one in each.statements if one.tells(doers, verb, others)
    }


def test_every_sentence_that_states_something_is_there(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    (row,) = engine.select(
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?c :isStatedIn ?s ; :hasContent ?p . ?s a :Sentence }"
    ).rows
    assert len(told) == int(row["n"].value) > 50


def test_who_does_it_to_whom_is_told_apart(engine: LocalEngine, told: tuple[Telling, ...]) -> None:
    rhee, eisenhower, win = (term(engine, text) for text in ("Rhee", "Eisenhower", "win"))
    assert numbers(told, [eisenhower], win, [rhee]) == {17}
    assert numbers(told, [rhee], win, [eisenhower]) == set()


def test_a_noun_is_given_to_whom_a_sentence_gives_it(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    confidence = term(engine, "confidence")
    [jarred] = [each for each in told if each.has(confidence)]
    assert jarred.gives(confidence, "id:south-korea")
    assert not jarred.gives(confidence, "id:united-states")


def test_a_cause_is_told_from_its_effect(engine: LocalEngine, told: tuple[Telling, ...]) -> None:
    stress, reversal = term(engine, "stress"), term(engine, "id:role-reversal")
    verb = term(engine, "lex:m-intensify")
    [caused] = [
        one for each in told for one in each.statements if one.has(stress) and one.has(reversal)
    ]
    assert caused.swaps(verb, [stress], [reversal])
    assert not caused.swaps(verb, [reversal], [stress])


def test_what_is_denied_or_cannot_be_is_no_fact(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    modernize, champion = term(engine, "lex:m-modernize"), term(engine, "champions")
    unable = [one for each in told for one in each.statements if one.has(modernize)]
    assert unable
    assert not any(one.is_fact(modernize) for one in unable if "unable" in one.label)
    assert any(one.is_fact(champion) for each in told for one in each.statements)


def test_what_is_ranked_below_is_not_what_is_preferred(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    diplomacy, confrontation = term(engine, "diplomacy"), term(engine, "confrontation")
    below = {one.label for each in told for one in each.statements if one.ranks_below(diplomacy)}
    assert len(below) == 1
    assert not any(one.ranks_below(confrontation) for each in told for one in each.statements)


@pytest.mark.parametrize("words", ["Seoul", "deterrence", "win", "Seoul, engagement", "wedge"])
def test_sentences_are_found_as_the_question_after_them_finds_them(
    engine: LocalEngine, told: tuple[Telling, ...], words: str
) -> None:
    wanted = terms.load(engine).read(words)
    bound = load_questions()["sentences"].bind(engine, {"terms": words})
    asked = {int(row["number"].value) for row in engine.select(bound.sparql).rows}
    assert asked
    assert {each.number for each in told if all(each.has(one) for one in wanted)} == asked


def test_a_missing_bound_lets_a_time_be_possible() -> None:
    assert Time(None, None, is_now=False).may_overlap(parse("in 1993"))
    assert Time(1993, None, is_now=False).may_overlap(parse("after 2000"))
    assert not Time(1993, 1993, is_now=False).may_overlap(parse("after 2000"))
    assert not Time(2001, 2009, is_now=True).may_overlap(parse("before 1993"))


def test_what_is_denied_is_told_from_what_is_so(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    denials = [term(engine, "lex:m-not"), term(engine, "lex:m-unable")]

    def denied(words: str) -> set[int]:
        one = term(engine, words)
        return {
            each.number for each in told for each_ in each.statements if each_.denies(one, denials)
        }

    assert denied("modernize") == {31}
    assert 9 in denied("global")
    assert not denied("win")


def test_what_follows_an_event_is_what_it_or_its_end_brings_about(
    engine: LocalEngine, told: tuple[Telling, ...]
) -> None:
    war, summit = term(engine, "id:cold-war"), term(engine, "id:korean-summit")
    after = {each.number for each in told for one in each.statements if one.follows(war)}
    assert after == {22, 34}
    assert not any(one.follows(summit) for each in told for one in each.statements)
