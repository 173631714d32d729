"""An engine in this process: for the command line, the build and tests, not for strangers."""

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg.engines.evaluation import evaluate
from kg.engines.guard import Checked
from kg.engines.limits import Limits
from kg.engines.queries import in_sent_text, prepare
from kg.engines.results import JSON, Format, Result, Solutions, parse_boolean, parse_solutions
from kg.errors import DamagedStoreError, MissingStoreError, QuerySyntaxError, QueryTooLargeError


class LocalEngine:
    """Runs queries in the calling thread; the limits on time and memory do not hold here."""

    def __init__(self, store: Store | str | Path, limits: Limits | None = None) -> None:
        """Take a store, or open a store's directory for reading.

        Raises:
            MissingStoreError: there is no such directory.
            DamagedStoreError: it is not a readable store.
        """
        self.limits = limits or Limits()
        self._store = store if isinstance(store, Store) else open_store(store)
        self._graphs = _Graphs(self._store)

    def query(
        self,
        sparql: str | Checked,
        format: Format | None = None,  # noqa: A002 - the word of the SPARQL 1.1 Protocol
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Result:
        """The serialised result of a query.

        Args:
            sparql: a SPARQL 1.1 query, or one that the guard let through; the prefixes of
                `kg.namespaces` need no declaration.
            format: by default JSON, or Turtle for a graph.
            default_graphs: IRIs of graphs whose union is the default graph, instead of FROM.
            named_graphs: IRIs of the graphs that GRAPH sees, instead of FROM NAMED.

        Raises:
            QueryError: the query is refused, wrong, or over a limit.
        """
        source, query = prepare(
            sparql, self.limits, self._graphs, format, default_graphs, named_graphs
        )
        try:
            return evaluate(self._store, query, self.limits)
        except QuerySyntaxError as error:
            raise in_sent_text(error, source) from None

    def select(self, sparql: str) -> Solutions:
        """The rows of a SELECT query.

        Raises:
            QueryTooLargeError: a limit would cut the rows.
            QueryError: as in `query`, or it is no SELECT.
        """
        return parse_solutions(whole(self.query(sparql, JSON)))

    def ask(self, sparql: str) -> bool:
        """The answer of an ASK query.

        Raises:
            QueryError: as in `query`, or it is no ASK.
        """
        return parse_boolean(self.query(sparql, JSON))


class _Graphs:
    """The IRIs of a store's graphs, looked up one by one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __contains__(self, iri: object) -> bool:
        try:
            return self._store.contains_named_graph(NamedNode(str(iri)))
        except ValueError:
            return False


def open_store(path: str | Path) -> Store:
    """A store's directory, opened for reading.

    Raises:
        MissingStoreError: there is no such directory.
        DamagedStoreError: it is not a readable store.
    """
    if not Path(path).is_dir():
        raise MissingStoreError("there is no store yet: run 'kg build'")
    try:
        return Store.read_only(str(path))
    except OSError:
        raise DamagedStoreError(
            "the store cannot be read: build it again with 'kg build'"
        ) from None


def whole(result: Result) -> Result:
    """The result, when nothing was cut off.

    Raises:
        QueryTooLargeError: a limit cut it.
    """
    if result.truncated:
        raise QueryTooLargeError(
            f"the result has more than {result.rows} rows or is too long: add a LIMIT"
        )
    return result
