"""What the editor is told of the graph's terms while somebody writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg import datasets, store
from kg.engines.pool import Pool
from kg.namespaces import ID, PREFIXES, SP
from webui.app import create_app

PEOPLE = """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://people.example/ann> a foaf:Person ; rdfs:label "Ann Smith"@en ;
    foaf:knows <https://people.example/bob> ; foaf:age 42 .
<https://people.example/group> { <https://people.example/bob> a foaf:Person ;
    skos:prefLabel "Bob Jones" . }
"""
FOAF = "http://xmlns.com/foaf/0.1/"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The endpoint over somebody else's data."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "people.trig").write_text(PEOPLE, "utf-8")
    home = tmp_path_factory.mktemp("home")
    datasets.build([Path(folder / "people.trig")], home)
    opened = store.current(home)
    pool = Pool(opened.store_path, is_plain=True)
    yield create_app(opened, pool, is_plain=True).test_client()
    pool.close()


def ask(client: FlaskClient, path: str, **parameters: object) -> Any:
    response = client.get(f"/sparql/{path}", query_string=parameters)
    assert response.status_code == 200, response.text
    return response.json


def written(found: list[dict[str, Any]]) -> list[str]:
    assert found
    return [each["written"] for each in found]


def test_the_terms_come_with_their_words(client: FlaskClient) -> None:
    found = ask(client, "terms")
    assert found["are_declared"]
    assert found["prefixes"][""] == SP
    classes = {each["written"]: each for each in found["classes"]}
    assert classes[":State"]["label"] == "state"
    assert classes[":State"]["count"] > 3
    properties = {each["written"]: each for each in found["properties"]}
    assert properties[":prefers"]["definition"].startswith("Relates an agent")
    assert properties[":prefers"]["iri"] == SP + "prefers"
    assert len(classes) > 50
    assert len(properties) > 50


def test_properties_are_those_of_the_things_that_are_left(client: FlaskClient) -> None:
    of_states = written(ask(client, "terms/properties", type=SP + "State"))
    assert ":prefers" in of_states
    assert ":cowCode" in of_states
    assert ":hasClaimant" not in of_states
    of_options = written(ask(client, "terms/properties", of=SP + "prefers"))
    assert ":isKindOf" in of_options
    assert ":cowCode" not in of_options
    of_one = written(ask(client, "terms/properties", thing=ID + "south-korea"))
    assert ":prefers" in of_one
    nothing = ask(client, "terms/properties", type=[SP + "State", SP + "Claim"])
    assert nothing == []


def test_values_are_those_in_use(client: FlaskClient) -> None:
    found = ask(client, "terms/values", property=SP + "prefers")
    assert "id:coercion" in written(found)
    assert "id:deterrence" not in written(found)
    assert {each["label"] for each in found} >= {"diplomatic engagement"}
    classes = written(
        ask(client, "terms/values", property=PREFIXES["rdf"] + "type", has=SP + "prefers")
    )
    assert ":State" in classes
    assert ":Claim" not in classes
    years = written(ask(client, "terms/values", property=SP + "earliestStartYear"))
    assert "2001" in years
    labels = written(
        ask(client, "terms/values", property=PREFIXES["rdfs"] + "label", type=SP + "State")
    )
    assert '"South Korea"@en' in labels


def test_things_are_found_by_label_and_name(client: FlaskClient) -> None:
    assert "id:south-korea" in written(ask(client, "terms/things", text="South Kor"))
    assert "id:south-korea" in written(ask(client, "terms/things", text="th-kor"))
    states = written(ask(client, "terms/things", text="south", type=SP + "State"))
    assert states == ["id:south-korea"]
    assert ask(client, "terms/things", text="no such thing") == []


def test_a_term_is_explained(client: FlaskClient) -> None:
    found = ask(client, "terms/about", iri=SP + "prefers")
    assert (found["label"], found["domain"], found["range"]) == (
        "prefers",
        ["agent"],
        ["policy option"],
    )
    assert "policy option" in found["definition"]
    found = ask(client, "terms/about", iri=ID + "south-korea")
    assert (found["label"], found["types"]) == ("South Korea", ["state"])
    assert ask(client, "terms/about", iri=ID + "nobody")["types"] == []


def test_faults_have_a_place_and_unknown_terms_a_neighbour(client: FlaskClient) -> None:
    fault = ask(client, "check", query="SELECT * {\n ?a :prefers ?b")["fault"]
    assert (fault["line"], fault["column"]) == (1, 10)
    assert "never closed" in fault["message"]
    fault = ask(client, "check", query="SELECT * {\n SERVICE <x:y> {} }")["fault"]
    assert (fault["line"], fault["column"]) == (2, 2)
    found = ask(client, "check", query="SELECT * { ?a :preferz ?b }")
    assert found["fault"] is None
    assert [(each["written"], each["nearest"][0]) for each in found["unknown"]] == [
        (":preferz", [":prefers", "prefers"])
    ]
    assert ask(client, "check", query="SELECT * { ?a :prefers ?b }") == {
        "fault": None,
        "unknown": [],
    }


@pytest.mark.parametrize(
    "address",
    [
        "terms/values",
        "terms/values?property=x",
        "terms/values?property=a:b&property=a:c",
        "terms/values?property=a:b&type=<x>}",
        "terms/properties?type=a:b%20}%20DROP",
        "terms/properties?" + "&".join(["type=a:b"] * 21),
        "terms/things",
        "terms/things?text=" + "x" * 101,
        "terms/about?iri=",
    ],
)
def test_what_is_no_term_is_refused(client: FlaskClient, address: str) -> None:
    response = client.get(f"/sparql/{address}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("text", ['" }', "\\", "\n", "'''", "<script>", "\ufffe", "?x"])
def test_any_text_can_be_looked_for(client: FlaskClient, text: str) -> None:
    assert client.get("/sparql/terms/things", query_string={"text": f"x{text}y"}).json == []


def test_answers_are_kept_for_their_snapshot(client: FlaskClient, snapshot: store.Snapshot) -> None:
    kept = client.get("/sparql/terms", query_string={"v": snapshot.version})
    assert "immutable" in kept.headers["Cache-Control"]
    for version in ("", "another"):
        other = client.get("/sparql/terms", query_string={"v": version})
        assert other.headers["Cache-Control"] == "no-cache"
    assert len(kept.data) < 60_000


def test_other_peoples_data_is_completed_too(plain: FlaskClient) -> None:
    found = ask(plain, "terms")
    assert not found["are_declared"]
    assert "" not in found["prefixes"]
    assert found["prefixes"]["rdfs"] == PREFIXES["rdfs"]
    assert f"<{FOAF}Person>" in written(found["classes"])
    assert "rdfs:label" in written(found["properties"])
    assert f"<{FOAF}knows>" in written(ask(plain, "terms/properties", type=FOAF + "Person"))
    assert written(ask(plain, "terms/values", property=FOAF + "age")) == ["42"]
    assert ask(plain, "terms/things", text="smith")[0]["label"] == "Ann Smith"
    assert written(ask(plain, "terms/things", text="jones")) == ["<https://people.example/bob>"]
    assert ask(plain, "check", query="SELECT * { ?a <x:unheard> ?b }")["unknown"] == []
    assert ask(plain, "check", query="ASK { ?a foaf:name ?b }")["fault"]["column"] == 10


def test_other_peoples_results_have_labels(plain: FlaskClient) -> None:
    query = f"SELECT ?who ?property {{ ?who <{FOAF}age> ?age . ?who ?property ?value }}"
    page = plain.get("/sparql", query_string={"query": query, "format": "html", "view": "table"})
    assert page.status_code == 200
    assert "rdfs:label" in page.text
