"""What a strict reader looks for in the ontology beyond what every graph is checked for."""

import re

import pyoxigraph
import pytest

from kg import graph
from kg.namespaces import ONTOLOGY_IRI, PREFIXES, SP

SKOS = PREFIXES["skos"]


@pytest.fixture(scope="module")
def files() -> pyoxigraph.Store:
    """What the files say, with nothing derived."""
    return graph.load_store(graph.sources())


def rows(store: pyoxigraph.Store, query: str) -> list[tuple[str, ...]]:
    found = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return [tuple(value.value for value in row if value is not None) for row in found]


def header(store: pyoxigraph.Store) -> dict[str, str]:
    """What the ontology says of itself."""
    query = f"SELECT ?property ?value {{ <{ONTOLOGY_IRI}> ?property ?value }}"
    return {pair[0]: pair[1] for pair in rows(store, query)}


@pytest.mark.parametrize(
    "name",
    [
        "dcterms:title", "dcterms:description", "dcterms:creator", "dcterms:publisher",
        "dcterms:license", "dcterms:created", "dcterms:issued", "dcterms:modified",
        "dcterms:bibliographicCitation", "owl:versionIRI", "owl:versionInfo",
        "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri", "bibo:status",
        "rdfs:comment", "rdfs:label", "rdfs:seeAlso",
    ],
)  # fmt: skip
def test_the_ontology_describes_itself(name: str, files: pyoxigraph.Store) -> None:
    prefix, local = name.split(":")
    assert header(files)[PREFIXES[prefix] + local]


def test_the_version_is_the_same_wherever_it_stands(files: pyoxigraph.Store) -> None:
    said = header(files)
    version = said[PREFIXES["owl"] + "versionInfo"]
    assert said[PREFIXES["owl"] + "versionIRI"] == f"{ONTOLOGY_IRI}/{version}"
    citation = said[PREFIXES["dcterms"] + "bibliographicCitation"]
    assert f"version {version}," in citation
    assert citation.endswith(f"{ONTOLOGY_IRI}/{version}")
    assert said[PREFIXES["vann"] + "preferredNamespaceUri"] == SP


def test_the_ontology_says_what_becomes_of_terms_out_of_use(files: pyoxigraph.Store) -> None:
    policy = header(files)[PREFIXES["rdfs"] + "comment"]
    for word in ("owl:deprecated", "dcterms:isReplacedBy"):
        assert word in policy


def test_every_term_is_used_or_says_why_not(files: pyoxigraph.Store) -> None:
    """A class has a member, a property a statement; otherwise a scope note tells what it is for."""
    unused = rows(
        files,
        """SELECT ?term ?note WHERE {
             GRAPH <https://w3id.org/standpoint/ontology> {
               ?term rdfs:isDefinedBy ?ontology ; a ?kind .
               OPTIONAL { ?term skos:scopeNote ?note }
               VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty
                              owl:AnnotationProperty owl:NamedIndividual }
             }
             FILTER NOT EXISTS { ?narrower rdfs:subClassOf* ?term . ?thing a ?narrower }
             FILTER NOT EXISTS { ?narrower rdfs:subPropertyOf* ?term . ?from ?narrower ?to }
             FILTER NOT EXISTS {
               GRAPH ?file { ?from ?relation ?term }
               FILTER (?file != <https://w3id.org/standpoint/ontology>)
             }
             FILTER NOT EXISTS {
               ?restriction owl:hasValue ?term . ?kind2 rdfs:subClassOf ?restriction .
               ?thing a ?kind2
             }
           }""",
    )
    assert len(unused) > 15
    assert sorted(row[0].removeprefix(SP) for row in unused if len(row) == 1) == []


def test_most_kinds_of_claims_and_contents_have_an_example(files: pyoxigraph.Store) -> None:
    without = rows(
        files,
        """SELECT DISTINCT ?class WHERE {
             ?class rdfs:subClassOf+ ?top . VALUES ?top { :Claim :Proposition }
             ?thing a ?class .
             FILTER NOT EXISTS { ?class skos:example ?example }
           }""",
    )
    assert without == []
    examples = rows(files, "SELECT ?term ?example WHERE { ?term skos:example ?example }")
    assert len(examples) > 80
    form = re.compile(r"“.+” \(essay \w+, sentence \d+\).*\.")
    assert all(form.fullmatch(example) for _, example in examples)
