"""Connections that make no headway are closed, the others are not."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from webui.clients import Proxies
from webui.connections import Line, Watch


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Pair:
    """A listener in this process, and connections to it."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._listener = ends.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = int(self._listener.getsockname()[1])

    def connect(self) -> tuple[socket.socket, socket.socket]:
        """The client's end and the server's."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        self._ends.enter_context(client)
        server, _ = self._listener.accept()
        self._ends.enter_context(server)
        return client, server


@pytest.fixture
def pair() -> Iterator[Pair]:
    with ExitStack() as ends:
        yield Pair(ends)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def is_closed(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def later(watch: Watch, clock: Clock) -> None:
    clock.now += 31
    watch.look()


def test_a_silent_connection_is_closed(pair: Pair, clock: Clock) -> None:
    watch = Watch(pair.port, Proxies(), clock=clock)
    client, _ = pair.connect()
    watch.look()
    clock.now += 29
    watch.look()
    assert not is_closed(client)
    clock.now += 2
    watch.look()
    assert is_closed(client)
    assert watch.closed == 1


def test_a_connection_that_trickles_is_closed(pair: Pair, clock: Clock) -> None:
    watch = Watch(pair.port, Proxies(), clock=clock)
    client, server = pair.connect()
    watch.look()
    client.sendall(b"x" * 30)
    server.recv(30)
    later(watch, clock)
    assert is_closed(client)


def test_one_that_is_answered_or_sends_stays(pair: Pair, clock: Clock) -> None:
    watch = Watch(pair.port, Proxies(), clock=clock)
    asking, answering = pair.connect()
    sending, receiving = pair.connect()
    watch.look()
    for _ in range(3):
        answering.sendall(b"x" * 300)
        assert asking.recv(300, socket.MSG_WAITALL)
        sending.sendall(b"x" * 5000)
        assert receiving.recv(5000, socket.MSG_WAITALL)
        later(watch, clock)
    assert not is_closed(asking)
    assert not is_closed(sending)
    assert watch.closed == 0


def test_one_that_does_not_read_what_it_asked_for_is_closed(pair: Pair, clock: Clock) -> None:
    watch = Watch(pair.port, Proxies(), clock=clock)
    client, server = pair.connect()
    server.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            server.send(b"x" * 65536)
    time.sleep(0.2)
    watch.look()
    client.recv(1000)
    later(watch, clock)
    assert is_closed(client)


def test_one_address_has_so_many_connections(pair: Pair, clock: Clock) -> None:
    watch = Watch(pair.port, Proxies(), per_address=3, clock=clock)
    clients = [pair.connect()[0] for _ in range(3)]
    watch.look()
    clients += [pair.connect()[0] for _ in range(2)]
    watch.look()
    assert [is_closed(client) for client in clients] == [False] * 3 + [True] * 2
    trusting = Watch(pair.port, Proxies(["127.0.0.1"]), per_address=1, clock=clock)
    trusting.look()
    assert trusting.closed == 0


def test_other_sockets_are_left_alone(clock: Clock) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, ExitStack() as ends:
        client, _ = Pair(ends).connect()
        watch = Watch(1, Proxies(), clock=clock)
        watch.look()
        later(watch, clock)
        assert watch.closed == 0
        assert not is_closed(client)
        ours.sendall(b"x")
        assert theirs.recv(1) == b"x"


def test_a_line_tells_what_its_client_has_taken_and_no_other(pair: Pair) -> None:
    client, server = pair.connect()
    pair.connect()
    host, port = client.getsockname()
    line = Line.find(pair.port, (host, port))
    assert line
    assert line.number == server.fileno()
    before = line.taken()
    assert before is not None
    server.sendall(b"x" * 300)
    assert client.recv(300, socket.MSG_WAITALL)
    deadline = time.monotonic() + 5
    while line.taken() != before + 300:
        assert time.monotonic() < deadline
    assert Line.find(pair.port, (host, 1)) is None
    assert Line.find(1, (host, port)) is None
    number = server.fileno()
    server.close()
    assert line.taken() is None
    with closing(socket.socket()) as other:
        assert other.fileno() == number
        assert line.taken() is None
