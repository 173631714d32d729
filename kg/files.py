"""How a file is replaced: whole or not at all, and only when its bytes change."""

import filecmp
import os
from collections.abc import Iterable
from pathlib import Path


def replace(path: Path, pieces: Iterable[str]) -> bool:
    """Make a file hold these pieces as UTF-8; say whether that changed it.

    The folder is created when it is missing. A reader sees the old bytes or the new, never a half.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        if path.is_file() and filecmp.cmp(new, path, shallow=False):
            return False
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return True


def holds(path: Path, pieces: Iterable[str]) -> bool:
    """Whether a file's bytes are these pieces as UTF-8."""
    with path.open("rb") as file:
        same = all(file.read(len(data)) == data for data in (p.encode() for p in pieces))
        return same and not file.read(1)
