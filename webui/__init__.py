"""The pages and the endpoint: one Flask application over one snapshot and one engine."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

from kg.questions import Question, load_questions
from kg.store import Snapshot
from webui import downloads, endpoint, failures, pages, questions, texts, things, vocabulary
from webui.site import EXTENSION, Engine, Site
from webui.terms import local_path

LARGEST_BODY = 1_000_000
"""The largest body of a request, in bytes."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Standpoint-Truncated",
}
"""What every response says. Anybody may read everything, so every origin may."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

BLUEPRINTS = (pages, questions, endpoint, texts, things, vocabulary, downloads)


def create_app(
    snapshot: Snapshot,
    engine: Engine,
    *,
    library: Mapping[str, Question] | None = None,
    base_url: str = "http://127.0.0.1:8000",
) -> Flask:
    """The application that serves a snapshot.

    Args:
        snapshot: what is served.
        engine: answers queries of its store; whoever made it closes it.
        library: the questions by name; those of the project when left out.
        base_url: where the service is reached from outside; addresses on pages begin with it, since
            the Host header of a request is anybody's to write.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_options["trim_blocks"] = app.jinja_options["lstrip_blocks"] = True
    known = load_questions() if library is None else library
    app.extensions[EXTENSION] = Site(snapshot, engine, known, base_url.rstrip("/"))
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    failures.install(app)
    app.after_request(_finish)
    app.jinja_env.filters |= {"local_path": local_path, "without_head": questions.without_head}
    app.jinja_env.globals |= {"version": snapshot.version, "assets": _digest(app)}
    return app


def _digest(app: Flask) -> str:
    """What changes in the address of a static file when any of them changes."""
    digest = hashlib.sha256()
    for path in sorted(Path(app.static_folder or "").glob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.method == "OPTIONS":
        for name, value in PREFLIGHT.items():
            response.headers[name] = value
    if request.endpoint == "static" and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
