"""Tables that are sorted, filtered and cut into pages."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.engines.local import LocalEngine
from kg.engines.results import Term
from kg.errors import ViewError
from kg.namespaces import ID, PREFIXES
from webui.tables import Row, Table, page
from webui.views import Choice

INTEGER = NamedNode(PREFIXES["xsd"] + "integer")


def table(*terms: Term | None) -> Table:
    rows = [Row(n, {} if term is None else {"x": term}) for n, term in enumerate(terms, 1)]
    return Table({"x": "X"}, rows, len(rows))


def order(engine: LocalEngine, of: Table, *, is_descending: bool = False) -> list[int]:
    choice = Choice(sort="x", is_descending=is_descending)
    return [row.number for row in page(engine, of, choice, 100).rows]


def test_the_order_is_that_of_sparql_and_of_labels(world: LocalEngine) -> None:
    mixed = table(
        Literal("b"),
        Literal("10", datatype=INTEGER),
        NamedNode(ID + "tariffs"),
        None,
        Literal("9", datatype=INTEGER),
        NamedNode(ID + "borduria"),
        BlankNode("z"),
        Literal("A"),
    )
    assert order(world, mixed) == [4, 7, 6, 3, 5, 2, 8, 1]
    assert order(world, mixed, is_descending=True) == [1, 8, 2, 5, 3, 6, 7, 4]


def test_numbers_that_are_none_do_not_break_the_order(world: LocalEngine) -> None:
    double = NamedNode(PREFIXES["xsd"] + "double")
    odd = [Literal(text, datatype=double) for text in ("NaN", "INF", "1e400", "many", "-1", "2")]
    assert order(world, table(*odd))[:2] == [5, 6]


def test_a_filter_finds_all_words_in_labels_and_names(world: LocalEngine) -> None:
    of = table(NamedNode(ID + "borduria"), NamedNode(ID + "syldavia"), Literal("of Borduria"))

    def found(words: str) -> list[int]:
        return [row.number for row in page(world, of, Choice(filter=words), 100).rows]

    assert found("BORDURIA") == [1, 3]
    assert found("borduria of") == [3]
    assert found("id:syldavia") == [2]
    assert found("[.*") == []
    assert page(world, of, Choice(filter="nothing"), 100).found == 0


def test_pages_are_whole_and_the_last_may_be_short(world: LocalEngine) -> None:
    of = table(*(Literal(f"{n:03}") for n in range(60)))
    pages = [page(world, of, Choice(page=number), 25) for number in (1, 2, 3)]
    assert [len(each.rows) for each in pages] == [25, 25, 10]
    assert [(each.first, each.last) for each in pages] == [(1, 25), (26, 50), (51, 60)]
    assert [row.number for each in pages for row in each.rows] == list(range(1, 61))
    assert pages[0].pages == 3
    with pytest.raises(ViewError, match="the last one is 3"):
        page(world, of, Choice(page=4), 25)
    with pytest.raises(ViewError, match="there are x"):
        page(world, of, Choice(sort="y"), 25)


def test_cells_stand_in_the_order_of_the_columns(world: LocalEngine) -> None:
    row = Row(1, {"b": NamedNode(ID + "tariffs"), "a": Literal("one\n two")})
    (shown,) = page(world, Table({"a": "A", "c": "C", "b": "B"}, [row], 1), Choice(), 5).rows
    assert [cell and cell.text for cell in shown.cells] == ["one\n two", None, "tariffs"]
    assert shown.words == "one two · tariffs"
