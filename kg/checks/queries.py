"""The checks that are queries: what must be so in, or between, the files of the graph.

Each ``kg/checks/*.rq`` is a SPARQL 1.1 SELECT over one named graph per file. It gives ``?file`` and
``?subject`` for each fault; its other variables fill the slots of the message in its head.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml
from pyoxigraph import BlankNode, NamedNode, QuerySolutions, Store

from kg import paths
from kg.checks.findings import Files, Finding, Severity, cropped
from kg.errors import DataError
from kg.namespaces import PREFIXES, shorten


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: The file's name without its ending.
        title: What ought to be so.
        severity: "violation" or "warning".
        message: What is wrong and what to do, with variables in braces.
        sparql: The query, as it stands in the file.
    """

    name: str
    title: str
    severity: Severity
    message: str
    sparql: str


def load_checks(folder: Path = paths.CHECKS) -> list[Check]:
    """The checks, by name.

    Raises:
        DataError: A file's head is faulty, or there is no file.
    """
    found = [_read(path) for path in sorted(folder.glob("*.rq"))]
    if not found:
        raise DataError(f"no checks in {folder}: reinstall standpoint")
    return found


def findings(store: Store, files: Files) -> Iterator[Finding]:
    """What the queries find in a store that holds the files and nothing derived."""
    for check in load_checks():
        yield from run(check, store, files)


def run(check: Check, store: Store, files: Files) -> Iterator[Finding]:
    """What one query finds."""
    found = store.query(check.sparql, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    solutions = cast(QuerySolutions, found)
    others = [variable.value for variable in solutions.variables]
    for row in solutions:
        graph, subject = row["file"].value, row["subject"]
        message = check.message
        for name in others:
            message = message.replace(f"{{{name}}}", _word(row[name], files, graph))
        iri = "" if isinstance(subject, BlankNode) else subject.value
        yield files.finding(check.severity, check.name, iri, message, graph)


def _word(term: object, files: Files, graph: str) -> str:
    if isinstance(term, NamedNode):
        short = shorten(term.value)
        return files.name(term.value, graph) if short.startswith("<") else short
    return cropped(str(getattr(term, "value", term)))


def _read(path: Path) -> Check:
    text = path.read_text("utf-8")
    lines = [line[2:] for line in text.splitlines() if line.startswith("#+")]
    try:
        head = yaml.safe_load("\n".join(lines))
        return Check(path.stem, head["title"], head["severity"], head["message"], text)
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise DataError(f"{path.name}: the head needs a title, a severity and a message") from error
