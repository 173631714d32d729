"""What a request to the endpoint asks for: SPARQL 1.1 Protocol, section 2.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from kg.errors import RefusedQueryError
from webui import bodies
from webui.negotiation import essence

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})
MOST_PARAMETERS = 1_000

READ_ONLY = "This service is read-only: send a query, not an update."


class UnsupportedBody(UnsupportedMediaType):
    """A body in a media type that the protocol does not know, or not in UTF-8."""

    def get_headers(self, *args: object, **kwargs: object) -> list[tuple[str, str]]:
        """The headers, with the media types that are taken (RFC 9110, 15.5.16)."""
        del args, kwargs
        return [("Accept-Post", f"{FORM}, {QUERY}")]


@dataclass(frozen=True)
class Asked:
    """A request to the endpoint.

    Attributes:
        query: the query, or None when there is none.
        default_graphs: the ``default-graph-uri`` parameters.
        named_graphs: the ``named-graph-uri`` parameters.
        format: the ``format`` parameter, or None.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None


def read(request: Request) -> Asked:
    """What a GET or POST request asks for.

    Raises:
        RefusedQueryError: it is an update.
        BadRequest: it is no UTF-8, or has several queries, or none where one must be.
        UnsupportedMediaType: its body is neither a form nor a query.
    """
    parameters = _parameters(request.query_string)
    if request.method == "POST":
        parameters += _body(request)
    names = [name for name, _ in parameters]
    if "update" in names:
        raise RefusedQueryError(READ_ONLY)
    if names.count("query") > 1:
        raise BadRequest("There is more than one query: send exactly one 'query' parameter.")
    if request.method == "POST" and "query" not in names:
        raise BadRequest("There is no query: send it as the parameter 'query' of the form.")
    return Asked(
        query=next(iter(_all(parameters, "query")), None),
        default_graphs=_all(parameters, "default-graph-uri"),
        named_graphs=_all(parameters, "named-graph-uri"),
        format=next((each for each in _all(parameters, "format") if each), None),
    )


def _all(parameters: Sequence[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(value for name, value in parameters if name == wanted)


def _parameters(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            encoded.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise BadRequest("The parameters are not UTF-8: encode them as UTF-8.") from None
    except ValueError:
        raise BadRequest(f"There are more than {MOST_PARAMETERS} parameters.") from None


def _body(request: Request) -> list[tuple[str, str]]:
    """The parameters of a POST body: of the form, or the body itself as the query."""
    sent_as = essence(request.headers.get("Content-Type", ""))
    if sent_as == UPDATE:
        raise RefusedQueryError(READ_ONLY)
    if sent_as not in (FORM, QUERY):
        shown = sent_as[:60] or "no media type"
        raise UnsupportedBody(f"The body is sent as {shown}: send it as {FORM} or {QUERY}.")
    charset = request.mimetype_params.get("charset", "").lower()
    if charset not in CHARSETS:
        raise UnsupportedBody(f"The body is in the charset {charset[:20]}: send it in UTF-8.")
    body = bodies.read(request)
    if sent_as == FORM:
        return _parameters(body)
    try:
        return [("query", body.decode("utf-8"))]
    except UnicodeDecodeError:
        raise BadRequest("The query is not UTF-8: encode it as UTF-8.") from None
