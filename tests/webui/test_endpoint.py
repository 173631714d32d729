"""The SPARQL 1.1 Protocol, after the W3C's list of protocol tests, and the page of the endpoint."""

import json
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg import errors, store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.engines.pool import Pool
from kg.engines.results import FORMATS, Result, formats_for
from kg.namespaces import DATA, ONTOLOGY_IRI
from webui.app import create_app

ASK = "ASK {}"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON = "application/sparql-results+json"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SD = "http://www.w3.org/ns/sparql-service-description#"


def get(client: FlaskClient, query: str, accept: str | None = None, **more: str) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql?" + urlencode({"query": query, **more}), headers=headers)


def is_true(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    answer = json.loads(response.data)["boolean"]
    assert isinstance(answer, bool)
    return answer


# W3C SPARQL 1.1 Protocol tests: queries.


def test_query_via_get(client: FlaskClient) -> None:
    response = get(client, ASK)
    assert is_true(response)
    assert response.content_type == JSON


def test_query_via_post_form(client: FlaskClient) -> None:
    assert is_true(client.post("/sparql", data={"query": ASK}))


def test_query_via_post_directly(client: FlaskClient) -> None:
    assert is_true(client.post("/sparql", data=ASK, content_type=DIRECT))


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_query_via_post_directly_with_a_charset(client: FlaskClient, charset: str) -> None:
    content_type = f"{DIRECT}; charset={charset}"
    query = "ASK { FILTER('ü' = 'ü') }".encode()
    assert is_true(client.post("/sparql", data=query, content_type=content_type))


def test_form_values_are_utf_8_and_decoded_once(client: FlaskClient) -> None:
    query = "SELECT ('é%41+ü' AS ?x) {}"
    for response in (
        get(client, query),
        client.post("/sparql", data=urlencode({"query": query}), content_type=FORM),
    ):
        assert json.loads(response.data)["results"]["bindings"][0]["x"]["value"] == "é%41+ü"


CLAIMS = DATA + "000/claims"
TEXT = DATA + "000/text"
HAS_CLAIMS = "ASK { ?claim :hasContent ?content }"
IN_GRAPH = f"ASK {{ GRAPH <{CLAIMS}> {{ ?claim :hasContent ?content }} }}"


@pytest.mark.parametrize("method", ["get", "form", "direct"])
def test_the_protocol_chooses_the_dataset(client: FlaskClient, method: str) -> None:
    def ask(query: str, *dataset: tuple[str, str]) -> bool:
        if method == "get":
            return is_true(client.get("/sparql?" + urlencode([("query", query), *dataset])))
        if method == "form":
            body = urlencode([("query", query), *dataset])
            return is_true(client.post("/sparql", data=body, content_type=FORM))
        address = "/sparql?" + urlencode(dataset)
        return is_true(client.post(address, data=query, content_type=DIRECT))

    default, named = "default-graph-uri", "named-graph-uri"
    assert ask(HAS_CLAIMS)
    assert ask(HAS_CLAIMS, (default, CLAIMS))
    assert not ask(HAS_CLAIMS, (default, TEXT))
    assert ask(HAS_CLAIMS, (default, TEXT), (default, CLAIMS))
    assert not ask(HAS_CLAIMS, (named, CLAIMS))
    assert ask(IN_GRAPH, (named, CLAIMS))
    assert not ask(IN_GRAPH, (named, TEXT))
    assert ask(IN_GRAPH, (default, TEXT), (named, TEXT), (named, CLAIMS))
    both = f"ASK FROM <{TEXT}> {{ ?claim :hasContent ?content }}"
    assert not ask(both)
    assert ask(both, (default, CLAIMS))


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("graph", ["http://169.254.169.254/", "file:///etc/passwd", "no iri", ""])
def test_graphs_from_elsewhere_are_refused(client: FlaskClient, name: str, graph: str) -> None:
    assert get(client, ASK, **{name: graph}).status_code == 403


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT ?s { ?s a :State }", "solutions"),
        (ASK, "boolean"),
        ("CONSTRUCT { ?s a :State } WHERE { ?s a :State }", "graph"),
        ("DESCRIBE id:south-korea", "graph"),
    ],
)
def test_every_form_comes_in_every_format_that_fits(
    client: FlaskClient, query: str, kind: str
) -> None:
    fitting = formats_for(kind)
    assert len(fitting) >= 4
    for each in fitting:
        media_type = each.media_type.partition(";")[0]
        for response in (get(client, query, media_type), get(client, query, format=each.name)):
            assert response.status_code == 200
            assert response.content_type == each.media_type
            assert response.data
    for each in set(FORMATS) - set(fitting):
        response = get(client, query, each.media_type.partition(";")[0])
        assert response.status_code == 406
        assert get(client, query, format=each.name).status_code == 406


def test_results_parse(client: FlaskClient) -> None:
    rows = pyoxigraph.parse_query_results(
        get(client, "SELECT * { ?s a :State }", "application/sparql-results+xml").data,
        format=pyoxigraph.QueryResultsFormat.XML,
    )
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    assert list(rows)
    turtle = get(client, "DESCRIBE id:south-korea", "text/turtle").data
    assert list(pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE))


def test_quality_values_decide(client: FlaskClient) -> None:
    response = get(client, ASK, "text/csv;q=0.2, application/sparql-results+xml;q=0.7, */*;q=0.1")
    assert response.content_type == "application/sparql-results+xml"
    assert "Accept" in response.headers["Vary"]


# W3C SPARQL 1.1 Protocol tests: bad requests.


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/sparql?query=" + quote(ASK))
    assert response.status_code == 405
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(response.headers["Allow"].split(", "))


def test_two_queries_are_one_too_many(client: FlaskClient) -> None:
    two = urlencode([("query", ASK), ("query", "SELECT * {}")])
    assert client.get("/sparql?" + two).status_code == 400
    assert client.post("/sparql", data=two, content_type=FORM).status_code == 400
    mixed = client.post("/sparql?query=" + quote(ASK), data=ASK, content_type=DIRECT)
    assert mixed.status_code == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "", "multipart/form-data"]
)
def test_other_bodies_are_not_supported(client: FlaskClient, content_type: str) -> None:
    response = client.post("/sparql", data=ASK, content_type=content_type)
    assert response.status_code == 415
    assert response.headers["Accept-Post"] == f"{FORM}, {DIRECT}"


def test_a_form_without_its_media_type_is_not_supported(client: FlaskClient) -> None:
    response = client.post("/sparql", data=urlencode({"query": ASK}))
    assert response.status_code == 415


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "klingon"])
def test_other_charsets_are_not_supported(client: FlaskClient, charset: str) -> None:
    response = client.post("/sparql", data=ASK, content_type=f"{DIRECT}; charset={charset}")
    assert response.status_code == 415


def test_what_is_no_utf_8_is_a_bad_request(client: FlaskClient) -> None:
    utf_16 = "ASK {}".encode("utf-16")
    assert client.post("/sparql", data=utf_16, content_type=DIRECT).status_code == 400
    assert client.post("/sparql", data=b"query=%FF%FE", content_type=FORM).status_code == 400
    assert client.get("/sparql?query=ASK%20%7B%FF%7D").status_code == 400


def test_a_syntax_error_names_its_line_and_column(client: FlaskClient) -> None:
    response = get(client, "SELECT *\n{ ?s ?p } }")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    told = json.loads(response.data)
    assert (told["line"], told["column"]) == (2, 11)
    assert "line 2, column 11" in told["detail"]


@pytest.mark.parametrize("query", ["", "   ", "SELEKT", "PREFIX a: <http://a/>", "\x00"])
def test_what_is_no_query_is_a_bad_request(client: FlaskClient, query: str) -> None:
    assert get(client, query).status_code == 400
    assert client.post("/sparql", data=query, content_type=DIRECT).status_code == 400


def test_a_form_without_a_query_is_a_bad_request(client: FlaskClient) -> None:
    assert client.post("/sparql", data={"other": "1"}).status_code == 400


UPDATE = "INSERT DATA { <http://a/> <http://b/> <http://c/> }"


def test_updates_are_refused(client: FlaskClient, snapshot: store.Snapshot) -> None:
    body = urlencode({"update": UPDATE})
    responses = (
        client.post("/sparql", data=body, content_type=FORM),
        client.post("/sparql", data=UPDATE, content_type="application/sparql-update"),
        client.get("/sparql?" + body),
        client.post("/sparql", data=urlencode({"query": ASK, "update": UPDATE}), content_type=FORM),
        get(client, UPDATE),
        client.post("/sparql", data=UPDATE, content_type=DIRECT),
    )
    assert [response.status_code for response in responses] == [403] * len(responses)
    assert LocalEngine(snapshot.store_path).select("SELECT * { <http://a/> ?p ?o }").rows == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://169.254.169.254/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://example.com/> { GRAPH ?g { ?s ?p ?o } }",
        "LOAD <http://example.com/>",
    ],
)
def test_what_would_fetch_is_refused(client: FlaskClient, query: str) -> None:
    assert get(client, query).status_code == 403


def test_what_is_too_large_is_refused(client: FlaskClient) -> None:
    long = "ASK {} #" + "x" * 70_000
    assert client.post("/sparql", data=long, content_type=DIRECT).status_code == 413
    huge = b"x" * 1_000_001
    assert client.post("/sparql", data=huge, content_type=DIRECT).status_code == 413


# What the protocol leaves open.


def test_without_a_query_a_machine_gets_the_service_description(
    client: FlaskClient, snapshot: store.Snapshot
) -> None:
    def read(response: TestResponse) -> set[pyoxigraph.Triple]:
        assert response.status_code == 200
        media_type = response.content_type.partition(";")[0]
        written = pyoxigraph.RdfFormat.from_media_type(media_type)
        assert written is not None
        return {quad.triple for quad in pyoxigraph.parse(response.data, format=written)}

    triples = read(client.get("/sparql"))
    objects = {(t.predicate.value, getattr(t.object, "value", "")) for t in triples}
    assert (SD + "endpoint", "https://standpoint.example/sparql") in objects
    assert (SD + "feature", SD + "UnionDefaultGraph") in objects
    assert (SD + "supportedLanguage", SD + "SPARQL11Query") in objects
    assert {o for p, o in objects if p == SD + "name"} == set(snapshot.graphs)
    counted = sorted(int(o) for p, o in objects if p.endswith("void#triples"))
    assert counted[-1] == snapshot.triples
    for each in formats_for("graph"):
        headers = {"Accept": each.media_type.partition(";")[0]}
        assert len(read(client.get("/sparql", headers=headers))) == len(triples)
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    response = client.head("/sparql?query=" + quote(ASK))
    assert response.status_code == 200
    assert response.content_type == JSON
    assert response.data == b""


def test_any_origin_may_ask(client: FlaskClient) -> None:
    preflight = client.options("/sparql", headers={"Origin": "https://elsewhere.example"})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    for response in (preflight, get(client, ASK), get(client, "wrong"), client.put("/sparql")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unchanged_result_is_not_sent_again(client: FlaskClient) -> None:
    first = get(client, ASK)
    tag = first.headers["ETag"]
    address = "/sparql?query=" + quote(ASK)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert "Accept" in again.headers["Vary"]
    others = (
        client.get(address, headers={"If-None-Match": tag, "Accept": "text/csv"}),
        client.get(address + "%20", headers={"If-None-Match": tag}),
        client.get(address, headers={"If-None-Match": '"other"'}),
        get(client, ASK, **{"default-graph-uri": ONTOLOGY_IRI}),
    )
    assert [other.status_code for other in others] == [200] * 4
    assert [other.headers["ETag"] == tag for other in others] == [False, False, True, False]


def test_a_result_that_changes_has_no_tag(client: FlaskClient) -> None:
    assert "ETag" not in get(client, "SELECT (NOW() AS ?now) {}").headers


class Failing:
    """An engine whose every query ends in one error."""

    def __init__(self, error: Exception) -> None:
        self.limits = Limits()
        self.services: frozenset[str] = frozenset()
        self.error = error

    def query(self, *_: object, **__: object) -> Result:
        raise self.error

    select = ask = query


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QueryTimeoutError("too long"), 504),
        (errors.EngineBusyError("busy"), 503),
        (errors.QueryTooLargeError("too large"), 413),
        (errors.EngineDiedError("died"), 500),
        (errors.ServiceError("elsewhere"), 502),
        (errors.QueryError("odd"), 400),
        (RuntimeError("secret /path"), 500),
    ],
)
def test_errors_of_the_engine_have_their_status(
    snapshot: store.Snapshot, error: Exception, status: int
) -> None:
    client = create_app(snapshot, Failing(error), library={}).test_client()
    response = get(client, ASK)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert json.loads(response.data)["status"] == status
    assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (status == 503)
    assert response.headers["Cache-Control"] == "no-store"
    page = client.get("/sparql?query=" + quote(ASK), headers=BROWSER)
    assert page.status_code == status
    assert page.content_type.startswith("text/html")
    text = get(client, ASK, "text/plain")
    assert text.content_type.startswith("text/plain")
    assert "secret" not in page.text + text.text


class Cutting(LocalEngine):
    """An engine with room for two rows."""

    def __init__(self, snapshot: store.Snapshot) -> None:
        super().__init__(snapshot.store_path, Limits(rows=2))

    def select(self, sparql: str) -> object:
        return LocalEngine(self._store).select(sparql)


def test_a_cut_result_says_so(snapshot: store.Snapshot) -> None:
    client = create_app(snapshot, Cutting(snapshot), library={}).test_client()
    query = "SELECT * { ?s ?p ?o }"
    response = get(client, query)
    assert response.headers["Standpoint-Truncated"] == "rows=2"
    assert json.loads(response.data)["head"]["truncated"] is True
    assert get(client, query, "text/csv").headers["Standpoint-Truncated"] == "rows=2"
    page = client.get("/sparql?query=" + quote(query), headers=BROWSER)
    assert "Cut short" in page.text


def test_a_pool_stops_what_takes_too_long(snapshot: store.Snapshot) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with Pool(snapshot.store_path, Limits(seconds=0.3, workers=1)) as pool:
        client = create_app(snapshot, pool, library={}).test_client()
        response = get(client, slow)
        assert response.status_code == 504
        assert json.loads(response.data)["state"] == "timed-out"
        assert is_true(get(client, ASK))
        health = client.get("/health").json
        assert health["answers"] is True
        assert health["engine"]["killed"] == 1


# For people.


def test_a_browser_gets_the_form(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=BROWSER)
    assert page.status_code == 200
    assert "<textarea" in page.text
    assert client.get("/sparql?query=", headers=BROWSER).status_code == 200
    assert client.get("/sparql?format=html").content_type.startswith("text/html")


def test_a_browser_gets_a_table_with_labels(client: FlaskClient) -> None:
    page = client.get("/sparql?query=" + quote("SELECT ?s { ?s a :State }"), headers=BROWSER)
    assert page.status_code == 200
    assert '<a href="/id/south-korea">South Korea</a>' in page.text
    assert "id:south-korea" in page.text
    assert "<caption>" in page.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?s a :Nothing }", "nothing matches"),
        (ASK, "Yes"),
        ("ASK { FILTER(false) }", "No"),
        ("DESCRIBE id:south-korea", "South Korea"),
    ],
)
def test_a_browser_is_told_what_came_out(client: FlaskClient, query: str, words: str) -> None:
    page = client.get("/sparql?query=" + quote(query), headers=BROWSER)
    assert page.status_code == 200
    assert words in page.text


def test_a_browser_sees_where_the_fault_is(client: FlaskClient) -> None:
    query = 'SELECT *\n{ ?s ?p <b>"&} }'
    page = client.get("/sparql?query=" + quote(query), headers=BROWSER)
    assert page.status_code == 400
    assert '<mark class="fault"' in page.text
    assert "<b>" not in page.text


def test_the_query_stays_in_the_form(client: FlaskClient) -> None:
    query = "\nSELECT * {} # </textarea><script>alert(1)</script>"
    page = client.get("/sparql?query=" + quote(query), headers=BROWSER)
    assert "<script>" not in page.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in page.text


def test_an_example_fills_the_form_and_is_not_run(client: FlaskClient) -> None:
    page = client.get("/sparql?example=prefers", headers=BROWSER)
    assert page.status_code == 200
    assert "VALUES ?policy { id:engagement }" in page.text
    assert 'aria-label="Result' not in page.text
    assert "#+" not in page.text
    assert 'href="/sparql?example=prefers"' in page.text
    unknown = client.get("/sparql?example=nothing", headers=BROWSER)
    assert unknown.status_code == 404
    assert "No such question" in unknown.text


def test_a_fault_has_its_line_and_column_on_the_page(client: FlaskClient) -> None:
    query = "ASK {\n  ?é :prefers }"
    page = get(client, query, format="html").text
    problem = get(client, query, "application/json").json
    assert (problem["line"], problem["column"]) == (2, 15)
    assert 'data-line="2" data-column="15"' in page
