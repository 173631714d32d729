"""The words of a phrase, as they are compared with the lexicon.

Case, punctuation, hyphens, typographic apostrophes and articles do not matter; a possessive ``'s``
is a word of its own, and so is the "not" of a contraction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ARTICLES = frozenset({"the", "a", "an"})
POSSESSIVE = "'s"

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
_REWRITTEN = (
    (re.compile(r"\b((?:[A-Za-z]\.)+[A-Za-z])\b\.?"), lambda found: found[1].replace(".", "")),
    (re.compile(r"(?<=\d)\s*[-\u2013\u2014]\s*(?=\d)"), lambda _: " to "),
    (re.compile(r"'(?=\d\ds\b)|(?<=\d)'(?=s\b)"), lambda _: ""),
    (re.compile(r"\bcan't\b", re.IGNORECASE), lambda _: "can not"),
    (re.compile(r"\bwon't\b", re.IGNORECASE), lambda _: "will not"),
    (re.compile(r"n't\b", re.IGNORECASE), lambda _: " not"),
    (re.compile(r"\b(what|who|where|when|how)'s\b", re.IGNORECASE), lambda found: f"{found[1]} is"),
    (re.compile(r"(?<=s)'(?=\s|$)|'(?=s\b)"), lambda _: " '"),
)
_PLAIN = re.compile("[a-z ]+")
_WORD = re.compile(r"'s?|\w+")


@dataclass(frozen=True)
class Word:
    """A word.

    Attributes:
        text: as it was typed.
        folded: as it is compared.
    """

    text: str
    folded: str


def words(text: str, spelling: Mapping[str, str]) -> list[Word]:
    """The words of a text without its articles.

    Args:
        text: what was typed.
        spelling: the word that each spelling variant stands for.
    """
    plain = text.translate(_APOSTROPHES)
    for pattern, rewritten in _REWRITTEN:
        plain = pattern.sub(rewritten, plain)
    found = []
    for typed in _WORD.findall(plain):
        folded = POSSESSIVE if typed.casefold() in ("'", "'s") else typed.casefold()
        if folded not in ARTICLES:
            found.append(Word(typed, spelling.get(folded, folded)))
    return found


def key(text: str, spelling: Mapping[str, str]) -> tuple[str, ...]:
    """The folded words of a text, by which forms and names are looked up."""
    if _PLAIN.fullmatch(text):
        return tuple(spelling.get(word, word) for word in text.split() if word not in ARTICLES)
    return tuple(word.folded for word in words(text, spelling))
