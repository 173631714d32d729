"""What is served: one store, in the zygote's memory when it is small, else read from disk."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.engines import sandbox
from kg.engines.limits import Limits
from kg.engines.local import open_store
from kg.errors import DamagedStoreError, StoreError

# Measured: with its labels, a triple takes at most this much in memory.
_BYTES_PER_TRIPLE = 510
# A query keeps half of its worker's memory for itself.
_SNAPSHOT_SHARE = 2
# A damaged store can ask for any amount when it is opened; a sound one is far from this.
_OPENING_BYTES = 2**30

_UNREADABLE = "the store cannot be read: build it again with 'kg build'"


@dataclass(frozen=True)
class Snapshot:
    """What there is in a store.

    Attributes:
        triples: how many, over all graphs.
        graphs: the IRIs of the named graphs.
        in_memory: whether workers have it in memory, else read it from disk.
    """

    triples: int
    graphs: frozenset[str]
    in_memory: bool

    @property
    def memory_bytes(self) -> int:
        """What it takes in memory, at most; reading it, a worker comes to own as much again."""
        return self.triples * _BYTES_PER_TRIPLE if self.in_memory else 0

    def to_message(self) -> dict[str, Any]:
        """The snapshot in types that JSON has."""
        return {**asdict(self), "graphs": sorted(self.graphs)}

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> "Snapshot":
        """The snapshot that was made into this message."""
        return cls(message["triples"], frozenset(message["graphs"]), message["in_memory"])


def fits_memory(triples: int, limits: Limits) -> bool:
    """Whether a store of so many triples goes into memory."""
    return triples * _BYTES_PER_TRIPLE <= limits.memory_bytes // _SNAPSHOT_SHARE


def load(path: Path, limits: Limits, *, reads_disk: bool = False) -> tuple[Snapshot, Store | None]:
    """The snapshot of a store's directory, with its data when that goes into memory.

    With `reads_disk` it does not, however small it is.

    Opening a directory starts threads, which a process that is going to fork must not have. So a
    child opens it, and sends what it finds and the quads.

    Raises:
        DamagedStoreError: the store cannot be read, or not to its end.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _send(path, limits, writing, reads_disk=reads_disk)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as quads:
            return _receive(quads)
    finally:
        os.waitpid(child, 0)


def _receive(quads: BinaryIO) -> tuple[Snapshot, Store | None]:
    try:
        snapshot = Snapshot.from_message(json.loads(quads.readline()))
    except (ValueError, KeyError):
        raise DamagedStoreError(_UNREADABLE) from None
    if not snapshot.in_memory:
        return snapshot, None
    store = Store()
    try:
        # Loading a file would give its blank nodes new names, others than in a second process.
        store.bulk_extend(pyoxigraph.parse(quads, format=RdfFormat.N_QUADS, lenient=True))
    except SyntaxError:
        raise DamagedStoreError(_UNREADABLE) from None
    if len(store) != snapshot.triples:
        raise DamagedStoreError(_UNREADABLE)
    return snapshot, store


def _send(path: Path, limits: Limits, writing: int, *, reads_disk: bool) -> NoReturn:
    try:
        with os.fdopen(writing, "wb") as quads:
            sandbox.confine(_OPENING_BYTES, reads_files=True)
            store = open_store(path)
            snapshot = _survey(store, limits, reads_disk=reads_disk)
            quads.write(json.dumps(snapshot.to_message()).encode() + b"\n")
            if snapshot.in_memory:
                store.dump(quads, format=RdfFormat.N_QUADS)
    except (OSError, StoreError):
        os._exit(1)
    finally:
        os._exit(0)


def _survey(store: Store, limits: Limits, *, reads_disk: bool) -> Snapshot:
    triples = len(store)
    graphs = (graph for graph in store.named_graphs() if isinstance(graph, NamedNode))
    return Snapshot(
        triples,
        frozenset(graph.value for graph in graphs),
        not reads_disk and fits_memory(triples, limits),
    )
