"""Waiting in a loop: for what comes, for the end of a time, and for neither."""

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from kg.engines import waits
from kg.engines.waits import InLoop, InThread, run
from kg.errors import QueryCancelledError


@pytest.fixture(params=[True, False], ids=["epoll", "elsewhere"])
def in_loop(request, monkeypatch):
    """Runs a coroutine that gets the waits of its loop."""
    monkeypatch.setattr(waits, "_HAS_EPOLL", request.param)

    def run_in_loop(main):
        async def begin():
            with ThreadPoolExecutor(1) as threads:
                await main(InLoop(asyncio.get_running_loop(), threads))

        asyncio.run(begin())

    return run_in_loop


@pytest.fixture
def pair():
    with ExitStack() as ends:
        yield [ends.enter_context(each) for each in socket.socketpair()]


def test_what_comes_is_heard_each_time(in_loop, pair):
    ours, theirs = pair

    async def main(loop):
        for _ in range(3):
            asyncio.get_running_loop().call_later(0.01, theirs.sendall, b"x")
            assert await loop.until_readable(ours, 5)
            assert ours.recv(9) == b"x"
        asyncio.get_running_loop().call_later(0.01, theirs.close)
        assert await loop.until_readable(ours, 5)
        assert ours.recv(9) == b""

    in_loop(main)


def test_silence_ends_with_its_time(in_loop, pair):
    async def main(loop):
        began = time.monotonic()
        assert not await loop.until_readable(pair[0], 0.03)
        assert 0.03 <= time.monotonic() - began < 1
        both = (loop.until_readable(pair[0], 0.01), loop.until_readable(pair[1], 0.05))
        assert await asyncio.gather(*both) == [False, False]

    in_loop(main)


def test_what_comes_while_nobody_waits_does_not_wake_the_next(in_loop, pair):
    ours, theirs = pair

    async def main(loop):
        assert not await loop.until_readable(ours, 0.01)
        theirs.sendall(b"x")
        await asyncio.sleep(0.01)
        assert ours.recv(9) == b"x"
        assert not await loop.until_readable(ours, 0.03)

    in_loop(main)


def test_another_connection_of_the_same_number_is_heard(in_loop):
    async def main(loop):
        numbers = set()
        for _ in range(3):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                numbers.add(ours.fileno())
                asyncio.get_running_loop().call_later(0.01, theirs.sendall, b"x")
                assert await loop.until_readable(ours, 5)
        assert len(numbers) == 1

    in_loop(main)


def test_a_cancelled_wait_leaves_nothing(in_loop, pair):
    ours, theirs = pair

    async def main(loop):
        task = asyncio.create_task(loop.until_readable(ours, 9))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert not loop._deadlines._ends
        asyncio.get_running_loop().call_later(0.01, theirs.sendall, b"x")
        assert await loop.until_readable(ours, 5)

    in_loop(main)


def test_a_stop_ends_what_is_done_in_the_thread_itself():
    waiting = InThread()
    stopped = []

    def call():
        waiting.stop()
        return 1

    with pytest.raises(QueryCancelledError):
        run(waiting.apart(call, lambda: stopped.append(True)))
    assert stopped == [True]
    assert run(waiting.apart(lambda: 2)) == 2
