"""What the query page shows of a result."""

import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg import store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.errors import QueryTimeoutError
from webui.app import create_app
from webui.views import VIEWS

AIMS = "SELECT ?actor ?goal { ?p a :Aim ; :hasHolder ?actor ; :hasGoal ?goal }"
MANY = "SELECT ?claim ?content { ?claim :hasContent ?content }"
GRAPH = "CONSTRUCT { ?a :prefers ?b } { ?a :prefers ?b }"
TIMES = "SELECT ?t ?from { ?t :earliestStartYear ?from }"
HARM = "SELECT * { BIND('<script>alert(1)</script>' AS ?x) BIND(<javascript:alert(2)> AS ?y) }"


def get(client: FlaskClient, query: str, **more: str) -> TestResponse:
    return client.get("/sparql?" + urlencode({"query": query, "format": "html", **more}))


def page(client: FlaskClient, query: str, **more: str) -> str:
    response = get(client, query, **more)
    assert response.status_code == 200, response.text
    return unescape(response.text)


def links(text: str) -> list[dict[str, str]]:
    found = re.findall(r'href="(/sparql\?[^"#]+)', text)
    assert found
    return [dict(parse_qsl(urlsplit(each).query)) for each in found]


def view_of(text: str) -> str:
    (found,) = re.findall(r'aria-current="page">(\w+)<', text)
    return str(found).lower()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("query", [AIMS, MANY, GRAPH, TIMES, "DESCRIBE id:south-korea", HARM])
def test_every_result_has_every_view(client: FlaskClient, query: str, view: str) -> None:
    text = page(client, query, view=view)
    assert view_of(text) == view
    assert text.count("<h1") == 1


def test_pictures_have_a_list_and_a_file(client: FlaskClient) -> None:
    for query, view in ((AIMS, "graph"), (GRAPH, "graph"), (TIMES, "timeline")):
        text = page(client, query, view=view)
        assert "<svg" in text
        assert "The same as a list" in text
        (file,) = [each for each in links(text) if each.get("format") == "svg"]
        response = client.get("/sparql?" + urlencode(file))
        assert response.content_type == "image/svg+xml"
        root = ET.fromstring(response.data)
        hrefs = [each.get("href", "") for each in root.iter("{http://www.w3.org/2000/svg}a")]
        assert hrefs
        assert all(each.startswith("https://standpoint.example/") for each in hrefs)


def test_the_list_has_what_the_picture_has(client: FlaskClient) -> None:
    _, picture, after = re.split("<svg|</svg>", page(client, AIMS, view="graph"), maxsplit=2)
    drawn = {re.sub("<[^>]+>", " ", each) for each in re.findall("<text.*?</text>", picture)}
    listed = "".join(re.sub("<[^>]+>", "", after).split())
    assert len(drawn) > 10
    assert [each for each in drawn if "".join(each.split()) not in listed] == []


def test_links_keep_what_was_asked(client: FlaskClient) -> None:
    said = {"sort": "-goal", "filter": "korea"}
    text = page(client, AIMS, view="table", **said)
    found = [each for each in links(text) if each.get("format") == "html"]
    keeping = [each for each in found if all(each.get(name) == said[name] for name in said)]
    assert {each.get("view") for each in keeping} >= set(VIEWS)
    assert all(each["query"] == AIMS for each in found)
    assert '<th scope="col" aria-sort="descending">' in text
    assert '<input type="hidden" name="sort" value="-goal">' in text
    assert 'name="filter" type="search" value="korea"' in text


def test_sorting_and_filtering_are_done_here(client: FlaskClient) -> None:
    def goals(**more: str) -> list[str]:
        text = page(client, AIMS, view="table", **more)
        return re.findall(r'<tr id="row-\d+"><td>.*?</td><td><a[^>]*>(.*?)</a>', text)

    plain = goals()
    assert len(plain) > 5
    assert goals(sort="goal") == sorted(plain, key=str.casefold)
    assert goals(sort="-goal") == sorted(plain, key=str.casefold, reverse=True)
    found = goals(filter="id:peace")
    assert found == ["peace on the Korean Peninsula"]


def test_every_page_of_evidence_has_an_address(client: FlaskClient) -> None:
    seen: list[str] = []
    number = "1"
    while number:
        text = page(client, MANY, evidence="1", page=number)
        rows = re.findall(r'<tr id="row-(\d+)">', text)
        assert text.count('class="behind"') == len(rows) > 0
        assert text.count('<figure class="evidence') >= len(rows)
        seen += rows
        following = [
            each
            for each in links(text)
            if each.get("page") == str(int(number) + 1) and each["query"] == MANY
        ]
        assert all(each["evidence"] == "1" for each in following)
        number = following[0]["page"] if following else ""
    whole = client.get("/sparql?" + urlencode({"query": MANY, "format": "json"})).json
    assert whole
    assert seen == [str(n) for n in range(1, len(whole["results"]["bindings"]) + 1)]
    assert len(seen) > 50


def test_triples_have_evidence_too(client: FlaskClient) -> None:
    text = " ".join(page(client, GRAPH, evidence="1").split())
    assert "Seoul prefers diplomatic and economic engagement" in text
    assert '<tr class="behind">' in text


def test_the_text_marks_the_sentences_and_leads_to_them(client: FlaskClient) -> None:
    text = page(client, AIMS, view="text")
    marks = re.findall(r'<a href="/text/000\?s=(\d+)#s\1"><mark[^>]*>', text)
    assert "10" in marks
    assert text.count("<mark") == len(marks) > 3
    assert "The future of the U.S.-Republic of Korea alliance hinges" in text
    assert "denies" in text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"view": "map"}, "there is no view"),
        ({"page": "99"}, "there is no page 99"),
        ({"page": "x"}, "is no page"),
        ({"sort": "nothing"}, "there is no column"),
    ],
)
def test_a_view_that_cannot_be_is_told(
    client: FlaskClient, more: dict[str, str], words: str
) -> None:
    response = get(client, AIMS, **more)
    assert response.status_code == 400
    assert "The result cannot be shown in this way" in response.text
    assert words in response.text
    problem = get(client, AIMS, **{**more, "format": "svg"})
    assert problem.status_code == 400
    assert problem.content_type == "application/problem+json"
    assert words in problem.get_json()["detail"]


def test_a_picture_of_what_has_none_is_refused(client: FlaskClient) -> None:
    for query, more in (("ASK {}", {}), (AIMS, {"view": "table"}), (AIMS, {"view": "text"})):
        response = get(client, query, **{**more, "format": "svg"})
        assert response.status_code == 400
        assert "picture" in response.get_json()["detail"]
    assert get(client, "SELECT", format="svg").status_code == 400


def test_a_query_in_a_body_has_an_address(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": AIMS, "format": "html"})
    assert {each["query"] for each in links(unescape(response.text)) if "view" in each} == {AIMS}


@pytest.mark.parametrize("view", VIEWS)
def test_empty_is_told_in_every_view(client: FlaskClient, view: str) -> None:
    text = page(client, "SELECT * { ?x :prefers :nothing }", view=view)
    assert 'class="notice empty" role="status"' in text
    assert "nothing matches it" in text
    filtered = page(client, AIMS, view=view, filter="zzz")
    assert "No such row" in filtered
    assert "Show all rows" in filtered


def test_an_empty_view_is_not_an_empty_result(client: FlaskClient) -> None:
    query = "SELECT ?x { id:south-korea rdfs:label ?x }"
    assert "No year" in page(client, query, view="timeline")
    assert "Nothing to draw" not in page(client, query, view="graph")
    assert "Nothing to draw" in page(client, "SELECT (1 AS ?x) {}", view="graph")
    assert "No sentence" in page(client, query, view="text")


class Small(LocalEngine):
    """An engine with room for what the pages ask themselves, and not for a whole graph."""

    def __init__(self, snapshot: store.Snapshot) -> None:
        super().__init__(snapshot.store_path, Limits(rows=600))


@pytest.mark.parametrize("view", VIEWS)
def test_cut_is_told_in_every_view(snapshot: store.Snapshot, view: str) -> None:
    client = create_app(snapshot, Small(snapshot)).test_client()
    query = "SELECT * { ?s ?p ?o }"
    assert 'class="notice truncated" role="status"' in page(client, query, view=view)
    file = get(client, query, format="svg")
    assert file.headers["Standpoint-Truncated"] == "rows=600"
    assert "Cut short: these are the first 600 rows." in "".join(
        ET.fromstring(file.data).itertext()
    )


@pytest.mark.parametrize("view", VIEWS)
def test_stopped_is_told_in_every_view(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise QueryTimeoutError("stopped after 10 s")

    monkeypatch.setattr(LocalEngine, "query", stop)
    response = get(client, AIMS, view=view)
    assert response.status_code == 504
    assert 'class="notice timed-out" role="alert"' in response.text
    assert get(client, AIMS, view=view, format="svg").status_code == 504


def test_data_of_others_have_no_sentences(snapshot: store.Snapshot) -> None:
    client = create_app(snapshot, LocalEngine(snapshot.store_path), is_plain=True).test_client()
    query = "SELECT ?s ?o { ?s <https://w3id.org/standpoint/ontology#prefers> ?o }"
    assert ">Text</a>" not in page(client, query, view="graph")
    assert get(client, query, view="text").status_code == 400


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_words_stay_words(client: FlaskClient, view: str) -> None:
    assert "<script>alert" not in get(client, HARM, view=view).text
    assert 'href="javascript' not in get(client, HARM, view=view).text
    said = '"><script>alert(1)</script>'
    for more in ({"filter": said}, {"sort": said}, {"view": said}, {"page": said}):
        assert "<script>alert" not in get(client, AIMS, **{"view": view, **more}).text


@pytest.mark.parametrize(
    ("query", "formats"),
    [(AIMS, ["csv", "tsv", "json", "xml"]), (GRAPH, ["ttl", "nt", "jsonld", "rdf"])],
)
def test_the_result_is_offered_as_files(
    client: FlaskClient, query: str, formats: list[str]
) -> None:
    shown = page(client, query, view="table", sort="-goal" if query == AIMS else "-subject")
    for name in formats:
        found = re.search(rf'<a href="([^"]+)" aria-label="This result as {name}">', shown)
        assert found
        file = client.get(unescape(found[1]))
        assert file.status_code == 200
        assert (
            file.data == client.get("/sparql", query_string={"query": query, "format": name}).data
        )


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ["s", "p", "o"]),
        ("select distinct * { ?policy ^:prefers $actor }", ["policy", "actor"]),
        ("SELECT ?policy ?actor { ?actor :prefers ?policy }", ["policy", "actor"]),
    ],
)
def test_columns_stand_as_the_query_first_names_them(
    client: FlaskClient, query: str, columns: list[str]
) -> None:
    shown = page(client, query)
    assert re.findall(r'title="Sort by this column">(\w+)</a>', shown) == columns
