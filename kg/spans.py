"""The spans of a phrase: which of its words name a thing, which are of a class, which say a time.

Of spans that name things or times only the longest count: what lies inside a longer one is part of
that, so "deterrence of North Korean aggression" never speaks of deterrence.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from kg import patterns, periods, titles
from kg.errors import SlotValueError
from kg.lexicon import NEUTRAL, Key, Lexicon, TimeFrame
from kg.names import Names
from kg.patterns import Pieces, Symbol
from kg.slots import ANY, Slot
from kg.words import Word, key

_SAME = frozenset({"in", "of"})
_YEAR = re.compile("[0-9]{4}")
_DECADE = re.compile("([0-9]{2})?([0-9])0s")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Span(Generic[Value]):
    """Words from one place to another, and what they stand for."""

    start: int
    end: int
    value: Value

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a word with another span."""
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Spans:
    """What the words of a phrase can be.

    Attributes:
        words: the words.
        classes: for each place, the classes of words that begin there.
        things: the IRIs of the things that are named.
        inner: those of things whose names are part of a longer one.
        times: the words of the periods that are said.
        neutral: what changes nothing.
    """

    words: Sequence[Word]
    classes: Mapping[int, Sequence[Span[str]]]
    things: Sequence[Span[frozenset[str]]]
    inner: Sequence[Span[frozenset[str]]]
    times: Sequence[Span[str]]
    neutral: Sequence[Span[str]]

    @cached_property
    def symbols(self) -> frozenset[Symbol]:
        """The words of the phrase and the classes that stand in it."""
        listed = (each.value for found in self.classes.values() for each in found)
        return frozenset(Symbol(patterns.CLASS, name) for name in listed) | frozenset(
            Symbol(patterns.WORD, word.folded) for word in self.words
        )


def find(phrase: Sequence[Word], lexicon: Lexicon, names: Names) -> Spans:
    """The spans of a phrase."""
    classes: defaultdict[int, list[Span[str]]] = defaultdict(list)
    for found in _listed(phrase, lexicon.classes, lexicon.longest):
        for name in sorted(found.value):
            classes[found.start].append(Span(found.start, found.end, name))
    named = list(_listed(phrase, names.things, names.longest))
    things = _longest(named)
    return Spans(
        phrase,
        classes,
        things,
        [each for each in named if each not in things],
        _joined(phrase, _longest(_times(phrase, lexicon, names, things))),
        [each for spans in classes.values() for each in spans if each.value == NEUTRAL],
    )


@dataclass(frozen=True)
class Reading:
    """A phrase as one question may read it: the lattice that its patterns are held against.

    Attributes:
        spans: the spans of the phrase.
        names: what things are called and which slots take them.
        slots: the question's slots, by name.
        time: the span that says the period, if one does.
        typed: whether a slot takes only what it has an option for.
    """

    spans: Spans
    names: Names
    slots: Mapping[str, Slot]
    time: Span[str] | None = None
    typed: bool = True
    _skipped: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def starts(self, at: int) -> tuple[int, ...]:
        """The place itself, and those after neutral words and the time."""
        if at not in self._skipped:
            found = {at}
            skips = [*self.spans.neutral, *([self.time] if self.time else [])]
            for _ in skips:
                found |= {skip.end for skip in skips if skip.start in found}
            self._skipped[at] = tuple(sorted(found))
        return self._skipped[at]

    def ends(self, at: int, symbol: Symbol) -> Iterator[tuple[int, str]]:
        """Where a word, a word of a class, or the filling of a slot ends."""
        if symbol.kind == patterns.WORD:
            if at < len(self.spans.words) and self.spans.words[at].folded == symbol.name:
                yield at + 1, ""
        elif symbol.kind == patterns.CLASS:
            for found in self.spans.classes.get(at, ()):
                if found.value == symbol.name:
                    yield found.end, ""
        else:
            yield from self._fillings(at, self.slots[symbol.name])

    def _fillings(self, at: int, slot: Slot) -> Iterator[tuple[int, str]]:
        options = self.names.options[slot.type]
        for found in self.spans.things:
            if found.start == at:
                taken = sorted(iri for iri in found.value if iri in options or not self.typed)
                yield from ((found.end, iri) for iri in taken)
        any_words = key(slot.any_words or "", {})
        if any_words and _at(self.spans.words, at, len(any_words)) == any_words:
            yield at + len(any_words), ANY


def whole(pattern: patterns.Pattern, reading: Reading) -> Iterator[Pieces]:
    """Every way in which a pattern takes the whole phrase: no word is left over."""
    end = len(reading.spans.words)
    time = reading.time
    for at, pieces in patterns.fits(pattern, reading, 0):
        if end in reading.starts(at) and not (
            time and any(time.overlaps(piece.start, piece.end) for piece in pieces)
        ):
            yield pieces


def _at(phrase: Sequence[Word], start: int, length: int) -> Key:
    return tuple(word.folded for word in phrase[start : start + length])


def _listed(
    phrase: Sequence[Word], listed: Mapping[Key, frozenset[str]], longest: int
) -> Iterator[Span[frozenset[str]]]:
    for start in range(len(phrase)):
        for end in range(start + 1, min(len(phrase), start + longest) + 1):
            found = listed.get(_at(phrase, start, end - start))
            if found and not _is_pronoun(phrase, start, end):
                yield Span(start, end, found)


def _is_pronoun(phrase: Sequence[Word], start: int, end: int) -> bool:
    """Whether the one word is "us" in a phrase with capitals, and so not the United States."""
    [typed, *others] = [word.text for word in phrase[start:end]]
    return not others and typed == "us" and any(word.text[0].isupper() for word in phrase)


def _longest(found: Iterable[Span[Value]]) -> list[Span[Value]]:
    spans = list(found)
    return [
        each
        for each in spans
        if not any(
            other.start <= each.start
            and each.end <= other.end
            and (other.start, other.end) != (each.start, each.end)
            for other in spans
        )
    ]


def _joined(phrase: Sequence[Word], times: Sequence[Span[str]]) -> list[Span[str]]:
    """The times, an event and the year that is said with it as one: "since the summit in 2000"."""
    joined: list[Span[str]] = []
    for each in times:
        last = joined[-1] if joined else None
        typed = phrase[each.start : each.end]
        if (
            last
            and last.end == each.start
            and typed[0].folded in _SAME
            and last.value.split()[-1] == typed[-1].folded
        ):
            joined[-1] = Span(last.start, each.end, last.value)
        else:
            joined.append(each)
    return joined


@dataclass(frozen=True)
class _Clock:
    """The lattice of time words: slots for a year, a decade and an event."""

    phrase: Sequence[Word]
    decades: Mapping[str, int]
    things: Sequence[Span[frozenset[str]]]

    def starts(self, at: int) -> tuple[int, ...]:
        return (at,)

    def ends(self, at: int, symbol: Symbol) -> Iterator[tuple[int, str]]:
        word = self.phrase[at].folded if at < len(self.phrase) else ""
        if symbol.kind == patterns.WORD and word == symbol.name:
            yield at + 1, ""
        elif symbol.name in ("year", "last") and _YEAR.fullmatch(word):
            yield at + 1, word
        elif symbol.name == "decade":
            if decade := _DECADE.fullmatch(word):
                yield at + 1, (decade[1] or "19") + decade[2] + "0"
            elif word in self.decades:
                yield at + 1, str(self.decades[word])
        elif symbol.name == "event":
            for found in self.things:
                if found.start == at:
                    yield from ((found.end, iri) for iri in sorted(found.value))


def _times(
    phrase: Sequence[Word],
    lexicon: Lexicon,
    names: Names,
    things: Sequence[Span[frozenset[str]]],
) -> Iterator[Span[str]]:
    clock = _Clock(phrase, lexicon.decades, things)
    said = {Symbol(patterns.WORD, word.folded) for word in phrase}
    for frame in (frame for frame in lexicon.times if frame.needed <= said):
        for start in range(len(phrase)):
            for end, pieces in patterns.fits(frame.pattern, clock, start):
                if words := _period(frame, pieces, names):
                    yield Span(start, end, words)


def _period(frame: TimeFrame, pieces: Pieces, names: Names) -> str | None:
    """The period in the words of `kg.periods`; None when it has no years, or they make none."""
    values = {piece.symbol.name: piece.value for piece in pieces}
    if frame.ago is not None:
        if names.now is None:
            return None
        values |= {"year": str(names.now[0] - frame.ago), "last": str(names.now[1] - frame.ago)}
    if event := values.get("event"):
        begun, held = names.starts.get(event), names.years.get(event)
        values |= {"start": str(begun)} if begun is not None else {}
        values |= {"year": str(held)} if held is not None else {}
    if decade := values.get("decade"):
        values["last"] = str(int(decade) + 9)
    if not set(titles.slots_in(frame.period)) <= set(values):
        return None
    try:
        return periods.parse(titles.fill(frame.period, values)).words
    except SlotValueError:
        return None
