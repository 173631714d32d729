"""Whether the service answers, for those who watch over it."""

from flask import Blueprint, Response, jsonify

from webui.site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Whether the service answers, as JSON: its version, its engine, its limits and budgets."""
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
            "budget": vars(here.budget) if here.budget else None,
        }
    )
