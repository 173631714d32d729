"""The programs that pass a query on, run as a reader would run them."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from webui.sharing import programs

NASTY = 'it\'s "this" \\n `that` ${x} $(y) $HOME %41 & ? # """ \'\'\' )" )-" ü €'
QUERIES = {
    "solutions": "# a list\nSELECT ?policy WHERE {\n  id:united-states :prefers ?policy\n}",
    "boolean": "ASK { id:united-states :prefers id:coercion }",
    "graph": "CONSTRUCT { ?a :prefers ?b } WHERE { ?a :prefers ?b }",
}
EXPECTED = {
    "solutions": "https://w3id.org/standpoint/id/coercion",
    "boolean": "true",
    "graph": "prefers",
}


@pytest.fixture(scope="module")
def endpoint(app: Flask) -> Iterator[str]:
    """The application, as a program reaches it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


def run(language: str, program: str, folder: Path) -> str:
    """What a program prints."""
    interpreters = {"curl": ["sh"], "Python": [sys.executable], "JavaScript": ["node"]}
    file = folder / {"JavaScript": "program.mjs"}.get(language, "program")
    file.write_text(program, "utf-8")
    command = interpreters[language]
    done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
@pytest.mark.parametrize("kind", QUERIES)
def test_a_program_prints_the_answer(
    endpoint: str, tmp_path: Path, language: str, kind: str
) -> None:
    program = programs(endpoint, QUERIES[kind], [], kind)[language]  # type: ignore[arg-type]
    printed = run(language, program, tmp_path)
    expected = "5 triples" if (language, kind) == ("Python", "graph") else EXPECTED[kind]
    assert expected in printed.replace("True", "true")


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
def test_any_query_stays_a_text(endpoint: str, tmp_path: Path, language: str) -> None:
    query = f"SELECT ?x {{ BIND ({json.dumps(NASTY)} AS ?x) }} # {NASTY} \\u0041"
    program = programs(endpoint, query, [], "solutions")[language]
    assert "`that` ${x} $(y) $HOME %41" in run(language, program, tmp_path)


def test_r_gets_a_raw_string_that_nothing_in_the_query_ends() -> None:
    program = programs("http://x/sparql", 'ASK {?a ?b ")", ")-", (1)}', [], "boolean")["R"]
    first = program.split("\nparameters", 1)[0]
    assert first == 'query <- r"--(ASK {?a ?b ")", ")-", (1)})--"'


def test_every_tool_that_a_test_needs_is_there() -> None:
    assert [tool for tool in ("sh", "curl", "node") if not shutil.which(tool)] == []


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
