"""Titles with slots, such as "Which actor prefers {policy} {period}?": filled and recognised.

Text is compared folded: case, runs of white space, typographic apostrophes and a final question
mark or full stop do not matter (case folding as in the Unicode Standard, 3.13).
"""

import re
from collections.abc import Iterator, Mapping

MAX_LENGTH = 300
"""The longest text, in code points, that is held against a title."""

_SLOT = re.compile(r"\{([a-z_]+)\}")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))


def slots_in(template: str) -> list[str]:
    """The names of the slots, in the order in which they stand."""
    return _SLOT.findall(template)


def fill(template: str, words: Mapping[str, str]) -> str:
    """The template with the words of each slot in its place; words are never read as slots."""
    return _SLOT.sub(lambda found: words[found[1]], template)


def without(template: str, slot: str) -> str:
    """The template without a slot, and without the comma before it."""
    return re.sub(rf",? \{{{re.escape(slot)}\}}", "", template)


def fold(text: str) -> str:
    """The text as it is compared."""
    plain = " ".join(text.translate(_APOSTROPHES).split()).casefold()
    return plain[:-1].rstrip() if plain.endswith(("?", ".")) else plain


def readings(template: str, text: str) -> Iterator[dict[str, str]]:
    """Every way to cut a text so that it fills the template: the folded words of each slot.

    Whether those words mean anything is for the caller to say.
    """
    if len(text) <= MAX_LENGTH:
        first, *rest = _SLOT.split(fold(template))
        folded = fold(text)
        if folded.startswith(first):
            yield from _cuts(rest, folded[len(first) :])


def _cuts(parts: list[str], text: str) -> Iterator[dict[str, str]]:
    if not parts:
        if not text:
            yield {}
        return
    slot, literal, *rest = parts
    for end in _ends(literal, text, last=not rest):
        words = text[:end]
        if words and words == words.strip():
            for others in _cuts(rest, text[end + len(literal) :]):
                yield {slot: words, **others}


def _ends(literal: str, text: str, *, last: bool) -> Iterator[int]:
    if last:
        if text.endswith(literal):
            yield len(text) - len(literal)
        return
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + 1)
