"""Each shape lets one small graph pass and refuses another, and no other shape minds either."""

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, VANN

from kg import graph, paths
from kg.checks import shapes
from kg.graph import Source
from kg.namespaces import ONTOLOGY_IRI, SHAPE, SP

FIXTURES = Path(__file__).parent / "shapes"
BASE = Source(FIXTURES / "base.ttl", "https://example.org/base", "900")
ONTOLOGY = Source(paths.ONTOLOGY / "standpoint.ttl", "https://example.org/ontology", None)

# pySHACL adds triples to a shapes graph that it has used, so the one here is not the shared one.
SHAPES = shapes.load_shapes.__wrapped__()
# What a term must look like is half of the work and no matter to the other fixtures.
OF_TERMS = graph.load_graph([Source(paths.SHAPES / "terms.ttl", f"{SHAPE}terms", None)])
OF_DATA = SHAPES - OF_TERMS
NAMES = sorted(
    str(shape).removeprefix(SHAPE)
    for kind in (SH.NodeShape, SH.PropertyShape)
    for shape in SHAPES.subjects(RDF.type, kind)
)


def broken(fixture: Path) -> set[str]:
    data = shapes.validated([ONTOLOGY, BASE, Source(fixture, "https://example.org/f", "900")])
    is_term = (rdflib.URIRef(SHAPE + fixture.stem), None, None) in OF_TERMS
    return {result.shape for result in shapes.validate(data, OF_TERMS if is_term else OF_DATA)}


def test_the_shapes_are_many_and_every_fixture_has_its_shape() -> None:
    assert len(NAMES) > 90
    assert len(OF_TERMS) > 90
    assert len(OF_TERMS) + len(OF_DATA) == len(SHAPES)
    for folder in ("valid", "invalid"):
        assert sorted(path.stem for path in (FIXTURES / folder).glob("*")) == NAMES


def test_the_graph_that_the_fixtures_build_on_conforms() -> None:
    assert shapes.validate(shapes.validated([ONTOLOGY, BASE]), SHAPES) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_conforming_graph_conforms(name: str) -> None:
    assert broken(FIXTURES / "valid" / f"{name}.ttl") == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_breaking_graph_breaks_exactly_this_shape(name: str) -> None:
    assert broken(FIXTURES / "invalid" / f"{name}.ttl") == {name}


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_has_a_name_a_message_and_a_severity(name: str) -> None:
    shape = rdflib.URIRef(SHAPE + name)
    (label,) = SHAPES.objects(shape, RDFS.label)
    (message,) = SHAPES.objects(shape, SH.message)
    (severity,) = SHAPES.objects(shape, SH.severity)
    assert severity in {SH.Violation, SH.Warning, SH.Info}
    assert isinstance(label, rdflib.Literal)
    assert isinstance(message, rdflib.Literal)
    assert ": " in message, "a message says what is wrong, then what to do"
    assert message.endswith(".")


def test_only_named_shapes_speak() -> None:
    speaking = {*SHAPES.subjects(SH.message), *SHAPES.subjects(SH.severity)}
    assert speaking == {rdflib.URIRef(SHAPE + name) for name in NAMES}


def test_the_prefix_of_the_queries_is_the_ontologys_and_declared_once() -> None:
    ontology = graph.load_graph([ONTOLOGY])
    (preferred,) = ontology.objects(rdflib.URIRef(ONTOLOGY_IRI), VANN.preferredNamespacePrefix)
    (declared,) = SHAPES.objects(None, SH.prefix)
    (namespace,) = SHAPES.objects(None, SH.namespace)
    assert (str(declared), str(namespace)) == (str(preferred), SP)


def test_the_shapes_say_what_they_are() -> None:
    header = rdflib.URIRef(SHAPE.removesuffix("#"))
    assert (header, RDF.type, OWL.Ontology) in SHAPES
    for said in (DCTERMS.title, DCTERMS.license, OWL.versionIRI, OWL.versionInfo):
        assert SHAPES.value(header, said), said


def test_labels_and_messages_of_shapes_are_unique() -> None:
    for words in (RDFS.label, SH.message):
        texts = [text for _, text in SHAPES.subject_objects(words)]
        assert len(texts) == len(NAMES)
        assert len(set(texts)) == len(texts)


def test_a_result_carries_the_words_that_a_query_found() -> None:
    data = shapes.validated(
        [
            ONTOLOGY,
            BASE,
            Source(FIXTURES / "invalid/ScopeVerbatim.ttl", "https://example.org/f", "900"),
        ]
    )
    (result,) = shapes.validate(data, SHAPES)
    assert result.shape == "ScopeVerbatim"
    assert '"In 1998"' in result.message
    assert result.focus == "https://w3id.org/standpoint/id/900/t1"


def test_a_graph_without_results_conforms_for_the_engine_too() -> None:
    data = graph.load_graph([ONTOLOGY, BASE])
    conforms, _, _ = pyshacl.validate(data, shacl_graph=OF_DATA, inference="none")
    assert conforms
