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
from typing import NoReturn

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
_FORK, _END = b"F", b"E"
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

    def __init__(self, store: Path, limits: Limits) -> None:
        """Start the process and wait until its store is ready.

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
            self.snapshot = self._begin(store, limits)
        except BaseException:
            self.close()
            raise

    def _begin(self, store: Path, limits: Limits) -> Snapshot:
        deadline = time.monotonic() + _START_SECONDS
        try:
            order = {"store": str(store), "limits": asdict(limits)}
            run(wire.send(self._control, order, waits=InThread()))
            answer, _ = run(wire.receive(self._control, waits=InThread(), deadline=deadline))
        except (EOFError, OSError, wire.WireError):
            raise DamagedStoreError(_UNREADABLE) from None
        if "error" in answer:
            raise DamagedStoreError(answer["error"])
        self._control.settimeout(_FORK_SECONDS)
        return Snapshot.from_message(answer)

    def fork(self) -> Worker:
        """A new worker, ready for a query.

        Raises:
            EngineDiedError: the zygote is gone, or the worker did not start.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            pid = self._command(_FORK, 0, theirs)
        if pid is None or pid == _FAILED:
            ours.close()
            raise EngineDiedError(_NOT_STARTED)
        try:
            deadline = time.monotonic() + _FORK_SECONDS
            hello, _ = run(wire.receive(ours, waits=InThread(), deadline=deadline))
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


def main() -> None:
    """The zygote's whole life; its one argument is the number of its control socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    try:
        order, _ = run(wire.receive(control, waits=InThread()))
        limits = Limits(**order["limits"])
        path = Path(order["store"])
        try:
            snapshot, store = load(path, limits)
        except StoreError as error:
            run(wire.send(control, {"error": str(error)}, waits=InThread()))
            return
        run(wire.send(control, snapshot.to_message(), waits=InThread()))
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
        if command == _FORK:
            reply = self._fork(socket.socket(fileno=descriptors[0]))
        else:
            reply = self._end(number)
        self._control.sendall(_REPLY.pack(reply))
        return True

    def _fork(self, connection: socket.socket) -> int:
        parent = os.getpid()
        with connection:
            try:
                pid = os.fork()
            except OSError:
                return _FAILED
            if pid == 0:
                self._work(connection, parent)
        self._children.add(pid)
        return pid

    def _work(self, connection: socket.socket, parent: int) -> NoReturn:
        try:
            sandbox.die_with(parent)
            self._control.close()
            _silence()
            store = open_store(self._path) if self._store is None else self._store
            is_sandboxed = sandbox.confine(self._memory_bytes, reads_files=self._store is None)
            run(wire.send(connection, {"is_sandboxed": is_sandboxed}, waits=InThread()))
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
