"""Answers: the rows that a question finds, each with the sentences that say so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph

from kg import labels
from kg.evidence import Evidence, evidence
from kg.labels import Engine
from kg.periods import ANY_TIME
from kg.questions import BoundQuestion

Term = pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode

DENIED = "Denied: the text says that this is not so."
REPORTED = "Reported: the text says that somebody claims or demands this, not that it is so."
IMPLIED = "Implied: the encoder reads this out of what a sentence says; no sentence states it."
INDIRECT = "Only denied, reported or implied: no sentence states it."
_CAUTIONS = {
    (True, False, False): DENIED,
    (False, True, False): REPORTED,
    (False, False, True): IMPLIED,
}

POSSIBLE = "the text implies it, or leaves the time open"
"""What makes a row possible and not certain."""

SHOWN_AT_ANY_TIME = 5
"""How many rows the reason for an empty answer names."""


@dataclass(frozen=True)
class Cell:
    """One value of a row.

    Attributes:
        term: the RDF term, or None for an empty cell.
        text: what a reader sees: a label, or the literal's text.
        iri: the thing's IRI, or None for a literal.
    """

    term: Term | None
    text: str
    iri: str | None


@dataclass(frozen=True)
class Row:
    """One row of an answer.

    Attributes:
        cells: a cell for each column, by variable.
        evidence: what says so, in text order.
        certain: whether the sources vouch for the row within the period asked about.
        caution: a sentence of warning where no claim asserts the row, else None.
    """

    cells: Mapping[str, Cell]
    evidence: Sequence[Evidence]
    certain: bool
    caution: str | None


@dataclass(frozen=True)
class Answer:
    """What a question finds.

    Attributes:
        bound: the question with its values.
        columns: heading of each variable that is shown.
        rows: the rows that are certain.
        possible_rows: the rows that the sources allow but do not vouch for in the period.
        because: why there are no certain rows, or None when there are some.
    """

    bound: BoundQuestion
    columns: Mapping[str, str]
    rows: Sequence[Row]
    possible_rows: Sequence[Row]
    because: str | None


@dataclass
class _Found:
    """A row's claims by whether they are certain."""

    terms: Mapping[str, Term | None]
    certain: bool = False
    claims: dict[bool, list[str]] = field(default_factory=lambda: {True: [], False: []})


def answer(engine: Engine, bound: BoundQuestion) -> Answer:
    """Ask a question.

    Rows that are equal in the shown columns are one row with the claims of all. A row is certain
    when one of its claims is; its evidence is then that of the certain ones.

    Raises:
        QueryError: the engine gave no result.
    """
    rows = _rows(engine, bound)
    certain = [row for row in rows if row.certain]
    possible = [row for row in rows if not row.certain]
    because = None if certain else _because(engine, bound, possible)
    return Answer(bound, bound.question.columns, certain, possible, because)


def _rows(engine: Engine, bound: BoundQuestion) -> list[Row]:
    found = _group(engine, bound)
    proof = evidence(engine, (claim for each in found for claim in each.claims[each.certain]))
    iris = {
        term.value
        for each in found
        for term in each.terms.values()
        if isinstance(term, pyoxigraph.NamedNode)
    }
    called = labels.labels(engine, iris)
    rows = []
    for each in found:
        cells = {name: _cell(term, called) for name, term in each.terms.items()}
        quotes = [quote for claim in each.claims[each.certain] for quote in proof[claim]]
        quotes.sort(key=lambda quote: (quote.document, quote.start))
        warning = caution(quotes) if bound.question.cautions else None
        rows.append(Row(cells, quotes, each.certain, warning))
    return rows


def _group(engine: Engine, bound: BoundQuestion) -> list[_Found]:
    solutions = engine.select(bound.sparql)
    dated = "certain" in solutions.variables
    found: dict[tuple[str, ...], _Found] = {}
    for solution in solutions.rows:
        terms = {name: solution.get(name) for name in bound.question.columns}
        each = found.setdefault(tuple(map(str, terms.values())), _Found(terms))
        certain = not dated or _is_true(solution.get("certain"))
        each.certain = each.certain or certain
        claim = solution.get("claim")
        if isinstance(claim, pyoxigraph.NamedNode) and claim.value not in each.claims[certain]:
            each.claims[certain].append(claim.value)
    return list(found.values())


def _is_true(term: Term | None) -> bool:
    return isinstance(term, pyoxigraph.Literal) and term.value in ("true", "1")


def _cell(term: Term | None, called: Mapping[str, str]) -> Cell:
    if isinstance(term, pyoxigraph.NamedNode):
        return Cell(term, called[term.value], term.value)
    return Cell(term, "" if term is None else term.value, None)


def caution(quotes: Sequence[Evidence]) -> str | None:
    """A sentence of warning where no quote simply asserts what it is shown for, else None."""
    if not quotes or any(not (q.denies or q.reports or q.infers) for q in quotes):
        return None
    ways = {(q.denies, q.reports, q.infers) for q in quotes}
    return _CAUTIONS.get(ways.pop(), INDIRECT) if len(ways) == 1 else INDIRECT


def _because(engine: Engine, bound: BoundQuestion, possible: Sequence[Row]) -> str:
    reasons = [bound.empty]
    if possible:
        rows = "row is" if len(possible) == 1 else "rows are"
        reasons.append(f"{len(possible)} {rows} possible: {POSSIBLE}.")
    period, slot = bound.period, bound.question.period_slot
    if period and slot and not period.is_open:
        whenever = bound.question.bind(engine, {**bound.values, slot.name: ANY_TIME.words})
        reasons.append(_at_any_time([row for row in _rows(engine, whenever) if row.certain]))
    return " ".join(reasons)


def _at_any_time(rows: Sequence[Row]) -> str:
    if not rows:
        return "Nor does the graph say so of any other time."
    named = "; ".join(_in_a_line(row) for row in rows[:SHOWN_AT_ANY_TIME])
    more = f"; and {len(rows) - SHOWN_AT_ANY_TIME} more" if len(rows) > SHOWN_AT_ANY_TIME else ""
    return f"At any time the answer is: {named}{more}."


def _in_a_line(row: Row) -> str:
    cells = ", ".join(cell.text for cell in row.cells.values() if cell.text)
    return f"{cells} ({_times(row.evidence)})"


def _times(quotes: Iterable[Evidence]) -> str:
    times = (f"“{q.time}”" if q.time else q.time_label for q in quotes)
    return ", ".join(dict.fromkeys(filter(None, times))) or "no time said"
