"""What each form of a period means, at its boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import periods
from kg.errors import SlotValueError
from kg.periods import Period, parse

BOUNDARIES = [
    ("at any time", None, None),
    ("after 2000", 2001, None),
    ("since 2000", 2000, None),
    ("from 2000", 2000, None),
    ("before 1993", None, 1992),
    ("until 1993", None, 1993),
    ("in 2005", 2005, 2005),
    ("in the 1950s", 1950, 1959),
    ("in the 0s", 0, 9),
    ("between 1950 and 1953", 1950, 1953),
    ("between 1950 and 1950", 1950, 1950),
    ("from 1980 to 1993", 1980, 1993),
    ("after -1", 0, None),
    ("before 0", None, -1),
    ("in -9999", -9999, -9999),
    ("after 9999", 10000, None),
    ("between -9999 and 9999", -9999, 9999),
]

REFUSED = [
    "",
    "2000",
    "after",
    "after two thousand",
    "after 2000 or so",
    "after 20000",
    "after 2000.5",
    "after --5",
    "in the 1955s",
    "in the -1950s",
    "between 2000 and 1990",
    "after 2000) } } #",
    "after 2000\x00",
    'after "2000"',
    "after ٢٠٠٠",
    "after " + " " * 10**6 + "2000",
    "after " + "9" * 10**6,
]


@pytest.mark.parametrize(("words", "first", "last"), BOUNDARIES)
def test_a_form_means_its_boundary_years(words: str, first: int | None, last: int | None) -> None:
    assert parse(words) == Period(first, last, words)


def test_every_form_has_a_boundary_test() -> None:
    assert len(periods.FORMS) == len(periods.examples()) == 10
    for example in periods.examples():
        form = example.translate(str.maketrans("", "", "0123456789"))
        assert any(
            words.translate(str.maketrans("", "", "-0123456789")) == form
            for words, _, _ in BOUNDARIES
        ), example


@pytest.mark.parametrize("words", REFUSED, ids=range(len(REFUSED)))
def test_other_words_are_refused_with_a_short_message(words: str) -> None:
    with pytest.raises(SlotValueError) as refused:
        parse(words)
    assert len(str(refused.value)) < 500


def test_case_and_white_space_do_not_matter() -> None:
    assert parse("  AFTER \n 2000 ") == parse("after 2000")


def test_only_a_period_without_bounds_is_open() -> None:
    assert periods.ANY_TIME.is_open
    assert parse(periods.ANY_TIME.words) == periods.ANY_TIME
    assert not parse("after 2000").is_open
    assert not parse("before 2000").is_open


def test_options_name_the_same_periods_as_words() -> None:
    assert periods.named("after", 2000) == parse("after 2000")
    assert periods.named("between", 1980, 1993) == parse("between 1980 and 1993")
    assert set(periods.OPTIONS.values()) <= {form for form, _, _ in periods.FORMS}


@given(st.integers(-9999, 9999))
def test_after_begins_where_until_ends(year: int) -> None:
    after, until = parse(f"after {year}"), parse(f"until {year}")
    assert after.from_year is not None
    assert until.to_year == after.from_year - 1


@given(st.text(max_size=80))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        period = parse(text)
    except SlotValueError:
        return
    assert parse(period.words) == period
