"""What a request to the endpoint asks for: SPARQL 1.1 Protocol, section 2.1."""

import re
from binascii import a2b_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.http import parse_options_header

from kg.errors import RefusedQueryError
from webui.exchange import Request

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})
MOST_PARAMETERS = 1_000

_ONLY = "query="
_BARE = re.compile("%(?![0-9A-Fa-f]{2})")

READ_ONLY = "This service is read-only: send a query, not an update."

EVIDENCE = "evidence"
"""The parameter of the address that asks for evidence; an extension of the protocol."""


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
        wants_evidence: whether the address asks for the sentences behind each row.
    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None
    wants_evidence: bool = False


async def read(request: Request, client: str = "") -> Asked:
    """What a GET, HEAD or POST request asks for.

    Args:
        request: the request.
        client: the name of who sends it.

    Raises:
        RefusedQueryError: it is an update.
        BadRequest: it is no UTF-8, or has several queries, or none where one must be.
        UnsupportedMediaType: its body is neither a form nor a query.
        HTTPException, EngineBusyError: as in `Request.body`.
    """
    parameters = _parameters(request.query)
    evidence = parameters.get(EVIDENCE, ("",))[0]
    if request.method == "POST":
        sent_as = _kind(request.header("content-type"))
        body = await request.body(client)
        text = _text(body)
        for name, values in (_parameters(text) if sent_as == FORM else {"query": [text]}).items():
            parameters.setdefault(name, []).extend(values)
    if "update" in parameters:
        raise RefusedQueryError(READ_ONLY)
    queries = parameters.get("query", ())
    if len(queries) > 1:
        raise BadRequest("There is more than one query: send exactly one 'query' parameter.")
    if request.method == "POST" and not queries:
        raise BadRequest("There is no query: send it as the parameter 'query' of the form.")
    return Asked(
        query=queries[0] if queries else None,
        default_graphs=tuple(parameters.get("default-graph-uri", ())),
        named_graphs=tuple(parameters.get("named-graph-uri", ())),
        format=_format(parameters),
        wants_evidence=evidence == "1",
    )


def format_of(request: Request) -> str | None:
    """The ``format`` parameter of the address alone, which decides how errors are told."""
    try:
        return _format(_parameters(request.query))
    except BadRequest:
        return None


def _format(parameters: Mapping[str, Sequence[str]]) -> str | None:
    return next((each for each in parameters.get("format", ()) if each), None)


def _parameters(encoded: str) -> dict[str, list[str]]:
    try:
        sent = encoded.encode()
        if encoded.startswith(_ONLY) and "&" not in encoded and not _BARE.search(encoded):
            return {"query": [_decoded(sent[len(_ONLY) :])]}
        return parse_qs(
            encoded, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeError:
        raise BadRequest("The parameters are not UTF-8: encode them as UTF-8.") from None
    except ValueError:
        raise BadRequest(f"There are more than {MOST_PARAMETERS} parameters.") from None


def _decoded(sent: bytes) -> str:
    """A value whose percent signs are all of escapes.

    Quoted-printable (RFC 2045, 6.7) is the same with another sign, and its decoder is the faster.
    """
    return a2b_qp(sent.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _kind(content_type: str) -> str:
    """The media type of a POST body, if it is a form or a query in UTF-8."""
    sent_as, options = parse_options_header(content_type)
    sent_as = sent_as.strip().lower()
    if sent_as == UPDATE:
        raise RefusedQueryError(READ_ONLY)
    if sent_as not in (FORM, QUERY):
        shown = sent_as[:60] or "no media type"
        raise UnsupportedBody(f"The body is sent as {shown}: send it as {FORM} or {QUERY}.")
    charset = options.get("charset", "").lower()
    if charset not in CHARSETS:
        raise UnsupportedBody(f"The body is in the charset {charset[:20]}: send it in UTF-8.")
    return sent_as


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8: encode it as UTF-8.") from None
