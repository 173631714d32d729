"""The load generator: clients that keep their connections and ask without a pause (HTTP/1.1).

One process serves all clients by `epoll`, and reads of an answer only what tells its end: the
header of the first piece, and the last bytes of a chunked body. A request differs from the next by
a number in a comment where no server shall have seen it before.
"""

import itertools
import re
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from urllib.parse import quote

from kg.errors import BenchError

JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"

PATIENCE = 60.0
"""Seconds after which an answer is no longer waited for."""

_PIECE = 1 << 18
_HEADER = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r]*\r\n(.*?\r\n)\r\n", re.DOTALL)
_LENGTH = re.compile(rb"(?:^|\n)content-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"(?:^|\n)transfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"(?:^|\n)connection: *close", re.IGNORECASE)
_LAST_CHUNK = b"0\r\n\r\n"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Address:
    """Where a server answers queries."""

    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answer:
    """One answer, read whole."""

    status: int
    media_type: str
    body: bytes


@dataclass
class Run:
    """What a run of some clients gave.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: the seconds from each request to the end of its answer.
        failures: answers with another status than 200, connections lost, and answers that did not
            come in time.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def rate(self) -> float:
        """Answers a second; 0 when any failed."""
        return 0.0 if self.failures or not self.seconds else len(self.latencies) / self.seconds


def fetch(
    address: Address, query: str, media_type: str = JSON, seconds: float = PATIENCE
) -> Answer:
    """Ask once, on a connection of its own, and read the whole answer.

    Raises:
        OSError: the server cannot be reached, closes early, or is slower than so many seconds.
    """
    with closing(socket.create_connection((address.host, address.port), timeout=seconds)) as own:
        own.sendall(_request(address, query, media_type))
        reading, pieces = _Reading(), []
        while not reading.is_whole:
            piece = own.recv(_PIECE)
            reading.take(piece)
            pieces.append(piece)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    named = re.search(rb"\r\ncontent-type: *([^;\r]*)", head, re.IGNORECASE)
    plain = b"".join(_chunks(body)) if _CHUNKED.search(head) else body
    return Answer(reading.status, named[1].decode() if named else "", plain)


def run(
    address: Address,
    query: str,
    media_type: str,
    *,
    clients: int,
    seconds: float,
    is_unique: bool,
) -> Run:
    """Let clients ask for some time; each asks at least once, and every answer is waited for.

    Args:
        address: the server.
        query: the query.
        media_type: what is asked for.
        clients: how many ask at once.
        seconds: how long new requests are sent.
        is_unique: whether each request has a number that none had before.

    Raises:
        BenchError: the server cannot be reached.
    """
    requests = _requests(address, query, media_type, is_unique=is_unique)
    with ExitStack() as stack:
        poll = stack.enter_context(closing(select.epoll()))
        try:
            all_clients = [_Client(address, poll, requests) for _ in range(clients)]
        except OSError as error:
            raise BenchError(f"the server cannot be reached: {error.strerror}") from None
        for client in all_clients:
            stack.callback(client.close)
        return _drive(all_clients, poll, seconds)


def _drive(clients: "list[_Client]", poll: select.epoll, seconds: float) -> Run:
    done = Run()
    by_number = {client.number: client for client in clients}
    began = last = time.perf_counter()
    deadline = began + seconds
    for client in clients:
        client.ask()
    while by_number:
        ready = poll.poll(PATIENCE)
        if not ready:
            done.failures += len(by_number)
            break
        for number, _ in ready:
            client = by_number[number]
            if not client.read():
                continue
            last = time.perf_counter()
            done.latencies.append(last - client.asked)
            if not client.is_well:
                done.failures += 1
            if last >= deadline or not client.is_well:
                del by_number[number]
                client.leave()
                continue
            if client.closes:
                del by_number[number]
                client.reopen()
                by_number[client.number] = client
            client.ask()
    done.seconds = last - began
    return done


class _Reading:
    """How far an answer has been read."""

    __slots__ = ("_head", "_left", "_tail", "closes", "is_whole", "status")

    def __init__(self) -> None:
        self.is_whole = self.closes = False
        self.status = 0
        self._head = b""
        self._left: int | None = None
        self._tail = b""

    def take(self, piece: bytes) -> None:
        """Read on.

        Raises:
            ConnectionError: the piece is empty: the server has closed, and not all was there.
        """
        if not piece:
            raise ConnectionError("the server closed the connection before the end")
        if not self.status:
            self._head += piece
            found = _HEADER.match(self._head)
            if not found:
                return
            piece = self._begin(found)
        if self._left is None:
            self._tail = (self._tail + piece)[-len(_LAST_CHUNK) :]
            self.is_whole = self._tail == _LAST_CHUNK
        else:
            self._left -= len(piece)
            self.is_whole = self._left <= 0

    def _begin(self, header: re.Match[bytes]) -> bytes:
        """Read the header; the first piece of the body."""
        self.status = int(header[1])
        fields = header[2]
        length = _LENGTH.search(fields)
        if length:
            self._left = int(length[1])
        elif not _CHUNKED.search(fields):
            raise ConnectionError("an answer has neither a length nor chunks")
        self.closes = _CLOSES.search(fields) is not None
        return self._head[header.end() :]


class _Client:
    """One client with its connection."""

    def __init__(self, address: Address, poll: select.epoll, requests: Iterator[bytes]) -> None:
        self._where = (address.host, address.port)
        self._poll = poll
        self._next = requests.__next__
        self._reading = _Reading()
        self.asked = 0.0
        self.is_well = True
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._where, timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self._socket.fileno()
        self._poll.register(self.number, select.EPOLLIN)

    def close(self) -> None:
        self._socket.close()

    def leave(self) -> None:
        """Hear no more of the connection, such as that the server ends it."""
        self._poll.unregister(self.number)

    def reopen(self) -> None:
        """Take a new connection, because the server ends this one."""
        self.leave()
        self.close()
        self._open()

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after this answer."""
        return self._reading.closes

    def ask(self) -> None:
        """Send the next request."""
        self._reading = _Reading()
        request = self._next()
        self.asked = time.perf_counter()
        self._socket.sendall(request)

    def read(self) -> bool:
        """Read what is there; whether the answer, or the connection, has ended."""
        try:
            self._reading.take(self._socket.recv(_PIECE))
        except OSError:
            self.is_well = False
            return True
        if self._reading.is_whole:
            self.is_well = self._reading.status == 200
            return True
        return False


def _requests(address: Address, query: str, media_type: str, *, is_unique: bool) -> Iterator[bytes]:
    if not is_unique:
        return itertools.repeat(_request(address, query, media_type))
    mark = "9" * 9
    before, _, after = _request(address, f"{query}\n#{mark}", media_type).partition(mark.encode())
    return (b"%b%09d%b" % (before, number, after) for number in _numbers)


def _request(address: Address, query: str, media_type: str) -> bytes:
    lines = (
        f"GET {address.path}?query={quote(query, safe='')} HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        f"Accept: {media_type}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _chunks(body: bytes) -> Iterator[bytes]:
    """The pieces of a chunked body (RFC 9112, 7.1)."""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            return
        yield rest[:length]
        body = rest[length + 2 :]
