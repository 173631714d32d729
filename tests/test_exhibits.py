"""Rows written with their evidence, and left as the W3C has them without it."""

import csv
import io
import json

import pytest

from kg import exhibits
from kg.engines.local import LocalEngine
from kg.engines.results import CSV, JSON, TSV, XML, parse_solutions
from kg.errors import QueryError
from kg.provenance import COMPLETE, Verdict

QUERY = "SELECT ?who ?what { ?who :prefers ?what FILTER (?who = id:borduria) }"


def test_json_has_one_more_member(world: LocalEngine) -> None:
    result = world.query(QUERY)
    body = exhibits.written(world, QUERY, result, JSON)
    document = json.loads(body)
    [found] = document.pop("evidence")
    assert document == json.loads(result.body)
    assert found["verdict"] == Verdict.COMPLETE.value
    assert [quote["quote"] for quote in found["quotes"]] == [
        "Borduria prefers tariffs\nover quotas."
    ]


def test_csv_has_one_more_column(world: LocalEngine) -> None:
    body = exhibits.written(world, QUERY, world.query(QUERY), CSV).decode()
    head, row = csv.reader(io.StringIO(body))
    assert head == ["who", "what", "evidence"]
    assert row[0].endswith("/id/borduria")
    assert row[2].startswith(f"{COMPLETE}\n“Borduria prefers tariffs over quotas.” — A small world")
    plain = world.query(QUERY, CSV).body.decode()
    assert [line[:2] for line in csv.reader(io.StringIO(body))] == [*csv.reader(io.StringIO(plain))]


def test_tsv_has_one_more_column_of_terms(world: LocalEngine) -> None:
    body = exhibits.written(world, QUERY, world.query(QUERY), TSV).decode()
    head, row = body.splitlines()
    assert head == "?who\t?what\t?evidence"
    assert len(row.split("\t")) == 3
    assert row.split("\t")[2].startswith(f'"{COMPLETE}\\n“Borduria')


def test_the_column_gives_way_to_a_variable_of_its_name(world: LocalEngine) -> None:
    query = "SELECT ?evidence { ?evidence a :State }"
    body = exhibits.written(world, query, world.query(query), CSV).decode()
    assert body.splitlines()[0] == "evidence,evidence_"


def test_other_formats_are_refused(world: LocalEngine) -> None:
    with pytest.raises(QueryError, match="carries no evidence: ask for one of json, csv, tsv"):
        exhibits.written(world, QUERY, world.query(QUERY), XML)


def test_rows_past_the_limit_say_so(world: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhibits, "MOST_ROWS", 1)
    query = "SELECT ?x { ?x a :State }"
    document = json.loads(exhibits.written(world, query, world.query(query), JSON))
    verdicts = [each["verdict"] for each in document["evidence"]]
    assert verdicts == ["none", "unavailable", "unavailable"]


def test_the_table_has_the_sentences_under_each_row(world: LocalEngine) -> None:
    solutions = parse_solutions(world.query(QUERY))
    lines = list(exhibits.table_lines(world, QUERY, solutions, 100))
    assert lines[0].split() == ["who", "what"]
    assert "Borduria" in lines[2]
    assert lines[3].strip() == COMPLETE
    assert "“Borduria prefers tariffs over quotas.”" in lines[4]


def test_what_speaks_against_a_row_is_marked(world: LocalEngine) -> None:
    query = (
        "SELECT ?who { VALUES ?p { <https://w3id.org/standpoint/id/world/p2> } ?p :hasHolder ?who }"
    )
    body = exhibits.written(world, query, world.query(query), CSV).decode()
    assert "Against: “" in body
