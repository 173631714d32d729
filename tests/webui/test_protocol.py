"""What a request asks for, read from its address."""

from urllib.parse import parse_qs, quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from kg.engines.waits import run
from webui import protocol
from webui.exchange import WsgiRequest


def asked(query: str) -> protocol.Asked:
    """What a GET with this query in its address asks for."""
    sent = query.encode("utf-8", "surrogateescape").decode("latin-1")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/sparql", "QUERY_STRING": sent}
    return run(protocol.read(WsgiRequest(environ)))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PIECES = st.sampled_from(
    ["%", "%2", "%3D", "%0A", "%C3%A9", "%FF", "=", "==", "+", "&", ";", "a", "é", "_", "=\n"]
)


@given(TEXTS)
def test_a_query_comes_as_it_was_sent(text: str) -> None:
    for encoded in (quote(text, safe=""), quote_plus(text, safe="?{}:")):
        assert asked(f"query={encoded}").query == text
        assert asked(f"format=json&query={encoded}").query == text


@given(st.lists(st.one_of(PIECES, TEXTS), max_size=12).map("".join))
@example("%")
@example("=%0A= \n")
def test_one_parameter_is_read_as_one_of_many(value: str) -> None:
    try:
        alone: object = asked(f"query={value}").query
    except BadRequest as error:
        alone = error.description
    try:
        f"query={value}".encode()
        found = parse_qs(f"query={value}", keep_blank_values=True, errors="strict")["query"]
        expected: object = found[0] if len(found) == 1 else "several"
    except UnicodeError:
        expected = "The parameters are not UTF-8: encode them as UTF-8."
    if expected == "several":
        assert "more than one query" in str(alone)
    else:
        assert alone == expected


@pytest.mark.parametrize("query", ["query=%FF", "query=a%FF&format=json", "query=\udcff"])
def test_what_is_no_utf_8_is_refused(query: str) -> None:
    with pytest.raises(BadRequest, match="UTF-8"):
        asked(query)
