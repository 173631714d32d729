"""The overviews: pages that show much of the graph at once."""

from flask import Blueprint, render_template

blueprint = Blueprint("overviews", __name__)


@blueprint.get("/overviews")
def page() -> str:
    """All overviews, each with a sentence."""
    return render_template("overviews.html")
