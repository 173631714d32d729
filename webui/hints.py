"""What the query editor asks while somebody writes: terms that fit, what they mean, what is wrong.

Everything is JSON and depends on the snapshot and the address alone. The parameters are IRIs
(RFC 3987) and texts; anything else in them is refused.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import BadRequest

from kg.emptiness import unknown_terms
from kg.errors import QueryError, QuerySyntaxError
from kg.labels import labels
from kg.namespaces import BASE, PREFIXES, shorten
from webui import queries
from webui.endpoint import guarded
from webui.site import Engine, Site, site

blueprint = Blueprint("hints", __name__, url_prefix="/sparql")

REST = "?thing a ?type ."
"""What stands in a query of this module for what is known of the thing."""

LONGEST_TEXT = 100
_MOST_KNOWN = 20
_TERMS_AT_ONCE = 200
_RDF, _RDFS, _SKOS, _XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "skos", "xsd"))
_DEFINING = (_SKOS + "definition", _RDFS + "comment")
_BARE = {_XSD + name for name in ("integer", "decimal", "boolean")}
_PLACE = re.compile(r"line (\d+), column (\d+): ")


@dataclass(frozen=True)
class Hint:
    """A term that could stand in a query.

    Attributes:
        written: the term as SPARQL, with a prefix where one fits.
        label: what it is called.
        iri: the IRI, or an empty text for a literal.
        count: how many things have it.
        definition: what it means, or an empty text.
    """

    written: str
    label: str
    iri: str = ""
    count: int = 0
    definition: str = ""


@dataclass(frozen=True)
class About:
    """What a term is.

    Attributes:
        written: the term as SPARQL.
        label: what it is called.
        definition: what it means, or an empty text.
        types: the names of its classes that have no narrower one among them.
        domain: the names of what a property leads from.
        range: the names of what it leads to.
    """

    written: str
    label: str
    definition: str
    types: Sequence[str]
    domain: Sequence[str]
    range: Sequence[str]


@blueprint.get("/terms")
def terms() -> Response:
    """The prefixes, classes and properties of the graph."""
    return _lasting(_schema(site()))


@blueprint.get("/terms/properties")
def properties() -> Response:
    """The properties that the things have of which something is known."""
    return _lasting(_hints(site().engine, _narrowed("hint-properties", {})))


@blueprint.get("/terms/values")
def values() -> Response:
    """The values of a property of the things of which something is known."""
    wanted = _iris("property")
    if len(wanted) != 1:
        raise BadRequest("Name one property: property=<IRI>.")
    return _lasting(_hints(site().engine, _narrowed("hint-values", {"property": wanted})))


@blueprint.get("/terms/things")
def things() -> Response:
    """The things of which something is known, and whose name has a text in it."""
    text = request.args.get("text", "").strip().lower()
    if not 0 < len(text) <= LONGEST_TEXT:
        raise BadRequest(f"Give a text of 1 to {LONGEST_TEXT} characters: text=…")
    return _lasting(_hints(site().engine, _narrowed("hint-things", {"text": [Literal(text)]})))


@blueprint.get("/terms/about")
def about() -> Response:
    """What a term is called, is and means."""
    wanted = _iris("iri")
    if len(wanted) != 1:
        raise BadRequest("Name one term: iri=<IRI>.")
    return _lasting(asdict(_about(site().engine, wanted[0].value)))


@blueprint.get("/check")
def checked() -> Response:
    """What is wrong with a query as far as its words tell, without asking it."""
    here = site()
    query = request.args.get("query", "")
    try:
        guarded(query)
        unknown = () if here.is_plain else unknown_terms(here.engine, query)
    except QueryError as error:
        return _lasting({"fault": _fault(error), "unknown": []})
    found = [{"written": each.written, "nearest": each.nearest} for each in unknown]
    return _lasting({"fault": None, "unknown": found})


def _fault(error: QueryError) -> dict[str, Any]:
    place = _PLACE.match(str(error))
    line, column = map(int, place.groups()) if place else (None, None)
    if isinstance(error, QuerySyntaxError):
        line, column = error.line or line, error.column or column
    return {"message": str(error), "line": line, "column": column}


def _lasting(found: object) -> Response:
    """The response; it may be kept where the address names the snapshot."""
    here = site()
    response = jsonify(found)
    response.set_etag(f"{here.snapshot.version}")
    is_named = request.args.get("v") == here.snapshot.version
    response.headers["Cache-Control"] = (
        "private, max-age=86400, immutable" if is_named else "no-cache"
    )
    return response


def _iris(name: str) -> list[NamedNode]:
    given = request.args.getlist(name)
    if len(given) > _MOST_KNOWN:
        raise BadRequest(f"At most {_MOST_KNOWN} of '{name}' are read.")
    try:
        return queries.iris(given)
    except ValueError:
        raise BadRequest(f"'{name}' must be an absolute IRI.") from None


def _narrowed(name: str, places: Mapping[str, Iterable[NamedNode | Literal]]) -> str:
    """A query with what the request tells of the thing: itself, types, relations from and to it."""
    known = [f"?thing a {each} ." for each in _iris("type")]
    known += [f"?thing {each} ?has{at} ." for at, each in enumerate(_iris("has"))]
    known += [f"?of{at} {each} ?thing ." for at, each in enumerate(_iris("of"))]
    known += [f"VALUES ?thing {{ {each} }}" for each in _iris("thing")[:1]]
    return queries.bind(name, places).replace(REST, " ".join(known))


def _hints(engine: Engine, query: str) -> list[dict[str, Any]]:
    counts = {
        row["term"]: int(row["count"].value) if "count" in row else 0
        for row in engine.select(query).rows
    }
    called = labels(engine, (term.value for term in counts if isinstance(term, NamedNode)))
    return [
        asdict(
            Hint(shorten(term.value), called[term.value], term.value, count)
            if isinstance(term, NamedNode)
            else Hint(_literal(term), "", "", count)
        )
        for term, count in counts.items()
        if isinstance(term, NamedNode | Literal)
    ]


def _literal(term: Literal) -> str:
    datatype = term.datatype.value
    if datatype in _BARE:
        return term.value
    short = shorten(datatype)
    return str(term).removesuffix(f"<{datatype}>") + short if str(term).endswith(">") else str(term)


@lru_cache(maxsize=8)
def _schema(here: Site) -> dict[str, Any]:
    """The classes and properties with their words; a site never changes, so neither do they."""
    found = {
        kind: _hints(here.engine, query)
        for kind, query in (
            ("classes", queries.text("hint-classes")),
            ("properties", queries.text("hint-properties").replace(REST, "")),
        )
    }
    said = _said(here.engine, {each["iri"] for hints in found.values() for each in hints})
    for hint in (hint for hints in found.values() for hint in hints):
        hint["definition"] = _definition(said[hint["iri"]])
    prefixes = {
        name: namespace
        for name, namespace in PREFIXES.items()
        if not here.is_plain or not namespace.startswith(BASE)
    }
    return {"prefixes": prefixes, "are_declared": not here.is_plain, **found}


def _said(engine: Engine, iris: Iterable[str]) -> defaultdict[str, defaultdict[str, list[str]]]:
    """What is said of each term, by property."""
    said: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    wanted = queries.iris(sorted(iris))
    for start in range(0, len(wanted), _TERMS_AT_ONCE):
        some = wanted[start : start + _TERMS_AT_ONCE]
        query = queries.bind("hint-about", {"term": some})
        for row in engine.select(query).rows:
            said[row["term"].value][row["property"].value].append(row["value"].value)
    return said


def _definition(said: Mapping[str, Sequence[str]]) -> str:
    return next((said[each][0] for each in _DEFINING if said.get(each)), "")


def _about(engine: Engine, iri: str) -> About:
    said = _said(engine, [iri])[iri]
    types = [each for each in said[_RDF + "type"] if each != PREFIXES["owl"] + "NamedIndividual"]
    domain, range_ = said[_RDFS + "domain"], said[_RDFS + "range"]
    called = labels(engine, [iri, *types, *domain, *range_])
    return About(
        shorten(iri),
        called[iri],
        _definition(said),
        [called[each] for each in types],
        [called[each] for each in domain],
        [called[each] for each in range_],
    )
