"""The graph as a network of nodes and edges, in GraphML.

GraphML is the format that Gephi, yEd, Cytoscape and NetworkX share (U. Brandes, M. Eiglsperger and
others, "GraphML Progress Report", Graph Drawing 2001). Each column of the tables of nodes and edges
is an attribute; an empty cell is left out.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from kg import files
from kg.tables import Table

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {"integer": "int"}
# A parser turns a bare carriage return into a line feed (XML 1.0, 2.11).
_KEPT = {"\r": "&#13;"}

Rows = Sequence[Sequence[str]]


def write(nodes: Table, node_rows: Rows, edges: Table, edge_rows: Rows, path: Path) -> None:
    """Write a directed network in which edges may be parallel.

    Args:
        nodes: Its columns; the first is the node's id.
        node_rows: One row for each node.
        edges: Its columns; the first two are the ids of the nodes that an edge leaves and reaches.
        edge_rows: One row for each edge.
        path: The file to write.
    """
    files.replace(path, _pieces(nodes, node_rows, edges, edge_rows))


def _pieces(nodes: Table, node_rows: Rows, edges: Table, edge_rows: Rows) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{_NAMESPACE}">\n'
    yield from _keys("node", nodes, 1)
    yield from _keys("edge", edges, 2)
    yield '<graph edgedefault="directed">\n'
    for row in node_rows:
        yield f"<node id={quoteattr(row[0])}>{_data('node', nodes, row, 1)}</node>\n"
    for number, row in enumerate(edge_rows, 1):
        ends = f"source={quoteattr(row[0])} target={quoteattr(row[1])}"
        yield f'<edge id="e{number}" {ends}>{_data("edge", edges, row, 2)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _keys(kind: str, table: Table, skipped: int) -> Iterator[str]:
    for column in table.columns[skipped:]:
        datatype = _TYPES.get(column.datatype, "string")
        name = f'attr.name="{column.name}" attr.type="{datatype}"'
        described = f"<desc>{escape(column.description)}</desc>"
        yield f'<key id="{kind}-{column.name}" for="{kind}" {name}>{described}</key>\n'


def _data(kind: str, table: Table, row: Sequence[str], skipped: int) -> str:
    cells = zip(table.columns[skipped:], row[skipped:], strict=True)
    return "".join(
        f'<data key="{kind}-{column.name}">{escape(cell, _KEPT)}</data>'
        for column, cell in cells
        if cell
    )
