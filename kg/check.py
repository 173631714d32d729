"""The sum of all checks: what is wrong in the files of the graph, where, and what to do.

In order: the files are Turtle, in the canonical form; the queries ``kg/checks/*.rq`` over what the
files say; the names in questions, rules and shapes; the quotes, character by character; the labels
of claims; the shapes over the materialised graph of each document; and the reasoner over all.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg import graph, paths, say, turtle
from kg.checks import canonical, consistency, names, queries, quotes, shapes
from kg.checks.findings import Files, Finding, Severity
from kg.errors import DataError

__all__ = ["Finding", "Severity", "check"]


def check(
    data: Path | None = None,
    ontology: Path | None = None,
    seeds: Path | None = None,
    *,
    owl: bool = True,
    progress: Callable[[str], object] = bool,
) -> list[Finding]:
    """Everything that is wrong, by file and line.

    Args:
        data: The folder of the data; the project's own when left out.
        ontology: The folder of the ontology; likewise.
        seeds: The folder of the texts; likewise.
        owl: Whether to run the reasoner, which takes most of the time.
        progress: Called with a word for each step before it begins.

    Returns:
        The findings. When a file cannot be read, those about reading alone.

    Raises:
        DataError: A folder is missing, or a shape or a check is faulty.
    """
    ontology, data = ontology or paths.ONTOLOGY, data or paths.DATA
    for folder in (ontology, data):
        if not folder.is_dir():
            raise DataError(f"there is no folder {folder}: nothing can be checked")
    progress("files")
    if unreadable := list(_unreadable([ontology, data])):
        return unreadable
    try:
        sources = graph.sources(ontology, data)
        store = graph.load_store(sources)
    except DataError as error:
        return [Finding("violation", "files", "", "", str(error))]
    files = Files(sources, store)
    steps: dict[str, Callable[[], Iterator[Finding]]] = {
        "form": lambda: canonical.findings(turtle.hand_written(ontology, data)),
        "queries": lambda: queries.findings(store, files),
        "names": lambda: names.findings(store, names.query_files()),
        "quotes": lambda: quotes.findings(store, files, seeds or paths.SEEDS),
        "labels": lambda: say.stale(store, files),
        "shapes": lambda: shapes.findings(sources, files),
    }
    found: list[Finding] = []
    # The reasoner is a process of its own that takes most of the time, so it runs beside the rest.
    with ThreadPoolExecutor(max_workers=1) as beside:
        reasoned = beside.submit(lambda: list(consistency.findings(store)) if owl else [])
        for step, run in steps.items():
            progress(step)
            found += run()
        if owl:
            progress("reasoner")
        found += reasoned.result()
    return sorted(dict.fromkeys(found), key=files.order)


def _unreadable(folders: Iterable[Path]) -> Iterator[Finding]:
    for path in (path for folder in folders for path in sorted(folder.rglob("*.ttl"))):
        try:
            graph.read(path)
        except DataError as error:
            yield Finding("violation", "files", graph.place(path), "", str(error))
