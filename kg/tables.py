"""Tables of the graph: the rows of a query whose head describes the columns.

Each table is a SELECT in ``kg/derivations/<name>.rq``. Its head says a title, a summary and, for
each column in order, a description and as needed a datatype (of XML Schema) and a separator of
several values in one cell; and, where rows have one, the columns of their key.
"""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pyoxigraph import QuerySolutions, Store

from kg import heads, paths
from kg.errors import DataError
from kg.namespaces import PREFIXES

LICENSE = "https://creativecommons.org/licenses/by/4.0/"

_FORMULA = re.compile("[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile("-?[0-9]+")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its name, which is the variable of the query and the heading in the file.
        description: What a cell says.
        datatype: The datatype of a value: "string", "integer" or "anyURI".
        separator: What stands between several values of one cell; None where there is at most one.
    """

    name: str
    description: str
    datatype: str = "string"
    separator: str | None = None


@dataclass(frozen=True)
class Table:
    """A table without its rows.

    Attributes:
        name: Its name.
        title: What its rows are.
        summary: What a row is, in a sentence or two.
        columns: The columns in order.
        key: The names of the columns that no two rows share; empty where rows have no key.
        query: The SELECT query that gives the rows in order.
    """

    name: str
    title: str
    summary: str
    columns: Sequence[Column]
    key: Sequence[str]
    query: str


def load(name: str) -> Table:
    """The table of this name.

    Raises:
        DataError: Its file has no proper head.
    """
    path = paths.DERIVATIONS / f"{name}.rq"
    head, query = heads.read(path)
    try:
        columns = [Column(column, **facts) for column, facts in head["columns"].items()]
        return Table(name, head["title"], head["summary"], columns, head.get("key", []), query)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path.name}: the head lacks something or has too much: {error}"
        ) from error


def rows(store: Store, table: Table) -> list[list[str]]:
    """The rows of a table in a store whose named graphs are taken together; "" for no value.

    Raises:
        DataError: The query's variables are not the columns of the head.
    """
    answer = store.query(table.query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    found = cast(QuerySolutions, answer)
    names = [column.name for column in table.columns]
    if (given := [variable.value for variable in found.variables]) != names:
        raise DataError(f"{table.name}.rq: the query gives {given}, the head says {names}")
    return [["" if term is None else cast(str, term.value) for term in row] for row in found]


def write(table: Table, found: Sequence[Sequence[str]], path: Path) -> None:
    """Write rows as CSV (RFC 4180: UTF-8, a header, CRLF at the end of each row).

    Every cell is quoted. Spreadsheets take a cell that begins with ``=``, ``+``, ``-``, ``@``, a
    tab, a carriage return or a full-width form of those signs for a formula even so; such a cell
    gets an apostrophe before it, unless it is an integer (OWASP, "CSV Injection").
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(map(_cell, row) for row in found)


def write_metadata(table: Table, path: Path) -> None:
    """Describe a table's CSV file for programs (Metadata Vocabulary for Tabular Data, W3C 2015)."""
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dc:description": table.summary,
        "dc:license": {"@id": LICENSE},
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {"columns": [_described(column, table.key) for column in table.columns]},
    }
    if table.key:
        described["tableSchema"]["primaryKey"] = list(table.key)
    path.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _described(column: Column, key: Sequence[str]) -> Mapping[str, Any]:
    # A heading must be among the titles (Model for Tabular Data, 8.2), so the name comes first.
    described: dict[str, Any] = {
        "name": column.name,
        "titles": [column.name, column.name.replace("_", " ").capitalize()],
        "dc:description": column.description,
        "datatype": column.datatype,
    }
    if column.separator:
        described["separator"] = column.separator
    if column.name in key:
        described["required"] = True
    return described


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
