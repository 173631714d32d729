"""Other people's RDF as a snapshot of its own: default and named graphs as the files have them.

The files are untrusted: a document type declaration in XML, which can expand without end, is
refused, and nothing is fetched, neither JSON-LD contexts nor imports.
"""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from kg import marker
from kg.errors import DataError

_LARGEST = 2**30
_DECLARATION = "<!"
_DECLARED = ("DOCTYPE", "ENTITY")


@contextmanager
def built(files: Sequence[Path]) -> Iterator[Path]:
    """A folder with the files' snapshot as the current one, for as long as it is used.

    Raises:
        DataError: a file cannot be read as RDF.
    """
    with tempfile.TemporaryDirectory(prefix="standpoint-") as folder:
        home = Path(folder)
        build(files, home)
        yield home


def build(files: Sequence[Path], home: Path) -> Path:
    """Load the files into a new snapshot and make it the current one.

    Blank nodes of two files never meet.

    Args:
        files: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, told by their endings.
        home: an empty folder.

    Returns:
        The snapshot's folder.

    Raises:
        DataError: a file cannot be read as RDF.
    """
    digest = hashlib.sha256()
    new = home / "snapshots" / "new"
    (new / "release").mkdir(parents=True)
    store = Store(str(new / "store"))
    for path in files:
        content = _content(path)
        digest.update(content)
        _load(store, path, content)
    store.flush()
    store.optimize()
    graphs = Counter(
        quad.graph_name.value for quad in store if isinstance(quad.graph_name, NamedNode)
    )
    facts = {
        "version": digest.hexdigest()[:12],
        "triples": len(store),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "graphs": dict(sorted(graphs.items())),
    }
    # The store is closed when nothing refers to it any more.
    del store
    for name in ("LOG", "LOCK"):
        (new / "store" / name).unlink(missing_ok=True)
    marker.seal(new, facts)
    final = new.rename(new.with_name(str(facts["version"])))
    (home / "current").symlink_to(final, target_is_directory=True)
    return final


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise DataError(f"{path}: not an ordinary file: name an RDF file")
        if path.stat().st_size > _LARGEST:
            raise DataError(f"{path}: larger than {_LARGEST:,} bytes: split it")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None


def _load(store: Store, path: Path, content: bytes) -> None:
    form = RdfFormat.from_extension(path.suffix.removeprefix(".").lower())
    if form is None:
        raise DataError(f"{path}: name it .ttl, .trig, .nt, .nq, .rdf or .jsonld for what it is")
    if form == RdfFormat.RDF_XML:
        _refuse_declarations(path, content)
    try:
        store.bulk_load(
            content,
            format=form,
            base_iri=f"file:///{quote(path.name)}",
            to_graph=None if form.supports_datasets else DefaultGraph(),
        )
    except SyntaxError as error:
        raise DataError(f"{path} line {error.lineno} column {error.offset}: {error.msg}") from None
    except (ValueError, OSError, MemoryError) as error:
        raise DataError(f"{path}: cannot be read as RDF: {error}") from None


def _refuse_declarations(path: Path, content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8: convert it") from None
    if any(_DECLARATION + word in text for word in _DECLARED):
        raise DataError(f"{path}: a document type declaration: remove it, and write IRIs in full")
