"""One result in its views."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode

from kg.engines.local import LocalEngine
from kg.errors import ViewError
from kg.namespaces import ID, PREFIXES
from kg.provenance import PAGE, Provenance, Verdict
from webui import results, svg
from webui.addresses import Address
from webui.columns import relations
from webui.results import Shown, Source, picture, show
from webui.tables import Row, Table
from webui.views import Choice

HERE = Address("/sparql", (("query", "x"), ("format", "html"), ("sort", "a"), ("filter", "o")))
TIMED = "SELECT ?x ?year { ?x a :State BIND(1950 AS ?year) }"
TRIPLES = "SELECT ?o ?p ?s { ?s ?p ?o FILTER(?p = :prefers) }"
SENTENCES = "SELECT ?s ?n { ?s a :Sentence ; :number ?n }"
PLAIN = "SELECT ?x { ?x a :State }"


def nothing(rows: Sequence[Row]) -> list[Provenance]:
    return [Provenance(Verdict.NONE, "No sentence.")] * len(rows)


Behind = Callable[[Sequence[Row]], Sequence[Provenance]] | None


def source(
    engine: LocalEngine, query: str, behind: Behind = nothing, address: Address = HERE
) -> Source:
    solutions = engine.select(query)
    rows = [Row(number, terms) for number, terms in enumerate(solutions.rows, 1)]
    assert rows
    return Source(
        "A result",
        Table({name: name for name in solutions.variables}, rows, len(rows)),
        address,
        asked=relations(query, engine.limits),
        behind=behind,
    )


def numbered(count: int, behind: Behind = nothing) -> Source:
    rows = [Row(n, {"a": NamedNode(ID + "borduria"), "b": Literal(str(n))}) for n in range(count)]
    return Source("A result", Table({"a": "a", "b": "b"}, rows, count), HERE, behind=behind)


@pytest.mark.parametrize(
    ("query", "view"),
    [(TIMED, "timeline"), (TRIPLES, "graph"), (SENTENCES, "text"), (PLAIN, "table")],
)
def test_the_columns_decide_the_view(world: LocalEngine, query: str, view: str) -> None:
    assert show(world, source(world, query), Choice()).view == view
    for choice in (Choice(has_evidence=True), Choice(filter="o")):
        assert show(world, source(world, query), choice).view == "table"
    assert show(world, source(world, query), Choice(view="graph")).view == "graph"


def test_a_column_with_few_years_decides_nothing(world: LocalEngine) -> None:
    year = Literal("1950", datatype=NamedNode(PREFIXES["xsd"] + "gYear"))
    rows = [Row(n, {"a": Literal("x"), **({"year": year} if n == 1 else {})}) for n in range(1, 4)]
    of = Source("x", Table({"a": "a", "year": "year"}, rows, 3), HERE)
    assert show(world, of, Choice()).view == "table"


def test_too_many_triples_are_a_table(world: LocalEngine) -> None:
    prop = NamedNode("https://example.org/p")
    rows = [
        Row(n, {"s": NamedNode(ID + "x"), "p": prop, "o": Literal(str(n))}) for n in range(1, 70)
    ]
    columns = {name: name for name in "spo"}
    whole = Source("x", Table(columns, rows, 69), HERE, are_triples=True)
    assert show(world, whole, Choice()).view == "table"
    part = Source("x", Table(columns, rows[:20], 20), HERE, are_triples=True)
    assert show(world, part, Choice()).view == "graph"
    drawn = show(world, whole, Choice(view="graph"))
    assert drawn.diagram
    assert "60 of the 70 boxes of these rows are drawn" in " ".join(drawn.limits)


def test_a_view_that_is_not_there_is_told(world: LocalEngine) -> None:
    with pytest.raises(ViewError, match="choose table, graph, timeline"):
        show(world, source(world, PLAIN, behind=None), Choice(view="text"))


def tabs(shown: Shown) -> dict[str, str]:
    return {view: str(address) for view, address in shown.tabs.items()}


def test_links_keep_everything_but_what_they_change(world: LocalEngine) -> None:
    of = numbered(250)
    shown = show(world, of, Choice(view="table", sort="a", page=2))
    kept = "/sparql?query=x&format=html&sort=a&filter=o"
    assert tabs(shown) == {
        view: f"{kept}&view={view}" for view in ("table", "graph", "timeline", "text")
    }
    first, second = shown.headings
    assert (first.sorted, second.sorted) == ("ascending", "")
    assert str(first.href).endswith("filter=o&view=table&sort=-a")
    assert str(second.href).endswith("filter=o&view=table&sort=b")
    assert {name: str(address) for name, address in shown.pages.items()} == {
        "prev": kept,
        "next": f"{kept}&page=3",
    }
    assert "filter" not in dict(shown.hidden)
    assert dict(shown.hidden)["sort"] == "a"
    assert str(shown.file).endswith("view=table&format=svg")
    assert "These are rows 101 to 200 of 250." in shown.limits


def test_pages_are_shorter_where_sentences_must_be_found(world: LocalEngine) -> None:
    asked: list[int] = []

    def count(rows: Sequence[Row]) -> list[Provenance]:
        asked.append(len(rows))
        return nothing(rows)

    of = numbered(120, count)
    assert len(show(world, of, Choice(view="table")).page.rows) == results.SHOWN_ROWS
    assert asked == []
    for choice in (
        Choice(view="table", has_evidence=True),
        Choice(view="text", page=4),
        Choice(view="timeline"),
    ):
        assert len(show(world, of, choice).page.rows) == PAGE
    assert asked == [PAGE] * 3
    last = show(world, of, Choice(view="table", has_evidence=True, page=5))
    assert len(last.page.rows) == len(last.behind) == 20


def test_rows_that_no_page_has_are_told(world: LocalEngine) -> None:
    whole = numbered(5)
    part = replace(whole, table=replace(whole.table, count=12_345))
    told = " ".join(show(world, part, Choice(sort="b")).limits)
    assert "Only the first 5 of 12,345 rows can be shown" in told
    assert "Only" not in " ".join(show(world, whole, Choice(sort="b")).limits)


def test_a_row_has_a_place_in_the_table(world: LocalEngine) -> None:
    shown = show(world, numbered(250), Choice(view="text", sort="b", is_descending=True, page=5))
    row = shown.page.rows[3]
    assert shown.place(row).endswith(f"&view=table&page=2#row-{row.number}")
    table = show(world, numbered(250), Choice(view="table", sort="b", is_descending=True, page=2))
    assert row.number in [each.number for each in table.page.rows]


def words(body: bytes) -> str:
    root = ET.fromstring(body)
    assert root.tag == f"{{{svg.NAMESPACE}}}svg"
    return " ".join(root.itertext())


def test_a_picture_stands_alone_and_says_what_it_is(world: LocalEngine) -> None:
    address = Address("/sparql", (("query", TRIPLES),))
    of = source(world, TRIPLES, address=address)
    drawn = words(picture(world, of, Choice(view="graph"), "https://standpoint.example"))
    assert "Borduria" in drawn
    assert "A result. https://standpoint.example" in drawn.replace("  ", " ")
    timed = source(world, TIMED, address=address)
    assert "1950" in words(picture(world, timed, Choice(), "https://standpoint.example"))


def test_a_picture_says_when_it_is_empty_or_cut(world: LocalEngine) -> None:
    empty = Source("x", Table({"a": "a"}, [], 0), HERE)
    base = "https://standpoint.example"
    assert "Empty: the query ran to its end" in words(picture(world, empty, Choice(), base))
    alone = Source(
        "x", Table({"a": "a"}, [Row(1, {"a": Literal("x")})], 1), HERE, limit="Cut short."
    )
    drawn = words(picture(world, alone, Choice(view="graph"), base))
    assert "Cut short." in drawn
    assert "No row has a thing to draw." in drawn
    assert "No row has a year." in words(picture(world, alone, Choice(view="timeline"), base))
    of = source(world, PLAIN)
    none = Choice(view="graph", filter="nothing like this")
    assert "No row has the words of the filter." in words(picture(world, of, none, base))


@pytest.mark.parametrize("view", ["table", "text"])
def test_only_pictures_are_pictures(world: LocalEngine, view: str) -> None:
    with pytest.raises(ViewError, match="view=graph or view=timeline"):
        picture(world, source(world, PLAIN), Choice(view=view), "https://standpoint.example")
