"""An engine in this process: for the command line, the build and tests, not for strangers."""

from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg.engines.askers import Asker
from kg.engines.engine import Engine
from kg.engines.evaluation import evaluate
from kg.engines.guard import Guard
from kg.engines.limits import Limits
from kg.engines.queries import Order, in_sent_text, prepare
from kg.engines.results import Result
from kg.engines.waits import Waits
from kg.errors import DamagedStoreError, MissingStoreError, QuerySyntaxError


class LocalEngine(Engine):
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
        self._guard = Guard(self.limits, self._graphs)

    async def answer(self, order: Order, asker: Asker, waits: Waits) -> Result:
        """As `Engine.answer`; it waits for nobody, and nobody is charged."""
        del asker, waits
        checked = self._guard.checked(order.sparql)
        query = prepare(checked, order, self._graphs)
        try:
            return evaluate(self._store, query, self.limits)
        except QuerySyntaxError as error:
            raise in_sent_text(error, checked.source) from None


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
