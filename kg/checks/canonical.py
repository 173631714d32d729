"""The form: whether each Turtle file of the project is written as `kg fmt` writes it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kg import graph, turtle
from kg.checks.findings import Finding
from kg.errors import DataError

CHECK = "canonical-form"


def findings(files: Iterable[Path]) -> Iterator[Finding]:
    """Which files `kg fmt` would rewrite; one that is no Turtle is for another check to name."""
    for path in files:
        try:
            differs = turtle.reformat_file(path, check=True)
        except DataError:
            continue
        if differs:
            message = (
                "The file is not in canonical form, as after saving in an editor: run 'kg fmt'."
            )
            yield Finding("warning", CHECK, graph.place(path), "", message)
