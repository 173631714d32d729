"""What queries cost before, so that none is begun where it cannot be finished."""

import threading
from collections import OrderedDict

_MOST_SHAPES = 10_000


class Costs:
    """The cost of each shape of query (see `kg.engines.guard.Checked`); any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: OrderedDict[int, float] = OrderedDict()

    def expected(self, shape: int) -> float:
        """The seconds of processor time that the last query of a shape took; 0 for a new shape."""
        return self._seconds.get(shape, 0.0)

    def note(self, shape: int, seconds: float) -> None:
        """Note what a query took; the shapes that were longest without one are forgotten."""
        with self._lock:
            self._seconds[shape] = seconds
            self._seconds.move_to_end(shape)
            if len(self._seconds) > _MOST_SHAPES:
                self._seconds.popitem(last=False)
