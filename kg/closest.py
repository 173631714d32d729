"""A search for the sentences that speak of most terms of a phrase, for when nothing answers it.

A sentence speaks of a term where its words, or the statements that it makes, have the term in them,
as in the question "Which sentences speak of …?".
"""

import math
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

from kg import tellings
from kg.evidence import Evidence, evidence
from kg.labels import Engine
from kg.terms import Term, stem

MOST = 3
"""How many sentences are shown at most."""

_UNKNOWN = 0.5
_OF_WORD, _OF_WEAK, _OF_STATEMENT = 0.5, 0.3, 0.5
_LEAST = 2.0
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


def sentences(
    engine: Engine,
    phrase: Sequence[str],
    wanted: Sequence[Term] = (),
    weak: Set[Term] = frozenset(),
) -> tuple[Evidence, ...]:
    """The sentences that share the most telling words with a phrase, the closest first.

    A word, and what it means, counts by how few sentences have it (inverse document frequency);
    a meaning counts again where one statement has it together with others.

    Args:
        engine: answers from the graph.
        phrase: its words, folded.
        wanted: what they mean in statements.
        weak: those of these that say little where they stand.
    """
    held = tellings.load(engine)
    asked = {stem(word) for word in phrase}
    worth = {
        word: _OF_WORD * _rarity(sum(word in each.stems for each in held), len(held))
        for word in asked
    }
    meant = {
        term: (_OF_WEAK if term in weak else 1.0)
        * _rarity(sum(each.has(term) for each in held), len(held))
        for term in wanted
    }
    scores = {
        each.claim: sum(worth[word] for word in asked & each.stems)
        + sum(value for term, value in meant.items() if each.has(term))
        + _OF_STATEMENT
        * max(
            sum(value for term, value in meant.items() if one.has(term)) for one in each.statements
        )
        for each in held
    }
    near = sorted((claim for claim in scores if scores[claim] > _LEAST), key=lambda c: -scores[c])
    found = evidence(engine, near[:MOST])
    return tuple(found[claim][0] for claim in near[:MOST] if found[claim])


def _rarity(places: int, held: int) -> float:
    """How telling it is to be in some of so many places; nothing where it is in none."""
    return math.log(held / places) if places else 0.0


def search(
    engine: Engine,
    terms: Sequence[Term],
    required: Set[str],
    unknown: int,
) -> tuple[Near, ...]:
    """The sentences that speak of most of some terms, the closest first.

    Args:
        engine: answers from the graph.
        terms: what is looked for.
        required: the values of the terms that a sentence must speak of.
        unknown: how many words more the phrase has; each counts half as much as the rarest term,
            and so does a term that no sentence has.
    """
    held = tellings.load(engine)
    having = {
        term: frozenset(place for place, each in enumerate(held) if each.has(term))
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
    kept = [
        place
        for place in scores
        if all(place in having[term] for term in terms if term.value in required)
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
