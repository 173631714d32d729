"""The graph as files to download, all written by one engine so that they hold one graph.

``standpoint.{ttl,nt,jsonld,rdf}`` hold the union of the named graphs as one graph; ``.nq`` and
``.trig`` keep the named graphs apart. ``claims.csv`` is the table for a spreadsheet. Equal stores
give equal bytes.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from pyoxigraph import Quad, QuerySolutions, RdfFormat, Store, Triple, serialize

from kg import paths
from kg.namespaces import PREFIXES

STEM = "standpoint"
TABLE = "claims.csv"

GRAPH_FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
DATASET_FORMATS = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG}

_PREFIXED = {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML}
_FORMULA = re.compile("[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile("-?[0-9]+")


def table_query() -> str:
    """The SPARQL query whose rows and variables are those of `TABLE`."""
    return (paths.DERIVATIONS / "claims.rq").read_text("utf-8")


def write(store: Store, folder: Path) -> None:
    """Write every release file of a store into a folder.

    Args:
        store: Its default graph is empty, and no triple is in two of its named graphs.
        folder: Where they go; it is there, and empty.
    """
    quads = in_order(store)
    triples = sorted({quad.triple for quad in quads}, key=key)
    for ending, rdf_format in GRAPH_FORMATS.items():
        _write(triples, rdf_format, folder / f"{STEM}.{ending}")
    for ending, rdf_format in DATASET_FORMATS.items():
        _write(quads, rdf_format, folder / f"{STEM}.{ending}")
    write_table(store, folder / TABLE)


def write_table(store: Store, path: Path) -> None:
    """Write the claims as CSV (RFC 4180: UTF-8, a header, CRLF at the end of each row).

    Every cell is quoted. Spreadsheets take a cell that begins with ``=``, ``+``, ``-``, ``@``, a
    tab, a carriage return or a full-width form of those signs for a formula even so; such a cell
    gets an apostrophe before it, unless it is an integer (OWASP, "CSV Injection").
    """
    rows = cast(
        QuerySolutions,
        store.query(table_query(), prefixes=dict(PREFIXES), use_default_graph_as_union=True),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([variable.value for variable in rows.variables])
        for row in rows:
            writer.writerow(["" if term is None else _cell(term.value) for term in row])


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


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
