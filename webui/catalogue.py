"""What other tools ask of a dataset: VoID (W3C Note 2011) and DCAT 3 (W3C Recommendation 2024).

Both speak of one dataset, whose IRI leads to the data page. VoID gives its size and what it is made
of, counted in the store; DCAT gives the files and the endpoint.
"""

import io
from collections.abc import Iterable, Iterator
from typing import cast

from flask import Blueprint, Response, abort, redirect, request, url_for
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize
from werkzeug.wrappers import Response as AnyResponse

from kg.engines.results import Format, formats_for
from kg.namespaces import BASE, ID, PREFIXES, SP
from webui import downloads, queries
from webui.citations import PUBLISHER, TITLE
from webui.negotiation import named, negotiate
from webui.site import Site, site

blueprint = Blueprint("catalogue", __name__)

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"
FOAF = "http://xmlns.com/foaf/0.1/"
DATASET = NamedNode(BASE + "data")
LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
IANA = "https://www.iana.org/assignments/media-types/"

OFFERED: tuple[Format, ...] = tuple(
    each for each in formats_for("graph") if each.name not in ("nq", "trig")
)

_DCTERMS = PREFIXES["dcterms"]
_XSD = PREFIXES["xsd"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")

Value = NamedNode | Literal | BlankNode


@blueprint.get("/.well-known/void")
def well_known() -> AnyResponse:
    """Where VoID looks for the description of a site (section 7.2)."""
    return redirect(url_for("catalogue.void"), 302)


@blueprint.get("/void")
def void() -> Response:
    """The dataset in VoID: sizes, and partitions by class and by property."""
    here = site()
    return _written(here, [*_about(here), *_sizes(here)])


@blueprint.get("/dcat")
def dcat() -> Response:
    """The dataset in DCAT: its files and its endpoint."""
    here = site()
    return _written(here, [*_about(here), *_files(here)])


def _written(here: Site, triples: Iterable[Triple]) -> Response:
    wanted = request.args.get("format")
    if wanted:
        chosen = named(wanted, OFFERED)
    else:
        chosen = negotiate(request.headers.get("Accept"), OFFERED)
        if chosen is None and "html" in request.headers.get("Accept", ""):
            chosen = OFFERED[0]
    if chosen is None:
        known = ", ".join(each.media_type.partition(";")[0] for each in OFFERED)
        abort(406, f"This is offered as {known}.")
    output = io.BytesIO()
    prefixes = {"void": VOID, "dcat": DCAT, "dcterms": _DCTERMS, "spdx": SPDX, "foaf": FOAF}
    serialize(
        triples,
        output,
        format=cast(RdfFormat, chosen.engine),
        prefixes=prefixes if chosen.name in ("ttl", "rdf") else None,
    )
    response = Response(output.getvalue(), content_type=chosen.media_type)
    response.vary.add("Accept")
    response.set_etag(f"{here.snapshot.version}-{chosen.name}", weak=True)
    response.make_conditional(request)
    return response


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(_XSD + "integer"))


def _say(subject: NamedNode | BlankNode, namespace: str, **values: Value) -> Iterator[Triple]:
    """A triple for each name of the namespace with its value."""
    for name, value in values.items():
        yield Triple(subject, NamedNode(namespace + name), value)


def _about(here: Site) -> Iterator[Triple]:
    """What both vocabularies say in the words of DCMI Metadata Terms."""
    issued = Literal(here.snapshot.created.isoformat(), datatype=NamedNode(_XSD + "dateTime"))
    publisher = BlankNode()
    yield Triple(DATASET, _TYPE, NamedNode(VOID + "Dataset"))
    yield Triple(DATASET, _TYPE, NamedNode(DCAT + "Dataset"))
    yield from _say(
        DATASET,
        _DCTERMS,
        title=Literal(TITLE, language="en"),
        license=LICENCE,
        publisher=publisher,
        issued=issued,
        identifier=Literal(here.snapshot.version),
    )
    yield Triple(publisher, _TYPE, NamedNode(FOAF + "Agent"))
    yield from _say(publisher, FOAF, name=Literal(PUBLISHER, language="en"))
    yield from _say(DATASET, FOAF, homepage=NamedNode(here.base_url + "/"))


def _sizes(here: Site) -> Iterator[Triple]:
    (row,) = here.engine.select(queries.text("size")).rows
    yield from _say(
        DATASET,
        VOID,
        triples=_number(here.snapshot.triples),
        distinctSubjects=_number(int(row["subjects"].value)),
        distinctObjects=_number(int(row["objects"].value)),
        sparqlEndpoint=NamedNode(here.base_url + "/sparql"),
        uriSpace=Literal(ID),
        vocabulary=NamedNode(SP),
        exampleResource=NamedNode(ID + "south-korea"),
    )
    for each in downloads.downloads(here.snapshot.path).values():
        if each.holds_triples:
            yield from _say(DATASET, VOID, dataDump=_address(here, each.name))
    for query, part, by, size in (
        ("class-sizes", "classPartition", "class", "entities"),
        ("property-sizes", "propertyPartition", "property", "triples"),
    ):
        for row in here.engine.select(queries.text(query)).rows:
            node, count = BlankNode(), _number(int(row["size"].value))
            yield Triple(DATASET, NamedNode(VOID + part), node)
            yield Triple(node, NamedNode(VOID + by), NamedNode(row["term"].value))
            yield Triple(node, NamedNode(VOID + size), count)


def _address(here: Site, name: str) -> NamedNode:
    return NamedNode(f"{here.base_url}/data/{name}")


def _files(here: Site) -> Iterator[Triple]:
    service = NamedNode(here.base_url + "/sparql")
    yield from _say(DATASET, DCAT, landingPage=NamedNode(here.base_url + "/data"))
    yield from _say(DATASET, DCAT, version=Literal(here.snapshot.version))
    yield Triple(service, _TYPE, NamedNode(DCAT + "DataService"))
    yield from _say(service, DCAT, endpointURL=service, servesDataset=DATASET)
    yield from _say(service, _DCTERMS, title=Literal("SPARQL endpoint", language="en"))
    for each in downloads.downloads(here.snapshot.path).values():
        file, checksum = _address(here, each.name), BlankNode()
        yield from _say(DATASET, DCAT, distribution=file)
        yield Triple(file, _TYPE, NamedNode(DCAT + "Distribution"))
        yield from _say(
            file,
            DCAT,
            downloadURL=file,
            mediaType=NamedNode(IANA + downloads.MEDIA_TYPES[each.ending]),
            byteSize=Literal(str(each.size), datatype=NamedNode(_XSD + "nonNegativeInteger")),
        )
        yield from _say(file, _DCTERMS, title=Literal(each.name), license=LICENCE)
        yield from _say(file, SPDX, checksum=checksum)
        yield Triple(checksum, _TYPE, NamedNode(SPDX + "Checksum"))
        digest = Literal(each.sha256, datatype=NamedNode(_XSD + "hexBinary"))
        algorithm = NamedNode(SPDX + "checksumAlgorithm_sha256")
        yield from _say(checksum, SPDX, algorithm=algorithm, checksumValue=digest)
