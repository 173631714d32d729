"""Every file that an editor can open is in OWL 2 DL with its imports, and opens without a network.

The judge is the profile checker of the OWL API; see ``owl_api.py``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode

from kg import graph, paths
from kg.catalogs import NAME
from kg.namespaces import DATA, ONTOLOGY_IRI, PREFIXES

OPENABLE = [
    *sorted(paths.ONTOLOGY.glob("*.ttl")),
    *sorted(paths.DATA.glob("*.ttl")),
    *sorted(paths.DATA.glob("*/*.ttl")),
]
each_file = pytest.mark.parametrize("path", OPENABLE, ids=lambda path: "/".join(path.parts[-2:]))


def imports(path: Path) -> set[str]:
    iri = PREFIXES["owl"] + "imports"
    found = [t.object for t in graph.read(path) if t.predicate.value == iri]
    return {target.value for target in found if isinstance(target, NamedNode)}


def test_the_ontology_the_shared_data_and_the_documents_are_among_the_files() -> None:
    names = {"standpoint.ttl", "all.ttl", "actors.ttl", "claims.ttl", "editorial.ttl", "text.ttl"}
    assert {path.name for path in OPENABLE} >= names


@each_file
def test_a_file_with_its_imports_is_in_owl_2_dl(owl_api: Callable[..., Any], path: Path) -> None:
    assert owl_api("violations", path=path) == []


@each_file
def test_every_import_is_found_through_the_catalogue_beside_the_file(
    owl_api: Callable[..., Any], path: Path
) -> None:
    found = owl_api("closure", path=path)
    project = {file.as_uri() for file in OPENABLE}
    assert path.as_uri() in found.values()
    assert set(found) >= imports(path)
    assert set(found.values()) <= project


def test_the_umbrella_opens_everything(owl_api: Callable[..., Any]) -> None:
    everything = {source.graph_iri: source.path.as_uri() for source in graph.sources()}
    umbrella = {DATA + "all": (paths.DATA / "all.ttl").as_uri()}
    assert owl_api("closure", path=paths.DATA / "all.ttl") == everything | umbrella


def test_what_the_catalogue_lacks_is_not_fetched(owl_api: Callable[..., Any], copied: Path) -> None:
    catalogue = copied / "kg" / "data" / NAME
    lines = catalogue.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if f'"{ONTOLOGY_IRI}"' not in line]
    assert len(kept) == len(lines) - 1
    catalogue.write_text("".join(kept), "utf-8")

    with pytest.raises(RuntimeError, match=f"(?s)import.*{ONTOLOGY_IRI}"):
        owl_api("violations", path=copied / "kg" / "data" / "all.ttl")


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ('d:now :earliestStart "2001"^^xsd:gYear .', "gYear"),
        ('d:now :timeExpression "soon"^^:moment .', "moment"),
        (':hasContent a owl:DatatypeProperty . d:c1a :hasContent "x" .', "hasContent"),
        ("rdfs:label a owl:DatatypeProperty .", "label"),
        ("d:c1a a :Undeclared .", "Undeclared"),
        (":prefers a owl:FunctionalProperty .", "prefers"),
        (":hasContent rdfs:subPropertyOf :prefers . :hasHolder owl:propertyChainAxiom "
         "( :prefers :hasHolder :prefers ) .", "hasHolder"),
    ],
)  # fmt: skip
def test_what_leaves_owl_2_dl_is_found(
    owl_api: Callable[..., Any], copied: Path, statement: str, named: str
) -> None:
    path = copied / "kg" / "data" / "000" / "claims.ttl"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"@prefix owl: <{PREFIXES['owl']}> .\n{statement}\n")

    found = owl_api("violations", path=path)
    assert [violation for violation in found if named in violation]
