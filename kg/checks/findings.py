"""What a check found, and where in the files it stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode, Store

from kg.graph import Source, place
from kg.namespaces import shorten

Severity = Literal["violation", "warning", "info"]

_PREFIX = re.compile(r"^@prefix\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth a look.

    Attributes:
        severity: "violation" and "warning" are findings; "info" only tells what was left out.
        check: Name of the shape or the check that found it.
        file: The file it stands in, as messages name files; empty when it is about no file.
        subject: What is wrong, as a prefixed name of that file; empty when it is about no subject.
        message: What is wrong and what to do.
        line: Line of the file where the subject's description begins, from 1; None if unknown.
        iri: The subject's IRI; None when it is about no subject.
    """

    severity: Severity
    check: str
    file: str
    subject: str
    message: str
    line: int | None = None
    iri: str | None = None

    def __str__(self) -> str:
        """The finding on one line: where, how bad, which check, and its message."""
        line = f" line {self.line}" if self.line else ""
        where = " ".join(filter(None, [f"{self.file}{line}".strip(), self.subject]))
        return f"{where}: {self.severity} [{self.check}] {self.message}".removeprefix(": ")


def cropped(text: str) -> str:
    """The text as a message shows it: not more than 80 characters of it."""
    return text if len(text) <= 80 else f"{text[:79]}…"


class Files:
    """The files of a graph, to say where a subject stands.

    Args:
        sources: The files.
        store: The store that holds them, one named graph per file.
    """

    def __init__(self, sources: Iterable[Source], store: Store) -> None:
        self._pages = {source.graph_iri: _Page(source.path) for source in sources}
        self._store = store

    def finding(
        self, severity: Severity, check: str, iri: str, message: str, graph: str | None = None
    ) -> Finding:
        """A finding about the subject with this IRI, in the file of this graph.

        A blank node has an empty IRI and is not named. Without a graph it is the first file, in
        the order of the files, that describes the subject.
        """
        page = self._pages.get(graph or "") or self._home(iri)
        if not iri:
            return Finding(severity, check, place(page.path) if page else "", "", message)
        if page is None:
            return Finding(severity, check, "", shorten(iri), message, None, iri)
        name = page.name(iri)
        return Finding(severity, check, place(page.path), name, message, page.line(name), iri)

    def name(self, iri: str, graph: str | None = None, beside: str | None = None) -> str:
        """The IRI as the file of this graph would write it, or that of its own description.

        Failing both, as the file that describes the thing beside it would.
        """
        page = self._pages.get(graph or "") or self._home(iri) or self._home(beside or "")
        return page.name(iri) if page else shorten(iri)

    def order(self, finding: Finding) -> tuple[int, str, int, str, str]:
        """A key that sorts findings by file, line, subject and check."""
        places = [place(page.path) for page in self._pages.values()]
        at = places.index(finding.file) if finding.file in places else len(places)
        return at, finding.file, finding.line or 0, finding.subject, finding.check

    def _home(self, iri: str) -> "_Page | None":
        try:
            quads = self._store.quads_for_pattern(NamedNode(iri), None, None, None)
            graphs = {quad.graph_name.value for quad in quads if hasattr(quad.graph_name, "value")}
        except ValueError:
            return None
        return next((page for name, page in self._pages.items() if name in graphs), None)


class _Page:
    """The text of one Turtle file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def name(self, iri: str) -> str:
        for prefix, namespace in self._prefixes:
            local = iri.removeprefix(namespace)
            if local != iri and re.fullmatch(r"[\w-]+", local):
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def line(self, name: str) -> int | None:
        return self._lines.get(name)

    @cached_property
    def _prefixes(self) -> list[tuple[str, str]]:
        found = _PREFIX.findall(self._text)
        return sorted(found, key=lambda pair: -len(pair[1]))

    @cached_property
    def _lines(self) -> dict[str, int]:
        starts: dict[str, int] = {}
        for number, line in enumerate(self._text.splitlines(), 1):
            if line and not line[0].isspace():
                starts.setdefault(line.split(maxsplit=1)[0], number)
        return starts

    @cached_property
    def _text(self) -> str:
        return self.path.read_text("utf-8", errors="replace")
