"""The release files: what each is for, and the files themselves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file

from kg import marker, release
from webui import citations
from webui.site import site

blueprint = Blueprint("downloads", __name__)

MEDIA_TYPES = {
    "csv": "text/csv",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "graphml": "application/graphml+xml",
    "zip": "application/zip",
    "csv-metadata.json": "application/csvm+json",
}
"""What is served, by ending, the tables first."""

FOLDER = "release/"


@dataclass(frozen=True)
class Download:
    """A release file.

    Attributes:
        name: its name.
        ending: its name's ending.
        size: its size in bytes.
        sha256: the SHA-256 digest of its bytes, in lower-case hexadecimal.
        holds_triples: whether it is the whole graph in RDF.
    """

    name: str
    ending: str
    size: int
    sha256: str
    holds_triples: bool


@lru_cache(maxsize=8)
def downloads(snapshot: Path) -> Mapping[str, Download]:
    """The release files that a snapshot's marker lists, by name, the table first."""
    files = json.loads((snapshot / marker.NAME).read_text("utf-8"))["files"]
    found = {}
    for ending in MEDIA_TYPES:
        for path, facts in files.items():
            name = path.removeprefix(FOLDER)
            if path == FOLDER + name and name.endswith("." + ending):
                whole = path.startswith(f"{FOLDER}standpoint.") and ending != "graphml"
                found[name] = Download(name, ending, facts["size"], facts["sha256"], whole)
    return found


@blueprint.get("/data")
def library() -> str:
    """All release files, and how to begin with them."""
    here = site()
    return render_template(
        "data.html",
        downloads=downloads(here.snapshot.path).values(),
        snapshot=here.snapshot,
        base_url=here.base_url,
        table=release.TABLE,
        citation=citations.plain(here.snapshot, here.base_url),
        bibtex=citations.bibtex(here.snapshot, here.base_url),
    )


def file(name: str) -> Response | None:
    """A release file as a response, or None when the snapshot has none of this name."""
    snapshot = site().snapshot
    download = downloads(snapshot.path).get(name)
    if download is None:
        return None
    response = send_file(
        snapshot.release_path / download.name,
        mimetype=MEDIA_TYPES[download.ending],
        as_attachment=True,
        download_name=download.name,
        etag=download.sha256,
    )
    response.headers["Cache-Control"] = "no-cache"
    return response
