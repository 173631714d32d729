"""The names in queries and shapes: whether each one that is ours is declared.

A light scan finds them: what stands in comments, strings and angle brackets is skipped, except the
queries inside shapes, which are strings. A name is ours when its prefix, or none, is.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg import paths
from kg.checks.findings import Finding
from kg.graph import place
from kg.namespaces import ID, SP

CHECK = "undeclared-name"

_OURS = {"": SP, "standpoint": SP, "id": ID}
_SKIPPED = re.compile(
    r"""
      <[^<>"{}|^`\\\s]*>          # an IRI in full
    | \#[^\n]*                    # a comment
    | "{3} (?:[^\\]|\\.)*? "{3}   # a long string
    | "(?:[^"\\\n]|\\.)*"         # a string
    | '(?:[^'\\\n]|\\.)*'
    """,
    re.DOTALL | re.VERBOSE,
)
_QUERY = re.compile(r'sh:select\s+(?:"""((?:[^\\]|\\.)*?)"""|"((?:[^"\\\n]|\\.)*)")', re.DOTALL)
_NAME = re.compile(r"(?<![\w:?$-])([A-Za-z][\w-]*)?:([A-Za-z0-9][\w-]*)")


def query_files() -> list[Path]:
    """Every file of ours that names terms and is no part of the graph."""
    folders = (paths.QUESTIONS, paths.DERIVATIONS, paths.CHECKS, paths.EXPORTS)
    found = [path for folder in folders for path in sorted(folder.rglob("*.rq"))]
    return [*found, *sorted(paths.SHAPES.glob("*.ttl")), *sorted(paths.LEXICON.glob("*.ttl"))]


def findings(store: Store, files: Iterable[Path]) -> Iterator[Finding]:
    """The names in these files that the store nowhere types."""
    for path in files:
        text = path.read_text("utf-8")
        for line, name, iri in _names(text):
            if not any(True for _ in store.quads_for_pattern(NamedNode(iri), None, None, None)):
                message = f"The name {name} is declared nowhere. Correct its spelling."
                yield Finding("violation", CHECK, place(path), name, message, line, iri)


def _names(text: str) -> Iterator[tuple[int, str, str]]:
    seen = set()
    for start, part in _parts(text):
        for found in _NAME.finditer(part):
            namespace = _OURS.get(found[1] or "")
            if namespace and found[0] not in seen:
                seen.add(found[0])
                line = text.count("\n", 0, start + found.start()) + 1
                yield line, found[0], namespace + found[2]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    yield 0, _SKIPPED.sub(lambda skipped: " " * len(skipped[0]), text)
    for query in _QUERY.finditer(text):
        group = 1 if query[1] is not None else 2
        yield query.start(group), _SKIPPED.sub(lambda s: " " * len(s[0]), query[group])
