"""Hears at once when a worker has ended, also one that nobody asks anything."""

import os
import select
import socket
import threading
from collections.abc import Callable


class Vigil:
    """A thread that watches the connections of workers, on Linux; elsewhere it does nothing."""

    def __init__(self, ended: Callable[[int], object]) -> None:
        """Begin, with nothing to watch yet.

        Args:
            ended: is called with the number of a connection whose other end is gone; by then it
                may be that of another connection.
        """
        self._ended = ended
        self._poll = select.epoll() if hasattr(select, "epoll") else None
        if self._poll:
            self._stop = os.eventfd(0)
            self._poll.register(self._stop, select.EPOLLIN)
            self._thread = threading.Thread(target=self._run, args=(self._poll,), daemon=True)
            self._thread.start()

    def watch(self, connection: socket.socket) -> None:
        """Watch a connection until it is closed."""
        if self._poll and not self._poll.closed:
            self._poll.register(connection, select.EPOLLRDHUP | select.EPOLLONESHOT)

    def close(self) -> None:
        """End the thread."""
        if self._poll and self._thread.is_alive():
            os.eventfd_write(self._stop, 1)
            self._thread.join()
            os.close(self._stop)
            self._poll.close()

    def _run(self, poll: "select.epoll") -> None:
        while True:
            for number, _ in poll.poll():
                if number == self._stop:
                    return
                self._ended(number)
