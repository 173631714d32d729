"""Connections that give or take nothing are closed, so that slow clients starve nobody.

The HTTP server limits the time that a request's head may take, but neither a body that trickles in
nor a reader that hardly reads. The kernel knows (tcp(7), TCP_INFO): this looks at all connections
of its own process from time to time, and shuts down those that make no headway.
"""

import fcntl
import os
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from webui.clients import Proxies

SECONDS = 30.0
"""How long a connection may go without headway."""

ANSWERED = 256
"""Bytes that a client must have taken in that time; every answer has more, in its head alone."""

SENT = 4_096
"""Or bytes that it must have sent: a body on its way."""

TAKEN = 32 * 1024
"""Bytes that it must have taken in that time where more are waiting for it."""

PER_ADDRESS = 64
"""Connections of one address; a trusted proxy may have any number."""

INTERVAL = 1.0

# linux/tcp.h: tcpi_bytes_acked and tcpi_bytes_received of struct tcp_info; linux/sockios.h.
_COUNTS = struct.Struct("@QQ")
_COUNTS_AT = 120
_INFO_SIZE = _COUNTS_AT + _COUNTS.size
_UNSENT = 0x5411
_FILES = Path("/proc/self/fd")


@dataclass
class _Mark:
    """What a connection had taken and sent at some time."""

    time: float
    taken: int
    sent: int


class Watch:
    """Looks after the connections of this process, on Linux; elsewhere it does nothing."""

    def __init__(
        self,
        port: int,
        proxies: Proxies,
        *,
        seconds: float = SECONDS,
        per_address: int = PER_ADDRESS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare it.

        Args:
            port: the port that the server listens at.
            proxies: whose connections are not counted.
            seconds: how long a connection may go without headway.
            per_address: connections that one address may have.
            clock: gives the time in seconds.
        """
        self.closed = 0
        self._port = port
        self._proxies = proxies
        self._seconds = seconds
        self._per_address = per_address
        self._clock = clock
        self._marks: dict[tuple[str, int], _Mark] = {}

    def start(self) -> None:
        """Look from now on, in a thread of its own."""
        if sys.platform == "linux":
            threading.Thread(target=self._run, daemon=True).start()

    def look(self) -> None:
        """Look once: close what makes no headway, and the youngest of too many of one address."""
        now = self._clock()
        marks: dict[tuple[str, int], _Mark] = {}
        count: Counter[str] = Counter()
        for _, peer, connection in _opened(self._port):
            with connection:
                count[peer[0]] += 1
                mark = self._marks.get(peer)
                new = self._checked(connection, mark, now)
                is_one_too_many = (
                    mark is None
                    and count[peer[0]] > self._per_address
                    and not self._proxies.trusts(peer[0])
                )
                if new is None or is_one_too_many:
                    self._close(connection)
                else:
                    marks[peer] = new
        self._marks = marks

    def _checked(self, connection: socket.socket, mark: _Mark | None, now: float) -> _Mark | None:
        """The mark to go on from; None when the connection makes no headway."""
        counts = _counts(connection)
        if counts is None:
            return mark or _Mark(now, 0, 0)
        taken, sent = counts
        if mark is None:
            return _Mark(now, taken, sent)
        if now - mark.time < self._seconds:
            return mark
        (unsent,) = struct.unpack("i", fcntl.ioctl(connection, _UNSENT, b"\0" * 4))
        enough = TAKEN if unsent else ANSWERED
        if taken - mark.taken < enough and (unsent or sent - mark.sent < SENT):
            return None
        return _Mark(now, taken, sent)

    def _close(self, connection: socket.socket) -> None:
        self.closed += 1
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while True:
            time.sleep(INTERVAL)
            with suppress(OSError):
                self.look()


@dataclass(frozen=True)
class Line:
    """A connection of this process.

    Attributes:
        number: its descriptor, which another may have once it is closed.
        inode: what tells it from that other.
    """

    number: int
    inode: int

    @classmethod
    def find(cls, port: int, peer: tuple[str, int]) -> "Line | None":
        """The connection of a client; None when it is gone, or the system does not say.

        Args:
            port: the port that this process listens at.
            peer: address and port of the client.
        """
        if sys.platform != "linux":
            return None
        for number, found, connection in _opened(port):
            with connection:
                if found == peer:
                    return cls(number, os.fstat(connection.fileno()).st_ino)
        return None

    def taken(self) -> int | None:
        """Bytes that the client has taken; None when it is gone, or nobody can say."""
        try:
            with socket.socket(fileno=os.dup(self.number)) as connection:
                is_same = os.fstat(connection.fileno()).st_ino == self.inode
                counts = _counts(connection) if is_same else None
        except OSError:
            return None
        return counts[0] if counts else None


def _counts(connection: socket.socket) -> tuple[int, int] | None:
    """Bytes that the client has taken and sent; None where the kernel is too old to say."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_SIZE)
    if len(info) < _INFO_SIZE:
        return None
    taken, sent = _COUNTS.unpack_from(info, _COUNTS_AT)
    return taken, sent


def _opened(port: int) -> Iterator[tuple[int, tuple[str, int], socket.socket]]:
    """The connections that clients opened, the oldest first: descriptor, peer, a copy to close."""
    for number in sorted(int(path.name) for path in _FILES.iterdir()):
        try:
            if not str((_FILES / str(number)).readlink()).startswith("socket:"):
                continue
            connection = socket.socket(fileno=os.dup(number))
        except OSError:
            continue
        try:
            is_tcp = connection.family in (socket.AF_INET, socket.AF_INET6)
            if is_tcp and connection.getsockname()[1] == port:
                peer = connection.getpeername()
                yield number, (peer[0], peer[1]), connection
                continue
        except OSError:
            # It listens, or is gone already.
            pass
        connection.close()
