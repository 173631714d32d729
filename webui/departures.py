"""Clients of a WSGI server that go away: what they asked is stopped, where the server can tell.

Waitress can (its ``channel_request_lookahead``); PEP 3333 has no word for it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg.engines.waits import InThread

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SECONDS = 0.1
"""From one look to the next."""

_HAS_GONE = "waitress.client_disconnected"


class Departures:
    """The requests that are being answered; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._present: dict[InThread, Callable[[], bool]] = {}
        self._is_looking = False

    @contextmanager
    def watched(self, environ: "WSGIEnvironment", waits: InThread) -> Iterator[None]:
        """Within this, what a request waits for is stopped when its client goes away."""
        has_gone = environ.get(_HAS_GONE)
        if has_gone is None:
            yield
            return
        with self._lock:
            self._present[waits] = has_gone
            is_first, self._is_looking = not self._is_looking, True
        if is_first:
            threading.Thread(target=self._run, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._present[waits]

    def _run(self) -> None:
        while True:
            time.sleep(SECONDS)
            with self._lock:
                gone = [waits for waits, has_gone in self._present.items() if has_gone()]
            for waits in gone:
                waits.stop()
