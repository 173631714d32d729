"""Who asks, behind proxies and not."""

import pytest

from kg.errors import AddressError
from webui.clients import Proxies

PROXY = "10.0.0.1"


def name(peer: str, forwarded: str = "", standard: str = "", trusted: tuple[str, ...] = ()) -> str:
    return Proxies(trusted).client(peer, forwarded, standard).name


@pytest.mark.parametrize("peer", ["192.0.2.1", "127.0.0.1"])
def test_headers_of_strangers_do_not_count(peer: str) -> None:
    assert name(peer, "198.51.100.7", "for=198.51.100.8", (PROXY,)) == peer


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("6.6.6.6,198.51.100.7,10.0.0.9", "198.51.100.7"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3::4]:80", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, nonsense", PROXY),
        ("", PROXY),
        (",,,", PROXY),
        ("10.0.0.7", "10.0.0.7"),
    ],
)
def test_the_right_most_untrusted_hop_is_the_client(header: str, found: str) -> None:
    assert name(PROXY, header, trusted=("10.0.0.0/8",)) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("for=198.51.100.7", "198.51.100.7"),
        ('for="[2001:db8:1:2:3::4]:80";proto=https', "2001:db8:1:2::/64"),
        ("for=6.6.6.6, proto=http;For=198.51.100.7;by=10.0.0.1", "198.51.100.7"),
        ("for=_hidden", PROXY),
        ("proto=https", PROXY),
    ],
)
def test_the_standard_header_is_read_too(header: str, found: str) -> None:
    assert name(PROXY, standard=header, trusted=(PROXY,)) == found


def test_headers_that_disagree_count_for_the_proxy() -> None:
    assert name(PROXY, "198.51.100.7", "for=6.6.6.6", (PROXY,)) == PROXY
    assert name(PROXY, "198.51.100.7", "for=198.51.100.7", (PROXY,)) == "198.51.100.7"


def test_what_is_no_address_cannot_be_trusted() -> None:
    with pytest.raises(AddressError, match="network"):
        Proxies(["proxy.example"])
    assert not Proxies()
    assert Proxies([PROXY])
