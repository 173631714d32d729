"""What a query gives: its formats, its serialised result, and the parsed rows of a SELECT."""

from dataclasses import dataclass
from itertools import islice
from typing import Literal as OneOf

import pyoxigraph
from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import QueryError

Kind = OneOf["solutions", "boolean", "graph"]
Term = pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode


@dataclass(frozen=True)
class Format:
    """A way to write a result.

    Attributes:
        name: the short name used in addresses and on the command line, such as ``json``.
        media_type: the value of Content-Type, with the charset where its registration has one.
        extension: the file name extension, without a dot.
        engine: the format in pyoxigraph, which decides what the format can carry.
        aliases: further media types that mean this format in an Accept header.
    """

    name: str
    media_type: str
    extension: str
    engine: QueryResultsFormat | RdfFormat
    aliases: tuple[str, ...] = ()

    @property
    def is_for_graphs(self) -> bool:
        """Whether it writes the graph of a CONSTRUCT or DESCRIBE, else solutions and booleans."""
        return isinstance(self.engine, RdfFormat)

    def fits(self, kind: Kind) -> bool:
        """Whether it can carry a result of this kind."""
        return self.is_for_graphs == (kind == "graph")

    @staticmethod
    def named(name: str) -> "Format":
        """The format with this short name.

        Raises:
            QueryError: there is none.
        """
        if found := _BY_NAME.get(name.lower()):
            return found
        raise QueryError(f"no format is called '{name}': choose one of {', '.join(_BY_NAME)}")

    @staticmethod
    def of_media_type(media_type: str) -> "Format":
        """The format with this media type; parameters and case do not matter.

        Raises:
            QueryError: there is none.
        """
        if found := _BY_MEDIA_TYPE.get(_essence(media_type)):
            return found
        choices = ", ".join(_essence(known.media_type) for known in FORMATS)
        raise QueryError(f"no format has the media type '{media_type}': choose one of {choices}")


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


JSON = Format(
    "json",
    "application/sparql-results+json",
    "json",
    QueryResultsFormat.JSON,
    ("application/json",),
)
XML = Format(
    "xml",
    "application/sparql-results+xml",
    "xml",
    QueryResultsFormat.XML,
    ("application/xml", "text/xml"),
)
CSV = Format("csv", "text/csv; charset=utf-8", "csv", QueryResultsFormat.CSV)
TSV = Format("tsv", "text/tab-separated-values; charset=utf-8", "tsv", QueryResultsFormat.TSV)
TURTLE = Format(
    "ttl", "text/turtle; charset=utf-8", "ttl", RdfFormat.TURTLE, ("application/x-turtle",)
)
FORMATS: tuple[Format, ...] = (
    JSON,
    XML,
    CSV,
    TSV,
    TURTLE,
    Format("nt", "application/n-triples", "nt", RdfFormat.N_TRIPLES),
    Format("nq", "application/n-quads", "nq", RdfFormat.N_QUADS),
    Format("trig", "application/trig", "trig", RdfFormat.TRIG),
    Format("jsonld", "application/ld+json", "jsonld", RdfFormat.JSON_LD),
    Format("rdf", "application/rdf+xml", "rdf", RdfFormat.RDF_XML),
)
"""Every format, in the order of preference when a client takes any."""

_BY_NAME = {known.name: known for known in FORMATS}
_BY_MEDIA_TYPE = {
    media_type: known
    for known in FORMATS
    for media_type in (_essence(known.media_type), *known.aliases)
}


def formats_for(kind: Kind) -> tuple[Format, ...]:
    """The formats that can carry a result of this kind, the default one first."""
    return tuple(known for known in FORMATS if known.fits(kind))


@dataclass(frozen=True)
class Result:
    """The serialised result of one query.

    Attributes:
        kind: what the query form gives.
        body: the result in `format`, in UTF-8, well-formed even when truncated.
        format: how the body is written.
        rows: solutions or triples in the body; None for a boolean.
        truncated: whether a limit on rows or bytes cut the result.
        seconds: time the engine took, serialising included.
    """

    kind: Kind
    body: bytes
    format: Format
    rows: int | None
    truncated: bool
    seconds: float


@dataclass(frozen=True)
class Solutions:
    """The parsed rows of a SELECT.

    Attributes:
        variables: names without the question mark, in the order of the SELECT clause.
        rows: one dictionary a row; an unbound variable is absent.
    """

    variables: tuple[str, ...]
    rows: list[dict[str, Term]]


def parse_solutions(result: Result, most: int | None = None) -> Solutions:
    """The rows of a SELECT result.

    Args:
        result: the result.
        most: how many rows are read at most; all when left out.

    Raises:
        QueryError: the result is none of a SELECT, is CSV (which loses the kinds of terms), or
            holds a triple term.
    """
    parsed = _parse(result)
    if not isinstance(parsed, pyoxigraph.QuerySolutions):
        raise QueryError("the query gives true or false, not rows: ask with SELECT")
    variables = tuple(variable.value for variable in parsed.variables)
    return Solutions(variables, [_row(variables, solution) for solution in islice(parsed, most)])


def parse_boolean(result: Result) -> bool:
    """The answer of an ASK result.

    Raises:
        QueryError: the result is none of an ASK.
    """
    parsed = _parse(result)
    if not isinstance(parsed, pyoxigraph.QueryBoolean):
        raise QueryError("the query gives rows, not true or false: ask with ASK")
    return bool(parsed)


def _parse(result: Result) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean:
    engine = result.format.engine
    if not isinstance(engine, QueryResultsFormat) or engine == QueryResultsFormat.CSV:
        raise QueryError(f"the format '{result.format.name}' cannot be read back: ask for json")
    return pyoxigraph.parse_query_results(result.body, format=engine)


def _row(variables: tuple[str, ...], solution: pyoxigraph.QuerySolution) -> dict[str, Term]:
    row: dict[str, Term] = {}
    for variable, term in zip(variables, solution, strict=True):
        if isinstance(term, pyoxigraph.Triple):
            raise QueryError(f"?{variable} holds a triple term: select its parts instead")
        if term is not None:
            row[variable] = term
    return row
