"""What stands before the pages: cache, budgets, switching, metrics, log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from kg import store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.engines.pool import Pool
from webui import create_app
from webui.budgets import Budget
from webui.cache import Cache
from webui.clients import Proxies
from webui.front import Front, Served
from webui.journal import Journal

ASK = "/sparql?query=" + quote("ASK { ?s a :State }")
STRANGER = {"REMOTE_ADDR": "192.0.2.1"}


class Counting(LocalEngine):
    """An engine that counts what it is asked."""

    asked = 0

    def query(self, *arguments: Any, **more: Any) -> Any:
        self.asked += 1
        return super().query(*arguments, **more)


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
    with leaving.entered():
        leaving.retire(0.01)
        assert closed == [True]
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
    response = client.get("/metrics")
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


def test_a_cache_stays_within_its_size() -> None:
    cache: Cache[int] = Cache(100_000)
    for number in range(100):
        cache.put(str(number), number, 5_000)
    assert 0 < len(cache) <= 16
    assert cache.get("99") == 99
    assert cache.get("0") is None
    cache.put("large", 1, 50_000)
    assert cache.get("large") is None
