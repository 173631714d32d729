"""The quotes: whether the text still says, character by character, what the graph says it says.

Offsets are those of `kg.sentences`: 0-based, end-exclusive, in code points of the decoded file.
Nothing is anchored again by likeness: a quote that moved is a fault.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store

from kg.checks.findings import Files, Finding
from kg.errors import SeedError
from kg.namespaces import PREFIXES, SP
from kg.sentences import CONTEXT, Seed, Sentence, gaps, line_and_column, read_seed

CHECK = "quotes"

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")

_DOCUMENTS = """
SELECT ?document ?file ?digest ?count WHERE {
  ?document a :Document ; :fileName ?file .
  OPTIONAL { ?document :sha256 ?digest }
  OPTIONAL { ?document :characterCount ?count }
} ORDER BY ?document
"""
_SPANS = """
SELECT DISTINCT ?span ?kind ?start ?end ?quote ?prefix ?suffix ?number ?whole WHERE {
  ?span (:isPartOf|:isSentenceOf)+ ?document ; a ?kind ; :start ?start ; :end ?end .
  ?kind rdfs:subClassOf :TextSpan .
  OPTIONAL { ?span :exactQuote ?quote }
  OPTIONAL { ?span :prefix ?prefix }
  OPTIONAL { ?span :suffix ?suffix }
  OPTIONAL { ?span :number ?number }
  OPTIONAL { ?span :isPartOf ?whole . ?whole a :Sentence }
} ORDER BY ?start ?end
"""


class _Span(NamedTuple):
    """A text span as the graph has it."""

    iri: str
    kind: str
    start: int
    end: int
    quote: str | None
    prefix: str | None
    suffix: str | None
    number: int | None
    whole: str | None


def findings(store: Store, files: Files, seeds: Path) -> Iterator[Finding]:
    """What differs between the graph's quotes and the texts.

    Args:
        store: The store that holds the files.
        files: Where subjects stand.
        seeds: The folder of the texts.
    """
    for row in _select(store, _DOCUMENTS):
        for iri, message in _document_faults(row, store, seeds):
            yield files.finding("violation", CHECK, iri, message)


def _document_faults(row: QuerySolution, store: Store, seeds: Path) -> Iterator[tuple[str, str]]:
    document, name = row["document"], str(row["file"].value)
    if Path(name).name != name:
        yield document.value, f"The file name {name!r} is a path. Name a file of the seeds folder."
        return
    try:
        seed = read_seed(seeds / name)
    except SeedError as error:
        yield document.value, f"The text cannot be read: {error}."
        return
    if (digest := _text(row["digest"])) != seed.sha256:
        yield (
            document.value,
            f"The SHA-256 digest of {name} is {seed.sha256}, the graph says {digest}. "
            "Restore the text, or run 'kg add' and hold every claim against the new one.",
        )
    if (count := _integer(row["count"])) != len(seed.text):
        yield (
            document.value,
            f"{name} has {len(seed.text)} characters, the graph says {count}. Run 'kg add'.",
        )
    spans = list(_spans(store, document))
    for span in spans:
        for fault in _span_faults(span, seed):
            yield span.iri, fault
    sentences = [span for span in spans if span.kind == SP + "Sentence"]
    yield from _coverage_faults(document.value, sentences, seed)
    yield from _mention_faults(spans)


def _span_faults(span: _Span, seed: Seed) -> Iterator[str]:
    text = seed.text
    if not 0 <= span.start < span.end <= len(text):
        yield (
            f"The offsets {span.start} to {span.end} lie outside {seed.name}, which has "
            f"{len(text)} characters. Correct them; those of sentences come from 'kg add'."
        )
        return
    line, column = line_and_column(text, span.start)
    parts = (
        ("exact quote", span.quote, text[span.start : span.end]),
        ("prefix", span.prefix, text[max(0, span.start - CONTEXT) : span.start]),
        ("suffix", span.suffix, text[span.end : span.end + CONTEXT]),
    )
    for part, written, found in parts:
        if written is not None and written != found:
            yield (
                f"The {part} differs from {seed.name} line {line} column {column} at its "
                f"character {_first_difference(written, found)}: the graph has {written!r}, the "
                f"text has {found!r}. Copy it from the text, or run 'kg add'."
            )


def _coverage_faults(document: str, spans: list[_Span], seed: Seed) -> Iterator[tuple[str, str]]:
    sentences = [Sentence(s.number or 0, 0, s.start, s.end, "", "", "") for s in spans]
    for before, after in pairwise(spans):
        if after.start < before.end:
            yield after.iri, "The sentence overlaps the one before it. Run 'kg add' on its file."
            return
    for start, end in gaps(seed.text, sentences):
        line, column = line_and_column(seed.text, start)
        yield (
            document,
            f"The characters {seed.text[start:end][:40]!r} at {seed.name} line {line} column "
            f"{column} lie in no sentence. Run 'kg add' on the file.",
        )
    if (numbers := [s.number for s in spans]) != list(range(1, len(spans) + 1)):
        wrong = next(at for at, number in enumerate(numbers, 1) if number != at)
        yield (
            spans[wrong - 1].iri,
            f"The sentence is number {wrong} in the text, the graph says {numbers[wrong - 1]}. "
            "Run 'kg add' on the file.",
        )


def _mention_faults(spans: list[_Span]) -> Iterator[tuple[str, str]]:
    places = {span.iri: (span.start, span.end) for span in spans}
    for span in spans:
        start, end = places.get(span.whole or "", (span.start, span.end))
        if not start <= span.start < span.end <= end:
            yield span.iri, "The span lies outside the sentence that it is part of. Correct either."


def _first_difference(written: str, found: str) -> int:
    pairs = zip(written, found, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(written), len(found)))
    return same + 1


def _spans(store: Store, document: NamedNode) -> Iterator[_Span]:
    for row in _select(store, _SPANS.replace("?document", f"<{document.value}>")):
        start, end = _integer(row["start"]), _integer(row["end"])
        if start is None or end is None:
            continue
        yield _Span(
            row["span"].value,
            row["kind"].value,
            start,
            end,
            _text(row["quote"]),
            _text(row["prefix"]),
            _text(row["suffix"]),
            _integer(row["number"]),
            _text(row["whole"]),
        )


def _select(store: Store, query: str) -> QuerySolutions:
    found = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return cast(QuerySolutions, found)


def _text(term: object) -> str | None:
    return term.value if isinstance(term, Literal | NamedNode) else None


def _integer(term: object) -> int | None:
    text = _text(term)
    return int(text) if text and _NUMBER.fullmatch(text) else None
