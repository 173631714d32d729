"""How the result of a query is told to a machine: its format, its tag, its headers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_etags

from kg.engines.results import FORMATS, JSON, Format, Kind, Result, formats_for
from webui.exchange import HEADERS, Reply
from webui.negotiation import PAGE, Written, essence, named, negotiate
from webui.protocol import EVIDENCE, Asked
from webui.site import Site

TRUNCATED = "Standpoint-Truncated"
"""The header that says how much of a cut result there is."""

_LONGEST_KEPT = 1_000
_ALWAYS = tuple(HEADERS.items())


@dataclass(frozen=True)
class Wishes:
    """What a request says about formats.

    Attributes:
        written: the ``format`` parameter, or None.
        accept: the Accept header.
    """

    written: str | None
    accept: str

    def is_page(self, formats: Sequence[Format] = FORMATS) -> bool:
        """Whether a page is wanted rather than any of the formats."""
        if self.written:
            return named(self.written, (PAGE,)) is not None
        offered: tuple[Format | Written, ...] = (*formats, PAGE)
        return negotiate(self.accept, offered) == PAGE

    def format(self, offered: Sequence[Format]) -> Format | None:
        """The machine format that is wanted, or None when it is none of those offered."""
        if self.written:
            return named(self.written, offered)
        return negotiate(self.accept, offered)


class Formats(NamedTuple):
    """The machine formats that fit some wishes; None is left to whoever knows of others.

    Attributes:
        table: for solutions and booleans.
        graph: for graphs.
    """

    table: Format | None
    graph: Format | None

    def of(self, kind: Kind) -> Format | None:
        """The one for a kind of result."""
        return self.graph if kind == "graph" else self.table


def formats(wishes: Wishes) -> Formats:
    """The machine formats that fit; none at all where a page is wanted."""
    if len(wishes.accept) + len(wishes.written or "") > _LONGEST_KEPT:
        return _formats.__wrapped__(wishes)
    return _formats(wishes)


@lru_cache(maxsize=1_000)
def _formats(wishes: Wishes) -> Formats:
    if wishes.is_page():
        return Formats(None, None)
    found = (
        None if wishes.is_page(fitting) else wishes.format(fitting)
        for fitting in (formats_for("solutions"), formats_for("graph"))
    )
    return Formats(*found)


def choose(wishes: Wishes, offered: Sequence[Format]) -> Format:
    """The machine format that a request asks for.

    Raises:
        NotAcceptable: it asks for none of those offered.
    """
    chosen = wishes.format(offered)
    if chosen is None:
        known = ", ".join(f"{each.name} ({essence(each.media_type)})" for each in offered)
        raise NotAcceptable(f"The result is offered as {known}.")
    return chosen


def tag(here: Site, asked: Asked, written: Format | Written) -> str:
    """What stands for the result of a query on a snapshot, if it is the same each time."""
    parts = (
        here.snapshot.version,
        written.name,
        EVIDENCE if asked.wants_evidence else "",
        *asked.default_graphs,
        "",
        *asked.named_graphs,
        "",
        asked.query or "",
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether a client has what a tag stands for, by its If-None-Match (RFC 9110, 13.1.2)."""
    if not tag or not if_none_match:
        return False
    tags = parse_etags(if_none_match)
    return tags.contains_weak(tag) and not tags.star_tag


def unchanged(tag: str) -> Reply:
    """The reply to one who has the result already."""
    headers = [*_ALWAYS, ("Vary", "Accept"), ("ETag", f'W/"{tag}"')]
    return Reply(HTTPStatus.NOT_MODIFIED, headers, b"")


def of(result: Result, tag: str) -> Reply:
    """The reply with a result, under a tag or none."""
    headers = [
        *_ALWAYS,
        ("Content-Type", result.format.media_type),
        ("Vary", "Accept"),
        ("Cache-Control", "no-cache"),
    ]
    body = result.body
    if result.truncated:
        headers.append((TRUNCATED, f"rows={result.rows}"))
        if result.format == JSON:
            body = body.replace(b'{"head":{', b'{"head":{"truncated":true,', 1)
    if tag:
        headers.append(("ETag", f'W/"{tag}"'))
    return Reply(HTTPStatus.OK, headers, body)
