"""Which way a query goes in the pool: its slice of processor time, and its place among the long."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.engines import pool as pools
from kg.engines.askers import ANYBODY
from kg.engines.guard import check
from kg.engines.limits import Limits
from kg.engines.pool import Pool
from kg.engines.queries import Order, prepare
from kg.engines.waits import run
from kg.errors import EngineBusyError, QueryTimeoutError
from kg.namespaces import SP

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SHAPE = check(COUNT, Limits()).shape
LIMITS = Limits(seconds=0.4, wait_seconds=0.05, workers=1, long_queries=1, memory_bytes=128 * 2**20)
LONG = 9.0


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("routing") / "store"
    store = Store(str(path))
    graph, says = NamedNode("urn:graph"), NamedNode(SP + "says")
    store.extend(Quad(NamedNode(f"{SP}{n}"), says, Literal(n), graph) for n in range(500))
    store.flush()
    return path


@pytest.fixture
def pool(path: Path) -> Iterator[Pool]:
    with Pool(path, LIMITS) as pool:
        yield pool


def count(pool: Pool) -> int:
    [row] = pool.select(COUNT).rows
    return int(row["n"].value)


def idle(pool: Pool) -> list[int]:
    return [worker.pid for worker in pool._idle]


def test_what_ends_within_its_slice_is_not_long_and_leaves_its_worker(pool: Pool) -> None:
    before = idle(pool)
    assert [count(pool) for _ in range(5)] == [500] * 5
    assert pool.status().long == 0
    assert idle(pool) == before


def test_the_cost_of_a_query_is_its_processor_time(pool: Pool) -> None:
    began = time.monotonic()
    assert count(pool) == 500
    assert 0 < pool._costs.expected(SHAPE) < time.monotonic() - began
    with pytest.raises(QueryTimeoutError):
        pool.query(ENDLESS)
    assert pool._costs.expected(check(ENDLESS, Limits()).shape) == LIMITS.seconds


def test_what_was_long_goes_among_the_long_at_once_and_uses_its_worker_up(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    priorities = []
    begin = pools._Running.begin

    async def begun(running: Any) -> bool:
        priorities.append(os.getpriority(os.PRIO_PROCESS, running._worker.pid))
        return await begin(running)

    monkeypatch.setattr(pools._Running, "begin", begun)
    [used] = idle(pool)
    pool._costs.note(SHAPE, LONG)
    assert count(pool) == 500
    assert priorities == [19]
    assert pool.status().long == 1
    assert used not in idle(pool)
    # It was light after all, and so is the next.
    assert count(pool) == 500
    assert [each == 19 for each in priorities] == [True, False]
    assert pool.status().long == 1


def test_what_was_long_but_is_light_needs_no_place_while_nobody_waits(pool: Pool) -> None:
    for _ in range(3):
        pool._costs.note(SHAPE, LONG)
    assert pool._places.take()
    try:
        assert count(pool) == 500
    finally:
        pool._places.release()
    assert pool.status().long == 0


def test_what_was_long_stays_out_of_the_way_of_those_who_wait(pool: Pool) -> None:
    pool._costs.note(SHAPE, LONG)
    assert pool._places.take()
    assert pool._quick.take()
    ticket = pool._quick.ask(0, lambda: None)
    assert ticket
    try:
        with pytest.raises(EngineBusyError, match="long queries"):
            count(pool)
        assert pool.status().queries == 0
        # One light query of this shape, and others are held for light again: they wait for a turn.
        pool._costs.note(SHAPE, 0.001)
        with pytest.raises(EngineBusyError, match="too many queries"):
            count(pool)
    finally:
        pool._quick.withdraw(ticket)
        pool._quick.release()
        pool._places.release()
    assert count(pool) == 500


def test_those_who_wait_make_slices_short(pool: Pool) -> None:
    whole, short = LIMITS.slice_seconds, pools._CROWDED_SLICE
    assert pool._slice(0, is_last=False) == whole
    assert pool._slice(0.2, is_last=True) == whole + 0.2
    assert pool._slice(LONG, is_last=True) == short
    assert pool._quick.take()
    ticket = pool._quick.ask(0, lambda: None)
    assert ticket
    assert pool._slice(0, is_last=False) == short
    assert pool._slice(0.2, is_last=True) == whole + 0.2
    assert pool._slice(LONG, is_last=True) == short
    pool._quick.withdraw(ticket)
    pool._quick.release()


def test_a_query_over_its_slice_goes_on_where_it_is_if_there_is_a_place(pool: Pool) -> None:
    with pytest.raises(QueryTimeoutError):
        pool.query(ENDLESS)
    status = pool.status()
    assert (status.queries, status.long, status.killed) == (1, 1, 1)


def test_a_query_over_its_slice_is_stopped_when_there_is_no_place(pool: Pool) -> None:
    assert pool._places.take()
    [used] = idle(pool)
    with pytest.raises(EngineBusyError, match="long queries"):
        pool.query(ENDLESS)
    assert pool.status().long == 0
    assert used not in idle(pool)
    assert count(pool) == 500
    pool._places.release()


@dataclass
class Clock:
    """A time that passes only while somebody waits, and a worker that gets a share of it.

    Attributes:
        share: which part of the processors' time the worker has; None where it is not told.
        answer: when its answer comes.
    """

    share: float | None
    answer: float = float("inf")
    now: float = 100.0
    began: float = 100.0
    waits: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    async def until_readable(self, connection: object, seconds: float) -> bool:
        assert connection is None
        assert seconds > 0
        self.waits.append(seconds)
        self.now = min(self.now + seconds, max(self.now, self.began + self.answer))
        return self.has_come()

    def has_come(self) -> bool:
        return self.now >= self.began + self.answer

    def effort(self) -> float | None:
        return None if self.share is None else 7 + self.share * (self.now - self.began)


def answers_within(seconds: float, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> bool:
    limits = replace(LIMITS, seconds=10)
    monkeypatch.setattr(pools, "time", clock)
    query = prepare(check(COUNT, limits), Order(COUNT), frozenset())
    stub: Any = SimpleNamespace(limits=limits, connection=None, effort=clock.effort)
    waits: Any = clock
    running = pools._Running(stub, stub, query, ANYBODY, waits)
    running._answer = waits
    return run(running.answers_within(seconds))


@pytest.mark.parametrize(
    ("share", "elapsed"),
    [(1.0, 0.25), (0.8, 0.3125), (0.5, 0.5), (0.1, 0.5), (0.0, 0.5), (None, 0.25)],
)
def test_a_slice_is_processor_time_and_has_an_end(
    monkeypatch: pytest.MonkeyPatch, share: float | None, elapsed: float
) -> None:
    clock = Clock(share)
    assert not answers_within(0.25, clock, monkeypatch)
    assert clock.now - clock.began == pytest.approx(elapsed, abs=2 * pools._TICK)
    assert len(clock.waits) < 20


def test_an_answer_that_comes_in_a_slice_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(share=0.5, answer=0.4)
    assert answers_within(0.25, clock, monkeypatch)
    assert clock.now - clock.began == pytest.approx(0.4)


def test_no_slice_is_longer_than_the_time_of_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(share=0.0)
    assert not answers_within(30, clock, monkeypatch)
    assert clock.now - clock.began == pytest.approx(10)
