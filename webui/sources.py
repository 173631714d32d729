"""What stands behind a result of the query page: its rows' sentences, or why it has no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request

from kg import exhibits
from kg.emptiness import Emptiness, Unknown, emptiness, unknown_terms
from kg.engines.results import Format, Result, parse_boolean, parse_solutions
from kg.errors import QueryError
from kg.provenance import PAGE, Provenance, provenance
from webui.protocol import Asked
from webui.site import site

PARAMETER = "evidence"
"""The parameter of the address that asks for evidence; an extension of the protocol."""


@dataclass(frozen=True)
class Behind:
    """What the page shows with a result.

    Attributes:
        rows: what stands behind each of the first rows; none when it was not asked for.
        page: how many rows it is worked out for at most.
        link: where the page with the evidence is, or None when there is none to have.
        files: where the files with the evidence are, by the name of their format.
        unknown: terms of the query that the graph does not have.
        emptiness: why there is no row, or None where there are some.
    """

    rows: Sequence[Provenance]
    page: int
    link: str | None
    files: Mapping[str, str]
    unknown: Sequence[Unknown]
    emptiness: Emptiness | None


def is_wanted() -> bool:
    """Whether the request asks for evidence."""
    return request.args.get(PARAMETER) == "1"


def behind(asked: Asked, query: str, result: Result) -> Behind:
    """What the page shows with a result in its own words."""
    if _is_empty(result):
        found = _emptiness(asked, query, result)
        return Behind((), PAGE, None, {}, found.unknown, found)
    if result.kind != "solutions":
        return Behind((), PAGE, None, {}, _unknown(query), None)
    if site().is_plain:
        return Behind((), PAGE, None, {}, (), None)
    rows = _rows(asked, query, result) if is_wanted() else ()
    files = {each.name: _address(asked, query, each.name) for each in exhibits.FORMATS}
    return Behind(rows, PAGE, _address(asked, query, "html"), files, _unknown(query), None)


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


def _rows(asked: Asked, query: str, result: Result) -> Sequence[Provenance]:
    return provenance(
        site().engine,
        query,
        parse_solutions(result).rows[:PAGE],
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )


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
    return "/sparql?" + urlencode([*parameters, (PARAMETER, "1")])
