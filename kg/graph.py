"""The Turtle files of the graph, read as untrusted text and kept apart by file.

Every file is one `owl:Ontology`, and that ontology's IRI names the graph its triples are kept in
(RDF 1.1 Concepts, section 4: RDF datasets). Nothing is fetched and no `owl:imports` is followed:
the files beside each other are the import closure.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pyoxigraph
import rdflib
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
)

from kg import blank_nodes, paths
from kg.errors import DataError
from kg.namespaces import DATA, PREFIXES

Term = TypeVar("Term")

DERIVED = NamedNode(DATA + "derived")
"""The graph of the triples that the build adds; no file may take its IRI."""

LARGEST = 64 * 2**20
"""Bytes that one file may have."""

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ONTOLOGY = NamedNode(PREFIXES["owl"] + "Ontology")
_XSD_STRING = PREFIXES["xsd"] + "string"
# The parser's stack overflows on triple terms nested some ten thousand deep.
_MOST_TRIPLE_TERMS = 100
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Source:
    """One file of the graph.

    Attributes:
        path: The Turtle file.
        graph_iri: The IRI of its ontology, which is the name of its graph in a store.
        document: The document it belongs to, such as "000"; None for a shared file.
    """

    path: Path
    graph_iri: str
    document: str | None


def sources(ontology: Path | None = None, data: Path | None = None) -> list[Source]:
    """The files that exist: the ontology, the shared data, then each document's, by name.

    Args:
        ontology: The folder of the ontology; the project's own when left out.
        data: The folder of the data, with one folder in it per document; likewise.

    Raises:
        DataError: A file cannot be read, has not exactly one named ontology, or shares its IRI.
    """
    ontology, data = ontology or paths.ONTOLOGY, data or paths.DATA
    found = [
        *((path, None) for path in sorted(ontology.glob("*.ttl")) if path.stem != "alignments"),
        *((path, None) for path in sorted(data.glob("*.ttl")) if path.stem != "all"),
        *((path, path.parent.name) for path in sorted(data.glob("*/*.ttl"))),
    ]
    listed: dict[str, Source] = {}
    for path, document in found:
        source = Source(path, ontology_iri(path), document)
        if other := listed.get(source.graph_iri):
            raise DataError(
                f"{place(path)}: the ontology <{source.graph_iri}> is also that of "
                f"{place(other.path)}: give each file an IRI of its own"
            )
        listed[source.graph_iri] = source
    return list(listed.values())


def load_store(sources: Iterable[Source]) -> Store:
    """An Oxigraph store in memory with one named graph per file.

    Blank nodes get labels that depend on the content of their file alone.

    Raises:
        DataError: A file cannot be read as RDF 1.1 Turtle.
    """
    store = Store()
    for source in sources:
        graph = NamedNode(source.graph_iri)
        store.extend(Quad(t.subject, t.predicate, t.object, graph) for t in _named(source))
    return store


def load_graph(sources: Iterable[Source]) -> rdflib.Graph:
    """All files as one rdflib graph, for tools that do not read a store.

    Literals keep their lexical form, and strings have no datatype written out.

    Raises:
        DataError: A file cannot be read as RDF 1.1 Turtle.
    """
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for source in sources:
        for triple in _named(source):
            graph.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
    return graph


def read(path: Path) -> list[Triple]:
    """The triples of one Turtle file; see `parse`.

    Raises:
        DataError: The file cannot be opened, or see `parse`.
    """
    try:
        if not path.is_file():
            raise DataError(f"{place(path)}: not an ordinary file: remove or replace it")
        with path.open("rb") as file:
            return parse(file.read(LARGEST + 1), place(path))
    except OSError as error:
        raise DataError(f"{place(path)}: cannot be read: {error.strerror}") from None


def parse(content: bytes, name: str) -> list[Triple]:
    """The triples of a Turtle file, in its order (RDF 1.1 Turtle, W3C Recommendation 2014).

    Blank nodes without a label in the file get random ones.

    Args:
        content: The bytes of the file, UTF-8 without a byte order mark.
        name: What a message calls the file.

    Raises:
        DataError: The file is too large, is no Turtle, uses RDF 1.2, or has a character that XML
            1.0 cannot hold. Line and column, from 1 and in code points, are named where known.
    """
    _refuse_early(content, name)
    try:
        triples = [quad.triple for quad in pyoxigraph.parse(content, format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        reason = _printable(error.msg.partition(": ")[2] or error.msg)
        raise DataError(f"{name} line {error.lineno} column {error.offset}: {reason}") from None
    except MemoryError:
        raise DataError(f"{name}: one term is too long: shorten it") from None
    for triple in triples:
        _refuse_unportable(triple, name)
    return triples


def place(path: Path) -> str:
    """How messages name a file: from the project's folder where it is inside, else in full."""
    root = paths.PACKAGE.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _refuse_early(content: bytes, name: str) -> None:
    if len(content) > LARGEST:
        raise DataError(f"{name}: larger than {LARGEST:,} bytes: split it")
    if content.startswith(b"\xef\xbb\xbf"):
        raise DataError(f"{name} line 1 column 1: a byte order mark: run 'kg fmt' to remove it")
    if content.count(b"<<(") > _MOST_TRIPLE_TERMS:
        raise DataError(f"{name}: triple terms are RDF 1.2: write RDF 1.1 Turtle")


def _refuse_unportable(triple: Triple, name: str) -> None:
    value = triple.object
    if isinstance(value, Triple) or (isinstance(value, Literal) and value.direction):
        fault = "is RDF 1.2, which OWL tools cannot read: write RDF 1.1 Turtle"
    elif isinstance(value, Literal) and (bad := _NOT_XML.search(value.value)):
        fault = f"holds the character U+{ord(bad[0]):04X}, which XML forbids: remove it"
    else:
        return
    raise DataError(f"{name}: the {triple.predicate} of {triple.subject} {fault}")


def ontology_iri(path: Path) -> str:
    """The IRI of the one ontology of a file, which names the file's graph.

    Raises:
        DataError: The file cannot be read, or has not exactly one named ontology.
    """
    found = {t.subject for t in read(path) if (t.predicate, t.object) == (_TYPE, _ONTOLOGY)}
    if len(found) != 1 or not isinstance(iri := found.pop(), NamedNode):
        raise DataError(
            f"{place(path)}: a file has exactly one ontology with an IRI, and this one has not: "
            "let it say '<IRI> a owl:Ontology' once"
        )
    if iri == DERIVED:
        raise DataError(f"{place(path)}: {iri} is kept for derived triples: choose another IRI")
    return iri.value


def _named(source: Source) -> list[Triple]:
    """The triples of a file, with blank nodes that no other file's can be taken for."""
    triples = read(source.path)
    try:
        names = blank_nodes.names(triples)
    except DataError as error:
        raise DataError(f"{place(source.path)}: {error}") from None
    own = "g" + hashlib.sha256(source.graph_iri.encode()).hexdigest()[:8]

    def portable(term: Term) -> Term | BlankNode:
        return BlankNode(f"{own}-{names[term]}") if isinstance(term, BlankNode) else term

    return [Triple(portable(t.subject), t.predicate, portable(t.object)) for t in triples]


def _rdflib(term: object) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    literal = cast(Literal, term)
    if literal.language or literal.datatype.value == _XSD_STRING:
        return rdflib.Literal(literal.value, lang=literal.language)
    datatype = rdflib.URIRef(literal.datatype.value)
    return rdflib.Literal(literal.value, datatype=datatype, normalize=False)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)
