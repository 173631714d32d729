"""A query on its way from the guard to an engine."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from kg.engines.guard import Checked, Form, check_graphs
from kg.engines.results import JSON, TURTLE, Format, Kind, formats_for
from kg.engines.source import Source, offset_of
from kg.errors import QueryError, QuerySyntaxError


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
        asks_others: whether it asks other servers.
        prefixes: those of `kg.namespaces` that it uses and does not declare.
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
    asks_others: bool = False
    prefixes: tuple[str, ...] = ()

    def to_message(self) -> dict[str, Any]:
        """The query in types that JSON has."""
        return {**vars(self), "format": self.format.name}

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> "Query":
        """The query that was made into this message."""
        return cls(**{**message, "format": Format.named(message["format"])})


@dataclass(frozen=True)
class Order:
    """What one asks of an engine.

    Attributes:
        sparql: the query as it was sent, or as the guard let it through.
        format: how to write the result; by default JSON, or Turtle for a graph.
        default_graphs: IRIs of the protocol's ``default-graph-uri``; they override FROM.
        named_graphs: IRIs of its ``named-graph-uri``; likewise (SPARQL 1.1 Protocol §2.1.4).
    """

    sparql: str | Checked
    format: Format | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


def prepare(
    checked: Checked, order: Order, graphs: Container[str], *, is_plain: bool = False
) -> Query:
    """A query ready for an engine.

    Args:
        checked: the query of the order, as the guard let it through.
        order: what is asked.
        graphs: IRIs of the store's graphs.
        is_plain: whether the store is somebody else's.

    Raises:
        QueryError: a graph is not in the store, or the format does not fit the query.
    """
    check_graphs((*order.default_graphs, *order.named_graphs), graphs)
    written = order.format or (TURTLE if checked.kind == "graph" else JSON)
    if not written.fits(checked.kind):
        fitting = ", ".join(known.name for known in formats_for(checked.kind))
        raise QueryError(
            f"{checked.form} gives a {_KIND_NAMES[checked.kind]}, which the format "
            f"'{written.name}' cannot carry: ask for one of {fitting}"
        )
    return Query(
        checked.source.text,
        checked.form,
        checked.kind,
        written,
        checked.has_dataset,
        tuple(order.default_graphs),
        tuple(order.named_graphs),
        is_plain,
        checked.base,
        checked.shape,
        bool(checked.services),
        checked.prefixes,
    )


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
