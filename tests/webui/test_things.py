"""A page and RDF for everything that has a name."""

import re

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from kg import store
from kg.namespaces import DATA, ID, ONTOLOGY_IRI
from webui.terms import local_path
from webui.things import GRAPH_FORMATS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def triples(body: bytes, media_type: str) -> set[pyoxigraph.Triple]:
    written = pyoxigraph.RdfFormat.from_media_type(media_type.partition(";")[0])
    assert written is not None
    return {quad.triple for quad in pyoxigraph.parse(body, format=written)}


@pytest.mark.parametrize("path", ["/id/south-korea", "/id/000/c11a", "/id/000", "/ontology"])
def test_a_thing_is_a_page_for_people(client: FlaskClient, path: str) -> None:
    for headers in (BROWSER, {}, {"Accept": "*/*"}):
        response = client.get(path, headers=headers)
        assert response.status_code == 200
        assert response.content_type.startswith("text/html")
        assert response.headers["Content-Location"] == path + ".html"
        assert "Accept" in response.headers["Vary"]
    assert client.get(path + ".html", headers={"Accept": "text/turtle"}).text == (
        client.get(path, headers=BROWSER).text
    )


@pytest.mark.parametrize(
    "path", ["/id/south-korea", "/id/000/c11a", "/id/000/s11", "/ontology", "/data/000/claims"]
)
def test_a_thing_is_rdf_for_machines(client: FlaskClient, path: str) -> None:
    assert len(GRAPH_FORMATS) == 4
    sizes = set()
    for each in GRAPH_FORMATS:
        headers = {"Accept": each.media_type.partition(";")[0]}
        negotiated = client.get(path, headers=headers)
        assert negotiated.status_code == 200
        assert negotiated.content_type == each.media_type
        assert negotiated.headers["Content-Location"] == f"{path}.{each.name}"
        by_suffix = client.get(f"{path}.{each.name}", headers=BROWSER)
        assert by_suffix.content_type == each.media_type
        sizes.add(len(triples(by_suffix.data, each.media_type)))
        tag = {"If-None-Match": negotiated.headers["ETag"], **headers}
        assert client.get(path, headers=tag).status_code == 304
    assert len(sizes) == 1
    assert sizes.pop() > 3
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_rdf_is_about_the_thing(client: FlaskClient) -> None:
    found = triples(client.get("/id/south-korea.nt").data, "application/n-triples")
    this = pyoxigraph.NamedNode(ID + "south-korea")
    assert any(triple.subject == this for triple in found)
    assert any(triple.object == this for triple in found)
    labelled = {t.subject for t in found if t.predicate.value.endswith("#label")}
    ends = {t.subject for t in found if isinstance(t.subject, pyoxigraph.NamedNode)}
    assert ends & labelled


def test_a_graph_is_served_whole(client: FlaskClient, snapshot: store.Snapshot) -> None:
    for iri, count in snapshot.graphs.items():
        path = local_path(iri)
        assert path
        found = triples(client.get(path + ".nt").data, "application/n-triples")
        assert len(found) == count


def test_a_thing_shows_what_is_said_with_quotes(client: FlaskClient) -> None:
    page = client.get("/id/south-korea").text
    assert "<blockquote>" in page
    assert 'href="/ontology#State"' in page
    assert "Seoul" in page
    assert 'class="chip derived"' in page
    assert 'class="chip written"' in page


def test_a_claim_shows_its_content_its_axes_and_its_sentence(client: FlaskClient) -> None:
    page = client.get("/id/000/c11a").text
    for words in ("has content", "has polarity", "has certainty", "holds during", "is stated in"):
        assert words in page
    assert 'href="/text/000?s=11#s11"' in page
    assert 'href="/text/000?s=11#s11"' in client.get("/id/000/s11").text


def test_encoders_acts_are_told_apart(client: FlaskClient) -> None:
    page = client.get("/id/000/s3").text
    assert 'class="chip editorial"' in page


def test_identifiers_lead_out_and_give_nothing_away(client: FlaskClient) -> None:
    page = client.get("/id/south-korea").text
    assert 'href="http://www.wikidata.org/entity/Q884" rel="nofollow noopener"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/id/korea",
        "/id/../marker.json",
        "/id/%2e%2e/%2e%2e/etc/passwd",
        "/id/south-korea%20",
        "/id/%3Cscript%3E",
        "/id/%3E%20%7D%20UNION%20%7B%20%3Fa%20%3Fb%20%3Fc",
        "/id/%FF%00",
        "/id/.ttl",
        "/id/south-korea.exe",
        "/id/" + "x" * 5000,
        "/ontology/9.9.9",
        "/data/nothing",
        "/data/..%2fmarker.json",
        "/data/release/standpoint.ttl",
    ],
)
def test_what_the_graph_does_not_know_is_not_found(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == 404
    assert "<script" not in page.text
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


def test_a_near_miss_gets_suggestions(client: FlaskClient) -> None:
    assert 'href="/id/south-korea"' in client.get("/id/korea").text


def test_the_ontology_lists_every_term(client: FlaskClient) -> None:
    page = client.get("/ontology").text
    for anchor in ("State", "prefers", "timeExpression", "Affirmed"):
        assert f'id="{anchor}"' in page
    assert "Political actor that is a sovereign state" in page
    assert client.get("/ontology.exe").status_code == 404


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (ID + "000/s11", "/id/000/s11"),
        (ID + "a b?c#d%20", "/id/a%20b%3Fc%23d%2520"),
        (ID + "zürich", "/id/z%C3%BCrich"),
        (ONTOLOGY_IRI + "#prefers", "/ontology#prefers"),
        (ONTOLOGY_IRI, "/ontology"),
        (DATA + "actors", "/data/actors"),
        ("https://w3id.org/standpoint/elsewhere", None),
        ("https://w3id.org/standpoint/ontologyx", None),
        ("javascript:alert(1)", None),
        ("http://www.wikidata.org/entity/Q884", None),
    ],
)
def test_only_names_of_ours_have_a_path_here(iri: str, path: str | None) -> None:
    assert local_path(iri) == path


OWN_SCRIPT = re.compile(r'<script type="module" src="/static/dist/[\w.?=]+"></script>')


def test_hostile_labels_stay_text(hostile: FlaskClient) -> None:
    pages = [
        hostile.get(path, headers=BROWSER)
        for path in (
            "/",
            "/id/evil",
            "/data/hostile",
            "/id/evi",
            "/sparql?query=SELECT+*+{id:evil+?p+?o}",
            "/sparql?query=DESCRIBE+id:evil",
        )
    ]
    assert [page.status_code for page in pages] == [200, 200, 200, 404, 200, 200]
    assert "&lt;script&gt;" in pages[1].text
    for page in pages:
        text = OWN_SCRIPT.sub("", page.text)
        for harm in ("<script", "<svg onload", "<img", 'href="javascript', 'alert(2)"', ">49 <"):
            assert harm not in text


def test_only_web_addresses_become_links(hostile: FlaskClient) -> None:
    page = hostile.get("/id/evil").text
    assert "javascript:alert(5)" in page
    assert 'href="https://evil.example/%22%3E" rel="nofollow noopener"' in page


def test_a_graph_without_texts_or_questions_has_pages(hostile: FlaskClient) -> None:
    for path in ("/", "/q", "/data", "/ontology", "/text", "/sparql?format=html"):
        assert hostile.get(path).status_code == 200
