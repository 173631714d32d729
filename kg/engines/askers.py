"""Who asks: what a pool must know of a client to be fair to the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Asker(Protocol):
    """A client of a pool, which may have a budget."""

    @property
    def weight(self) -> int:
        """How much it has had of late; of those that wait for a worker the lightest is next."""

    def begin(self) -> None:
        """Open a query.

        Raises:
            BudgetError: the client has had its share; `end` is then not called.
        """

    def charge(self, seconds: float) -> None:
        """Note time that a worker spent on its query."""

    def end(self) -> None:
        """Close a query."""


class _Anybody:
    """A client without a budget."""

    weight = 0

    def begin(self) -> None:
        """Nothing is counted."""

    def charge(self, seconds: float) -> None:
        """Nothing is counted."""

    def end(self) -> None:
        """Nothing is counted."""


ANYBODY = _Anybody()
"""One of whom nothing is counted."""

_current: ContextVar[Asker | None] = ContextVar("asker", default=None)


@contextmanager
def on_behalf_of(asker: Asker) -> Iterator[None]:
    """Within this, the thread's queries are the asker's."""
    token = _current.set(asker)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Asker:
    """Whose queries this thread runs."""
    return _current.get() or ANYBODY
