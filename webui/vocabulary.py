"""The pages of the ontology: every term with all that is said of it, and a picture of the whole.

Everything is read from the graph: the words, the axioms, how often a term is used, and the first
sentence of a text that uses it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flask import Blueprint, Response, abort, make_response, render_template, request
from pyoxigraph import NamedNode

from kg.engines.results import Term
from kg.evidence import Evidence, evidence
from kg.namespaces import ONTOLOGY_IRI, PREFIXES, SP
from webui import lifelines, model, queries, svg, things
from webui.site import Engine, Site, site
from webui.terms import RdfTerm, ShownTerm, show_all

blueprint = Blueprint("vocabulary", __name__)

_OWL = PREFIXES["owl"]
_RDFS = PREFIXES["rdfs"]
KINDS = {
    _OWL + "Class": "Classes",
    _OWL + "ObjectProperty": "Relations",
    _OWL + "DatatypeProperty": "Values",
    _OWL + "AnnotationProperty": "Annotations",
    _OWL + "NamedIndividual": "Individuals",
}
"""What the page calls each kind of term, in its order."""

USES = {"Classes": ("members", "class"), "Individuals": ("pointers", "thing")}
"""The query that lists the uses of a term of a kind, and its place for the term."""

_NARROWER = {_RDFS + "subClassOf", _RDFS + "subPropertyOf"}

Links = list[tuple[ShownTerm, list[ShownTerm]]]


@dataclass(frozen=True)
class Condition:
    """A part of an axiom.

    Attributes:
        relation: the relation that must lead to one of the values; None for the values themselves.
        backwards: whether the relation leads from the value instead.
        values: any one of them will do.
    """

    relation: ShownTerm | None
    backwards: bool
    values: list[ShownTerm]


@dataclass(frozen=True)
class Entry:
    """A term of the ontology.

    Attributes:
        name: its local name, which is its anchor.
        label: what it is called.
        definition: what it means.
        note: how it is meant to be used, or an empty text.
        example: words of a text that show its use, and where they stand, or an empty text.
        links: its other properties, each with its values.
        narrower: the terms that are kinds of it.
        axioms: what holds of it, by "has", "means", "lists", "excludes" and "is".
        chain: the steps from its subject to its object, each with whether it is backwards.
        uses: how many members, statements or mentions it has.
        query: SPARQL that lists the uses.
        evidence: the first sentence that uses it, or None.
    """

    name: str
    label: str
    definition: str
    note: str
    example: str
    links: Links
    narrower: list[ShownTerm]
    axioms: Mapping[str, list[Condition]]
    chain: list[tuple[ShownTerm, bool]]
    uses: int
    query: str
    evidence: Evidence | None


@dataclass(frozen=True)
class Vocabulary:
    """What the page shows.

    Attributes:
        header: what the ontology says of itself.
        kinds: the terms by kind, in the order of `KINDS`.
        model: its hierarchies and arrows.
        picture: the model, drawn.
    """

    header: Links
    kinds: Mapping[str, list[Entry]]
    model: model.Model
    picture: svg.Picture


@blueprint.get("/ontology")
def ontology() -> Response:
    """The terms as a page, or the ontology as RDF, by negotiation."""
    return things.respond(ONTOLOGY_IRI, None, _page)


@blueprint.get("/ontology/model.svg")
def picture() -> Response:
    """The picture of the model as a file."""
    here = site()
    file = vocabulary(here).picture.file(here.base_url)
    return Response(file, content_type=svg.MEDIA_TYPE)


@blueprint.get("/ontology.<suffix>")
def written(suffix: str) -> Response:
    """The ontology in the format that a suffix names."""
    _, wanted = things.split_suffix("ontology." + suffix)
    if wanted is None:
        abort(404, "The ontology is not offered in this format.")
    return things.respond(ONTOLOGY_IRI, wanted, _page)


@lru_cache(maxsize=2)
def vocabulary(here: Site) -> Vocabulary:
    """All of the ontology; a site never changes, so this is worked out once."""
    rows = {name: here.engine.select(queries.text(name)).rows for name in _READ}
    used: list[RdfTerm] = [
        term for found in rows.values() for row in found for term in row.values()
    ]
    shown = show_all(here.engine, used)
    read = model.read(here.engine)
    return Vocabulary(
        _grouped(rows["header"], shown),
        _kinds(here.engine, rows, shown),
        read,
        lifelines.draw("The model", read),
    )


_READ = ("header", "terms", "term-links", "term-axioms", "term-chains")


def _page(iri: str) -> Response:
    wanted = " ".join(request.args.get("find", "").split())
    words = wanted.casefold().split()
    found = _with_words(vocabulary(site()), words)
    return make_response(
        render_template(
            "ontology.html",
            iri=iri,
            found=found,
            wanted=wanted,
            named=_by_label(found, words) if words else (),
            formats=things.GRAPH_FORMATS,
        )
    )


def _with_words(found: Vocabulary, words: Sequence[str]) -> Vocabulary:
    """What is left of the terms when each must have all of some words."""

    def has_words(entry: Entry) -> bool:
        text = f"{entry.name}\n{entry.label}\n{entry.definition}".casefold()
        return all(word in text for word in words)

    kinds = {kind: list(filter(has_words, entries)) for kind, entries in found.kinds.items()}
    return replace(found, kinds={kind: entries for kind, entries in kinds.items() if entries})


def _by_label(found: Vocabulary, words: Sequence[str]) -> list[Entry]:
    """The terms, first those that have some words in their label."""
    entries = [entry for kind in found.kinds.values() for entry in kind]
    return sorted(entries, key=lambda each: not all(w in each.label.casefold() for w in words))


def _kinds(
    engine: Engine, rows: Mapping[str, list[dict[str, Term]]], shown: Mapping[str, ShownTerm]
) -> Mapping[str, list[Entry]]:
    by_term = {name: _by_term(found) for name, found in rows.items() if name != "header"}
    narrower: defaultdict[str, list[ShownTerm]] = defaultdict(list)
    for row in rows["term-links"]:
        if row["property"].value in _NARROWER:
            narrower[row["value"].value].append(shown[str(row["term"])])
    uses = {row["term"].value: row["uses"].value for row in _select(engine, "term-uses")}
    shows = _examples(engine)
    kinds: dict[str, list[Entry]] = {name: [] for name in KINDS.values()}
    for row in rows["terms"]:
        iri = row["term"].value
        if not iri.startswith(SP):
            continue
        kind = KINDS[row["type"].value]
        name = iri.removeprefix(SP)
        entry = Entry(
            name,
            _text(row, "label") or name,
            _text(row, "definition"),
            _text(row, "note"),
            _text(row, "example"),
            _grouped(by_term["term-links"][iri], shown),
            narrower[iri],
            _axioms(by_term["term-axioms"][iri], shown),
            [
                (shown[str(step["step"])], step["backwards"].value == "true")
                for step in by_term["term-chains"][iri]
            ],
            int(uses.get(iri, "0")),
            _uses(kind, iri),
            shows.get(iri),
        )
        kinds[kind].append(entry)
    return {kind: entries for kind, entries in kinds.items() if entries}


def _select(engine: Engine, name: str) -> list[dict[str, Term]]:
    return engine.select(queries.text(name)).rows


def _by_term(rows: list[dict[str, Term]]) -> defaultdict[str, list[dict[str, Term]]]:
    found: defaultdict[str, list[dict[str, Term]]] = defaultdict(list)
    for row in rows:
        found[row["term"].value].append(row)
    return found


def _text(row: Mapping[str, Term], name: str) -> str:
    return row[name].value if name in row else ""


def _uses(kind: str, iri: str) -> str:
    name, place = USES.get(kind, ("triples", "property"))
    return queries.bind(name, {place: [NamedNode(iri)]})


def _examples(engine: Engine) -> dict[str, Evidence]:
    """The sentence of the first claim that uses a term, by the term's IRI."""
    rows = _select(engine, "term-examples")
    claims = {row["term"].value: row["first"].value.split()[-1] for row in rows}
    quotes = evidence(engine, claims.values())
    return {term: quotes[claim][0] for term, claim in claims.items() if quotes[claim]}


def _axioms(
    rows: list[dict[str, Term]], shown: Mapping[str, ShownTerm]
) -> Mapping[str, list[Condition]]:
    found: defaultdict[str, dict[tuple[str, bool], list[ShownTerm]]] = defaultdict(dict)
    for row in rows:
        relation = str(row["property"]) if "property" in row else ""
        backwards = _text(row, "backwards") == "true"
        of_kind = found[row["axiom"].value]
        of_kind.setdefault((relation, backwards), []).append(shown[str(row["value"])])
    return {
        axiom: [
            Condition(shown[relation] if relation else None, backwards, values)
            for (relation, backwards), values in of_kind.items()
        ]
        for axiom, of_kind in found.items()
    }


def _grouped(rows: list[dict[str, Term]], shown: Mapping[str, ShownTerm]) -> Links:
    grouped: dict[str, list[ShownTerm]] = {}
    for row in rows:
        grouped.setdefault(str(row["property"]), []).append(shown[str(row["value"])])
    return [(shown[prop], values) for prop, values in grouped.items()]
