"""What an address says about how a result is shown."""

import pytest

from kg.errors import ViewError
from webui import views
from webui.views import NAMES, Choice, read

FULL = {
    "view": "table",
    "sort": "-goal",
    "filter": "south  korea",
    "page": "3",
    "evidence": "1",
}


def test_an_address_is_read_and_written_again() -> None:
    choice = read(FULL)
    assert choice == Choice("table", "goal", True, "south  korea", 3, True)
    assert dict(choice.parameters) == FULL
    assert tuple(dict(choice.parameters)) == NAMES
    assert read({}).parameters == ()
    assert read({"sort": "goal"}).parameters == (("sort", "goal"),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"view": "map"},
        {"view": "TABLE"},
        *({"page": each} for each in ("0", "-1", "x", "1.5", "٣", "9" * 9, "1e3")),
    ],
)
def test_what_cannot_be_is_told(wrong: dict[str, str]) -> None:
    with pytest.raises(ViewError):
        read(wrong)


def test_a_long_filter_is_cut() -> None:
    assert len(read({"filter": "x" * 9_000}).filter) == views.LONGEST_FILTER


@pytest.mark.parametrize(
    ("name", "is_picture"),
    [("svg", True), ("SVG", True), ("image/svg+xml", True), ("html", False), ("", False)],
)
def test_the_format_of_pictures(name: str, is_picture: bool) -> None:
    assert views.is_picture(name) is is_picture
    assert not views.is_picture(None)
