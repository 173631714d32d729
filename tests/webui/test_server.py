"""The real server: one command, and nothing left of it afterwards."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kg import store

FORM = "application/x-www-form-urlencoded"
KG = Path(sys.executable).parent / "kg"


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def descendants(pid: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def health(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as response:
        body: bytes = response.read()
    return body


def left_of(pids: set[int]) -> set[int]:
    """Those that still run ten seconds from now at the latest; the dead have no command."""
    deadline = time.monotonic() + 10
    while (left := {pid for pid in pids if command(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

WITHOUT_GRANIAN = """
import sys
sys.modules["granian"] = None
from kg.cli import main
main()
"""


@contextmanager
def serving(
    home: Path, *options: str, by: tuple[str, ...] = (str(KG),)
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*by, "serve", *options],
        env={**os.environ, "STANDPOINT_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture(scope="module")
def home(snapshot: store.Snapshot) -> Path:
    return snapshot.path.parent.parent


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("server", ["granian", "waitress"])
def test_it_says_where_it_is_answers_and_leaves_nothing(
    home: Path, ending: int, server: str
) -> None:
    port = free_port()
    with serving(home, "--port", str(port), "--no-build", "--server", server) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith(f"Standpoint is at http://127.0.0.1:{port}/")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as response:
            assert response.status == 200
            assert b'"sandboxed"' in response.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/data/claims.csv") as response:
            assert response.read() == (home / "current/release/claims.csv").read_bytes()
        started = descendants(process.pid)
        assert len(started) >= 2
        if ending == signal.SIGINT:
            os.killpg(process.pid, ending)
        else:
            process.send_signal(ending)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
        assert left_of(started) == set()


def test_without_granian_waitress_serves(home: Path) -> None:
    port = free_port()
    by = (sys.executable, "-c", WITHOUT_GRANIAN)
    with serving(home, "--port", str(port), "--no-build", by=by) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Standpoint is at")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D") as response:
            assert response.headers["Server"] == "waitress"
            assert b"true" in response.read()


def test_both_servers_answer_alike(home: Path) -> None:
    query = "SELECT ?s { ?s a :State } ORDER BY ?s"
    form = urlencode({"query": query}).encode()
    requests: list[tuple[str, dict[str, str], bytes | None]] = [
        ("/sparql?" + urlencode({"query": query}), {}, None),
        ("/sparql?" + urlencode({"query": query}), {"Accept": "text/csv"}, None),
        ("/sparql?" + urlencode({"query": query}), {"Accept": "text/html"}, None),
        ("/sparql?" + urlencode({"query": query, "evidence": "1"}), {}, None),
        ("/sparql?query=wrong", {}, None),
        ("/sparql?query=wrong", {"Accept": "text/html"}, None),
        ("/sparql?query=%FF", {}, None),
        ("/sparql", {}, form),
        ("/sparql", {"Content-Type": "application/sparql-query"}, query.encode()),
        ("/sparql", {"Content-Type": "text/plain"}, query.encode()),
        ("/", {}, None),
        ("/q/pr%C3%A9f%C3%A9rence?x=%C3%A9", {}, None),
        ("/no-such-page", {"Accept": "application/json"}, None),
        ("/data/claims.csv", {}, None),
        ("/store?default", {"Accept": "application/n-triples"}, None),
    ]
    own = {"date", "server", "connection", "transfer-encoding", "content-length", "via"}

    def replies(server: str) -> list[tuple[int, dict[str, str], bytes]]:
        port = free_port()
        found = []
        with serving(home, "--port", str(port), "--server", server) as process:
            assert process.stdout
            assert process.stdout.readline().startswith("Standpoint is at")
            for target, headers, body in requests:
                connection = HTTPConnection("127.0.0.1", port, timeout=30)
                with closing(connection):
                    if body is not None:
                        headers = {"Content-Type": FORM, **headers}
                    method = "GET" if body is None else "POST"
                    connection.request(method, target, body, headers)
                    response = connection.getresponse()
                    told = {k.lower(): v for k, v in response.getheaders()}
                    kept = {name: told[name] for name in told.keys() - own}
                    text = response.read().replace(str(port).encode(), b"PORT")
                    found.append((response.status, kept, text))
        return found

    ours, theirs = replies("granian"), replies("waitress")
    for request, one, other in zip(requests, ours, theirs, strict=True):
        assert one[0] == other[0], request
        assert one[1]["content-type"] == other[1]["content-type"], request
        if not one[1]["content-type"].startswith("text/html"):
            assert one == other, request
    assert {status for status, _, _ in ours} >= {200, 400, 404, 415}


def test_nothing_is_left_when_it_is_killed(home: Path) -> None:
    with serving(home, "--port", str(free_port())) as process:
        assert process.stdout
        assert process.stdout.readline()
        started = descendants(process.pid)
        assert len(started) >= 3
        process.kill()
        assert left_of(started) == set()


def test_a_killed_worker_is_replaced(home: Path) -> None:
    port = free_port()
    with serving(home, "--port", str(port)) as process:
        assert process.stdout
        assert process.stdout.readline()
        started = descendants(process.pid)
        workers = [pid for pid in started if b"spawn_main" in command(pid)]
        assert len(workers) == 1
        os.kill(workers[0], signal.SIGKILL)
        assert process.stdout.readline().startswith("[ERROR]")
        assert process.stdout.readline().startswith("Standpoint is at")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as response:
            assert response.status == 200


def test_a_query_whose_worker_is_killed_leaves_no_trace_in_the_log(home: Path) -> None:
    port = free_port()
    with serving(home, "--port", str(port), "--no-build") as process:
        assert process.stdout
        assert process.stdout.readline()
        family = {pid for pid in descendants(process.pid) if b"zygote" in command(pid)}
        [zygote] = [pid for pid in family if descendants(pid)]
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
            deadline = time.monotonic() + 20
            while b'"long":1' not in health(port):
                assert time.monotonic() < deadline
            for worker in descendants(zygote):
                os.kill(worker, signal.SIGKILL)
            response = connection.getresponse()
            assert response.status == 500
            assert b"ended without an answer" in response.read()
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=30) == ("", "")


def test_a_taken_port_is_told(home: Path) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with serving(home, "--port", str(port)) as process:
            out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert out == ""
    assert f"cannot listen at 127.0.0.1 port {port}" in err
    assert "--port" in err
    assert "Traceback" not in err


def test_what_is_no_endpoint_cannot_be_allowed(home: Path) -> None:
    with serving(home, "--port", "0", "--no-build", "--service", "sparql") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "'sparql' is no endpoint" in err
    assert "Traceback" not in err


def test_without_a_store_it_can_refuse_to_build(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-build") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "kg build" in err
