"""The Graph Store Protocol, for reading."""

from urllib.parse import quote

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg import store
from kg.engines.results import formats_for


def triples(response: TestResponse) -> int:
    assert response.status_code == 200, response.text
    written = pyoxigraph.RdfFormat.from_media_type(response.content_type)
    assert written is not None
    return len(list(pyoxigraph.parse(response.data, format=written)))


def test_each_graph_is_there_whole(client: FlaskClient, snapshot: store.Snapshot) -> None:
    assert len(snapshot.graphs) > 5
    for iri, count in snapshot.graphs.items():
        assert triples(client.get(f"/store?graph={quote(iri, safe='')}")) == count
    assert triples(client.get("/store?default")) == snapshot.triples


def test_every_format_of_graphs_is_offered(client: FlaskClient, snapshot: store.Snapshot) -> None:
    iri, count = next(iter(snapshot.graphs.items()))
    address = f"/store?graph={quote(iri, safe='')}"
    for each in formats_for("graph"):
        headers = {"Accept": each.media_type.partition(";")[0]}
        response = client.get(address, headers=headers)
        assert response.content_type == each.media_type
        assert triples(response) == count
        assert client.get(f"{address}&format={each.name}").content_type == each.media_type
    assert client.get(address, headers={"Accept": "text/csv"}).status_code == 406
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("graph=http://example.com/none", 404),
        ("graph=", 404),
        ("graph=x%3E%20%7D", 404),
        ("", 400),
        ("graph=a&graph=b", 400),
        ("default&graph=a", 400),
        ("graph=%FF", 400),
    ],
)
def test_what_names_no_graph_is_told(client: FlaskClient, query: str, status: int) -> None:
    response = client.get(f"/store?{query}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_an_address_that_is_no_graph_is_not_found(client: FlaskClient) -> None:
    assert client.get("/store/none").status_code == 404


@pytest.mark.parametrize("method", ["put", "post", "delete", "patch"])
@pytest.mark.parametrize("address", ["/store?default", "/store/none"])
def test_nothing_can_be_written(client: FlaskClient, method: str, address: str) -> None:
    response = getattr(client, method)(address, data="<a:a> <b:b> <c:c> .")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
