"""Serving other people's data: their graphs as they are, and their files as strangers' files."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kg import datasets
from kg.errors import DataError

FILES = {
    "a.ttl": "<http://x/a> <http://x/p> 'default' . _:b <http://x/p> 'blank' .",
    "b.trig": "<http://x/g> { <http://x/a> <http://x/p> 'named' } <http://x/b> <http://x/p> 2 .",
    "c.nt": '<http://x/c> <http://x/p> "three" .\n_:b <http://x/p> "blank" .',
    "d.nq": '<http://x/d> <http://x/p> "four" <http://x/g> .\n',
    "e.rdf": """<?xml version="1.0"?><rdf:RDF xmlns:x="http://x/"
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="http://x/e"><x:p>five</x:p></rdf:Description></rdf:RDF>""",
    "f.jsonld": '{"@context": {"p": "http://x/p"}, "@id": "http://x/f", "p": "six"}',
}


def written(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_text(content)
    return [folder / name for name in files]


@pytest.fixture(scope="module")
def ours(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("rdf")
    options = [word for path in written(folder, FILES) for word in ("--data", str(path))]
    return start(folder / "no-home", *options)


def values(reply: Any) -> set[str]:
    assert reply.status == 200, reply
    rows = json.loads(reply.body)["results"]["bindings"]
    return {row["o"]["value"] for row in rows}


def test_the_default_graph_is_not_the_union(ours: Any) -> None:
    default = {"default", "blank", "2", "three", "five", "six"}
    assert values(ours.ask("SELECT ?o { ?s ?p ?o }")) == default
    assert values(ours.ask("SELECT ?o { GRAPH ?g { ?s ?p ?o } }")) == {"named", "four"}
    assert values(ours.ask("SELECT ?o FROM <http://x/g> { ?s ?p ?o }")) == {"named", "four"}
    count = ours.ask("SELECT (COUNT(DISTINCT ?s) AS ?o) { ?s ?p 'blank' }")
    assert values(count) == {"2"}


def test_the_graphs_are_at_store(ours: Any) -> None:
    plain = "Accept: application/n-triples"
    assert ours.get("/store?default", plain).body.count(b"\n") == 7
    named = ours.get("/store?graph=" + quote("http://x/g", safe=""), plain)
    assert (named.status, named.body.count(b"\n")) == (200, 2)
    assert ours.get("/store?graph=http://x/none").status == 404


def test_only_the_endpoint_is_there_and_nothing_is_declared(ours: Any) -> None:
    assert ours.get("/q").status == 404
    assert ours.get("/health").status == 200
    assert ours.get("/sparql", "Accept: text/html").status == 200
    assert ours.ask("SELECT * { ?s rdfs:label ?o }").status == 400
    description = ours.get("/sparql", "Accept: text/turtle")
    assert description.status == 200
    assert b"UnionDefaultGraph" not in description.body
    assert ours.ask("SELECT * { SERVICE <http://x/> {} }").status == 403


BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<rdf:RDF xmlns:x="http://x/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="http://x/e"><x:p>&b;</x:p></rdf:Description></rdf:RDF>"""


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.rdf", BOMB, "document type"),
        (
            "a.jsonld",
            '{"@context": "http://127.0.0.1:9/", "@id": "http://x/f", "p": 1}',
            "a.jsonld",
        ),
        ("a.ttl", "<a> <b>\n <c> d", "line 2"),
        ("a.csv", "", r"name it \.ttl"),
    ],
)
def test_files_that_cannot_be_served_are_told(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    paths = written(tmp_path, {name: content})
    home = tmp_path / "home"
    home.mkdir()
    with pytest.raises(DataError, match=words):
        datasets.build(paths, home)
    assert not (home / "current").exists()


def test_the_command_line_tells_it_too(tmp_path: Path) -> None:
    kg = Path(sys.executable).parent / "kg"
    done = subprocess.run(
        [kg, "serve", "--data", tmp_path / "none.ttl"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("kg: ")
    assert "Traceback" not in done.stderr
