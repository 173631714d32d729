"""The engine that serves strangers: every query in a worker process that can be killed."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.engines.limits import Limits
from kg.engines.local import whole
from kg.engines.queries import Query, in_sent_text, prepare
from kg.engines.results import JSON, Format, Result, Solutions, parse_boolean, parse_solutions
from kg.engines.snapshots import Snapshot
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
        workers: worker processes there are, of at most `Limits.workers`.
        busy: workers that have a query.
        queries: queries that reached a worker since the pool was opened.
        killed: workers killed because their time was over.
        died: workers that ended by themselves, for want of memory or otherwise.
        sandboxed: whether the kernel denies the workers sockets, programs and files.
        in_memory: whether the workers have the store in memory, else read it from disk.
    """

    workers: int
    busy: int
    queries: int
    killed: int
    died: int
    sandboxed: bool
    in_memory: bool


class Pool:
    """Answers queries in killable workers; any number of threads may ask at once.

    Create it after a server has forked its own processes, and close it.
    """

    def __init__(self, store_path: str | Path, limits: Limits | None = None) -> None:
        """Open a store's directory, which nothing may write while it is served.

        Raises:
            MissingStoreError: there is no such directory.
            DamagedStoreError: it is not a readable store.
            EngineDiedError: no worker can be started.
        """
        self.limits = limits or Limits()
        self._path = Path(store_path)
        if not self._path.is_dir():
            raise MissingStoreError("there is no store yet: run 'kg build'")
        self._slots = threading.BoundedSemaphore(self.limits.workers)
        self._lock = threading.Lock()
        self._zygote_lock = threading.Lock()
        self._is_closed = False
        self._idle: list[Worker] = []
        self._busy = self._queries = self._killed = self._died = 0
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
        sparql: str,
        format: Format | None = None,  # noqa: A002 - the word of the SPARQL 1.1 Protocol
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Result:
        """The serialised result of a query.

        Args:
            sparql: a SPARQL 1.1 query; the prefixes of `kg.namespaces` need no declaration.
            format: by default JSON, or Turtle for a graph.
            default_graphs: IRIs of graphs whose union is the default graph, instead of FROM.
            named_graphs: IRIs of the graphs that GRAPH sees, instead of FROM NAMED.

        Raises:
            QuerySyntaxError, RefusedQueryError: the query is wrong or asks what is never done.
            QueryTimeoutError: it ran longer than `Limits.seconds`.
            QueryTooLargeError: it, or the memory it needs, is over a limit.
            EngineBusyError: no worker became free in `Limits.wait_seconds`, or the pool is closed.
            EngineDiedError: its worker ended without an answer.
            QueryError: the format does not fit the query or its result.
        """
        source, query = prepare(
            sparql, self.limits, self.snapshot.graphs, format, default_graphs, named_graphs
        )
        try:
            with self._slot():
                return self._run(query)
        except QuerySyntaxError as error:
            raise in_sent_text(error, source) from None

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
        for _ in range(self.limits.workers):
            self._slots.acquire(timeout=max(0.0, deadline - time.monotonic()))
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

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._is_closed:
            raise EngineBusyError(_CLOSED)
        if not self._slots.acquire(timeout=self.limits.wait_seconds):
            raise EngineBusyError("too many queries are running: try again in a few seconds")
        try:
            yield
        finally:
            self._slots.release()

    def _run(self, query: Query) -> Result:
        worker = self._take()
        try:
            result = worker.ask(query, self.limits)
        except QueryTooLargeError:
            # What a failed allocation leaves behind is not worth keeping.
            self._replace(worker)
            raise
        except QueryError:
            self._give_back(worker)
            raise
        except TimeoutError:
            self._replace(worker)
            self._count(killed=1)
            raise QueryTimeoutError(
                f"the query ran longer than {self.limits.seconds:g} seconds and was stopped: "
                "ask for less, or put the most selective pattern first"
            ) from None
        except (EOFError, OSError, WireError):
            code = self._replace(worker)
            self._count(died=1)
            raise _death(code, self.limits) from None
        except BaseException:
            self._replace(worker)
            raise
        self._give_back(worker)
        return result

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

    def _count(self, *, busy: int = 0, killed: int = 0, died: int = 0) -> None:
        with self._lock:
            self._busy += busy
            self._killed += killed
            self._died += died


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
