"""Sentences quoted row after row: one that the row above quotes already is not set again."""

from kg.evidence import Evidence

_Key = tuple[str, int, int]


class Quotations:
    """The quotations of a list of rows, from its first to its last.

    Attributes:
        row: the anchor of the row that is set now; empty before the first.
    """

    def __init__(self, prefix: str = "row") -> None:
        """For rows whose anchors begin with a text."""
        self.row = ""
        self._prefix = prefix
        self._count = 0
        self._above: dict[_Key, str] = {}
        self._here: dict[_Key, str] = {}

    def next_row(self, anchor: str = "") -> str:
        """Begin a row; its anchor, which is numbered where it has none of its own."""
        self._count += 1
        self._above, self._here = self._here, {}
        self.row = anchor or f"{self._prefix}-{self._count}"
        return self.row

    def again(self, quote: Evidence) -> str:
        """The anchor of the row where a reader has just seen a quotation, or nothing.

        That is where a run of rows with this quotation began.
        """
        key = (quote.document, quote.start, quote.end)
        seen = self._here.get(key) or self._above.get(key, "")
        self._here[key] = seen or self.row
        return seen
