"""The tables and their descriptions (Metadata Vocabulary for Tabular Data, W3C 2015)."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from kg import paths, release, store, tables
from kg.errors import DataError

each_table = pytest.mark.parametrize("name", release.TABLES)


@pytest.fixture(scope="module")
def folder(snapshot: store.Snapshot) -> Path:
    return snapshot.release_path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def metadata(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.csv-metadata.json").read_text("utf-8"))
    return found


@each_table
def test_the_description_lies_where_csv_on_the_web_looks_for_it(folder: Path, name: str) -> None:
    described = metadata(folder, name)
    assert described["url"] == f"{name}.csv"
    assert described["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "en"}]


@each_table
def test_each_heading_is_a_title_of_the_column_in_its_place(folder: Path, name: str) -> None:
    columns = metadata(folder, name)["tableSchema"]["columns"]
    headings = list(rows(folder, name)[0])
    assert [column["name"] for column in columns] == headings
    for column, heading in zip(columns, headings, strict=True):
        assert heading in column["titles"]
        assert column["dc:description"].endswith(".")


@each_table
def test_each_cell_is_of_its_datatype(folder: Path, name: str) -> None:
    columns = metadata(folder, name)["tableSchema"]["columns"]
    found = rows(folder, name)
    assert len(found) > 100
    for column in columns:
        cells = [row[column["name"]] for row in found]
        filled = [cell for cell in cells if cell]
        assert filled, column["name"]
        assert not column.get("required") or filled == cells
        if column["datatype"] == "integer":
            assert all(cell.lstrip("-").isdigit() for cell in filled)
        if column["datatype"] == "anyURI":
            assert all(cell.startswith("https://") for cell in filled)


@pytest.mark.parametrize("name", ["claims", "nodes"])
def test_no_two_rows_share_a_key(folder: Path, name: str) -> None:
    key = metadata(folder, name)["tableSchema"]["primaryKey"]
    found = [tuple(row[column] for column in key) for row in rows(folder, name)]
    assert len(set(found)) == len(found) > 100


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("SELECT ?a {}", "odd.rq: there is no head"),
        ("#+ title: T\nSELECT ?a {}", "odd.rq: the head lacks something"),
        (
            "#+ title: T\n#+ summary: S\n#+ columns: {a: {colour: red}}\nSELECT ?a {}",
            "odd.rq: the head lacks something or has too much: .*colour",
        ),
    ],
)
def test_a_query_without_a_proper_head_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, words: str
) -> None:
    (tmp_path / "odd.rq").write_text(content)
    monkeypatch.setattr(paths, "DERIVATIONS", tmp_path)
    with pytest.raises(DataError, match=words):
        tables.load("odd")


def test_columns_that_the_query_lacks_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world_store: Any
) -> None:
    head = "#+ title: T\n#+ summary: S\n#+ columns: {a: {description: A.}}\n"
    (tmp_path / "odd.rq").write_text(head + "SELECT ?b { ?b a :Claim }")
    monkeypatch.setattr(paths, "DERIVATIONS", tmp_path)
    with pytest.raises(DataError, match=r"odd.rq: the query gives \['b'\], the head says \['a'\]"):
        tables.rows(world_store, tables.load("odd"))
