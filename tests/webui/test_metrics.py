"""The figures are for whoever runs the service: asked for on its own machine."""

import pytest
from werkzeug.test import Client

from kg import store
from kg.engines.local import LocalEngine
from webui.app import create_app
from webui.clients import Proxies
from webui.front import Front, Served

PROXY = "127.0.0.1"


@pytest.fixture(scope="module")
def served(snapshot: store.Snapshot) -> Served:
    return Served(create_app(snapshot, LocalEngine(snapshot.store_path), library={}))


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "status"),
    [
        ([], "127.0.0.1", None, 200),
        ([], "::1", None, 200),
        ([], "192.0.2.1", None, 404),
        ([], "192.0.2.1", "127.0.0.1", 404),
        ([PROXY], PROXY, None, 200),
        ([PROXY], PROXY, "192.0.2.1", 404),
        ([PROXY], PROXY, "127.0.0.1, 192.0.2.1", 404),
        (["192.0.2.0/24"], "192.0.2.1", "127.0.0.1", 200),
    ],
)
def test_only_this_machine_gets_the_figures(
    served: Served, trusted: list[str], peer: str, forwarded: str | None, status: int
) -> None:
    client = Client(Front(served, proxies=Proxies(trusted)))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    response = client.get("/metrics", environ_base={"REMOTE_ADDR": peer}, headers=headers)
    assert response.status_code == status
    assert (b"standpoint_requests" in response.data) == (status == 200)
    assert client.get("/health", environ_base={"REMOTE_ADDR": peer}).status_code == 200
