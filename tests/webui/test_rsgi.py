"""The front in an event loop, by the calls that granian makes."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from kg import store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.engines.pool import Pool
from webui.app import create_app
from webui.front import Front, Served
from webui.outgoing import SMALL
from webui.rsgi import Gateway

ASK = "query=" + quote("ASK { ?s a :State }")
ENDLESS = "query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
LARGE = "query=" + quote("SELECT * { ?s ?p ?o }")
FORM = "application/x-www-form-urlencoded"


class Headers(dict[str, list[str]]):
    """The headers of a request."""

    def get_all(self, name: str) -> list[str]:
        return self.get(name, [])


class Scope:
    """A request without its body."""

    client, server, scheme, http_version = "127.0.0.1:5000", "[::1]:8000", "http", "1.1"

    def __init__(self, query: str, path: str, method: str, headers: dict[str, list[str]]) -> None:
        self.method, self.path, self.query_string = method, path, query
        self.headers: Any = Headers(headers)


class Connection:
    """Where a request came from; it notes what goes back."""

    def __init__(self, body: bytes = b"", takes: float | None = None) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.left = asyncio.Event()
        self._body = body
        self._takes = takes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body

    async def client_disconnect(self) -> None:
        await self.left.wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.response_stream(status, headers)
        self.parts.append(body)

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> "Connection":
        assert not self.status
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        return self

    async def send_bytes(self, data: bytes) -> None:
        if self._takes is not None:
            await asyncio.sleep(self._takes)
        self.parts.append(data)

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)


Asks = Callable[..., Any]


@pytest.fixture(scope="module")
def pool(snapshot: store.Snapshot) -> Iterator[Pool]:
    with Pool(snapshot.store_path, Limits(workers=1)) as pool:
        yield pool


@pytest.fixture
def front(snapshot: store.Snapshot, pool: Pool) -> Front:
    return Front(Served(create_app(snapshot, pool, library={})))


async def ask(
    gateway: Gateway,
    query: str,
    path: str = "/sparql",
    method: str = "GET",
    connection: Connection | None = None,
    **headers: str,
) -> Connection:
    connection = connection or Connection()
    named = {name.replace("_", "-"): [value] for name, value in headers.items()}
    await gateway.__rsgi__(Scope(query, path, method, named), connection)
    return connection


def within(front: Front, main: Callable[[Gateway], Any]) -> None:
    """Run a coroutine with a gateway, which is then ended."""
    gateway = Gateway(front)
    loop = asyncio.new_event_loop()
    try:
        gateway.__rsgi_init__(loop)
        loop.run_until_complete(main(gateway))
    finally:
        loop.close()


def test_queries_pages_and_forms_are_answered(front: Front) -> None:
    async def main(gateway: Gateway) -> None:
        first, second = await ask(gateway, ASK), await ask(gateway, ASK)
        assert (first.status, first.headers, first.body) == (
            second.status,
            second.headers,
            second.body,
        )
        assert first.body.endswith(b'"boolean":true}')
        tag = first.headers["etag"]
        assert (await ask(gateway, ASK, if_none_match=tag)).status == 304
        page = await ask(gateway, ASK, accept="text/html")
        assert page.body.startswith(b"<!doctype html>")
        body = urlencode({"query": "ASK { ?s a :State }"}).encode()
        sent = Connection(body)
        await ask(gateway, "", "/sparql", "POST", sent, content_type=FORM, content_length="29")
        assert (sent.status, sent.body) == (200, first.body)
        long = Connection(b"#" * 1_000_001)
        await ask(
            gateway,
            "",
            "/sparql",
            "POST",
            long,
            content_type="application/sparql-query",
            transfer_encoding="chunked",
        )
        assert (long.status, long.headers["connection"]) == (413, "close")
        assert (await ask(gateway, "", "/no/pagé")).status == 404

    within(front, main)


def test_long_answers_and_files_go_out_in_parts(front: Front) -> None:
    async def main(gateway: Gateway) -> None:
        for _ in range(2):
            large = await ask(gateway, LARGE)
            assert large.status == 200
            assert len(large.parts) > 2
            assert max(map(len, large.parts)) <= SMALL
            assert int(large.headers["content-length"]) == len(large.body)
        file = await ask(gateway, "", "/data/claims.csv")
        assert file.status == 200
        assert int(file.headers["content-length"]) == len(file.body)
        assert front._outgoing.size == 0

    within(front, main)


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_query_ends_when_its_client_goes_away(front: Front, pool: Pool, accept: str) -> None:
    async def main(gateway: Gateway) -> None:
        connection = Connection()
        task = asyncio.create_task(ask(gateway, ENDLESS, connection=connection, accept=accept))
        while pool.status().long == before:
            assert not task.done()
            await asyncio.sleep(0.01)
        connection.left.set()
        began = time.monotonic()
        await task
        assert time.monotonic() - began < 1
        assert connection.status == 0
        assert pool.status().busy == 0
        assert (await ask(gateway, ASK)).status == 200

    before = pool.status().long
    within(front, main)


def test_a_reader_that_goes_away_leaves_its_room(front: Front) -> None:
    async def main(gateway: Gateway) -> None:
        connection = Connection(takes=9)
        task = asyncio.create_task(ask(gateway, LARGE, connection=connection))
        while not front._outgoing.size:
            await asyncio.sleep(0.01)
        connection.left.set()
        await task
        assert front._outgoing.size == 0

    within(front, main)


def test_the_end_stops_what_is_asked(snapshot: store.Snapshot) -> None:
    pool = Pool(snapshot.store_path, Limits(workers=1))
    front = Front(Served(create_app(snapshot, pool, library={}), pool.close))
    gateway = Gateway(front)
    loop = asyncio.new_event_loop()
    gateway.__rsgi_init__(loop)
    task = loop.create_task(ask(gateway, ENDLESS))
    loop.run_until_complete(asyncio.sleep(0.5))
    assert pool.status().busy == 1
    began = time.monotonic()
    gateway.__rsgi_del__(loop)
    loop.close()
    assert time.monotonic() - began < 3
    assert task.done()
    assert pool.status().workers == 0


def test_what_takes_long_to_read_keeps_nobody_waiting(front: Front) -> None:
    async def main(gateway: Gateway) -> None:
        await ask(gateway, ASK)
        wide = "query=" + quote("ASK { ?s a ?x VALUES ?x { " + "1 " * 30_000 + "} }", safe="")
        long = asyncio.create_task(ask(gateway, wide))
        await asyncio.sleep(0)
        waited = []
        while not long.done():
            began = time.monotonic()
            await ask(gateway, ASK)
            waited.append(time.monotonic() - began)
            await asyncio.sleep(0)
        assert len(waited) > 2
        assert sorted(waited)[len(waited) // 2] < 0.05

    assert threading.active_count() < 200
    within(front, main)


def test_an_engine_of_this_process_serves_too(snapshot: store.Snapshot) -> None:
    async def main(gateway: Gateway) -> None:
        assert (await ask(gateway, ASK)).status == 200

    engine = LocalEngine(snapshot.store_path)
    within(Front(Served(create_app(snapshot, engine, library={}))), main)
