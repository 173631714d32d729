"""What was answered before, as much of it as fits."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# What an entry takes beside its bytes.
_OVERHEAD = 1_000
# The share of the room that one entry may have.
_SHARE = 8


class Cache(Generic[Key, Value]):
    """The latest values that fit in a number of bytes; any thread may use it."""

    def __init__(self, size: int) -> None:
        self._room = self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value of a key, if it is still there."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes, the key's included, unless it takes too much room."""
        size += _OVERHEAD
        if size > self._size // _SHARE:
            return
        with self._lock:
            if old := self._entries.pop(key, None):
                self._room += old[1]
            self._entries[key] = (value, size)
            self._room -= size
            while self._room < 0:
                _, (_, freed) = self._entries.popitem(last=False)
                self._room += freed

    def __len__(self) -> int:
        return len(self._entries)
