"""What every engine offers: the serialised result of any query, rows, and yes or no."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from kg.engines import askers, waits
from kg.engines.askers import Asker
from kg.engines.guard import Checked
from kg.engines.limits import Limits
from kg.engines.queries import Order
from kg.engines.results import JSON, Format, Result, Solutions, parse_boolean, parse_solutions
from kg.engines.waits import Waits
from kg.errors import QueryTooLargeError


class Engine(ABC):
    """Answers the queries of one store.

    Attributes:
        limits: what one query may cost.
        services: IRIs of the other servers that a query may ask.
    """

    limits: Limits
    services: frozenset[str] = frozenset()

    @abstractmethod
    async def answer(self, order: Order, asker: Asker, waits: Waits) -> Result:
        """As `query`, for one who asks and waits in a way of its own."""

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
            QuerySyntaxError, RefusedQueryError: the query is wrong or asks what is never done.
            QueryTooLargeError: it, or the memory it needs, is over a limit.
            QueryCancelledError: whoever asked has gone.
            QueryError: there is another reason why it has no result in this format.
        """
        chosen = waits.current()
        chosen.go_on()
        return waits.run(
            self.answer(
                Order(sparql, format, default_graphs, named_graphs), askers.current(), chosen
            )
        )

    def select(self, sparql: str) -> Solutions:
        """The rows of a SELECT query.

        Raises:
            QueryTooLargeError: a limit would cut the rows.
            QueryError: as in `query`, or it is no SELECT.
        """
        return parse_solutions(_whole(self.query(sparql, JSON)))

    def ask(self, sparql: str) -> bool:
        """The answer of an ASK query.

        Raises:
            QueryError: as in `query`, or it is no ASK.
        """
        return parse_boolean(self.query(sparql, JSON))


def _whole(result: Result) -> Result:
    if result.truncated:
        raise QueryTooLargeError(
            f"the result has more than {result.rows} rows or is too long: add a LIMIT"
        )
    return result
