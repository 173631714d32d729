r"""The tokens of a query: the terminals of the SPARQL 1.1 grammar (§19.8) and RDF 1.2's brackets.

Every pattern is possessive, so that reading takes time in proportion to the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.engines.source import Source

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_"
_CHARS = _START + "\\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
_PREFIX = rf"[{_BASE}][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = (
    rf"(?:[{_START}:0-9]|{_ESCAPED})(?:[{_CHARS}:]|{_ESCAPED})*+"
    rf"(?:\.++(?:[{_CHARS}:]|{_ESCAPED})++)*+"
)
_ECHAR = r"""\\[tbnrf"'\\]"""


def _short(quote: str) -> str:
    return rf"(?!{quote * 3}){quote}(?:[^{quote}\\\n\r]++|{_ECHAR})*+{quote}"


def _long(quote: str) -> str:
    return rf"{quote * 3}(?:[^{quote}\\]++|{_ECHAR}|{quote}{{1,2}}+(?!{quote}))*+{quote * 3}"


THING = "id:"
"""How the names of things of the data begin."""

_TERMINALS = {
    "variable": rf"[?$](?:[{_START}0-9])[{_START}0-9\u00b7\u0300-\u036f\u203f-\u2040]*+",
    "name": rf"(?:{_PREFIX})?+:(?:{_LOCAL})?+",
    "word": r"[A-Za-z][A-Za-z0-9_]*+",
    "iri": r"<[^<>\"{}|^`\\\x00-\x20]*+>",
    "string": "|".join((_long("'"), _long('"'), _short("'"), _short('"'))),
    "blank": rf"_:[{_START}0-9][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+",
    "number": (
        r"[0-9]++(?:\.[0-9]*+)?+[eE][+-]?[0-9]++|\.[0-9]++[eE][+-]?[0-9]++"
        r"|[0-9]*+\.[0-9]++|[0-9]++"
    ),
    "language": r"@[A-Za-z]++(?:-{1,2}[A-Za-z0-9]++)*+",
    "mark": r"\^\^|\|\||&&|!=|<=|>=|<<|>>|\{\||\|\}|[{}()\[\].,;=<>+\-*/|^!?~]",
}
_GAP = r"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
_ANY = "|".join(f"(?P<{kind}>{terminal})" for kind, terminal in _TERMINALS.items())
_TOKEN = re.compile(rf"{_GAP}(?:{_ANY}|(?P<end>\Z))")
_BLANK = re.compile(_GAP)
_VALUES = ("string", "number")
_KEPT = "|".join(terminal for kind, terminal in _TERMINALS.items() if kind not in _VALUES)
_VALUE = "|".join(_TERMINALS[kind] for kind in _VALUES)
# No other terminal begins as a value does, so that values may be tried first; what begins no
# terminal at all is kept as it stands.
_SHAPE = re.compile(
    rf"{_GAP}(?:{_VALUE}|({THING}|{_KEPT}|.))(?:(?<={THING})(?:{_LOCAL}))?+", re.DOTALL
)
_END = "\n\0"


class Token(NamedTuple):
    """One terminal.

    Attributes:
        kind: ``iri``, ``string``, ``variable``, ``blank``, ``name`` (a prefixed name), ``number``,
            ``language``, ``word`` (a keyword or function) or ``mark`` (punctuation).
        text: as it stands in the source's text.
        start: offset in the source's text.
    """

    kind: str
    text: str
    start: int


def shape(source: Source) -> str:
    """What a query has in common with those that differ in nothing but values and things.

    It is the tokens, each string and number left out and each thing without its own name. That of
    a query that `tokens` refuses is that of no other.
    """
    return " ".join(_SHAPE.findall(source.text + _END))


def tokens(source: Source) -> Iterator[Token]:
    """The tokens of a query from left to right, comments and blanks left out.

    Raises:
        QuerySyntaxError: the rest of the text begins with no terminal.
    """
    text = source.text
    place = 0
    while found := _TOKEN.match(text, place):
        kind = found.lastgroup or ""
        if kind == "end":
            return
        start, place = found.span(kind)
        yield Token(kind, text[start:place], start)
    gap = _BLANK.match(text, place)
    place = gap.end() if gap else place
    raise source.syntax_error(place, _unreadable(text, place))


def _unreadable(text: str, place: int) -> str:
    if text[place] in "'\"":
        return "this string is not closed, or has a line break or an unknown escape in it"
    if text[place] == "\\":
        return "a backslash means nothing here"
    return f"the character {text[place]!r} means nothing here"
