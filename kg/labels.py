"""What things are called: one rule and one query for any number of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from urllib.parse import unquote

import pyoxigraph

from kg.engines.results import Solutions
from kg.namespaces import PREFIXES


class Engine(Protocol):
    """What answers the queries of questions."""

    def select(self, sparql: str) -> Solutions:
        """The rows of a SELECT."""


LANGUAGE = "en"
BATCH = 30_000
"""How many characters of IRIs one query holds at most, so that no engine's limit is met."""

_LABEL = f"<{PREFIXES['rdfs']}label>"
_OTHER_LABEL = f"<{PREFIXES['skos']}altLabel>"
_QUERY = "SELECT ?thing ?label WHERE {{ VALUES ?thing {{ {terms} }} ?thing {property} ?label }}"


def labels(engine: Engine, iris: Iterable[str]) -> dict[str, str]:
    """The label of each thing.

    The rule: the English ``rdfs:label``, else any ``rdfs:label``, else the local name. Among
    several of one rank the first in code point order is taken.
    """
    wanted = sorted(set(iris))
    best: dict[str, tuple[bool, str]] = {}
    for iri, label, language in _names(engine, wanted, _LABEL):
        rank = (language != LANGUAGE, label)
        best[iri] = min(best.get(iri, rank), rank)
    return {iri: best[iri][1] if iri in best else local_name(iri) for iri in wanted}


def alternatives(engine: Engine, iris: Iterable[str]) -> list[tuple[str, str]]:
    """The alternative labels (``skos:altLabel``) of the things, as pairs of IRI and label."""
    return [(iri, name) for iri, name, _ in _names(engine, sorted(set(iris)), _OTHER_LABEL)]


def local_name(iri: str) -> str:
    """The part of an IRI after the last ``#`` or ``/``, percent-decoded; else the IRI."""
    return unquote(iri.rstrip("#/").replace("#", "/").rsplit("/", 1)[-1]) or iri


def batches(iris: Iterable[str]) -> Iterator[str]:
    """The IRIs as SPARQL data, in pieces of at most `BATCH` characters.

    They are written in full; what is no absolute IRI (RFC 3987) is left out.
    """
    piece: list[str] = []
    length = 0
    for term in map(_term, iris):
        if not term:
            continue
        if piece and length + len(term) > BATCH:
            yield " ".join(piece)
            piece, length = [], 0
        piece.append(term)
        length += len(term) + 1
    if piece:
        yield " ".join(piece)


def _term(iri: str) -> str | None:
    try:
        return str(pyoxigraph.NamedNode(iri))
    except ValueError:
        return None


def _names(engine: Engine, iris: Sequence[str], prop: str) -> list[tuple[str, str, str]]:
    found = []
    for terms in batches(iris):
        for row in engine.select(_QUERY.format(terms=terms, property=prop)).rows:
            label = row["label"]
            language = getattr(label, "language", None) or ""
            found.append((row["thing"].value, label.value, language.lower()))
    return found
