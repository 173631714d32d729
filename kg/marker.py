"""The seal of a finished folder: every file's size and SHA-256, and what the folder is.

It is written last, so a folder without one is unfinished; and because it lists every file, a folder
that differs from it in one byte, or has a file more or less, is damaged.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.errors import DamagedStoreError

NAME = "marker.json"

_LARGEST = 16 * 2**20


def seal(folder: Path, facts: Mapping[str, object]) -> None:
    """Write the marker of a folder, and push the folder to the disk.

    Args:
        folder: What is finished; nothing in it may change after this.
        facts: What the marker says besides, as JSON values.
    """
    files = {}
    for path in _files(folder):
        _sync(path)
        files[path.relative_to(folder).as_posix()] = _entry(path)
    body = {**facts, "files": files}
    marker = folder / NAME
    marker.write_text(json.dumps({**body, "seal": _digest(body)}, indent=1), encoding="utf-8")
    _sync(marker)
    for inner in [path for path in folder.rglob("*") if path.is_dir()]:
        _sync(inner)
    _sync(folder)


def verify(folder: Path) -> Mapping[str, object]:
    """The facts of a sealed folder, after every byte of it was compared with its marker.

    Files are read in pieces, so memory stays small whatever is in them.

    Raises:
        DamagedStoreError: There is no marker, or the folder differs from it.
    """
    body = _body(folder / NAME)
    files = body.pop("files")
    if not isinstance(files, dict):
        raise DamagedStoreError(f"{NAME} lists no files: {_ADVICE}")
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    there.pop(NAME, None)
    if odd := sorted(there.keys() ^ files.keys()):
        state = "is missing" if odd[0] in files else "does not belong there"
        raise DamagedStoreError(f"{odd[0]} {state}: {_ADVICE}")
    for name, path in there.items():
        size = files[name]["size"]
        if not path.is_file() or path.stat().st_size != size:
            raise DamagedStoreError(
                f"{name} has not the {size:,} bytes it was built with: {_ADVICE}"
            )
        if _entry(path) != files[name]:
            raise DamagedStoreError(f"{name} is not what was built: {_ADVICE}")
    return body


def sync(folder: Path) -> None:
    """Push the names in a folder to the disk, so that a rename survives a loss of power."""
    _sync(folder)


_ADVICE = "run 'kg build'"


def _body(marker: Path) -> dict[str, object]:
    try:
        with marker.open("rb") as file:
            body = json.loads(file.read(_LARGEST))
        sealed = body.pop("seal") == _digest(body)
    except FileNotFoundError:
        raise DamagedStoreError(f"{NAME} is missing, so it is unfinished: {_ADVICE}") from None
    except (OSError, ValueError, RecursionError, AttributeError, LookupError, TypeError):
        sealed = False
    if not sealed:
        raise DamagedStoreError(f"{NAME} is not what was built: {_ADVICE}")
    return dict(body)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink())


def _entry(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"sha256": digest, "size": file.tell()}


def _digest(body: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
