"""Results in time."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest
from pyoxigraph import Literal, NamedNode

from kg.engines.local import LocalEngine
from kg.evidence import evidence
from kg.namespaces import ID, PREFIXES
from kg.provenance import Provenance, Verdict
from webui import chronologies, tables
from webui.chronologies import Chronology, chronology
from webui.columns import Dated, dated
from webui.extents import Extent
from webui.tables import Page, Row, Table
from webui.views import Choice

GYEAR = NamedNode(PREFIXES["xsd"] + "gYear")
NOW = Extent(2001, 2003, 2005, 2006)
PATH = "/sparql?query=x"


def page(engine: LocalEngine, rows: Sequence[dict[str, NamedNode | Literal]]) -> Page:
    made = [Row(number, terms) for number, terms in enumerate(rows, 1)]
    names = {name: name for terms in rows for name in terms}
    return tables.page(engine, Table(names, made, len(made)), Choice(), 100)


def made(engine: LocalEngine, of: Page, by: Dated | None) -> Chronology:
    return chronology(engine, of, by, None, "In time", PATH)


def named(name: str) -> NamedNode:
    return NamedNode(ID + name)


def test_columns_decide_and_are_not_said_again(world: LocalEngine) -> None:
    years = [Literal(text, datatype=GYEAR) for text in ("2005", "1950")]
    of = page(world, [{"who": named("borduria"), "year": year} for year in years])
    found = made(world, of, dated(of.columns, of.rows, ()))
    assert found.basis == "the columns year"
    assert [each.bar.extent.certain for each in found.datings] == [(1950, 1950), (2005, 2005)]
    assert [each.bar.words for each in found.datings] == ["Borduria", "Borduria"]
    assert [each.bar.anchor for each in found.datings] == ["t1", "t2"]
    assert found.undated == []
    assert found.picture
    root = ET.fromstring(found.picture.file("https://standpoint.example"))
    links = [each.attrib["href"] for each in root.iter("{http://www.w3.org/2000/svg}a")]
    assert links == [f"https://standpoint.example{PATH}#t{number}" for number in (1, 2)]


def test_a_row_without_a_year_stands_apart(world: LocalEngine) -> None:
    year = Literal("1950", datatype=GYEAR)
    of = page(world, [{"who": named("borduria"), "year": year}, {"who": named("syldavia")}])
    found = made(world, of, dated(of.columns, of.rows, ()))
    assert len(found.datings) == 1
    assert [row.words for row in found.undated] == ["Syldavia"]


def test_times_and_claims_in_the_rows_have_extents(world: LocalEngine) -> None:
    of = page(
        world, [{"x": named("world/now")}, {"x": named("world/c4")}, {"x": named("world/c2")}]
    )
    found = made(world, of, None)
    assert found.basis == chronologies.BY_THINGS
    assert [each.bar.extent for each in found.datings] == [Extent(1990, 1990, 1990, 1990), NOW]
    assert [row.number for row in found.undated] == [3]


def test_else_the_claims_behind_the_rows_decide(world: LocalEngine) -> None:
    of = page(world, [{"x": named("borduria")}, {"x": named("syldavia")}])
    (quote,) = evidence(world, [ID + "world/c1"])[ID + "world/c1"]

    def behind(rows: Sequence[Row]) -> list[Provenance]:
        assert [row.number for row in rows] == [1, 2]
        proof = Provenance(Verdict.COMPLETE, "", quotes=(quote,))
        return [proof, Provenance(Verdict.NONE, "No sentence.")]

    found = chronology(world, of, None, behind, "In time", PATH)
    assert found.basis == chronologies.BY_CLAIMS
    assert [(each.row.number, each.bar.extent) for each in found.datings] == [(1, NOW)]
    assert [row.number for row in found.undated] == [2]


def test_nothing_with_a_time_makes_no_picture(world: LocalEngine) -> None:
    found = made(world, page(world, [{"x": Literal("word")}]), None)
    assert found.picture is None
    assert len(found.undated) == 1


def test_the_list_is_whole_where_the_picture_is_not(
    world: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chronologies, "MOST_BARS", 2)
    of = page(world, [{"year": Literal(str(year), datatype=GYEAR)} for year in range(1950, 1955)])
    found = made(world, of, dated(of.columns, of.rows, ()))
    assert found.drawn == 2
    assert [each.bar.words for each in found.datings] == [str(year) for year in range(1950, 1955)]
