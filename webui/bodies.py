"""Reading the body of a request without letting a slow sender hold up the others."""

import threading
from queue import Empty, SimpleQueue
from typing import IO

from flask import Request
from werkzeug.exceptions import HTTPException, RequestTimeout

from kg.errors import EngineBusyError

SECONDS = 5.0
"""How long a body may take to arrive."""

AT_ONCE = 16
"""How many bodies may be on their way at once; fewer than the server has threads."""

_slots = threading.BoundedSemaphore(AT_ONCE)


def read(request: Request, seconds: float = SECONDS) -> bytes:
    """The whole body.

    WSGI has no time limit on reading, so another thread reads; it ends when the connection does,
    and only then is its place free again.

    Raises:
        RequestEntityTooLarge: the body is larger than the application takes.
        RequestTimeout: it did not arrive in time.
        EngineBusyError: too many bodies are on their way.
    """
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return b""
    stream = request.stream
    if not _slots.acquire(timeout=seconds):
        raise EngineBusyError("too many requests are being read: try again in a few seconds")
    arrived: SimpleQueue[bytes | HTTPException] = SimpleQueue()
    threading.Thread(target=_read, args=(stream, arrived), daemon=True).start()
    try:
        body = arrived.get(timeout=seconds)
    except Empty:
        raise RequestTimeout(f"The body did not arrive within {seconds:g} seconds.") from None
    if isinstance(body, HTTPException):
        raise body
    return body


def _read(stream: IO[bytes], arrived: "SimpleQueue[bytes | HTTPException]") -> None:
    try:
        arrived.put(stream.read())
    except HTTPException as error:
        arrived.put(error)
    except (OSError, RuntimeError, ValueError):
        arrived.put(RequestTimeout("The connection ended before the body did."))
    finally:
        _slots.release()
