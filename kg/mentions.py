"""Mentions: where a text names somebody who acts, and whose a noun is by the words beside it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

from kg import lexicon, terms, words
from kg.labels import Engine
from kg.namespaces import shorten
from kg.terms import Hashed

_STATES = "SELECT DISTINCT ?actor ?state WHERE { ?actor :belongsTo ?state }"
_PLACES = "SELECT DISTINCT ?place WHERE { ?place a :Place MINUS { ?place a :State } }"
_LONGEST = 3
_SHORTEST = 4
_OF, _PREFIX = "fn-of", "fn-"
_PLAIN = re.compile("[^A-Za-z0-9]+")
_APART = "(?<![A-Za-z\u2013])(?:{})(?![A-Za-z\u2013])"
_POSSESSIVE = re.compile("[\u2019']s?(?![A-Za-z])")
_GOVERNMENT = "government"


@dataclass(frozen=True)
class Mention:
    """A name in a text: its place, whom it names, and the state of that, or that itself."""

    start: int
    end: int
    value: str
    state: str


@dataclass(frozen=True)
class Mentions:
    """The names of all who act.

    Attributes:
        states: the state of each that belongs to one.
        named: whom each name stands for, the name in small letters.
        pattern: all names, the longest first.
    """

    states: Mapping[str, str]
    named: Mapping[str, str]
    pattern: re.Pattern[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """All who act."""
        return frozenset(self.named.values())

    def state(self, value: str) -> str:
        """The state that somebody belongs to, or that itself."""
        return self.states.get(value, value)

    def find(self, text: str) -> tuple[Mention, ...]:
        """Where a text names somebody who acts."""
        return tuple(
            Mention(hit.start(), hit.end(), value, self.state(value))
            for hit in self.pattern.finditer(text)
            if (value := self.named[hit[0].lower()])
        )


def adjective(phrase: str) -> bool:
    """Whether a name can stand before the word for a government, as an adjective does."""
    listed = lexicon.load()
    key = words.key(phrase, listed.spelling)
    whole = listed.denoted.get((*key, _GOVERNMENT), frozenset())
    named = listed.denoted.get(key, frozenset())
    return bool(whole & named) and len(phrase) >= _SHORTEST


def owner(text: str, mentions: Sequence[Mention], start: int, end: int) -> tuple[str, bool]:
    """Whose the noun at a place in a text is, and whether the words beside it say so.

    Whoever is named last before it, where nobody is named right before it or after an "of".
    """
    within = [each for each in mentions if each.start < end and start < each.end]
    if within:
        return within[0].state, True
    before = [each for each in mentions if each.end <= start]
    after = [each for each in mentions if each.start >= end]
    if after and _is_of(text[end : after[0].start]):
        return after[0].state, True
    if not before:
        return "", False
    between = _PLAIN.sub(" ", text[before[-1].end : start]).split()
    beside = len(between) <= _LONGEST and not any(map(_parts, between))
    return before[-1].state, beside


def _is_of(between: str) -> bool:
    """Whether words between a noun and a name say that it is of whom is named."""
    listed = _PLAIN.sub(" ", between).split()
    tied = listed[:1] and _OF in lexicon.load().classes.get((listed[0],), ())
    return bool(tied) and len(listed) <= _LONGEST and not any(map(_is_finite, listed))


def possessor(name: str, mentions: Sequence[Mention]) -> str:
    """The state of whoever a name begins with as the owner of what it names; empty for none."""
    owners = (each for each in mentions if _POSSESSIVE.match(name[each.end :]))
    return next((each.state for each in owners), "")


def _parts(word: str) -> bool:
    """Whether a word keeps a noun apart from a name before it."""
    evoked = lexicon.load().classes.get((word,), frozenset())
    functional = any(name.startswith(_PREFIX) for name in evoked)
    return functional or word in words.ARTICLES or _is_finite(word)


def _is_finite(word: str) -> bool:
    base = lexicon.load().verbs.get((word,))
    return base is not None and word.endswith("s") and base != (word,)


def load(engine: Engine) -> Mentions:
    """The names in the graph that an engine answers from."""
    return _load(cast("Hashed", engine))


@lru_cache(maxsize=8)
def _load(engine: Hashed) -> Mentions:
    known = terms.load(engine)
    states = {
        shorten(row["actor"].value): shorten(row["state"].value)
        for row in engine.select(_STATES).rows
    }
    places = {shorten(row["place"].value) for row in engine.select(_PLACES).rows}
    who = known.acting - places
    named: dict[str, str] = {}
    for iri, names in known.names.items():
        if shorten(iri) in who:
            named |= {" ".join(_PLAIN.sub(" ", name).split()): shorten(iri) for name in names}
    for key, iris in known.lexicon.denoted.items():
        acting = [shorten(iri) for iri in iris if shorten(iri) in who]
        text = " ".join(key)
        if acting and adjective(text):
            named |= dict.fromkeys((text, text.title()), acting[0])
    listed = sorted(named, key=lambda name: -len(name))
    pattern = re.compile(_APART.format("|".join(map(re.escape, listed))))
    return Mentions(states, {name.lower(): value for name, value in named.items()}, pattern)
