"""One worker: a process that answers one query at a time, and its handle in the front."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Store

from kg.engines import wire
from kg.engines.evaluation import evaluate
from kg.engines.limits import Limits
from kg.engines.queries import Query
from kg.engines.results import Result
from kg.engines.waits import Waits
from kg.errors import (
    EngineDiedError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    ServiceError,
)

# In XML each carriage return becomes six bytes, and a cut result is closed.
_LONGEST_ESCAPE = 6
_LONGEST_END = 64
# The clock of another process, as clock_getcpuclockid(3) of Linux makes it.
_CLOCK_BITS, _SCHEDULED = 3, 2
# setpriority(2): the processors are for the others first.
_LOWEST = 19

_ERRORS: dict[str, type[QueryError]] = {
    error.__name__: error
    for error in (QueryError, QuerySyntaxError, QueryTooLargeError, EngineDiedError, ServiceError)
}


@dataclass(frozen=True)
class Worker:
    """The front's end of a worker.

    Attributes:
        pid: the process, a child of its zygote.
        connection: a socket that only the two of them have.
        is_sandboxed: whether the kernel denies it sockets, programs and files.
        reap: asks the zygote to kill a process, if it still runs, and to say how it ended.
    """

    pid: int
    connection: socket.socket
    is_sandboxed: bool
    reap: Callable[[int], int | None]

    async def begin(
        self, query: Query, limits: Limits, deadline: float, waits: Waits
    ) -> wire.Incoming:
        """Give the worker a query; the answer, of which nothing is there yet.

        Raises:
            TimeoutError: it does not take it before the deadline, as of `time.monotonic`.
            OSError: the worker is gone.
        """
        await wire.send(self.connection, query.to_message(), waits=waits, deadline=deadline)
        return wire.Incoming(self.connection, _LONGEST_ESCAPE * limits.result_bytes + _LONGEST_END)

    async def finish(
        self, query: Query, answer: wire.Incoming, deadline: float, waits: Waits
    ) -> tuple[Result, float]:
        """The result of the query that was begun, and the processor time in seconds it took.

        Raises:
            QueryError: the query got none, and the worker is ready for the next.
            TimeoutError: the time is over; the worker is still at it.
            EOFError, OSError, kg.engines.wire.WireError: the worker is gone or broken.
        """
        header, body = await wire.receive(answer, waits=waits, deadline=deadline)
        if "error" in header:
            raise _error(header)
        rows, truncated, seconds, effort = _outcome(header)
        return Result(query.kind, body, query.format, rows, truncated, seconds), effort

    def make_way(self) -> None:
        """Leave the processors to the others, for good."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOWEST)

    def effort(self) -> float | None:
        """Seconds of processor time it has had; None where the system does not say."""
        try:
            return time.clock_gettime(~self.pid << _CLOCK_BITS | _SCHEDULED)
        except (AttributeError, OSError):
            return None

    def end(self) -> int | None:
        """End the process; see `kg.engines.zygote.Zygote.end` for the answer."""
        self.connection.close()
        return self.reap(self.pid)

    def is_alive(self) -> bool:
        """Whether an idle worker still holds its end of the socket."""
        try:
            self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def _outcome(header: dict[str, Any]) -> tuple[int | None, bool, float, float]:
    try:
        rows = header["rows"]
        return (
            None if rows is None else int(rows),
            bool(header["truncated"]),
            float(header["seconds"]),
            float(header["effort"]),
        )
    except (KeyError, TypeError, ValueError):
        raise wire.WireError("a result lacks its figures") from None


def _error(header: dict[str, Any]) -> QueryError:
    kind = _ERRORS.get(str(header["error"]), EngineDiedError)
    message = str(header.get("message"))
    if kind is QuerySyntaxError:
        return QuerySyntaxError(message, header.get("line"), header.get("column"))
    return kind(message)


def serve(connection: socket.socket, store: Store, limits: Limits) -> None:
    """Answer queries until the front closes the connection."""
    while True:
        try:
            message = wire.hear(connection)
        except (EOFError, OSError):
            return
        began = time.process_time()
        try:
            result = evaluate(store, Query.from_message(message), limits)
        except QueryError as error:
            wire.tell(connection, _refusal(error))
        else:
            figures = {
                "rows": result.rows,
                "truncated": result.truncated,
                "seconds": result.seconds,
                "effort": time.process_time() - began,
            }
            wire.tell(connection, figures, result.body)


def _refusal(error: QueryError) -> dict[str, Any]:
    header: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, QuerySyntaxError):
        header |= {"line": error.line, "column": error.column}
    return header
