"""The release files."""

import hashlib
import math
import re

import pytest
from flask.testing import FlaskClient

from kg import store
from webui.downloads import MEDIA_TYPES, downloads


def test_every_release_file_is_listed_and_served_as_it_is(
    client: FlaskClient, snapshot: store.Snapshot
) -> None:
    page = client.get("/data").text
    files = {path.name: path for path in snapshot.release_path.iterdir()}
    assert set(downloads(snapshot.path)) == set(files)
    assert next(iter(downloads(snapshot.path))) == "claims.csv"
    for name, path in files.items():
        body = path.read_bytes()
        assert hashlib.sha256(body).hexdigest() in page
        assert f">{math.ceil(len(body) / 1000):,}</td>" in page
        response = client.get(f"/data/{name}", buffered=True)
        assert response.data == body
        assert response.mimetype == MEDIA_TYPES[downloads(snapshot.path)[name].ending]
        assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
        tag = {"If-None-Match": response.headers["ETag"]}
        assert client.get(f"/data/{name}", headers=tag, buffered=True).status_code == 304


def test_every_release_file_says_what_it_is_for(
    client: FlaskClient, snapshot: store.Snapshot
) -> None:
    purposes = re.findall(r'<td class="purpose">(.*?)</td>', client.get("/data").text)
    assert len(purposes) == len(downloads(snapshot.path)) > 10
    assert all(purposes)


def test_a_part_of_a_file_can_be_had(client: FlaskClient) -> None:
    response = client.get("/data/standpoint.nt", headers={"Range": "bytes=0-9"}, buffered=True)
    assert response.status_code == 206
    assert len(response.data) == 10


@pytest.mark.parametrize(
    "name",
    [
        "marker.json",
        "../marker.json",
        "..%2fmarker.json",
        "%2e%2e/marker.json",
        "store/CURRENT",
        "/",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    response = client.get(f"/data/{name}")
    assert response.status_code == 404
    assert "sha256" not in response.text
