"""Running one checked query on a store: the same code in this process and in a worker."""

import codecs
import csv
import re
import time
from collections.abc import Iterable, Iterator
from typing import IO, cast

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store

from kg.engines.limits import Limits
from kg.engines.queries import Query
from kg.engines.results import CSV, FORMATS, Format, Result
from kg.engines.rows import cut, is_uneven, row_count, row_starts
from kg.engines.source import offset_of, place_of
from kg.errors import (
    EngineDiedError,
    QueryError,
    QuerySyntaxError,
    QueryTooLargeError,
    ServiceError,
)
from kg.namespaces import PREFIXES

_REPORT = re.compile(r"error at (\d+):(\d+): (?:expected )?(?:one of )?(.*)", re.DOTALL)
_ALTERNATIVE = re.compile(
    r'(?P<mark>"(?:[^"\\]|\\.)+")|\[[^\]]*\]|(?P<rule>The [^,]+)|\b(?P<word>[A-Z][A-Z_0-9]+)\b'
)
_PREFIXED = frozenset((RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML))
_XML = frozenset((QueryResultsFormat.XML, RdfFormat.RDF_XML))
_NO_TAG = re.compile(rb"<(?![/?]|(?:[\w.-]+:)?+[A-Za-z_\x80-\xff])")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What pyoxigraph may still hold back in its buffer when the last triple is taken.
_MARGIN = 64 * 1024
# What it did answer, a redirection among others, is not for strangers to read.
_NO_ANSWER = (
    "the other server that SERVICE asks cannot be reached or gave no result, or the query has a "
    "function that this one does not know: ask later, or use SERVICE SILENT to do without it"
)


def evaluate(store: Store, query: Query, limits: Limits) -> Result:
    """The result of a query.

    Raises:
        QuerySyntaxError: the engine cannot parse it; line and column count in `query.text`.
        QueryTooLargeError: memory ran out, or not even one row fits the byte limit.
        ServiceError: another server that it asks gave no answer.
        QueryError: the engine gave up, or the format cannot carry the result.
    """
    started = time.monotonic()
    try:
        results = _start(store, query)
        if isinstance(results, pyoxigraph.QuerySolutions):
            body, rows, truncated = _solutions(results, store, query, limits)
        elif isinstance(results, pyoxigraph.QueryTriples):
            body, rows, truncated = _graph(results, query, limits)
        else:
            body, rows, truncated = _boolean(results, query.format), None, False
    except SyntaxError as error:
        raise _syntax_error(query.text, str(error)) from None
    except MemoryError:
        raise QueryTooLargeError(
            "the query needs more memory than it may have: ask for fewer or smaller rows"
        ) from None
    except RuntimeError as error:
        if query.asks_others:
            raise ServiceError(_NO_ANSWER) from None
        raise QueryError(f"the engine stopped: {error}") from None
    except OSError:
        if query.asks_others:
            raise ServiceError(_NO_ANSWER) from None
        raise EngineDiedError("the engine could not read its store") from None
    seconds = time.monotonic() - started
    return Result(query.kind, body, query.format, rows, truncated, seconds)


def _start(
    store: Store, query: Query
) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryTriples | pyoxigraph.QueryBoolean:
    # The engine reads each of them for every query.
    prefixes = {name: PREFIXES[name] for name in query.prefixes}
    base = query.base or None
    if query.default_graphs or query.named_graphs:
        return store.query(
            query.text,
            base_iri=base,
            prefixes=prefixes,
            default_graph=[NamedNode(iri) for iri in query.default_graphs],
            named_graphs=[NamedNode(iri) for iri in query.named_graphs],
        )
    # The engine would let the union override the query's own FROM clauses.
    is_union = not (query.has_dataset or query.is_plain)
    return store.query(
        query.text, base_iri=base, prefixes=prefixes, use_default_graph_as_union=is_union
    )


class _FullError(Exception):
    """The output has reached its size."""


class _Output:
    """A file in memory of at most so many bytes; a write past them stops the serialiser."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.body = bytearray()

    def write(self, data: bytes) -> int:
        room = self.size - len(self.body)
        self.body += data[:room]
        if len(data) > room:
            raise _FullError
        return len(data)

    def flush(self) -> None:
        """Nothing waits: every write is in the body."""


def _boolean(result: pyoxigraph.QueryBoolean, format: Format) -> bytes:  # noqa: A002 - as in the whole package
    return result.serialize(format=cast(QueryResultsFormat, format.engine)) or b""


def _solutions(
    results: pyoxigraph.QuerySolutions, store: Store, query: Query, limits: Limits
) -> tuple[bytes, int, bool]:
    format = query.format  # noqa: A001 - as in the whole package
    body, is_whole = _written(results, format, limits)
    if format == CSV and is_uneven(body):
        # The engine's writer does not quote an IRI with a comma in it.
        again = cast(pyoxigraph.QuerySolutions, _start(store, query))
        body, is_whole = _quoted(again, limits)
    if is_whole and (rows := row_count(body, format)) <= limits.rows:
        return _well_formed(body, format), rows, False
    starts = row_starts(body, format)
    # The row being written when the output was full is dropped.
    rows = min(len(starts) - (not is_whole), limits.rows)
    if rows <= 0 and not is_whole:
        raise _too_long(limits)
    if rows < len(starts):
        body = cut(body, format, starts[rows])
    return _well_formed(body, format), rows, not is_whole or rows < len(starts)


def _written(
    results: pyoxigraph.QuerySolutions,
    format: Format,  # noqa: A002 - as in the whole package
    limits: Limits,
) -> tuple[bytes, bool]:
    output = _Output(limits.result_bytes)
    try:
        results.serialize(cast(IO[bytes], output), format=cast(QueryResultsFormat, format.engine))
    except _FullError:
        return bytes(output.body), False
    return bytes(output.body), True


def _quoted(results: pyoxigraph.QuerySolutions, limits: Limits) -> tuple[bytes, bool]:
    """The rows as CSV whose every field is quoted where it must be (RFC 4180)."""
    output = _Output(limits.result_bytes)
    writer = csv.writer(codecs.getwriter("utf-8")(cast(IO[bytes], output)), lineterminator="\r\n")
    try:
        writer.writerow(variable.value for variable in results.variables)
        for row in results:
            writer.writerow(map(_field, row))
    except _FullError:
        return bytes(output.body), False
    return bytes(output.body), True


def _field(term: object) -> str:
    if isinstance(term, NamedNode | pyoxigraph.Literal):
        return term.value
    return "" if term is None else str(term)


def _graph(
    results: pyoxigraph.QueryTriples, query: Query, limits: Limits
) -> tuple[bytes, int, bool]:
    output = _Output(limits.result_bytes)
    # CONSTRUCT comes without repetitions; DESCRIBE on a union of graphs does not.
    triples = _distinct(results) if query.form == "DESCRIBE" else results
    taken = _Taken(triples, output, limits.rows)
    try:
        pyoxigraph.serialize(
            taken,
            cast(IO[bytes], output),
            format=cast(RdfFormat, query.format.engine),
            prefixes=dict(PREFIXES) if _is_prefixed(query) else None,
        )
    except _FullError:
        raise _too_long(limits) from None
    except OSError:
        if query.asks_others:
            raise
        raise _unwritable(query.format, "something in it") from None
    return _well_formed(bytes(output.body), query.format), taken.rows, taken.truncated


def _is_prefixed(query: Query) -> bool:
    return query.format.engine in _PREFIXED and not query.is_plain


class _Taken:
    """As many triples as the limits let through, counted while a serialiser takes them."""

    def __init__(
        self, triples: Iterable[pyoxigraph.Triple], output: _Output, most_rows: int
    ) -> None:
        self.rows = 0
        self.truncated = False
        self._triples = triples
        self._output = output
        self._most_rows = most_rows

    def __iter__(self) -> Iterator[pyoxigraph.Triple]:
        margin = min(_MARGIN, self._output.size // 4)
        for triple in self._triples:
            if self.rows == self._most_rows or len(self._output.body) + margin > self._output.size:
                self.truncated = True
                return
            self.rows += 1
            yield triple


def _distinct(triples: Iterable[pyoxigraph.Triple]) -> Iterator[pyoxigraph.Triple]:
    seen: set[pyoxigraph.Triple] = set()
    for triple in triples:
        if triple not in seen:
            seen.add(triple)
            yield triple


def _well_formed(body: bytes, format: Format) -> bytes:  # noqa: A002 - as in the whole package
    """The body, with what the engine's XML writers leave out made good or refused."""
    if format.engine not in _XML:
        return body
    if forbidden := _NOT_XML.search(body.decode()):
        raise _unwritable(format, f"the character U+{ord(forbidden[0]):04X}")
    if _NO_TAG.search(body):
        raise _unwritable(format, "a property whose IRI does not end in a name")
    # An XML parser reads a bare carriage return as a line feed (XML 1.0 §2.11).
    return body.replace(b"\r", b"&#xD;")


def _too_long(limits: Limits) -> QueryTooLargeError:
    return QueryTooLargeError(
        f"a single row of the result is longer than {limits.result_bytes} bytes: "
        "select less of it, for example with SUBSTR"
    )


def _unwritable(format: Format, what: str) -> QueryError:  # noqa: A002 - as in the whole package
    others = ", ".join(
        other.name
        for other in FORMATS
        if other.is_for_graphs == format.is_for_graphs and other.engine not in _XML
    )
    return QueryError(
        f"the result holds {what}, which the format '{format.name}' cannot carry: "
        f"ask for one of {others}"
    )


def _syntax_error(text: str, message: str) -> QuerySyntaxError:
    """An engine's parse error in words, with its place in the text."""
    report = _REPORT.match(message)
    if report is None:
        return QuerySyntaxError("this is not a SPARQL query")
    offset = offset_of(text, int(report[1]), int(report[2]))
    alternatives = list(_ALTERNATIVE.finditer(report[3]))
    if rule := next((found["rule"] for found in alternatives if found["rule"]), None):
        return _error_at(text, offset, rule)
    marks = [found["mark"] for found in alternatives if found["mark"]]
    words = [found["word"] for found in alternatives if found["word"]]
    if words and not marks:
        # The engine reports a missing keyword at the place where the keyword would have ended.
        offset = max(offset - min(map(len, words)), 0)
        return _error_at(text, offset, f"the query goes wrong at {_near(text, offset)} or after it")
    wanted = f"; one of these would: {' '.join(marks)}" if marks else ""
    return _error_at(text, offset, f"{_near(text, offset)} does not fit here{wanted}")


def _near(text: str, offset: int) -> str:
    following = text[offset : offset + 40].split()
    return f"'{following[0]}'" if following else "its end"


def _error_at(text: str, offset: int, what: str) -> QuerySyntaxError:
    return QuerySyntaxError(what, *place_of(text, offset))
