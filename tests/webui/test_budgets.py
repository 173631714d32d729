"""Budgets: what one client may have."""

import pytest

from kg.errors import BudgetError
from webui.budgets import Account, Budget, Budgets
from webui.clients import Client


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(clock: Clock) -> Account:
    budgets = Budgets(Budget(2, 10, 3), spares_loopback=True, clock=clock)
    found = budgets.account(Client("192.0.2.1", is_loopback=False))
    assert found is budgets.account(Client("192.0.2.1", is_loopback=False))
    assert found is not None
    return found


def test_clients_on_this_machine_are_spared_when_told_so() -> None:
    client = Client("127.0.0.1", is_loopback=True)
    assert Budgets(Budget(), spares_loopback=True).account(client) is None
    assert Budgets(Budget(), spares_loopback=False).account(client) is not None


def test_so_many_queries_at_once(account: Account) -> None:
    account.begin()
    account.begin()
    with pytest.raises(BudgetError, match="2 queries") as caught:
        account.begin()
    assert caught.value.retry_after > 0
    account.end()
    account.begin()


def test_query_time_comes_back_when_the_period_is_over(account: Account, clock: Clock) -> None:
    account.charge(9)
    account.begin()
    account.end()
    clock.now += 30
    account.charge(2)
    with pytest.raises(BudgetError, match="query time") as caught:
        account.begin()
    clock.now += caught.value.retry_after - 1
    with pytest.raises(BudgetError):
        account.begin()
    clock.now += 1
    account.begin()


def test_errors_are_counted(account: Account, clock: Clock) -> None:
    for _ in range(3):
        account.admit()
        account.err()
    with pytest.raises(BudgetError, match="3 errors"):
        account.admit()
    clock.now += 66
    account.admit()


def test_who_had_much_is_heavier(account: Account) -> None:
    assert account.weight == 0
    account.charge(5)
    heavy = account.weight
    assert heavy > 0
    account.begin()
    account.begin()
    assert account.weight > heavy


def test_accounts_that_do_nothing_are_forgotten() -> None:
    budgets = Budgets(Budget(), spares_loopback=True)
    first = budgets.account(Client("first", is_loopback=False))
    for number in range(10_001):
        budgets.account(Client(str(number), is_loopback=False))
    assert budgets.account(Client("first", is_loopback=False)) is not first
