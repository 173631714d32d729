from pathlib import Path
from typing import cast

import owlready2
import pytest
from pyoxigraph import (
    NamedNode,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg import derive, graph, paths
from kg.graph import DERIVED
from kg.namespaces import ID, PREFIXES, SP, shorten

POSITIONS = Path(__file__).parent / "data" / "positions"
RDF_TYPE = PREFIXES["rdf"] + "type"

SIMPLE = {
    ("id:north", ":prefers", "id:trade"),
    ("id:north", ":prefers", "id:aid"),
    ("id:north", ":disprefers", "id:pressure"),
    ("id:nobody-typed", ":prioritizes", "id:peace"),
    ("id:nobody-typed", ":pursues", "id:peace"),
    ("id:south", ":pursues", "id:unity"),
    ("id:south", ":accepts", "id:trade"),
    ("id:south", ":supports", "id:aid"),
    ("id:south", ":isConcernedAbout", "id:famine"),
    ("id:south", ":plays", "id:lead"),
}
"""What the fixture's grounding claims say, and nothing of what its other claims say."""

UNGROUNDED = {
    "denied",
    "reported",
    "recommended",
    "hedged",
    "hedged-openly",
    "conceded",
    "predicted",
    "inferred",
    "reported-later",
}


@pytest.fixture(scope="module")
def store() -> Store:
    store = graph.load_store(graph.sources(data=POSITIONS))
    derive.derive(store)
    return store


@pytest.fixture(scope="module")
def simple_properties(store: Store) -> set[str]:
    chain = NamedNode(PREFIXES["owl"] + "propertyChainAxiom")
    found = {q.subject for q in store.quads_for_pattern(None, chain, None)}
    assert len(found) >= 8
    return {property_.value for property_ in found if isinstance(property_, NamedNode)}


def select(store: Store, query: str) -> list[QuerySolution]:
    rows = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return list(cast(QuerySolutions, rows))


def union(store: Store) -> set[tuple[str, str, str]]:
    return {
        (q.subject.value, q.predicate.value, q.object.value)
        for q in store
        if isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode)
    }


def local(iri: str) -> str:
    return iri.removeprefix(ID).removeprefix(SP)


def types(store: Store, thing: str) -> set[str]:
    return {local(o) for s, p, o in union(store) if p == RDF_TYPE and local(s) == thing}


def values(store: Store, thing: str, property_name: str) -> set[str]:
    return {local(o) for s, p, o in union(store) if (local(s), p) == (thing, SP + property_name)}


def test_simple_triples_are_exactly_those_of_the_grounding_claims(
    store: Store, simple_properties: set[str]
) -> None:
    found = {
        (shorten(s), shorten(p), shorten(o)) for s, p, o in union(store) if p in simple_properties
    }
    assert found == SIMPLE
    assert {SP + p.removeprefix(":") for _, p, _ in SIMPLE} == simple_properties


def test_every_option_of_an_ungrounded_claim_is_in_the_store_but_in_no_simple_triple(
    store: Store, simple_properties: set[str]
) -> None:
    preferred = {local(o) for _, p, o in union(store) if p == SP + "hasPreferredOption"}
    assert preferred >= UNGROUNDED
    simple = {local(o) for _, p, o in union(store) if p in simple_properties}
    assert not simple & UNGROUNDED


def test_each_simple_triple_names_the_claims_it_comes_from_and_no_others(store: Store) -> None:
    rows = select(
        store,
        """SELECT ?s ?p ?o ?claim { GRAPH data:derived {
             [] a owl:Axiom ; owl:annotatedSource ?s ; owl:annotatedProperty ?p ;
                owl:annotatedTarget ?o ; :isDerivedFrom ?claim } }""",
    )
    origins: dict[tuple[str, str, str], set[str]] = {}
    for s, p, o, claim in rows:
        triple = (shorten(s.value), shorten(p.value), shorten(o.value))
        origins.setdefault(triple, set()).add(local(claim.value))
    assert origins.keys() == SIMPLE
    grounding = {"000/asserted", "000/first-hand"}
    assert origins["id:north", ":prefers", "id:aid"] == grounding
    assert origins["id:nobody-typed", ":pursues", "id:peace"] == {"000/priority"}


def test_kinds_fix_the_axes(store: Store) -> None:
    assert values(store, "000/asserted", "hasPolarity") == {"Affirmed"}
    assert values(store, "000/asserted", "hasCertainty") == {"Certain"}
    assert values(store, "000/denied", "hasPolarity") == {"Negated"}
    assert values(store, "000/recommended", "hasForce") == {"Directive"}
    assert values(store, "000/recommended", "hasCertainty") == set()
    assert values(store, "000/predicted", "hasForce") == {"Predictive"}


def test_a_condition_makes_a_claim_conditional(store: Store) -> None:
    assert values(store, "000/predicted", "hasConditionality") == {"Conditional"}
    assert "ConditionalClaim" in types(store, "000/predicted")
    assert "GroundingClaim" not in types(store, "000/conditional")


def test_defined_classes_gather_their_members(store: Store) -> None:
    assert "NormativeClaim" in types(store, "000/recommended")
    assert "NegativeClaim" in types(store, "000/denied")
    assert types(store, "000/hedged") >= {"TentativeClaim", "FirstHandClaim", "Claim"}
    assert "TentativeClaim" in types(store, "000/hedged-openly")
    assert "GroundingClaim" in types(store, "000/asserted")
    assert "GroundedProposition" in types(store, "000/p-asserted")
    assert "GroundedProposition" not in types(store, "000/p-reported")


def test_untyped_things_are_typed_by_domain_and_range(store: Store) -> None:
    assert types(store, "000/p-priority") >= {"Priority", "Aim", "AttitudeProposition"}
    assert types(store, "nobody-typed") >= {"Agent", "Entity"}


def test_superproperties_hold(store: Store) -> None:
    assert values(store, "000/p-priority", "hasGoal") == {"peace"}
    assert values(store, "000/p-priority", "involves") == {"peace", "nobody-typed"}


def test_bounds_get_integer_years(store: Store) -> None:
    rows = select(
        store,
        "SELECT ?p ?y { GRAPH data:derived { id:000\\/now ?p ?y } FILTER isNumeric(?y) }",
    )
    years = {local(p.value): (y.value, y.datatype.value) for p, y in rows}
    integer = PREFIXES["xsd"] + "integer"
    assert years == {
        "earliestStartYear": ("2001", integer),
        "latestStartYear": ("2002", integer),
        "earliestEndYear": ("2003", integer),
        "latestEndYear": ("2009", integer),
    }


def test_no_triple_is_in_two_graphs(store: Store) -> None:
    assert len({q.triple for q in store}) == len(store)


def test_nothing_is_typed_a_thing_and_no_axiom_is_derived(store: Store) -> None:
    derived = list(store.quads_for_pattern(None, None, None, DERIVED))
    assert len(derived) > 100
    assert not [q for q in derived if q.object == NamedNode(PREFIXES["owl"] + "Thing")]
    tbox = {PREFIXES["rdfs"] + "subClassOf", PREFIXES["owl"] + "equivalentClass"}
    assert not [q for q in derived if q.predicate.value in tbox]


def test_deriving_again_changes_nothing(store: Store) -> None:
    before = {str(q) for q in store}
    count = derive.derive(store)
    assert count == sum(q.graph_name == DERIVED for q in store)
    assert {str(q) for q in store} == before


def test_a_second_run_gives_the_same_labels(store: Store) -> None:
    again = graph.load_store(graph.sources(data=POSITIONS))
    derive.derive(again)
    assert {str(q) for q in again} == {str(q) for q in store}


def test_every_rule_has_a_title_and_names_no_kind_of_claim(store: Store) -> None:
    kinds = [
        local(row["kind"].value)
        for row in select(
            store, "SELECT ?kind { ?kind rdfs:subClassOf+ :Claim FILTER isIRI(?kind) }"
        )
    ]
    rules = sorted(paths.DERIVATIONS.glob("[0-9]*.rq"))
    assert len(kinds) >= 9
    assert len(rules) >= 9
    for rule in rules:
        text = rule.read_text("utf-8")
        assert text.startswith("#+ title: ")
        assert not [kind for kind in kinds if f":{kind}" in text]


@pytest.fixture(scope="module")
def reasoned(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """What HermiT entails from the fixture: memberships in named classes, and property values."""
    loaded = graph.load_store(graph.sources(data=POSITIONS))
    imports = NamedNode(PREFIXES["owl"] + "imports")
    triples = [Triple(q.subject, q.predicate, q.object) for q in loaded if q.predicate != imports]
    file = tmp_path_factory.mktemp("reasoner") / "fixture.nt"
    serialize(triples, str(file), RdfFormat.N_TRIPLES)
    world = owlready2.World()
    with file.open("rb") as content:
        ontology = world.get_ontology(file.as_uri()).load(fileobj=content)
    with ontology:
        owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
    found: set[tuple[str, str, str]] = set()
    for thing in world.individuals():
        found |= {
            (thing.iri, RDF_TYPE, kind.iri)
            for kind in thing.INDIRECT_is_a
            if isinstance(kind, owlready2.ThingClass) and kind is not owlready2.Thing
        }
    for relation in world.object_properties():
        # HermiT prints a value only with the most specific property that has it.
        wider = [
            p.iri for p in relation.ancestors() if isinstance(p, owlready2.ObjectPropertyClass)
        ]
        found |= {(s.iri, p, o.iri) for s, o in relation.get_relations() for p in wider}
    world.close()
    return found


def test_hermit_finds_the_same_simple_triples(
    store: Store, reasoned: set[tuple[str, str, str]], simple_properties: set[str]
) -> None:
    found = {t for t in reasoned if t[1] in simple_properties}
    assert len(found) == len(SIMPLE)
    assert found == {t for t in union(store) if t[1] in simple_properties}


def test_hermit_finds_the_same_members_of_every_class(
    store: Store, reasoned: set[tuple[str, str, str]]
) -> None:
    def members(triples: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
        return {(s, o) for s, p, o in triples if p == RDF_TYPE and o.startswith(SP)}

    assert len(members(reasoned)) > 100
    assert members(union(store)) == members(reasoned)


def test_hermit_finds_the_same_values_but_for_transitivity_and_the_guard(
    store: Store, reasoned: set[tuple[str, str, str]]
) -> None:
    def stated(triples: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        left_out = {SP + "isGrounded", SP + "isKindOf"}
        return {t for t in triples if t[1].startswith(SP) and t[1] not in left_out}

    axes = {SP + f"has{axis}" for axis in ("Polarity", "Certainty", "Force", "Conditionality")}
    assert {t[1] for t in stated(reasoned)} >= axes
    assert stated(union(store)) == stated(reasoned)
