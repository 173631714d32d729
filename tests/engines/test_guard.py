"""The guard: what never reaches an engine, and what must."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engines.guard import check
from kg.engines.limits import Limits
from kg.engines.source import Source
from kg.engines.tokens import tokens
from kg.errors import QueryError, QuerySyntaxError, QueryTooLargeError, RefusedQueryError

LIMITS = Limits()
GRAPH = "https://example.org/graph"


def read(sparql):
    return check(sparql, LIMITS, frozenset({GRAPH}))


@pytest.mark.parametrize(
    ("sparql", "form", "kind"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT", "solutions"),
        ("# ASK?\nPREFIX a: <http://a/>\nselect ?s { ?s a a:b }", "SELECT", "solutions"),
        ("VERSION '1.2' ASK {}", "ASK", "boolean"),
        ("BASE <http://a/> CONSTRUCT { <b> a <c> } WHERE {}", "CONSTRUCT", "graph"),
        ("DESCRIBE :a", "DESCRIBE", "graph"),
    ],
)
def test_a_query_passes_with_its_form(sparql, form, kind):
    checked = read(sparql)
    assert (checked.form, checked.kind) == (form, kind)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
        'SELECT * { ?s ?p """ " SERVICE <http://x/> {} "" """ }',
        "SELECT * { ?s ?p '''\n' SERVICE {} '''@en }",
        "SELECT * { ?s ?p 'it\\'s SERVICE {}' }",
        "SELECT * { ?s ?p ?o # SERVICE <http://x/> {}\n}",
        "SELECT * { ?s ?p <http://x/SERVICE> }",
        "SELECT ?SERVICE { $SERVICE :SERVICE _:SERVICE }",
        "PREFIX service: <http://x/> SELECT * { ?s service:SERVICE service:INSERT.DELETE }",
        "SELECT * { ?s ?p '\\\\u0053ERVICE' }",
        "SELECT (COUNT(*) AS ?insert) { ?load :clear ?drop }",
    ],
)
def test_forbidden_words_are_only_words_where_sparql_has_words(sparql):
    assert read(sparql).form == "SELECT"


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { SERVICE <http://x/> {} }",
        "select*{service?s{}}",
        "SELECT * { SeRvIcE SILENT <http://x/> {} }",
        "SELECT * { \\u0053ERVICE <http://x/> {} }",
        "SELECT * { \\U00000053ERV\\u0049CE <http://x/> {} }",
        "SELECT * { ?s ?p 1SERVICE <http://x/> {} }",
        "SELECT * { ?s ?p ''SERVICE <http://x/> {} }",
        "SELECT * { # \r SERVICE <http://x/> {} }",
        "ASK { FILTER EXISTS { SERVICE <http://x/> {} } }",
        "ASK { FILTER('a' = '\\\\') SERVICE <http://x/> {} FILTER('' = '') }",
    ],
)
def test_service_is_refused_however_it_is_spelt(sparql):
    with pytest.raises(RefusedQueryError, match=r"line \d+, column \d+: SERVICE"):
        read(sparql)


@pytest.mark.parametrize(
    "sparql",
    [
        # An escaped quote or line end would change what is string, comment or code.
        'SELECT ("\\u0022" AS ?x) { SERVICE <http://x/> {} } # """',
        "SELECT * { # \\u000A\n SERVICE <http://x/> {} }",
        "SELECT * { ?s ?p \\u0027a\\u0027 }",
        # A parser without tokens reads '<' as a comparison and then a string or a comment.
        "ASK { FILTER(?a<'>') SERVICE <http://x/> {} FILTER('1'='1') }",
        "ASK { FILTER(?a<#>''' \n 1) SERVICE <http://x/> {} } #'''",
        "PREFIX a: <http://a/> ASK { FILTER(1<a:b#>''' \n ) SERVICE <http://x/> {} } #'''",
        "ASK { FILTER(EXISTS{}<'>') SERVICE <http://x/> {} FILTER('1'='') }",
        "SELECT * { SERVICESILENT <http://x/> {} }",
        "SELECT * { ?s ?p trueSERVICE <http://x/> {} }",
        "SELECT * { \\u005Cu0053ERVICE <http://x/> {} }",
    ],
)
def test_text_that_two_readers_would_read_differently_is_refused(sparql):
    with pytest.raises(QueryError):
        read(sparql)


@pytest.mark.parametrize(
    "word",
    ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"],
)
def test_updates_are_refused(word):
    for text in (f"{word} DATA {{}}", f"PREFIX a: <http://a/>\n# x\n{word.lower()} <http://a/>"):
        with pytest.raises(RefusedQueryError, match=word):
            read(text)


def test_escaped_update_is_refused():
    with pytest.raises(RefusedQueryError):
        read("\\u0049NSERT DATA {}")


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * FROM <file:///etc/passwd> {}",
        "SELECT * FROM NAMED <http://169.254.169.254/> {}",
        "PREFIX e: <file:///etc/> SELECT * FROM e:passwd {}",
        "BASE <https://example.org/> SELECT * FROM <other> {}",
        "BASE <https://example.org/> BASE <a/> SELECT * FROM <graph> {}",
        f"SELECT * FROM <{GRAPH}> FROM <{GRAPH}2> {{}}",
    ],
)
def test_graphs_from_elsewhere_are_refused(sparql):
    with pytest.raises(RefusedQueryError, match="is not a graph of this store"):
        read(sparql)


@pytest.mark.parametrize(
    "clause",
    [
        f"FROM <{GRAPH}>",
        f"FROM NAMED <{GRAPH}>",
        "FROM e:graph",
        "FROM e:gr\\u0061ph",
        "FROM <graph>",
    ],
)
def test_graphs_of_the_store_pass(clause):
    prologue = "BASE <https://example.org/> PREFIX e: <https://example.org/>"
    assert read(f"{prologue} SELECT * {clause} {{ ?s ?p ?o }}")


def test_a_base_from_outside_lets_relative_names_pass():
    given = check("SELECT * FROM <graph> { <a> ?p ?o }", LIMITS, {GRAPH}, {}, GRAPH)
    assert (given.base, given.has_dataset) == (GRAPH, True)
    assert read("ASK {}").base == ""


@pytest.mark.parametrize(
    "sparql",
    [
        "ASK { FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
        "ASK " + "{" * 3000 + "}" * 3000,
        "ASK { " + "[ :p " * 50 + "1" + "]" * 50 + " }",
        "ASK { FILTER(" + "!" * 50 + "true) }",
        "ASK { FILTER(" + "-" * 50 + "1) }",
        "ASK { FILTER(" + "!(" * 25 + "1" + ")" * 25 + ") }",
        "ASK { ?s " + "^(" * 25 + ":p" + ")" * 25 + " ?o }",
        "ASK { ?s " + "^" * 50 + ":p ?o }",
        "ASK { ?s ?p " + "<<( ?a ?b " * 25 + "1" + ")>>" * 25 + " }",
        "ASK { FILTER(" + "\\u0028" * 50 + "1",
        "ASK { VALUES ?x { " + "(" * 50 + " } }",
    ],
)
def test_deep_nesting_is_refused(sparql):
    with pytest.raises(RefusedQueryError, match="nested more than 40 deep"):
        read(sparql)


def test_nesting_inside_what_reads_as_an_iri_is_refused():
    with pytest.raises(QuerySyntaxError, match="put blanks around"):
        read("ASK { FILTER(?a<" + "(" * 3000 + "1" + ")" * 3000 + "&&2>1) }")


@pytest.mark.parametrize(
    "sparql",
    [
        "ASK { FILTER(" + "||".join(["?a"] * 500) + ") }",
        "SELECT * { " + " . ".join(["?s ?p ?o"] * 500) + " }",
        "SELECT * { ?s ?p " + ",".join(["?o"] * 500) + " }",
        "SELECT * { ?s " + "/".join([":p"] * 500) + " ?o }",
        "SELECT * { " + "{}" * 500 + " }",
        "SELECT * { (" + "1 " * 500 + ") ?p ?o }",
        "SELECT " + "(1 AS ?a)" * 500 + " {}",
        "DESCRIBE " + "<http://a/> " * 3000,
        "ASK { FILTER(1 IN (" + ",".join(["1"] * 3000) + ")) }",
        "ASK {} #" + "x" * 64_000,
    ],
)
def test_wide_and_long_queries_are_refused(sparql):
    with pytest.raises(QueryTooLargeError, match=r"\d"):
        read(sparql)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { VALUES ?x { " + "<http://a/> " * 4000 + "} }",
        "SELECT * { VALUES (?x ?y) { " + "(1 'a') " * 5000 + "} }",
        "ASK { FILTER(?x IN (" + ",".join(["-1"] * 1500) + ")) }",
        "ASK { FILTER(1 < 2 && 3 > 2 || ?a<?b) FILTER(-1 - -1 = +0) }",
        "ASK { (<http://a/> <http://b/#c>) ?p 'a'^^<urn:x:y> }",
        "ASK { FILTER(?a IN (<urn:a:b>, <urn:c:d>)) }",
        "SELECT * { ?s ^:p/(:q|!(^:r|a))*/:s? ?o ; :t [ :u () ] }",
    ],
)
def test_ordinary_queries_pass(sparql):
    assert read(sparql)


@pytest.mark.parametrize(
    ("sparql", "line", "column", "what"),
    [
        ("", 1, 1, "the query is empty"),
        ("\n # nothing\n", 1, 1, "the query is empty"),
        ("SELECT * {\n  foo:bar ?p ?o }", 2, 3, "prefix 'foo:' is not declared"),
        ("SELECT * {\n ?s ?p 'a }", 2, 8, "string is not closed"),
        ("SELECT * { <a> ?p ?o }", 1, 12, "relative"),
        ("SELECT * { ( }", 1, 14, r"does not close the '\(' of line 1, column 12"),
        ("SELECT * {\n {", 2, 2, "never closed"),
        ("ASK {} }", 1, 8, "nothing opens"),
        ("SELECT * { ?s label ?o }", 1, 15, "'label' is no word"),
        ("ASK { ?s ?p \u00a0 }", 1, 13, "means nothing"),
        ("\\u0041SK { ?s ?p \u200b }", 1, 18, "means nothing"),
        ("ASK {\0}", 1, 6, "U\\+0000"),
        ("ASK {'\ud800'}", 1, 7, "U\\+D800"),
        ("ASK {'\\uDFFF'}", 1, 7, "is no character"),
        ("ASK {'\\UFFFFFFFF'}", 1, 7, "is no character"),
        ("hello", 1, 1, "begins with SELECT"),
    ],
)
def test_visible_mistakes_are_named_with_their_place(sparql, line, column, what):
    with pytest.raises(QuerySyntaxError, match=what) as caught:
        read(sparql)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_every_question_of_the_package_passes():
    files = sorted((Path(__file__).parents[2] / "kg" / "questions").rglob("*.rq"))
    assert files
    for file in files:
        assert read(file.read_text("utf-8")), file.name


PIECES = """
    ' " ''' \\ < > << >> # { } ( ) [ ] . ; , ^ ^^ ! && || * / + - = é \ud800 \0 1 1.5e3
    <http://a/> ?a :a a: @en SELECT ASK SERVICE INSERT FROM VALUES true \\u0022 \\u005C \\u000A
"""
FRAGMENTS = st.sampled_from(PIECES.split())
QUERIES = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=3)), max_size=40).map(" ".join),
    st.lists(FRAGMENTS, max_size=40).map("".join),
)


@given(QUERIES)
def test_any_text_passes_or_gets_a_query_error(text):
    with suppress(QueryError):
        assert read(text).source.text


@given(QUERIES)
def test_tokens_stand_where_they_say(text):
    try:
        source = Source.read(text, LIMITS.query_characters)
        found = list(tokens(source))
    except QuerySyntaxError:
        return
    for token in found:
        assert source.text.startswith(token.text, token.start)


SAFE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\"'\\\n\r"))


@given(SAFE, SAFE, st.sampled_from(["'", '"', "'''", '"""']))
def test_words_in_strings_are_never_refused(before, after, quote):
    text = f"SELECT * {{ ?s ?p {quote}{before} SERVICE <x:> {{}} INSERT {after}{quote} }}"
    assert read(text).form == "SELECT"


@given(SAFE)
def test_words_in_comments_are_never_refused(words):
    assert read(f"ASK # SERVICE {words}\n{{}}").form == "ASK"


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("'\\u0022'", "'\\\"'"),
        ("'\\u005Cn'", "'\\\\n'"),
        ("'\\\\u0041'", "'\\\\u0041'"),
        ("'\\u000a\\U0001F600'", "'\\n\U0001f600'"),
        ("\\u0041SK", "ASK"),
    ],
)
def test_escapes_are_decoded_once(sent, text):
    assert Source.read(sent, 100).text == text


@given(st.text(st.characters(min_codepoint=0x28, max_codepoint=0x2FF, exclude_characters="\\")))
def test_escapes_move_no_position(text):
    sent = "".join(f"\\u{ord(character):04x}" for character in text) + "!"
    source = Source.read(sent, len(sent))
    assert source.text == text + "!"
    assert source.place(len(text)) == (1, len(sent))
