"""The definite article of names that want one: "the United States", but "South Korea".

Which names do is data: the last words that ``kg/lexicon/say.ttl`` lists.
"""

from functools import lru_cache

from pyoxigraph import Literal

from kg import graph, paths
from kg.namespaces import LEX

ARTICLE = "the "


def articled(name: str) -> str:
    """The name with its article, where English wants one and it has none yet."""
    known = name.rpartition(" ")[2] in _last_words()
    return ARTICLE + name if known and not name.lower().startswith(ARTICLE) else name


@lru_cache(maxsize=1)
def _last_words() -> frozenset[str]:
    triples = graph.read(paths.LEXICON / "say.ttl")
    [phrase] = [
        t.subject
        for t in triples
        if t.predicate.value == LEX + "fills" and t.object == Literal("articled")
    ]
    said = [t.object for t in triples if t.subject == phrase and t.predicate.value == LEX + "says"]
    return frozenset(
        word for text in said if isinstance(text, Literal) for word in text.value.split()
    )
