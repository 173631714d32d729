r"""Where the rows of a serialised SELECT result begin: to count them, and to cut a result whole.

The engine serialises several times faster than Python could, but says nothing about rows. The
patterns below find them without parsing; each rests on what its format escapes.
"""

import re
from collections.abc import Iterator

from kg.engines.results import CSV, JSON, TSV, XML, Format

# Inside a JSON string every quote is escaped, so an unescaped '":{"type":"' ends a variable.
_JSON_ROW = re.compile(rb'(?<=[\[,])\{"[^"\\]*+":\{"type":"')
_JSON_STRING_OR_ROW = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|(?<=[\[,])(\{)', re.DOTALL)
_XML_ROW = re.compile(rb"<result>")
_CSV_STRING_OR_END = re.compile(rb'"[^"]*+(?:"|\Z)|(\r\n)')
_CSV_STRING = re.compile(rb'"[^"]*+(?:"|\Z)')
_TSV_END = re.compile(rb"\n")

_TAILS = {JSON: b"]}}", XML: b"</results></sparql>", CSV: b"", TSV: b""}


def row_count(body: bytes, format: Format) -> int:  # noqa: A002 - as in the whole package
    """How many rows a whole SELECT result has; in JSON and XML several times faster found."""
    if format == JSON and not _has_empty_row(body):
        return sum(_json_openings(body, before) for before in (b"[", b","))
    if format == XML:
        return body.count(b"<result>")
    return len(row_starts(body, format))


def _has_empty_row(body: bytes) -> bool:
    """Whether a row of a JSON result may have no value; true of some texts as well."""
    return b",{}" in body or b"[{}" in body


def _json_openings(body: bytes, before: bytes) -> int:
    """How many rows open after a byte: a quote after a brace is a variable's, or ends a text."""
    opening = before + b'{"'
    return body.count(opening) - body.count(opening + b"}") - body.count(opening + b",")


def row_starts(body: bytes, format: Format) -> list[int]:  # noqa: A002 - as in the whole package
    """The offset of each row of a SELECT result, which may end anywhere."""
    if format == JSON:
        return list(_json_starts(body))
    if format == XML:
        return [row.start() for row in _XML_ROW.finditer(body)]
    ends = _ends(body, format)
    return [end for end in ends if end < len(body)]


def is_uneven(body: bytes) -> bool:
    """Whether a row of a CSV, which may end anywhere, has more fields than its head."""
    lines = _CSV_STRING.sub(b"", body).split(b"\r\n")
    most = lines[0].count(b",")
    return any(line.count(b",") > most for line in lines)


def cut(body: bytes, format: Format, start: int) -> bytes:  # noqa: A002 - as in the whole package
    """The result up to the row that starts at an offset, closed as its format demands."""
    return body[:start].removesuffix(b",") + _TAILS[format]


def _json_starts(body: bytes) -> Iterator[int]:
    if not _has_empty_row(body):
        return (row.start() for row in _JSON_ROW.finditer(body))
    # A row without any value leaves no key to recognise it by: read past the strings, slower.
    return (row.start() for row in _JSON_STRING_OR_ROW.finditer(body) if row[1])


def _ends(body: bytes, format: Format) -> Iterator[int]:  # noqa: A002 - as in the whole package
    if format == CSV:
        return (row.end() for row in _CSV_STRING_OR_END.finditer(body) if row[1])
    return (row.end() for row in _TSV_END.finditer(body))
