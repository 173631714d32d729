"""Patterns of phrases, such as ``<who> [<do>] <prefer> {policy}``.

A pattern is a row of words, ``<classes>`` of words and ``{slots}``; ``[…]`` may be left out, and of
``(…|…)`` one holds. Nothing repeats, so a pattern fits finitely many rows of words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kg.errors import DataError

WORD, CLASS, SLOT = "word", "class", "slot"
_TOKEN = re.compile(r"\s*(?:<([a-z-]+)>|\{([a-z_]+)\}|([\[\]()|])|([^\s<>{}\[\]()|]+))")


@dataclass(frozen=True)
class Symbol:
    """A word, a class of words or a slot."""

    kind: str
    name: str


@dataclass(frozen=True)
class Sequence:
    """Parts that follow one another."""

    parts: tuple["Pattern", ...]


@dataclass(frozen=True)
class Choice:
    """Parts of which one holds."""

    parts: tuple["Pattern", ...]


Pattern: TypeAlias = Symbol | Sequence | Choice


@dataclass(frozen=True)
class Piece:
    """A symbol of a pattern with the words that it took.

    Attributes:
        symbol: the symbol.
        start: place of its first word.
        end: place after its last word.
        value: what a slot stands for, else nothing.
    """

    symbol: Symbol
    start: int
    end: int
    value: str


Pieces: TypeAlias = tuple[Piece, ...]


class Lattice(Protocol):
    """A phrase, as the places between its words and what leads from one to another."""

    def starts(self, at: int) -> Iterable[int]:
        """The places where the next symbol may begin, when all before ``at`` is taken."""

    def ends(self, at: int, symbol: Symbol) -> Iterable[tuple[int, str]]:
        """Where a symbol that begins at a place may end, and the value that it has then."""


def parse(text: str) -> Pattern:
    """The pattern that a text writes.

    Raises:
        DataError: the text is no pattern.
    """
    tokens: list[tuple[str, str, str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise DataError(f"the pattern {text!r} cannot be read at {text[at:]!r}: correct it")
        tokens.append((found[1] or "", found[2] or "", found[3] or "", found[4] or ""))
        at = found.end()
    pattern, rest = _choice(tokens, text)
    if rest:
        raise DataError(f"the pattern {text!r} closes a bracket that is not open: remove it")
    return pattern


def symbols(pattern: Pattern) -> Iterator[Symbol]:
    """Every symbol of a pattern, in its order."""
    if isinstance(pattern, Symbol):
        yield pattern
        return
    for part in pattern.parts:
        yield from symbols(part)


def needed(pattern: Pattern) -> frozenset[Symbol]:
    """The words and classes that every phrase has which the pattern fits."""
    if isinstance(pattern, Symbol):
        return frozenset() if pattern.kind == SLOT else frozenset((pattern,))
    parts = [needed(part) for part in pattern.parts]
    if isinstance(pattern, Choice):
        return frozenset.intersection(*parts)
    return frozenset().union(*parts)


def fits(pattern: Pattern, lattice: Lattice, at: int) -> Iterator[tuple[int, Pieces]]:
    """Every way in which a pattern takes the words from a place on, and where it ends."""
    if isinstance(pattern, Symbol):
        for start in lattice.starts(at):
            for end, value in lattice.ends(start, pattern):
                yield end, (Piece(pattern, start, end, value),)
    elif isinstance(pattern, Choice):
        for part in pattern.parts:
            yield from fits(part, lattice, at)
    else:
        yield from _follow(pattern.parts, lattice, at)


def _follow(parts: tuple[Pattern, ...], lattice: Lattice, at: int) -> Iterator[tuple[int, Pieces]]:
    if not parts:
        yield at, ()
        return
    for middle, taken in fits(parts[0], lattice, at):
        for end, others in _follow(parts[1:], lattice, middle):
            yield end, taken + others


_Tokens: TypeAlias = list[tuple[str, str, str, str]]


def _choice(tokens: _Tokens, text: str) -> tuple[Pattern, _Tokens]:
    parts = []
    while True:
        part, tokens = _sequence(tokens, text)
        parts.append(part)
        if not tokens or tokens[0][2] != "|":
            return (parts[0] if len(parts) == 1 else Choice(tuple(parts))), tokens
        tokens = tokens[1:]


def _sequence(tokens: _Tokens, text: str) -> tuple[Pattern, _Tokens]:
    parts: list[Pattern] = []
    while tokens:
        named, slot, mark, word = tokens[0]
        if mark in ("|", "]", ")"):
            break
        tokens = tokens[1:]
        if mark:
            part, tokens = _choice(tokens, text)
            if not tokens or tokens[0][2] != {"[": "]", "(": ")"}[mark]:
                raise DataError(f"the pattern {text!r} leaves a {mark!r} open: close it")
            tokens = tokens[1:]
            parts.append(Choice((part, Sequence(()))) if mark == "[" else part)
        elif named:
            parts.append(Symbol(CLASS, named))
        else:
            parts.append(Symbol(SLOT, slot) if slot else Symbol(WORD, word))
    return Sequence(tuple(parts)), tokens
