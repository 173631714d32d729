"""What the query page offers to pass a query on."""

from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient


def test_the_page_has_its_address_and_the_programs(client: FlaskClient) -> None:
    graph = "https://w3id.org/standpoint/ontology"
    asked = {"query": "ASK {}", "format": "html", "default-graph-uri": graph, "view": "table"}
    page = client.get("/sparql", query_string=asked).text
    assert all(f"Program in {each}" in page for each in ("curl", "Python", "R", "JavaScript"))
    assert f"default-graph-uri={graph}" in page
    link = page.split('id="permalink"')[1].split('value="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith("https://standpoint.example/sparql?")
    assert {name: [value] for name, value in asked.items()} == parse_qs(urlsplit(link).query)


def test_a_query_that_cannot_be_asked_is_not_passed_on(client: FlaskClient) -> None:
    for query in ("wrong", "SELECT * { SERVICE <x:y> {} }"):
        page = client.get("/sparql", query_string={"query": query, "format": "html"}).text
        assert "Share this query" not in page
