"""SERVICE where the operator allows an endpoint: that one is asked, and nothing else ever."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kg.engines.guard import Checked
from kg.engines.limits import Limits
from kg.engines.pool import Pool
from kg.engines.source import Source
from kg.errors import EngineBusyError, EngineDiedError, QueryTimeoutError, ServiceError

BODY = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"far"}}]}}'


class Endpoint(ThreadingHTTPServer):
    """Stands in for another server; it notes what it is asked.

    `/sparql` answers, `/redirect/<status>` sends on to the canary, `/wrong` answers nonsense,
    `/slow` answers after a while.
    """

    def __init__(self, canary: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.canary = canary
        self.asked: list[str] = []
        self.leave = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.path)
        kind, _, status = self.path[1:].partition("/")
        if kind == "slow":
            self.server.leave.wait(20)
        self.send_response(int(status) if kind == "redirect" else 200)
        if kind == "redirect":
            self.send_header("Location", self.server.canary)
        body = b"<nonsense>" if kind == "wrong" else BODY
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening(canary: str = "") -> Iterator[Endpoint]:
    with Endpoint(canary) as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            endpoint.leave.set()
            endpoint.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def canary() -> Iterator[Endpoint]:
    with listening() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def endpoint(canary: Endpoint) -> Iterator[Endpoint]:
    with listening(canary.address) as endpoint:
        yield endpoint


REDIRECTS = (301, 302, 303, 307, 308)


def allowed(endpoint: Endpoint) -> list[str]:
    paths = ["/sparql", "/wrong", "/slow", *(f"/redirect/{status}" for status in REDIRECTS)]
    return [endpoint.address + path for path in paths]


@pytest.fixture(scope="module")
def server(start: Callable[..., Any], home: Path, endpoint: Endpoint) -> Any:
    options = [word for iri in allowed(endpoint) for word in ("--service", iri)]
    return start(home, "--no-build", *options)


def asking(iri: str, word: str = "SERVICE") -> str:
    return f"SELECT * {{ {word} <{iri}> {{ ?x ?y ?z }} }}"


def test_an_allowed_endpoint_is_asked_each_time(server: Any, endpoint: Endpoint) -> None:
    before = len(endpoint.asked)
    query = f"SELECT ?s ?x {{ ?s a :State {asking(endpoint.address + '/sparql')[10:]}"
    replies = [server.ask(query) for _ in range(2)]
    for reply in replies:
        assert reply.status == 200
        rows = json.loads(reply.body)["results"]["bindings"]
        assert rows
        assert {row["x"]["value"] for row in rows} == {"far"}
        assert "etag" not in reply.headers
    assert len(endpoint.asked) >= before + 2
    page = server.ask(query, "Accept: text/html")
    assert page.status == 200
    assert b"far" in page.body


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirection_is_not_followed(
    server: Any, endpoint: Endpoint, canary: Endpoint, status: int
) -> None:
    iri = f"{endpoint.address}/redirect/{status}"
    reply = server.ask(asking(iri))
    assert (reply.status, json.loads(reply.body)["status"]) == (502, 502)
    assert canary.address.encode() not in reply.body
    silent = server.ask(asking(iri, "SERVICE SILENT"))
    assert json.loads(silent.body)["results"]["bindings"] == [{}]
    graph = server.ask(f"CONSTRUCT {{ <a:a> <a:a> ?x }} {{ SERVICE <{iri}> {{ ?x ?y ?z }} }}")
    assert graph.status == 502
    assert endpoint.asked.count(f"/redirect/{status}") == 3
    assert canary.asked == []


def test_an_endpoint_that_answers_nonsense_is_told(server: Any, endpoint: Endpoint) -> None:
    reply = server.ask(asking(endpoint.address + "/wrong"))
    assert reply.status == 502
    assert b"nonsense" not in reply.body
    assert server.ask("ASK {}").status == 200


def test_nothing_else_is_asked(server: Any, endpoint: Endpoint, canary: Endpoint) -> None:
    there, away = endpoint.address + "/sparql", canary.address
    hostile = [
        asking(away),
        asking(away, "SERVICE SILENT"),
        asking(away, "\\u0053ervice"),
        asking(away, "SERVICE # <" + there + ">\n"),
        asking(there + "/../../"),
        asking(there.replace("127.0.0.1", "localhost")),
        f"SELECT * {{ BIND(<{away}> AS ?x) SERVICE ?x {{ ?a ?b ?c }} }}",
        f"SELECT * {{ VALUES ?x {{ <{there}> }} SERVICE ?x {{ ?a ?b ?c }} }}",
        f"BASE <{away}> SELECT * {{ SERVICE </sparql> {{ ?a ?b ?c }} }}",
        f"PREFIX c: <{away}> SELECT * {{ SERVICE c: {{ ?a ?b ?c }} }}",
        f"SELECT * {{ SERVICE <{there}> {{ ?a ?b ?c }} SERVICE <{away}> {{ ?a ?b ?c }} }}",
        f"SELECT * {{ SERVICE <{there}> {{ SERVICE <{away}> {{ ?a ?b ?c }} }} }}",
        f"SELECT * FROM <{there}> {{ ?a ?b ?c }}",
        f"LOAD <{there}>",
    ]
    for query in hostile:
        assert server.ask(query).status in (400, 403), query
    assert canary.asked == []


def test_it_is_told_what_may_be_asked(server: Any, endpoint: Endpoint) -> None:
    description = server.get("/sparql", "Accept: text/turtle").body.decode()
    assert "sd:BasicFederatedQuery" in description
    assert endpoint.address + "/sparql" in description


@pytest.fixture
def pool(endpoint: Endpoint, snapshot: Any) -> Iterator[Pool]:
    limits = Limits(workers=1, service_seconds=0.6, services=1, wait_seconds=0.2)
    with Pool(snapshot.store_path, limits, services=allowed(endpoint)) as pool:
        yield pool


def test_such_queries_have_limits_of_their_own(pool: Pool, endpoint: Endpoint) -> None:
    slow = asking(endpoint.address + "/slow")
    with ThreadPoolExecutor() as threads:
        running = threads.submit(pool.query, slow)
        while pool.status().busy == 0:
            time.sleep(0.005)
        with pytest.raises(EngineBusyError, match="other servers"):
            pool.query(slow)
        assert pool.ask("ASK {}")
        assert isinstance(running.exception(), QueryTimeoutError)
    status = pool.status()
    assert (status.workers, status.busy, status.killed, status.long) == (1, 0, 1, 0)
    assert pool.query(asking(endpoint.address + "/sparql")).rows == 1


def test_other_workers_reach_nobody(pool: Pool, endpoint: Endpoint) -> None:
    asked = len(endpoint.asked)
    text = asking(endpoint.address + "/sparql")
    fooled = Checked(Source.read(text, len(text)), "SELECT", False)
    with pytest.raises(EngineDiedError):
        pool.query(fooled)
    assert len(endpoint.asked) == asked
    assert pool.query(text).rows == 1
    assert len(endpoint.asked) == asked + 1


def test_an_endpoint_that_is_not_there_is_told(snapshot: Any) -> None:
    with listening() as endpoint:
        iri = endpoint.address + "/sparql"
    with (
        Pool(snapshot.store_path, Limits(workers=1), services=[iri]) as pool,
        pytest.raises(ServiceError),
    ):
        pool.query(asking(iri))
