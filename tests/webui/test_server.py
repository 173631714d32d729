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
from pathlib import Path

import pytest

from kg import store

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


def left_of(pids: set[int]) -> set[int]:
    """Those that still run ten seconds from now at the latest; the dead have no command."""
    deadline = time.monotonic() + 10
    while (left := {pid for pid in pids if command(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@contextmanager
def serving(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [str(KG), "serve", *options],
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
def test_it_says_where_it_is_answers_and_leaves_nothing(home: Path, ending: int) -> None:
    port = free_port()
    with serving(home, "--port", str(port), "--no-build") as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith(f"Standpoint is at http://127.0.0.1:{port}/")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as response:
            assert response.status == 200
            assert b'"sandboxed"' in response.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/data/claims.csv") as response:
            assert response.read() == (home / "current/release/claims.csv").read_bytes()
        started = descendants(process.pid)
        assert len(started) >= 3
        if ending == signal.SIGINT:
            os.killpg(process.pid, ending)
        else:
            process.send_signal(ending)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
        assert left_of(started) == set()


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


def test_without_a_store_it_can_refuse_to_build(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-build") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "kg build" in err
