"""The prefixes, once: for files, queries, pages and messages."""

from collections.abc import Mapping
from types import MappingProxyType

BASE = "https://w3id.org/standpoint/"
ONTOLOGY_IRI = BASE + "ontology"
SP = ONTOLOGY_IRI + "#"
ID = BASE + "id/"
SHAPE = BASE + "shapes#"
LEX = BASE + "lexicon/"
DATA = BASE + "data/"

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "": SP,
        "id": ID,
        "shape": SHAPE,
        "lex": LEX,
        "data": DATA,
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "vann": "http://purl.org/vocab/vann/",
        "bibo": "http://purl.org/ontology/bibo/",
        "ontolex": "http://www.w3.org/ns/lemon/ontolex#",
    }
)
"""Every prefix that a query may use without declaring it."""


def document_prefix(document: str) -> str:
    """The namespace of the things that belong to one document, written ``d:`` in its files."""
    return f"{ID}{document}/"


def shorten(iri: str) -> str:
    """The IRI as a prefixed name where a prefix fits, else in angle brackets.

    A local name with a slash is no Turtle prefixed name (Turtle 1.1, PN_LOCAL), so such an IRI
    keeps its full form.
    """
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and all(c.isalnum() or c in "-_" for c in local):
            return f"{prefix}:{local}"
    return f"<{iri}>"
