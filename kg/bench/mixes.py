"""The two mixes of queries: all questions of the project, and nine of the usual shapes.

Every query declares its prefixes, so that any server takes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import heads, questions
from kg.bench.load import JSON, N_TRIPLES
from kg.namespaces import PREFIXES

QUERIES = Path(__file__).parent / "queries"

_PREFIXED = re.compile(r"(?<![\w<:])([a-z]*):(?=[A-Za-z])")
_CONSTRUCT = re.compile(r"^CONSTRUCT\b", re.MULTILINE)


@dataclass(frozen=True)
class Query:
    """One query of a mix.

    Attributes:
        mix: the name of the mix.
        name: its own, one within the mix.
        title: what a reader calls it.
        text: the SPARQL.
    """

    mix: str
    name: str
    title: str
    text: str

    @property
    def media_type(self) -> str:
        """What servers are asked for: a form that every one of them writes."""
        return N_TRIPLES if _CONSTRUCT.search(self.text) else JSON


QUESTIONS = "questions"
SHAPES = "shapes"
TITLES: Mapping[str, str] = {QUESTIONS: "All questions", SHAPES: "Nine shapes of query"}
"""What a reader calls each mix."""


def load() -> list[Query]:
    """All queries, mix by mix: the questions in their order, each slot at its default."""
    return [*_questions(), *_shapes()]


def _questions() -> Iterator[Query]:
    for question in questions.load_questions().values():
        # The file itself has each slot at its default.
        plain = "\n".join(_without_head(question.sparql))
        used = {prefix for prefix in _PREFIXED.findall(plain) if prefix in PREFIXES}
        declared = (f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in sorted(used))
        yield Query(QUESTIONS, question.name, question.name, "\n".join((*declared, plain)))


def _shapes() -> Iterator[Query]:
    for path in sorted(QUERIES.glob("*.rq")):
        head, text = heads.read(path)
        yield Query(SHAPES, path.stem, str(head["title"]), "\n".join(_without_head(text)))


def _without_head(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if not line.startswith("#")]
