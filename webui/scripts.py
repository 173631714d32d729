"""The scripts of the query page, as the build left them; without them the page is a plain form."""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

FOLDER = Path(__file__).parent / "static" / "dist"
EDITOR = "editor.js"

MISSING = (
    "the query page has no editor, since npm was missing at installation; install Node 20 or "
    "newer with npm, then install standpoint again"
)

blueprint = Blueprint("scripts", __name__)


def are_built() -> bool:
    """Whether there are any."""
    return (FOLDER / EDITOR).is_file()


@blueprint.get("/static/dist/<path:name>")
def script(name: str) -> Response:
    """A file of the build, compressed for those who take it so."""
    compressed = name + ".gz"
    takes_gzip = request.accept_encodings["gzip"] > 0
    if takes_gzip and (FOLDER / compressed).is_file():
        kind = "text/javascript" if name.endswith(".js") else "text/plain"
        response = send_from_directory(FOLDER, compressed, mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(FOLDER, name)
    response.vary.add("Accept-Encoding")
    return response
