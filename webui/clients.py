"""Who a request comes from: its address, seen through the proxies that are trusted.

A proxy in front adds the address that it was reached from to X-Forwarded-For or to Forwarded
(RFC 7239). Anybody may send such headers, so they count only from a trusted proxy, and only up to
the first address, from the right, that is no trusted proxy's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from kg.errors import AddressError

CLIENT = "standpoint.client"
"""Where the WSGI environment holds the name of a request's client."""

Address = IPv4Address | IPv6Address

_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^\s;",]+)\s*(?=;|$)', re.IGNORECASE)
_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d+)?")
_WITH_PORT = re.compile(r"([0-9.]+):\d+")
# One subscriber has a whole network of this size (RFC 6177).
_IPV6_PREFIX = 64


@dataclass(frozen=True)
class Client:
    """Who asks.

    Attributes:
        name: what its budget is kept under: its IPv4 address, or its IPv6 network of 64 bits.
        is_loopback: whether it is on this machine.
    """

    name: str
    is_loopback: bool


class Proxies:
    """The proxies whose word counts."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        """Take addresses and networks, such as ``127.0.0.1`` or ``10.0.0.0/8``.

        Raises:
            AddressError: one of them is neither.
        """
        try:
            self._trusted = [ip_network(each, strict=False) for each in trusted]
        except ValueError as error:
            raise AddressError(
                f"{error}: give an address or a network such as 10.0.0.0/8"
            ) from None

    def __bool__(self) -> bool:
        return bool(self._trusted)

    def client(self, peer: str, x_forwarded_for: str = "", forwarded: str = "") -> Client:
        """The client of a request that came from an address, with these headers.

        Where X-Forwarded-For and Forwarded disagree, one of them came from a stranger, and the
        proxy itself is the client.
        """
        if not self._trusted:
            return _peer(peer)
        address = _address(peer)
        if address is None or not self._trusts(address):
            return _peer(peer)
        found = {
            self._origin(address, hops)
            for hops in (_x_forwarded_for(x_forwarded_for), _forwarded(forwarded))
            if hops
        }
        return _client(found.pop() if len(found) == 1 else address)

    def trusts(self, address: str) -> bool:
        """Whether an address, as written, is a trusted proxy's."""
        found = _address(address)
        return found is not None and self._trusts(found)

    def _origin(self, peer: Address, hops: list[str]) -> Address:
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                break
            peer = address
            if not self._trusts(address):
                break
        return peer

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


@lru_cache(maxsize=1_000)
def _peer(written: str) -> Client:
    address = _address(written)
    return Client("unknown", is_loopback=False) if address is None else _client(address)


def _client(address: Address) -> Client:
    if isinstance(address, IPv6Address):
        name = str(IPv6Network((address, _IPV6_PREFIX), strict=False))
        return Client(name, address.is_loopback)
    return Client(str(address), address.is_loopback)


def _address(written: str) -> Address | None:
    written = written.strip().strip('"')
    if found := _BRACKETED.fullmatch(written) or _WITH_PORT.fullmatch(written):
        written = found[1]
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _x_forwarded_for(header: str) -> list[str]:
    return header.split(",") if header.strip() else []


def _forwarded(header: str) -> list[str]:
    if not header.strip():
        return []
    found = [_FOR.search(element.strip()) for element in header.split(",")]
    return [each[1] if each else "" for each in found]
