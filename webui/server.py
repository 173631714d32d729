"""The production server: one granian process, whose threads share one pool of query workers."""

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.util import Finalize

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kg.engines.limits import Limits
from kg.engines.pool import Pool
from kg.errors import AddressError, StandpointError
from kg.store import Snapshot
from webui import create_app

CONNECTIONS = 512
"""Connections that are open at once, each with a thread: with fewer threads than connections,
requests that wait for a thread would keep answers from being sent."""

HEADER_MILLISECONDS = 10_000
HEADER_BYTES = 256 * 1024
"""The longest request line with headers; a query of the longest allowed length fits, encoded."""

GRACE_SECONDS = 5
"""How long the server may take to end, beyond what a running query may take."""


def serve(
    snapshot: Snapshot,
    host: str,
    port: int,
    base_url: str | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve a snapshot until SIGTERM or SIGINT; every process has ended on return.

    Args:
        snapshot: what is served.
        host: the address to listen at.
        port: the port; 0 takes a free one.
        base_url: where the service is reached from outside; `host` and `port` when left out.
        limits: what one query may cost.

    Raises:
        AddressError: the address is taken, or is none of this machine.
    """
    port = _free(host, port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    limits = limits or Limits()
    # The check of the store has started threads here, which a fork would copy half.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "webui",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=CONNECTIONS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=int(limits.seconds) + GRACE_SECONDS,
        respawn_failed_workers=True,
    )
    load = partial(_load, snapshot, limits, base_url or here, partial(_announce, host, port, here))
    server.serve(target_loader=load, wrap_loader=False)


def _free(host: str, port: int) -> int:
    """The port, when it can be listened at; a free one for 0."""
    try:
        family, kind, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with closing(socket.socket(family, kind)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            return int(listener.getsockname()[1])
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AddressError(
            f"cannot listen at {host} port {port}: {reason}; stop what listens there, or choose "
            "another with --port"
        ) from None


def _load(snapshot: Snapshot, limits: Limits, base_url: str, announce: Callable[[], None]) -> Flask:
    """The application, made in the process that serves it, so that the pool is this process's."""
    try:
        pool = Pool(snapshot.store_path, limits)
    except StandpointError as error:
        print(f"kg: {error}", file=sys.stderr, flush=True)  # noqa: T201 - there is no caller to tell
        sys.exit(2)
    Finalize(pool, pool.close, exitpriority=10)
    app = create_app(snapshot, pool, base_url=base_url)
    threading.Thread(target=announce, daemon=True).start()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return app


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even by SIGKILL."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _announce(host: str, port: int, here: str) -> None:
    """Say where the service is, once a connection to it succeeds."""
    to = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while True:
        try:
            socket.create_connection((to, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            break
    print(f"Standpoint is at {here}/ (Ctrl-C ends it)", flush=True)  # noqa: T201 - the command's output
