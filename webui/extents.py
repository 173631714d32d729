"""How long something is said to hold, in years: certainly, and possibly.

The rule is that of the questions: a window from a to b is met certainly when the latest start is
not after b and the earliest end not before a, and possibly when the earliest start is not after b
and the latest end not before a. A missing bound passes in "possibly" and never in "certainly".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kg.engines.results import Term

Verdict = Literal["certainly", "possibly", "no"]


@dataclass(frozen=True)
class Extent:
    """The four bounds of a time, as years; None where the text leaves one open.

    Attributes:
        earliest_start: it cannot have begun before.
        latest_start: it had begun by then.
        earliest_end: it had not ended before.
        latest_end: it had ended by then.
    """

    earliest_start: int | None = None
    latest_start: int | None = None
    earliest_end: int | None = None
    latest_end: int | None = None

    @property
    def certain(self) -> tuple[int, int] | None:
        """First and last year that belong to it certainly, or None when no year does."""
        first, last = self.latest_start, self.earliest_end
        return (first, last) if first is not None and last is not None and first <= last else None

    @property
    def years(self) -> list[int]:
        """The bounds that are there."""
        bounds = (self.earliest_start, self.latest_start, self.earliest_end, self.latest_end)
        return [each for each in bounds if each is not None]

    @property
    def possible_words(self) -> str:
        """First and last possible year in words."""
        first, last = self.earliest_start, self.latest_end
        if first is None and last is None:
            return "open at both ends"
        if first is None:
            return f"until {last}"
        if last is None:
            return f"from {first} on"
        return str(first) if first == last else f"{first} to {last}"

    @property
    def certain_words(self) -> str:
        """First and last certain year in words."""
        if self.certain is None:
            return "no year"
        first, last = self.certain
        return str(first) if first == last else f"{first} to {last}"

    @property
    def words(self) -> str:
        """Its years in a few words: those that are certain, and those that are only possible."""
        possible = self._possible
        if self.certain is None:
            return f"some time {possible}" if possible else "at a time that is left open"
        if self.certain == (self.earliest_start, self.latest_end):
            return possible
        return f"certainly {self.certain_words}, possibly {possible or 'before and after'}"

    @property
    def _possible(self) -> str:
        """The possible years as an adverbial; nothing where both ends are open."""
        first, last = self.earliest_start, self.latest_end
        if first is None and last is None:
            return ""
        if first is None or last is None:
            return self.possible_words
        return f"in {first}" if first == last else f"from {first} to {last}"

    def within(self, first: int, last: int) -> Verdict:
        """Whether it meets the years from first to last."""
        begun = self.latest_start is not None and self.latest_start <= last
        lasting = self.earliest_end is not None and self.earliest_end >= first
        if begun and lasting:
            return "certainly"
        too_late = self.earliest_start is not None and self.earliest_start > last
        too_early = self.latest_end is not None and self.latest_end < first
        return "no" if too_late or too_early else "possibly"


def extent(row: Mapping[str, Term]) -> Extent:
    """The extent that a row of a query gives, in its columns ?earliestStart to ?latestEnd."""

    def year(name: str) -> int | None:
        return int(row[name].value) if name in row else None

    return Extent(
        year("earliestStart"), year("latestStart"), year("earliestEnd"), year("latestEnd")
    )
