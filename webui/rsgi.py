"""The front as granian calls it: RSGI 1.x, one event loop, and threads for the pages.

RSGI tells when a client goes away, so that what it asked is stopped. It takes a long body at once,
however slow the reader is, so the room for one is given back when the kernel says it was taken.
"""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from kg.engines.waits import InLoop
from webui.bodies import Bodies, Sender
from webui.connections import Line
from webui.exchange import Reply, Request
from webui.front import Front, sized
from webui.outgoing import SMALL

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PAGES = 128
"""Pages that are made at once."""

HANDS = 8
"""Threads that start and end workers."""

NOTICE_SECONDS = 0.05
"""After which it is noticed that a client has gone; most requests are answered by then."""

LARGE = 2**20
"""Bytes of an answer of which it matters when its client has taken them."""

LOOK_SECONDS = 0.2
"""From one look at what a client has taken to the next."""

UNREAD = frozenset((408, 413))
"""Statuses after which the rest of a body may still be on its way, so that the connection ends."""


class Headers(Protocol):
    """The headers of a request, with names in lower case."""

    def keys(self) -> list[str]:
        """Their names."""

    def get_all(self, name: str) -> list[str]:
        """The values of a name."""


class Scope(Protocol):
    """A request of RSGI without its body."""

    method: str
    path: str
    query_string: str
    headers: Headers
    client: str
    server: str
    scheme: str
    http_version: str


class Transport(Protocol):
    """Where a long body goes."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a part, as soon as there is room for it."""


class Exchange(Sender, Protocol):
    """The connection that a request came on."""

    async def client_disconnect(self) -> None:
        """Wait until the client goes away."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a whole reply."""

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Transport:
        """Begin a reply whose body comes in parts."""


class RsgiRequest(Request):
    """A request of RSGI."""

    def __init__(self, scope: Scope, protocol: Exchange, bodies: Bodies) -> None:
        self.method = scope.method
        self.path = scope.path
        self.query = scope.query_string
        self._scope = scope
        self._headers = scope.headers
        self._protocol = protocol
        self._bodies = bodies
        self._read = b""

    @property
    def peer(self) -> str:
        """As `Request.peer`."""
        return self._scope.client.rpartition(":")[0].strip("[]")

    @property
    def ends(self) -> tuple[int, tuple[str, int]]:
        """The port of this side, and address and port of the other."""
        host, _, port = self._scope.client.rpartition(":")
        return int(self._scope.server.rpartition(":")[2] or 0), (host.strip("[]"), int(port or 0))

    def header(self, name: str) -> str:
        """As `Request.header`."""
        return ", ".join(self._headers.get_all(name))

    async def body(self, client: str) -> bytes:
        """As `Request.body`."""
        length = self.header("content-length")
        if not length and not self.header("transfer-encoding"):
            return b""
        known = int(length) if length else None
        self._read = await self._bodies.read(self._protocol, known, client)
        return self._read

    def environ(self) -> "WSGIEnvironment":
        """As `Request.environ`."""
        name, _, port = self._scope.server.rpartition(":")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _latin(self.path),
            "QUERY_STRING": _latin(self.query),
            "SERVER_NAME": name.strip("[]"),
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{self._scope.http_version}",
            "REMOTE_ADDR": self.peer,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._scope.scheme,
            "wsgi.input": BytesIO(self._read),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name in set(self._headers.keys()):
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = _latin(self.header(name))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(len(self._read))
        return environ


def _latin(text: str) -> str:
    """A text as PEP 3333 wants it."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


class Gateway:
    """Takes the requests of granian to a front, and its replies back."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._hands = ThreadPoolExecutor(HANDS, "hand")
        self._pages = ThreadPoolExecutor(PAGES, "page")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop that every request is answered in."""
        self._loop = loop
        self._bodies = Bodies()
        self._for_workers = InLoop(loop, self._hands)
        self._for_pages = InLoop(loop, self._pages)
        self._departures = _Departures(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop what is still asked, and close the front."""
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks))
        self._front.close()

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """Answer a request."""
        request = RsgiRequest(scope, protocol, self._bodies)
        kept = self._front.recall(request)
        if kept and isinstance(kept.body, bytes):
            protocol.response_bytes(kept.status, kept.headers, kept.body)
            return
        task = asyncio.current_task(self._loop)
        if task:
            self._departures.watch(task, protocol)
        try:
            reply = await self._front.respond(request, self._for_workers, self._for_pages)
            try:
                await self._send(protocol, reply, request)
            finally:
                reply.done()
        except asyncio.CancelledError:
            # The client has gone, or the service ends: there is nobody to tell.
            return
        finally:
            if task:
                self._departures.forget(task)

    async def _send(self, protocol: Exchange, reply: Reply, request: RsgiRequest) -> None:
        headers = reply.headers
        if reply.status in UNREAD:
            headers = [*headers, ("Connection", "close")]
        if isinstance(reply.body, bytes) and len(reply.body) <= SMALL:
            protocol.response_bytes(reply.status, headers, reply.body)
            return
        headers = sized(reply) if isinstance(reply.body, bytes) else headers
        is_large = (reply.size or 0) > LARGE and request.method != "HEAD"
        line = Line.find(*request.ends) if is_large else None
        before = line.taken() if line else None
        transport = protocol.response_stream(reply.status, headers)
        with suppress(ProtocolClosed):
            parts = iter(_parts(reply.body))
            while part := await self._next(parts, reply):
                await transport.send_bytes(part)
        if line and before is not None:
            await self._until_taken(line, before + (reply.size or 0))

    async def _until_taken(self, line: Line, wanted: int) -> None:
        """Wait until a client has taken so many bytes, or has gone: the server keeps the rest."""
        while (now := line.taken()) is not None and now < wanted:
            await asyncio.sleep(LOOK_SECONDS)

    async def _next(self, parts: Iterator[bytes], reply: Reply) -> bytes:
        if isinstance(reply.body, bytes):
            return next(parts, b"")
        return await self._for_pages.apart(partial(next, parts, b""))


class _Departures:
    """Cancels the tasks of requests whose clients go away.

    Most requests are answered before the next look, so that nothing is done for them.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._new: dict[asyncio.Task[None], Exchange] = {}
        self._notices: dict[asyncio.Task[None], asyncio.Task[None]] = {}
        self._is_looking = False

    def watch(self, request: asyncio.Task[None], protocol: Exchange) -> None:
        """Cancel a request when its client goes away."""
        self._new[request] = protocol
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(NOTICE_SECONDS, self._look)

    def forget(self, request: asyncio.Task[None]) -> None:
        """Notice nothing of a request any more."""
        if not self._new.pop(request, None) and (notice := self._notices.pop(request, None)):
            notice.cancel()

    def _look(self) -> None:
        self._is_looking = False
        for request, protocol in self._new.items():
            self._notices[request] = self._loop.create_task(self._wait(request, protocol))
        self._new.clear()

    async def _wait(self, request: asyncio.Task[None], protocol: Exchange) -> None:
        await protocol.client_disconnect()
        request.cancel()


def _parts(body: bytes | Iterable[bytes]) -> Iterable[bytes]:
    """A body in parts that are not empty."""
    if isinstance(body, bytes):
        view = memoryview(body)
        return (bytes(view[start : start + SMALL]) for start in range(0, len(body), SMALL))
    return filter(None, body)
