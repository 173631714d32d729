"""How code waits for others: in its own thread, or in an event loop.

What waits is written once, as coroutines that wait through one of these. Those of a thread never
suspend, so `run` is all that such a coroutine needs there.
"""

import asyncio
import select
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol, TypeVar

from kg.engines.turns import Turns
from kg.errors import QueryCancelledError

Value = TypeVar("Value")


class Waits(Protocol):
    """A way to wait. Times are in seconds; None is for ever."""

    async def until_readable(self, connection: socket.socket, seconds: float | None) -> bool:
        """Whether there seems to be something to read, or the other side has gone, in this time.

        Call it when nothing was there at the last look; what came before that is not told again.
        """

    async def until_writable(self, connection: socket.socket, seconds: float | None) -> bool:
        """Whether there is room to write, or the other side has gone, in this time."""

    async def turn(self, turns: Turns, weight: int, seconds: float) -> bool:
        """Whether there was a place in this time; it must then be released."""

    async def apart(
        self, function: Callable[[], Value], stop: Callable[[], object] | None = None
    ) -> Value:
        """The value of a function that takes a while; once begun it is always finished.

        Args:
            function: the function.
            stop: makes it end early; called, in another thread, when nobody wants the value.
        """


def run(coroutine: Coroutine[Any, Any, Value]) -> Value:
    """The value of a coroutine that waits in this thread."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: Value = done.value
        return value
    coroutine.close()
    raise RuntimeError("it waits in an event loop")


class InThread:
    """Waits in the thread that asks, until another thread says that nobody wants the answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_stopped = False
        self._wake: Callable[[], object] | None = None

    def stop(self) -> None:
        """End the wait under way, and every later one, with `QueryCancelledError`."""
        with self._lock:
            self._is_stopped = True
            if self._wake:
                self._wake()

    def go_on(self) -> None:
        """Nothing, while somebody wants the answer.

        Raises:
            QueryCancelledError: nobody does.
        """
        if self._is_stopped:
            raise QueryCancelledError(_GONE)

    async def until_readable(self, connection: socket.socket, seconds: float | None) -> bool:
        """As `Waits.until_readable`."""
        return self._poll(connection, select.POLLIN, seconds)

    async def until_writable(self, connection: socket.socket, seconds: float | None) -> bool:
        """As `Waits.until_writable`."""
        return self._poll(connection, select.POLLOUT, seconds)

    async def turn(self, turns: Turns, weight: int, seconds: float) -> bool:
        """As `Waits.turn`."""
        called = threading.Event()
        ticket = turns.ask(weight, called.set)
        if ticket is None:
            return True
        try:
            with self._woken_by(called.set):
                called.wait(max(0.0, seconds))
        except QueryCancelledError:
            if not turns.withdraw(ticket):
                turns.release()
            raise
        return not turns.withdraw(ticket)

    async def apart(
        self, function: Callable[[], Value], stop: Callable[[], object] | None = None
    ) -> Value:
        """As `Waits.apart`: here and now."""
        if stop is None:
            return function()
        with self._woken_by(stop):
            return function()

    def _poll(self, connection: socket.socket, what: int, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(connection, what)
        with self._woken_by(partial(_shut, connection)):
            return bool(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))

    @contextmanager
    def _woken_by(self, wake: Callable[[], object]) -> Iterator[None]:
        with self._lock:
            self.go_on()
            self._wake = wake
        try:
            yield
        finally:
            with self._lock:
                self._wake = None
        self.go_on()


class InLoop:
    """Waits in an event loop; a cancelled task stops waiting at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, threads: Executor) -> None:
        """Take a loop.

        Args:
            loop: the loop whose tasks wait.
            threads: where what takes a while is done.
        """
        self._loop = loop
        self._threads = threads
        self._ears = _Ears(loop)
        self._deadlines = _Deadlines(loop)

    async def until_readable(self, connection: socket.socket, seconds: float | None) -> bool:
        """As `Waits.until_readable`."""
        future = self._loop.create_future()
        self._ears.listen(connection, future)
        try:
            return await self._within(future, seconds)
        finally:
            self._ears.forget(connection)

    async def until_writable(self, connection: socket.socket, seconds: float | None) -> bool:
        """As `Waits.until_writable`."""
        number, future = connection.fileno(), self._loop.create_future()
        self._loop.add_writer(number, _settle, future, True)
        try:
            return await self._within(future, seconds)
        finally:
            self._loop.remove_writer(number)

    async def turn(self, turns: Turns, weight: int, seconds: float) -> bool:
        """As `Waits.turn`."""
        future = self._loop.create_future()
        ticket = turns.ask(weight, partial(self._call, threading.get_ident(), future))
        if ticket is None:
            return True
        try:
            await self._within(future, seconds)
        except asyncio.CancelledError:
            if not turns.withdraw(ticket):
                turns.release()
            raise
        return not turns.withdraw(ticket)

    async def apart(
        self, function: Callable[[], Value], stop: Callable[[], object] | None = None
    ) -> Value:
        """As `Waits.apart`: in another thread.

        A cancellation waits for the function; without a way to stop it, for the next wait, so that
        its value is not lost.
        """
        future = self._loop.run_in_executor(self._threads, function)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if stop:
                stop()
            await asyncio.wait([future])
            if stop:
                raise
            if task := asyncio.current_task():
                task.cancel()
            return future.result()

    def _call(self, thread: int, future: "asyncio.Future[bool]") -> None:
        if threading.get_ident() == thread:
            _settle(future, True)
        else:
            self._loop.call_soon_threadsafe(_settle, future, True)

    async def _within(self, future: "asyncio.Future[bool]", seconds: float | None) -> bool:
        if seconds is None:
            return await future
        self._deadlines.add(future, seconds)
        try:
            return await future
        finally:
            self._deadlines.remove(future)


class _Deadlines:
    """Settles futures with False when their time is over, to `_TICK` or so.

    One timer for all: most are settled long before, and a timer each would cost more than waiting.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ends: dict[asyncio.Future[bool], float] = {}
        self._is_ticking = False

    def add(self, future: "asyncio.Future[bool]", seconds: float) -> None:
        self._ends[future] = time.monotonic() + seconds
        if not self._is_ticking:
            self._is_ticking = True
            self._loop.call_later(_TICK, self._tick)

    def remove(self, future: "asyncio.Future[bool]") -> None:
        self._ends.pop(future, None)

    def _tick(self) -> None:
        now = time.monotonic()
        for future, end in list(self._ends.items()):
            if end <= now:
                _settle(future, False)
        self._is_ticking = bool(self._ends)
        if self._is_ticking:
            self._loop.call_later(_TICK, self._tick)


class _Ears:
    """Hears connections for a loop, each registered once, with the kernel alone (epoll(7)).

    A registration for each wait, as elsewhere, would take two system calls of every query.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._known: dict[int, socket.socket] = {}
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._poll: select.epoll | None = None

    def listen(self, connection: socket.socket, future: "asyncio.Future[bool]") -> None:
        """Settle a future when something comes, as from now."""
        number = connection.fileno()
        if not _HAS_EPOLL:
            self._loop.add_reader(number, _settle, future, True)
            return
        self._waiting[number] = future
        if self._known.get(number) is not connection:
            self._register(number, connection)

    def forget(self, connection: socket.socket) -> None:
        """Wait for nothing more from a connection."""
        if _HAS_EPOLL:
            self._waiting.pop(connection.fileno(), None)
        else:
            self._loop.remove_reader(connection.fileno())

    def _register(self, number: int, connection: socket.socket) -> None:
        if self._poll is None:
            self._poll = select.epoll()
            self._loop.add_reader(self._poll.fileno(), self._hear)
        # A closed connection leaves the kernel's list, so that its number may come again.
        self._poll.register(number, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)
        self._known[number] = connection

    def _hear(self) -> None:
        for number, _ in self._poll.poll(0) if self._poll else ():
            if future := self._waiting.get(number):
                _settle(future, True)


# How exactly a wait in a loop ends.
_TICK = 0.005
_HAS_EPOLL = hasattr(select, "epoll")


def _settle(future: "asyncio.Future[bool]", value: bool) -> None:
    if not future.done():
        future.set_result(value)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


_GONE = "whoever asked has gone"
_current: ContextVar[InThread | None] = ContextVar("waits", default=None)


@contextmanager
def used(waits: InThread) -> Iterator[None]:
    """Within this, the thread's queries wait through these."""
    token = _current.set(waits)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> InThread:
    """How this thread waits."""
    return _current.get() or InThread()
