"""Clients that go away: what they asked is stopped at once."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
TARGET = "/sparql?query=" + quote(ENDLESS, safe="")
FORM = urlencode({"query": ENDLESS})

REQUESTS = {
    "get": f"GET {TARGET} HTTP/1.1\r\nHost: a\r\n\r\n",
    "post": (
        "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(FORM)}\r\n\r\n{FORM}"
    ),
    "page": f"GET {TARGET} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n",
    "evidence": f"GET {TARGET}&evidence=1 HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(start: Callable[..., Any], home: Any) -> Any:
    return start(home, "--no-build")


def figures(server: Any) -> dict[str, int]:
    found: dict[str, int] = json.loads(server.get("/health").body)["engine"]
    return found


def wait_for(server: Any, is_so: Callable[[dict[str, int]], bool], seconds: float) -> float:
    """How long it takes until the figures are so."""
    began = time.monotonic()
    while not is_so(figures(server)):
        assert time.monotonic() - began < seconds, figures(server)
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize("how", REQUESTS)
def test_a_query_ends_with_its_connection(server: Any, how: str) -> None:
    cancelled = figures(server)["cancelled"]
    with server.connect() as connection:
        connection.sendall(REQUESTS[how].encode())
        wait_for(server, lambda now: now["busy"] == 1, 5)
        time.sleep(0.5)
        assert figures(server)["busy"] == 1
    assert wait_for(server, lambda now: now["busy"] == 0, 1) < 1
    assert figures(server)["cancelled"] == cancelled + 1
    assert figures(server)["workers"] >= 1


@pytest.mark.parametrize("how", ["get", "page"])
def test_another_http_server_notices_too(start: Callable[..., Any], home: Any, how: str) -> None:
    server = start(home, "--no-build", "--server", "waitress")
    with server.connect() as connection:
        connection.sendall(REQUESTS[how].encode())
        wait_for(server, lambda now: now["busy"] == 1, 5)
    assert wait_for(server, lambda now: now["busy"] == 0, 1) < 1
    assert figures(server)["cancelled"] == 1


def test_many_that_go_away_leave_room_for_others(server: Any) -> None:
    def send() -> socket.socket:
        connection: socket.socket = server.connect()
        connection.sendall(REQUESTS["get"].encode())
        return connection

    connections = [send() for _ in range(60)]
    time.sleep(1)
    for connection in connections:
        connection.close()
    wait_for(server, lambda now: now["busy"] == 0, 2)
    began = time.monotonic()
    assert server.ask("ASK { ?s ?p 'after' }").status == 200
    assert time.monotonic() - began < 0.5
