"""The graph as files to download, all written by one engine so that they hold one graph.

``standpoint.{ttl,nt,jsonld,rdf}`` hold the union of the named graphs as one graph; ``.nq`` and
``.trig`` keep the named graphs apart. ``claims.csv`` is the table for a spreadsheet; ``nodes.csv``,
``edges.csv`` and ``standpoint.graphml`` are the network; a ``-metadata.json`` describes each table.
``standpoint-protege.zip`` holds the files for an editor. Equal stores give equal bytes.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from pyoxigraph import Quad, RdfFormat, Store, Triple, serialize

from kg import archives, networks, tables
from kg.namespaces import PREFIXES

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


def recipe() -> str:
    """What the release files are made by, besides the graph: the queries of the tables."""
    return "\n".join(tables.load(name).query for name in TABLES)


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
    statements: Iterable[Triple] | Iterable[Quad],
    form: RdfFormat,
    prefixes: Mapping[str, str] = PREFIXES,
) -> bytes:
    """Statements as a file in the order given, with prefixes where the format has them.

    Raises:
        OSError: The format cannot say one of them.
    """
    known = dict(prefixes) if form in _PREFIXED else None
    content = cast(bytes, serialize(statements, format=form, prefixes=known))
    # An XML parser reads a bare carriage return as a line feed (XML 1.0, 2.11).
    return content.replace(b"\r", b"&#13;") if form == RdfFormat.RDF_XML else content


def _write(statements: Iterable[Triple] | Iterable[Quad], form: RdfFormat, path: Path) -> None:
    path.write_bytes(serialized(statements, form))
