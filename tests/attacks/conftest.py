"""The real server, started as its users start it, and bytes sent to it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from kg import store

KG = Path(sys.executable).parent / "kg"


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire; status 0 when the connection ended without one."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A running `kg serve`."""

    process: subprocess.Popen[str]
    port: int

    def connect(self, seconds: float = 30) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def send(self, data: bytes, seconds: float = 30) -> Reply:
        """Send bytes and read until the server closes, or the whole answer is there."""
        with self.connect(seconds) as connection:
            with suppress(ConnectionError):
                connection.sendall(data)
            return read(connection)

    def get(self, path: str, *headers: str) -> Reply:
        lines = (f"GET {path} HTTP/1.1", "Host: here", "Connection: close", *headers)
        return self.send("\r\n".join((*lines, "", "")).encode())

    def ask(self, query: str, *headers: str) -> Reply:
        return self.get("/sparql?query=" + quote(query, safe=""), *headers)

    def figures(self) -> dict[str, object]:
        engine = json.loads(self.get("/health").body)["engine"]
        assert isinstance(engine, dict)
        return engine

    def family(self) -> set[int]:
        """The processes of the server."""
        session = self.process.pid
        found = {session}
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        while new := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= new
        return found

    def memory(self) -> int:
        """The proportional set size of all its processes, in bytes."""
        total = 0
        for pid in self.family():
            with suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total * 1024


def read(connection: socket.socket) -> Reply:
    data = b""
    with suppress(OSError):
        while chunk := connection.recv(65536):
            data += chunk
            head, end, body = data.partition(b"\r\n\r\n")
            if end and len(body) >= _length(head):
                break
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    return Reply(int(status.split()[1]) if status else 0, headers, body)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return sys.maxsize


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server over a home with the options; all are ended with the tests."""
    with ExitStack() as ends:

        def start(home: Path, *options: str) -> Server:
            with closing(socket.socket()) as listener:
                listener.bind(("127.0.0.1", 0))
                port = int(listener.getsockname()[1])
            process = subprocess.Popen(
                [str(KG), "serve", "--port", str(port), *options],
                env={**os.environ, "STANDPOINT_HOME": str(home)},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
            ends.callback(_end, process)
            assert process.stdout
            assert process.stdout.readline().startswith("Standpoint is at")
            return Server(process, port)

        yield start


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="session")
def home(snapshot: store.Snapshot) -> Path:
    return snapshot.path.parent.parent


@pytest.fixture(scope="module")
def server(start: Callable[..., Server], home: Path) -> Server:
    return start(home, "--no-build")
