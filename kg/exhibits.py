"""The rows of a SELECT written with their evidence: an extension of three W3C formats.

JSON gets one more member, ``evidence``, a list with an object for each row; CSV and TSV get one
more column of that name.
"""

import csv
import io
import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph

from kg.engines.results import CSV, JSON, TSV, Format, Result, Solutions, Term, parse_solutions
from kg.errors import QueryError
from kg.evidence import Evidence
from kg.printing import GAP, INDENT, evidence_text, solutions_table
from kg.provenance import Engine, Provenance, Verdict, provenance

MOST_ROWS = 500
"""For how many rows of a file the evidence is worked out."""

FORMATS = (JSON, CSV, TSV)
"""The formats that can carry evidence."""

BEYOND = Provenance(
    Verdict.UNAVAILABLE, f"Not worked out: this is after the first {MOST_ROWS} rows."
)
_NAME = "evidence"


def fitting(format: Format) -> Format:  # noqa: A002 - as in kg.engines
    """The format, when it can carry evidence.

    Raises:
        QueryError: it cannot.
    """
    if format in FORMATS:
        return format
    names = ", ".join(known.name for known in FORMATS)
    raise QueryError(f"the format '{format.name}' carries no evidence: ask for one of {names}")


def written(
    engine: Engine,
    sparql: str,
    result: Result,
    format: Format,  # noqa: A002 - as in kg.engines
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> bytes:
    """A result with the evidence of its rows, in UTF-8.

    Args:
        engine: the engine that gave the result.
        sparql: its query, a SELECT.
        result: the result in JSON.
        format: JSON, CSV or TSV.
        default_graphs: the dataset that was asked, as in `kg.engines`.
        named_graphs: likewise.

    Raises:
        QueryError: the format cannot carry evidence, or the result has no rows.
    """
    fitting(format)
    solutions = parse_solutions(result)
    found = provenance(
        engine,
        sparql,
        solutions.rows[:MOST_ROWS],
        default_graphs=default_graphs,
        named_graphs=named_graphs,
    )
    found += [BEYOND] * (len(solutions.rows) - len(found))
    if format == JSON:
        document = json.loads(result.body) | {_NAME: [_object(each) for each in found]}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    name = _NAME
    while name in solutions.variables:
        name += "_"
    rows = [[row.get(variable) for variable in solutions.variables] for row in solutions.rows]
    texts = ["\n".join(lines(each)) for each in found]
    if format == CSV:
        return _csv([*solutions.variables, name], rows, texts)
    return _tsv([*solutions.variables, name], rows, texts)


def lines(found: Provenance) -> Iterator[str]:
    """The evidence of a row in plain lines: verdict, warning, then each sentence."""
    yield found.words
    if found.caution:
        yield found.caution
    for quote in found.quotes:
        yield evidence_text(quote)
    for quote in found.against:
        yield f"Against: {evidence_text(quote)}"


def table_lines(engine: Engine, sparql: str, solutions: Solutions, width: int) -> Iterator[str]:
    """The rows as a table with the evidence of each under it.

    Args:
        engine: the engine that gave the rows.
        sparql: the query.
        solutions: its rows.
        width: columns of the terminal.
    """
    found = provenance(engine, sparql, solutions.rows[:MOST_ROWS])
    found += [BEYOND] * (len(solutions.rows) - len(found))
    heading, *rows = solutions_table(engine, solutions, width)
    yield from heading
    for row, each in zip(rows, found, strict=True):
        yield from row
        for line in lines(each):
            yield from textwrap.wrap(
                line, width, initial_indent=INDENT, subsequent_indent=INDENT + GAP
            )


def _object(found: Provenance) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "words": found.words,
        "caution": found.caution,
        "quotes": [_quote(quote) for quote in found.quotes],
        "against": [_quote(quote) for quote in found.against],
    }


def _quote(quote: Evidence) -> dict[str, Any]:
    return vars(quote)


def _csv(head: Sequence[str], rows: Sequence[Sequence[Term | None]], texts: Sequence[str]) -> bytes:
    """SPARQL 1.1 Query Results CSV: the plain value of each term."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row, text in zip(rows, texts, strict=True):
        writer.writerow([*map(_value, row), text])
    return out.getvalue().encode()


def _value(term: Term | None) -> str:
    if term is None:
        return ""
    return str(term) if isinstance(term, pyoxigraph.BlankNode) else term.value


def _tsv(head: Sequence[str], rows: Sequence[Sequence[Term | None]], texts: Sequence[str]) -> bytes:
    """SPARQL 1.1 Query Results TSV: each term as in Turtle."""
    table = ["\t".join(f"?{name}" for name in head)]
    for row, text in zip(rows, texts, strict=True):
        terms = [*row, pyoxigraph.Literal(text)]
        table.append("\t".join("" if term is None else _term(term) for term in terms))
    return "".join(f"{line}\n" for line in table).encode()


def _term(term: Term) -> str:
    return str(term).replace("\t", "\\t")
