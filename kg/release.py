"""The graph as files to download, all written by one engine so that they hold one graph.

``standpoint.{ttl,nt,jsonld,rdf}`` hold the union of the named graphs as one graph; ``.nq`` and
``.trig`` keep the named graphs apart. ``claims.csv`` is the table for a spreadsheet; ``nodes.csv``,
``edges.csv`` and ``standpoint.graphml`` are the network; a ``-metadata.json`` describes each table.
``standpoint-protege.zip`` holds the files for an editor. Equal stores give equal bytes.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, serialize

from kg import archives, networks, tables
from kg.namespaces import ID, PREFIXES, document_prefix

STEM = "standpoint"
TABLE = "claims.csv"
TABLES = ("claims", "nodes", "edges")
ARCHIVE = f"{STEM}-protege.zip"

GRAPH_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
DATASET_FORMATS = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG}

_PREFIXED = {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML}

# Raised when the same graph comes to be written in another form.
_EDITION = "2"
# Strings and full IRIs are passed over, so that only names are found.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|<[^>]*>|(?P<prefix>[\w-]*):(?P<escaped>[^\s\\"<>]*\\[^\s"<>]*)'
)
_ESCAPE = re.compile(r"\\(.)")


def recipe() -> str:
    """What decides the release beside the graph: its form, and the queries of the tables."""
    return "\n".join((_EDITION, *(tables.load(name).query for name in TABLES)))


def write(store: Store, archive: Mapping[str, bytes], folder: Path) -> None:
    """Write every release file of a store into a folder.

    Args:
        store: Its default graph is empty, and no triple is in two of its named graphs.
        archive: The files that the store was made from, as in `kg.archives.contents`.
        folder: Where they go; it is there, and empty.
    """
    quads = in_order(store)
    triples = sorted({quad.triple for quad in quads}, key=key)
    for ending, rdf_format in GRAPH_FORMATS.items():
        _write(triples, rdf_format, folder / f"{STEM}.{ending}")
    for ending, rdf_format in DATASET_FORMATS.items():
        _write(quads, rdf_format, folder / f"{STEM}.{ending}")
    write_tables(store, folder)
    archives.write(archive, folder / ARCHIVE)


def write_tables(store: Store, folder: Path) -> None:
    """Write each table with its description, and the network of nodes and edges."""
    loaded = {name: tables.load(name) for name in TABLES}
    rows = {name: tables.rows(store, table) for name, table in loaded.items()}
    for name, table in loaded.items():
        tables.write(table, rows[name], folder / f"{name}.csv")
        tables.write_metadata(table, folder / f"{name}.csv-metadata.json")
    nodes, edges = loaded["nodes"], loaded["edges"]
    networks.write(nodes, rows["nodes"], edges, rows["edges"], folder / f"{STEM}.graphml")


def in_order(store: Store) -> list[Quad]:
    """The quads by graph, subject, predicate and object, each in code point order."""
    return sorted(store, key=lambda quad: (str(quad.graph_name), *key(quad)))


def key(statement: Triple | Quad) -> tuple[str, str, str]:
    """What puts statements in code point order, whatever graph they are in."""
    return str(statement.subject), str(statement.predicate), str(statement.object)


def serialized(
    statements: Sequence[Triple] | Sequence[Quad],
    form: RdfFormat,
    prefixes: Mapping[str, str] = PREFIXES,
) -> bytes:
    """Statements as a file in the order given, with prefixes where the format has them.

    The things of a document get a prefix of their own, such as ``id-000:``. No name is written
    with a backslash (Turtle 1.1, PLX), since not every reader removes it.

    Raises:
        OSError: The format cannot say one of them.
    """
    if form not in _PREFIXED:
        return cast(bytes, serialize(statements, format=form))
    known = {**prefixes, **_document_prefixes(statements)}
    content = cast(bytes, serialize(statements, format=form, prefixes=known))
    if form == RdfFormat.RDF_XML:
        # An XML parser reads a bare carriage return as a line feed (XML 1.0, 2.11).
        return content.replace(b"\r", b"&#13;")
    return _TOKEN.sub(lambda token: _unescaped(token, known), content.decode()).encode()


def _document_prefixes(statements: Sequence[Triple] | Sequence[Quad]) -> dict[str, str]:
    """A prefix for the things of each document that the statements are about."""
    subjects = {each.subject.value for each in statements if isinstance(each.subject, NamedNode)}
    own = {iri.removeprefix(ID) for iri in subjects if iri.startswith(ID)}
    documents = {name.partition("/")[0] for name in own if "/" in name}
    return {f"id-{document}": document_prefix(document) for document in sorted(documents)}


def _unescaped(token: re.Match[str], prefixes: Mapping[str, str]) -> str:
    prefix, escaped = token.group("prefix", "escaped")
    if escaped is None:
        return token.group()
    local = _ESCAPE.sub(r"\1", escaped)
    return f"<{prefixes[prefix]}{local}>"


def _write(statements: Sequence[Triple] | Sequence[Quad], form: RdfFormat, path: Path) -> None:
    path.write_bytes(serialized(statements, form))
