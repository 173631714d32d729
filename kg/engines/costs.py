"""What queries cost before, so that none is begun where it cannot be finished."""

import threading
from collections import OrderedDict

_MOST_SHAPES = 10_000
# So many queries in a row must have been long before another of their shape is thought to be.
_MOST_COSTS = 3


class Costs:
    """The cost of each shape of query (see `kg.engines.guard.Checked`); any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: OrderedDict[int, tuple[float, ...]] = OrderedDict()

    def expected(self, shape: int) -> float:
        """The least processor time that one of the last queries of a shape took; 0 for a new shape.

        Queries of one shape can differ a thousandfold, with the thing that they ask about. A light
        one must not be kept back because others were long, by chance or by somebody's intent; a
        long one, when it is thought to be light, only loses its first slice.

        Returns:
            Seconds.
        """
        return min(self._seconds.get(shape, _NEW))

    def note(self, shape: int, seconds: float) -> None:
        """Note what a query took; the shapes that were longest without one are forgotten."""
        with self._lock:
            before = self._seconds.get(shape, ())
            self._seconds[shape] = (*before, seconds)[-_MOST_COSTS:]
            self._seconds.move_to_end(shape)
            if len(self._seconds) > _MOST_SHAPES:
                self._seconds.popitem(last=False)


_NEW = (0.0,)
