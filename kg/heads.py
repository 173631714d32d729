"""The words at the top of a query file: the lines that begin with ``#+``, as YAML 1.1."""

from pathlib import Path
from typing import Any

import yaml

from kg.errors import DataError


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The head of a query file as a mapping, and the whole text of the file.

    Raises:
        DataError: The file has no head, or it is no YAML mapping.
    """
    text = path.read_text("utf-8")
    lines = [line.removeprefix("#+") for line in text.splitlines() if line.startswith("#+")]
    try:
        head = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        raise DataError(
            f"{path.name}: the head is no YAML, put quotes round it: {error}"
        ) from error
    if not isinstance(head, dict):
        raise DataError(f"{path.name}: there is no head: begin the file with '#+ title: …'")
    return head, text
