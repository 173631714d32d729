"""Phrases: the words of a text, those that belong together side by side.

English parts a verb from its particle ("drive the two apart") and lets adjectives share a noun
("military and economic aid"); in the lexicon and among the names each stands as one.
"""

from collections.abc import Sequence
from typing import TypeAlias

from kg import words
from kg.lexicon import Key, Lexicon
from kg.names import Names
from kg.words import Word

_PARTICLE, _FUNCTION = "fn-particle", "fn-"
_MOST_BETWEEN = 4
_AND = "and"

Phrase: TypeAlias = Sequence[Word]


def read(text: str, lexicon: Lexicon, names: Names) -> Phrase:
    """The words of a text, those that belong together side by side."""
    return _joined(_shared(words.words(text, lexicon.spelling), names), lexicon, names)


def _shared(phrase: Phrase, names: Names) -> Phrase:
    """The words with a noun that two adjectives share after each of them."""
    found = list(phrase)
    for at in range(len(phrase) - 3, 0, -1):
        first, tie, second, noun = (word.folded for word in phrase[at - 1 : at + 3])
        named = (first, noun) in names.things and (second, noun) in names.things
        if tie == _AND and named and (first, tie, second, noun) not in names.things:
            found.insert(at, phrase[at + 2])
    return found


def _joined(phrase: Phrase, lexicon: Lexicon, names: Names) -> Phrase:
    """The words with each particle right after its verb, where they are no name as they stand."""
    found = list(phrase)
    for place in range(2, len(found)):
        if _PARTICLE in _classes(found, place, lexicon) and _ends(found, place, lexicon):
            at = _verb(found, place, lexicon)
            whole = tuple(word.folded for word in found[at : place + 1])
            if at is not None and whole not in names.things:
                found.insert(at + 1, found.pop(place))
    return found


def _verb(phrase: Phrase, place: int, lexicon: Lexicon) -> int | None:
    """The verb before a particle that has it, with nothing between that keeps them apart."""
    for at in range(place - 1, max(-1, place - 2 - _MOST_BETWEEN), -1):
        key: Key = (phrase[at].folded, phrase[place].folded)
        if key in lexicon.verbs and key in lexicon.classes:
            return at if at < place - 1 else None
        kept = _classes(phrase, at, lexicon)
        if any(name.startswith(_FUNCTION) for name in kept) and phrase[at].folded != _AND:
            return None
    return None


def _ends(phrase: Phrase, place: int, lexicon: Lexicon) -> bool:
    """Whether no noun follows a particle that it could govern."""
    if place + 1 == len(phrase):
        return True
    following = _classes(phrase, place + 1, lexicon)
    return any(name.startswith(_FUNCTION) for name in following)


def _classes(phrase: Phrase, place: int, lexicon: Lexicon) -> frozenset[str]:
    return lexicon.classes.get((phrase[place].folded,), frozenset())
