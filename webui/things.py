"""A page, and RDF, for everything that the graph names: linked data by content negotiation."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, render_template, request
from pyoxigraph import Literal, NamedNode

from kg import turtle
from kg.engines.results import TURTLE, Format, formats_for
from kg.graph import DERIVED
from kg.labels import labels, local_name
from kg.namespaces import DATA, ID, ONTOLOGY_IRI, PREFIXES, SP
from webui import downloads, neighbourhoods, positions, queries, svg, timeline
from webui.negotiation import PAGE, Written, negotiate
from webui.site import site
from webui.statements import Statement, statements
from webui.terms import RdfTerm, ShownTerm, local_path, natural, show_all

blueprint = Blueprint("things", __name__)

GRAPH_FORMATS: tuple[Format, ...] = tuple(
    each for each in formats_for("graph") if each.name not in ("nq", "trig")
)
OFFERED: tuple[Format | Written, ...] = (PAGE, *GRAPH_FORMATS)

SHOWN_CLAIMS = 50
SHOWN_OUTGOING = 500
SHOWN_INCOMING = 200

_TYPE = PREFIXES["rdf"] + "type"
_AGENT = SP + "Agent"
_INVOLVES = SP + "involves"
_LABEL = PREFIXES["rdfs"] + "label"
_DEFINITIONS = (PREFIXES["skos"] + "definition", PREFIXES["rdfs"] + "comment")
_OTHER_NAME = PREFIXES["skos"] + "altLabel"
_INDIVIDUAL = str(NamedNode(PREFIXES["owl"] + "NamedIndividual"))
_HEADER = frozenset({_LABEL, _OTHER_NAME, *_DEFINITIONS})
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True)
class Layer:
    """What one kind of graph says of a thing: as written, as derived, or as the encoder's.

    Attributes:
        name: "written", "derived" or "editorial".
        links: each property with its values, in the order of their labels.
    """

    name: str
    links: list[tuple[ShownTerm, list[ShownTerm]]] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """A triple's relation and other end, and the graph it stands in."""

    graph: str
    relation: NamedNode
    value: RdfTerm

    @property
    def layer(self) -> str:
        """Who says so: the files, the build, or the encoder."""
        if self.graph == DERIVED.value:
            return "derived"
        return "editorial" if self.graph.endswith("/editorial") else "written"


@blueprint.get("/id/<path:path>")
def thing(path: str) -> Response:
    """A shared thing, a document, or a thing of a document."""
    return _answer(ID, path)


@blueprint.get("/ontology/<path:path>")
def version(path: str) -> Response:
    """A version of the ontology, which is a name only: versions are not kept apart."""
    return _answer(ONTOLOGY_IRI + "/", path)


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response:
    """A release file, or a named graph."""
    return downloads.file(path) or _answer(DATA, path)


def _answer(namespace: str, path: str) -> Response:
    stem, wanted = split_suffix(path)
    iri = namespace + stem
    if not _exists(iri):
        return _not_found(iri)
    return respond(iri, wanted, _page)


def split_suffix(path: str) -> tuple[str, Format | Written | None]:
    """A path without the suffix that names a format, and that format."""
    stem, dot, suffix = path.rpartition(".")
    if dot and stem:
        for offer in OFFERED:
            if suffix == offer.name:
                return stem, offer
    return path, None


def respond(iri: str, wanted: Format | Written | None, page: Callable[[str], Response]) -> Response:
    """What is known of an IRI, as the page or in the RDF format that the request asks for."""
    chosen = wanted or negotiate(request.headers.get("Accept"), OFFERED)
    if chosen is None:
        known = ", ".join(each.media_type.partition(";")[0] for each in OFFERED)
        abort(406, f"This is offered as {known}.")
    response = page(iri) if chosen == PAGE else _rdf(iri, chosen)
    response.vary.add("Accept")
    path = (local_path(iri) or "").partition("#")[0]
    response.headers["Content-Location"] = f"{path}.{chosen.name}"
    if chosen == PAGE:
        response.headers["Link"] = f'<{path}.{TURTLE.name}>; rel="alternate"; type="text/turtle"'
    return response


def _rdf(iri: str, wanted: Format | Written) -> Response:
    """What is known of an IRI as RDF: a graph whole, anything else with its neighbours."""
    here = site()
    if iri in here.snapshot.graphs:
        query = queries.bind("graph", {"graph": queries.iris([iri])})
    else:
        query = queries.bind("description", {"this": queries.iris([iri])})
    written = next(each for each in GRAPH_FORMATS if each == wanted)
    result = here.engine.query(query, written)
    body = _nested(result.body) if iri == ONTOLOGY_IRI and written == TURTLE else result.body
    response = Response(body, content_type=result.format.media_type)
    response.set_etag(f"{here.snapshot.version}-{written.name}", weak=True)
    if result.truncated:
        response.headers["Standpoint-Truncated"] = f"triples={result.rows}"
    response.make_conditional(request)
    return response


@lru_cache(maxsize=2)
def _nested(body: bytes) -> str:
    """Turtle in the canonical form, where lists and axioms stand inside what they belong to."""
    return turtle.reformat(body, "the ontology")


def _exists(iri: str) -> bool:
    here = site()
    if iri in here.snapshot.graphs:
        return True
    try:
        return here.engine.ask(queries.bind("exists", {"this": queries.iris([iri])}))
    except ValueError:
        return False


def _links(query: str, iri: str) -> list[Link]:
    rows = site().engine.select(queries.bind(query, {"this": queries.iris([iri])})).rows
    return [
        Link(row["graph"].value, NamedNode(row["property"].value), row["value"]) for row in rows
    ]


def _page(iri: str) -> Response:
    here = site()
    outgoing = _links("outgoing", iri)
    incoming = _links("incoming", iri)
    said = queries.bind("said", {"this": queries.iris([iri])})
    said_of_it = statements(here.engine, said)
    used: list[RdfTerm] = [NamedNode(iri)]
    for link in outgoing + incoming:
        used += (link.relation, link.value)
    shown = show_all(here.engine, used)
    title = shown[str(NamedNode(iri))].text
    is_actor = any(
        link.relation.value == _TYPE and link.value == NamedNode(_AGENT) for link in outgoing
    )
    view = timeline.View(of=iri)
    times = timeline.groups(here.engine, view) if is_actor else []
    return make_response(
        render_template(
            "thing.html",
            this=shown[str(NamedNode(iri))],
            iri=iri,
            path=local_path(iri),
            types=_types(outgoing, shown),
            definitions=[
                link.value.value
                for link in outgoing
                if link.relation.value in _DEFINITIONS and isinstance(link.value, Literal)
            ],
            other_names=[shown[str(link.value)] for link in outgoing if _is_name(link)],
            statements=_by_kind(said_of_it),
            positions=_positions(iri) if is_actor else [],
            timeline=timeline.draw(f"Timeline of {title}", times, view.path) if times else None,
            narrow_timeline=timeline.draw(title, times, view.path, timeline.NARROW),
            timeline_query=view.query,
            neighbourhood=neighbourhoods.draw(iri, title, _neighbours(outgoing, incoming, shown)),
            more_statements=len(said_of_it) - SHOWN_CLAIMS,
            outgoing=_layers(outgoing[:SHOWN_OUTGOING], shown, _HEADER),
            more_outgoing=len(outgoing) > SHOWN_OUTGOING,
            incoming=_layers(incoming[:SHOWN_INCOMING], shown),
            more_incoming=len(incoming) > SHOWN_INCOMING,
            sentence=_sentence(outgoing),
            triples=here.snapshot.graphs.get(iri),
            formats=GRAPH_FORMATS,
        )
    )


@blueprint.get("/neighbourhood.svg")
def neighbourhood() -> Response:
    """The map of the neighbours of the thing that ``of`` names."""
    iri = request.args.get("of", "")
    if not iri.startswith(ID) or not _exists(iri):
        abort(404, "The graph knows no such thing.")
    outgoing, incoming = _links("outgoing", iri), _links("incoming", iri)
    used: list[RdfTerm] = [NamedNode(iri)]
    for link in outgoing + incoming:
        used += (link.relation, link.value)
    shown = show_all(site().engine, used)
    title = shown[str(NamedNode(iri))].text
    drawn = neighbourhoods.draw(iri, title, _neighbours(outgoing, incoming, shown))
    if drawn is None:
        abort(404, "It has no neighbours.")
    return Response(drawn.file(site().base_url), content_type=svg.MEDIA_TYPE)


def _neighbours(
    outgoing: Iterable[Link], incoming: Iterable[Link], shown: Mapping[str, ShownTerm]
) -> list[neighbourhoods.Neighbour]:
    """The things at the other ends; the most general relation is left to the lists."""
    return [
        neighbourhoods.Neighbour(
            link.value.value,
            shown[str(link.value)].text,
            shown[str(link.relation)].text,
            points_here,
            link.layer != "written",
        )
        for points_here, links in ((False, outgoing), (True, incoming))
        for link in links
        if isinstance(link.value, NamedNode)
        and link.value.value.startswith(ID)
        and link.relation.value != _INVOLVES
    ]


def _by_kind(said: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
    """The statements by kind: the author's own, then reported ones, then implied ones."""
    kinds: dict[tuple[bool, bool, str], list[Statement]] = {}
    ordered = sorted(said, key=lambda each: (each.evidence.infers, each.evidence.reports))
    for each in ordered[:SHOWN_CLAIMS]:
        quote = each.evidence
        kinds.setdefault((quote.infers, quote.reports, quote.kind_label), []).append(each)
    return [(label, each) for (_, _, label), each in kinds.items()]


def _positions(iri: str) -> list[tuple[positions.Position, str]]:
    """The positions of an actor, each with what its policy is called."""
    found = [
        each
        for each in positions.positions(site().engine)
        if each.actor == iri and each.option == each.through
    ]
    called = labels(site().engine, (each.option for each in found))
    return [(each, called[each.option]) for each in found]


def _is_name(link: Link) -> bool:
    return link.relation.value == _OTHER_NAME


def _types(links: Iterable[Link], shown: Mapping[str, ShownTerm]) -> list[ShownTerm]:
    """The types that the files state, in our own words; derived ones stand further down."""
    return [
        shown[str(link.value)]
        for link in links
        if link.relation.value == _TYPE
        and link.layer != "derived"
        and isinstance(link.value, NamedNode)
        and link.value.value.startswith(SP)
    ]


def _layers(
    links: Iterable[Link], shown: Mapping[str, ShownTerm], without: frozenset[str] = frozenset()
) -> list[Layer]:
    layers = {name: Layer(name) for name in ("written", "derived", "editorial")}
    grouped: dict[tuple[str, str], list[ShownTerm]] = {}
    for link in links:
        if link.relation.value not in without and str(link.value) != _INDIVIDUAL:
            key = (link.layer, str(link.relation))
            grouped.setdefault(key, []).append(shown[str(link.value)])
    for (layer, prop), values in grouped.items():
        layers[layer].links.append(
            (shown[prop], sorted(values, key=lambda each: natural(each.text)))
        )
    for each in layers.values():
        each.links.sort(key=lambda link: link[0].text)
    return [each for each in layers.values() if each.links]


def _sentence(links: Iterable[Link]) -> str | None:
    """Where a sentence stands in its text, or None for anything else."""
    said = {link.relation.value: link.value for link in links}
    document, number = said.get(SP + "isSentenceOf"), said.get(SP + "number")
    if not isinstance(document, NamedNode) or not isinstance(number, Literal):
        return None
    name = quote(document.value.removeprefix(ID), safe="")
    return f"/text/{name}?s={number.value}#s{number.value}"


def _not_found(iri: str) -> Response:
    if negotiate(request.headers.get("Accept"), OFFERED) != PAGE:
        abort(404, f"The graph says nothing of <{iri}>.")
    words = [Literal(word.lower()) for word in _WORD.findall(local_name(iri))[:5]]
    rows = []
    if words:
        rows = site().engine.select(queries.bind("similar", {"word": words})).rows
    terms: list[RdfTerm] = [row["thing"] for row in rows]
    near = show_all(site().engine, terms)
    page = render_template("no_thing.html", iri=iri, near=list(near.values()))
    return make_response(page, 404)
