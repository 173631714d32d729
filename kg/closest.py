"""A search for the sentences that speak of most terms of a phrase, for when nothing answers it.

A sentence speaks of a term where its words, or the statements that it makes, have the term in them,
as in the question "Which sentences speak of …?".
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from kg import words
from kg.evidence import Evidence, evidence
from kg.labels import Engine
from kg.namespaces import shorten
from kg.terms import UNBOUND, Hashed, Term, stem

MOST = 3
"""How many sentences are shown at most."""

_SENTENCES = """
SELECT ?sentence ?quote (MIN(?one) AS ?claim) (GROUP_CONCAT(?label; separator=" ") AS ?labels)
WHERE {
  ?one :isStatedIn ?sentence ; :hasContent/rdfs:label ?label .
  ?sentence a :Sentence ; :exactQuote ?quote
} GROUP BY ?sentence ?quote
"""
_PARTS = """
SELECT DISTINCT ?sentence ?part WHERE {
  ?one :isStatedIn ?sentence ; :hasContent ?statement . ?sentence a :Sentence .
  { ?statement ?role ?part } UNION { ?statement :involves/:isKindOf+ ?part }
  FILTER (isIRI(?part))
}
"""
_DOERS = """
SELECT DISTINCT ?sentence ?label ?doer WHERE {
  ?one :isStatedIn ?sentence ; :hasContent ?statement . ?sentence a :Sentence .
  ?statement rdfs:label ?label ;
    :hasAgent|:hasHolder|:hasSubject|:hasCause|:hasRoleBearer|:hasChooser|:hasParty ?doer
}
"""
_APART = "[^A-Za-z\u2013]"
_UNKNOWN = 0.5
_LEAST = 3.0
_LEAST_OF_BEST = 0.6


@dataclass(frozen=True)
class Near:
    """A sentence, and what it shares with a phrase.

    Attributes:
        terms: the terms of the phrase that it speaks of.
        evidence: the sentence.
        share: how much of the phrase that is, from 0 to 1, rare terms counting more.
    """

    terms: tuple[Term, ...]
    evidence: Evidence
    share: float


@dataclass(frozen=True)
class _Sentence:
    claim: str
    text: str
    parts: frozenset[str]
    stems: frozenset[str]
    doings: frozenset[tuple[str, str]]

    def speaks_of(self, term: Term) -> bool:
        """Whether the sentence or a statement of it has the term."""
        if term.node != UNBOUND and term.node in self.parts:
            return True
        return _has(self.text, term)

    def tells(self, doers: Set[str], terms: Sequence[Term]) -> bool:
        """Whether a statement of it has one of the doers do something with one of the terms."""
        told = [label for doer, label in self.doings if doer in doers]
        return any(_has(label, term) for label in told for term in terms)


def _has(text: str, term: Term) -> bool:
    pattern = f"{_APART}(?:{term.pattern}){_APART}"
    return bool(term.pattern and re.search(pattern, text, re.IGNORECASE))


def sentences(engine: Engine, phrase: Sequence[str]) -> tuple[Evidence, ...]:
    """The sentences that share the most telling words with a phrase, the closest first.

    A word counts by how few sentences have it (inverse document frequency).
    """
    held = _index(cast("Hashed", engine))
    asked = {stem(word) for word in phrase}
    counted = {word: sum(word in each.stems for each in held) for word in asked}
    scores = {
        each.claim: sum(math.log(len(held) / counted[word]) for word in asked & each.stems)
        for each in held
    }
    near = sorted((claim for claim in scores if scores[claim] > _LEAST), key=lambda c: -scores[c])
    found = evidence(engine, near[:MOST])
    return tuple(found[claim][0] for claim in near[:MOST] if found[claim])


def search(
    engine: Engine,
    terms: Sequence[Term],
    required: Set[str],
    unknown: int,
    doers: Set[str] = frozenset(),
) -> tuple[Near, ...]:
    """The sentences that speak of most of some terms, the closest first.

    Args:
        engine: answers from the graph.
        terms: what is looked for.
        required: the values of the terms that a sentence must speak of.
        unknown: how many words more the phrase has; each counts half as much as the rarest term,
            and so does a term that no sentence has.
        doers: who is asked about as doing something, where it is done to somebody; none else.
    """
    held = _index(cast("Hashed", engine))
    having = {
        term: frozenset(place for place, each in enumerate(held) if each.speaks_of(term))
        for term in terms
    }
    rarity = {term: math.log(len(held) / max(1, len(places))) for term, places in having.items()}
    unsaid = unknown + sum(not places for places in having.values())
    total = sum(rarity[term] for term in terms if having[term])
    total += unsaid * _UNKNOWN * math.log(len(held))
    scores: defaultdict[int, float] = defaultdict(float)
    for term, places in having.items():
        for place in places:
            scores[place] += rarity[term]
    done = [term for term in terms if term.value not in required]
    kept = [
        place
        for place in scores
        if all(place in having[term] for term in terms if term.value in required)
        and (not doers or held[place].tells(doers, done))
    ]
    best = max((scores[place] for place in kept), default=0.0)
    near = sorted(
        (place for place in kept if scores[place] >= best * _LEAST_OF_BEST),
        key=lambda place: (-scores[place], len(held[place].text)),
    )[:MOST]
    found = evidence(engine, [held[place].claim for place in near])
    return tuple(
        Near(
            tuple(term for term in terms if place in having[term]),
            found[held[place].claim][0],
            scores[place] / total if total else 0.0,
        )
        for place in near
        if found[held[place].claim]
    )


@lru_cache(maxsize=8)
def _index(engine: Hashed) -> tuple[_Sentence, ...]:
    parts: defaultdict[str, set[str]] = defaultdict(set)
    doings: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in engine.select(_DOERS).rows:
        done = shorten(row["doer"].value), f" {row['label'].value} "
        doings[row["sentence"].value].add(done)
    for row in engine.select(_PARTS).rows:
        parts[row["sentence"].value].add(shorten(row["part"].value))
    return tuple(
        _Sentence(
            row["claim"].value,
            f" {row['quote'].value} {row['labels'].value} ",
            frozenset(parts[row["sentence"].value]),
            frozenset(stem(word) for word in words.key(row["quote"].value, {})),
            frozenset(doings[row["sentence"].value]),
        )
        for row in engine.select(_SENTENCES).rows
    )
