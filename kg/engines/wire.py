"""Messages between the front and its processes: a JSON header and a body, their lengths first.

A connection carries one message at a time: nothing is sent before the last one was answered.
"""

import json
import socket
import struct
import time
from typing import Any

from kg.engines.waits import Waits

_LENGTHS = struct.Struct(">II")
_MOST_HEADER = 64 * 1024 * 1024
_CHUNK = 16 * 1024


class WireError(Exception):
    """What came is no message: the other side broke off or is not what it was."""


async def send(
    connection: socket.socket,
    header: dict[str, Any],
    body: bytes = b"",
    *,
    waits: Waits,
    deadline: float | None = None,
) -> None:
    """Send one message.

    Args:
        connection: a connected stream socket.
        header: anything JSON can hold.
        body: any bytes.
        waits: how to wait.
        deadline: `time.monotonic` at which to give up.

    Raises:
        TimeoutError: the deadline passed.
        OSError: the other side is gone.
    """
    head = json.dumps(header).encode()
    for part in (_LENGTHS.pack(len(head), len(body)) + head, body):
        rest = memoryview(part)
        while rest:
            try:
                rest = rest[connection.send(rest, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                if not await waits.until_writable(connection, _left(deadline)):
                    raise TimeoutError from None


async def receive(
    connection: socket.socket,
    most_body: int = 0,
    *,
    waits: Waits,
    deadline: float | None = None,
) -> tuple[dict[str, Any], bytes]:
    """The next message.

    Args:
        connection: a connected stream socket.
        most_body: bytes that a body may have.
        waits: how to wait.
        deadline: `time.monotonic` at which to give up.

    Raises:
        EOFError: the other side closed the connection before a whole message.
        WireError: what came is no message of this kind.
        TimeoutError: the deadline passed.
        OSError: the connection broke.
    """
    data = bytearray(_CHUNK)
    there = 0
    while there < _LENGTHS.size:
        there += await _some(connection, memoryview(data)[there:], waits, deadline)
    head_size, body_size = _LENGTHS.unpack_from(data)
    if head_size > _MOST_HEADER or body_size > most_body:
        raise WireError("a message is longer than agreed")
    start = _LENGTHS.size + head_size
    size = start + body_size
    if there > size:
        raise WireError("there is more than one message")
    if size > len(data):
        data.extend(bytes(size - len(data)))
    view = memoryview(data)
    while there < size:
        there += await _some(connection, view[there:size], waits, deadline)
    try:
        header = json.loads(bytes(view[_LENGTHS.size : start]))
    except ValueError:
        raise WireError("a message has no readable header") from None
    if not isinstance(header, dict):
        raise WireError("a message has a header of another shape")
    return header, bytes(view[start:size])


async def _some(
    connection: socket.socket, into: memoryview, waits: Waits, deadline: float | None
) -> int:
    """How many bytes came; at least one."""
    while True:
        try:
            count = connection.recv_into(into, 0, socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not await waits.until_readable(connection, _left(deadline)):
                raise TimeoutError from None
        else:
            if count:
                return count
            raise EOFError


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())
