"""The engine in this process: results, formats, datasets, limits and messages."""

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.engines.results import FORMATS, Format, formats_for, parse_boolean, parse_solutions
from kg.errors import (
    DamagedStoreError,
    MissingStoreError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    RefusedQueryError,
)
from kg.namespaces import SP

A, B = "https://example.org/a", "https://example.org/b"
SAYS = NamedNode(SP + "says")
# Each of these could be taken for the border between two rows.
TRICKY = ['"}},{"x":{"type":"', ",{},{", 'a\r\n"b"\t,c\'', "<result>&</result>", "}]}}\\", "\\"]


@pytest.fixture(scope="module")
def store():
    store = Store()
    for number, text in enumerate(TRICKY):
        subject = NamedNode(f"{SP}{number}")
        store.add(Quad(subject, SAYS, Literal(text, language="en"), NamedNode(A)))
    store.add(Quad(BlankNode("x"), SAYS, Literal(7), NamedNode(B)))
    return store


@pytest.fixture(scope="module")
def engine(store):
    return LocalEngine(store)


def test_prefixes_need_no_declaration_and_graphs_are_joined(engine):
    result = engine.query("SELECT (COUNT(*) AS ?n) { ?s :says ?o }")
    assert (result.kind, result.format.name, result.rows, result.truncated) == (
        "solutions",
        "json",
        1,
        False,
    )
    assert parse_solutions(result).rows == [{"n": Literal(len(TRICKY) + 1)}]


def test_select_gives_terms_and_leaves_unbound_out(engine):
    solutions = engine.select("SELECT ?o ?none ?s { ?s :says ?o FILTER isNumeric(?o) }")
    assert solutions.variables == ("o", "none", "s")
    [row] = solutions.rows
    assert row["o"] == Literal(7)
    assert isinstance(row["s"], BlankNode)
    assert "none" not in row


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_solutions_parse_back_from_every_format_that_keeps_terms(engine, name):
    result = engine.query("SELECT ?o { GRAPH ?g { ?s :says ?o } }", Format.named(name))
    texts = {row["o"].value for row in parse_solutions(result).rows}
    assert texts == {*TRICKY, "7"}


def test_only_so_many_rows_are_read_back(engine):
    result = engine.query("SELECT ?o { GRAPH ?g { ?s :says ?o } }")
    whole = parse_solutions(result).rows
    assert len(whole) > 2
    assert parse_solutions(result, 2).rows == whole[:2]


def test_ask(engine):
    assert engine.ask("ASK { ?s :says 7 }") is True
    assert engine.ask("ASK { ?s :says 8 }") is False
    for name in ("json", "xml", "tsv"):
        assert parse_boolean(engine.query("ASK {}", Format.named(name)))
    with pytest.raises(QueryError, match="SELECT"):
        engine.select("ASK {}")
    with pytest.raises(QueryError, match="ASK"):
        engine.ask("SELECT * {}")


def test_every_graph_format_holds_the_same_graph(engine):
    graphs = set()
    formats = formats_for("graph")
    assert len(formats) == 6
    for form in formats:
        result = engine.query(f"CONSTRUCT {{ ?s ?p ?o }} FROM <{A}> WHERE {{ ?s ?p ?o }}", form)
        assert (result.kind, result.rows, result.truncated) == ("graph", len(TRICKY), False)
        parsed = pyoxigraph.parse(result.body, format=form.engine)
        graphs.add(frozenset((quad.subject, quad.predicate, quad.object) for quad in parsed))
    assert len(graphs) == 1


def test_turtle_is_the_default_of_graphs_and_uses_the_prefixes(engine):
    result = engine.query("CONSTRUCT { :a :says 1 } {}")
    assert result.format.name == "ttl"
    assert b":a :says 1 ." in result.body


def test_describe_repeats_no_triple_of_two_graphs():
    store = Store()
    for graph in (A, B):
        store.add(Quad(NamedNode(A), SAYS, Literal(1), NamedNode(graph)))
    result = LocalEngine(store).query(f"DESCRIBE <{A}>", Format.named("nt"))
    assert (result.rows, result.body.count(b"\n")) == (1, 1)


@pytest.mark.parametrize(
    ("clause", "pattern", "rows"),
    [
        ("", "?s ?p ?o", 7),
        ("", "GRAPH ?g { ?s ?p ?o }", 7),
        (f"FROM <{B}>", "?s ?p ?o", 1),
        (f"FROM <{A}> FROM <{B}>", "?s ?p ?o", 7),
        (f"FROM <{B}>", "GRAPH ?g { ?s ?p ?o }", 0),
        (f"FROM NAMED <{B}>", "?s ?p ?o", 0),
        (f"FROM NAMED <{B}>", "GRAPH ?g { ?s ?p ?o }", 1),
    ],
)
def test_from_decides_the_dataset(engine, clause, pattern, rows):
    assert engine.query(f"SELECT * {clause} {{ {pattern} }}").rows == rows


def test_a_dataset_beside_the_query_overrides_from(engine):
    query = f"SELECT * FROM <{A}> {{ ?s ?p ?o }}"
    assert engine.query(query, default_graphs=[B]).rows == 1
    assert engine.query(query, named_graphs=[B]).rows == 0
    named = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert engine.query(named, named_graphs=[B]).rows == 1
    assert engine.query(named, default_graphs=[B]).rows == 0


@pytest.mark.parametrize("iri", ["file:///etc/passwd", "http://127.0.0.1/", "not an iri"])
def test_a_dataset_from_elsewhere_is_refused(engine, iri):
    with pytest.raises(RefusedQueryError, match="not a graph of this store"):
        engine.query("ASK {}", default_graphs=[iri])
    with pytest.raises(RefusedQueryError, match="not a graph of this store"):
        engine.query("ASK {}", named_graphs=[A, iri])


COUNTERS = {
    "json": lambda body: len(json.loads(body)["results"]["bindings"]),
    "xml": lambda body: len(ElementTree.fromstring(body)[1]),
    "csv": lambda body: len(list(csv.reader(io.StringIO(body.decode(), newline="")))) - 1,
    "tsv": lambda body: body.count(b"\n") - 1,
}
WIDE = "SELECT * { ?s ?p ?o . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3 }"
SPARSE = f"SELECT * {{ VALUES ?v {{ UNDEF {json.dumps(TRICKY[1])} UNDEF }} ?s ?p ?o }}"
UNBOUND = "SELECT ?none { ?s ?p ?o . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3 }"


@pytest.mark.parametrize("name", COUNTERS)
@pytest.mark.parametrize("query", [WIDE, SPARSE, UNBOUND, "SELECT * { {} UNION {} UNION {} }"])
@pytest.mark.parametrize(
    "limits", [Limits(), Limits(rows=2), Limits(result_bytes=9_999), Limits(result_bytes=1_500)]
)
def test_a_cut_result_is_whole_rows_and_says_so(store, name, query, limits):
    form = Format.named(name)
    every = LocalEngine(store).query(query, form)
    result = LocalEngine(store, limits).query(query, form)
    assert not every.truncated
    assert COUNTERS[name](result.body) == result.rows
    assert 0 < result.rows <= limits.rows
    assert len(result.body) <= limits.result_bytes + 30
    assert result.truncated == (result.rows < every.rows)


def test_a_cut_graph_parses_and_says_so(store):
    for form in formats_for("graph"):
        limits = Limits(rows=3)
        result = LocalEngine(store, limits).query("CONSTRUCT WHERE { ?s ?p ?o }", form)
        assert (result.rows, result.truncated) == (3, True)
        assert len(list(pyoxigraph.parse(result.body, format=form.engine))) == 3


def test_a_graph_is_cut_before_its_bytes_are_over_the_limit():
    store = Store()
    store.extend(Quad(NamedNode(SP + str(n)), SAYS, Literal("x" * 90)) for n in range(5_000))
    for form in formats_for("graph"):
        result = LocalEngine(store, Limits(result_bytes=200_000)).query(
            "CONSTRUCT WHERE { ?s ?p ?o }", form
        )
        assert result.truncated
        assert len(result.body) <= 200_000
        assert len(list(pyoxigraph.parse(result.body, format=form.engine))) == result.rows > 100


def test_a_row_that_fits_nowhere_is_too_large(store):
    engine = LocalEngine(store, Limits(result_bytes=100))
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryTooLargeError, match="100 bytes"):
            engine.query(query)


def test_select_never_gives_a_part(store):
    with pytest.raises(QueryTooLargeError, match="LIMIT"):
        LocalEngine(store, Limits(rows=2)).select("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("query", ["SELECT ?o { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_xml_keeps_carriage_returns_and_refuses_what_it_cannot_hold(query):
    for text, holds in (("a\r\nb\rc", True), ("a\x01", False), ("\ufffe", False)):
        store = Store()
        store.add(Quad(NamedNode(A), SAYS, Literal(text)))
        engine = LocalEngine(store)
        form = Format.named("xml" if query.startswith("SELECT") else "rdf")
        if holds:
            assert text in "".join(
                ElementTree.fromstring(engine.query(query, form).body).itertext()
            )
        else:
            with pytest.raises(QueryError, match=r"U\+.* cannot carry: ask for one of (json|ttl)"):
                engine.query(query, form)
            assert engine.query(query).rows == 1


def test_rdf_xml_refuses_a_property_that_is_no_element_name():
    store = Store()
    store.add(Quad(NamedNode(A), NamedNode("https://example.org/1"), Literal(1)))
    with pytest.raises(QueryError, match="'rdf' cannot carry"):
        LocalEngine(store).query("CONSTRUCT WHERE { ?s ?p ?o }", Format.named("rdf"))


@pytest.mark.parametrize(
    ("query", "name"), [("SELECT * {}", "ttl"), ("ASK {}", "nt"), ("DESCRIBE :a", "json")]
)
def test_a_format_that_does_not_fit_is_named_with_those_that_do(engine, query, name):
    with pytest.raises(QueryError, match=f"'{name}' cannot carry: ask for one of"):
        engine.query(query, Format.named(name))


@pytest.mark.parametrize(
    ("query", "line", "column", "what"),
    [
        ("SELECT ?s\nWHERE ?s ?p ?o", 2, 7, r"'\?s' does not fit here; .*\{"),
        ("SELECT * {\n ?s ?p ?o FILTER(?o == 1) }", 2, 22, "goes wrong at '='"),
        ("SEL\\u0045CT ?s\nWHERE ?s ?p ?o", 2, 7, r"'\?s' does not fit"),
        ("SELECT \\u003Fs WHERE ?s ?p ?o", 1, 22, r"'\?s' does not fit"),
        ("SELECT (1 AS ?s) { ?s ?p ?o }", 1, 30, "overrides an existing variable"),
        ("SELECT * WHERE", 1, 15, "its end does not fit"),
    ],
)
def test_syntax_errors_have_a_place_and_words(engine, query, line, column, what):
    with pytest.raises(QuerySyntaxError, match=rf"^line \d+, column \d+: .*{what}") as caught:
        engine.query(query)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_an_unknown_function_is_a_query_error(engine):
    with pytest.raises(QueryError, match="http://x/f"):
        engine.query("SELECT (<http://x/f>(1) AS ?x) {}")


def test_a_store_directory_is_opened_for_reading(tmp_path, store):
    written = Store(str(tmp_path / "store"))
    written.extend(store)
    written.flush()
    del written
    assert LocalEngine(tmp_path / "store").ask("ASK { ?s :says 7 }")
    with pytest.raises(MissingStoreError, match="kg build"):
        LocalEngine(tmp_path / "none")
    with pytest.raises(DamagedStoreError, match="kg build"):
        LocalEngine(tmp_path)


def test_formats_are_found_by_name_and_media_type():
    assert len(FORMATS) == 10
    for form in FORMATS:
        assert Format.named(form.name.upper()) is form
        assert Format.of_media_type(form.media_type.upper()) is form
        assert all(Format.of_media_type(alias) is form for alias in form.aliases)
    with pytest.raises(QueryError, match="json, xml, csv, tsv, ttl"):
        Format.named("xls")
    with pytest.raises(QueryError, match="text/turtle"):
        Format.of_media_type("text/html")


def test_limits_are_positive():
    with pytest.raises(ValueError, match="workers"):
        Limits(workers=0)


def test_a_csv_quotes_names_with_commas(store):
    rows = "(<http://x/a,b> 'c,d\\n\"' UNDEF) (UNDEF 1 <http://x/,>)"
    query = f"SELECT * {{ VALUES (?a ?b ?c) {{ {rows} }} }}"
    wanted = [["http://x/a,b", 'c,d\n"', ""], ["", "1", "http://x/,"]]
    for most in (10, 1):
        result = LocalEngine(store, Limits(rows=most)).query(query, Format.named("csv"))
        head, *lines = csv.reader(io.StringIO(result.body.decode(), newline=""))
        assert (head, lines) == (["a", "b", "c"], wanted[:most])
        assert result.truncated == (most == 1)
