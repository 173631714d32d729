"""Answers on their way take a bounded amount of memory, and no client has it all."""

import pytest

from kg.errors import EngineBusyError
from webui.outgoing import Outgoing


def test_what_is_on_its_way_is_bounded() -> None:
    outgoing = Outgoing(300)
    first = outgoing.begin("a", 150)
    with pytest.raises(EngineBusyError, match="try again"):
        outgoing.begin("a", 51)
    second = outgoing.begin("b", 150)
    with pytest.raises(EngineBusyError):
        outgoing.begin("c", 1)
    assert outgoing.size == 300
    first()
    third = outgoing.begin("c", 100)
    for done in (second, third):
        done()
    assert outgoing.size == 0
    outgoing.begin("a", 200)()
