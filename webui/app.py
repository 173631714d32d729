"""The pages and the endpoint: one Flask application over one snapshot and one engine."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

from kg.questions import Question, load_questions
from kg.store import Snapshot
from webui import (
    arguments,
    catalogue,
    causes,
    citations,
    downloads,
    endpoint,
    failures,
    graphs,
    health,
    hints,
    modules,
    overviews,
    pages,
    positions,
    questions,
    scripts,
    tensions,
    texts,
    things,
    timeline,
    vocabulary,
)
from webui.budgets import ACCOUNT, Budget
from webui.exchange import HEADERS, LARGEST_BODY
from webui.quotations import Quotations
from webui.site import EXTENSION, Engine, Site
from webui.terms import local_path

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

PLAIN_BLUEPRINTS = (endpoint, hints, scripts, graphs, health)
OVERVIEWS = (overviews, timeline, positions, tensions, arguments, causes)
BLUEPRINTS = (
    *PLAIN_BLUEPRINTS,
    *(pages, questions, texts, things, vocabulary, modules, downloads, catalogue, citations),
    *OVERVIEWS,
)


def create_app(
    snapshot: Snapshot,
    engine: Engine,
    *,
    library: Mapping[str, Question] | None = None,
    base_url: str = "http://127.0.0.1:8000",
    budget: Budget | None = None,
    is_plain: bool = False,
) -> Flask:
    """The application that serves a snapshot.

    Args:
        snapshot: what is served.
        engine: answers queries of its store; whoever made it closes it.
        library: the questions by name; those of the project when left out.
        base_url: where the service is reached from outside; addresses on pages begin with it, since
            the Host header of a request is anybody's to write.
        budget: what each client address may have; told to those who ask.
        is_plain: whether to serve only the endpoint, for data that no page is about.
    """
    app = Flask("webui")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_options["trim_blocks"] = app.jinja_options["lstrip_blocks"] = True
    known = load_questions() if library is None and not is_plain else library or {}
    app.extensions[EXTENSION] = Site(
        snapshot, engine, known, base_url.rstrip("/"), budget, is_plain
    )
    for module in PLAIN_BLUEPRINTS if is_plain else BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    app.before_request(_admit)
    failures.install(app)
    app.after_request(_finish)
    app.jinja_env.filters |= {"local_path": local_path, "without_head": questions.without_head}
    app.jinja_env.globals |= {
        "is_plain": is_plain,
        "quotations": Quotations,
        "version": snapshot.version,
        "assets": _digest(app),
        "has_scripts": scripts.are_built(),
    }
    return app


def _admit() -> None:
    if error := request.environ.get(failures.ERROR):
        raise error
    account = request.environ.get(ACCOUNT)
    if account and request.blueprint in failures.MACHINE_BLUEPRINTS:
        account.admit()


def _digest(app: Flask) -> str:
    """What changes when a static file or a template does: an address, or a page's tag."""
    digest = hashlib.sha256()
    for folder in ("static", "templates"):
        for path in sorted(Path(app.root_path, folder).rglob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.method == "OPTIONS":
        for name, value in PREFLIGHT.items():
            response.headers[name] = value
    if request.endpoint in ("static", "scripts.script") and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
