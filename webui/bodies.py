"""Reading the body of a request in an event loop, without slow senders using up the memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from kg.errors import EngineBusyError
from webui.exchange import LARGEST_BODY

SECONDS = 5.0
"""How long a body may take to arrive."""

PLACE_SECONDS = 2.0
"""How long a body waits until it may begin."""

AT_ONCE = 64
"""How many bodies may be on their way at once, each of them in memory."""

PER_CLIENT = 4
"""How many of them may be one client's."""


class Sender(Protocol):
    """Whoever sends a body in parts."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts."""


class Bodies:
    """The bodies that are on their way to this process."""

    def __init__(self, seconds: float = SECONDS, place_seconds: float = PLACE_SECONDS) -> None:
        self._seconds = seconds
        self._place_seconds = place_seconds
        self._changed = asyncio.Condition()
        self._reading: Counter[str] = Counter()

    async def read(self, sender: Sender, length: int | None, client: str) -> bytes:
        """The whole body that a client sends, of a length that it says or None.

        Raises:
            RequestEntityTooLarge: the body is larger than it may be.
            RequestTimeout: it did not arrive in time.
            EngineBusyError: too many bodies are on their way.
        """
        if length is not None and length > LARGEST_BODY:
            raise RequestEntityTooLarge
        async with self._place(client):
            try:
                async with asyncio.timeout(self._seconds):
                    return await _all(sender)
            except TimeoutError:
                raise RequestTimeout(
                    f"The body did not arrive within {self._seconds:g} seconds."
                ) from None

    @asynccontextmanager
    async def _place(self, client: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._place_seconds), self._changed:
                await self._changed.wait_for(
                    lambda: self._reading.total() < AT_ONCE and self._reading[client] < PER_CLIENT
                )
                self._reading[client] += 1
        except TimeoutError:
            raise EngineBusyError(
                "too many requests are being read: try again in a few seconds"
            ) from None
        try:
            yield
        finally:
            self._reading[client] -= 1
            if not self._reading[client]:
                del self._reading[client]
            async with self._changed:
                self._changed.notify_all()


async def _all(sender: Sender) -> bytes:
    body = bytearray()
    try:
        async for part in sender:
            body += part
            if len(body) > LARGEST_BODY:
                raise RequestEntityTooLarge
    except (OSError, RuntimeError):
        raise RequestTimeout("The connection ended before the body did.") from None
    return bytes(body)
