"""Rows are counted in a serialised result as a parser counts them, whatever its texts hold."""

import json
from typing import cast

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.engines.results import CSV, JSON, TSV, XML, Format
from kg.engines.rows import row_count, row_starts

PIECES = ['"', ",", "{", "[", "}", "{}", ':{"type":"', "<result>", "\n", "\r\n", "\\", "é", " "]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
VALUES = st.one_of(
    TEXTS.map(pyoxigraph.Literal),
    TEXTS.map(lambda text: pyoxigraph.Literal(text, language="en")),
    TEXTS.map(lambda text: pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode("urn:d"))),
)


def results(values: list[pyoxigraph.Literal]) -> pyoxigraph.QuerySolutions:
    """One row with each value and its number, and in every second row nothing else."""
    rows = " ".join(f"({value} {number % 2 or 'UNDEF'})" for number, value in enumerate(values))
    found = pyoxigraph.Store().query(f"SELECT * {{ VALUES (?a ?b) {{ {rows} }} }}")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return found


@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV], ids=lambda form: form.name)
@settings(deadline=None, max_examples=120)
@example([pyoxigraph.Literal(",{"), pyoxigraph.Literal("[{", language="en")])
@example([pyoxigraph.Literal(',{"}'), pyoxigraph.Literal('[{","')])
@given(values=st.lists(VALUES, min_size=1, max_size=6))
def test_the_count_is_that_of_the_rows(form: Format, values: list[pyoxigraph.Literal]) -> None:
    body = results(values).serialize(format=cast(pyoxigraph.QueryResultsFormat, form.engine)) or b""
    assert row_count(body, form) == len(row_starts(body, form)) == len(values)
    if form == JSON:
        assert len(json.loads(body)["results"]["bindings"]) == len(values)


@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV], ids=lambda form: form.name)
def test_no_rows_and_rows_without_values_count_too(form: Format) -> None:
    for rows, count in (
        ("", 0),
        ("(UNDEF UNDEF) (UNDEF UNDEF)", 2),
        ("(1 UNDEF) (UNDEF UNDEF)", 2),
    ):
        found = pyoxigraph.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {rows} }} }}")
        assert isinstance(found, pyoxigraph.QuerySolutions)
        body = found.serialize(format=cast(pyoxigraph.QueryResultsFormat, form.engine)) or b""
        assert row_count(body, form) == count
