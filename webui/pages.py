"""The first page, the question box, and what machines ask of every site."""

from functools import lru_cache

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kg.answers import Answer, answer
from kg.errors import QueryError, SlotValueError, UnknownQuestionError
from kg.questions import understand
from webui import queries
from webui.failures import failure_of
from webui.questions import address
from webui.site import Counts, Site, site

blueprint = Blueprint("pages", __name__)

ROBOTS = "User-agent: *\nDisallow: /sparql\nDisallow: /ask\n"
SHOWN_ROWS = 3
"""How many rows of the first question's answer the first page shows."""


@lru_cache(maxsize=8)
def counts(here: Site) -> Counts:
    """How much the graph of a site holds."""
    (row,) = here.engine.select(queries.text("counts")).rows
    return Counts(**{name: int(term.value) for name, term in row.items()})


@lru_cache(maxsize=8)
def first_answer(here: Site) -> Answer | None:
    """The answer to the first question of the library, with its defaults."""
    question = next(iter(here.questions.values()), None)
    return answer(here.engine, question.bind(here.engine, {})) if question else None


@blueprint.get("/")
def home() -> str:
    """What this is, what can be asked, and what the graph holds."""
    here = site()
    return render_template(
        "home.html",
        counts=counts(here),
        first=_or_nothing(here),
        shown_rows=SHOWN_ROWS,
        themes=here.themes,
        sentences=here.sentences,
    )


def _or_nothing(here: Site) -> Answer | None:
    try:
        return first_answer(here)
    except (QueryError, SlotValueError):
        return None


@blueprint.get("/ask")
def ask() -> AnyResponse | tuple[str, int]:
    """A question in free words: its page when it is understood word for word, else the nearest."""
    here = site()
    text = " ".join(request.args.get("q", "").split())
    if not text:
        return redirect(url_for("questions.library"), 303)
    if text in here.questions:
        return redirect(address(text, {}), 303)
    try:
        bound = understand(here.engine, text, here.questions)
    except UnknownQuestionError as error:
        page = render_template(
            "not_understood.html",
            text=text,
            nearest=here.nearest(text),
            themes=here.themes,
            sentences=here.sentences,
        )
        return page, failure_of(error).status
    return redirect(address(bound.question.name, bound.values), 303)


@blueprint.get("/health")
def health() -> Response:
    """Whether the service answers, as JSON: its version, its engine and its limits."""
    here = site()
    engine = here.engine
    status = getattr(engine, "status", None)
    return jsonify(
        {
            "version": here.snapshot.version,
            "triples": here.snapshot.triples,
            "answers": engine.ask("ASK {}"),
            "engine": status() if callable(status) else type(engine).__name__,
            "limits": vars(engine.limits),
        }
    )


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Crawlers may read every page, and ask nothing."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")
