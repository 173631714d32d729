"""A query's text, as it was sent and as SPARQL reads it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from kg.errors import QuerySyntaxError, QueryTooLargeError, RefusedQueryError

# A backslash that escapes a backslash starts no code point escape.
_ESCAPE = re.compile(r"\\(?:\\|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
# These end or bend a string when bare, so their escapes can only be meant for its inside.
_IN_STRINGS = {'"': r"\"", "'": r"\'", "\\": r"\\", "\n": r"\n", "\r": r"\r"}
_UNUSABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Source:
    """One query with its code point escapes decoded (SPARQL 1.1 §19.2), before any tokenizing.

    SPARQL 1.2 also allows the escapes of quotes, backslashes and line ends inside strings; those
    become the escapes that strings have for them, so that no reader can take them for more.

    Attributes:
        sent: the query as it came.
        text: the query without code point escapes; the only text an engine gets to see.
        shifts: for each decoded escape, the offset behind it in `text` and in `sent`.
    """

    sent: str
    text: str
    shifts: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, sent: str, characters: int) -> "Source":
        """The source of a query of at most so many characters.

        Raises:
            QueryTooLargeError: the query is longer.
            QuerySyntaxError: it holds a character that no text can hold.
        """
        if len(sent) > characters:
            raise QueryTooLargeError(
                f"the query has {len(sent)} characters; at most {characters} are read: shorten it"
            )
        pieces: list[str] = []
        shifts: list[tuple[int, int]] = []
        start = length = 0
        for escape in _ESCAPE.finditer(sent):
            digits = escape[1] or escape[2]
            if digits is None:
                continue
            pieces += (sent[start : escape.start()], _character(int(digits, 16)))
            length += len(pieces[-2]) + len(pieces[-1])
            start = escape.end()
            shifts.append((length, start))
        source = cls(sent, "".join((*pieces, sent[start:])), tuple(shifts))
        if unusable := _UNUSABLE.search(source.text):
            code = f"U+{ord(unusable[0]):04X}"
            raise source.syntax_error(unusable.start(), f"{code} is no character of a text")
        return source

    def place(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column in the query as sent of an offset in `text`."""
        behind = bisect_right(self.shifts, offset, key=lambda shift: shift[0])
        decoded, sent = self.shifts[behind - 1] if behind else (0, 0)
        return place_of(self.sent, offset + sent - decoded)

    def syntax_error(self, offset: int, what: str) -> QuerySyntaxError:
        """An error about what stands at an offset in `text`."""
        line, column = self.place(offset)
        return QuerySyntaxError(f"line {line}, column {column}: {what}", line, column)

    def refusal(self, offset: int, what: str) -> RefusedQueryError:
        """A refusal of what stands at an offset in `text`."""
        line, column = self.place(offset)
        return RefusedQueryError(f"line {line}, column {column}: {what}")

    def too_large(self, offset: int, what: str) -> QueryTooLargeError:
        """A refusal of a query whose size goes over a limit at an offset in `text`."""
        line, column = self.place(offset)
        return QueryTooLargeError(f"line {line}, column {column}: {what}")


def place_of(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a 1-based line and column; the text's end when it is past it."""
    start = sum(len(before) + 1 for before in text.split("\n")[: line - 1])
    return min(start + column - 1, len(text))


def _character(code: int) -> str:
    # Past the last code point stands a surrogate, which is refused with the others.
    character = chr(code) if code <= 0x10FFFF else "\ud800"
    return _IN_STRINGS.get(character, character)
