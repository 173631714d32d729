"""Periods of years, read from and printed as a few English words.

Years are integers of the proleptic Gregorian calendar with a year 0, as in ISO 8601-1:2019, 5.2.2.
A period is what a question asks about: every bound is inclusive, a missing one is open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import SlotValueError

YEARS = range(-9999, 10000)
"""The years that may be written."""

FORMS: tuple[tuple[str, int | None, int | None], ...] = (
    ("at any time", None, None),
    ("after {a}", 1, None),
    ("since {a}", 0, None),
    ("from {a}", 0, None),
    ("before {a}", None, -1),
    ("until {a}", None, 0),
    ("in {a}", 0, 0),
    ("in the {a}s", 0, 9),
    ("between {a} and {b}", 0, 0),
    ("from {a} to {b}", 0, 0),
)
"""The words of a period, and what is added to its first and its last written year.

None leaves that end open. The last written year is ``b`` where there is one, else ``a``.
"""

OPTIONS = {
    "after": "after {a}",
    "since": "since {a}",
    "from": "from {a}",
    "before": "before {a}",
    "until": "until {a}",
    "in": "in {a}",
    "between": "between {a} and {b}",
}
"""Forms that have a name of one word, as the command line and addresses use it."""

MAX_LENGTH = 60


@dataclass(frozen=True)
class Period:
    """Years from ``from_year`` to ``to_year``, both inclusive; None is an open end.

    Attributes:
        from_year: first year, or None.
        to_year: last year, or None.
        words: the period as said in a sentence, such as "after 2000".
    """

    from_year: int | None
    to_year: int | None
    words: str

    @property
    def is_open(self) -> bool:
        """Whether the period leaves both ends open."""
        return self.from_year is None and self.to_year is None


ANY_TIME = Period(None, None, "at any time")


def parse(words: str) -> Period:
    """The period that the words name; case and white space do not matter.

    Raises:
        SlotValueError: the words are none of `FORMS`, a year is out of `YEARS`, or the period ends
            before it begins.
    """
    folded = " ".join(words[: MAX_LENGTH + 1].split()).lower()
    for (form, before, after), pattern in _patterns():
        if len(folded) <= MAX_LENGTH and (found := pattern.fullmatch(folded)):
            return _period(folded, form, [int(year) for year in found.groups()], before, after)
    raise SlotValueError(
        f"the period {words[:MAX_LENGTH]!r} is not understood: write "
        + ", ".join(f"'{example}'" for example in examples())
    )


def named(option: str, *years: int) -> Period:
    """The period of an option of `OPTIONS` with its year, or its two years."""
    return parse(OPTIONS[option].format(**dict(zip("ab", years, strict=False))))


def examples() -> list[str]:
    """One example of each form."""
    return [form.format(a=1990, b=2000) for form, _, _ in FORMS]


def _patterns() -> Iterator[tuple[tuple[str, int | None, int | None], re.Pattern[str]]]:
    for row in FORMS:
        yield row, re.compile(re.sub(r"\{[ab]\}", "(-?[0-9]{1,4})", row[0]))


def _period(
    words: str, form: str, years: list[int], before: int | None, after: int | None
) -> Period:
    first = None if before is None else years[0] + before
    last = None if after is None else years[-1] + after
    if form == "in the {a}s" and (years[0] % 10 or years[0] < 0):
        raise SlotValueError(f"'{words}' is no decade: a decade begins with a year that ends in 0")
    if first is not None and last is not None and first > last:
        raise SlotValueError(f"the period '{words}' ends before it begins: change the two years")
    return Period(first, last, words)
