"""The alignments: nothing imports them, and they say nothing that is not so or not OWL 2 DL.

That the file opens in OWL 2 DL is with the tests of all such files, in ``test_owl_profile.py``.
"""

from collections import defaultdict
from collections.abc import Mapping

from pyoxigraph import NamedNode, Triple

from kg import graph, paths, turtle
from kg.checks import consistency
from kg.namespaces import ONTOLOGY_IRI, PREFIXES, SP

ALIGNMENTS = paths.ONTOLOGY / "alignments.ttl"
KINDS = {
    PREFIXES["owl"] + name
    for name in (
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
    )
}
WIKIDATA = "http://www.wikidata.org/entity/Q"
MATCHES = {PREFIXES["skos"] + f"{name}Match" for name in ("close", "broad", "related")}
TYPE, SUBCLASS = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "subClassOf"


def aligned() -> list[Triple]:
    found = [t for t in graph.read(ALIGNMENTS) if t.predicate.value in {SUBCLASS, *MATCHES}]
    assert len(found) > 60
    return found


def kinds(triples: list[Triple]) -> dict[str, set[str]]:
    found = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == TYPE and triple.object.value in KINDS:
            found[triple.subject.value].add(triple.object.value)
    return found


def test_no_file_of_the_graph_imports_them() -> None:
    iri = NamedNode(graph.ontology_iri(ALIGNMENTS))
    assert ALIGNMENTS not in {source.path for source in graph.sources()}
    imports = NamedNode(PREFIXES["owl"] + "imports")
    for source in graph.sources():
        assert (imports, iri) not in {(t.predicate, t.object) for t in graph.read(source.path)}


def test_they_import_the_ontology_alone() -> None:
    imports = PREFIXES["owl"] + "imports"
    found = [t.object.value for t in graph.read(ALIGNMENTS) if t.predicate.value == imports]
    assert found == [ONTOLOGY_IRI]


def test_they_are_in_canonical_form() -> None:
    assert not turtle.reformat_file(ALIGNMENTS, check=True)


def test_each_outside_term_is_in_its_vocabulary(
    vocabularies: Mapping[str, frozenset[str]],
) -> None:
    for term in {triple.object.value for triple in aligned()}:
        namespace = next((each for each in vocabularies if term.startswith(each)), None)
        if namespace is None:
            assert term.startswith(WIKIDATA), term
            assert term.removeprefix(WIKIDATA).isdigit()
        else:
            assert term.removeprefix(namespace) in vocabularies[namespace], term


def test_every_term_is_declared_as_one_kind_and_matched_with_its_like() -> None:
    ontology = graph.read(paths.ONTOLOGY / "standpoint.ttl")
    declared = kinds(ontology + graph.read(ALIGNMENTS))
    classes = PREFIXES["owl"] + "Class"
    for triple in aligned():
        ours, theirs = declared[triple.subject.value], declared[triple.object.value]
        assert triple.subject.value.startswith(SP)
        assert len(ours) == len(theirs) == 1, triple
        assert (classes in ours) == (classes in theirs), triple
        assert triple.predicate.value != SUBCLASS or classes in ours


def test_with_them_the_graph_is_consistent_and_no_class_is_empty() -> None:
    store = graph.load_store(graph.sources())
    triples = [quad.triple for quad in store] + graph.read(ALIGNMENTS)
    assert consistency.unsatisfiable(triples) == []
