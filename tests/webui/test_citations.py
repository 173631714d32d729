"""How to cite the graph."""

import re

from flask.testing import FlaskClient

from kg import store


def test_the_entry_names_the_snapshot(client: FlaskClient, snapshot: store.Snapshot) -> None:
    entry = client.get("/cite.bib").text
    assert entry.startswith(f"@misc{{standpoint-{snapshot.version},\n")
    assert entry.count("{") == entry.count("}")
    assert re.search(r"year = \{20\d\d\}", entry)
    assert r"\url{https://standpoint.example/data}" in entry


def test_the_data_page_shows_both(client: FlaskClient, snapshot: store.Snapshot) -> None:
    page = client.get("/data").text
    assert f"Snapshot {snapshot.version}, " in page
    assert "@misc{standpoint-" in page
    assert 'href="/void"' in page
