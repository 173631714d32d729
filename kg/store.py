"""One immutable snapshot of the graph, built beside the one in use and then switched to.

Under `kg.paths.home` there are ``snapshots/<version>/`` (the Oxigraph store, the release files and
a marker), ``current``, a symbolic link to one of them, and ``lock``. What is linked to is never
written again, so a build that is killed at any moment leaves the old one in use, and the next build
removes its leftovers.
"""

import fcntl
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pyoxigraph
from pyoxigraph import RdfFormat, Store, serialize

from kg import __version__, archives, derive, graph, marker, paths, release
from kg.errors import (
    DamagedStoreError,
    DataError,
    FindingsError,
    MissingStoreError,
    StoreError,
)


@dataclass(frozen=True)
class Snapshot:
    """A finished build.

    Attributes:
        path: Its folder.
        version: Twelve hexadecimal digits that stand for its content; see `build`.
        triples: How many triples its graphs hold together.
        created: When it was built, in UTC.
        graphs: The number of triples of each named graph, by IRI.
    """

    path: Path
    version: str
    triples: int
    created: datetime
    graphs: Mapping[str, int]

    @property
    def store_path(self) -> Path:
        """The folder of the Oxigraph store, to be opened read-only."""
        return self.path / "store"

    @property
    def release_path(self) -> Path:
        """The folder of the files to download."""
        return self.path / "release"

    @property
    def derived(self) -> int:
        """How many of the triples are derived."""
        return self.graphs.get(graph.DERIVED.value, 0)


def build(
    check: Callable[[], Sequence[object]] | None = None,
    *,
    ontology: Path | None = None,
    data: Path | None = None,
    home: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Snapshot:
    """Build a snapshot from the files and switch to it.

    The version stands for the triples, the files, the tool and the tables' queries: the same input
    gives the same version, and a sound snapshot of that version is used again. The snapshot that
    was in use before is kept; older ones are deleted,
    except those that a process holds.

    Args:
        check: Gives what is wrong with the files, one finding each; nothing is built if any is.
        ontology: The folder of the ontology; the project's own when left out.
        data: The folder of the data; likewise.
        home: Where snapshots are kept; `kg.paths.home` when left out.
        progress: Is told each step as it begins.

    Raises:
        DataError: A file is not RDF, or a triple is in two graphs.
        FindingsError: The check found something.
        StoreError: Another build is running, or the store could not be written.
    """
    home = home or paths.home()
    try:
        with _alone(home):
            progress("removing leftovers")
            _remove_leftovers(home)
            progress("reading the files")
            store = graph.load_store(graph.sources(ontology, data))
            archive = archives.contents(ontology, data)
            if check:
                progress("checking")
                _refuse_findings(check())
            progress("deriving")
            derive.derive(store)
            _refuse_twice(store)
            progress("numbering the version")
            version = _version(store, archive)
            snapshot = _sound(home, version) or _write(store, archive, version, home, progress)
            _switch(home, snapshot, progress)
            return snapshot
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"the store could not be written: {reason}") from error


def current(home: Path | None = None) -> Snapshot:
    """The snapshot in use, after all its files were compared with its marker.

    The store is opened only when every byte of it is as it was built, so damage is found in little
    memory; then its triples are counted.

    Raises:
        MissingStoreError: Nothing has been built.
        DamagedStoreError: The snapshot is not as it was built.
    """
    link = (home or paths.home()) / "current"
    if not link.is_symlink():
        raise MissingStoreError("no store has been built: run 'kg build'")
    return _verified(link.resolve())


class Held:
    """A snapshot that no build deletes while this is open.

    Attributes:
        snapshot: what is held.
    """

    def __init__(self, path: Path) -> None:
        self._marker = (path / marker.NAME).open("rb")
        try:
            fcntl.flock(self._marker, fcntl.LOCK_SH)
            self.snapshot = _sealed(path)
        except BaseException:
            self._marker.close()
            raise

    def release(self) -> None:
        """Let it go: a build may delete it."""
        self._marker.close()


def hold(home: Path | None = None) -> Held:
    """The snapshot in use, held, after all its files were compared with its marker.

    Its store is not opened: that is for a process whose memory is limited.

    Raises:
        MissingStoreError: Nothing has been built.
        DamagedStoreError: The snapshot is not as it was built.
    """
    link = (home or paths.home()) / "current"
    if not link.is_symlink():
        raise MissingStoreError("no store has been built: run 'kg build'")
    try:
        return Held(link.resolve())
    except OSError:
        raise DamagedStoreError("the store cannot be read: run 'kg build'") from None


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    (home / "snapshots").mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("another build is running: wait until it has ended") from None
        yield


def _remove_leftovers(home: Path) -> None:
    (home / ".current").unlink(missing_ok=True)
    for path in (home / "snapshots").glob(".*-*"):
        shutil.rmtree(path)


def _refuse_findings(findings: Sequence[object]) -> None:
    if findings:
        raise FindingsError(findings)


def _refuse_twice(store: Store) -> None:
    twice = [triple for triple, n in Counter(quad.triple for quad in store).items() if n > 1]
    if twice:
        first = min(twice, key=str)
        pattern = (first.subject, first.predicate, first.object, None)
        names = sorted(str(quad.graph_name) for quad in store.quads_for_pattern(*pattern))
        raise DataError(
            f"{len(twice)} triples are in two graphs, such as {first}, which is in "
            f"{' and '.join(names)}: delete all but one"
        )


def _version(store: Store, archive: Mapping[str, bytes]) -> str:
    lines = cast(bytes, serialize(store, format=RdfFormat.N_QUADS)).splitlines(keepends=True)
    tool = f"standpoint {__version__} pyoxigraph {pyoxigraph.__version__} {release.recipe()}"
    digest = hashlib.sha256(tool.encode())
    for name, content in archive.items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    for line in sorted(lines):
        digest.update(line)
    return digest.hexdigest()[:12]


def _sound(home: Path, version: str) -> Snapshot | None:
    """The finished snapshot of a version, if there is one; a damaged one is moved away."""
    path = home / "snapshots" / version
    if not path.exists():
        return None
    try:
        return _verified(path)
    except DamagedStoreError:
        path.rename(path.with_name(f".damaged-{version}"))
        return None


def _write(
    store: Store,
    archive: Mapping[str, bytes],
    version: str,
    home: Path,
    progress: Callable[[str], None],
) -> Snapshot:
    final = home / "snapshots" / version
    new = final.with_name(f".new-{version}")
    (new / "release").mkdir(parents=True)
    progress("writing the store")
    _write_store(store, new / "store")
    progress("writing the release files")
    release.write(store, archive, new / "release")
    progress("sealing")
    graphs = Counter(quad.graph_name.value for quad in store)
    marker.seal(
        new,
        {
            "version": version,
            "triples": len(store),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "graphs": dict(sorted(graphs.items())),
        },
    )
    progress("naming the snapshot")
    new.rename(final)
    marker.sync(final.parent)
    progress("verifying")
    return _verified(final)


def _write_store(store: Store, path: Path) -> None:
    on_disk = Store(str(path))
    on_disk.bulk_extend(release.in_order(store))
    on_disk.flush()
    on_disk.optimize()
    # The store is closed when nothing refers to it any more.
    del on_disk
    # The engine's own log names this machine; the lock is for writers, of which there are none.
    for name in ("LOG", "LOCK"):
        (path / name).unlink(missing_ok=True)


def _verified(path: Path) -> Snapshot:
    try:
        snapshot = _sealed(path)
        count = len(Store.read_only(str(snapshot.store_path)))
    except OSError:
        raise DamagedStoreError("the store cannot be read: run 'kg build'") from None
    if count != snapshot.triples:
        raise DamagedStoreError(
            f"the store holds {count:,} triples instead of {snapshot.triples:,}: run 'kg build'"
        )
    return snapshot


def _sealed(path: Path) -> Snapshot:
    facts: Mapping[str, Any] = marker.verify(path)
    return Snapshot(
        path=path,
        version=facts["version"],
        triples=facts["triples"],
        created=datetime.fromisoformat(facts["created"]),
        graphs=facts["graphs"],
    )


def _switch(home: Path, snapshot: Snapshot, progress: Callable[[str], None]) -> None:
    """Point ``current`` at a snapshot, and delete all but it, the one before and those held."""
    link = home / "current"
    before = link.resolve() if link.is_symlink() else None
    if before == snapshot.path.resolve():
        return
    progress("switching")
    new = home / ".current"
    new.symlink_to(Path("snapshots") / snapshot.version, target_is_directory=True)
    new.replace(link)
    marker.sync(home)
    progress("deleting old snapshots")
    for path in sorted((home / "snapshots").glob("[!.]*/")):
        if path.resolve() not in (before, snapshot.path.resolve()):
            _delete(path)


def _delete(path: Path) -> None:
    """Delete a snapshot, unless a process holds it."""
    with suppress(FileNotFoundError), (path / marker.NAME).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
    gone = path.with_name(f".old-{path.name}")
    path.rename(gone)
    shutil.rmtree(gone)
