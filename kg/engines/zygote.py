"""The zygote: a process with one thread that has the store ready and forks workers from it.

A server with threads must not fork itself, so it starts this module once and asks it for
workers. Commands are a letter and a number; a new worker's socket travels with its command.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from pyoxigraph import Store

from kg.engines import sandbox, wire
from kg.engines.limits import Limits
from kg.engines.local import open_store
from kg.engines.snapshots import Snapshot, load
from kg.engines.waits import InThread, run
from kg.engines.worker import Worker, serve
from kg.errors import DamagedStoreError, EngineDiedError, StoreError

_COMMAND = struct.Struct(">cq")
_REPLY = struct.Struct(">q")
_FORK, _FORK_WITH_NETWORK, _END = b"F", b"N", b"E"
_FAILED = -1

# Else each thread of RocksDB would reserve address space, which workers have little of.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}

OUT_OF_MEMORY = 3
"""Exit code of a worker that could not even say that its memory is used up."""

_START_SECONDS = 120.0
_FORK_SECONDS = 10.0
_CLOSE_SECONDS = 5.0


class Zygote:
    """The front's handle of a zygote; any thread may use it.

    Attributes:
        snapshot: the store that its workers answer from.
    """

    def __init__(self, store: Path, limits: Limits, *, reads_disk: bool = False) -> None:
        """Start the process and wait until its store is ready.

        Args:
            store: the directory.
            limits: what one query may cost.
            reads_disk: whether workers read the store from disk, however small it is.

        Raises:
            DamagedStoreError: the store cannot be served.
        """
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no outside words
                [sys.executable, "-P", "-m", "kg.engines.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, **_ENVIRONMENT},
            )
        try:
            self.snapshot = self._begin(store, limits, reads_disk=reads_disk)
        except BaseException:
            self.close()
            raise

    def _begin(self, store: Path, limits: Limits, *, reads_disk: bool) -> Snapshot:
        try:
            order = {"store": str(store), "limits": asdict(limits), "reads_disk": reads_disk}
            wire.tell(self._control, order)
            answer = _heard(self._control, _START_SECONDS)
        except (EOFError, OSError, wire.WireError):
            raise DamagedStoreError(_UNREADABLE) from None
        if "error" in answer:
            raise DamagedStoreError(answer["error"])
        self._control.settimeout(_FORK_SECONDS)
        return Snapshot.from_message(answer)

    def fork(self, *, reaches_others: bool = False) -> Worker:
        """A new worker, ready for a query.

        Args:
            reaches_others: whether it may connect to other servers.

        Raises:
            EngineDiedError: the zygote is gone, or the worker did not start.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            pid = self._command(_FORK_WITH_NETWORK if reaches_others else _FORK, 0, theirs)
        if pid is None or pid == _FAILED:
            ours.close()
            raise EngineDiedError(_NOT_STARTED)
        try:
            hello = _heard(ours, _FORK_SECONDS)
        except (EOFError, OSError, wire.WireError):
            ours.close()
            self.end(pid)
            raise EngineDiedError(_NOT_STARTED) from None
        return Worker(pid, ours, bool(hello.get("is_sandboxed")), self.end)

    def end(self, pid: int) -> int | None:
        """Kill a worker, if it still runs, and see how it ended.

        Returns:
            Its exit code, or the negative number of the signal that ended it: SIGKILL when it
            still ran. None when the zygote cannot say.
        """
        status = self._command(_END, pid)
        if status is None or status == _FAILED:
            return None
        return os.waitstatus_to_exitcode(status)

    def _command(
        self, command: bytes, number: int, connection: socket.socket | None = None
    ) -> int | None:
        message = _COMMAND.pack(command, number)
        with self._lock:
            try:
                if connection is None:
                    self._control.sendall(message)
                else:
                    socket.send_fds(self._control, [message], [connection.fileno()])
                reply = self._control.recv(_REPLY.size, socket.MSG_WAITALL)
                return int(_REPLY.unpack(reply)[0])
            except (OSError, struct.error):
                # A late reply would answer the next command: this zygote is of no more use.
                self._control.close()
                return None

    def is_alive(self) -> bool:
        """Whether it can still fork."""
        return self._control.fileno() >= 0 and self._process.poll() is None

    def close(self) -> None:
        """End the process and all its workers, and leave no zombie."""
        with self._lock:
            self._control.close()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_UNREADABLE = "the store cannot be read: build it again with 'kg build'"
_NOT_STARTED = "no worker could be started for the query: try again"


def _heard(connection: socket.socket, seconds: float) -> dict[str, Any]:
    """The next message, if it comes in so many seconds.

    Raises:
        EOFError, OSError, kg.engines.wire.WireError: it does not.
    """
    message, deadline = wire.Incoming(connection), time.monotonic() + seconds
    return run(wire.receive(message, waits=InThread(), deadline=deadline))[0]


def main() -> None:
    """The zygote's whole life; its one argument is the number of its control socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    try:
        order = wire.hear(control)
        limits = Limits(**order["limits"])
        path = Path(order["store"])
        try:
            snapshot, store = load(path, limits, reads_disk=order["reads_disk"])
        except StoreError as error:
            wire.tell(control, {"error": str(error)})
            return
        wire.tell(control, snapshot.to_message())
    except (EOFError, OSError):
        return
    gc.freeze()
    memory_bytes = limits.memory_bytes - snapshot.memory_bytes
    _Nursery(control, path, store, limits, memory_bytes).run()


class _Nursery:
    """The zygote's loop: fork, end and reap workers until the front is gone."""

    def __init__(
        self,
        control: socket.socket,
        path: Path,
        store: Store | None,
        limits: Limits,
        memory_bytes: int,
    ) -> None:
        self._control = control
        self._path = path
        self._store = store
        self._limits = limits
        self._memory_bytes = memory_bytes
        self._children: set[int] = set()

    def run(self) -> None:
        try:
            while self._obey():
                pass
        except OSError:
            return
        finally:
            for pid in list(self._children):
                self._end(pid)

    def _obey(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(
            self._control, _COMMAND.size, 1, socket.MSG_WAITALL
        )
        if len(message) < _COMMAND.size:
            return False
        command, number = _COMMAND.unpack(message)
        if command == _END:
            reply = self._end(number)
        else:
            connection = socket.socket(fileno=descriptors[0])
            reply = self._fork(connection, reaches_others=command == _FORK_WITH_NETWORK)
        self._control.sendall(_REPLY.pack(reply))
        return True

    def _fork(self, connection: socket.socket, *, reaches_others: bool) -> int:
        parent = os.getpid()
        with connection:
            try:
                pid = os.fork()
            except OSError:
                return _FAILED
            if pid == 0:
                self._work(connection, parent, reaches_others=reaches_others)
        self._children.add(pid)
        return pid

    def _work(self, connection: socket.socket, parent: int, *, reaches_others: bool) -> NoReturn:
        try:
            sandbox.die_with(parent)
            self._control.close()
            _silence()
            store = open_store(self._path) if self._store is None else self._store
            is_sandboxed = sandbox.confine(
                self._memory_bytes,
                reads_files=self._store is None,
                reaches_others=reaches_others,
            )
            wire.tell(connection, {"is_sandboxed": is_sandboxed})
            serve(connection, store, self._limits)
            os._exit(0)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        finally:
            # Nothing of the zygote may run in its child, whatever went wrong.
            os._exit(1)

    def _end(self, pid: int) -> int:
        if pid not in self._children:
            return _FAILED
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._children.remove(pid)
        return status


def _silence() -> None:
    """Keep what a dying engine prints, which a stranger's query chooses, out of the logs."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    main()
