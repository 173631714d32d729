"""How long something is said to hold."""

import pytest

from webui.extents import Extent, Verdict

NOW = Extent(2001, 2009, 2001, 2009)
SINCE_1993 = Extent(1993, 1993, 1993, None)
UNTIL_1993 = Extent(None, 1992, 1993, 1993)
UNDATED = Extent(None, 2009, None, None)


@pytest.mark.parametrize(
    ("extent", "years", "verdict"),
    [
        (NOW, (2005, 2005), "possibly"),
        (NOW, (2001, 2009), "certainly"),
        (NOW, (2000, 2000), "no"),
        (NOW, (2010, 2010), "no"),
        (SINCE_1993, (1993, 1993), "certainly"),
        (SINCE_1993, (1992, 1992), "no"),
        (SINCE_1993, (2020, 2020), "possibly"),
        (UNTIL_1993, (1993, 1993), "certainly"),
        (UNTIL_1993, (1994, 1994), "no"),
        (UNTIL_1993, (1900, 1900), "possibly"),
        (UNDATED, (2005, 2005), "possibly"),
        (Extent(), (1, 9999), "possibly"),
    ],
)
def test_a_window_of_years_is_met(extent: Extent, years: tuple[int, int], verdict: Verdict) -> None:
    assert extent.within(*years) == verdict


def test_extents_in_words() -> None:
    assert NOW.certain is None
    assert (NOW.possible_words, NOW.certain_words) == ("2001 to 2009", "no year")
    assert (SINCE_1993.possible_words, SINCE_1993.certain_words) == ("from 1993 on", "1993")
    assert (UNTIL_1993.possible_words, UNTIL_1993.certain_words) == ("until 1993", "1992 to 1993")
    assert UNDATED.possible_words == "open at both ends"
    assert NOW.words == "some time from 2001 to 2009"
    assert SINCE_1993.words == "certainly 1993, possibly from 1993 on"
    assert UNTIL_1993.words == "certainly 1992 to 1993, possibly until 1993"
    assert UNDATED.words == "at a time that is left open"
    assert (
        Extent(None, 1953, 2001, None).words == "certainly 1953 to 2001, possibly before and after"
    )
    assert Extent(1993, 1993, 1993, 1993).words == "in 1993"
