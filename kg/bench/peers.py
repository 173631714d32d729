"""The servers that are compared, each started as its own documentation says.

All listen on the loopback interface alone, read the same N-Quads, and take the union of the named
graphs for the default graph.
"""

import importlib.metadata
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from kg import __version__, datasets
from kg.bench.load import Address, fetch
from kg.bench.processes import Group, free_port
from kg.errors import BenchError
from kg.namespaces import ID, PREFIXES

_START_SECONDS = 300
_POLL_SECONDS = 0.01
_FIRST = f"SELECT ?label {{ <{ID}000> <{PREFIXES['rdfs']}label> ?label }}"
_CORES = os.cpu_count() or 1


class Server(ABC):
    """One server, with a folder of its own to keep its data in.

    Attributes:
        name: what the tables call it.
    """

    name: str

    def __init__(self, folder: Path) -> None:
        """Take an empty folder."""
        self._folder = folder
        self._group: Group | None = None
        self._address: Address | None = None

    @classmethod
    @abstractmethod
    def missing(cls) -> str | None:
        """What to install when it is not there; None when it is."""

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Its version."""

    @abstractmethod
    def load(self, data: Path) -> None:
        """Take in the N-Quads of a file.

        Raises:
            BenchError: it did not take them.
        """

    @abstractmethod
    def _launch(self, port: int) -> tuple[Group, str]:
        """Start it at a port; the path of its endpoint."""

    @property
    def address(self) -> Address:
        """Where it answers."""
        if self._address is None:
            raise BenchError(f"{self.name} has not been started")
        return self._address

    @property
    def group(self) -> Group:
        """Its processes."""
        if self._group is None:
            raise BenchError(f"{self.name} has not been started")
        return self._group

    def start(self) -> float:
        """Start it and ask one thing; the seconds from the start to the answer.

        Raises:
            BenchError: it ended, or did not answer in time.
        """
        port = free_port()
        began = time.monotonic()
        self._group, path = self._launch(port)
        self._address = Address("127.0.0.1", port, path)
        while self._group.is_running() and time.monotonic() - began < _START_SECONDS:
            try:
                status = fetch(self._address, _FIRST, seconds=_START_SECONDS).status
            except OSError:
                time.sleep(_POLL_SECONDS)
                continue
            if status == 200:
                return time.monotonic() - began
            break
        said = self._group.output.read_text("utf-8", "replace")[-500:]
        self.stop()
        raise BenchError(f"{self.name} could not be started: {said}")

    def stop(self) -> None:
        """End all its processes."""
        if self._group:
            self._group.stop()
            self._group = None


class Standpoint(Server):
    """This project's own ``kg serve``."""

    name = "Standpoint"

    @classmethod
    def missing(cls) -> str | None:
        """Nothing: it is always there."""
        return None

    @classmethod
    def version(cls) -> str:
        """The version of this package."""
        return __version__

    def load(self, data: Path) -> None:
        """Make a snapshot of the data."""
        datasets.build([data], self._folder / "home")

    def _launch(self, port: int) -> tuple[Group, str]:
        command = [sys.executable, "-m", "kg.cli", "serve", "--no-build", "--port", str(port)]
        home = {"STANDPOINT_HOME": str(self._folder / "home")}
        return Group(command, self._folder, home), "/sparql"


class Oxigraph(Server):
    """Oxigraph's own server, reading its store from disk."""

    name = "Oxigraph"

    @classmethod
    def missing(cls) -> str | None:
        """See `Server.missing`."""
        return None if _script("oxigraph") else "pip install oxigraph"

    @classmethod
    def version(cls) -> str:
        """The version that the program tells."""
        return _told([str(_script("oxigraph")), "--version"])

    def load(self, data: Path) -> None:
        """Fill a store and tidy it."""
        for step in (("load", "--file", str(data)), ("optimize",)):
            _run(self.name, [str(_script("oxigraph")), *step, "--location", str(self._store)])

    def _launch(self, port: int) -> tuple[Group, str]:
        command = [str(_script("oxigraph")), "serve-read-only", "--location", str(self._store)]
        where = ["--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        return Group([*command, *where], self._folder), "/query"

    @property
    def _store(self) -> Path:
        return self._folder / "store"


class RdflibEndpoint(Server):
    """rdflib-endpoint under uvicorn, with a process for each core."""

    name = "rdflib-endpoint"

    @classmethod
    def missing(cls) -> str | None:
        """See `Server.missing`."""
        there = all(map(importlib.util.find_spec, ("rdflib_endpoint", "uvicorn")))
        return None if there else "pip install 'rdflib-endpoint[cli]'"

    @classmethod
    def version(cls) -> str:
        """The version of the package."""
        return importlib.metadata.version("rdflib-endpoint")

    def load(self, data: Path) -> None:
        """Write the application: it has no store, and reads the file when it starts."""
        lines = (
            "from rdflib import Dataset",
            "from rdflib_endpoint import SparqlEndpoint",
            "data = Dataset(default_union=True)",
            f"data.parse({str(data)!r}, format='nquads')",
            "app = SparqlEndpoint(graph=data)",
        )
        (self._folder / "served.py").write_text("\n".join(lines) + "\n", "utf-8")

    def _launch(self, port: int) -> tuple[Group, str]:
        command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port)]
        options = ["--workers", str(_CORES), "--log-level", "error"]
        return Group([*command, *options], self._folder), "/"


class Virtuoso(Server):
    """Virtuoso, from Debian."""

    name = "Virtuoso"

    @classmethod
    def missing(cls) -> str | None:
        """See `Server.missing`."""
        there = shutil.which("virtuoso-t") and shutil.which("isql-vt")
        return None if there else "apt-get install virtuoso-opensource"

    @classmethod
    def version(cls) -> str:
        """The version that the program tells."""
        return _told(["virtuoso-t", "-?"])

    def load(self, data: Path) -> None:
        """Load the file over its SQL port."""
        password = "p" + secrets.token_hex(8)
        sql_port = free_port()
        shutil.copy(data, self._folder / "data.nq")
        self._configure(sql_port, free_port())
        # Given passwords, the program sets them and ends, before it listens.
        passwords = ["+pwdold", "dba", "+pwddba", password, "+pwddav", password]
        subprocess.run(  # noqa: S603 - the command is made here
            [*self._command(), *passwords], cwd=self._folder, capture_output=True, check=False
        )
        group = Group(self._command(), self._folder)
        try:
            self._until_online(group)
            # 512: N-Quads, each quad into its own graph.
            text = "file_to_string_output ('data.nq')"
            load = f"DB.DBA.TTLP_MT ({text}, '', 'urn:none', 512)"
            for step in (load, "checkpoint"):
                _run(self.name, _isql(sql_port, password, step))
        finally:
            group.stop()
        (self._folder / "data.nq").unlink()

    def _launch(self, port: int) -> tuple[Group, str]:
        self._configure(free_port(), port)
        return Group(self._command(), self._folder), "/sparql"

    def _command(self) -> list[str]:
        return ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]

    def _configure(self, sql_port: int, http_port: int) -> None:
        (self._folder / "virtuoso.ini").write_text(
            _VIRTUOSO.format(sql_port=sql_port, http_port=http_port), "utf-8"
        )

    def _until_online(self, group: Group) -> None:
        for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
            if "Server online" in group.output.read_text("utf-8", "replace"):
                return
            if not group.is_running():
                break
            time.sleep(_POLL_SECONDS)
        raise BenchError(f"{self.name} could not be started to load the data")


# The buffers, of 8 KB each, are those that its documentation gives for 2 GB of free memory.
_VIRTUOSO = """\
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DirsAllowed = .
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ServerThreads = 40
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerThreads = 32
KeepAliveTimeout = 600
MaxKeepAlives = 1000
MaxClientConnections = 40
HTTPLogFile =
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 600
"""

ALL: tuple[type[Server], ...] = (Standpoint, Oxigraph, Virtuoso, RdflibEndpoint)


def _script(name: str) -> Path | None:
    """A program beside this Python, else on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    return Path(found) if found else None


def _told(command: Sequence[str]) -> str:
    _, said = _ran(command)
    found = re.search(r"\d+(?:\.\d+)+", said)
    return found[0] if found else "unknown"


def _run(name: str, command: Sequence[str]) -> None:
    status, said = _ran(command)
    if status or "*** Error" in said:
        raise BenchError(f"{name} could not load the data: {said.strip()[-500:]}")


def _ran(command: Sequence[str]) -> tuple[int, str]:
    """The exit status of a command, and all that it wrote."""
    done = subprocess.run(  # noqa: S603 - commands are made in this package
        command, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _isql(port: int, password: str, statement: str) -> list[str]:
    options = ["VERBOSE=OFF", "BANNER=OFF", "PROMPT=OFF", "ERRORS=STDOUT"]
    return ["isql-vt", f"127.0.0.1:{port}", "dba", password, *options, f"EXEC={statement};"]
