"""Bodies on their way: how long, how large, how many."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from kg.errors import EngineBusyError
from webui.bodies import AT_ONCE, PER_CLIENT, Bodies
from webui.exchange import LARGEST_BODY


class Sender:
    """Sends parts, with a pause before each."""

    def __init__(self, *parts: bytes, pause: float = 0, error: Exception | None = None) -> None:
        self.parts = parts
        self.pause = pause
        self.error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            await asyncio.sleep(self.pause)
            yield part
        if self.error:
            raise self.error


def read(sender: Sender, length: int | None = None) -> bytes:
    async def main() -> bytes:
        return await Bodies(0.2).read(sender, length, "a")

    return asyncio.run(main())


def test_a_body_is_read_whole() -> None:
    assert read(Sender(b"AS", b"K {}"), 6) == b"ASK {}"
    assert len(read(Sender(b"x" * 1_000, b"x" * (LARGEST_BODY - 1_000)))) == LARGEST_BODY


@pytest.mark.parametrize(
    ("sender", "length", "error"),
    [
        (Sender(b"ASK", b" {}", pause=0.15), None, RequestTimeout),
        (Sender(b"ASK", error=RuntimeError()), 6, RequestTimeout),
        (Sender(), LARGEST_BODY + 1, RequestEntityTooLarge),
        (Sender(b"x" * LARGEST_BODY, b"x"), None, RequestEntityTooLarge),
    ],
)
def test_what_is_slow_or_large_is_refused(
    sender: Sender, length: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(sender, length)


def test_slow_senders_leave_room_for_others() -> None:
    async def main() -> None:
        bodies = Bodies(0.5, 0.1)
        slow = Sender(b"x", pause=9)
        theirs = [asyncio.create_task(bodies.read(slow, 1, "a")) for _ in range(PER_CLIENT + 1)]
        await asyncio.sleep(0)
        assert await bodies.read(Sender(b"good"), 4, "b") == b"good"
        ends = await asyncio.gather(*theirs, return_exceptions=True)
        assert [type(end) for end in ends[:-1]] == [RequestTimeout] * PER_CLIENT
        assert isinstance(ends[-1], EngineBusyError)
        many = [bodies.read(slow, 1, f"{number}") for number in range(AT_ONCE + 1)]
        kinds = [type(end) for end in await asyncio.gather(*many, return_exceptions=True)]
        assert kinds.count(EngineBusyError) == 1
        assert await bodies.read(Sender(b"good"), 4, "a") == b"good"

    asyncio.run(main())
