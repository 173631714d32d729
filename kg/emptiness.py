"""Why a query finds nothing, and which of its terms the graph does not have.

Four reasons are looked for: a name of ours that nothing has, with the nearest known ones; a text
that the graph has only with another language tag or datatype; the first part of the pattern that
matches nothing; and what comes after the pattern (HAVING, LIMIT, OFFSET).
"""

import difflib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph

from kg import labels
from kg.algebra import parser, printer
from kg.algebra.tree import (
    Either,
    Element,
    Filter,
    Graph,
    Group,
    Minus,
    Optional,
    Select,
    Triple,
    Values,
)
from kg.engines.limits import Limits
from kg.engines.results import JSON, Result, parse_boolean
from kg.engines.source import Source
from kg.engines.tokens import Token, tokens
from kg.errors import QueryError
from kg.namespaces import BASE, PREFIXES, shorten
from kg.provenance import Engine
from kg.traces import parsed

MOST_RUNS = 40
"""How many smaller queries are tried at most."""

SECONDS = 5.0
"""How long they are tried."""

_NEAREST = 3
_LONGEST = 100
_LIKENESS = 0.6
_MOST_TERMS = 50
_BATCH = 25_000
_LITERAL = re.compile(r"""^["']""")

_KNOWN = """
SELECT DISTINCT ?thing WHERE {{
  VALUES ?thing {{ {things} }}
  {{ ?thing ?p ?o }} UNION {{ ?s ?thing ?o }} UNION {{ ?s ?p ?thing }}
  UNION {{ GRAPH ?thing {{ ?s ?p ?o }} }}
}}
"""
_NAMED = """
SELECT DISTINCT ?thing ?label WHERE {{
  ?thing rdfs:label|dcterms:title ?label FILTER STRSTARTS(STR(?thing), "{base}")
}}
"""
_TEXTS = "SELECT DISTINCT ?o WHERE {{ VALUES ?o {{ {literals} }} ?s ?p ?o }}"
_LIKE = "SELECT DISTINCT ?o WHERE {{ ?s ?p ?o FILTER (ISLITERAL(?o) && LCASE(STR(?o)) = {text}) }}"


@dataclass(frozen=True)
class Unknown:
    """A term of a query that the graph does not have.

    Attributes:
        written: the term as a prefixed name, or as the literal that it is.
        nearest: known terms that may be meant, each with what it is called, the nearest first.
    """

    written: str
    nearest: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Emptiness:
    """Why a query finds nothing.

    Attributes:
        unknown: its terms that the graph does not have.
        part: the first part of the pattern that matches nothing, as SPARQL, or None.
        reason: what is the matter with that part, or another reason, as a sentence, or None.
    """

    unknown: tuple[Unknown, ...]
    part: str | None
    reason: str | None


ALONE = "Nothing in the graph matches this part, whatever the others ask."
TOGETHER = "Without this part there would be results; the others match together."
UP_TO = "The parts before this one match together, but not with it."
FILTERED = "The pattern matches, but no match passes this condition."
AFTERWARDS = "The pattern matches; HAVING, LIMIT or OFFSET leaves nothing of it."


def unknown_terms(engine: Engine, sparql: str) -> tuple[Unknown, ...]:
    """The names of this project's namespaces in a query, of any form, that nothing has.

    Raises:
        QueryError: the query cannot be read, or the engine refuses a look-up.
    """
    iris = sorted(set(_our_names(sparql, engine.limits)))[:_MOST_TERMS]
    if not iris:
        return ()
    known: set[str] = set()
    for batch in labels.batches(iris):
        known |= {row["thing"].value for row in engine.select(_KNOWN.format(things=batch)).rows}
    strange = [iri for iri in iris if iri not in known]
    if not strange:
        return ()
    names = _names(engine)
    return tuple(Unknown(shorten(iri), _nearest(iri, names)) for iri in strange)


def emptiness(
    engine: Engine,
    sparql: str,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    seconds: float = SECONDS,
) -> Emptiness:
    """Why a SELECT or ASK finds nothing, as far as it can be seen in the time and runs allowed.

    Args:
        engine: the engine that found nothing.
        sparql: the query.
        default_graphs: the dataset that was asked, as in `kg.engines`.
        named_graphs: likewise.
        seconds: for all the smaller queries together.

    Raises:
        QueryError: the query cannot be read, or the engine refuses a look-up.
    """
    unknown = unknown_terms(engine, sparql)
    try:
        select = parser.parse(sparql, engine.limits)
    except QueryError:
        return Emptiness(unknown, None, None)
    unknown += tuple(_strange_texts(engine, select.where))
    trial = _Trial(engine, select, tuple(default_graphs), tuple(named_graphs), seconds)
    part, reason = trial.first_failure()
    return Emptiness(unknown, part, reason)


def told(engine: Engine, sparql: str, result: Result) -> Iterator[str]:
    """What there is to say of a result in lines: unknown terms, and why it is empty if it is."""
    is_boolean = result.kind == "boolean" and result.format == JSON
    is_empty = not parse_boolean(result) if is_boolean else result.rows == 0
    try:
        if is_empty and result.kind != "graph":
            found = emptiness(engine, sparql)
        else:
            found = Emptiness(unknown_terms(engine, sparql), None, None)
    except QueryError:
        return
    for each in found.unknown:
        named = (f"{written} ({label})" if label else written for written, label in each.nearest)
        meant = ", or ".join(named)
        question = f": did you mean {meant}?" if meant else ""
        yield f"the graph has no {each.written}{question}"
    if found.reason:
        yield found.reason + (f"\n  {found.part}" if found.part else "")


def _our_names(sparql: str, limits: Limits) -> Iterator[str]:
    """The IRIs of our namespaces in a query, but for those that declare a prefix."""
    source = Source.read(sparql, limits.query_characters)
    prefixes = dict(PREFIXES)
    before: list[Token] = []
    for token in tokens(source):
        words = [each.text.upper() for each in before[-2:]]
        if token.kind == "iri" and words[:1] == ["PREFIX"]:
            prefixes[before[-1].text.partition(":")[0]] = token.text[1:-1]
        elif token.kind == "iri" and words[-1:] != ["BASE"]:
            yield from _ours(token.text[1:-1])
        elif token.kind == "name" and words[-1:] != ["PREFIX"]:
            prefix, _, local = token.text.partition(":")
            yield from _ours(prefixes.get(prefix, "") + local.replace("\\", ""))
        before.append(token)


def _ours(iri: str) -> Iterator[str]:
    if iri.startswith(BASE):
        yield iri


def _names(engine: Engine) -> list[tuple[str, str]]:
    """Everything of ours that has a label, with it; an IRI comes once for each label."""
    rows = engine.select(_NAMED.format(base=BASE)).rows
    return sorted((row["thing"].value, row["label"].value) for row in rows)


def _nearest(iri: str, names: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The known terms most like an unknown one, by the last part of the IRI or by the label."""
    wanted = _folded(labels.local_name(iri))
    if len(wanted) > _LONGEST:
        return ()
    matcher = difflib.SequenceMatcher(b=wanted, autojunk=False)
    likeness: dict[str, tuple[float, str]] = {}
    for thing, label in names:
        for text in (_folded(labels.local_name(thing)), _folded(label)):
            if abs(len(text) - len(wanted)) > len(wanted):
                continue
            matcher.set_seq1(text)
            ratio = matcher.ratio() if matcher.quick_ratio() >= _LIKENESS else 0.0
            ratio += 0.01 * (thing.rpartition("#")[0] == iri.rpartition("#")[0])
            if ratio >= _LIKENESS and ratio > likeness.get(thing, (0.0, ""))[0]:
                likeness[thing] = (ratio, label)
    best = sorted(likeness, key=lambda thing: (-likeness[thing][0], thing))[:_NEAREST]
    return tuple((shorten(thing), likeness[thing][1]) for thing in best)


def _folded(text: str) -> str:
    """Words in small letters without what joins them: "hasHolder" is "has holder"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[-_\s]+", " ", apart).casefold().strip()


def _strange_texts(engine: Engine, where: Group) -> Iterator[Unknown]:
    """The literals of a pattern that the graph has only in another way."""
    literals = {str(parsed(text)): None for text in _literals(where)}
    written = [text for text in literals if len(text) < _BATCH][:_MOST_TERMS]
    if not written:
        return
    rows = engine.select(_TEXTS.format(literals=" ".join(written))).rows
    known = {str(row["o"]) for row in rows}
    for text in written:
        if text in known:
            continue
        plain = str(pyoxigraph.Literal(parsed(text).value.lower()))
        found = sorted(str(row["o"]) for row in engine.select(_LIKE.format(text=plain)).rows)
        if found:
            yield Unknown(text, tuple((like, "") for like in found[:_NEAREST]))


def _literals(group: Group) -> Iterator[str]:
    """The literals that a pattern asks for: as objects, in VALUES, and compared in conditions."""
    for element in group.elements:
        match element:
            case Triple(_, _, object_) if _LITERAL.match(object_):
                yield object_
            case Values(_, rows):
                yield from (term for row in rows for term in row if _LITERAL.match(term))
            case Filter(expression):
                parts = [part if isinstance(part, str) else "" for part in expression.parts]
                yield from _compared(["", *parts, ""])
            case Optional(inner) | Minus(inner) | Graph(_, inner):
                yield from _literals(inner)
            case Either(branches):
                for branch in branches:
                    yield from _literals(branch)
            case Select(inner):
                yield from _literals(inner)
            case _:
                pass


def _compared(parts: Sequence[str]) -> Iterator[str]:
    for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
        if _LITERAL.match(part) and ((before == "=" and after != "(") or after == "="):
            yield part


class _SpentError(Exception):
    """As many smaller queries have been run as may be."""


@dataclass
class _Trial:
    """The smaller queries that show where a pattern fails."""

    engine: Engine
    select: Select
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    seconds: float
    runs: int = 0

    def first_failure(self) -> tuple[str | None, str | None]:
        """The first part that matches nothing and what is the matter, as far as there is time."""
        self._deadline = time.monotonic() + self.seconds
        try:
            parts = list(_parts(self.select.where.elements))
            if self.select.values:
                parts.append(self.select.values)
            return (None, AFTERWARDS) if self._matches(parts) else self._failure(parts)
        except (_SpentError, QueryError):
            return None, None

    def _failure(self, parts: Sequence[Element]) -> tuple[str | None, str | None]:
        """The first part that fails alone; else whose lack helps; else that fails with others."""
        conditions = [part for part in parts if isinstance(part, Filter | Minus)]
        patterns = [part for part in parts if part not in conditions]
        for part in patterns:
            if not isinstance(part, Optional) and not self._matches([part]):
                return self._inside(part)
        if patterns and self._matches(patterns):
            return self._first_condition(patterns, conditions)
        for at, part in enumerate(patterns):
            if self._matches([*patterns[:at], *patterns[at + 1 :]]):
                return _written(part), TOGETHER
        for at, part in enumerate(patterns):
            if not self._matches(patterns[: at + 1]):
                return _written(part), UP_TO
        return None, None

    def _inside(self, part: Element) -> tuple[str | None, str | None]:
        """The part that fails within one that matches nothing, when that is a group."""
        match part:
            case (
                Either((group,)) | Select(where=group, keys=(), having=(), limit=None, offset=None)
            ):
                inner, reason = self._failure([*_parts(group.elements)])
                return (inner, reason) if inner else (_written(part), ALONE)
            case _:
                return _written(part), ALONE

    def _first_condition(
        self, patterns: Sequence[Element], conditions: Sequence[Element]
    ) -> tuple[str | None, str | None]:
        for at, condition in enumerate(conditions):
            if not self._matches([*patterns, *conditions[: at + 1]]):
                return _written(condition), FILTERED
        return None, None

    def _matches(self, parts: Sequence[Element]) -> bool:
        self.runs += 1
        if self.runs > MOST_RUNS or time.monotonic() > self._deadline:
            raise _SpentError
        where = Group(tuple(parts))
        asked = Select(where, (), "ASK", self.select.dataset)
        result = self.engine.query(
            printer.query(asked),
            default_graphs=self.default_graphs,
            named_graphs=self.named_graphs,
        )
        return parse_boolean(result)


def _parts(elements: Iterable[Element]) -> Iterator[Element]:
    """The parts of a group, those of a mere pair of braces one by one."""
    for element in elements:
        if isinstance(element, Either) and len(element.branches) == 1:
            inner = element.branches[0]
            if all(isinstance(each, Triple) for each in inner.elements):
                yield from inner.elements
                continue
        yield element


def _written(part: Element) -> str:
    """A part as SPARQL with prefixed names."""
    return re.sub(r"<[^<>\s]+>", lambda found: shorten(found[0][1:-1]), printer.element(part))
