"""What stands before the pages: who asks, what was answered before, which snapshot answers.

A plain query is answered here, from what was answered before or by a worker, by the rules of
`webui.protocol` and `webui.replies`; everything else, and every error, goes to the application.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from kg.engines.askers import ANYBODY, on_behalf_of
from kg.engines.queries import Order
from kg.engines.results import Format
from kg.engines.waits import InThread, Waits, run, used
from kg.errors import EngineBusyError, QueryCancelledError, StandpointError
from webui import pages, protocol, replies
from webui.answers import Answers, Kept, Meaning
from webui.budgets import ACCOUNT, Account, Budget, Budgets
from webui.clients import CLIENT, Client, Proxies
from webui.departures import Departures
from webui.exchange import Reply, Request, WsgiRequest, called
from webui.failures import ERROR
from webui.journal import Journal, Visit
from webui.metrics import MEDIA_TYPE, Metrics
from webui.outgoing import SMALL, Outgoing
from webui.replies import Formats, Wishes
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

ENDPOINT = "/sparql"
READING = frozenset(("GET", "HEAD"))
ASKING = READING | {"POST"}

GONE = 499
"""What a request is counted as whose client went away before the answer."""

# Reading a longer query takes long enough to keep others waiting.
_LONG_QUERY = 4_000


class Served:
    """One snapshot with its application, and how many requests are in it.

    Attributes:
        is_makeshift: whether the same snapshot is to take its place in a quicker form.
    """

    def __init__(
        self,
        app: Flask,
        close: Callable[[], None] = lambda: None,
        *,
        is_makeshift: bool = False,
    ) -> None:
        """Take the application.

        Args:
            app: what `webui.app.create_app` made.
            close: ends what belongs to it, once no request is in it.
            is_makeshift: as the attribute.
        """
        self.is_makeshift = is_makeshift
        self.app = app
        self.site: Site = app.extensions[EXTENSION]
        self.answers = Answers()
        self._close = close
        self._inside = 0
        self._changed = threading.Condition()

    def prepare(self) -> None:
        """Read what the first question in words would have to wait for."""
        if not self.site.is_plain:
            with suppress(StandpointError):
                pages.prepare(self.site)

    def enter(self) -> None:
        """Let a request in: it is not closed until that has left."""
        with self._changed:
            self._inside += 1

    def leave(self) -> None:
        """Let a request out."""
        with self._changed:
            self._inside -= 1
            if not self._inside:
                self._changed.notify_all()

    def retire(self, seconds: float) -> None:
        """Close it when the last request has left, after so many seconds at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: self._inside == 0, seconds)
        self._close()


class Front:
    """Answers requests from any server; itself a WSGI application (PEP 3333)."""

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
        self._outgoing = Outgoing()
        self._departures = Departures()

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
        """Answer a request in the thread of a WSGI server."""
        request = WsgiRequest(environ)
        reply = self.recall(request)
        if reply is None:
            waits = InThread()
            with self._departures.watched(environ, waits):
                reply = run(self.respond(request, waits, waits))
        headers = reply.headers
        body = [reply.body] if isinstance(reply.body, bytes) else reply.body
        if isinstance(reply.body, bytes) and reply.status != HTTPStatus.NOT_MODIFIED:
            headers = sized(reply)
        phrase = HTTPStatus(reply.status).phrase if reply.status != GONE else "Gone Away"
        start_response(f"{reply.status} {phrase}", headers)
        return _Sent([] if request.method == "HEAD" else body, reply.done)

    def recall(self, request: Request) -> Reply | None:
        """The reply to a request that was put in the same characters before, if it is short."""
        if request.path != ENDPOINT or request.method not in READING:
            return None
        began = time.monotonic()
        served = self._served
        kept = served.answers.put_before(request)
        if kept is None or (kept.reply.size or 0) > SMALL:
            return None
        reply = kept.to(request)
        self._metrics.note("sparql", reply.status, time.monotonic() - began)
        if self._journal.is_kept:
            self._write(served, request, self._client(request), reply, began, was_kept=True)
        return reply

    async def respond(self, request: Request, waits: Waits, pages: Waits) -> Reply:
        """Answer a request; one snapshot answers all of it.

        Args:
            request: the request.
            waits: how to wait for a worker.
            pages: how to wait for a page, which may take as long as its queries.
        """
        began = time.monotonic()
        route = _route(request.path)
        client = self._client(request)
        account = self._budgets.account(client)
        reply, was_kept = _GONE, False
        served = self._entered()
        try:
            visit = _Visit(served, request, client, account, waits, pages)
            if route == "metrics" and request.method == "GET" and client.is_loopback:
                reply = self._figures(served)
            else:
                reply, was_kept = await visit.reply()
                if isinstance(reply.body, bytes) and len(reply.body) > SMALL:
                    reply = await self._let_out(visit, reply, len(reply.body))
        except QueryCancelledError:
            # Whoever asked has gone: there is nobody to tell.
            reply = _GONE
        finally:
            served.leave()
            self._metrics.note(route, reply.status, time.monotonic() - began)
        status = reply.status
        if account and status >= 400 and route in MACHINE_ROUTES and status not in NOT_ITS_FAULT:
            account.err()
        if self._journal.is_kept:
            self._write(served, request, client, reply, began, was_kept=was_kept)
        return reply

    async def _let_out(self, visit: "_Visit", reply: Reply, size: int) -> Reply:
        """The reply with its room among those that are being sent, or why there is none."""
        try:
            done = self._outgoing.begin(visit.client.name, size)
        except EngineBusyError as error:
            return await visit.page(error)
        return replace(reply, done=done)

    def _client(self, request: Request) -> Client:
        if not self._proxies:
            return self._proxies.client(request.peer)
        return self._proxies.client(
            request.peer, request.header("x-forwarded-for"), request.header("forwarded")
        )

    def _entered(self) -> Served:
        """What answers, with one more request in it."""
        with self._lock:
            self._served.enter()
            return self._served

    def _write(
        self,
        served: Served,
        request: Request,
        client: Client,
        reply: Reply,
        began: float,
        *,
        was_kept: bool,
    ) -> None:
        self._journal.write(
            Visit(
                request,
                client,
                _route(request.path),
                reply.status,
                reply.size,
                time.monotonic() - began,
                served.site.snapshot.version,
                was_kept,
            )
        )

    def _figures(self, served: Served) -> Reply:
        body = self._metrics.written(served.site, self._budgets, served.answers)
        headers = [
            ("Content-Type", MEDIA_TYPE),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return Reply(HTTPStatus.OK, headers, body)


class _Visit:
    """One request on its way through one snapshot."""

    def __init__(
        self,
        served: Served,
        request: Request,
        client: Client,
        account: Account | None,
        waits: Waits,
        pages: Waits,
    ) -> None:
        self.client = client
        self._served = served
        self._request = request
        self._account = account
        self._waits = waits
        self._pages = pages

    async def reply(self) -> tuple[Reply, bool]:
        """The reply, and whether it was there before."""
        request = self._request
        if request.path != ENDPOINT or request.method not in ASKING:
            return await self.page(), False
        try:
            found = await self._plain()
        except Exception as error:  # whatever it is, the application tells it
            return await self.page(error), False
        return found or (await self.page(), False)

    async def page(self, error: Exception | None = None) -> Reply:
        """The reply of the application, to the request or to an error that it ended in."""
        environ = self._request.environ()
        environ |= {ACCOUNT: self._account, CLIENT: self.client.name, ERROR: error}
        waits = InThread()
        call = partial(_page, self._served.app, environ, self._account, waits)
        return await self._pages.apart(call, waits.stop)

    async def _plain(self) -> tuple[Reply, bool] | None:
        """The result of a query for a machine; None where something else is asked for."""
        request = self._request
        if self._account:
            self._account.admit()
        try:
            asked = await protocol.read(request, self.client.name)
        except StandpointError:
            wishes = Wishes(protocol.format_of(request), request.header("accept"))
            if wishes.is_page():
                return None
            raise
        if asked.query is None or asked.wants_evidence:
            return None
        formats = replies.formats(Wishes(asked.format, request.header("accept")))
        if formats == _NO_FORMATS:
            return None
        for each in formats:
            if each and (kept := self._served.answers.find(_meaning(asked, each), request)):
                return kept.to(request), True
        return await self._asked(asked, asked.query, formats)

    async def _asked(
        self, asked: protocol.Asked, query: str, formats: Formats
    ) -> tuple[Reply, bool] | None:
        here = self._served.site
        is_long = len(query) > _LONG_QUERY
        guard = partial(here.guard.check, query)
        checked = await self._waits.apart(guard) if is_long else guard()
        chosen = formats.of(checked.kind)
        if chosen is None:
            return None
        tag = "" if checked.is_fleeting else replies.tag(here, asked, chosen)
        if replies.is_known(tag, self._request.header("if-none-match")):
            return replies.unchanged(tag), False
        self._served.answers.misses += 1
        order = Order(checked, chosen, asked.default_graphs, asked.named_graphs)
        result = await here.engine.answer(order, self._account or ANYBODY, self._waits)
        reply = replies.of(result, tag)
        if tag:
            self._served.answers.keep(_meaning(asked, chosen), Kept(tag, reply), self._request)
        return reply, False


def _meaning(asked: protocol.Asked, chosen: Format) -> Meaning:
    return Meaning(asked.query or "", asked.default_graphs, asked.named_graphs, chosen.name)


_NO_FORMATS = Formats(None, None)
_GONE = Reply(GONE, [], b"")


class _Sent:
    """A body that says when it was sent, as WSGI has it."""

    def __init__(self, parts: Iterable[bytes], done: Callable[[], object]) -> None:
        self._parts = parts
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        self._done()


def sized(reply: Reply) -> list[tuple[str, str]]:
    """The headers of a reply whose body is known, with its length."""
    if any(name.lower() == "content-length" for name, _ in reply.headers):
        return reply.headers
    return [*reply.headers, ("Content-Length", str(reply.size))]


def _page(
    app: Flask, environ: "WSGIEnvironment", account: Account | None, waits: InThread
) -> Reply:
    with used(waits), on_behalf_of(account) if account else nullcontext():
        return called(app.wsgi_app, environ)


def _route(path: str) -> str:
    first = path[1:].partition("/")[0].partition(".")[0]
    return first if first in ROUTES else "page"
