"""Code that fetches an answer or asks a query, run as a reader would run it."""

import ast
import json
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from webui.addresses import Address
from webui.snippets import programs, snippets

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


def test_each_language_fetches_the_same_file() -> None:
    written = snippets("https://standpoint.example", Address("/q/it's", (("a", "x'\"\\$(b) é"),)))
    url = shlex.split(written["curl"])[-1]
    assert url.endswith("?a=x%27%22%5C%24%28b%29+%C3%A9&format=csv")
    tree = ast.parse(written["Python"])
    assert url in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert written["R"] == f'answer <- read.csv("{url}")'
