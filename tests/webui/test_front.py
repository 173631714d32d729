"""What stands before the pages: cache, budgets, switching, metrics, log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from kg import store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.engines.pool import Pool
from kg.namespaces import ONTOLOGY_IRI
from webui.app import create_app
from webui.budgets import Budget
from webui.clients import Proxies
from webui.front import Front, Served
from webui.journal import Journal

ASK = "/sparql?query=" + quote("ASK { ?s a :State }")
STRANGER = {"REMOTE_ADDR": "192.0.2.1"}


class Counting(LocalEngine):
    """An engine that counts what it is asked."""

    asked = 0

    async def answer(self, *arguments: Any, **more: Any) -> Any:
        self.asked += 1
        return await super().answer(*arguments, **more)


@pytest.fixture
def counting(snapshot: store.Snapshot) -> Counting:
    return Counting(snapshot.store_path)


@pytest.fixture
def served(snapshot: store.Snapshot, counting: Counting) -> Served:
    return Served(create_app(snapshot, counting, library={}))


@pytest.fixture(scope="module")
def pool(snapshot: store.Snapshot) -> Iterator[Pool]:
    with Pool(snapshot.store_path, Limits(workers=1)) as pool:
        yield pool


def test_what_was_asked_before_reaches_no_engine(served: Served, counting: Counting) -> None:
    client = Client(Front(served))
    first = client.get(ASK)
    assert (first.status_code, counting.asked) == (200, 1)
    second = client.get(ASK)
    assert counting.asked == 1
    assert (second.data, dict(second.headers)) == (first.data, dict(first.headers))
    csv = client.get(ASK, headers={"Accept": "text/csv"})
    assert (csv.content_type, counting.asked) == ("text/csv; charset=utf-8", 2)
    assert client.get(ASK, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_what_means_the_same_is_answered_once(served: Served, counting: Counting) -> None:
    client = Client(Front(served))
    query = "ASK { ?s a :State }"
    json_ = {"Accept": "application/sparql-results+json"}
    form = "application/x-www-form-urlencoded"
    direct = "application/sparql-query"
    replies = [
        client.get(ASK),
        client.get(ASK, headers=json_),
        client.get(ASK, headers={"Accept": "text/csv;q=0.5, application/json"}),
        client.get("/sparql?query=" + quote(query, safe="?:{}").replace("%20", "+")),
        client.get(ASK + "&format=json", headers={"Accept": "text/csv"}),
        client.get(ASK + "&other=1"),
        client.post("/sparql", data=urlencode({"query": query}), content_type=form),
        client.post("/sparql", data=query, content_type=direct),
        client.post("/sparql", data=query, content_type=direct + "; charset=UTF-8"),
    ]
    assert counting.asked == 1
    assert len(served.answers) == 1
    told = {(reply.status_code, reply.data, tuple(sorted(reply.headers))) for reply in replies}
    assert len(told) == 1
    head = client.head(ASK)
    assert (counting.asked, head.data) == (1, b"")
    assert dict(head.headers) == dict(replies[0].headers)
    for other in (ASK + "&default-graph-uri=" + quote(ONTOLOGY_IRI), ASK + "&format=xml"):
        assert client.get(other).status_code == 200
    assert counting.asked == 3


@pytest.mark.parametrize("address", [ASK, ASK + "&other=1"])
def test_who_has_an_answer_is_told_that_it_is_unchanged(served: Served, address: str) -> None:
    client = Client(Front(served))
    for _ in range(2):
        first = client.get(ASK)
        tag = first.headers["ETag"]
        again = client.get(address, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Vary"] == "Accept"
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


REQUESTS: list[tuple[str, str, dict[str, str], str | None]] = [
    ("GET", ASK, {}, None),
    ("HEAD", ASK, {}, None),
    ("GET", ASK, {"Accept": "text/csv"}, None),
    ("GET", ASK, {"Accept": "text/html"}, None),
    ("GET", ASK, {"Accept": "image/png"}, None),
    ("GET", ASK + "&format=html", {}, None),
    ("GET", ASK + "&format=nonsense", {}, None),
    ("GET", ASK + "&default-graph-uri=file:///etc/passwd", {}, None),
    ("GET", "/sparql?query=SELECT+*+%7B+?s+?p+?o+%7D", {"Accept": "text/csv"}, None),
    ("GET", "/sparql?query=CONSTRUCT+WHERE+%7B+?s+a+:State+%7D", {}, None),
    ("GET", "/sparql?query=CONSTRUCT+WHERE+%7B+?s+a+:State+%7D", {"Accept": "text/csv"}, None),
    ("GET", "/sparql?query=SELECT+(NOW()+AS+?x)+%7B%7D", {"Accept": "text/csv;q=0"}, None),
    ("GET", "/sparql?query=wrong", {}, None),
    ("GET", "/sparql?query=wrong", {"Accept": "text/html"}, None),
    ("GET", "/sparql?query=wrong", {"Accept": "text/csv, text/html;q=0.5"}, None),
    ("GET", "/sparql?query=wrong", {"Accept": "text/plain"}, None),
    ("GET", "/sparql?query=%FF", {}, None),
    ("GET", "/sparql?query=%FF", {"Accept": "text/html"}, None),
    ("GET", "/sparql?update=CLEAR+ALL", {}, None),
    ("GET", "/sparql?update=CLEAR+ALL", {"Accept": "text/html"}, None),
    ("GET", ASK + "&query=ASK%7B%7D", {}, None),
    ("GET", "/sparql?" + "a=1&" * 1_001, {}, None),
    ("GET", "/sparql", {"Accept": "text/html"}, None),
    ("GET", "/sparql", {"Accept": "image/png"}, None),
    ("PUT", ASK, {}, None),
    ("OPTIONS", "/sparql", {}, None),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, "ASK {}"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, "ASK {}"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query; charset=utf-16"}, "ASK {}"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, "CLEAR ALL"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, "x" * 1_000_001),
    ("POST", "/sparql", {"Content-Type": "application/x-www-form-urlencoded"}, "query=ASK%7B%7D"),
    ("POST", "/sparql", {"Content-Type": "application/x-www-form-urlencoded"}, "other=1"),
]


@pytest.mark.parametrize(("method", "address", "headers", "body"), REQUESTS)
def test_the_layer_answers_just_as_the_application(
    snapshot: store.Snapshot, method: str, address: str, headers: dict[str, str], body: str | None
) -> None:
    def told(client: Client) -> tuple[int, dict[str, str], bytes]:
        reply = client.open(address, method=method, headers=headers, data=body)
        is_timed = reply.content_type.startswith("text/html")
        return (
            reply.status_code,
            {name: value for name, value in reply.headers if name != "Content-Length"},
            b"" if is_timed or "NOW" in address else reply.data,
        )

    limits = Limits(rows=5)
    app = create_app(snapshot, LocalEngine(snapshot.store_path, limits), library={})
    front = Client(Front(Served(app)))
    assert told(front) == told(front) == told(Client(app))


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?x) {}", "SELECT (RAND() AS ?x) {}", "wrong"])
def test_what_changes_or_fails_is_not_kept(served: Served, query: str) -> None:
    client = Client(Front(served))
    client.get("/sparql?query=" + quote(query))
    assert len(served.answers) == 0


def test_another_snapshot_has_other_answers(served: Served, snapshot: store.Snapshot) -> None:
    front = Front(served)
    client = Client(front)
    client.get(ASK)
    other = Counting(snapshot.store_path)
    old = front.switch(Served(create_app(snapshot, other, library={})))
    assert old is served
    assert client.get(ASK).status_code == 200
    assert other.asked == 1


def test_a_retired_snapshot_is_closed_when_the_last_request_has_left(served: Served) -> None:
    closed: list[bool] = []
    leaving = Served(served.app, lambda: closed.append(True))
    leaving.enter()
    leaving.retire(0.01)
    assert closed == [True]
    leaving.leave()
    leaving.retire(10)
    assert closed == [True, True]


def test_a_client_over_its_budget_of_errors_is_told_when_to_come_back(served: Served) -> None:
    client = Client(Front(served, budget=Budget(errors=2)))
    wrong = "/sparql?query=wrong"
    assert [client.get(wrong, environ_base=STRANGER).status_code for _ in range(2)] == [400, 400]
    refused = client.get(ASK, environ_base=STRANGER)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 1
    assert refused.content_type == "application/problem+json"
    assert client.get(ASK, environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200
    assert client.get("/", environ_base=STRANGER).status_code == 200


def test_a_client_over_its_query_time_is_refused(pool: Pool, snapshot: store.Snapshot) -> None:
    app = create_app(snapshot, pool, library={})
    client = Client(Front(Served(app), budget=Budget(seconds=1e-9)))
    assert client.get(ASK, environ_base=STRANGER).status_code == 200
    assert client.get(ASK + "%20", environ_base=STRANGER).status_code == 429
    local = {"REMOTE_ADDR": "127.0.0.1"}
    assert [client.get(ASK + "%20" * n, environ_base=local).status_code for n in (2, 3)] == [
        200
    ] * 2


def test_behind_a_proxy_every_client_has_its_own_budget(
    pool: Pool, snapshot: store.Snapshot
) -> None:
    app = create_app(snapshot, pool, library={})
    front = Front(Served(app), budget=Budget(seconds=1e-9), proxies=Proxies(["127.0.0.1"]))
    client = Client(front)

    def ask(number: int, hops: str) -> int:
        headers = {"X-Forwarded-For": hops}
        local = {"REMOTE_ADDR": "127.0.0.1"}
        return client.get(ASK + "%20" * number, headers=headers, environ_base=local).status_code

    assert ask(10, "192.0.2.1") == 200
    assert ask(11, "192.0.2.2") == 200
    assert ask(12, "9.9.9.9, 192.0.2.1") == 429


def test_the_figures_are_those_of_prometheus(served: Served) -> None:
    client = Client(Front(served))
    client.get(ASK)
    client.get("/no-such-page")
    response = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert response.content_type.startswith("text/plain; version=0.0.4")
    families = {each.name: each for each in text_string_to_metric_families(response.text)}
    counted = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for sample in families["standpoint_requests"].samples
        if sample.name.endswith("_total")
    }
    assert counted == {("sparql", "200"): 1, ("page", "404"): 1}
    [triples] = families["standpoint_snapshot_triples"].samples
    assert triples.value == served.site.snapshot.triples


def test_the_log_has_no_personal_data_unless_asked(served: Served, tmp_path: Path) -> None:
    for is_personal in (False, True):
        path = tmp_path / f"{is_personal}.log"
        journal = Journal(str(path), is_personal=is_personal)
        client = Client(Front(served, journal=journal))
        client.get(ASK, environ_base=STRANGER, headers={"User-Agent": "secret-agent"})
        client.get("/x\n{}?y=\u2028")
        journal.close()
        lines = path.read_text().splitlines()
        assert len(lines) == 2
        entry = json.loads(lines[0])
        assert (entry["route"], entry["status"], entry["method"]) == ("sparql", 200, "GET")
        for secret in ("192.0.2.1", "secret-agent", "State"):
            assert (secret in lines[0]) == is_personal
