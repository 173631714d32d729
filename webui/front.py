"""What stands before the pages: who asks, what was answered before, which snapshot answers.

A plain query that was answered before is answered here; everything else goes to the application,
which alone knows the rules of the protocol.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask

from kg.engines.askers import on_behalf_of
from webui.budgets import ACCOUNT, Account, Budget, Budgets
from webui.cache import Cache
from webui.clients import CLIENT, Proxies
from webui.journal import Journal, Visit
from webui.metrics import MEDIA_TYPE, Metrics
from webui.site import EXTENSION, Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROUTES = frozenset(
    ("sparql", "store", "q", "ask", "id", "text", "ontology", "data", "static", "health", "metrics")
)
"""What the first part of an address is counted as; anything else is a page."""

MACHINE_ROUTES = frozenset(("sparql", "store"))
"""Where an error counts against the client's budget."""

NOT_ITS_FAULT = frozenset((404, 429, 503))
"""Errors that do not count: a look-up that found nothing, and what the service had no room for."""

CACHE_BYTES = 64 * 2**20
LONGEST_KEY = 8_000


@dataclass(frozen=True)
class Kept:
    """An answer that was given before."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Served:
    """One snapshot with its application, and how many requests are in it."""

    def __init__(self, app: Flask, close: Callable[[], None] = lambda: None) -> None:
        """Take the application.

        Args:
            app: what `webui.create_app` made.
            close: ends what belongs to it, once no request is in it.
        """
        self.app = app
        self.site: Site = app.extensions[EXTENSION]
        self.answers: Cache[Kept] = Cache(CACHE_BYTES)
        self._close = close
        self._inside = 0
        self._changed = threading.Condition()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Within this it is not closed."""
        with self._changed:
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def retire(self, seconds: float) -> None:
        """Close it when the last request has left, after so many seconds at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: self._inside == 0, seconds)
        self._close()


class Front:
    """The WSGI application that a server calls (PEP 3333)."""

    def __init__(
        self,
        served: Served,
        *,
        budget: Budget | None = None,
        proxies: Proxies | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._served = served
        self._proxies = proxies or Proxies()
        self._budgets = Budgets(budget or Budget(), spares_loopback=not self._proxies)
        self._journal = journal or Journal(None)
        self._metrics = Metrics()

    @property
    def served(self) -> Served:
        """What answers new requests."""
        return self._served

    def switch(self, served: Served) -> Served:
        """Let another snapshot answer new requests; the old one, to be retired."""
        with self._lock:
            old, self._served = self._served, served
        return old

    def close(self) -> None:
        """Close what answers."""
        self._served.retire(0)
        self._journal.close()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request; one snapshot answers all of it."""
        began = time.monotonic()
        with self._enter() as served:
            client = self._proxies.client(environ)
            account = self._budgets.account(client)
            route = _route(environ["PATH_INFO"])
            response, was_kept = self._answer(served, environ, route, client.name, account)
        status = int(response.status[:3])
        if account and status >= 400 and route in MACHINE_ROUTES and status not in NOT_ITS_FAULT:
            account.err()
        seconds = time.monotonic() - began
        self._metrics.note(route, status, seconds)
        version = served.site.snapshot.version
        self._journal.write(
            Visit(environ, client, route, status, response.size, seconds, version, was_kept)
        )
        start_response(response.status, response.headers)
        return response.body

    @contextmanager
    def _enter(self) -> Iterator[Served]:
        with self._lock:
            served = self._served
            inside = served.entered()
            inside.__enter__()
        try:
            yield served
        finally:
            inside.__exit__(None, None, None)

    def _answer(
        self,
        served: Served,
        environ: "WSGIEnvironment",
        route: str,
        name: str,
        account: Account | None,
    ) -> tuple["_Response", bool]:
        if route == "metrics" and environ["REQUEST_METHOD"] == "GET":
            return self._figures(served), False
        key = _key(environ) if route == "sparql" else None
        if key and (kept := served.answers.get(key)):
            return _Response(kept.status, kept.headers, [kept.body]), True
        environ[ACCOUNT] = account
        environ[CLIENT] = name
        with on_behalf_of(account) if account else nullcontext():
            response = _Response.of(served.app, environ)
        if key and (found := response.to_keep()):
            served.answers.put(key, found, len(found.body))
        return response, False

    def _figures(self, served: Served) -> "_Response":
        body = self._metrics.written(served.site, self._budgets, served.answers)
        headers = [
            ("Content-Type", MEDIA_TYPE),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return _Response("200 OK", headers, [body])


@dataclass
class _Response:
    status: str
    headers: list[tuple[str, str]]
    body: Iterable[bytes]

    @classmethod
    def of(cls, app: Flask, environ: "WSGIEnvironment") -> "_Response":
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            said.append((status, headers))

        body = app.wsgi_app(environ, start)
        status, headers = said[-1]
        return cls(status, headers, body)

    @property
    def size(self) -> int | None:
        for name, value in self.headers:
            if name.lower() == "content-length":
                return int(value)
        return None

    def to_keep(self) -> Kept | None:
        """What to keep of it: a whole result that the next one who asks gets too."""
        names = {name.lower(): value for name, value in self.headers}
        is_result = self.status.startswith("200") and "etag" in names
        if not is_result or names.get("content-type", "").startswith("text/html"):
            return None
        body = b"".join(self.body)
        if hasattr(self.body, "close"):
            self.body.close()
        self.body = [body]
        return Kept(self.status, self.headers, body)


def _route(path: str) -> str:
    first = path[1:].partition("/")[0].partition(".")[0]
    return first if first in ROUTES else "page"


def _key(environ: "WSGIEnvironment") -> str | None:
    """What stands for a request whose answer the snapshot alone decides."""
    if (
        environ["REQUEST_METHOD"] != "GET"
        or environ["PATH_INFO"] != "/sparql"
        or "HTTP_IF_NONE_MATCH" in environ
        or not environ["QUERY_STRING"]
    ):
        return None
    key = f"{environ.get('HTTP_ACCEPT', '')}\0{environ['QUERY_STRING']}"
    return key if len(key) <= LONGEST_KEY else None
