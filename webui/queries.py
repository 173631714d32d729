"""The SPARQL behind the pages: one file each in ``webui/queries``, read once.

A line ``VALUES ?name { … }`` in a file is a place for terms: binding replaces the line. The file
runs as it is, with the terms that stand in it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path

from pyoxigraph import Literal, NamedNode

FOLDER = Path(__file__).parent / "queries"


@cache
def text(name: str) -> str:
    """The query of a file, by its name without ``.rq``."""
    return (FOLDER / f"{name}.rq").read_text(encoding="utf-8")


def iris(values: Iterable[str]) -> list[NamedNode]:
    """The IRIs as terms.

    Raises:
        ValueError: one of them is no absolute IRI (RFC 3987).
    """
    return [NamedNode(value) for value in values]


def bind(name: str, places: Mapping[str, Iterable[NamedNode | Literal]]) -> str:
    """The query with the terms in their places, written as N-Triples, so that none can escape."""
    query = text(name)
    for place, terms in places.items():
        line = re.compile(rf"(?m)^( *)VALUES \?{place} \{{.*\}}$")
        data = f"VALUES ?{place} {{ {' '.join(map(str, terms))} }}"
        query, count = line.subn(partial(_in_place, data), query)
        if count == 0:
            raise KeyError(f"webui/queries/{name}.rq has no line VALUES ?{place}")
    return query


def _in_place(data: str, found: re.Match[str]) -> str:
    return found[1] + data
