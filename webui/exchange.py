"""Requests and replies as the service sees them, whichever server brings them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

LARGEST_BODY = 1_000_000
"""The largest body of a request, in bytes."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Standpoint-Truncated",
}
"""What every response says. Anybody may read everything, so every origin may."""


class Request(ABC):
    """What a client asks.

    Attributes:
        method: the HTTP method.
        path: the path of the address, percent-decoded.
        query: the query of the address as it was sent; bytes that are no UTF-8 are surrogates.
    """

    method: str
    path: str
    query: str

    @property
    @abstractmethod
    def peer(self) -> str:
        """The address that the connection comes from, without the port."""

    @abstractmethod
    def header(self, name: str) -> str:
        """The value of a header, whose name is in lower case; several joined, none empty."""

    @abstractmethod
    async def body(self, client: str) -> bytes:
        """The whole body, sent by a client of this name.

        Raises:
            RequestEntityTooLarge: it is larger than `LARGEST_BODY`.
            RequestTimeout: it did not arrive in time.
            EngineBusyError: too many bodies are on their way.
        """

    @abstractmethod
    def environ(self) -> "WSGIEnvironment":
        """The request for an application (PEP 3333), with the body as far as it was read."""


class WsgiRequest(Request):
    """A request that a WSGI server, or an application, has at hand."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._environ = environ
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        query = environ.get("QUERY_STRING", "")
        self.query = query.encode("latin-1").decode("utf-8", "surrogateescape")

    @property
    def peer(self) -> str:
        """As `Request.peer`."""
        return str(self._environ.get("REMOTE_ADDR", ""))

    def header(self, name: str) -> str:
        """As `Request.header`."""
        key = name.upper().replace("-", "_")
        bare = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        return str(self._environ.get(key if bare else f"HTTP_{key}", ""))

    async def body(self, client: str) -> bytes:
        """As `Request.body`; the server has limited the time."""
        del client
        body = get_input_stream(self._environ, max_content_length=LARGEST_BODY).read()
        self._environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return body

    def environ(self) -> "WSGIEnvironment":
        """As `Request.environ`."""
        return self._environ


@dataclass(frozen=True)
class Reply:
    """What a client is answered.

    Attributes:
        status: HTTP status.
        headers: names and values, without the length unless the body is not known.
        body: all of it, or parts that are worked out while it is sent.
        done: what to call when it was sent, or cannot be.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Iterable[bytes]
    done: Callable[[], object] = field(default=lambda: None)

    @property
    def size(self) -> int | None:
        """Bytes of the body, where they are known."""
        if isinstance(self.body, bytes):
            return len(self.body)
        lengths = (value for name, value in self.headers if name.lower() == "content-length")
        return next(map(int, lengths), None)


def called(app: "WSGIApplication", environ: "WSGIEnvironment") -> Reply:
    """The reply of a WSGI application; a short one as a whole."""
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        said.append((status, headers))

    parts = app(environ, start)
    status, headers = said[-1]
    close: Callable[[], object] = getattr(parts, "close", lambda: None)
    reply = Reply(int(status[:3]), headers, parts, close)
    if (size := reply.size) is None or size > LARGEST_BODY:
        return reply
    try:
        return Reply(reply.status, headers, b"".join(parts))
    finally:
        close()
