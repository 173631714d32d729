"""The shapes (SHACL, W3C Recommendation 2017): what every thing in the graph must look like."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyshacl
import rdflib
from pyoxigraph import NamedNode
from rdflib.namespace import RDF, SH

from kg import graph, paths
from kg.checks.findings import Files, Finding, Severity, cropped
from kg.derive import derive
from kg.errors import DataError
from kg.graph import DERIVED, Source
from kg.namespaces import BASE, SHAPE

_IRI = re.compile(re.escape(BASE) + r"[\w/#-]+")
_TYPE = NamedNode(str(RDF.type))
_SEVERITIES: dict[rdflib.term.Node | None, Severity] = {
    SH.Warning: "warning",
    SH.Info: "info",
}


@dataclass(frozen=True)
class Result:
    """One validation result.

    Attributes:
        shape: Local name of the shape that is broken.
        severity: The shape's severity.
        focus: IRI of the node that breaks it; empty for a blank node.
        value: The offending value, or None where there is none with a name.
        message: What is wrong and what to do.
    """

    shape: str
    severity: Severity
    focus: str
    value: rdflib.URIRef | rdflib.Literal | None
    message: str


@lru_cache(maxsize=1)
def load_shapes(folder: Path = paths.SHAPES) -> rdflib.Graph:
    """All shapes as one graph.

    Raises:
        DataError: A file is no Turtle, or the folder has none.
    """
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise DataError(f"no shapes in {folder}: reinstall standpoint")
    return graph.load_graph(Source(path, f"{SHAPE}{path.stem}", None) for path in files)


def validated(sources: Iterable[Source]) -> rdflib.Graph:
    """The graph that the shapes are held against: what the files say, and the derived axes.

    Derived types are left out: a type that follows from a property's domain or range would make a
    wrong value look right. Superclasses need none, as SHACL reads `rdfs:subClassOf` (3.1.1).
    """
    listed = list(sources)
    data, store = _readable(listed), graph.load_store(listed)
    derive(store)
    for quad in store.quads_for_pattern(None, None, None, DERIVED):
        subject, value = quad.subject, quad.object
        if quad.predicate == _TYPE:
            continue
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            terms = (subject.value, quad.predicate.value, value.value)
            first, second, third = map(rdflib.URIRef, terms)
            data.add((first, second, third))
    return data


def _readable(sources: Iterable[Source]) -> rdflib.Graph:
    """The files as one graph, with values that do not fit their datatype made plain strings.

    Comparing such a value would stop the engine; as a string it breaks the shape that it should.
    """
    log = logging.getLogger("rdflib.term")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        data = graph.load_graph(sources)
    finally:
        log.setLevel(level)
    for subject, predicate, value in list(data):
        if isinstance(value, rdflib.Literal) and value.ill_typed:
            data.remove((subject, predicate, value))
            data.add((subject, predicate, rdflib.Literal(str(value))))
    return data


def validate(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
    """Hold a graph against shapes.

    Raises:
        DataError: The shapes themselves are faulty.
    """
    try:
        _, report, text = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", do_owl_imports=False, meta_shacl=False
        )
    except pyshacl.errors.ShapeLoadError as error:
        raise DataError(f"the shapes are faulty: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise DataError(f"the shapes could not be applied: {text}")
    return [_result(report, node) for node in report.subjects(RDF.type, SH.ValidationResult)]


def findings(sources: Iterable[Source], files: Files) -> Iterator[Finding]:
    """What the shapes find, document by document against the shared world."""
    listed = list(sources)
    documents: list[str | None] = [*sorted({s.document for s in listed if s.document})]
    seen: set[Result] = set()
    for document in documents or [None]:
        data = validated(s for s in listed if s.document in (None, document))
        seen.update(validate(data, load_shapes()))
    for result in seen:
        yield _finding(result, files)


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    value, focus = report.value(node, SH.value), report.value(node, SH.focusNode)
    return Result(
        str(report.value(node, SH.sourceShape)).removeprefix(SHAPE),
        _SEVERITIES.get(report.value(node, SH.resultSeverity), "violation"),
        "" if isinstance(focus, rdflib.BNode) else str(focus),
        value if isinstance(value, rdflib.URIRef | rdflib.Literal) else None,
        str(report.value(node, SH.resultMessage)),
    )


def _finding(result: Result, files: Files) -> Finding:
    message = _IRI.sub(lambda found: files.name(found[0], beside=result.focus), result.message)
    if isinstance(result.value, rdflib.Literal):
        message += f" Found: {cropped(repr(str(result.value)))}."
    elif result.value and str(result.value) != result.focus:
        message += f" Found: {files.name(str(result.value), beside=result.focus)}."
    return files.finding(result.severity, result.shape, result.focus, message)
