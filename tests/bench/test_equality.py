import json

import pytest

from kg.bench.equality import difference, rows
from kg.bench.load import JSON, N_TRIPLES, Answer
from kg.errors import BenchError

XSD = "http://www.w3.org/2001/XMLSchema#"


def answer(*terms: dict[str, str] | None) -> Answer:
    bindings = [{"x": term} if term else {} for term in terms]
    body = {"head": {"vars": ["x"]}, "results": {"bindings": bindings}}
    return Answer(200, JSON, json.dumps(body).encode())


def literal(value: str, datatype: str = "", kind: str = "literal") -> dict[str, str]:
    return {"type": kind, "value": value} | ({"datatype": XSD + datatype} if datatype else {})


def compared(ours: dict[str, str] | None, theirs: dict[str, str] | None) -> str | None:
    return difference(rows(answer(ours), JSON), rows(answer(theirs), JSON))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (literal("1.50", "decimal"), literal("1.5", "decimal")),
        (literal("-1", "negativeInteger"), literal("-1", "integer")),
        (literal("1.0E0", "double"), literal("1", "double")),
        (literal("true", "boolean"), literal("1", "boolean")),
        (literal("a"), literal("a", "string", "typed-literal")),
        (
            literal("2000-01-01T00:00:00Z", "dateTime"),
            literal("2000-01-01T00:00:00.000+00:00", "dateTime"),
        ),
        ({"type": "bnode", "value": "b1"}, {"type": "bnode", "value": "c7"}),
        (literal("a") | {"xml:lang": "en-GB"}, literal("a") | {"xml:lang": "en-gb"}),
    ],
)
def test_the_same_in_other_words(ours: dict[str, str], theirs: dict[str, str]) -> None:
    assert compared(ours, theirs) is None


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (literal("1", "integer"), literal("1", "decimal")),
        (literal("true", "boolean"), literal("1", "integer")),
        (literal("a"), literal("a") | {"xml:lang": "en"}),
        (literal("a"), None),
        ({"type": "uri", "value": "x:a"}, literal("x:a")),
    ],
)
def test_something_else(ours: dict[str, str] | None, theirs: dict[str, str] | None) -> None:
    said = compared(ours, theirs)
    assert said is not None
    assert said.startswith("1 of 1 rows, such as ")


def test_rows_count_and_their_order_does_not() -> None:
    one, two = literal("1"), literal("2")
    assert difference(rows(answer(one, two), JSON), rows(answer(two, one), JSON)) is None
    assert (
        difference(rows(answer(one), JSON), rows(answer(one, one), JSON)) == "2 rows instead of 1"
    )


def test_graphs_are_sets() -> None:
    ours = rows(Answer(200, N_TRIPLES, b"<x:a> <x:b> _:c .\n"), N_TRIPLES)
    theirs = rows(Answer(200, N_TRIPLES, b"<x:a> <x:b> _:d .\n<x:a> <x:b> _:d .\n"), N_TRIPLES)
    assert difference(ours, theirs) is None


def test_what_is_no_answer_is_said() -> None:
    with pytest.raises(BenchError, match="no application/sparql-results"):
        rows(Answer(200, "text/html", b"<html>"), JSON)
