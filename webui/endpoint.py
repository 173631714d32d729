"""The SPARQL 1.1 Protocol endpoint, for machines and for people.

Queries only: whatever would write or fetch is refused. Without a query a machine gets the Service
Description, a person the form.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import pyoxigraph
from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, NotAcceptable

from kg import exhibits
from kg.engines.guard import check
from kg.engines.results import (
    FORMATS,
    JSON,
    Format,
    Result,
    formats_for,
    parse_boolean,
    parse_solutions,
)
from kg.errors import QuerySyntaxError, StandpointError
from kg.namespaces import PREFIXES
from webui import protocol, sources
from webui.description import describe
from webui.failures import Failure, failure_of, message
from webui.negotiation import PAGE, Written, essence, named, negotiate
from webui.protocol import Asked
from webui.site import site
from webui.terms import RdfTerm, ShownTerm, show_all

blueprint = Blueprint("endpoint", __name__)

N_TRIPLES = Format.named("nt")
SHOWN_ROWS = 500
"""How many rows the page shows; files hold them all."""

TRUNCATED = "Standpoint-Truncated"
"""The header that says how much of a cut result there is."""

# What makes two runs of one query differ (SPARQL 1.1, 17.4), so that no ETag can stand for both.
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """A line of a query, cut where the fault begins; elsewhere, ``after`` is None."""

    number: int
    before: str
    after: str | None


@dataclass(frozen=True)
class Table:
    """A result as a page shows it.

    Attributes:
        variables: the headings.
        rows: a term, or None, for each heading.
        count: how many rows the result has.
        boolean: the answer of an ASK, else None.
        truncated: whether a limit cut the result.
        seconds: how long the engine took.
    """

    variables: Sequence[str]
    rows: Sequence[Sequence[ShownTerm | None]]
    count: int
    boolean: bool | None
    truncated: bool
    seconds: float


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query, show the form, or describe the service."""
    wants_page = _wants_page(request.args.get("format"))
    try:
        asked = protocol.read(request)
    except StandpointError as error:
        if not wants_page:
            raise
        return _form(None, error)
    wants_page = _wants_page(asked.format)
    if asked.query is None or (wants_page and not asked.query.strip()):
        return _form(None, None) if wants_page else _description(asked)
    try:
        return _answer(asked, asked.query)
    except StandpointError as error:
        if not wants_page:
            raise
        return _form(asked, error)


def _wants_page(written: str | None, formats: Sequence[Format] = FORMATS) -> bool:
    if written:
        return named(written, (PAGE,)) is not None
    offered: tuple[Format | Written, ...] = (*formats, PAGE)
    return negotiate(request.headers.get("Accept"), offered) == PAGE


def _description(asked: Asked) -> Response:
    here = site()
    chosen = _choose(asked, formats_for("graph"))
    body = describe(
        here.base_url + "/sparql",
        here.snapshot,
        here.engine.limits,
        chosen,
        here.budget,
        is_plain=here.is_plain,
    )
    response = Response(body, content_type=chosen.media_type)
    response.vary.add("Accept")
    response.set_etag(_tag("", chosen, asked), weak=True)
    response.make_conditional(request)
    return response


def _choose(asked: Asked, offered: Sequence[Format]) -> Format:
    """The machine format that a request asks for.

    Raises:
        NotAcceptable: it asks for none of those offered.
    """
    if asked.format:
        chosen = named(asked.format, offered)
    else:
        chosen = negotiate(request.headers.get("Accept"), offered)
    if chosen is None:
        known = ", ".join(f"{each.name} ({essence(each.media_type)})" for each in offered)
        raise NotAcceptable(f"The result is offered as {known}.")
    return chosen


def _answer(asked: Asked, query: str) -> Response:
    here = site()
    checked = check(
        query,
        here.engine.limits,
        here.snapshot.graphs,
        {} if here.is_plain else PREFIXES,
    )
    kind = checked.kind
    offered = formats_for(kind)
    is_page = _wants_page(asked.format, offered)
    chosen = (N_TRIPLES if kind == "graph" else JSON) if is_page else _choose(asked, offered)
    has_evidence = sources.is_wanted() and kind == "solutions"
    tag = _tag(query, PAGE if is_page else chosen, asked)
    if tag and request.if_none_match.contains_weak(tag) and not request.if_none_match.star_tag:
        return _not_modified(tag)
    result = here.engine.query(
        checked,
        JSON if has_evidence else chosen,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )
    if has_evidence and not is_page:
        result = sources.attached(asked, query, result, chosen)
    response = _results(asked, query, result) if is_page else _file(result)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _not_modified(tag: str) -> Response:
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    response.vary.add("Accept")
    response.set_etag(tag, weak=True)
    return response


def _tag(query: str, written: Format | Written, asked: Asked) -> str:
    """What stands for the result of a query on this snapshot; empty where nothing can."""
    if _CHANGING.search(query):
        return ""
    parts = (
        site().snapshot.version,
        written.name,
        sources.PARAMETER if sources.is_wanted() else "",
        *asked.default_graphs,
        "",
        *asked.named_graphs,
        "",
        query,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _file(result: Result) -> Response:
    body = result.body
    response = Response(body, content_type=result.format.media_type)
    if result.truncated:
        response.headers[TRUNCATED] = f"rows={result.rows}"
        if result.format == JSON:
            response.set_data(body.replace(b'{"head":{', b'{"head":{"truncated":true,', 1))
    return response


def _results(asked: Asked, query: str, result: Result) -> Response:
    return _page(asked, table=_table(result), behind=sources.behind(asked, query, result))


def _table(result: Result) -> Table:
    if result.kind == "boolean":
        return Table((), (), 0, parse_boolean(result), result.truncated, result.seconds)
    if result.kind == "graph":
        variables: Sequence[str] = ("subject", "property", "value")
        rows = list(_triples(result))
    else:
        solutions = parse_solutions(result)
        variables = solutions.variables
        rows = [[row.get(name) for name in variables] for row in solutions.rows[:SHOWN_ROWS]]
    shown = show_all(site().engine, (term for row in rows for term in row if term is not None))
    return Table(
        variables,
        [[shown[str(term)] if term is not None else None for term in row] for row in rows],
        result.rows or 0,
        None,
        result.truncated,
        result.seconds,
    )


def _triples(result: Result) -> Iterator[list[RdfTerm | None]]:
    parsed = pyoxigraph.parse(result.body, format=pyoxigraph.RdfFormat.N_TRIPLES)
    for _, quad in zip(range(SHOWN_ROWS), parsed, strict=False):
        yield [_plain(quad.subject), quad.predicate, _plain(quad.object)]


def _plain(term: object) -> RdfTerm:
    """A term of RDF 1.1 as it is; a triple term, which RDF 1.2 adds, as a text."""
    if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode):
        return term
    return pyoxigraph.Literal(str(term))


def _form(asked: Asked | None, error: StandpointError | HTTPException | None) -> Response:
    if error is None:
        return _page(asked)
    failure = failure_of(error)
    response = _page(asked, failure=failure, told=message(error), faults=_faults(asked, error))
    response.status_code = failure.status
    return response


def _faults(asked: Asked | None, error: Exception) -> list[Fault]:
    """The lines around a syntax error, the faulty one cut at its column."""
    if not isinstance(error, QuerySyntaxError) or error.line is None or asked is None:
        return []
    lines = (asked.query or "").split("\n")
    faults = []
    for number in range(max(1, error.line - 2), min(len(lines), error.line + 2) + 1):
        line = lines[number - 1].rstrip("\r")
        if number == error.line:
            column = min((error.column or 1) - 1, len(line))
            faults.append(Fault(number, line[:column], line[column:] or " "))
        else:
            faults.append(Fault(number, line, None))
    return faults


def _page(
    asked: Asked | None,
    *,
    table: Table | None = None,
    behind: sources.Behind | None = None,
    failure: Failure | None = None,
    told: str = "",
    faults: Sequence[Fault] = (),
) -> Response:
    here = site()
    response = make_response(
        render_template(
            "sparql.html",
            asked=asked,
            table=table,
            behind=behind,
            failure=failure,
            told=told,
            faults=faults,
            formats=[each for each in FORMATS if each.name not in ("nq", "trig")],
            limits=here.engine.limits,
            budget=here.budget,
            is_plain=here.is_plain,
            graphs=here.snapshot.graphs,
            questions=here.questions,
            sentences=here.sentences,
            shown_rows=SHOWN_ROWS,
            exhibited_rows=exhibits.MOST_ROWS,
        )
    )
    response.vary.add("Accept")
    return response
