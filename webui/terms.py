"""RDF terms as a reader sees them: a label, a place to go, and where the label came from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.labels import Engine, labels
from kg.namespaces import BASE, DATA, ID, ONTOLOGY_IRI, PREFIXES, SP, shorten

RdfTerm: TypeAlias = NamedNode | Literal | BlankNode

_STRINGS = frozenset({PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"})
_MODULES = frozenset({BASE + "alignments", BASE + "lexicon", BASE + "shapes"})
_DIGITS = re.compile(r"(\d{1,9})")
_SAFE = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class ShownTerm:
    """A term on a page.

    Attributes:
        text: what is read.
        iri: the IRI, or None for a literal or a blank node.
        short: the IRI as a prefixed name, where one fits.
        href: where a link leads, or None when there is nowhere to go.
        is_external: whether the link leaves this site.
        language: the literal's language tag, or an empty text.
        datatype: the literal's datatype as a prefixed name, or an empty text for strings.
    """

    text: str
    iri: str | None = None
    short: str = ""
    href: str | None = None
    is_external: bool = False
    language: str = ""
    datatype: str = ""


def natural(text: str) -> list[tuple[int, str]]:
    """By which texts are sorted so that 2 comes before 10."""
    return [(int(each), "") if each.isdecimal() else (0, each) for each in _DIGITS.split(text)]


def local_path(iri: str) -> str | None:
    """The path on this site of an IRI that this site answers for, else None.

    A term of the ontology is a fragment of one page; everything else has a page of its own.
    """
    if iri.startswith(SP):
        return "/ontology#" + quote(iri.removeprefix(SP), safe=_SAFE)
    if iri == ONTOLOGY_IRI or iri in _MODULES or iri.startswith((ID, DATA, ONTOLOGY_IRI + "/")):
        return "/" + quote(iri.removeprefix(BASE), safe=_SAFE)
    return None


def shown(term: RdfTerm, called: Mapping[str, str]) -> ShownTerm:
    """A term with its label; a label that is missing is replaced by the IRI."""
    if isinstance(term, NamedNode):
        return _shown_iri(term.value, called)
    if isinstance(term, BlankNode):
        return ShownTerm("blank node")
    datatype = "" if term.datatype.value in _STRINGS else shorten(term.datatype.value)
    return ShownTerm(term.value, language=term.language or "", datatype=datatype)


def _shown_iri(iri: str, called: Mapping[str, str]) -> ShownTerm:
    path = local_path(iri)
    is_external = path is None and iri.startswith(("https://", "http://"))
    text = called.get(iri, iri)
    return ShownTerm(text, iri, shorten(iri), iri if is_external else path, is_external)


def show_all(engine: Engine, terms: Iterable[RdfTerm]) -> dict[str, ShownTerm]:
    """Every distinct term as shown, by the term's N-Triples form; labels in one query."""
    distinct = {str(term): term for term in terms}
    iris = {term.value for term in distinct.values() if isinstance(term, NamedNode)}
    called = labels(engine, (iri for iri in iris if _is_labelled(iri)))
    return {key: shown(term, called) for key, term in distinct.items()}


def _is_labelled(iri: str) -> bool:
    """Whether a label is looked for: for what this site names, and prefixes it knows."""
    return iri.startswith(BASE) or not shorten(iri).startswith("<")
