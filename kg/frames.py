"""Frames: which words ask which question, and what stands in its slots.

Every word is used by the frame, or by the filling of a slot, or by the time, or is neutral; a frame
that leaves a word over does not fit. Position and prepositions tell who does what to whom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg import patterns, periods, slots
from kg.lexicon import Frame, Lexicon
from kg.names import Names
from kg.patterns import Pieces
from kg.questions import Question
from kg.spans import Reading, Span, Spans, whole


@dataclass(frozen=True)
class Account:
    """What some words of a phrase were used for.

    Attributes:
        words: the words as typed.
        use: the class, the slot or the word of the frame; "period" or "neutral".
    """

    words: str
    use: str


@dataclass(frozen=True)
class Asked:
    """A question that a phrase asks.

    Attributes:
        question: the question.
        values: the value of each slot: an IRI, "any", or the words of a period.
        accounts: what each word was used for, in the order of the phrase.
    """

    question: Question
    values: Mapping[str, str]
    accounts: tuple[Account, ...]


def asked(
    spans: Spans,
    lexicon: Lexicon,
    names: Names,
    questions: Mapping[str, Question],
    *,
    typed: bool = True,
) -> list[Asked]:
    """The questions that a phrase asks: none when no frame fits, several when it is ambiguous.

    Args:
        spans: what the words can be.
        lexicon: the frames.
        names: which slots take which things.
        questions: the questions that there are.
        typed: False to let a slot take any thing, to see what was meant and is not there.
    """
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Asked] = {}
    for frame in lexicon.frames:
        question = questions.get(frame.question)
        if question and frame.needed <= spans.symbols:
            for reading in _readings(spans, names, question, typed=typed):
                for each in _fitting(frame, reading, question):
                    values = tuple(sorted(each.values.items()))
                    found.setdefault((question.name, values), each)
    return list(found.values())


def _readings(spans: Spans, names: Names, question: Question, *, typed: bool) -> Iterator[Reading]:
    times: list[Span[str] | None] = [None]
    if question.period_slot:
        times += spans.times
    for time in times:
        yield Reading(spans, names, question.slots, time, typed)


def _fitting(frame: Frame, reading: Reading, question: Question) -> Iterator[Asked]:
    for pieces in whole(frame.pattern, reading):
        filled = [piece for piece in pieces if piece.symbol.kind == patterns.SLOT]
        values = {piece.symbol.name: piece.value for piece in filled} | dict(frame.sets)
        values |= _left_open(question, values, reading.time)
        if len(filled) == len({piece.value for piece in filled}) and set(values) == set(
            question.slots
        ):
            yield Asked(question, values, tuple(_accounts(reading, pieces)))


def _left_open(
    question: Question, values: Mapping[str, str], time: Span[str] | None
) -> dict[str, str]:
    """Values of the slots that the words say nothing of: any thing, at any time."""
    said = {}
    for slot in question.slots.values():
        if slot.type == slots.PERIOD:
            said[slot.name] = time.value if time else periods.ANY_TIME.words
        elif slot.name not in values and slot.any_words:
            said[slot.name] = slots.ANY
    return said


def _accounts(reading: Reading, pieces: Pieces) -> Iterator[Account]:
    used = {(piece.start, piece.end): piece.symbol.name for piece in pieces}
    if reading.time:
        used[reading.time.start, reading.time.end] = "period"
    at, words = 0, reading.spans.words
    for start, end in sorted(used):
        if at < start:
            yield Account(" ".join(word.text for word in words[at:start]), "neutral")
        yield Account(" ".join(word.text for word in words[start:end]), used[start, end])
        at = end
    if at < len(words):
        yield Account(" ".join(word.text for word in words[at:]), "neutral")
