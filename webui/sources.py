"""What stands behind a result of the query page: files with its sentences, or why it is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kg import exhibits
from kg.emptiness import Emptiness, Unknown, emptiness, unknown_terms
from kg.engines.results import Format, Result, parse_boolean
from kg.errors import QueryError
from webui.protocol import EVIDENCE, Asked
from webui.site import site


@dataclass(frozen=True)
class Behind:
    """What the page shows with a result.

    Attributes:
        files: where the files with the evidence are, by the name of their format.
        unknown: terms of the query that the graph does not have.
        emptiness: why there is no row, or None where there are some.
    """

    files: Mapping[str, str]
    unknown: tuple[Unknown, ...]
    emptiness: Emptiness | None


def behind(asked: Asked, query: str, result: Result) -> Behind:
    """What the page shows with a result in its own words."""
    if _is_empty(result):
        found = _emptiness(asked, query, result)
        return Behind({}, found.unknown, found)
    if result.kind != "solutions":
        return Behind({}, _unknown(query), None)
    if site().is_plain:
        return Behind({}, (), None)
    files = {each.name: _address(asked, query, each.name) for each in exhibits.FORMATS}
    return Behind(files, _unknown(query), None)


def attached(asked: Asked, query: str, result: Result, chosen: Format) -> Result:
    """A result in JSON, written in a format with the evidence of its rows.

    Raises:
        QueryError: the format cannot carry evidence.
    """
    body = exhibits.written(
        site().engine,
        query,
        result,
        chosen,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )
    return replace(result, body=body, format=chosen)


def _is_empty(result: Result) -> bool:
    return not parse_boolean(result) if result.kind == "boolean" else result.rows == 0


def _emptiness(asked: Asked, query: str, result: Result) -> Emptiness:
    if result.kind == "graph":
        return Emptiness(_unknown(query), None, None)
    try:
        return emptiness(
            site().engine,
            query,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
    except QueryError:
        return Emptiness((), None, None)


def _unknown(query: str) -> tuple[Unknown, ...]:
    try:
        return unknown_terms(site().engine, query)
    except QueryError:
        return ()


def _address(asked: Asked, query: str, written: str) -> str:
    """The same query with its evidence."""
    parameters = [("query", query), ("format", written)]
    parameters += [("default-graph-uri", graph) for graph in asked.default_graphs]
    parameters += [("named-graph-uri", graph) for graph in asked.named_graphs]
    return "/sparql?" + urlencode([*parameters, (EVIDENCE, "1")])
