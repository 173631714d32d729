"""How to cite the graph: one snapshot of it, in plain words and as BibTeX."""

from flask import Blueprint, Response

from kg.store import Snapshot
from webui.site import site

blueprint = Blueprint("citations", __name__)

PUBLISHER = "The Standpoint contributors"
TITLE = "Standpoint: a knowledge graph of political positions"


def plain(snapshot: Snapshot, base_url: str) -> str:
    """The snapshot as a reference in a text."""
    return f"{PUBLISHER}. {TITLE}. {_dated(snapshot)}. {base_url}/data"


def answer(snapshot: Snapshot, question: str, address: str) -> str:
    """The answer to a question as a reference in a text.

    Args:
        snapshot: what gave the answer.
        question: the question in words.
        address: where the answer is.
    """
    return f"{PUBLISHER}. “{question}” {TITLE}. {_dated(snapshot)}. {address}"


def _dated(snapshot: Snapshot) -> str:
    return f"Snapshot {snapshot.version}, {snapshot.created.day} {snapshot.created:%B %Y}"


def bibtex(snapshot: Snapshot, base_url: str) -> str:
    """The snapshot as a BibTeX entry."""
    fields = {
        "title": "{" + TITLE + "}",
        "author": "{" + PUBLISHER + "}",
        "year": f"{snapshot.created:%Y}",
        "month": f"{snapshot.created:%b}".lower(),
        "note": f"Snapshot {snapshot.version}",
        "howpublished": rf"\url{{{base_url}/data}}",
    }
    lines = (
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in fields.items()
    )
    return f"@misc{{standpoint-{snapshot.version},\n" + ",\n".join(lines) + "\n}\n"


@blueprint.get("/cite.bib")
def entry() -> Response:
    """The BibTeX entry of this snapshot."""
    here = site()
    body = bibtex(here.snapshot, here.base_url)
    return Response(body, content_type="application/x-bibtex; charset=utf-8")
