"""Under mixed load, hostile queries included, memory, files and processes stay what they were."""

import itertools
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

WARM_UP = 6.0
SOAK = 20.0
CALM = 20.0
"""Seconds: what fills caches and pools, what must add nothing, and what its end may take."""

MORE_MEMORY = 24 * 2**20
MORE_FILES = 24

ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
KEPT = "SELECT ?actor ?policy { ?actor :prefers ?policy }"
NOW = "BIND(NOW() AS ?now)"
"""What this may change is not kept, so that the store of kept answers does not grow."""

ORDINARY = (
    f"SELECT ?actor ?policy {{ ?actor :prefers ?policy {NOW} }}",
    f"SELECT ?class (COUNT(*) AS ?n) {{ ?x a ?class {NOW} }} GROUP BY ?class",
    f"SELECT * {{ ?s ?p ?o {NOW} }} LIMIT 2000",
    f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o VALUES ?s {{ id:south-korea }} {NOW} }}",
)
HOSTILE = (
    f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}",
    f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {ALL} }}",
    "ASK { FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
    "SELECT * { ?s ?p",
)
PAGES = ("/", "/q/prefers", "/id/south-korea", "/text/000", "/no-such-page", "/data/claims.csv")


@dataclass(frozen=True)
class Use:
    """What a server has of the machine."""

    memory: int
    files: int
    processes: int


def use(server: Any) -> Use:
    family = server.family()
    files = 0
    for pid in family:
        with suppress(OSError):
            files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Use(server.memory(), files, len(family))


def post(query: str) -> bytes:
    body = query.encode()
    head = (
        "POST /sparql HTTP/1.1",
        "Host: here",
        "Connection: close",
        "Content-Type: application/sparql-query",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode() + body


def load(server: Any, seconds: float, seen: Counter[tuple[str, int]]) -> None:
    """Ask from many threads for some time; statuses are counted by what was asked."""
    stop = threading.Event()
    numbers = itertools.count()

    def ordinary() -> None:
        while not stop.wait(0.02):
            query = f"{random.choice(ORDINARY)} # {next(numbers)}"
            seen["query", server.send(post(query)).status] += 1
            seen["kept", server.get("/sparql?query=" + quote(KEPT)).status] += 1
            seen["page", server.get(random.choice(PAGES)).status] += 1

    def hostile() -> None:
        while not stop.wait(0.02):
            with server.connect(2) as connection, suppress(OSError):
                connection.sendall(post(random.choice(HOSTILE)))
                connection.recv(100)
            seen["hostile", 0] += 1

    def rude() -> None:
        while not stop.wait(0.02):
            with server.connect(2) as connection, suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.sendall(post(ORDINARY[2])[: random.randrange(20, 200)])
            seen["rude", 0] += 1

    threads = [threading.Thread(target=each) for each in (ordinary, ordinary, hostile, rude)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()


def calm(server: Any) -> None:
    """Wait until no query runs."""
    deadline = time.monotonic() + CALM
    while server.figures()["busy"]:
        assert time.monotonic() < deadline, "a query runs on after its client has gone"
        time.sleep(0.2)
    time.sleep(1)


@pytest.fixture(scope="module")
def soaked(start: Callable[..., Any], home: Path) -> tuple[Use, Use, Counter[tuple[str, int]]]:
    server = start(home, "--no-build")
    seen: Counter[tuple[str, int]] = Counter()
    load(server, WARM_UP, seen)
    calm(server)
    before = use(server)
    seen.clear()
    load(server, SOAK, seen)
    calm(server)
    return before, use(server), seen


def test_memory_files_and_processes_are_flat(soaked: Any) -> None:
    before, after, _ = soaked
    assert after.memory < before.memory + MORE_MEMORY
    assert after.files < before.files + MORE_FILES
    assert after.processes <= before.processes + 1


def test_the_load_was_one_and_ordinary_clients_were_served(soaked: Any) -> None:
    _, _, seen = soaked
    asked = Counter(kind for kind, _ in seen.elements())
    assert {kind for kind, count in asked.items() if count > 20} >= {"query", "kept", "page"}
    assert asked["rude"] > 100
    assert asked["hostile"] >= 10
    assert {status for kind, status in seen if kind in ("query", "kept")} == {200}
    assert {status for kind, status in seen if kind == "page"} == {200, 404}
