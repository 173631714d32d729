"""Places that are given to the lightest of those that wait."""

import heapq
import itertools
import threading
from collections.abc import Callable


class Ticket:
    """One that waits for a place."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.is_called = self.is_void = False


class Turns:
    """A number of places; any thread may take one. `kg.engines.waits` waits for them."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, int, Ticket]] = []

    def take(self) -> bool:
        """Take a place, if there is one: whether there was; it must then be released."""
        with self._lock:
            if not self._free:
                return False
            self._free -= 1
            return True

    def ask(self, weight: int, call: Callable[[], object]) -> Ticket | None:
        """Take a place, or wait for one.

        Args:
            weight: the lightest is next; of equals, who came first.
            call: is called, in some thread, as soon as the place is this one's.

        Returns:
            None when there was a place, else a ticket to withdraw when the wait is over.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            ticket = Ticket(call)
            heapq.heappush(self._waiting, (weight, next(self._numbers), ticket))
            return ticket

    def withdraw(self, ticket: Ticket) -> bool:
        """Wait no longer: whether the wait was in vain; if not, there is a place to release."""
        with self._lock:
            ticket.is_void = not ticket.is_called
            return ticket.is_void

    def release(self) -> None:
        """Give a place back: to the next in turn, if any waits."""
        with self._lock:
            while self._waiting:
                _, _, ticket = heapq.heappop(self._waiting)
                if not ticket.is_void:
                    ticket.is_called = True
                    ticket.call()
                    return
            self._free += 1

    def waiting(self) -> int:
        """About how many wait."""
        return len(self._waiting)
