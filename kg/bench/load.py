"""The load generator: clients that keep their connections and ask without a pause (HTTP/1.1).

One process serves all clients by `epoll`, and reads of an answer only what tells its end: the
header of the first piece, and the last bytes of a chunked body. A request differs from the next by
a number in a comment where no server shall have seen it before.
"""

import itertools
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
_END_OF_HEADER = b"\r\n\r\n"
_STATUS = slice(len("HTTP/1.1 "), len("HTTP/1.1 200"))
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
    head, _, body = b"".join(pieces).partition(_END_OF_HEADER)
    fields = head.lower() + b"\r\n"
    named = _value(fields, b"content-type") or b""
    plain = b"".join(_chunks(body)) if _value(fields, b"transfer-encoding") else body
    return Answer(reading.status, named.partition(b";")[0].strip().decode(), plain)


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
            header, end, piece = self._head.partition(_END_OF_HEADER)
            if not end:
                return
            self._begin(header)
        if self._left is None:
            self._tail = (self._tail + piece)[-len(_LAST_CHUNK) :]
            self.is_whole = self._tail == _LAST_CHUNK
        else:
            self._left -= len(piece)
            self.is_whole = self._left <= 0

    def _begin(self, header: bytes) -> None:
        """Read the header.

        Plain searches, no patterns: a server that sends more fields than another shall not wait
        longer for its next request.
        """
        if not (header.startswith(b"HTTP/1.") and header[_STATUS].isdigit()):
            raise ConnectionError("what came is no HTTP/1.1 answer")
        self.status = int(header[_STATUS])
        fields = header.lower() + b"\r\n"
        length = _value(fields, b"content-length")
        if length is not None:
            self._left = int(length)
        elif _value(fields, b"transfer-encoding") != b"chunked":
            raise ConnectionError("an answer has neither a length nor chunks")
        self.closes = _value(fields, b"connection") == b"close"


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


def _value(fields: bytes, name: bytes) -> bytes | None:
    """The value of one header field; fields and name in lower case."""
    at = fields.find(b"\r\n%b:" % name)
    if at < 0:
        return None
    return fields[at + len(name) + 3 : fields.index(b"\r\n", at + 2)].strip()


def _chunks(body: bytes) -> Iterator[bytes]:
    """The pieces of a chunked body (RFC 9112, 7.1)."""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not length:
            return
        yield rest[:length]
        body = rest[length + 2 :]
