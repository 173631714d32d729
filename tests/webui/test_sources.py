"""The query page shows what stands behind its rows, and why there are none."""

import csv
import io
from html import unescape
from urllib.parse import urlencode

from flask.testing import FlaskClient

from kg.provenance import COMPLETE

QUERY = "SELECT ?actor ?goal { ?p a :Aim ; :hasHolder ?actor ; :hasGoal ?goal }"


def page(client: FlaskClient, query: str, **more: str) -> str:
    response = client.get("/sparql?" + urlencode({"query": query, "format": "html", **more}))
    assert response.status_code == 200
    return unescape(response.text)


def test_evidence_is_offered_and_then_shown(client: FlaskClient) -> None:
    plain = page(client, QUERY)
    address = "/sparql?" + urlencode({"query": QUERY, "format": "html", "evidence": "1"})
    assert address in plain
    assert "<blockquote>" not in plain
    shown = unescape(client.get(address).text)
    rows = shown.count('<tr class="behind">')
    found = client.get("/sparql?" + urlencode({"query": QUERY, "format": "json"})).json
    assert rows == len(found["results"]["bindings"]) > 0
    assert shown.count('<figure class="evidence') >= rows
    assert "/text/000?s=10#s10" in shown
    assert "Under each row stand the sentences that say so" in shown
    assert COMPLETE not in shown


def test_a_row_that_is_only_denied_is_warned_of(client: FlaskClient) -> None:
    shown = page(client, QUERY, evidence="1")
    assert "Denied: the text says that this is not so." in shown
    assert "Against it:" in shown


def test_files_have_the_evidence_only_when_asked(client: FlaskClient) -> None:
    asked = {"query": QUERY, "format": "csv"}
    plain = client.get("/sparql?" + urlencode(asked))
    full = client.get("/sparql?" + urlencode({**asked, "evidence": "1"}))
    assert next(csv.reader(io.StringIO(plain.text))) == ["actor", "goal"]
    assert next(csv.reader(io.StringIO(full.text))) == ["actor", "goal", "evidence"]
    assert full.content_type == plain.content_type
    assert full.headers["ETag"] != plain.headers["ETag"]
    address = "/sparql?" + urlencode({"query": QUERY, "format": "json", "evidence": "1"})
    document = client.get(address).json
    assert len(document["evidence"]) == len(document["results"]["bindings"]) > 0


def test_formats_that_carry_no_evidence_say_so(client: FlaskClient) -> None:
    response = client.get(
        "/sparql?" + urlencode({"query": QUERY, "format": "xml", "evidence": "1"})
    )
    assert response.status_code == 400
    assert "carries no evidence" in response.text


def test_an_empty_result_is_explained(client: FlaskClient) -> None:
    shown = page(client, 'SELECT * { ?a rdfs:label "South Korea" ; :prefer ?p }')
    assert "The graph has no <code>:prefer</code>" in shown
    assert '<code>"South Korea"@en</code>' in shown
    assert "Nothing in the graph matches this part" in shown
    assert page(client, "ASK { id:south-corea ?p ?o }").count("Did you mean") == 1


def test_unknown_terms_are_told_with_rows_and_graphs_too(client: FlaskClient) -> None:
    for query in (
        "SELECT * { ?a a :State OPTIONAL { ?a :prefer ?p } }",
        "CONSTRUCT { ?a a :State } { ?a a :State OPTIONAL { ?a :prefer ?p } }",
    ):
        assert "The graph has no <code>:prefer</code>" in page(client, query)


def test_other_syntax_says_that_evidence_is_not_available(client: FlaskClient) -> None:
    query = "SELECT ?x { ?y a :State LATERAL { ?y rdfs:label ?x } }"
    assert "Not available for this syntax" in page(client, query, evidence="1")


def test_hostile_words_stay_words(client: FlaskClient) -> None:
    query = 'SELECT * { ?a rdfs:label "<script>alert(1)</script>" }'
    response = client.get("/sparql?" + urlencode({"query": query, "format": "html"}))
    assert "<script>alert" not in response.text
