"""Claims as pages show them: what each says, in words, with the sentence that says it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.evidence import Evidence, evidence
from kg.labels import labels
from webui.site import Engine


@dataclass(frozen=True)
class Statement:
    """A claim with its content and its evidence.

    Attributes:
        content: IRI of what is claimed.
        words: what is claimed, in words.
        evidence: the sentence, whose claim it is, of what kind and how sure.
    """

    content: str
    words: str
    evidence: Evidence


def statements(engine: Engine, query: str) -> list[Statement]:
    """The statements that a query finds, in text order, those read between the lines last.

    Args:
        engine: answers it.
        query: a SELECT of ?claim and ?content.
    """
    rows = engine.select(query).rows
    contents: Mapping[str, str] = {row["claim"].value: row["content"].value for row in rows}
    called = labels(engine, contents.values())
    found = [
        Statement(contents[claim], called[contents[claim]], quote)
        for claim, quotes in evidence(engine, contents).items()
        for quote in quotes
    ]
    return sorted(found, key=_order)


def _order(statement: Statement) -> tuple[str, int, bool, str]:
    quote = statement.evidence
    return quote.document, quote.start, quote.infers, quote.claim
