"""What columns stand for."""

import pytest
from pyoxigraph import Literal, NamedNode

from kg.engines.limits import Limits
from kg.engines.results import Term
from kg.namespaces import PREFIXES, SP
from webui.columns import Relation, dated, relations, year
from webui.extents import Extent
from webui.tables import Row

XSD = PREFIXES["xsd"]
PREFERS = f"<{SP}prefers>"


def literal(text: str, kind: str = "integer") -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def test_relations_are_the_patterns_of_all_branches() -> None:
    query = """SELECT * { ?a :prefers ?b OPTIONAL { ?b ^:supports ?c } { ?a ?p ?d } UNION
        { SELECT ?e { ?e :prefers id:tariffs } } GRAPH ?g { ?g :prefers ?a }
        MINUS { ?a :supports ?b } ?a :prefers/:supports ?f FILTER NOT EXISTS { ?a :x ?b } }"""
    supports = f"<{SP}supports>"
    assert relations(query, Limits()) == [
        Relation("?a", PREFERS, "?b"),
        Relation("?c", supports, "?b"),
        Relation("?a", "?p", "?d"),
        Relation("?e", PREFERS, "<https://w3id.org/standpoint/id/tariffs>"),
        Relation("?g", PREFERS, "?a"),
    ]


@pytest.mark.parametrize("query", ["DESCRIBE <x:y>", "no query", "SELECT ?x { LATERAL { } }"])
def test_what_cannot_be_read_has_no_relations(query: str) -> None:
    assert relations(query, Limits()) == []


@pytest.mark.parametrize(
    ("term", "found"),
    [
        (literal("2005"), 2005),
        (literal("-44"), -44),
        (literal("20055"), None),
        (literal("9" * 5_000), None),
        (Literal("1993"), 1993),
        (Literal("in 1993"), None),
        (literal("1993-05-01", "date"), 1993),
        (literal("1993", "gYear"), 1993),
        (literal("1993Z", "gYear"), 1993),
        (literal("1993-05", "gYearMonth"), 1993),
        (literal("-0044-03-15T00:00:00Z", "dateTime"), -44),
        (literal("soon", "date"), None),
        (literal("99999-01-01", "date"), None),
        (NamedNode("https://example.org/1993"), None),
        (None, None),
    ],
)
def test_the_year_of_a_term(term: Term | None, found: int | None) -> None:
    assert year(term) == found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"year": literal("2005")}, Extent(2005, 2005, 2005, 2005)),
        ({"birthYear": literal("2005")}, Extent(2005, 2005, 2005, 2005)),
        ({"x": literal("2005-01-01", "date")}, Extent(2005, 2005, 2005, 2005)),
        ({"since": literal("1993")}, Extent(1993, 1993, 1993, None)),
        ({"until": literal("1993")}, Extent(None, None, 1993, 1993)),
        ({"startYear": literal("1950"), "end": literal("1953")}, Extent(1950, 1950, 1953, 1953)),
        (
            {"earliestStart": literal("1950"), "latest_end": literal("1953")},
            Extent(1950, None, None, 1953),
        ),
        ({"count": literal("2005")}, None),
        ({"number": literal("12"), "x": Literal("1993")}, None),
        ({"years": literal("12")}, None),
        ({"from": Literal("Seoul")}, None),
    ],
)
def test_columns_say_when_by_their_names(cells: dict[str, Literal], found: Extent | None) -> None:
    row = Row(1, cells)
    columns = dated(list(cells), [row], ())
    assert (columns.extent(row) if columns else None) == found


def test_columns_say_when_by_the_properties_of_the_query() -> None:
    query = """SELECT ?t ?a ?b { ?t a :TimeScope
        OPTIONAL { ?t :latestStartYear ?a } OPTIONAL { ?t :earliestEndYear ?b } }"""
    row = Row(1, {"a": literal("1950"), "b": literal("1953")})
    columns = dated("tab", [row], relations(query, Limits()))
    assert columns
    assert columns.names == {"a", "b"}
    assert columns.extent(row) == Extent(None, 1950, 1953, None)
    assert columns.extent(Row(2, {})) is None


def test_a_column_of_which_one_value_is_no_year_is_none() -> None:
    rows = [Row(1, {"year": literal("1950")}), Row(2, {"year": Literal("unknown")})]
    assert dated(["year"], rows, ()) is None
    assert dated(["year"], [], ()) is None
