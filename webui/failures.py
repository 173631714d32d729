"""What a request gets when something goes wrong: one table, one page, one problem document.

Machines get RFC 9457 problem details or plain text, people a page; all carry the same message.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from kg import errors
from webui.negotiation import PAGE, Written, named, negotiate

MACHINE_BLUEPRINTS = frozenset({"endpoint", "graphs", "hints"})
"""Blueprints whose errors are problem documents unless the request asks for a page."""

PROBLEM = Written("json", "application/problem+json", ("application/json",))
TEXT = Written("text", "text/plain; charset=utf-8")

ERROR = "standpoint.error"
"""Where the WSGI environment holds the error that a request ended in before it came here."""

NO_PAGE = "There is no page at this address."

RETRY_AFTER = 2
"""Seconds after which a busy service is worth another try."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How one kind of error is told.

    Attributes:
        status: HTTP status.
        state: the state's name on the page, also its CSS class.
        title: what happened, in a few words.
        told: whether the error's own message is for strangers; if not, only the title is told.
    """

    status: HTTPStatus
    state: str
    title: str
    told: bool = True


_INTERNAL = Failure(
    HTTPStatus.INTERNAL_SERVER_ERROR, "failed", "Something went wrong here", told=False
)

FAILURES: dict[type[Exception], Failure] = {
    errors.QuerySyntaxError: Failure(
        HTTPStatus.BAD_REQUEST, "failed", "The query is not SPARQL 1.1"
    ),
    errors.RefusedQueryError: Failure(HTTPStatus.FORBIDDEN, "failed", "The query was refused"),
    errors.QueryTimeoutError: Failure(
        HTTPStatus.GATEWAY_TIMEOUT, "timed-out", "The query took too long and was stopped"
    ),
    errors.QueryTooLargeError: Failure(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "failed", "The query or what it needs is too large"
    ),
    errors.EngineBusyError: Failure(
        HTTPStatus.SERVICE_UNAVAILABLE, "failed", "Too many queries at once"
    ),
    errors.BudgetError: Failure(
        HTTPStatus.TOO_MANY_REQUESTS, "failed", "Too much was asked from your address"
    ),
    errors.EngineDiedError: Failure(
        HTTPStatus.INTERNAL_SERVER_ERROR, "failed", "The query ended without an answer"
    ),
    errors.ServiceError: Failure(HTTPStatus.BAD_GATEWAY, "failed", "Another server gave no answer"),
    errors.QueryError: Failure(HTTPStatus.BAD_REQUEST, "failed", "The query has no result"),
    errors.UnknownQuestionError: Failure(HTTPStatus.NOT_FOUND, "failed", "No such question"),
    errors.SlotValueError: Failure(
        HTTPStatus.BAD_REQUEST, "failed", "The question does not take that value"
    ),
    errors.ViewError: Failure(
        HTTPStatus.BAD_REQUEST, "failed", "The result cannot be shown in this way"
    ),
    errors.StoreError: Failure(
        HTTPStatus.SERVICE_UNAVAILABLE, "failed", "The store is not there", told=False
    ),
    errors.StandpointError: _INTERNAL,
}
"""How each error of `kg.errors` is told; an error that is not here is told as its nearest base."""


def failure_of(error: Exception) -> Failure:
    """The table's row of an error: of its class, or of the nearest base that has one."""
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        return Failure(status, "failed", status.phrase)
    for base in type(error).__mro__:
        if base in FAILURES:
            return FAILURES[base]
    return _INTERNAL


def message(error: Exception) -> str:
    """What a stranger is told of an error beyond its title; maybe nothing."""
    if isinstance(error, HTTPException):
        is_unsaid = error.description == NotFound.description
        return NO_PAGE if is_unsaid else error.description or ""
    return str(error) if failure_of(error).told else ""


def problem(error: Exception) -> dict[str, Any]:
    """The problem details (RFC 9457) of an error, with line and column where it has them."""
    failure = failure_of(error)
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": failure.title,
        "status": failure.status.value,
    }
    if detail := message(error):
        told["detail"] = detail
    if failure.state != "failed":
        told["state"] = failure.state
    if isinstance(error, errors.QuerySyntaxError) and error.line is not None:
        told["line"], told["column"] = error.line, error.column
    return told


def _format() -> Written:
    machine = request.blueprint in MACHINE_BLUEPRINTS
    offered = (PROBLEM, TEXT, PAGE) if machine else (PAGE, PROBLEM, TEXT)
    if machine and (wanted := request.args.get("format")):
        return named(wanted, (PAGE,)) or PROBLEM
    return negotiate(request.headers.get("Accept"), offered) or offered[0]


def tell(error: Exception) -> Response:
    """The response to a request that ended in this error."""
    failure = failure_of(error)
    wanted = _format()
    if wanted is PROBLEM:
        response = Response(json.dumps(problem(error)), content_type=PROBLEM.media_type)
    elif wanted is TEXT:
        words = (failure.title, message(error))
        body = ". ".join(word.rstrip(".") for word in words if word) + ".\n"
        response = Response(body, content_type=TEXT.media_type)
    else:
        response = make_response(
            render_template("failure.html", failure=failure, message=message(error))
        )
    response.status_code = failure.status
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    if failure.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    if isinstance(error, errors.BudgetError):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, HTTPException):
        _keep_headers(response, error)
    return response


def _keep_headers(response: Response, error: HTTPException) -> None:
    """Keep the exception's own headers, such as Allow (RFC 9110, 15.5.6)."""
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers.setdefault(name, value)


def _handle(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error
    # A stranger's query that is stopped, or finds no place, is no news, and must not fill a log.
    # Nor is the end of its worker, which the figures count.
    is_news = failure_of(error).status == HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(
        error, errors.EngineDiedError
    )
    if is_news or isinstance(error, errors.StoreError):
        current_app.logger.error("%s failed: %r", request.path, error, exc_info=error)
    return tell(error)


def install(app: Flask) -> None:
    """Have the application tell every error by this table."""
    app.register_error_handler(Exception, _handle)
