"""The guard: what never reaches an engine, and what must."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engines.guard import Guard, check, check_services
from kg.engines.limits import Limits
from kg.engines.source import Source
from kg.engines.tokens import shape, tokens
from kg.errors import (
    AddressError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    RefusedQueryError,
)

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


def found_by(guard, text):
    try:
        checked = guard.check(text)
    except QueryError as error:
        return type(error), str(error)
    return checked.form, checked.shape, checked.source.text, checked.is_fleeting, checked.prefixes


REMEMBERING = Guard(LIMITS)


@given(QUERIES, QUERIES)
def test_what_is_remembered_of_one_query_is_true_of_the_next(text, string):
    for query in (text, f"ASK {{ ?s ?p '{string}' }} {text}", f"ASK {{ {text} }}"):
        assert found_by(REMEMBERING, query) == found_by(Guard(LIMITS), query)
    assert REMEMBERING._found


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("ASK { ?s ?p 'a' } # a", 'ASK{?s ?p """b"\'"""}', True),
        ("ASK { ?s ?p 1 }", "ASK { ?s ?p 1.5e3 }", True),
        ("ASK { id:a ?p id:b.c }", "ASK { id:d\\-e ?p id: }", True),
        ("ASK { ?s ?p 'a' }", "ASK { ?s ?p 'a' , 'b' }", False),
        ("ASK { ?s ?p 'a'@en }", "ASK { ?s ?p 'a'@de }", False),
        ("ASK { xid:a ?p 1 }", "ASK { xid:b ?p 1 }", False),
        ("ASK { ?s ?p 1 } LIMIT 1", "ASK { ?s ?p 1 } LIMIT", False),
        ("ASK { ?s ?p 1 } #'", "ASK { ?s ?p 1 } '", False),
        ("ASK { ?s ?p <id:a> }", "ASK { ?s ?p <id:b> }", False),
    ],
)
def test_queries_alike_have_one_shape(one, other, are_alike):
    assert (shape(Source.read(one, 99)) == shape(Source.read(other, 99))) == are_alike


@pytest.mark.parametrize(
    ("sparql", "is_fleeting"),
    [
        ("SELECT (NOW() AS ?x) {}", True),
        ("ASK { FILTER(ra\\u006ed ( ) > 0.5) }", True),
        ("SELECT (STRUUID() AS ?x) {}", True),
        ("ASK { ?s ?p 'NOW()' } # RAND()", False),
        ("ASK { ?now ?uuid :bnode }", False),
    ],
)
def test_what_differs_from_run_to_run_is_told(sparql, is_fleeting):
    guard = Guard(LIMITS)
    assert [guard.check(sparql).is_fleeting for _ in range(2)] == [is_fleeting] * 2


@pytest.mark.parametrize(
    ("sparql", "prefixes"),
    [
        ("ASK { id:a :b rdfs:c }", {"id", "", "rdfs"}),
        ("PREFIX : <http://x/> ASK { id:a :b 'rdfs:c' }", {"id"}),
        ("PREFIX id: <http://x/> PREFIX a: <http://x/> ASK { id:a a:b '1'^^xsd:integer }", {"xsd"}),
        ("ASK { <id:a> ?p 1 }", set()),
    ],
)
def test_prefixes_that_are_left_to_the_engine_are_told(sparql, prefixes):
    guard = Guard(LIMITS)
    assert [set(guard.check(sparql).prefixes) for _ in range(2)] == [prefixes] * 2


OTHER = "https://other.example/sparql"
SERVING = Guard(LIMITS, frozenset({GRAPH}), services=frozenset({OTHER, "http://a/b?c=d"}))


@pytest.mark.parametrize(
    "sparql",
    [
        f"SELECT * {{ SERVICE <{OTHER}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ service SILENT <{OTHER}> {{ ?s ?p ?o }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE # c\n <{OTHER}> {{}} }} }}",
        "PREFIX o: <https://other.example/> ASK { SERVICE o:sparql {} }",
        "PREFIX o: <https://other.example/sparql> ASK { SERVICE silent o: {} }",
        "ASK { SERVICE <https://other.example/sp\\u0061rql> {} }",
        "BASE <http://elsewhere/> ASK { SERVICE <https://other.example/sparql> {} }",
    ],
)
def test_servers_that_are_allowed_may_be_asked(sparql):
    assert SERVING.check(sparql).services == {OTHER}
    with pytest.raises(RefusedQueryError, match="never does"):
        check(sparql, LIMITS)


@pytest.mark.parametrize(
    "target",
    [
        "?x",
        "$x",
        "SILENT ?x",
        "<http://evil.example/>",
        "SILENT <http://evil.example/>",
        "<https://other.example/>",
        "<https://other.example/sparql/>",
        "<https://other.example/sparql?>",
        "<https://other.example/sparql#a>",
        "<https://other.example:443/sparql>",
        "<https://other.example/a/../sparql>",
        "<https://other.example/sp%61rql>",
        "<HTTPS://other.example/sparql>",
        "<https://OTHER.example/sparql>",
        "<https://user@other.example/sparql>",
        "<http://other.example/sparql>",
        "<sparql>",
        "</sparql>",
        "<//other.example/sparql>",
        "<>",
        "relative:sparql",
        "evil:sparql",
        "other:x",
        "'https://other.example/sparql'",
        "{}",
        "_:b",
    ],
)
def test_other_servers_are_refused_however_they_are_spelt(target):
    head = (
        "BASE <https://other.example/> PREFIX relative: </> PREFIX other: <https://other.example/> "
        "PREFIX evil: <https://other.example/> PREFIX evil: <http://evil.example/> "
    )
    for query in (
        f"{head} SELECT * {{ SERVICE {target} {{ ?s ?p ?o }} }}",
        f"{head} SELECT * {{ SERVICE <{OTHER}> {{ SERVICE {target} {{ ?s ?p ?o }} }} }}",
        f"{head} SELECT * {{ SERVICE <{OTHER}> {{}} \\u0053ervice {target} {{ ?s ?p ?o }} }}",
    ):
        with pytest.raises(RefusedQueryError, match="SERVICE may only ask"):
            SERVING.check(query)


def test_an_allowed_server_does_not_open_other_doors():
    with pytest.raises(RefusedQueryError, match="not a graph"):
        SERVING.check(f"SELECT * FROM <{OTHER}> {{ SERVICE <{OTHER}> {{}} }}")
    with pytest.raises(QuerySyntaxError, match="begins with"):
        SERVING.check(f"SERVICE <{OTHER}> {{}}")
    with pytest.raises(QuerySyntaxError, match="SILENT"):
        SERVING.check("ASK { SILENT }")


@pytest.mark.parametrize(
    "iri",
    [
        "",
        "sparql",
        "file:///etc/passwd",
        "ftp://a/",
        "http://",
        "http:///a",
        "HTTP://a/",
        "http://a b/",
        "http://a/../b",
        "http://a/.",
        "http://u:p@a/",
        "http://a/#b",
        "http://a/>",
        "http://é/",
    ],
)
def test_what_is_no_server_cannot_be_allowed(iri):
    with pytest.raises(AddressError, match="write it in full"):
        check_services([OTHER, iri])


def test_servers_are_allowed_as_they_are_written():
    check_services([OTHER, "http://a", "http://[::1]:8000/sparql", "http://a/b?c=d", "http://a/.b"])


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
