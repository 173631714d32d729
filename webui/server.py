"""The production server: one process, whose requests share one pool of query workers.

That is granian's, which tells when a client goes away; where there is no granian, waitress, in pure
Python, serves the same application from threads.
"""

import gc
import importlib.util
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from typing import Literal as OneOf

from kg.engines.guard import check_services
from kg.engines.limits import Limits
from kg.errors import AddressError, StandpointError
from webui.budgets import Budget
from webui.clients import Proxies
from webui.journal import Journal

if TYPE_CHECKING:
    from webui.front import Front

CONNECTIONS = 512
"""Connections that are open at once."""

THREADS = 256
"""Requests that waitress answers at once; each holds a thread, also while it waits."""

SILENT_SECONDS = 30
"""How long waitress leaves a connection open on which nothing happens."""

HEADER_MILLISECONDS = 5_000
HEADER_BYTES = 256 * 1024
"""The longest request line with headers; a query of the longest allowed length fits, encoded."""

GRACE_SECONDS = 5
"""How long the server may take to end, beyond what a running query may take."""


@dataclass(frozen=True)
class Settings:
    """How a service is to be run.

    Attributes:
        host: the address to listen at.
        port: the port; 0 takes a free one.
        base_url: where the service is reached from outside; `host` and `port` when left out.
        limits: what one query may cost.
        budget: what one client address may have.
        trusted_proxies: addresses or networks of the proxies whose word about clients counts.
        services: IRIs of the other endpoints that SERVICE may ask.
        log: the access log: a file, "-" for standard error, or None.
        log_is_personal: whether it has addresses, queries and user agents too.
        is_plain: whether the store is somebody else's data, without pages.
        server: which HTTP server; granian where it is installed when left out.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str | None = None
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)
    trusted_proxies: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    log: str | None = None
    log_is_personal: bool = False
    is_plain: bool = False
    server: OneOf["granian", "waitress"] | None = None


def serve(home: Path, settings: Settings) -> None:
    """Serve what is current until SIGTERM or SIGINT; every process has ended on return.

    A snapshot that is built meanwhile is served as soon as it is current.

    Args:
        home: where the snapshots are kept.
        settings: how to serve.

    Raises:
        AddressError: the address is taken, or is none of this machine; or a setting is wrong.
    """
    host, port = settings.host, _free(settings.host, settings.port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    Proxies(settings.trusted_proxies)
    check_services(settings.services)
    Journal(settings.log).close()
    settings = replace(settings, port=port, base_url=settings.base_url or here)
    announce = partial(_announce, host, port, here)
    has_granian = importlib.util.find_spec("granian") is not None
    server = settings.server or ("granian" if has_granian else "waitress")
    (_by_granian if server == "granian" else _by_waitress)(home, settings, announce)


def _by_granian(home: Path, settings: Settings, announce: Callable[[], None]) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    # The check of the store has started threads here, which a fork would copy half.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "webui",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=1,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=int(settings.limits.seconds) + GRACE_SECONDS,
        respawn_failed_workers=True,
    )
    load = partial(_load, home, settings, announce)
    server.serve(target_loader=load, wrap_loader=False)


def _by_waitress(home: Path, settings: Settings, announce: Callable[[], None]) -> None:
    from waitress.server import create_server

    from webui.exchange import LARGEST_BODY

    front = _opened(home, settings, announce)
    # A shell that starts it in the background has SIGINT ignored.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _leave)
    server = create_server(
        front,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=SILENT_SECONDS,
        channel_request_lookahead=1,
        clear_untrusted_proxy_headers=False,
        asyncore_use_poll=True,
    )
    try:
        server.run()
    finally:
        server.close()
        front.close()


def _leave(*_: object) -> NoReturn:
    sys.exit(0)


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


def _load(home: Path, settings: Settings, announce: Callable[[], None]) -> Any:
    """What granian calls, made in the process that serves, so that the pool is this process's."""
    from webui.rsgi import Gateway

    front = _opened(home, settings, announce)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What is there now stays: the collector need not look at it again and again.
    gc.freeze()
    return Gateway(front)


def _opened(home: Path, settings: Settings, announce: Callable[[], None]) -> "Front":
    """The front over what is current, with all that watches over it."""
    from webui.connections import Watch
    from webui.watcher import Watcher, open_served

    proxies = Proxies(settings.trusted_proxies)
    journal = Journal(settings.log, is_personal=settings.log_is_personal)
    opened = partial(
        open_served,
        home,
        settings.limits,
        settings.base_url or "",
        settings.budget if proxies or not _is_loopback(settings.host) else None,
        is_plain=settings.is_plain,
        services=settings.services,
    )
    try:
        served = opened(at_once=True)
    except StandpointError as error:
        print(f"kg: {error}", file=sys.stderr, flush=True)  # noqa: T201 - there is no caller to tell
        sys.exit(2)
    from webui.front import Front

    front = Front(served, budget=settings.budget, proxies=proxies, journal=journal)
    Watch(settings.port, proxies).start()
    Watcher(home, front, opened).start()
    threading.Thread(target=announce, daemon=True).start()
    return front


def _is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address that is listened at."""
    return host == "localhost" or Proxies(["127.0.0.0/8", "::1"]).trusts(host)


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
