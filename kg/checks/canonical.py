"""The form: whether each Turtle file of the project is written as `kg fmt` writes it."""

from collections.abc import Iterator

from kg import graph, turtle
from kg.checks.findings import Finding
from kg.errors import DataError

CHECK = "canonical-form"


def findings() -> Iterator[Finding]:
    """The files that `kg fmt` would rewrite; one that is no Turtle is for another check to name."""
    for path in turtle.hand_written():
        try:
            differs = turtle.reformat_file(path, check=True)
        except DataError:
            continue
        if differs:
            message = (
                "The file is not in canonical form, as after saving in an editor: run 'kg fmt'."
            )
            yield Finding("warning", CHECK, graph.place(path), "", message)
