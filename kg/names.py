"""What things are called, and which slots take them: the part of the vocabulary that is data."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kg import slots, words
from kg.engines.results import Solutions
from kg.labels import Engine, labels
from kg.lexicon import Key, Lexicon

_NAMES = """
SELECT DISTINCT ?thing ?name WHERE {
  ?thing a :Entity .
  { ?thing rdfs:label ?name } UNION { ?thing skos:altLabel ?name }
}
"""
_YEARS = """
SELECT DISTINCT ?event ?first ?last WHERE {
  VALUES ?stance { :GroundingClaim :InferredClaim }
  ?occurrence :hasEvent ?event .
  ?claim :hasContent ?occurrence ; :holdsDuring ?time ; a ?stance ;
    :hasPolarity :Affirmed ; :hasForce :Assertive .
  ?time :earliestStartYear ?first ; :latestStartYear ?first .
  OPTIONAL { ?time :earliestEndYear ?last ; :latestEndYear ?last }
}
"""
_NOWS = """
SELECT DISTINCT ?first ?last WHERE {
  ?document :hasNow/:earliestStartYear ?first ; :hasNow/:latestEndYear ?last
}
"""


@dataclass(frozen=True)
class Names:
    """The names of one graph.

    Attributes:
        things: the IRIs that each name stands for.
        options: for each type of slot, the value by which it takes an IRI.
        labels: the label of each IRI that has a name.
        starts: the year in which an event began, where the text gives one and only one.
        years: the year in which an event began and ended, likewise.
        now: first and last year of the texts' present, or None where they differ or have none.
    """

    things: Mapping[Key, frozenset[str]]
    options: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]
    starts: Mapping[str, int]
    years: Mapping[str, int]
    now: tuple[int, int] | None

    @cached_property
    def longest(self) -> int:
        """The words of the longest name."""
        return max(map(len, self.things), default=0)


def load(engine: Engine, lexicon: Lexicon) -> Names:
    """The names of the graph that an engine answers from, and those that the lexicon adds."""
    things: defaultdict[Key, set[str]] = defaultdict(set)
    for key, iris in lexicon.denoted.items():
        things[key] |= iris
    for row in engine.select(_NAMES).rows:
        things[words.key(row["name"].value, lexicon.spelling)].add(row["thing"].value)
    options: dict[str, dict[str, str]] = {}
    for kind in sorted(slots.types() - {slots.PERIOD}):
        offered = slots.options(engine, slots.Slot(kind, kind, kind, slots.ANY, slots.ANY))
        options[kind] = {option.iri: option.value for option in offered}
        for option in offered:
            things[words.key(option.label, lexicon.spelling)].add(option.iri)
    things.pop((), None)
    named = {key: frozenset(iris) for key, iris in things.items()}
    known = labels(engine, {iri for iris in named.values() for iri in iris})
    dated = engine.select(_YEARS)
    starts, years = _only(dated, "first"), _only(dated, "last")
    years = {event: year for event, year in years.items() if starts.get(event) == year}
    return Names(named, options, known, starts, years, _now(engine))


def _only(dated: Solutions, variable: str) -> dict[str, int]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in dated.rows:
        if value := row.get(variable):
            found[row["event"].value].add(int(value.value))
    return {event: next(iter(years)) for event, years in found.items() if len(years) == 1}


def _now(engine: Engine) -> tuple[int, int] | None:
    rows = engine.select(_NOWS).rows
    found = {(int(row["first"].value), int(row["last"].value)) for row in rows}
    return found.pop() if len(found) == 1 else None
