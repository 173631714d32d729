"""The sentences that share most with a phrase, for when no statement answers it."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from kg import words
from kg.evidence import Evidence, evidence
from kg.labels import Engine
from kg.terms import Hashed, stem

MOST = 3
"""How many sentences are shown at most."""

_SENTENCES = """
SELECT ?sentence ?quote (MIN(?one) AS ?claim) WHERE {
  ?one :isStatedIn ?sentence . ?sentence a :Sentence ; :exactQuote ?quote
} GROUP BY ?sentence ?quote
"""


def sentences(engine: Engine, phrase: Sequence[str]) -> tuple[Evidence, ...]:
    """The sentences that share the most telling words with a phrase, the closest first.

    A word counts by how few sentences have it (inverse document frequency).
    """
    held, rarity = _index(cast("Hashed", engine))
    asked = {stem(word) for word in phrase}
    scores = {claim: sum(rarity[each] for each in asked & said) for claim, said in held.items()}
    near = sorted((claim for claim in scores if scores[claim] > _LEAST), key=lambda c: -scores[c])
    found = evidence(engine, near[:MOST])
    return tuple(found[claim][0] for claim in near[:MOST] if found[claim])


_LEAST = 3.0


@lru_cache(maxsize=8)
def _index(engine: Hashed) -> tuple[dict[str, frozenset[str]], dict[str, float]]:
    """The stems of a claim's sentence, one claim for each, and the rarity of each stem."""
    rows = engine.select(_SENTENCES).rows
    held = {
        row["claim"].value: frozenset(stem(word) for word in words.key(row["quote"].value, {}))
        for row in rows
    }
    counted = Counter(each for said in held.values() for each in said)
    rarity = defaultdict(float, {each: math.log(len(held) / n) for each, n in counted.items()})
    return held, rarity
