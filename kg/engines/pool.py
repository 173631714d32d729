"""The engine that serves strangers: every query in a worker process that can be killed."""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.engines.askers import Asker
from kg.engines.costs import Costs
from kg.engines.engine import Engine
from kg.engines.guard import Guard
from kg.engines.limits import Limits
from kg.engines.queries import Order, Query, in_sent_text, prepare
from kg.engines.results import Result
from kg.engines.snapshots import Snapshot
from kg.engines.turns import Turns
from kg.engines.vigil import Vigil
from kg.engines.waits import InThread, Waits, run
from kg.engines.wire import WireError
from kg.engines.worker import Worker
from kg.engines.zygote import OUT_OF_MEMORY, Zygote
from kg.errors import (
    EngineBusyError,
    EngineDiedError,
    MissingStoreError,
    QueryCancelledError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)
from kg.namespaces import PREFIXES


@dataclass(frozen=True)
class Status:
    """How a pool is doing.

    Attributes:
        workers: worker processes there are: at most `Limits.workers` and, beside them,
            `Limits.long_queries`.
        busy: workers that have a query.
        queries: queries that reached a worker since the pool was opened.
        killed: workers killed because their time was over.
        cancelled: queries stopped because whoever asked had gone.
        died: workers that ended by themselves, for want of memory or otherwise.
        long: queries that went on beyond their slice.
        sandboxed: whether the kernel denies the workers sockets, programs and files.
        in_memory: whether the workers have the store in memory, else read it from disk.
    """

    workers: int
    busy: int
    queries: int
    killed: int
    cancelled: int
    died: int
    long: int
    sandboxed: bool
    in_memory: bool


class Pool(Engine):
    """Answers queries in killable workers; any number of threads may ask at once.

    Create it after a server has forked its own processes, and close it.
    """

    def __init__(
        self,
        store_path: str | Path,
        limits: Limits | None = None,
        *,
        is_plain: bool = False,
        services: Iterable[str] = (),
        reads_disk: bool = False,
    ) -> None:
        """Open a store's directory, which nothing may write while it is served.

        Args:
            store_path: the directory.
            limits: what one query may cost.
            is_plain: whether the store is somebody else's: then its default graph is its own, not
                the union of all, and only declared prefixes are known.
            services: IRIs of the other servers that a query may ask. Such a query has a worker of
                its own, which may connect to any address: only the guard says which.
            reads_disk: whether workers read the store from disk, however small it is: queries take
                longer, but the first can be asked sooner.

        Raises:
            MissingStoreError: there is no such directory.
            DamagedStoreError: it is not a readable store.
            EngineDiedError: no worker can be started.
        """
        self.limits = limits or Limits()
        self._path = Path(store_path)
        self.is_plain = is_plain
        self.services = frozenset(services)
        if not self._path.is_dir():
            raise MissingStoreError("there is no store yet: run 'kg build'")
        self._quick = Turns(self.limits.workers)
        self._places = Turns(self.limits.long_queries)
        self._elsewhere = Turns(self.limits.services)
        self._costs = Costs()
        self._lock = threading.Lock()
        self._zygote_lock = threading.Lock()
        self._is_closed = False
        self._idle: list[Worker] = []
        self._busy = self._queries = self._long = 0
        self._killed = self._cancelled = self._died = 0
        self._reads_disk = reads_disk
        self._zygote = Zygote(self._path, self.limits, reads_disk=reads_disk)
        self.snapshot: Snapshot = self._zygote.snapshot
        self._guard = Guard(
            self.limits,
            self.snapshot.graphs,
            {} if is_plain else PREFIXES,
            services=self.services,
        )
        self._vigil = Vigil(self._bury)
        try:
            self._idle.append(self._fork())
        except BaseException:
            self._vigil.close()
            self._zygote.close()
            raise
        self._is_sandboxed = self._idle[0].is_sandboxed

    async def answer(self, order: Order, asker: Asker, waits: Waits) -> Result:
        """As `Engine.answer`; a cancellation frees the worker.

        Raises:
            QueryTimeoutError: it ran longer than `Limits.seconds`, or `Limits.service_seconds`.
            ServiceError: another server that it asks gave no answer.
            EngineBusyError: no worker became free in `Limits.wait_seconds`, nor a place for a long
                query, or the pool is closed.
            BudgetError: the one who asks has had its share.
            EngineDiedError: its worker ended without an answer.
            QueryCancelledError: the one who asks in a thread has gone.
            QueryError: as in `Engine.query`.
        """
        checked = self._guard.checked(order.sparql)
        query = prepare(checked, order, self.snapshot.graphs, is_plain=self.is_plain)
        run = self._ask_others if query.asks_others else self._run
        asker.begin()
        try:
            return await run(query, asker, waits)
        except QuerySyntaxError as error:
            raise in_sent_text(error, checked.source) from None
        finally:
            asker.end()

    def status(self) -> Status:
        """How the pool is doing now."""
        with self._lock:
            return Status(
                len(self._idle) + self._busy,
                self._busy,
                self._queries,
                self._killed,
                self._cancelled,
                self._died,
                self._long,
                self._is_sandboxed,
                self.snapshot.in_memory,
            )

    def close(self) -> None:
        """Let running queries finish, within their time, and end every process."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        deadline = time.monotonic() + self.limits.seconds
        for turns, places in (
            (self._quick, self.limits.workers),
            (self._places, self.limits.long_queries),
            (self._elsewhere, self.limits.services),
        ):
            for _ in range(places):
                run(InThread().turn(turns, _LAST, deadline - time.monotonic()))
        self._vigil.close()
        for worker in self._idle:
            worker.end()
        self._idle.clear()
        with self._zygote_lock:
            self._zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def _run(self, query: Query, asker: Asker, waits: Waits) -> Result:
        """The result: within a slice, else within a second one, else among the long queries.

        What such a query took before says which of these are worth trying.
        """
        expected = self._costs.expected(query.shape)
        if expected > self.limits.slice_seconds and self._places.take():
            return await self._at_length(query, asker, waits)
        is_last = expected > _CROWDED_SLICE
        weight = asker.weight + is_last
        # A flood of what is known to be long stays out of the way of all that is not.
        while expected <= self.limits.slice_seconds or not self._quick.waiting():
            await self._turn(self._quick, weight, _BUSY, waits)
            try:
                running = await self._begin(query, asker, waits)
                seconds = self._slice(expected, is_last=is_last)
                if await running.answers_within(seconds):
                    return await running.finish()
                is_last |= seconds >= self.limits.slice_seconds
                goes_on = is_last and self._places.take()
                if not goes_on:
                    await running.stop()
            finally:
                self._quick.release()
            if goes_on:
                return await self._go_on(running)
            if is_last:
                break
            is_last = True
            weight += 1
        await self._turn(self._places, weight, _TOO_MANY_LONG, waits)
        return await self._at_length(query, asker, waits)

    def _slice(self, expected: float, *, is_last: bool) -> float:
        """How long a query may have a worker that others may wait for."""
        seconds = self.limits.slice_seconds
        if expected > seconds or (not is_last and self._quick.waiting()):
            return min(seconds, _CROWDED_SLICE)
        return seconds + expected

    async def _at_length(self, query: Query, asker: Asker, waits: Waits) -> Result:
        """The result of a long query that has its place."""
        try:
            running = await self._begin(query, asker, waits, is_long=True)
            return await running.finish()
        finally:
            self._places.release()

    async def _ask_others(self, query: Query, asker: Asker, waits: Waits) -> Result:
        """The result of a query that asks other servers, from a worker that may."""
        await self._turn(self._elsewhere, asker.weight, _TOO_MANY_SERVICES, waits)
        try:
            self._count(busy=1)
            try:
                worker = await waits.apart(partial(self._fork, reaches_others=True))
            except BaseException:
                self._count(busy=-1)
                raise
            worker.make_way()
            running = _Running(self, worker, query, asker, waits)
            if not await running.begin():
                raise EngineDiedError(_NO_WORKER)
            return await running.finish()
        finally:
            self._elsewhere.release()

    async def _go_on(self, running: "_Running") -> Result:
        try:
            running.make_way()
            return await running.finish()
        finally:
            self._places.release()

    async def _turn(self, turns: Turns, weight: int, otherwise: str, waits: Waits) -> None:
        """Take a place, to be released."""
        if self._is_closed:
            raise EngineBusyError(_CLOSED)
        if not turns.take() and not await waits.turn(turns, weight, self.limits.wait_seconds):
            raise EngineBusyError(otherwise)

    async def _begin(
        self, query: Query, asker: Asker, waits: Waits, *, is_long: bool = False
    ) -> "_Running":
        while True:
            running = _Running(self, await self._take(waits), query, asker, waits)
            if is_long:
                running.make_way()
            if await running.begin():
                return running

    async def _take(self, waits: Waits) -> Worker:
        """An idle worker, which may have died meanwhile, else a new one."""
        with self._lock:
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            return await waits.apart(self._fork)
        except BaseException:
            self._count(busy=-1)
            raise

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._busy -= 1
            if not self._is_closed:
                self._idle.append(worker)
                return
        worker.end()

    def _replace(self, worker: Worker) -> int | None:
        """End a busy worker and put a new one in its place; how the old one ended."""
        code = worker.end()
        try:
            self._give_back(self._fork())
        except (QueryError, StoreError):
            # The next query tries again, and reports it if that fails too.
            self._count(busy=-1)
        return code

    def _bury(self, number: int) -> None:
        """Replace the worker with a connection of this number, if it died while it was idle."""
        with self._lock:
            dead = [each for each in self._idle if each.connection.fileno() == number]
            if not dead or dead[0].is_alive():
                return
            self._idle.remove(dead[0])
            self._busy += 1
            self._died += 1
        self._replace(dead[0])

    def _fork(self, *, reaches_others: bool = False) -> Worker:
        with self._zygote_lock:
            if self._is_closed:
                raise EngineBusyError(_CLOSED)
            if not self._zygote.is_alive():
                self._zygote.close()
                self._zygote = Zygote(self._path, self.limits, reads_disk=self._reads_disk)
            try:
                worker = self._zygote.fork(reaches_others=reaches_others)
            except EngineDiedError:
                self._count(died=1)
                raise
            self._vigil.watch(worker.connection)
            return worker

    def _drop(self, worker: Worker) -> int | None:
        """End a worker that no other takes the place of; how it ended."""
        code = worker.end()
        self._count(busy=-1)
        return code

    def _count(
        self,
        *,
        queries: int = 0,
        busy: int = 0,
        killed: int = 0,
        cancelled: int = 0,
        died: int = 0,
        long: int = 0,
    ) -> None:
        with self._lock:
            self._queries += queries
            self._long += long
            self._busy += busy
            self._killed += killed
            self._cancelled += cancelled
            self._died += died


class _Running:
    """A query in a worker, until one of `finish` and `stop`, or an error, has ended it."""

    def __init__(
        self, pool: Pool, worker: Worker, query: Query, asker: Asker, waits: Waits
    ) -> None:
        self._pool = pool
        self._worker = worker
        self._query = query
        self._asker = asker
        self._waits = waits
        self._is_spent = query.asks_others
        self._started = time.monotonic()
        limits = pool.limits
        self._seconds = limits.service_seconds if query.asks_others else limits.seconds
        self._deadline = self._started + self._seconds

    async def begin(self) -> bool:
        """Whether the worker took the query; one that died while it was idle does not."""
        try:
            self._answer = await self._worker.begin(
                self._query, self._pool.limits, self._deadline, self._waits
            )
        except ConnectionError:
            self._pool._count(died=1)
            await self._replace()
            return False
        except BaseException as error:
            raise await self._ended(error) from None
        self._pool._count(queries=1)
        return True

    async def answers_within(self, seconds: float) -> bool:
        """Whether it answers in so much processor time, or in a few times that in all."""
        last = min(self._deadline, time.monotonic() + _PATIENCE * seconds)
        before = self._worker.effort()
        left = min(seconds, last - time.monotonic())
        try:
            while left > 0:
                await self._waits.until_readable(self._worker.connection, left)
                if self._answer.has_come():
                    return True
                now = self._worker.effort()
                if before is None or now is None:
                    return False
                left = seconds - (now - before)
                if left > 0:
                    left = min(max(_TICK, left), last - time.monotonic())
        except BaseException as error:
            raise await self._ended(error) from None
        return False

    def make_way(self) -> None:
        """Go on at low priority, as a long query; the worker is of no use for others then."""
        self._is_spent = True
        self._worker.make_way()
        self._pool._count(long=1)

    async def finish(self) -> Result:
        try:
            result, effort = await self._worker.finish(
                self._query, self._answer, self._deadline, self._waits
            )
        except BaseException as error:
            raise await self._ended(error) from None
        self._pool._costs.note(self._query.shape, effort)
        await self._give_back()
        self._charge()
        return result

    async def stop(self) -> None:
        """End the query without a result."""
        await self._replace()
        self._charge()

    async def _ended(self, error: BaseException) -> BaseException:
        """Give the worker back, or replace it; the error that says why there is no result."""
        self._charge()
        if isinstance(error, QueryError) and not isinstance(error, _UNUSABLE):
            await self._give_back()
            return error
        code = await self._replace()
        if isinstance(error, TimeoutError):
            self._pool._costs.note(self._query.shape, self._seconds)
            self._pool._count(killed=1)
            return _timeout(self._seconds)
        if isinstance(error, EOFError | OSError | WireError):
            self._pool._count(died=1)
            return _death(code, self._pool.limits)
        if isinstance(error, asyncio.CancelledError | QueryCancelledError):
            self._pool._count(cancelled=1)
        return error

    def _charge(self) -> None:
        self._asker.charge(time.monotonic() - self._started)

    async def _give_back(self) -> None:
        if self._is_spent:
            await self._waits.apart(partial(self._pool._drop, self._worker))
        else:
            self._pool._give_back(self._worker)

    async def _replace(self) -> int | None:
        replace = self._pool._drop if self._is_spent else self._pool._replace
        return await self._waits.apart(partial(replace, self._worker))


# What leaves a worker that is not worth keeping: a failed allocation, a query that goes on.
_UNUSABLE = (QueryTooLargeError, QueryCancelledError)
# Heavier than anyone who asks.
_LAST = sys.maxsize
# How many times its slice a query may wait for processors that others have.
_PATIENCE = 2
_TICK = 0.002
# What a slice shrinks to while others wait; a query that needs more gets a whole one later.
_CROWDED_SLICE = 0.05
_BUSY = "too many queries are running: try again in a few seconds"
_TOO_MANY_LONG = "too many long queries are running: try again in a few seconds, or ask for less"
_TOO_MANY_SERVICES = (
    "too many queries are asking other servers: try again in a few seconds, or without SERVICE"
)
_NO_WORKER = "no worker could take the query: ask again"
_CLOSED = "this store is no longer served: ask again"


def _timeout(seconds: float) -> QueryError:
    return QueryTimeoutError(
        f"the query ran longer than {seconds:g} seconds and was stopped: "
        "ask for less, or put the most selective pattern first"
    )


def _death(code: int | None, limits: Limits) -> QueryError:
    if code in (-signal.SIGABRT, OUT_OF_MEMORY):
        mebibytes = limits.memory_bytes // 2**20
        return QueryTooLargeError(
            "the engine ended without an answer, most likely because the query needs more than "
            f"{mebibytes} MiB of memory: ask for fewer rows, or sort and group less"
        )
    return EngineDiedError(
        "the engine ended without an answer: ask again, and for less if it happens again"
    )
