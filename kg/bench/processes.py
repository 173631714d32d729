"""Servers as groups of processes: started, measured as a whole, and ended as a whole.

Figures come from Linux's ``/proc`` (proc(5)). The proportional set size, PSS, counts a page that n
processes share as one n-th for each, so that the sum over a server's processes is what it takes.
"""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_STOP_SECONDS = 20


def free_port() -> int:
    """A port of the loopback interface on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Group:
    """A program with all processes that it starts."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the program in a session of its own.

        Args:
            command: the program with its arguments.
            folder: where it runs, and where ``output`` gets what it says.
            environment: variables beside those of this process.
        """
        self.output = folder / "output"
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands are made in this package
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        """Whether the program itself still runs."""
        return self._process.poll() is None

    def members(self) -> list[int]:
        """The processes of the program's session, and their children in other sessions."""
        parents = {pid: stat for pid in _pids() if (stat := _stat(pid))}
        found = {pid for pid, (_, session) in parents.items() if session == self._process.pid}
        found.add(self._process.pid)
        while more := {pid for pid, (up, _) in parents.items() if up in found} - found:
            found |= more
        return sorted(found & parents.keys())

    def pss(self) -> int:
        """The proportional set size of all its processes together, in bytes."""
        return sum(_pss(pid) for pid in self.members())

    def descriptors(self) -> int:
        """How many file descriptors its processes have open together."""
        return sum(_descriptors(pid) for pid in self.members())

    def stop(self) -> None:
        """End the program, then whatever it has left behind."""
        members = self.members()
        if self.is_running():
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        for pid in {*members, *self.members()}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()


def _pids() -> list[int]:
    return [int(path.name) for path in _PROC.iterdir() if path.name.isdecimal()]


def _stat(pid: int) -> tuple[int, int] | None:
    """The parent and the session of a process that still runs."""
    with suppress(OSError):
        # The name, in parentheses, may hold anything.
        state, parent, _, session, *_ = _read(pid, "stat").rpartition(")")[2].split()
        if state not in "ZX":
            return int(parent), int(session)
    return None


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in _read(pid, "smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _descriptors(pid: int) -> int:
    with suppress(OSError):
        return sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())
    return 0


def _read(pid: int, name: str) -> str:
    return (_PROC / str(pid) / name).read_text("utf-8", "replace")
