"""The engine that serves strangers: every query in a worker process that can be killed."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.engines import askers
from kg.engines.askers import Asker
from kg.engines.guard import Checked
from kg.engines.limits import Limits
from kg.engines.local import whole
from kg.engines.queries import Query, in_sent_text, prepare
from kg.engines.results import JSON, Format, Result, Solutions, parse_boolean, parse_solutions
from kg.engines.snapshots import Snapshot
from kg.engines.turns import Turns
from kg.engines.wire import WireError
from kg.engines.worker import Worker
from kg.engines.zygote import OUT_OF_MEMORY, Zygote
from kg.errors import (
    EngineBusyError,
    EngineDiedError,
    MissingStoreError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)


@dataclass(frozen=True)
class Status:
    """How a pool is doing.

    Attributes:
        workers: worker processes there are: at most `Limits.workers` and, beside them,
            `Limits.long_queries`.
        busy: workers that have a query.
        queries: queries that reached a worker since the pool was opened.
        killed: workers killed because their time was over.
        died: workers that ended by themselves, for want of memory or otherwise.
        long: queries that went on beyond their slice.
        sandboxed: whether the kernel denies the workers sockets, programs and files.
        in_memory: whether the workers have the store in memory, else read it from disk.
    """

    workers: int
    busy: int
    queries: int
    killed: int
    died: int
    long: int
    sandboxed: bool
    in_memory: bool


class Pool:
    """Answers queries in killable workers; any number of threads may ask at once.

    Create it after a server has forked its own processes, and close it.
    """

    def __init__(
        self, store_path: str | Path, limits: Limits | None = None, *, is_plain: bool = False
    ) -> None:
        """Open a store's directory, which nothing may write while it is served.

        Args:
            store_path: the directory.
            limits: what one query may cost.
            is_plain: whether the store is somebody else's: then its default graph is its own, not
                the union of all, and only declared prefixes are known.

        Raises:
            MissingStoreError: there is no such directory.
            DamagedStoreError: it is not a readable store.
            EngineDiedError: no worker can be started.
        """
        self.limits = limits or Limits()
        self._path = Path(store_path)
        self.is_plain = is_plain
        if not self._path.is_dir():
            raise MissingStoreError("there is no store yet: run 'kg build'")
        self._quick = Turns(self.limits.workers)
        self._places = Turns(self.limits.long_queries)
        self._lock = threading.Lock()
        self._zygote_lock = threading.Lock()
        self._is_closed = False
        self._idle: list[Worker] = []
        self._busy = self._queries = self._killed = self._died = self._long = 0
        self._zygote = Zygote(self._path, self.limits)
        self.snapshot: Snapshot = self._zygote.snapshot
        try:
            self._idle.append(self._zygote.fork())
        except BaseException:
            self._zygote.close()
            raise
        self._is_sandboxed = self._idle[0].is_sandboxed

    def query(
        self,
        sparql: str | Checked,
        format: Format | None = None,  # noqa: A002 - the word of the SPARQL 1.1 Protocol
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Result:
        """The serialised result of a query.

        Args:
            sparql: a SPARQL 1.1 query, or one that the guard let through; the prefixes of
                `kg.namespaces` need no declaration.
            format: by default JSON, or Turtle for a graph.
            default_graphs: IRIs of graphs whose union is the default graph, instead of FROM.
            named_graphs: IRIs of the graphs that GRAPH sees, instead of FROM NAMED.

        Raises:
            QuerySyntaxError, RefusedQueryError: the query is wrong or asks what is never done.
            QueryTimeoutError: it ran longer than `Limits.seconds`.
            QueryTooLargeError: it, or the memory it needs, is over a limit.
            EngineBusyError: no worker became free in `Limits.wait_seconds`, nor a place for a long
                query, or the pool is closed.
            BudgetError: the one on whose behalf it runs (`kg.engines.askers`) has had its share.
            EngineDiedError: its worker ended without an answer.
            QueryError: the format does not fit the query or its result.
        """
        source, query = prepare(
            sparql,
            self.limits,
            self.snapshot.graphs,
            format,
            default_graphs,
            named_graphs,
            is_plain=self.is_plain,
        )
        asker = askers.current()
        asker.begin()
        try:
            return self._run(query, asker)
        except QuerySyntaxError as error:
            raise in_sent_text(error, source) from None
        finally:
            asker.end()

    def select(self, sparql: str) -> Solutions:
        """The rows of a SELECT query.

        Raises:
            QueryTooLargeError: a limit would cut the rows.
            QueryError: as in `query`, or it is no SELECT.
        """
        return parse_solutions(whole(self.query(sparql, JSON)))

    def ask(self, sparql: str) -> bool:
        """The answer of an ASK query.

        Raises:
            QueryError: as in `query`, or it is no ASK.
        """
        return parse_boolean(self.query(sparql, JSON))

    def status(self) -> Status:
        """How the pool is doing now."""
        with self._lock:
            return Status(
                len(self._idle) + self._busy,
                self._busy,
                self._queries,
                self._killed,
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
        ):
            for _ in range(places):
                turns.acquire(_LAST, deadline - time.monotonic())
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

    def _run(self, query: Query, asker: Asker) -> Result:
        """The result: within a slice, else within a second one, else among the long queries."""
        weight = asker.weight
        for is_last in (False, True):
            with self._turn(self._quick, weight, _BUSY):
                running = self._begin(query, asker)
                seconds = self.limits.slice_seconds
                if not is_last and self._quick.waiting():
                    seconds = min(seconds, _CROWDED_SLICE)
                if running.answers_within(seconds):
                    return running.finish()
                is_last |= seconds == self.limits.slice_seconds
                goes_on = is_last and self._places.acquire()
                if not goes_on:
                    running.stop()
            if goes_on:
                return self._go_on(running)
            if is_last:
                break
            weight += 1
        with self._turn(self._places, weight, _TOO_MANY_LONG):
            return self._begin(query, asker, is_long=True).finish()

    def _go_on(self, running: "_Running") -> Result:
        try:
            running.make_way()
            return running.finish()
        finally:
            self._places.release()

    @contextmanager
    def _turn(self, turns: Turns, weight: int, otherwise: str) -> Iterator[None]:
        if self._is_closed:
            raise EngineBusyError(_CLOSED)
        if not turns.acquire(weight, self.limits.wait_seconds):
            raise EngineBusyError(otherwise)
        try:
            yield
        finally:
            turns.release()

    def _begin(self, query: Query, asker: Asker, *, is_long: bool = False) -> "_Running":
        running = _Running(self, self._take(), query, asker)
        if is_long:
            running.make_way()
        running.begin()
        return running

    def _take(self) -> Worker:
        """An idle worker that still lives, else a new one."""
        with self._lock:
            self._busy += 1
            self._queries += 1
        try:
            while True:
                with self._lock:
                    if not self._idle:
                        break
                    worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                worker.end()
                self._count(died=1)
            return self._fork()
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
        """End a worker and put a new one in its place; how the old one ended."""
        code = worker.end()
        try:
            self._give_back(self._fork())
        except (QueryError, StoreError):
            # The next query tries again, and reports it if that fails too.
            self._count(busy=-1)
        return code

    def _fork(self) -> Worker:
        with self._zygote_lock:
            if self._is_closed:
                raise EngineBusyError(_CLOSED)
            if not self._zygote.is_alive():
                self._zygote.close()
                self._zygote = Zygote(self._path, self.limits)
            return self._zygote.fork()

    def _drop(self, worker: Worker) -> int | None:
        """End a worker that no other takes the place of; how it ended."""
        code = worker.end()
        self._count(busy=-1)
        return code

    def _count(self, *, busy: int = 0, killed: int = 0, died: int = 0, long: int = 0) -> None:
        with self._lock:
            self._long += long
            self._busy += busy
            self._killed += killed
            self._died += died


class _Running:
    """A query in a worker, until one of `finish` and `stop` has ended it."""

    def __init__(self, pool: Pool, worker: Worker, query: Query, asker: Asker) -> None:
        self._pool = pool
        self._worker = worker
        self._query = query
        self._asker = asker
        self._is_long = False
        self._started = time.monotonic()
        self._deadline = self._started + pool.limits.seconds

    def begin(self) -> None:
        with self._ending(keeps=True):
            self._worker.begin(self._query, self._deadline)

    def answers_within(self, seconds: float) -> bool:
        return self._worker.answers_within(min(seconds, self._deadline - time.monotonic()))

    def make_way(self) -> None:
        """Go on at low priority, as a long query; the worker is of no use for others then."""
        self._is_long = True
        self._worker.make_way()
        self._pool._count(long=1)

    def finish(self) -> Result:
        with self._ending():
            return self._worker.finish(self._query, self._pool.limits, self._deadline)

    def stop(self) -> None:
        """End the query without a result."""
        self._replace()
        self._charge()

    @contextmanager
    def _ending(self, *, keeps: bool = False) -> Iterator[None]:
        """Give the worker back, or replace it, as the block ends; unless all is well and it keeps.

        Raises:
            QueryError: why there is no result.
        """
        limits = self._pool.limits
        try:
            yield
        except QueryTooLargeError:
            # What a failed allocation leaves behind is not worth keeping.
            self._replace()
            raise
        except QueryError:
            self._give_back()
            raise
        except TimeoutError:
            self._replace()
            self._pool._count(killed=1)
            raise QueryTimeoutError(
                f"the query ran longer than {limits.seconds:g} seconds and was stopped: "
                "ask for less, or put the most selective pattern first"
            ) from None
        except (EOFError, OSError, WireError):
            code = self._replace()
            self._pool._count(died=1)
            raise _death(code, limits) from None
        except BaseException:
            self._replace()
            raise
        else:
            if keeps:
                return
            self._give_back()
        finally:
            if not keeps:
                self._charge()

    def _charge(self) -> None:
        self._asker.charge(time.monotonic() - self._started)

    def _give_back(self) -> None:
        if self._is_long:
            self._pool._drop(self._worker)
        else:
            self._pool._give_back(self._worker)

    def _replace(self) -> int | None:
        if self._is_long:
            return self._pool._drop(self._worker)
        return self._pool._replace(self._worker)


# Heavier than anyone who asks.
_LAST = sys.maxsize
# What a slice shrinks to while others wait; a query that needs more gets a whole one later.
_CROWDED_SLICE = 0.05
_BUSY = "too many queries are running: try again in a few seconds"
_TOO_MANY_LONG = "too many long queries are running: try again in a few seconds, or ask for less"
_CLOSED = "this store is no longer served: ask again"


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
