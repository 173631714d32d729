"""The load generator against a small server that answers in every way HTTP/1.1 allows."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

import pytest

from kg.bench import load
from kg.bench.load import JSON, Address
from kg.errors import BenchError


class Server:
    """Answers by what the query says; notes every request."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = Address("127.0.0.1", self._listener.getsockname()[1], "/sparql")
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            pending = b""
            while True:
                while b"\r\n\r\n" not in pending:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    pending += piece
                head, _, pending = pending.partition(b"\r\n\r\n")
                query = unquote(head.split()[1].partition(b"?query=")[2].decode())
                self.seen.append(query)
                if not self._answer(connection, query):
                    return

    def _answer(self, connection: socket.socket, query: str) -> bool:
        ok = b"HTTP/1.1 200 OK\r\nContent-Type: text/x; charset=utf-8\r\n"
        if "chunked" in query:
            connection.sendall(ok + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0")
            time.sleep(0.005)
            connection.sendall(b"\r\n\r\n")
        elif "pieces" in query:
            for byte in ok + b"content-length: 2\r\n\r\nab":
                connection.sendall(bytes((byte,)))
        elif "closing" in query:
            connection.sendall(ok + b"Connection: close\r\nContent-Length: 2\r\n\r\nab")
            return False
        elif "broken" in query:
            connection.sendall(ok + b"Content-Length: 200\r\n\r\nab")
            return False
        elif "wrong" in query:
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        else:
            time.sleep(0.2 if "slow" in query else 0)
            connection.sendall(ok + b"Content-Length: 2\r\n\r\nab")
        return True


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def run(server: Server, query: str, *, clients: int = 1, seconds: float = 0.1) -> load.Run:
    return load.run(server.address, query, JSON, clients=clients, seconds=seconds, is_unique=False)


@pytest.mark.parametrize("query", ["plain", "chunked", "pieces", "closing"])
def test_every_framing_is_read_to_its_end(server: Server, query: str) -> None:
    answer = load.fetch(server.address, query)
    assert (answer.status, answer.media_type, answer.body) == (200, "text/x", b"ab")
    done = run(server, query, clients=3)
    assert done.failures == 0
    assert len(done.latencies) == len(server.seen) - 1 > 3
    assert done.rate == pytest.approx(len(done.latencies) / done.seconds)


def test_connections_are_kept(server: Server) -> None:
    run(server, "plain", clients=3)
    assert server.connections == 3


@pytest.mark.parametrize("query", ["broken", "wrong"])
def test_a_failure_spoils_the_rate(server: Server, query: str) -> None:
    done = run(server, query, clients=2)
    assert done.failures == 2
    assert done.rate == 0


def test_every_client_waits_for_its_last_answer(server: Server) -> None:
    done = run(server, "slow", clients=4, seconds=0.01)
    assert len(done.latencies) == 4
    assert min(done.latencies) >= 0.2
    assert done.seconds >= 0.2


def test_unique_requests_differ_in_a_comment_alone(server: Server) -> None:
    load.run(server.address, "plain", JSON, clients=2, seconds=0.1, is_unique=True)
    assert len(set(server.seen)) == len(server.seen) > 2
    assert {text.partition("\n#")[0] for text in server.seen} == {"plain"}
    assert len({len(text) for text in server.seen}) == 1


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1], "/")
    with pytest.raises(BenchError, match="cannot be reached"):
        load.run(address, "q", JSON, clients=1, seconds=1, is_unique=False)


def test_an_answer_that_does_not_come_is_given_up(server: Server) -> None:
    with pytest.raises(TimeoutError):
        load.fetch(server.address, "slow", seconds=0.05)
