"""Places that are given to the lightest of those that wait."""

import heapq
import itertools
import threading


class Turns:
    """A number of places; any thread may take one."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, int, _Ticket]] = []

    def acquire(self, weight: int = 0, timeout: float = 0.0) -> bool:
        """Take a place: at once if there is one, else when it is this one's turn.

        Args:
            weight: the lightest is next; of equals, who came first.
            timeout: how long to wait, in seconds.

        Returns:
            Whether there was a place; it must then be released.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if timeout <= 0:
                return False
            ticket = _Ticket()
            heapq.heappush(self._waiting, (weight, next(self._numbers), ticket))
        if ticket.called.wait(timeout):
            return True
        with self._lock:
            ticket.is_void = not ticket.called.is_set()
            return not ticket.is_void

    def release(self) -> None:
        """Give a place back: to the next in turn, if any waits."""
        with self._lock:
            while self._waiting:
                _, _, ticket = heapq.heappop(self._waiting)
                if not ticket.is_void:
                    ticket.called.set()
                    return
            self._free += 1

    def waiting(self) -> int:
        """About how many wait."""
        return len(self._waiting)


class _Ticket:
    def __init__(self) -> None:
        self.called = threading.Event()
        self.is_void = False
