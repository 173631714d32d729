"""Clients that do not take their answers: memory stays bounded, others are served."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

LARGE = "SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d ?e ?f }"
MEMORY = 1_500_000_000


@pytest.fixture(scope="module")
def server(start: Callable[..., Any], home: Path) -> Any:
    return start(home, "--no-build", "--trusted-proxy", "127.0.0.1")


def asks(server: Any, number: int) -> socket.socket:
    """A connection that asks for a large answer and takes none of it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", server.port))
    query = quote(f"{LARGE} # {number}", safe="")
    head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.{number}"
    connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
    return connection


def status(connection: socket.socket) -> int:
    return int(connection.recv(12, socket.MSG_WAITALL).split()[1])


def test_answers_that_nobody_takes_are_bounded(server: Any) -> None:
    before = server.memory()
    with ExitStack() as ends:
        connections = []
        for number in range(24):
            connections.append(ends.enter_context(asks(server, number)))
            time.sleep(0.3)
        statuses = [status(each) for each in connections]
        assert set(statuses) == {200, 503}
        assert statuses.count(200) >= 3
        memory = server.memory()
        assert memory < MEMORY
        assert memory - before < 800_000_000
        began = time.monotonic()
        reply = server.ask("ASK { ?s ?p 'small' }", "X-Forwarded-For: 198.51.100.1")
        assert reply.status == 200
        assert time.monotonic() - began < 2
    deadline = time.monotonic() + 20
    while server.ask(LARGE + f" # {time.monotonic()}").status != 200:
        assert time.monotonic() < deadline, "the room is not free again"
        time.sleep(0.5)
