"""The first page, the question box, and what machines ask of every site."""

from functools import lru_cache

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kg import understanding
from kg.answers import Answer, answer
from kg.errors import QueryError, SlotValueError
from kg.understanding import Ambiguous, NotUnderstood, Searched, Understood, Vocabulary
from webui import queries
from webui.questions import RESERVED, address
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


@lru_cache(maxsize=8)
def examples(here: Site) -> list[str]:
    """What there is to look for, in words of the graph."""
    return [row["label"].value for row in here.engine.select(queries.text("examples")).rows]


@lru_cache(maxsize=8)
def vocabulary(here: Site) -> Vocabulary:
    """What a phrase is held against on a site."""
    return understanding.load(here.engine, here.questions)


def prepare(here: Site) -> None:
    """Read all that a phrase is held against, so that the first who asks need not wait for it."""
    for phrase in examples(here)[:1]:
        vocabulary(here).understand(phrase)


@blueprint.get("/")
def home() -> str:
    """What this is, what can be asked, and what the graph holds."""
    here = site()
    return render_template(
        "home.html",
        counts=counts(here),
        examples=examples(here),
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
    """A question in free words: its page when every word is understood, else what can be asked."""
    here = site()
    text = " ".join(request.args.get("q", "").split())
    kept = {name: value for name, value in request.args.items() if name in RESERVED}
    if not text:
        return redirect(url_for("questions.library"), 303)
    if text in here.questions:
        return redirect(address(text, kept), 303)
    found = vocabulary(here).understand(text)
    if isinstance(found, Understood):
        bound = found.bound
        return redirect(address(bound.question.name, {**bound.values, **kept}), 303)
    offered = found.choices if isinstance(found, Ambiguous) else found.offers
    page = render_template(
        "not_understood.html",
        text=text,
        state=type(found).__name__,
        found=found,
        searches=[
            address(each.bound.question.name, each.bound.values)
            for each in (found.found if isinstance(found, Searched) else ())
        ],
        offered=[(each.brief, address(each.question.name, each.values)) for each in offered],
        themes=here.themes,
        sentences=here.sentences,
    )
    return page, 404 if isinstance(found, NotUnderstood) else 200


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Crawlers may read every page, and ask nothing."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")
