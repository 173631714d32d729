"""Messages between the front and its processes: a JSON header and a body, their lengths first.

A connection carries one message at a time: nothing is sent before the last one was answered.
"""

import json
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from kg.engines.waits import Waits

_LENGTHS = struct.Struct(">II")
_MOST_HEADER = 64 * 1024 * 1024
_CHUNK = 16 * 1024


class WireError(Exception):
    """What came is no message: the other side broke off or is not what it was."""


class Outgoing:
    """A message on its way out."""

    def __init__(
        self, connection: socket.socket, header: dict[str, Any], body: bytes = b""
    ) -> None:
        """Make a message.

        Args:
            connection: a connected stream socket.
            header: anything JSON can hold.
            body: any bytes.
        """
        self._connection = connection
        head = json.dumps(header).encode()
        self._parts: list[bytes | memoryview] = [
            _LENGTHS.pack(len(head), len(body)) + head,
            body,
        ]

    def write(self, flags: int = 0) -> bool:
        """Send as much as there is room for; whether that was the rest.

        Raises:
            OSError: the other side is gone; BlockingIOError when there is no room, and the flags
                have it not wait.
        """
        sent = self._connection.sendmsg(self._parts, (), flags)
        while self._parts and sent >= len(self._parts[0]):
            sent -= len(self._parts.pop(0))
        if self._parts:
            self._parts[0] = memoryview(self._parts[0])[sent:]
        return not self._parts


class Incoming:
    """A message on its way in.

    Attributes:
        connection: where it comes from.
    """

    def __init__(self, connection: socket.socket, most_body: int = 0) -> None:
        """Expect a message.

        Args:
            connection: a connected stream socket.
            most_body: bytes that a body may have.
        """
        self.connection = connection
        self._most_body = most_body
        self._data = bytearray()
        self._there = self._start = self._size = 0

    def has_come(self) -> bool:
        """Whether some of it is there, after a look for more.

        Raises:
            EOFError, WireError, OSError: as in `read`.
        """
        with suppress(BlockingIOError):
            self.read(socket.MSG_DONTWAIT)
        return self._there > 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return 0 < self._size == self._there

    def read(self, flags: int = 0) -> None:
        """Take more of it.

        Raises:
            EOFError: the other side closed the connection before a whole message.
            WireError: what came is no message of this kind.
            OSError: the connection broke; BlockingIOError when there is nothing, and the flags
                have it not wait.
        """
        if self._size:
            count = self.connection.recv_into(memoryview(self._data)[self._there :], 0, flags)
        else:
            chunk = self.connection.recv(_CHUNK, flags)
            count = len(chunk)
            self._data += chunk
        if not count:
            raise EOFError
        self._there += count
        if not self._size and self._there >= _LENGTHS.size:
            self._measure()

    def _measure(self) -> None:
        head_size, body_size = _LENGTHS.unpack_from(self._data)
        if head_size > _MOST_HEADER or body_size > self._most_body:
            raise WireError("a message is longer than agreed")
        self._start = _LENGTHS.size + head_size
        self._size = self._start + body_size
        if self._there > self._size:
            raise WireError("there is more than one message")
        self._data.extend(bytes(self._size - self._there))

    def message(self) -> tuple[dict[str, Any], bytes]:
        """The header and the body, once it is whole.

        Raises:
            WireError: it has no header.
        """
        view = memoryview(self._data)
        try:
            header = json.loads(bytes(view[_LENGTHS.size : self._start]))
        except ValueError:
            raise WireError("a message has no readable header") from None
        if not isinstance(header, dict):
            raise WireError("a message has a header of another shape")
        return header, bytes(view[self._start :])


def tell(connection: socket.socket, header: dict[str, Any], body: bytes = b"") -> None:
    """Send one message, however long it takes.

    Raises:
        OSError: the other side is gone.
    """
    message = Outgoing(connection, header, body)
    while not message.write():
        pass


def hear(connection: socket.socket) -> dict[str, Any]:
    """The next message, which has no body, however long it takes.

    Raises:
        EOFError, OSError, WireError: there is none.
    """
    message = Incoming(connection)
    while not message.is_whole:
        message.read()
    return message.message()[0]


async def send(
    connection: socket.socket,
    header: dict[str, Any],
    body: bytes = b"",
    *,
    waits: Waits,
    deadline: float,
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
    message = Outgoing(connection, header, body)
    is_sent = False
    while not is_sent:
        try:
            is_sent = message.write(socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not await waits.until_writable(connection, _left(deadline)):
                raise TimeoutError from None


async def receive(
    message: Incoming, *, waits: Waits, deadline: float
) -> tuple[dict[str, Any], bytes]:
    """The header and the body of a message, as soon as it is whole.

    Args:
        message: what of it is there.
        waits: how to wait.
        deadline: `time.monotonic` at which to give up.

    Raises:
        EOFError: the other side closed the connection before a whole message.
        WireError: what came is no message of this kind.
        TimeoutError: the deadline passed.
        OSError: the connection broke.
    """
    while not message.is_whole:
        try:
            message.read(socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not await waits.until_readable(message.connection, _left(deadline)):
                raise TimeoutError from None
    return message.message()


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
