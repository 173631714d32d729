"""What is refused before any parser sees the query.

Parsers of SPARQL recurse, so a few kilobytes of brackets end the process; SERVICE opens a
connection at once. The tokens alone decide here, in time proportional to the query's length.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf
from urllib.parse import urljoin

from kg.engines.limits import Limits
from kg.engines.results import Kind
from kg.engines.source import Source
from kg.engines.tokens import Token, shape, tokens
from kg.errors import AddressError, RefusedQueryError
from kg.namespaces import PREFIXES

Form = OneOf["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

KINDS: dict[Form, Kind] = {
    "SELECT": "solutions",
    "ASK": "boolean",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
"""What each query form gives (SPARQL 1.1 §16)."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UPDATES = _words("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH")
_WORDS = _words(
    """
    BASE PREFIX VERSION SELECT ASK CONSTRUCT DESCRIBE DISTINCT REDUCED FROM NAMED WHERE AS
    GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH BIND MINUS UNION
    LATERAL FILTER IN NOT EXISTS A TRUE FALSE SEPARATOR COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT
    STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT
    STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY
    HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF
    STRLANG STRLANGDIR STRDT SAMETERM SAMEVALUE ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC HASLANG
    HASLANGDIR REGEX SUBSTR REPLACE ISTRIPLE TRIPLE SUBJECT PREDICATE OBJECT ADJUST
    """
)
_OPERATORS = _words("|| && = != < > <= >= + - * / | ! ^ ? . ; ~")
_PLAIN_OPERATORS = _OPERATORS - _words("! ^ + -")
_OPERATOR_WORDS = _words("UNION OPTIONAL MINUS FILTER BIND GRAPH SELECT LATERAL IN")
_UNARY = _words("! ^ ^^ + -")
_CLOSING = {"{": "}", "(": ")", "[": "]", "<<": ">>", "{|": "|}"}
_CLOSERS = frozenset(_CLOSING.values())
_GRAPH_BRACKETS = _CLOSING.keys() - {"("}
_TERMS = _words("iri string variable blank name number")
_TRUTHS = frozenset(("TRUE", "FALSE"))
_SIGNS = frozenset("+-")
_DECLARATIONS = frozenset(("PREFIX", "BASE", "VERSION"))
_SERVICE, _SILENT = "SERVICE", "SILENT"
# What makes two runs of one query differ (SPARQL 1.1, 17.4).
_FLEETING = _words("NOW RAND UUID STRUUID BNODE")
_NAMING = frozenset(("iri", "name"))
# Verdicts of shorter queries are remembered, so many of them.
_LONGEST_REMEMBERED, _MOST_REMEMBERED = 4_000, 1_000
_SERVER = re.compile(
    r"https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:/(?!\.{1,2}(?:[/?]|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*"
    r"(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+:(//)?")


@dataclass(frozen=True)
class Checked:
    """A query that may go to an engine.

    Attributes:
        source: its text, with a way back to the lines and columns that were sent.
        form: its query form.
        has_dataset: whether FROM or FROM NAMED describes the dataset it asks.
        base: what its relative IRIs are resolved against until it declares a BASE; may be empty.
        shape: a number that it has in common with the queries that differ from it in nothing but
            strings, numbers and things of the data.
        services: IRIs of the other servers that it asks.
        is_fleeting: whether two runs of it may give different results.
        prefixes: the prefixes that it uses and does not declare.
    """

    source: Source
    form: Form
    has_dataset: bool
    base: str = ""
    shape: int = 0
    services: frozenset[str] = frozenset()
    is_fleeting: bool = False
    prefixes: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What it gives."""
        return KINDS[self.form]


class Guard:
    """Lets queries through to one store; any thread may ask it."""

    def __init__(
        self,
        limits: Limits,
        graphs: Container[str] = frozenset(),
        prefixes: Mapping[str, str] = PREFIXES,
        base: str = "",
        services: frozenset[str] = frozenset(),
    ) -> None:
        """Tell it what it may let through.

        Args:
            limits: how long, deep and wide a query may be.
            graphs: IRIs that FROM and FROM NAMED may name; any other could be meant to be fetched.
            prefixes: those that need no declaration.
            base: what relative IRIs are resolved against (RFC 3986, 5.1.4); without it they are
                refused where the query declares no BASE.
            services: IRIs that SERVICE may name.
        """
        self.limits = limits
        self.graphs = graphs
        self.prefixes = prefixes
        self.base = base
        self.services = services
        self._found: dict[str, Checked] = {}

    def check(self, sparql: str) -> Checked:
        """Let a query through, or say why not.

        What was found of one query holds for all that have its tokens, values and things aside,
        where these name no graph and no server.

        Raises:
            QueryTooLargeError: it is over a limit on its size.
            RefusedQueryError: it writes, asks a server that it may not, or is nested too deeply.
            QuerySyntaxError: it is visibly not a query: empty, an unknown word or prefix, an open
                string or bracket.
        """
        source = Source.read(sparql, self.limits.query_characters)
        tokens_alike = shape(source)
        if found := self._found.get(tokens_alike):
            return Checked(
                source,
                found.form,
                found.has_dataset,
                found.base,
                found.shape,
                found.services,
                found.is_fleeting,
                found.prefixes,
            )
        checked = self._read(source, hash(tokens_alike))
        is_alike = not (checked.has_dataset or checked.services)
        if is_alike and len(source.text) <= _LONGEST_REMEMBERED:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[tokens_alike] = checked
        return checked

    def checked(self, sparql: str | Checked) -> Checked:
        """As `check`, where that has not been done."""
        return self.check(sparql) if isinstance(sparql, str) else sparql

    def _read(self, source: Source, number: int) -> Checked:
        reader = _Reader(source, self)
        for token in tokens(source):
            reader.read(token)
        return reader.end(number)


def check(
    sparql: str,
    limits: Limits,
    graphs: Container[str] = frozenset(),
    prefixes: Mapping[str, str] = PREFIXES,
    base: str = "",
) -> Checked:
    """As `Guard.check`, once."""
    return Guard(limits, graphs, prefixes, base).check(sparql)


def check_services(iris: Iterable[str]) -> None:
    """Refuse what cannot be allowed for SERVICE.

    Raises:
        AddressError: one is not written as it is asked for: http or https, a host, a path without
            dot segments, maybe a query; neither a user nor a fragment (RFC 3986, section 3).
    """
    for iri in iris:
        if not _SERVER.fullmatch(iri):
            raise AddressError(
                f"'{iri}' is no endpoint that SERVICE may ask: write it in full, as in "
                "https://example.org/sparql"
            )


def check_graphs(iris: tuple[str, ...], graphs: Container[str]) -> None:
    """Refuse a dataset, given beside the query, that names a graph the store does not have.

    Raises:
        RefusedQueryError: a graph is not in the store.
    """
    for iri in iris:
        if iri not in graphs:
            raise RefusedQueryError(_foreign(iri))


def _foreign(iri: str) -> str:
    return (
        f"<{iri}> is not a graph of this store, and nothing is fetched from elsewhere: "
        "name one of the store's graphs, or none to ask them all"
    )


def _expand(namespace: str, local: str) -> str:
    return namespace + re.sub(r"\\(.)", r"\1", local)


@dataclass
class _Bracket:
    """An open bracket: `depth` is what it adds to the nesting, `members` its own list items."""

    token: Token
    depth: int = 0
    is_data: bool = False
    members: int = 0


class _Reader:
    """The state of a reading from left to right."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
        self._limits = guard.limits
        self._form: Form | None = None
        self._prefixes = dict(guard.prefixes)
        self._prefix = ""
        self._resolved: set[str] = set()
        self._undeclared = set(guard.prefixes)
        self._used: set[str] = set()
        self._base = guard.base
        self._has_dataset = False
        self._services: set[str] = set()
        self._is_fleeting = False
        self._declaring = ""
        self._expects_data = False
        self._brackets = [_Bracket(Token("mark", "", 0))]
        self._depth = 0
        self._unary_run = 0
        self._operators = 0
        self._previous = Token("mark", "", 0)

    def read(self, token: Token) -> None:
        """Take in the next token, or raise."""
        kind, text, _ = token
        if self._declaring == _SERVICE and kind not in _NAMING:
            self._silent(token)
        elif self._form is None and (kind == "word" or not self._declaring):
            self._open(token)
        elif kind == "word":
            self._word(token)
        elif kind == "mark":
            self._mark(token)
        elif kind == "iri":
            self._iri(token)
        elif kind == "name":
            self._name(token)
        else:
            self._declaring = ""
        if kind in _TERMS or (kind == "word" and text.upper() in _TRUTHS):
            self._member(token)
        if self._unary_run and text not in _UNARY:
            self._unary_run = 0
        self._previous = token

    def end(self, shape: int) -> Checked:
        """The query that was read to its end, which has a shape."""
        if len(self._brackets) > 1:
            bracket = self._brackets[-1].token
            raise self._source.syntax_error(bracket.start, f"this '{bracket.text}' is never closed")
        if self._form is None:
            raise self._source.syntax_error(
                0, "the query is empty: begin with SELECT, ASK, CONSTRUCT or DESCRIBE"
            )
        return Checked(
            self._source,
            self._form,
            self._has_dataset,
            self._guard.base,
            shape,
            frozenset(self._services),
            self._is_fleeting or bool(self._services),
            tuple(self._used),
        )

    def _open(self, token: Token) -> None:
        word = token.text.upper() if token.kind == "word" else ""
        if word in _DECLARATIONS:
            self._declaring = word
        elif word in KINDS:
            self._form = word
            self._word(token)
        elif word in _UPDATES:
            raise self._source.refusal(
                token.start, f"{word} changes data, and this store is only read"
            )
        elif word == _SERVICE and not self._guard.services:
            raise self._no_service(token)
        else:
            raise self._source.syntax_error(
                token.start,
                f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not '{token.text}'",
            )

    def _word(self, token: Token) -> None:
        word = token.text.upper()
        if word == _SERVICE:
            if not self._guard.services:
                raise self._no_service(token)
            self._operator(token)
            self._declaring = _SERVICE
            return
        if word not in _WORDS:
            raise self._source.syntax_error(
                token.start,
                f"'{token.text}' is no word of a query: a name needs a prefix, as in "
                f":{token.text}, and a text needs quotes",
            )
        if word in _OPERATOR_WORDS:
            self._operator(token)
        self._is_fleeting |= word in _FLEETING
        if word != "NAMED":
            self._declaring = "FROM" if word == "FROM" else ""
        self._expects_data |= word == "VALUES"

    def _silent(self, token: Token) -> None:
        """Read what follows SERVICE and names no server."""
        if token.text.upper() != _SILENT:
            raise self._no_service(token)

    def _service(self, token: Token, iri: str) -> None:
        if iri not in self._guard.services:
            raise self._no_service(token)
        self._services.add(iri)

    def _no_service(self, token: Token) -> RefusedQueryError:
        allowed = ", ".join(f"<{iri}>" for iri in sorted(self._guard.services))
        what = "SERVICE would ask another server, and this one never does"
        if allowed:
            what = f"SERVICE may only ask {allowed} here, written in full or with a prefix"
        return self._source.refusal(token.start, what)

    def _iri(self, token: Token) -> None:
        iri = token.text[1:-1]
        has_scheme = _SCHEME.match(iri)
        # A parser without tokens reads '?a<b&&c>?d' as two comparisons; SPARQL reads an IRI.
        if self._in_list() and self._ends_operand() and not (has_scheme and has_scheme[1]):
            raise self._source.syntax_error(
                token.start,
                "this reads as one IRI: put blanks around '<' and '>' where they compare, "
                "and write an IRI here with a prefix",
            )
        if not has_scheme and not self._base:
            raise self._source.syntax_error(
                token.start, f"<{iri}> is relative: write it in full, or declare a BASE"
            )
        if not has_scheme:
            iri = urljoin(self._base, iri)
        if self._declaring == _SERVICE:
            # Parsers may differ in how they resolve an IRI, and a server must be certain.
            self._service(token, iri if has_scheme else "")
        elif self._declaring == "PREFIX":
            self._prefixes[self._prefix] = iri
            self._undeclared.discard(self._prefix)
            (self._resolved.discard if has_scheme else self._resolved.add)(self._prefix)
        elif self._declaring == "BASE":
            self._base = iri
        elif self._declaring == "FROM":
            self._dataset(token, iri)
        self._declaring = ""

    def _name(self, token: Token) -> None:
        prefix, _, local = token.text.partition(":")
        if self._declaring == "PREFIX":
            self._prefix = prefix
            return
        if prefix not in self._prefixes:
            raise self._source.syntax_error(
                token.start, f"the prefix '{prefix}:' is not declared: add PREFIX {prefix}: <…>"
            )
        if prefix in self._undeclared:
            self._used.add(prefix)
        if self._declaring == "FROM":
            self._dataset(token, _expand(self._prefixes[prefix], local))
        elif self._declaring == _SERVICE:
            is_certain = prefix not in self._resolved
            self._service(token, _expand(self._prefixes[prefix], local) if is_certain else "")
        self._declaring = ""

    def _dataset(self, token: Token, iri: str) -> None:
        if iri not in self._guard.graphs:
            raise self._source.refusal(token.start, _foreign(iri))
        self._has_dataset = True

    def _mark(self, token: Token) -> None:
        mark = token.text
        if mark in _PLAIN_OPERATORS:
            self._operator(token)
        elif mark in _CLOSING:
            self._open_bracket(token)
        elif mark in _CLOSERS:
            self._close_bracket(token)
        elif mark in _UNARY and not self._ends_operand():
            self._unary_run += len(mark)
            self._check_depth(token)
            if mark not in _SIGNS:
                self._operator(token)
        elif mark in _OPERATORS or (mark == "," and not self._in_list()):
            self._operator(token)
        self._declaring = ""

    def _open_bracket(self, token: Token) -> None:
        is_block = token.text == "{"
        is_data = self._brackets[-1].is_data or (is_block and self._expects_data)
        self._expects_data &= not is_block
        bracket = _Bracket(token, 1 + self._unary_run, is_data)
        self._brackets.append(bracket)
        self._depth += bracket.depth
        self._unary_run = 0
        self._check_depth(token)
        if not is_data:
            self._operator(token)

    def _close_bracket(self, token: Token) -> None:
        bracket = self._brackets[-1]
        if len(self._brackets) == 1:
            raise self._source.syntax_error(token.start, f"nothing opens this '{token.text}'")
        if _CLOSING[bracket.token.text] != token.text:
            line, column = self._source.place(bracket.token.start)
            raise self._source.syntax_error(
                token.start,
                f"this '{token.text}' does not close the '{bracket.token.text}' "
                f"of line {line}, column {column}",
            )
        self._brackets.pop()
        self._depth -= bracket.depth

    def _member(self, token: Token) -> None:
        bracket = self._brackets[-1]
        if bracket.is_data or bracket.token.text in _GRAPH_BRACKETS:
            return
        bracket.members += 1
        if bracket.members > self._limits.list_items:
            raise self._source.too_large(
                token.start,
                f"a list of more than {self._limits.list_items} members: "
                "put them into VALUES, or ask several times",
            )
        # Two terms side by side in parentheses are a collection, two triples a member.
        if self._in_list() and self._ends_operand():
            self._operator(token, 2)

    def _operator(self, token: Token, count: int = 1) -> None:
        self._operators += count
        if self._operators > self._limits.operators:
            raise self._source.too_large(
                token.start,
                f"more than {self._limits.operators} operators, groups and triples: "
                "ask in several queries, or put many values into VALUES",
            )

    def _check_depth(self, token: Token) -> None:
        if self._depth + self._unary_run > self._limits.depth:
            raise self._source.refusal(
                token.start, f"nested more than {self._limits.depth} deep: flatten the query"
            )

    def _in_list(self) -> bool:
        bracket = self._brackets[-1]
        return bracket.token.text == "(" and not bracket.is_data

    def _ends_operand(self) -> bool:
        """Whether an operator, not an operand, may stand after the token before this one."""
        kind, text, _ = self._previous
        return kind in _TERMS or kind == "language" or text in _CLOSERS or text.upper() in _TRUTHS
