"""What the project writes beside its graph: alignments, shapes, the lexicon, the umbrella file.

No store holds them, so they are served from their files, as RDF alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request
from pyoxigraph import NamedNode, RdfFormat

from kg import graph, paths, release
from kg.engines.results import TURTLE, Format
from kg.namespaces import BASE, PREFIXES
from webui import things
from webui.negotiation import negotiate

blueprint = Blueprint("modules", __name__)

ALIGNMENTS, LEXICON, SHAPES, UMBRELLA = "alignments", "lexicon", "shapes", "data/all"
"""Their paths on the site, which are those of their IRIs."""

_VERSION = NamedNode(PREFIXES["owl"] + "versionIRI")


def _answer(**_: str) -> Response:
    """A module, a version of it, which is a name only, or a part of it."""
    path, wanted = things.split_suffix(request.path.removeprefix("/"))
    files = _modules().get(path)
    if files is None:
        abort(404, "The project has no such module.")
    offered = things.GRAPH_FORMATS
    chosen = negotiate(request.headers.get("Accept"), offered) if wanted is None else wanted
    if not isinstance(chosen, Format):
        chosen = TURTLE
    body = _written(files, chosen)
    response = Response(body, content_type=chosen.media_type)
    response.vary.add("Accept")
    response.headers["Content-Location"] = f"/{path}.{chosen.name}"
    response.set_etag(hashlib.sha256(body).hexdigest()[:16])
    response.make_conditional(request)
    return response


for _name in (ALIGNMENTS, LEXICON, SHAPES, UMBRELLA):
    for _rule in (f"/{_name}", f"/{_name}.<suffix>", f"/{_name}/<path:rest>"):
        blueprint.add_url_rule(_rule, view_func=_answer)


@lru_cache(maxsize=1)
def _modules() -> Mapping[str, tuple[Path, ...]]:
    """The files of each module, of each version that one names, and of each part of the lexicon."""
    found = {
        ALIGNMENTS: (paths.ONTOLOGY / "alignments.ttl",),
        LEXICON: tuple(sorted(paths.LEXICON.glob("*.ttl"))),
        SHAPES: tuple(sorted(paths.SHAPES.glob("*.ttl"))),
        UMBRELLA: (paths.DATA / "all.ttl",),
    }
    parts = {f"{LEXICON}/{path.stem}": (path,) for path in found[LEXICON]}
    versions = {
        triple.object.value.removeprefix(BASE): files
        for files in found.values()
        for path in files
        for triple in graph.read(path)
        if triple.predicate == _VERSION and isinstance(triple.object, NamedNode)
    }
    return {**found, **parts, **versions}


@lru_cache(maxsize=16)
def _written(files: Sequence[Path], form: Format) -> bytes:
    """The files one after the other, as they stand in Turtle."""
    if form == TURTLE:
        return b"\n".join(path.read_bytes() for path in files)
    triples = [triple for path in files for triple in graph.read(path)]
    return release.serialized(triples, RdfFormat.from_extension(form.extension) or RdfFormat.TURTLE)
