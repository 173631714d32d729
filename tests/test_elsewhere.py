"""The release opens in other people's tools, and says the same there.

The readers for Node stand in ``tests/node``.
"""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pandas
import pytest
import rdflib

from kg import store
from kg.engines.local import LocalEngine
from kg.namespaces import ID, PREFIXES

READ_BY = {
    "n3": {"ttl", "nt", "nq", "trig"},
    "oxigraph": {"ttl", "nt", "nq", "trig", "rdf", "jsonld"},
}
PROLOGUE = f"PREFIX : <{PREFIXES['']}>\nPREFIX id: <{ID}>\n"
QUERIES = {
    "who prefers engagement after 2000": PROLOGUE
    + """SELECT DISTINCT ?actor ?quote {
      ?p :hasPreferredOption/:isKindOf* id:engagement ; :hasHolder ?actor .
      ?c a :Assertion ; :hasContent ?p ; :holdsDuring/:earliestEndYear ?y ;
        :isStatedIn/:exactQuote ?quote .
      FILTER (?y > 2000) }""",
    "claims by kind": PROLOGUE
    + "SELECT ?kind (COUNT(?c) AS ?claims) { ?c a :Claim , ?kind } GROUP BY ?kind",
}

Answers = dict[str, list[dict[str, str]]]

# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


@pytest.fixture(scope="module")
def expected(engine: LocalEngine) -> Answers:
    """What our own engine answers."""
    return {
        name: in_order(
            {n: term.value for n, term in row.items()} for row in engine.select(query).rows
        )
        for name, query in QUERIES.items()
    }


@pytest.fixture(scope="module")
def read(snapshot: store.Snapshot, node: Path) -> Any:
    """What the readers for Node make of the release."""
    asked = node / "queries.json"
    asked.write_text(json.dumps(QUERIES), "utf-8")
    command = ["node", "read.mjs", str(snapshot.release_path), str(asked)]
    done = subprocess.run(command, cwd=node, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_order(rows: Any) -> list[dict[str, str]]:
    return sorted((dict(sorted(row.items())) for row in rows), key=str)


def test_there_is_an_answer_to_compare_with(expected: Answers) -> None:
    [row] = expected["who prefers engagement after 2000"]
    assert row["actor"] == ID + "south-korea"
    assert len(expected["claims by kind"]) > 10


@pytest.mark.parametrize("library", READ_BY)
def test_a_reader_for_node_counts_as_many_statements(
    read: Any, snapshot: store.Snapshot, library: str
) -> None:
    assert read[library]["counts"] == dict.fromkeys(READ_BY[library], snapshot.triples)


@pytest.mark.parametrize("library", ["oxigraph", "comunica"])
def test_a_query_engine_for_node_answers_alike(read: Any, expected: Answers, library: str) -> None:
    answers = read[library]["answers"]
    assert {name: in_order(rows) for name, rows in answers.items()} == expected


def test_rdflib_counts_and_answers_alike(snapshot: store.Snapshot, expected: Answers) -> None:
    graph = rdflib.Graph().parse(snapshot.release_path / "standpoint.ttl")
    assert len(graph) == snapshot.triples
    for name, query in QUERIES.items():
        rows = graph.query(query)
        found = [{str(n): str(value) for n, value in row.asdict().items()} for row in rows]
        assert in_order(found) == expected[name]


def test_rdflib_keeps_the_named_graphs(snapshot: store.Snapshot) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(snapshot.release_path / "standpoint.nq", format="nquads")
    sizes = {str(graph.identifier): len(graph) for graph in dataset.graphs() if len(graph)}
    assert sizes == dict(snapshot.graphs)


def test_pandas_reads_every_claim_and_its_years(snapshot: store.Snapshot) -> None:
    path = snapshot.release_path / "claims.csv"
    claims = pandas.read_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(claims.columns) == list(rows[0])
    assert claims["quote"].tolist() == [row["quote"] for row in rows]
    assert claims.claim.nunique() == len({row["claim"] for row in rows}) > 100
    preferred = claims[(claims.relation == "prefers") & (claims.earliest_end_year > 2000)]
    said = preferred[(preferred.said_or_inferred == "said") & (preferred.polarity == "affirmed")]
    assert "South Korea" in set(said.actor)
    assert claims.sentence_number.dtype == "int64"
