"""The beginning of a new claim: Turtle to fill in, for one sentence.

What has to be filled in are names that nothing declares and an empty label, so `kg.check` refuses
the stub until every one of them is replaced.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from string import ascii_lowercase
from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.errors import UnknownNameError
from kg.namespaces import ID, PREFIXES, SP, document_prefix, shorten

_NAME = re.compile(r"([a-z0-9][a-z0-9-]*)/s([0-9]{1,9})")
_STUB = """\
# {document}/s{number}: “{quote}”
#
# Known in this sentence:
{known}
# Kinds of claim: {kinds}
# (Delete the axes that the kind fixes, and the certainty of a directive. A report's claimant is
# the one reported on; that of an inferred claim is id:encoder, and it needs a :rationale. What is
# conditional names its condition by :holdsIf or :holdsUnless. :FirstHandClaim is for what the
# author states on a condition, or denies with a reservation.)
# Kinds of proposition with what each relates to:
{facets}

d:c{id} a owl:NamedIndividual , :KIND ;
    :hasContent d:p{id} ;
    :hasClaimant d:author ;
    :hasPolarity :POLARITY ;
    :hasCertainty :CERTAINTY ;
    :hasForce :FORCE ;
    :hasConditionality :CONDITIONALITY ;
    :holdsDuring d:TIME ;
    :hasDiscourseFunction :FUNCTION ;
    :isStatedIn d:s{number} .

d:p{id} a owl:NamedIndividual , :PROPOSITION ;
    rdfs:label ""@en ;
    :RELATION id:ENTITY .
"""


def stub(store: Store, name: str) -> str:
    """A stub for the sentence of this name, with the next free ids.

    Args:
        store: The store that holds the files.
        name: Document and sentence, such as "000/s11".

    Raises:
        UnknownNameError: No sentence has this name.
    """
    parts = _NAME.fullmatch(name)
    if not parts:
        raise UnknownNameError(f"'{name}' is no sentence: write it like 000/s11")
    document, number = parts[1], int(parts[2])
    quote = _quote(store, document, number)
    known = [f"#   {entity}" for entity in _known(store, quote)]
    return _STUB.format(
        document=document,
        number=number,
        quote=quote,
        known="\n".join(known or ["#   nothing; new entities go into kg/data/*.ttl"]),
        kinds=" ".join(_kinds(store)),
        facets="\n".join(f"#   {line}" for line in _facets(store)),
        id=_free_id(store, document, number),
    )


def _quote(store: Store, document: str, number: int) -> str:
    sentence = f"<{document_prefix(document)}s{number}>"
    for row in _select(store, f"SELECT ?quote {{ {sentence} a :Sentence ; :exactQuote ?quote }}"):
        return " ".join(row["quote"].value.split())
    query = f"SELECT ?s {{ ?s a :Sentence ; :isSentenceOf <{ID}{document}> }}"
    count = sum(1 for _ in _select(store, query))
    raise UnknownNameError(
        f"there is no sentence {document}/s{number}: the document has {count} sentences"
        if count
        else f"there is no document {document} with sentences: run 'kg add' on its text first"
    )


def _free_id(store: Store, document: str, number: int) -> str:
    """The sentence's number and the first letter that neither a claim nor a proposition has."""
    namespace = document_prefix(document)
    letters = (
        f"{number}{first}{last}" for first in ("", *ascii_lowercase) for last in ascii_lowercase
    )
    return next(
        tail
        for tail in letters
        if not any(_is_described(store, f"{namespace}{kind}{tail}") for kind in "cp")
    )


def _is_described(store: Store, iri: str) -> bool:
    return any(True for _ in store.quads_for_pattern(NamedNode(iri), None, None, None))


def _known(store: Store, quote: str) -> Iterator[str]:
    """The shared things that the sentence calls by one of their names."""
    query = """SELECT DISTINCT ?thing ?name {
      ?thing a/rdfs:subClassOf* :Entity ; rdfs:label|skos:altLabel ?name .
      FILTER (isIRI(?thing)) }"""
    names = [(row["thing"].value, row["name"].value) for row in _select(store, query)]
    places = [
        (match.span(), thing, name)
        for thing, name in names
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", quote, re.IGNORECASE)
    ]
    spans = [span for span, _, _ in places]
    found = defaultdict(set)
    for span, thing, name in places:
        if not any(a <= span[0] and span[1] <= b and (a, b) != span for a, b in spans):
            found[thing].add(name)
    for thing, called in sorted(found.items()):
        yield f"{shorten(thing)} ({', '.join(sorted(called))})"


def _kinds(store: Store) -> list[str]:
    query = """SELECT ?kind { ?kind rdfs:subClassOf+ :Claim .
      FILTER (?kind = :FirstHandClaim || NOT EXISTS { ?narrower rdfs:subClassOf ?kind }) }"""
    return sorted({shorten(row["kind"].value) for row in _select(store, query)})


def _facets(store: Store) -> Iterator[str]:
    query = """SELECT ?kind ?relation {
      ?kind rdfs:subClassOf+ :Proposition ; rdfs:subClassOf* ?wider . ?relation rdfs:domain ?wider .
      FILTER (?wider != :Proposition && ?kind != :GroundedProposition) }"""
    found = defaultdict(set)
    for row in _select(store, query):
        found[row["kind"].value].add(shorten(row["relation"].value))
    general = "SELECT ?relation { ?relation rdfs:domain :Proposition }"
    relations = sorted(shorten(row["relation"].value) for row in _select(store, general))
    for kind in _select(store, "SELECT DISTINCT ?kind { ?kind rdfs:subClassOf+ :Proposition }"):
        found.setdefault(kind["kind"].value, set())
    found.pop(SP + "GroundedProposition", None)
    for name, own in sorted(found.items()):
        yield f"{shorten(name)} {' '.join(sorted(own))}".rstrip()
    yield f"each of them: {' '.join(relations)}"


def _select(store: Store, query: str) -> QuerySolutions:
    found = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return cast(QuerySolutions, found)
