"""What HermiT and Openllet, two reasoners of different makes, conclude; see ``owl_api.py``.

``data/entailments`` holds an invented second essay over the real graph, the triples that must
follow and those that must not.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from kg import catalogs, derive, graph, paths
from kg.namespaces import DATA, ID, PREFIXES, SP

FACTS = Path(__file__).parent / "data" / "entailments"
OWL, RDF_TYPE = PREFIXES["owl"], PREFIXES["rdf"] + "type"
COUNTRY = ID + "second/country"

Fact: TypeAlias = tuple[str, str, str]

each_reasoner = pytest.mark.parametrize("reasoner", ["HermiT", "Openllet"], scope="module")


def entailed(answer: dict[str, Any]) -> set[Fact]:
    """Memberships in classes of our own, and property values."""
    kinds = {(thing, RDF_TYPE, kind) for thing, kind in answer["types"] if kind.startswith(SP)}
    return kinds | {(s, p, o) for s, p, o in answer["values"]}


def named(triples: Iterable[Quad | Triple]) -> set[Fact]:
    """Those between things that have an IRI."""
    return {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in triples
        if isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
    }


def subjects(store: Store, predicate: str, value: str | None = None) -> set[str]:
    """The things with an IRI that have this property."""
    target = NamedNode(value) if value else None
    quads = store.quads_for_pattern(None, NamedNode(predicate), target, None)
    return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def listed(name: str) -> set[Fact]:
    return named(graph.read(FACTS / name))


@pytest.fixture(scope="module")
def conclusions(
    owl_api: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], dict[str, Any]]:
    """What a reasoner concludes over "all", the real graph, or "second", with the second essay."""
    folder = tmp_path_factory.mktemp("second")
    shutil.copy(FACTS / "second.ttl", folder)
    places = {source.graph_iri: source.path for source in graph.sources()}
    catalogs.write(folder, places | {DATA + "all": paths.DATA / "all.ttl"})
    files = {"all": paths.DATA / "all.ttl", "second": folder / "second.ttl"}
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def conclude(reasoner: str, name: str) -> dict[str, Any]:
        if (reasoner, name) not in known:
            known[reasoner, name] = owl_api("reason", path=files[name], reasoner=reasoner)
        return known[reasoner, name]

    return conclude


SECOND = graph.Source(FACTS / "second.ttl", DATA + "second", "second")


@pytest.fixture(scope="module")
def built() -> dict[str, Store]:
    """What the build derives over "all", the real graph, and "second", with the second essay."""
    stores = {
        "all": graph.load_store(graph.sources()),
        "second": graph.load_store([*graph.sources(), SECOND]),
    }
    for store in stores.values():
        derive.derive(store)
    return stores


@pytest.fixture(scope="module")
def second() -> Store:
    """The real graph and the second essay, as their files say them."""
    return graph.load_store([*graph.sources(), SECOND])


@each_reasoner
@pytest.mark.parametrize("name", ["all", "second"])
def test_all_can_be_true_together_and_no_class_is_empty(
    conclusions: Callable[[str, str], dict[str, Any]], reasoner: str, name: str
) -> None:
    answer = conclusions(reasoner, name)
    assert answer["consistent"]
    assert answer["unsatisfiable"] == []


@each_reasoner
def test_a_contradiction_and_an_empty_class_are_found(
    owl_api: Callable[..., Any], copied: Path, reasoner: str
) -> None:
    ontology = copied / "ontology" / "standpoint.ttl"
    before = ontology.read_text("utf-8")
    ontology.write_text(before + "\n:Report rdfs:subClassOf :Assertion .\n", "utf-8")
    path = copied / "kg" / "data" / "policies.ttl"
    answer = owl_api("reason", path=path, reasoner=reasoner)
    assert answer["unsatisfiable"] == [SP + "Report"]

    ontology.write_text(before, "utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write("\nid:engagement a :Goal .\n")
    assert not owl_api("reason", path=path, reasoner=reasoner)["consistent"]


@each_reasoner
def test_what_must_follow_follows(
    conclusions: Callable[[str, str], dict[str, Any]], reasoner: str
) -> None:
    expected = listed("expected.ttl")
    assert len(expected) >= 25
    assert expected - entailed(conclusions(reasoner, "second")) == set()


@each_reasoner
def test_what_must_not_follow_does_not(
    conclusions: Callable[[str, str], dict[str, Any]], reasoner: str
) -> None:
    refused = listed("must-not.ttl")
    assert len(refused) >= 25
    assert refused & entailed(conclusions(reasoner, "second")) == set()


def test_no_file_states_what_must_follow(second: Store) -> None:
    assert listed("expected.ttl") & named(second) == set()


@pytest.mark.parametrize("name", ["expected.ttl", "must-not.ttl"])
def test_the_listed_triples_speak_of_things_and_terms_that_exist(second: Store, name: str) -> None:
    used = {iri for triple in listed(name) for iri in triple} - {RDF_TYPE}
    assert len(used) > 50
    assert used - subjects(second, RDF_TYPE) == set()


def test_every_derived_property_and_defined_class_of_claims_is_listed(second: Store) -> None:
    properties = subjects(second, OWL + "propertyChainAxiom")
    claims = {c for c in subjects(second, OWL + "equivalentClass") if c.endswith("Claim")}
    assert len(properties) >= 8
    assert len(claims) >= 5

    expected, refused = listed("expected.ttl"), listed("must-not.ttl")
    assert {p for _, p, _ in expected} >= properties
    for triples in (expected, refused):
        assert {o for _, p, o in triples if p == RDF_TYPE} >= claims


def test_every_preference_in_the_second_essay_is_listed_one_way(second: Store) -> None:
    essay = second.quads_for_pattern(
        None, NamedNode(SP + "hasPreferredOption"), None, NamedNode(DATA + "second")
    )
    preferences = {(COUNTRY, SP + "prefers", option) for _, _, option in named(essay)}
    assert len(preferences) >= 20
    assert preferences <= listed("expected.ttl") ^ listed("must-not.ttl")


@each_reasoner
@pytest.mark.parametrize("name", ["all", "second"])
def test_the_simple_triples_are_those_that_the_build_derives(
    conclusions: Callable[[str, str], dict[str, Any]],
    built: dict[str, Store],
    reasoner: str,
    name: str,
) -> None:
    properties = subjects(built[name], OWL + "propertyChainAxiom")
    expected = {fact for fact in named(built[name]) if fact[1] in properties}
    assert {p for _, p, _ in expected} == properties
    found = entailed(conclusions(reasoner, name))
    assert {fact for fact in found if fact[1] in properties} == expected


@each_reasoner
@pytest.mark.parametrize(("name", "least"), [("all", 3000), ("second", 4000)])
def test_all_else_that_is_derived_is_equal_but_for_transitivity_and_the_guard(
    conclusions: Callable[[str, str], dict[str, Any]],
    built: dict[str, Store],
    reasoner: str,
    name: str,
    least: int,
) -> None:
    left_out = {SP + "isKindOf", SP + "isGrounded"}
    relations = subjects(built[name], RDF_TYPE, OWL + "ObjectProperty") - left_out

    def compared(triples: set[Fact]) -> set[Fact]:
        kinds = {t for t in triples if t[1] == RDF_TYPE and t[2].startswith(SP)}
        return kinds | {t for t in triples if t[1] in relations}

    expected = compared(named(built[name]))
    assert len(expected) > least
    assert compared(entailed(conclusions(reasoner, name))) == expected
