"""Our questions, and the benchmark's shapes, are written in the order that the engine likes.

The engine mostly takes triple patterns as they are written. On a generated corpus every query is
run as it is and with each run of patterns reversed; those that look for words, with words and
without. Nothing is held against a clock, only the two against each other.
"""

import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pyoxigraph
import pytest

from kg.algebra import parser, printer, tree
from kg.bench import corpus, mixes
from kg.bench.load import JSON
from kg.engines.local import LocalEngine
from kg.questions import load_questions

DOCUMENTS = 120
MARGIN = 2.0
"""How many times the reversed time a question may take."""

NOISE = 0.0005
"""Seconds that say nothing."""

COMPILING = 0.01
"""Seconds that the patterns of words may take once in a query, however large the graph is."""

QUESTIONS = load_questions()
QUERIES = {query.title: query.text for query in mixes.load() if query.media_type == JSON}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    path = tmp_path_factory.mktemp("corpus") / "corpus.nq"
    assert corpus.write(path, DOCUMENTS) > 25_000
    store = pyoxigraph.Store()
    store.bulk_load(path=str(path))
    return LocalEngine(store)


def reversed_runs(part: Any) -> Any:
    """A part of a query with every run of triple patterns in it turned round."""
    if isinstance(part, tree.Group):
        return tree.Group(tuple(_turned(part.elements)))
    if isinstance(part, tuple):
        return tuple(map(reversed_runs, part))
    if is_dataclass(part) and not isinstance(part, type):
        named = {each.name: reversed_runs(getattr(part, each.name)) for each in fields(part)}
        return replace(part, **named)
    return part


def _turned(elements: tuple[tree.Element, ...]) -> Iterator[tree.Element]:
    run: list[tree.Element] = []
    for element in elements:
        if isinstance(element, tree.Triple):
            run.append(element)
            continue
        yield from reversed(run)
        run.clear()
        yield reversed_runs(element)
    yield from reversed(run)


def both_ways(query: str) -> tuple[str, str]:
    """The query in one spelling, as it is ordered and reversed."""
    parsed = parser.parse(query)
    return printer.query(parsed), printer.query(reversed_runs(parsed))


def seconds(engine: LocalEngine, rounds: int, *queries: str) -> list[float]:
    """The shortest of so many times of each, taken by turns."""
    best = [float("inf")] * len(queries)
    for _ in range(rounds):
        for place, query in enumerate(queries):
            began = time.perf_counter()
            engine.query(query)
            best[place] = min(best[place], time.perf_counter() - began)
    return best


def is_worse(engine: LocalEngine, written: str, turned: str, noise: float = NOISE) -> bool:
    """Whether a query is slower than another by far, each time it is measured."""
    for rounds in (3, 6, 12):
        ours, theirs = seconds(engine, rounds, written, turned)
        if ours <= MARGIN * theirs + noise:
            return False
    return True


def test_no_query_is_better_reversed(large: LocalEngine) -> None:
    pairs = {name: both_ways(query) for name, query in QUERIES.items()}
    assert set(pairs) > set(QUESTIONS)
    assert sum(written != turned for written, turned in pairs.values()) > 30
    assert [name for name, pair in pairs.items() if is_worse(large, *pair)] == []


def test_reversing_keeps_the_answers(large: LocalEngine) -> None:
    for name in QUESTIONS:
        written, turned = (large.select(query).rows for query in both_ways(QUERIES[name]))
        assert sorted(map(str, written)) == sorted(map(str, turned)), name


@pytest.mark.parametrize(
    ("name", "slot", "others"),
    [
        ("says", "object", {"subject": "any"}),
        ("says", "subject", {}),
        ("says-when", "object", {"subject": "any"}),
        ("says-why", "object", {"subject": "any"}),
        ("statements", "terms", {}),
        ("sentences", "terms", {}),
    ],
)
def test_looking_for_words_and_things_costs_little_beside_reading_all(
    large: LocalEngine, name: str, slot: str, others: dict[str, str]
) -> None:
    everything = QUESTIONS[name].bind(large, {**others, slot: "any"}).sparql
    for term in ("cooperation", "engagement, nuclear", "South Korea"):
        looking = QUESTIONS[name].bind(large, {**others, slot: term}).sparql
        assert looking != everything
        assert not is_worse(large, looking, everything, COMPILING), term


def test_a_bad_order_shows(large: LocalEngine) -> None:
    written, turned = both_ways(QUERIES["contested"])
    theirs, ours = seconds(large, 12, turned, written)
    assert theirs > MARGIN * ours + NOISE
    assert not is_worse(large, written, turned)
