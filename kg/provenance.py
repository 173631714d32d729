"""The sentences behind each row of any SELECT, and how far they carry it.

A row's triples (`kg.traces`) lead to claims: a triple of a claim to that claim; one of a claim's
content or time to the claims that have it, or to the one that the query names; a derived triple to
the claims its annotation names (``:isDerivedFrom``); one of a part of a content to the claims of
the whole. Claims lead to sentences (`kg.evidence`). A denial never supports what it denies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import pyoxigraph

from kg import answers, labels
from kg.engines.results import Solutions, Term
from kg.errors import EngineBusyError, EngineDiedError, QueryError, UnreadableQueryError
from kg.evidence import Evidence, evidence
from kg.namespaces import PREFIXES, SP
from kg.traces import Engine as TraceEngine
from kg.traces import Fact, Trace, trace

PAGE = 25
"""For how many rows a page works the sentences out."""

MOST_QUOTES = 12
"""How many sentences one row shows."""

COMPLETE = "Complete: what is quoted here carries the whole row."
PART = "Part of another statement: no sentence says this by itself."
ABSENT = "It also rests on what the graph does not hold."
NOT_DONE = "Not worked out"
UNREAD = "Not available for this syntax"

_LABELS = frozenset(
    (f"{PREFIXES['rdfs']}label", f"{PREFIXES['skos']}altLabel", f"{PREFIXES['skos']}prefLabel")
)
_SHOWS_SENSE = frozenset((f"{PREFIXES['rdf']}type", f"{SP}hasPolarity"))
_MOST_OUTWARD = 3
_BATCH = 25_000

_CLAIMS = """
SELECT ?thing ?claim ?role WHERE {{
  VALUES ?thing {{ {things} }}
  {{ ?thing :hasContent ?any BIND (?thing AS ?claim) BIND ("claim" AS ?role) }}
  UNION {{ ?claim :hasContent ?thing BIND ("content" AS ?role) }}
  UNION {{ ?claim :holdsDuring|:isMadeDuring ?thing BIND ("time" AS ?role) }}
  UNION {{ ?claim :holdsIf|:holdsUnless ?thing BIND ("part" AS ?role) }}
}}
"""
_WHOLES = """
SELECT DISTINCT ?thing ?whole WHERE {{
  VALUES ?thing {{ {things} }}
  ?whole ?relation ?thing . ?thing a :Proposition . ?whole a :Proposition .
}}
"""
_ORIGINS = """
SELECT ?s ?p ?o ?claim WHERE {{
  VALUES (?s ?p ?o) {{ {triples} }}
  ?axiom owl:annotatedSource ?s ; owl:annotatedProperty ?p ; owl:annotatedTarget ?o ;
    :isDerivedFrom ?claim .
}}
"""
_GRAPHS = """
SELECT ?s ?p ?o ?graph ?title WHERE {{
  VALUES (?s ?p ?o) {{ {triples} }}
  GRAPH ?graph {{ ?s ?p ?o }}
  OPTIONAL {{ ?graph dcterms:title ?title }}
}}
"""


class Engine(TraceEngine, Protocol):
    """What answers queries and gives their rows."""

    def select(self, sparql: str) -> Solutions:
        """The rows of a SELECT."""


class Verdict(Enum):
    """How far the sentences of a row carry it."""

    COMPLETE = "complete"
    SOME = "some"
    ABSENCE = "absence"
    NONE = "none"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Provenance:
    """What stands behind one row.

    Attributes:
        verdict: how far the quotes carry it.
        words: the verdict in words.
        caution: a warning where no sentence simply says so, else None.
        quotes: the sentences that support the row, in text order.
        against: the sentences that deny what the row tells, likewise.
    """

    verdict: Verdict
    words: str
    caution: str | None = None
    quotes: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()


def provenance(
    engine: Engine,
    sparql: str,
    rows: Sequence[Mapping[str, Term]],
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> list[Provenance]:
    """What stands behind each of some rows of a SELECT query.

    Args:
        engine: answers the queries; it has the store that gave the rows.
        sparql: the query that gave them.
        rows: terms by variable, without the question mark.
        default_graphs: the dataset that was asked, as in `kg.engines`.
        named_graphs: likewise.

    Raises:
        EngineBusyError, EngineDiedError: the engine cannot answer now.
        SeedError: a text cannot be read, or is not the one its sentences were cut from.
    """
    try:
        traces = trace(
            engine, sparql, rows, default_graphs=default_graphs, named_graphs=named_graphs
        )
        found = _Claims.of(engine, (fact for each in traces for fact in each.facts))
        proof = evidence(engine, found.all())
    except (EngineBusyError, EngineDiedError):
        raise
    except QueryError as error:
        what = UNREAD if isinstance(error, UnreadableQueryError) else NOT_DONE
        reason = Provenance(Verdict.UNAVAILABLE, f"{what}: {error}.")
        return [reason] * len(rows)
    return [_behind(each, row, found, proof) for each, row in zip(traces, rows, strict=True)]


def _behind(
    traced: Trace,
    row: Mapping[str, Term],
    found: "_Claims",
    proof: Mapping[str, Sequence[Evidence]],
) -> Provenance:
    if traced.failure:
        return Provenance(Verdict.UNAVAILABLE, f"{NOT_DONE}: {traced.failure}.")
    picked = found.pick(traced.facts, row)
    quotes = _in_text_order(proof, picked.claims)
    against: list[Evidence] = []
    if not picked.is_about_claims:
        against = [quote for quote in quotes if quote.denies]
        quotes = [quote for quote in quotes if not quote.denies]
    caution = None if picked.shows_sense else answers.caution(quotes or against)
    if quotes and picked.is_only_part:
        caution = " ".join(filter(None, (PART, caution)))
    return Provenance(
        _verdict(traced, quotes),
        _words(traced, len(quotes), picked.unsaid),
        caution,
        tuple(quotes[:MOST_QUOTES]),
        tuple(against[:MOST_QUOTES]),
    )


def _in_text_order(
    proof: Mapping[str, Sequence[Evidence]], claims: Iterable[str]
) -> list[Evidence]:
    quotes = [quote for claim in claims for quote in proof.get(claim, ())]
    return sorted(quotes, key=lambda quote: (quote.document, quote.start, quote.claim))


def _verdict(traced: Trace, quotes: Sequence[Evidence]) -> Verdict:
    if not quotes:
        return Verdict.NONE
    if not traced.is_whole or len(quotes) > MOST_QUOTES:
        return Verdict.SOME
    return Verdict.ABSENCE if traced.rests_on_absence else Verdict.COMPLETE


def _words(traced: Trace, quotes: int, unsaid: Sequence[str]) -> str:
    said = []
    if not quotes:
        said.append("No sentence.")
    elif quotes > MOST_QUOTES:
        said.append(f"Some: {MOST_QUOTES} of {quotes} statements.")
    elif traced.shown < traced.total:
        said.append(f"Some: from {traced.shown} of the {traced.total} ways in which it holds.")
    elif not traced.is_whole:
        said.append("Some: one shortest of several paths.")
    else:
        said.append(COMPLETE)
    if traced.rests_on_absence:
        said.append(ABSENT)
    if unsaid:
        said.append(f"Without a sentence, from: {', '.join(unsaid)}.")
    return " ".join(said)


@dataclass(frozen=True)
class _Picked:
    """The claims of one row.

    `is_about_claims` tells that the row shows a claim, or the query asked for its kind or polarity,
    so that a denial is what it tells of; `shows_sense` that the query did, so that no warning is
    due.
    """

    claims: Sequence[str]
    is_about_claims: bool
    shows_sense: bool
    is_only_part: bool
    unsaid: Sequence[str]


_Links = dict[str, set[str]]


def _links() -> _Links:
    return defaultdict(set)


@dataclass
class _Claims:
    """The claims that triples lead to, looked up for many triples at once."""

    claims: set[str] = field(default_factory=set)
    contents: _Links = field(default_factory=_links)
    times: _Links = field(default_factory=_links)
    parts: _Links = field(default_factory=_links)
    origins: dict[Fact, set[str]] = field(default_factory=dict)
    unsaid: dict[Fact, str] = field(default_factory=dict)

    @classmethod
    def of(cls, engine: Engine, facts: Iterable[Fact]) -> "_Claims":
        found = cls()
        wanted = {_anywhere(fact): None for fact in facts}
        things = {
            term.value
            for fact in wanted
            for term in (fact.subject, fact.object)
            if isinstance(term, pyoxigraph.NamedNode)
        }
        found._read_claims(engine, things)
        found._read_wholes(engine, things)
        for row in _of_triples(engine, _ORIGINS, wanted):
            found.origins.setdefault(_fact(row), set()).add(row["claim"].value)
        left = [fact for fact in wanted if not found._claims(fact, frozenset())[0]]
        for fact in left:
            found.unsaid[fact] = "parts without a name"
        for row in _of_triples(engine, _GRAPHS, left):
            found.unsaid[_fact(row)] = _source(row)
        return found

    def _read_claims(self, engine: Engine, things: Iterable[str]) -> None:
        links = {"content": self.contents, "time": self.times, "part": self.parts}
        for terms in labels.batches(sorted(things)):
            for row in engine.select(_CLAIMS.format(things=terms)).rows:
                thing, claim, role = (row[name].value for name in ("thing", "claim", "role"))
                if role == "claim":
                    self.claims.add(claim)
                else:
                    links[role][thing].add(claim)

    def _read_wholes(self, engine: Engine, things: Iterable[str]) -> None:
        """Follow contents that no claim has outward, to the contents that they are a part of."""
        origin = {thing: {thing} for thing in things if thing not in self.contents}
        for _ in range(_MOST_OUTWARD):
            wholes: _Links = _links()
            for terms in labels.batches(sorted(origin)):
                for row in engine.select(_WHOLES.format(things=terms)).rows:
                    wholes[row["whole"].value] |= origin[row["thing"].value]
            inner = _Claims()
            inner._read_claims(engine, wholes)
            for whole, claims in inner.contents.items():
                for thing in wholes[whole]:
                    self.parts[thing] |= claims
            origin = {whole: of for whole, of in wholes.items() if whole not in inner.contents}

    def all(self) -> set[str]:
        """Every claim that any of the triples leads to."""
        links = (*self.contents.values(), *self.times.values(), *self.parts.values())
        return self.claims.union(*links, *self.origins.values())

    def pick(self, facts: Sequence[Fact], row: Mapping[str, Term]) -> _Picked:
        """The claims of one row's triples."""
        named = frozenset(
            term.value
            for fact in facts
            for term in (fact.subject, fact.object)
            if isinstance(term, pyoxigraph.NamedNode) and term.value in self.claims
        )
        picked: dict[str, bool] = {}
        unsaid: dict[str, None] = {}
        for fact in map(_anywhere, facts):
            claims, is_part = self._claims(fact, named)
            for claim in sorted(claims):
                picked[claim] = picked.get(claim, True) and is_part
            if not claims and fact in self.unsaid:
                unsaid[self.unsaid[fact]] = None
        shows_sense = any(
            fact.subject.value in named and fact.property.value in _SHOWS_SENSE for fact in facts
        )
        return _Picked(
            list(picked),
            is_about_claims=shows_sense or any(term.value in self.claims for term in row.values()),
            shows_sense=shows_sense,
            is_only_part=all(picked.values()),
            unsaid=list(unsaid),
        )

    def _claims(self, fact: Fact, named: frozenset[str]) -> tuple[set[str], bool]:
        """The claims of a triple, and whether it only is a part of what they say."""
        subject = fact.subject.value
        if subject in self.claims:
            return {subject}, False
        if fact in self.origins:
            return self.origins[fact], False
        for links in (self.contents, self.times):
            if subject in links:
                return links[subject] & named or links[subject], False
        if subject in self.parts:
            return self.parts[subject] & named or self.parts[subject], True
        if fact.object.value in self.claims:
            return {fact.object.value}, False
        return set(), False


def _source(row: Mapping[str, Term]) -> str:
    """What a triple without a sentence belongs to: labels, or the file that holds it."""
    if row["p"].value in _LABELS:
        return "labels"
    title = row.get("title")
    return title.value if title else "what follows from the ontology"


def _anywhere(fact: Fact) -> Fact:
    return Fact(fact.subject, fact.property, fact.object)


def _fact(row: Mapping[str, Term]) -> Fact:
    return Fact(row["s"], row["p"], row["o"])


def _of_triples(engine: Engine, query: str, facts: Iterable[Fact]) -> Iterator[Mapping[str, Term]]:
    """The rows of a query about many triples; a blank node, which it cannot name, has none."""
    written = [
        f"({fact.subject} {fact.property} {fact.object})"
        for fact in facts
        if not any(isinstance(term, pyoxigraph.BlankNode) for term in (fact.subject, fact.object))
    ]
    while written:
        taken, length = 0, 0
        while taken < len(written) and (not taken or length + len(written[taken]) < _BATCH):
            length += len(written[taken]) + 1
            taken += 1
        yield from engine.select(query.format(triples=" ".join(written[:taken]))).rows
        written = written[taken:]
