"""The views of a result, and what an address says about how a result is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import ViewError
from webui.negotiation import Written
from webui.svg import MEDIA_TYPE

TABLE, GRAPH, TIMELINE, TEXT = VIEWS = ("table", "graph", "timeline", "text")
PICTURES = (GRAPH, TIMELINE)
"""The views that have a picture."""

LIST = "list"
"""How a question shows its answer when nothing else is asked for."""

NAMES = ("view", "sort", "filter", "page", "evidence")
"""The parameters that say how a result is shown; they never change the result."""

SVG = Written("svg", MEDIA_TYPE)

LONGEST_FILTER = 200


@dataclass(frozen=True)
class Choice:
    """How a result is to be shown.

    Attributes:
        view: one of `VIEWS`, or nothing where the columns decide.
        sort: the column to sort by, or nothing for the order of the result.
        is_descending: whether the greatest comes first.
        filter: words that each row must have.
        page: number of the page, from 1.
        has_evidence: whether the sentences behind each row are shown.
    """

    view: str = ""
    sort: str = ""
    is_descending: bool = False
    filter: str = ""
    page: int = 1
    has_evidence: bool = False

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The choice as it stands in an address."""
        written = {
            "view": self.view,
            "sort": f"{'-' * self.is_descending}{self.sort}",
            "filter": self.filter,
            "page": str(self.page) if self.page > 1 else "",
            "evidence": "1" if self.has_evidence else "",
        }
        return tuple((name, written[name]) for name in NAMES if written[name])


def read(parameters: Mapping[str, str]) -> Choice:
    """What the parameters of an address say.

    Raises:
        ViewError: there is no such view, or no such page can be.
    """
    view = parameters.get("view", "")
    if view not in ("", *VIEWS):
        raise ViewError(f"there is no view {view[:20]!r}: choose one of {', '.join(VIEWS)}")
    page = parameters.get("page", "") or "1"
    if not (page.isascii() and page.isdigit() and 0 < len(page) < 9 and int(page)):
        raise ViewError(f"{page[:20]!r} is no page: write a number from 1")
    sort = parameters.get("sort", "")
    return Choice(
        view=view,
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        filter=parameters.get("filter", "")[:LONGEST_FILTER].strip(),
        page=int(page),
        has_evidence=parameters.get("evidence") == "1",
    )


def is_picture(format_name: str | None) -> bool:
    """Whether ``format=`` asks for the picture of a view."""
    return (format_name or "").strip().lower() in (SVG.name, SVG.media_type)
