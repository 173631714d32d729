"""Which media type a request gets: RFC 9110, section 12.5.1, with quality values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Representation(Protocol):
    """A way to write an answer, such as a format of `kg.engines.results`."""

    @property
    def name(self) -> str:
        """What ``format=`` and a suffix call it."""

    @property
    def media_type(self) -> str:
        """The value of Content-Type."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Further media types that ask for it."""


AnyRepresentation = TypeVar("AnyRepresentation", bound=Representation)


@dataclass(frozen=True, slots=True)
class Written:
    """A way to write an answer that no engine writes."""

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()


PAGE = Written("html", "text/html; charset=utf-8", ("application/xhtml+xml",))

_OTHER_NAMES = {
    "turtle": "ttl",
    "n-triples": "nt",
    "ntriples": "nt",
    "n-quads": "nq",
    "rdfxml": "rdf",
    "rdf/xml": "rdf",
    "json-ld": "jsonld",
    "srj": "json",
    "srx": "xml",
}


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    subtype: str
    quality: float

    def closeness(self, media_type: str) -> int:
        """How closely the range names the type: 2 exactly, 1 by kind, 0 ``*/*``, -1 not at all."""
        kind, _, subtype = media_type.partition("/")
        if (self.kind, self.subtype) == (kind, subtype):
            return 2
        if self.subtype != "*":
            return -1
        return {kind: 1, "*": 0}.get(self.kind, -1)


def essence(media_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0


def _ranges(accept: str) -> list[_Range]:
    ranges = []
    for item in accept.split(","):
        media_range, *parameters = item.split(";")
        kind, slash, subtype = media_range.strip().lower().partition("/")
        if slash and kind and subtype:
            ranges.append(_Range(kind, subtype, _quality(parameters)))
    return ranges


def _rank(ranges: Sequence[_Range], media_type: str) -> tuple[float, int]:
    closest = max(ranges, key=lambda each: each.closeness(media_type))
    closeness = closest.closeness(media_type)
    return (closest.quality, closeness) if closeness >= 0 else (0.0, -1)


def _media_types(offer: Representation) -> tuple[str, ...]:
    return (essence(offer.media_type), *offer.aliases)


def negotiate(accept: str | None, offered: Sequence[AnyRepresentation]) -> AnyRepresentation | None:
    """The offer that the Accept header likes best, or None when it takes none of them.

    Equal qualities go to the type that the header names more closely, then to the first offered.
    A missing or blank header takes anything.
    """
    ranges = _ranges(accept if accept and accept.strip() else "*/*")
    best: AnyRepresentation | None = None
    best_rank = (0.0, -1)
    for offer in offered if ranges else ():
        rank = max(_rank(ranges, media_type) for media_type in _media_types(offer))
        if rank[0] > 0 and rank > best_rank:
            best, best_rank = offer, rank
    return best


def named(name: str, offered: Sequence[AnyRepresentation]) -> AnyRepresentation | None:
    """The offer that ``format=`` or a suffix names: by its name, another one, or a media type."""
    wanted = name.strip().lower()
    wanted = _OTHER_NAMES.get(wanted, wanted)
    for offer in offered:
        if wanted == offer.name or essence(wanted) in _media_types(offer):
            return offer
    return None
