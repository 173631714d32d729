"""A query on its way from the guard to an engine."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from kg.engines.guard import Checked, Form, check, check_graphs
from kg.engines.limits import Limits
from kg.engines.results import JSON, TURTLE, Format, Kind, formats_for
from kg.engines.source import Source, offset_of
from kg.errors import QueryError, QuerySyntaxError
from kg.namespaces import PREFIXES


@dataclass(frozen=True)
class Query:
    """A query that the guard let through.

    Attributes:
        text: its text without code point escapes.
        form: its query form.
        kind: what that form gives.
        format: how to write the result; it fits the kind.
        has_dataset: whether the query's own FROM clauses describe its dataset.
        default_graphs: IRIs whose union is the default graph, instead of FROM.
        named_graphs: IRIs that GRAPH sees, instead of FROM NAMED. Without any of these, the
            default graph is the union of all named graphs, and GRAPH sees them all.
        is_plain: whether the store is somebody else's: then its default graph is its own, and only
            declared prefixes are known.
        base: what relative IRIs are resolved against; may be empty.
        shape: as in `kg.engines.guard.Checked`.
    """

    text: str
    form: Form
    kind: Kind
    format: Format
    has_dataset: bool
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    is_plain: bool = False
    base: str = ""
    shape: int = 0

    def to_message(self) -> dict[str, Any]:
        """The query in types that JSON has."""
        return {**vars(self), "format": self.format.name}

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> "Query":
        """The query that was made into this message."""
        return cls(**{**message, "format": Format.named(message["format"])})


def prepare(
    sparql: str | Checked,
    limits: Limits,
    graphs: Container[str],
    format: Format | None = None,  # noqa: A002 - as in the whole package
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    *,
    is_plain: bool = False,
) -> tuple[Source, Query]:
    """A query ready for an engine, and the source its error messages refer to.

    Args:
        sparql: the query as it was sent, or as the guard let it through.
        limits: how long, deep and wide it may be.
        graphs: IRIs of the store's graphs.
        format: how to write the result; by default JSON, or Turtle for a graph.
        default_graphs: IRIs of the protocol's ``default-graph-uri``; they override FROM.
        named_graphs: IRIs of its ``named-graph-uri``; likewise (SPARQL 1.1 Protocol §2.1.4).
        is_plain: whether the store is somebody else's.

    Raises:
        QueryError: the query is refused (see `kg.engines.guard`), or the format does not fit it.
    """
    checked = (
        check(sparql, limits, graphs, {} if is_plain else PREFIXES)
        if isinstance(sparql, str)
        else sparql
    )
    check_graphs((*default_graphs, *named_graphs), graphs)
    if format is None:
        format = TURTLE if checked.kind == "graph" else JSON  # noqa: A001 - as in the whole package
    if not format.fits(checked.kind):
        fitting = ", ".join(known.name for known in formats_for(checked.kind))
        raise QueryError(
            f"{checked.form} gives a {_KIND_NAMES[checked.kind]}, which the format "
            f"'{format.name}' cannot carry: ask for one of {fitting}"
        )
    query = Query(
        checked.source.text,
        checked.form,
        checked.kind,
        format,
        checked.has_dataset,
        tuple(default_graphs),
        tuple(named_graphs),
        is_plain,
        checked.base,
        checked.shape,
    )
    return checked.source, query


_KIND_NAMES: dict[Kind, str] = {
    "solutions": "table of solutions",
    "boolean": "truth value",
    "graph": "graph",
}


def in_sent_text(error: QuerySyntaxError, source: Source) -> QuerySyntaxError:
    """An engine's syntax error with the line and column of the query as it was sent."""
    if error.line is None or error.column is None:
        return error
    return source.syntax_error(offset_of(source.text, error.line, error.column), str(error))
