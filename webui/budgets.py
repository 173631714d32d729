"""What one client may have of the service, so that there is something left for the others."""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from kg.engines.askers import Asker
from kg.errors import BudgetError
from webui.clients import Client

ACCOUNT = "standpoint.account"
"""Where the WSGI environment holds the `Account` of a request's client, or None."""

_BUCKET_SECONDS = 5
_MOST_ACCOUNTS = 10_000
_SOON = 2
# A query of this length makes its client heavier; any number of shorter ones does not.
_HEAVY_SECONDS = 0.04


@dataclass(frozen=True)
class Budget:
    """The budget of one client address.

    Attributes:
        at_once: queries that run at once.
        seconds: query time, in seconds, in any period.
        errors: requests to the endpoint that end in an error, in any period.
        period: the length of a period in seconds.
    """

    at_once: int = 3
    seconds: float = 60.0
    errors: int = 30
    period: int = 60

    @property
    def words(self) -> str:
        """The budget in a sentence."""
        return (
            f"One address may have {self.at_once} queries at once and, in any {self.period} "
            f"seconds, {self.seconds:g} seconds of query time and {self.errors} errors; then it is "
            "told when to try again (429)."
        )


class Budgets:
    """The accounts of all clients; any thread may use them."""

    def __init__(
        self,
        budget: Budget,
        *,
        spares_loopback: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the books.

        Args:
            budget: what each client has.
            spares_loopback: whether clients on this machine have no budget; behind a proxy on this
                machine that would be everybody.
            clock: gives the time in seconds.
        """
        self.budget = budget
        self.refused = 0
        self._spares_loopback = spares_loopback
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def account(self, client: Client) -> "Account | None":
        """A client's account; None for a client without a budget."""
        if client.is_loopback and self._spares_loopback:
            return None
        with self._lock:
            account = self._accounts.get(client.name)
            if account is None:
                account = self._accounts[client.name] = Account(self, self._clock)
                self._forget()
            self._accounts.move_to_end(client.name)
            return account

    def refuse(self) -> None:
        """Count a refusal."""
        with self._lock:
            self.refused += 1

    def _forget(self) -> None:
        for name in list(self._accounts)[: max(0, len(self._accounts) - _MOST_ACCOUNTS)]:
            if self._accounts[name].is_idle():
                del self._accounts[name]


class Account(Asker):
    """What one client has had in the last period."""

    def __init__(self, budgets: Budgets, clock: Callable[[], float]) -> None:
        self._budgets = budgets
        self._lock = threading.Lock()
        self._open = 0
        self._seconds = _Window(budgets.budget.period, clock)
        self._heavy = _Window(budgets.budget.period, clock)
        self._errors = _Window(budgets.budget.period, clock)

    @property
    def weight(self) -> int:
        """How much it has had of late."""
        with self._lock:
            return int(self._heavy.total()) + max(0, self._open - 1)

    def admit(self) -> None:
        """Let a request in.

        Raises:
            BudgetError: too many of the client's ended in an error.
        """
        budget = self._budgets.budget
        try:
            with self._lock:
                _refuse(self._errors, budget.errors, f"{budget.errors} errors", budget)
        except BudgetError:
            self._budgets.refuse()
            raise

    def begin(self) -> None:
        """Open a query.

        Raises:
            BudgetError: the budget of queries at once or of query time is used up.
        """
        budget = self._budgets.budget
        time_ = f"{budget.seconds:g} s of query time"
        try:
            with self._lock:
                _refuse(self._seconds, budget.seconds, time_, budget)
                if self._open >= budget.at_once:
                    raise BudgetError(
                        f"{budget.at_once} queries of yours are running: wait for one to end", _SOON
                    )
                self._open += 1
        except BudgetError:
            self._budgets.refuse()
            raise

    def charge(self, seconds: float) -> None:
        """Note query time."""
        with self._lock:
            self._seconds.add(seconds)
            if seconds >= _HEAVY_SECONDS:
                self._heavy.add(1)

    def end(self) -> None:
        """Close a query."""
        with self._lock:
            self._open -= 1

    def err(self) -> None:
        """Note a request that ended in an error."""
        with self._lock:
            self._errors.add(1)

    def is_idle(self) -> bool:
        """Whether no query is open."""
        return self._open == 0


def _refuse(window: "_Window", most: float, what: str, budget: Budget) -> None:
    if window.total() >= most:
        wait = window.below(most)
        raise BudgetError(
            f"your address has used its budget of {what} in {budget.period} seconds: "
            f"try again in {wait} seconds",
            wait,
        )


class _Window:
    """The sum of what was added in the last period, kept in a few buckets."""

    def __init__(self, period: int, clock: Callable[[], float]) -> None:
        self._period = period
        self._clock = clock
        self._buckets: deque[tuple[int, float]] = deque()

    def add(self, amount: float) -> None:
        bucket = int(self._clock() // _BUCKET_SECONDS)
        if self._buckets and self._buckets[-1][0] == bucket:
            amount += self._buckets.pop()[1]
        self._buckets.append((bucket, amount))

    def total(self) -> float:
        while self._buckets and self._leaves(self._buckets[0][0]) <= self._clock():
            self._buckets.popleft()
        return sum(amount for _, amount in self._buckets)

    def below(self, most: float) -> int:
        """Whole seconds until the total is less than so much."""
        total = self.total()
        for bucket, amount in self._buckets:
            total -= amount
            if total < most:
                return max(1, math.ceil(self._leaves(bucket) - self._clock()))
        return self._period

    def _leaves(self, bucket: int) -> float:
        return (bucket + 1) * _BUCKET_SECONDS + self._period
