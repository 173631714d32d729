"""How to cite the graph."""

import re

from flask.testing import FlaskClient

from kg import store
from webui import citations


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


def test_an_answer_is_cited_with_its_question_and_snapshot(
    client: FlaskClient, snapshot: store.Snapshot
) -> None:
    said = citations.answer(snapshot, "Who?", "https://standpoint.example/q/who")
    assert "“Who?”" in said
    assert said.endswith(" https://standpoint.example/q/who")
    page = client.get("/q/prefers").text
    assert f"Snapshot {snapshot.version}, " in page
    assert "“Which actor prefers engagement after 2000?”" in page
    assert 'href="/cite.bib"' in page
    assert 'href="/data#cite"' in page
