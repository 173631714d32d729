"""Reading the body of a request without letting a slow sender hold up the others."""

import threading
import time
from collections import Counter
from queue import Empty, SimpleQueue
from typing import IO

from flask import Request
from werkzeug.exceptions import HTTPException, RequestTimeout

from kg.errors import EngineBusyError
from webui.clients import CLIENT

SECONDS = 5.0
"""How long a body may take to arrive."""

AT_ONCE = 64
"""How many bodies may be on their way at once; fewer than the server has threads."""

PER_CLIENT = 4
"""How many of them may be one client's."""

_CHUNK = 256

_changed = threading.Condition()
_reading: Counter[str] = Counter()


def read(request: Request, seconds: float = SECONDS) -> bytes:
    """The whole body.

    WSGI has no time limit on reading, so another thread reads. A silent sender is disconnected by
    `webui.connections`, and only then is its place free again.

    Raises:
        RequestEntityTooLarge: the body is larger than the application takes.
        RequestTimeout: it did not arrive in time.
        EngineBusyError: too many bodies are on their way.
    """
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return b""
    stream = request.stream
    client = str(request.environ.get(CLIENT, request.remote_addr))
    with _changed:
        if not _changed.wait_for(lambda: _has_place(client), seconds):
            raise EngineBusyError("too many requests are being read: try again in a few seconds")
        _reading[client] += 1
    arrived: SimpleQueue[bytes | HTTPException] = SimpleQueue()
    deadline = time.monotonic() + seconds
    threading.Thread(target=_read, args=(stream, arrived, client, deadline), daemon=True).start()
    try:
        body = arrived.get(timeout=seconds)
    except Empty:
        raise RequestTimeout(f"The body did not arrive within {seconds:g} seconds.") from None
    if isinstance(body, HTTPException):
        raise body
    return body


def _has_place(client: str) -> bool:
    return _reading.total() < AT_ONCE and _reading[client] < PER_CLIENT


def _read(
    stream: IO[bytes],
    arrived: "SimpleQueue[bytes | HTTPException]",
    client: str,
    deadline: float,
) -> None:
    body = bytearray()
    try:
        while chunk := stream.read(_CHUNK):
            body += chunk
            # A body that trickles in is left where it is, and the server ends the connection.
            if time.monotonic() > deadline:
                return
        arrived.put(bytes(body))
    except HTTPException as error:
        arrived.put(error)
    except (OSError, RuntimeError, ValueError):
        arrived.put(RequestTimeout("The connection ended before the body did."))
    finally:
        with _changed:
            _reading[client] -= 1
            if not _reading[client]:
                del _reading[client]
            _changed.notify_all()
