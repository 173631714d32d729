"""The page of the ontology: every term with its definition, generated from the ontology itself."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, render_template
from pyoxigraph import NamedNode

from kg.engines.results import Term
from kg.namespaces import ONTOLOGY_IRI, PREFIXES, SP
from webui import queries, things
from webui.site import Engine, site
from webui.terms import RdfTerm, ShownTerm, show_all

blueprint = Blueprint("vocabulary", __name__)

_OWL = PREFIXES["owl"]
KINDS = {
    _OWL + "Class": "Classes",
    _OWL + "ObjectProperty": "Relations",
    _OWL + "DatatypeProperty": "Values",
    _OWL + "AnnotationProperty": "Annotations",
    _OWL + "NamedIndividual": "Individuals",
}
"""What the page calls each kind of term, in its order."""

Links = list[tuple[ShownTerm, list[ShownTerm]]]


@dataclass(frozen=True)
class Entry:
    """A term of the ontology.

    Attributes:
        name: its local name, which is its anchor.
        label: what it is called.
        definition: what it means.
        links: its other properties, each with its values.
    """

    name: str
    label: str
    definition: str
    links: Links


@blueprint.get("/ontology")
def ontology() -> Response:
    """The terms as a page, or the ontology as RDF, by negotiation."""
    return things.respond(ONTOLOGY_IRI, None, _page)


@blueprint.get("/ontology.<suffix>")
def written(suffix: str) -> Response:
    """The ontology in the format that a suffix names."""
    _, wanted = things.split_suffix("ontology." + suffix)
    if wanted is None:
        abort(404, "The ontology is not offered in this format.")
    return things.respond(ONTOLOGY_IRI, wanted, _page)


def _page(iri: str) -> Response:
    engine = site().engine
    header = engine.select(queries.text("header")).rows
    links = engine.select(queries.text("term-links")).rows
    used: list[RdfTerm] = [
        term for row in header + links for name, term in row.items() if name != "term"
    ]
    shown = show_all(engine, used)
    by_term: defaultdict[str, list[dict[str, Term]]] = defaultdict(list)
    for row in links:
        by_term[row["term"].value].append(row)
    return make_response(
        render_template(
            "ontology.html",
            iri=iri,
            header=_grouped(header, shown),
            kinds=_entries(engine, {term: _grouped(rows, shown) for term, rows in by_term.items()}),
            formats=things.GRAPH_FORMATS,
        )
    )


def _grouped(rows: list[dict[str, Term]], shown: Mapping[str, ShownTerm]) -> Links:
    grouped: dict[str, list[ShownTerm]] = {}
    for row in rows:
        grouped.setdefault(str(row["property"]), []).append(shown[str(row["value"])])
    return [(shown[prop], values) for prop, values in grouped.items()]


def _entries(engine: Engine, links: Mapping[str, Links]) -> Mapping[str, list[Entry]]:
    kinds: dict[str, list[Entry]] = {name: [] for name in KINDS.values()}
    for row in engine.select(queries.text("terms")).rows:
        term = row["term"]
        if isinstance(term, NamedNode) and term.value.startswith(SP):
            name = term.value.removeprefix(SP)
            label = row["label"].value if "label" in row else name
            entry = Entry(name, label, row["definition"].value, links.get(term.value, []))
            kinds[KINDS[row["type"].value]].append(entry)
    return {kind: entries for kind, entries in kinds.items() if entries}
