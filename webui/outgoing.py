"""The room for answers on their way to clients, so that slow readers cannot use up the memory."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

from kg.errors import EngineBusyError

SMALL = 64 * 1024
"""Bytes of an answer that is not counted: one for each connection is little."""

BYTES = 192 * 2**20
"""Bytes of larger answers that may be on their way at once; two thirds of it one client's."""


class Outgoing:
    """Counts the answers that are being sent; any thread may use it."""

    def __init__(self, size: int = BYTES) -> None:
        self._most = size
        self._most_of_one = size * 2 // 3
        self._lock = threading.Lock()
        self._clients: Counter[str] = Counter()

    def begin(self, client: str, size: int) -> Callable[[], None]:
        """Make room for an answer.

        Returns:
            What to call when it was sent, or cannot be.

        Raises:
            EngineBusyError: too much is on its way, in all or to this client.
        """
        with self._lock:
            mine = self._clients[client] + size
            if mine > self._most_of_one or self._clients.total() + size > self._most:
                self._forget(client, 0)
                raise EngineBusyError(
                    "too many large answers are on their way: try again in a few seconds, "
                    "or ask for less"
                )
            self._clients[client] = mine
        return partial(self._end, client, size)

    @property
    def size(self) -> int:
        """Bytes that are on their way."""
        return self._clients.total()

    def _end(self, client: str, size: int) -> None:
        with self._lock:
            self._forget(client, size)

    def _forget(self, client: str, size: int) -> None:
        self._clients[client] -= size
        if not self._clients[client]:
            del self._clients[client]
