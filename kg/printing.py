"""Answers and results as text: for a terminal, as JSON, as CSV.

What comes from the graph is untrusted: control and formatting characters, which could steer a
terminal, are shown as U+FFFD.
"""

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph

from kg import labels
from kg.answers import POSSIBLE, Answer, Row
from kg.engines.results import Solutions, Term
from kg.errors import QuerySyntaxError
from kg.evidence import Evidence
from kg.labels import Engine
from kg.namespaces import shorten
from kg.questions import Question

GAP = "  "
NARROWEST = 8
INDENT = "    "
_CSV = ("kind", "claimant", "certainty", "polarity", "document", "sentence", "quote", "claim")


def plain(text: str) -> str:
    """The text on one line, with runs of white space folded and nothing unprintable."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))


def questions_listed(questions: Iterable[Question], sentences: Mapping[str, str], form: str) -> str:
    """All questions: by theme as text, or as JSON or CSV.

    Args:
        questions: the questions in their order.
        sentences: each one's sentence by name.
        form: "text", "json" or "csv".
    """
    listed = list(questions)
    rows = [[each.name, each.theme, sentences[each.name], each.summary] for each in listed]
    keys = ("name", "theme", "sentence", "summary")
    if form == "json":
        return _json([dict(zip(keys, row, strict=True)) for row in rows])
    if form == "csv":
        return _csv([keys, *rows])
    lines: list[str] = []
    for theme in dict.fromkeys(each.theme for each in listed):
        lines += ["", theme] if lines else [theme]
        for each in listed:
            if each.theme == theme:
                call = " ".join([each.name, *(f"--{slot}" for slot in each.slots)])
                lines.append(f"{GAP}{call:<30}{GAP}{sentences[each.name]}")
    return "\n".join(lines) + "\n"


def answer_printed(answer: Answer, form: str, width: int, *, possibly: bool) -> str:
    """An answer in one of the forms "text", "json" and "csv"; see the functions of these names."""
    if form == "json":
        return answer_json(answer)
    if form == "csv":
        return answer_csv(answer, possibly=possibly)
    return "\n".join(answer_lines(answer, width, possibly=possibly)) + "\n"


def answer_lines(answer: Answer, width: int, *, possibly: bool) -> Iterator[str]:
    """The lines of an answer: the sentence as understood, the rows, the evidence under each.

    Args:
        answer: the answer.
        width: columns of the terminal.
        possibly: whether the possible rows are shown too.
    """
    yield plain(answer.bound.sentence)
    if answer.because:
        yield ""
        yield from textwrap.wrap(plain(answer.because), width)
    yield from _row_lines(answer, answer.rows, width)
    if answer.possible_rows and possibly:
        yield ""
        yield f"Possibly ({POSSIBLE}):"
        yield from _row_lines(answer, answer.possible_rows, width)
    elif count := len(answer.possible_rows):
        rows = "1 more row is" if count == 1 else f"{count} more rows are"
        more = "Add" if answer.because else f"{rows} possible ({POSSIBLE}): add"
        yield ""
        yield f"{more} --possibly to see what is possible."


def _row_lines(answer: Answer, rows: Sequence[Row], width: int) -> Iterator[str]:
    if not rows:
        return
    cells = [[plain(cell.text) for cell in row.cells.values()] for row in rows]
    heading, *lines = table(list(answer.columns.values()), cells, width)
    yield ""
    yield from heading
    for row, printed in zip(rows, lines, strict=True):
        yield from printed
        if row.caution:
            yield from textwrap.wrap(
                row.caution, width, initial_indent=INDENT, subsequent_indent=INDENT
            )
        for quote in row.evidence:
            yield from textwrap.wrap(
                evidence_text(quote), width, initial_indent=INDENT, subsequent_indent=INDENT + GAP
            )


def evidence_text(quote: Evidence) -> str:
    """One piece of evidence in a line: the quote, where it stands, whose claim and how sure."""
    place = quote.document_title
    if quote.number is not None:
        place += f", sentence {quote.number}"
    stance = [f"{quote.kind_label} by {quote.claimant_label}"]
    stance += (
        [quote.polarity_label]
        if quote.polarity_label and quote.denies and not quote.is_denial
        else []
    )
    stance += [quote.certainty_label] if quote.certainty_label else []
    return plain(f"“{quote.quote}” — {place} ({', '.join(stance)})")


def answer_json(answer: Answer) -> str:
    """The whole answer as a JSON text (RFC 8259)."""
    bound = answer.bound
    return _json(
        {
            "question": bound.question.name,
            "sentence": bound.sentence,
            "values": dict(bound.values),
            "sparql": bound.sparql,
            "columns": dict(answer.columns),
            "rows": [_row_json(row) for row in answer.rows],
            "possible_rows": [_row_json(row) for row in answer.possible_rows],
            "because": answer.because,
        }
    )


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "cells": {name: {"text": cell.text, "iri": cell.iri} for name, cell in row.cells.items()},
        "certain": row.certain,
        "caution": row.caution,
        "evidence": [vars(quote) for quote in row.evidence],
    }


def answer_csv(answer: Answer, *, possibly: bool) -> str:
    """The answer as CSV (RFC 4180): a line for each row and piece of evidence.

    Args:
        answer: the answer.
        possibly: whether the possible rows are written too; the column "certain" tells them apart.
    """
    shown = [*answer.rows, *(answer.possible_rows if possibly else ())]
    return _csv(
        [[*answer.columns, "certain", *_CSV], *(line for row in shown for line in _row_csv(row))]
    )


def _row_csv(row: Row) -> Iterator[Sequence[object]]:
    cells = [*(cell.text for cell in row.cells.values()), str(row.certain).lower()]
    for quote in row.evidence:
        yield [*cells, *_quote_csv(quote)]
    if not row.evidence:
        yield cells + [""] * len(_CSV)


def _quote_csv(quote: Evidence) -> list[str | int | None]:
    stance = [quote.kind_label, quote.claimant_label, quote.certainty_label, quote.polarity_label]
    return [*stance, quote.document_title, quote.number, quote.quote, quote.claim]


def solutions_lines(engine: Engine, solutions: Solutions, width: int) -> Iterator[str]:
    """The rows of a SELECT as an aligned table, things by their label and prefixed name."""
    for lines in solutions_table(engine, solutions, width):
        yield from lines


def solutions_table(engine: Engine, solutions: Solutions, width: int) -> Iterator[list[str]]:
    """The lines of that table's heading, then those of each row."""
    called = labels.labels(
        engine,
        (
            term.value
            for row in solutions.rows
            for term in row.values()
            if isinstance(term, pyoxigraph.NamedNode)
        ),
    )
    cells = [
        [term_text(row.get(name), called) for name in solutions.variables] for row in solutions.rows
    ]
    yield from table(list(solutions.variables), cells, width)


def term_text(term: Term | None, called: Mapping[str, str]) -> str:
    """A term as a table shows it: "label (prefixed:name)" for a thing, the text of a literal."""
    if isinstance(term, pyoxigraph.NamedNode):
        short = shorten(term.value)
        label = called.get(term.value, "")
        named = label and label != labels.local_name(term.value)
        return plain(f"{label} ({short})" if named else short)
    return "" if term is None else plain(term.value)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> Iterator[list[str]]:
    """The lines of the heading with its rule, then those of each row; cells wrap to the width."""
    widths = _widths([headings, *rows], width)
    ruled = _lines(headings, widths)
    yield [*ruled, GAP.join("─" * size for size in widths)]
    for row in rows:
        yield _lines(row, widths)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Each column's width: what it needs, with the widest ones cut until all fit."""
    widths = [min(width, max(1, *map(len, column))) for column in zip(*rows, strict=True)]
    room = width - len(GAP) * (len(widths) - 1)
    while widths and sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(cell, size) or [""] for cell, size in zip(cells, widths, strict=True)]
    height = max(map(len, wrapped), default=0)
    return [
        GAP.join(
            (lines[at] if at < len(lines) else "").ljust(size)
            for lines, size in zip(wrapped, widths, strict=True)
        ).rstrip()
        for at in range(height)
    ]


def syntax_lines(sparql: str, error: QuerySyntaxError) -> Iterator[str]:
    """A syntax error with the faulty line of the query and a caret under its column."""
    yield str(error)
    lines = sparql.splitlines()
    if error.line is None or not 1 <= error.line <= len(lines):
        return
    line = "".join(c if c.isprintable() else " " for c in lines[error.line - 1])
    start = max(0, (error.column or 1) - 60)
    yield f"{INDENT}{line[start : start + 100]}"
    if error.column is not None:
        yield INDENT + " " * (error.column - 1 - start) + "^"
