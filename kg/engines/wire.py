"""Messages between the front and its processes: a JSON header and a body, their lengths first."""

import json
import socket
import struct
import time
from typing import Any

_LENGTHS = struct.Struct(">II")
_MOST_HEADER = 64 * 1024 * 1024


class WireError(Exception):
    """What came is no message: the other side broke off or is not what it was."""


def send(
    connection: socket.socket,
    header: dict[str, Any],
    body: bytes = b"",
    deadline: float | None = None,
) -> None:
    """Send one message.

    Args:
        connection: a connected stream socket.
        header: anything JSON can hold.
        body: any bytes.
        deadline: `time.monotonic` at which to give up.

    Raises:
        TimeoutError: the deadline passed.
        OSError: the other side is gone.
    """
    head = json.dumps(header).encode()
    _set_timeout(connection, deadline)
    connection.sendall(_LENGTHS.pack(len(head), len(body)) + head)
    if body:
        _set_timeout(connection, deadline)
        connection.sendall(body)


def receive(
    connection: socket.socket, most_body: int = 0, deadline: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """The next message.

    Args:
        connection: a connected stream socket.
        most_body: bytes that a body may have.
        deadline: `time.monotonic` at which to give up.

    Raises:
        EOFError: the other side closed the connection before a whole message.
        WireError: what came is no message of this kind.
        TimeoutError: the deadline passed.
        OSError: the connection broke.
    """
    head_size, body_size = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, deadline))
    if head_size > _MOST_HEADER or body_size > most_body:
        raise WireError("a message is longer than agreed")
    try:
        header = json.loads(_exactly(connection, head_size, deadline))
    except ValueError:
        raise WireError("a message has no readable header") from None
    if not isinstance(header, dict):
        raise WireError("a message has a header of another shape")
    return header, bytes(_exactly(connection, body_size, deadline))


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        _set_timeout(connection, deadline)
        count = connection.recv_into(rest)
        if count == 0:
            raise EOFError
        rest = rest[count:]
    return data


def _set_timeout(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
