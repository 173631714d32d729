"""The graphs one by one, to read: SPARQL 1.1 Graph Store HTTP Protocol (W3C, 2013)."""

from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotAcceptable, NotFound

from kg.engines.results import Format, formats_for
from webui.negotiation import named, negotiate
from webui.site import site

blueprint = Blueprint("graphs", __name__)

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "PATCH")
READING = ("GET", "HEAD", "OPTIONS")

DEFAULT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
NAMED = "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"


@blueprint.route("/store", methods=METHODS)
def indirect() -> Response:
    """The graph that the query string names: ``?default`` or ``?graph=IRI`` (section 4.2)."""
    _refuse_writing()
    try:
        query = request.query_string.decode("utf-8")
        parameters = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=9)
    except ValueError:
        raise BadRequest("The parameters are not UTF-8, or too many.") from None
    graphs = [value for name, value in parameters if name == "graph"]
    is_default = "default" in [name for name, _ in parameters]
    if len(graphs) + is_default != 1:
        raise BadRequest("Name one graph: ?default, or ?graph= and its IRI.")
    return _graph(None if is_default else graphs[0])


@blueprint.route("/store/<path:name>", methods=METHODS)
def direct(name: str) -> Response:
    """The graph whose IRI is the address itself (section 4.1)."""
    _refuse_writing()
    return _graph(f"{site().base_url}/store/{name}")


def _refuse_writing() -> None:
    if request.method not in READING:
        raise MethodNotAllowed(READING, "This store is only read.")


def _graph(iri: str | None) -> Response:
    here = site()
    if iri is not None and iri not in here.snapshot.graphs:
        raise NotFound("There is no graph of this name. The graphs are listed at /sparql.")
    chosen = _format()
    query = DEFAULT if iri is None else NAMED.format(graph=iri)
    result = here.engine.query(query, chosen)
    response = Response(result.body, content_type=chosen.media_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{here.snapshot.version}-{chosen.name}", weak=True)
    if result.truncated:
        response.headers["Standpoint-Truncated"] = f"triples={result.rows}"
    response.make_conditional(request)
    return response


def _format() -> Format:
    offered = formats_for("graph")
    wanted = request.args.get("format")
    accept = request.headers.get("Accept")
    chosen = named(wanted, offered) if wanted else negotiate(accept, offered)
    if chosen is None:
        raise NotAcceptable(f"A graph is offered as {', '.join(each.name for each in offered)}.")
    return chosen
