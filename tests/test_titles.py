"""Titles are filled and recognised, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import titles

TITLE = "Which actor prefers {policy} {period}?"


def test_slots_stand_in_their_order() -> None:
    assert titles.slots_in(TITLE) == ["policy", "period"]
    assert titles.slots_in("Who demands what?") == []


def test_filling_never_reads_words_as_slots() -> None:
    filled = titles.fill(TITLE, {"policy": "{period}", "period": "after 2000"})
    assert filled == "Which actor prefers {period} after 2000?"


@pytest.mark.parametrize(
    "text",
    [
        "Which actor prefers engagement after 2000?",
        "which ACTOR  prefers engagement\nafter 2000",
        " Which actor prefers engagement after 2000 ? ",
    ],
)
def test_a_filled_title_is_read_back(text: str) -> None:
    assert {"policy": "engagement", "period": "after 2000"} in titles.readings(TITLE, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Which actor prefers",
        "Which actor prefers  ?",
        "Which actor does not prefer engagement after 2000?",
        "So which actor prefers engagement after 2000?",
    ],
)
def test_other_sentences_have_no_reading(text: str) -> None:
    assert list(titles.readings(TITLE, text)) == []


def test_words_after_the_title_are_never_dropped() -> None:
    readings = list(titles.readings("What does {actor} prefer?", "What does Seoul prefer, not?"))
    assert readings == []


def test_typographic_apostrophes_are_the_same_as_plain_ones() -> None:
    assert titles.fold("Korea\u2019s arsenal") == titles.fold("Korea's arsenal")


def test_a_title_without_slots_fits_only_itself() -> None:
    assert list(titles.readings("Who demands what?", "who demands what")) == [{}]
    assert list(titles.readings("Who demands what?", "who demands what now")) == []


def test_a_very_long_text_is_not_even_tried() -> None:
    text = "Which actor prefers " + "a " * titles.MAX_LENGTH + "?"
    assert list(titles.readings(TITLE, text)) == []


words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)


@given(words, words)
def test_whatever_fills_a_title_is_among_its_readings(policy: str, period: str) -> None:
    text = titles.fill(TITLE, {"policy": policy, "period": period})
    expected = {"policy": policy.casefold(), "period": period.casefold()}
    assert expected in list(titles.readings(TITLE, text))
