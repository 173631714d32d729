"""All 34 tests of the W3C's SPARQL 1.1 Protocol suite, put to `kg serve --data` over HTTP.

The names are those of the suite's manifest. A read-only service refuses the seven that update;
the other 27 are answered as the suite wants.
"""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pyoxigraph
import pytest

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

GRAPHS = [f"http://kasei.us/2009/09/sparql/data/data{number}.rdf" for number in range(4)]
DOCUMENT = "http://xmlns.com/foaf/0.1/Document"
NEW = "http://example.org/protocol-test/"

DEFAULT = "default-graph-uri"
NAMED = "named-graph-uri"
USING = "using-graph-uri"
USING_NAMED = "using-named-graph-uri"

TYPED = {number: f"<{graph}> a ?type{number} ." for number, graph in enumerate(GRAPHS)}
IN_BOTH = f"GRAPH ?g1 {{ {TYPED[1]} }} GRAPH ?g2 {{ {TYPED[2]} }}"
COPY = f"INSERT {{ GRAPH <{NEW}> {{ ?s a <{NEW}Copy> }} }} WHERE"
FROM_GRAPHS = f"{COPY} {{ ?s a <{DOCUMENT}> }}"
FROM_NAMED = f"{COPY} {{ GRAPH ?g {{ ?s a <{DOCUMENT}> }} }}"
FROM_EITHER = f"{COPY} {{ {{ ?s a <{DOCUMENT}> }} UNION {{ GRAPH ?g {{ ?s a <{DOCUMENT}> }} }} }}"


@dataclass(frozen=True)
class Case:
    """A request, and what must come of it.

    Attributes:
        name: the test's name in the manifest.
        expected: "true", a kind of result, or "4xx".
        parameters: those of the address.
        body: of a POST; without one the request is a GET.
        kind: the body's media type, or None for none at all.
        method: where it is neither GET nor POST.
    """

    name: str
    expected: str
    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    kind: str | None = None
    method: str | None = None


def got(name: str, expected: str, query: str, *parameters: tuple[str, str]) -> Case:
    return Case(name, expected, (("query", query), *parameters))


def sent(
    name: str, expected: str, body: str, kind: str | None, *parameters: tuple[str, str]
) -> Case:
    return Case(name, expected, parameters, body.encode(), kind)


ABSENT = (DEFAULT, GRAPHS[0])
BOTH_DEFAULT = ((DEFAULT, GRAPHS[1]), (DEFAULT, GRAPHS[2]))
BOTH_NAMED = ((NAMED, GRAPHS[1]), (NAMED, GRAPHS[2]))
MERGED = f"ASK {{ {TYPED[1]} {TYPED[2]} }}"

QUERIES = [
    sent("query_post_form", "true", urlencode({"query": "ASK {}"}), FORM, ABSENT),
    got("query_dataset_default_graphs_get", "true", MERGED, *BOTH_DEFAULT),
    sent("query_dataset_default_graphs_post", "true", MERGED, QUERY, *BOTH_DEFAULT),
    sent("query_dataset_named_graphs_post", "true", f"ASK {{ {IN_BOTH} }}", QUERY, *BOTH_NAMED),
    got("query_dataset_named_graphs_get", "true", f"ASK {{ {IN_BOTH} }}", *BOTH_NAMED),
    sent(
        "query_dataset_full",
        "true",
        f"ASK {{ {TYPED[3]} {IN_BOTH} }}",
        QUERY,
        (DEFAULT, GRAPHS[3]),
        *BOTH_NAMED,
    ),
    sent(
        "query_multiple_dataset",
        "true",
        f"ASK FROM <{GRAPHS[3]}> {{ {IN_BOTH} }}",
        QUERY,
        *BOTH_NAMED,
    ),
    got("query_get", "true", "ASK {}", ABSENT),
    sent("query_content_type_select", "tabular", "SELECT (1 AS ?value) {}", QUERY, ABSENT),
    sent("query_content_type_ask", "boolean", "ASK {}", QUERY, ABSENT),
    sent("query_content_type_describe", "RDF", "DESCRIBE <http://example.org/>", QUERY, ABSENT),
    sent("query_content_type_construct", "RDF", "CONSTRUCT { <s> <p> 1 } WHERE {}", QUERY, ABSENT),
    sent("query_post_direct", "true", "ASK {}", QUERY),
]

BAD = [
    Case("bad_query_method", "4xx", (("query", "ASK {}"), ABSENT), b"", FORM, method="PUT"),
    got("bad_multiple_queries", "4xx", "ASK {}", ("query", "SELECT * {}")),
    sent("bad_query_wrong_media_type", "4xx", "ASK {}", "text/plain"),
    sent("bad_query_missing_form_type", "4xx", urlencode({"query": "ASK {}"}), None),
    sent("bad_query_missing_direct_type", "4xx", "ASK {}", None),
    Case("bad_query_non_utf8", "4xx", (), "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16"),
    got("bad_query_syntax", "4xx", "ASK {"),
    Case("bad_update_get", "4xx", (("update", "CLEAR ALL"),)),
    sent("bad_multiple_updates", "4xx", "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", FORM),
    sent("bad_update_wrong_media_type", "4xx", "CLEAR NAMED", "text/plain"),
    sent("bad_update_missing_form_type", "4xx", "update=CLEAR%20NAMED", None),
    Case(
        "bad_update_non_utf8",
        "4xx",
        (),
        "CLEAR NAMED".encode("utf-16"),
        f"{UPDATE}; charset=UTF-16",
    ),
    sent("bad_update_syntax", "4xx", "update=CLEAR%20XYZ", FORM),
    sent(
        "bad_update_dataset_conflict",
        "4xx",
        f"WITH <{NEW}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        UPDATE,
        (USING_NAMED, NEW),
    ),
]

UPDATES = [
    sent("update_dataset_default_graph", "4xx", FROM_GRAPHS, UPDATE, (USING, GRAPHS[1])),
    sent(
        "update_dataset_default_graphs",
        "4xx",
        FROM_GRAPHS,
        UPDATE,
        (USING, GRAPHS[1]),
        (USING, GRAPHS[2]),
    ),
    sent(
        "update_dataset_named_graphs",
        "4xx",
        FROM_NAMED,
        UPDATE,
        (USING_NAMED, GRAPHS[1]),
        (USING_NAMED, GRAPHS[2]),
    ),
    sent(
        "update_dataset_full",
        "4xx",
        FROM_EITHER,
        UPDATE,
        (USING, GRAPHS[1]),
        (USING_NAMED, GRAPHS[2]),
    ),
    sent("update_post_form", "4xx", "update=CLEAR+ALL", FORM),
    sent("update_post_direct", "4xx", "CLEAR ALL", UPDATE),
    sent("update_base_uri", "4xx", f"INSERT DATA {{ <{NEW}s> <{NEW}p> <test> }}", UPDATE),
]

CASES = QUERIES + BAD + UPDATES


@pytest.fixture(scope="module")
def port(start: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> int:
    """Of a server with four named graphs, each of which says that it is a document."""
    file = tmp_path_factory.mktemp("protocol") / "graphs.trig"
    file.write_text("\n".join(f"<{each}> {{ <{each}> a <{DOCUMENT}> }}" for each in GRAPHS))
    return int(start(file.parent / "no-home", "--data", str(file)).port)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    media_type: str
    body: bytes


def put(port: int, case: Case) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    method = case.method or ("GET" if case.body is None else "POST")
    try:
        connection.putrequest(method, "/sparql?" + urlencode(case.parameters))
        if case.kind is not None:
            connection.putheader("Content-Type", case.kind)
        if case.body is not None:
            connection.putheader("Content-Length", str(len(case.body)))
        connection.endheaders(case.body)
        response = connection.getresponse()
        media_type = response.headers.get_content_type()
        return Reply(response.status, media_type, response.read())
    finally:
        connection.close()


def kind_of(reply: Reply) -> str:
    """Whether a result is a boolean, a table or RDF; it parses as what it says it is."""
    if rdf := pyoxigraph.RdfFormat.from_media_type(reply.media_type):
        list(pyoxigraph.parse(reply.body, format=rdf))
        return "RDF"
    results = pyoxigraph.QueryResultsFormat.from_media_type(reply.media_type)
    assert results is not None, reply
    parsed = pyoxigraph.parse_query_results(reply.body, format=results)
    if isinstance(parsed, pyoxigraph.QueryBoolean):
        return "true" if parsed else "false"
    assert [len(list(row)) for row in parsed] == [1]
    return "tabular"


def stored(port: int) -> object:
    reply = put(port, got("", "", "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"))
    assert reply.status == 200
    rows = json.loads(reply.body)["results"]["bindings"]
    assert len(rows) == len(GRAPHS)
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_of_the_protocol_suite(port: int, case: Case) -> None:
    before = stored(port)
    reply = put(port, case)
    if case.expected == "4xx":
        assert 400 <= reply.status < 500, reply
        assert reply.status != 429
    else:
        assert reply.status == 200, reply
        expected = "true" if case.expected == "boolean" else case.expected
        assert kind_of(reply) == expected
    assert stored(port) == before


def test_the_suite_is_whole() -> None:
    assert len({case.name for case in CASES}) == 34
    assert {len(QUERIES), len(BAD), len(UPDATES)} == {13, 14, 7}


def test_an_update_is_told_why_it_is_refused(port: int) -> None:
    for case in UPDATES:
        reply = put(port, case)
        assert reply.status == 403
        assert "read-only" in json.loads(reply.body)["detail"]
