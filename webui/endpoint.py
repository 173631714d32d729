"""The SPARQL 1.1 Protocol endpoint, for machines and for people.

Queries only: whatever would write or fetch is refused. Without a query a machine gets the Service
Description, a person the form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from kg import exhibits
from kg.engines.guard import Checked
from kg.engines.results import (
    FORMATS,
    JSON,
    Format,
    Result,
    formats_for,
)
from kg.engines.waits import run
from kg.errors import QuerySyntaxError, StandpointError, UnknownQuestionError
from kg.questions import find
from webui import outcomes, protocol, replies, sharing, sources, views
from webui.description import describe
from webui.exchange import Reply, WsgiRequest
from webui.failures import Failure, failure_of, message
from webui.negotiation import PAGE
from webui.outcomes import Outcome
from webui.protocol import Asked
from webui.questions import without_head
from webui.replies import Wishes
from webui.site import site

blueprint = Blueprint("endpoint", __name__)

N_TRIPLES = Format.named("nt")
EXAMPLE = "example"
"""The parameter that names a question whose query the form begins with."""


@dataclass(frozen=True)
class Fault:
    """A line of a query, cut where the fault begins; elsewhere, ``after`` is None."""

    number: int
    before: str
    after: str | None


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query, show the form, or describe the service."""
    sent = WsgiRequest(request.environ)
    wants_page = Wishes(protocol.format_of(sent), sent.header("accept")).is_page()
    try:
        asked = run(protocol.read(sent))
    except StandpointError as error:
        if not wants_page:
            raise
        return _form(None, error)
    wants_page = _wishes(asked).is_page()
    if asked.query is None or (wants_page and not asked.query.strip()):
        return _unasked(asked) if wants_page else _description(asked)
    try:
        return _answer(asked, asked.query)
    except StandpointError as error:
        if not wants_page:
            raise
        return _form(asked, error)


def _unasked(asked: Asked) -> Response:
    """The form, with the query of a question that is named as an example."""
    name = request.args.get(EXAMPLE)
    try:
        question = find(site().questions, name) if name else None
    except UnknownQuestionError as error:
        return _form(None, error)
    return _form(replace(asked, query=without_head(question.sparql)) if question else None, None)


def _wishes(asked: Asked) -> Wishes:
    return Wishes(asked.format, request.headers.get("Accept", ""))


def _description(asked: Asked) -> Response:
    here = site()
    chosen = replies.choose(_wishes(asked), formats_for("graph"))
    body = describe(
        here.base_url + "/sparql",
        here.snapshot,
        here.engine.limits,
        chosen,
        here.budget,
        is_plain=here.is_plain,
        services=here.engine.services,
    )
    response = Response(body, content_type=chosen.media_type)
    response.vary.add("Accept")
    response.set_etag(replies.tag(here, asked, chosen), weak=True)
    response.make_conditional(request)
    return response


def _answer(asked: Asked, query: str) -> Response:
    here = site()
    checked = guarded(query)
    kind = checked.kind
    offered = formats_for(kind)
    wishes = _wishes(asked)
    is_picture = views.is_picture(asked.format)
    is_page = wishes.is_page(offered)
    is_seen = is_page or is_picture
    chosen = (
        (N_TRIPLES if kind == "graph" else JSON) if is_seen else replies.choose(wishes, offered)
    )
    has_evidence = asked.wants_evidence and kind == "solutions"
    is_fleeting = is_picture or checked.is_fleeting
    tag = "" if is_fleeting else replies.tag(here, asked, PAGE if is_page else chosen)
    if tag and is_page:
        tag = f"{tag}-{current_app.jinja_env.globals['assets']}"
    if replies.is_known(tag, request.headers.get("If-None-Match", "")):
        return _response(replies.unchanged(tag))
    result = here.engine.query(
        checked,
        JSON if has_evidence else chosen,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )
    if has_evidence and not is_seen:
        result = sources.attached(asked, query, result, chosen)
    if not is_seen:
        return _response(replies.of(result, tag))
    shown = _picture if is_picture else _results
    response = shown(asked, query, result)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, reply.headers)


def guarded(query: str) -> Checked:
    """Let a query through to the engine of this site.

    Raises:
        QueryError: it is refused.
    """
    return site().guard.check(query)


def _results(asked: Asked, query: str, result: Result) -> Response:
    choice = views.read(request.args)
    return _page(asked, outcome=outcomes.outcome(site(), asked, query, result, choice))


def _picture(asked: Asked, query: str, result: Result) -> Response:
    body = outcomes.picture(site(), asked, query, result, views.read(request.args))
    response = Response(body, content_type=views.SVG.media_type)
    if result.truncated:
        response.headers[replies.TRUNCATED] = f"rows={result.rows}"
    return response


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


def _shared(asked: Asked | None) -> sharing.Shared | None:
    """What passes a query on, where there is one that can be asked."""
    if asked is None or not asked.query:
        return None
    return sharing.shared(asked, asked.query, guarded(asked.query).kind)


def _page(
    asked: Asked | None,
    *,
    outcome: Outcome | None = None,
    failure: Failure | None = None,
    told: str = "",
    faults: Sequence[Fault] = (),
) -> Response:
    here = site()
    response = make_response(
        render_template(
            "sparql.html",
            asked=asked,
            outcome=outcome,
            shared=_shared(asked) if failure is None else None,
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
            exhibited_rows=exhibits.MOST_ROWS,
        )
    )
    response.vary.add("Accept")
    return response
