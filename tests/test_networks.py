"""The network for Gephi, NetworkX and others: nodes, edges and GraphML."""

import csv
from collections import Counter
from pathlib import Path

import networkx
import pytest

from kg import store, tables
from kg.engines.local import LocalEngine
from kg.namespaces import ID, SP
from kg.networks import write

GROUPS = {"thing": "Entity", "proposition": "Proposition", "claim": "Claim"}
EMPTY = ("claim", "kind", "polarity", "certainty", "force", "latest_end_year")


@pytest.fixture(scope="module")
def folder(snapshot: store.Snapshot) -> Path:
    return snapshot.release_path


@pytest.fixture(scope="module")
def nodes(folder: Path) -> list[dict[str, str]]:
    return read(folder / "nodes.csv")


@pytest.fixture(scope="module")
def edges(folder: Path) -> list[dict[str, str]]:
    return read(folder / "edges.csv")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def pairs(engine: LocalEngine, query: str) -> set[tuple[str, ...]]:
    found = engine.select(query)
    assert found.rows
    return {tuple(row[name].value for name in found.variables) for row in found.rows}


@pytest.mark.parametrize(("group", "kind"), GROUPS.items())
def test_every_thing_proposition_and_claim_is_one_node(
    nodes: list[dict[str, str]], engine: LocalEngine, group: str, kind: str
) -> None:
    ids = [node["id"] for node in nodes if node["group"] == group]
    assert {(each,) for each in ids} == pairs(engine, f"SELECT ?x {{ ?x a :{kind} }}")
    assert len(ids) == len(set(ids))


def test_a_node_has_a_label_and_its_own_kind(nodes: list[dict[str, str]]) -> None:
    by_id = {node["id"]: node for node in nodes}
    assert by_id[ID + "south-korea"]["label"] == "South Korea"
    assert by_id[ID + "south-korea"]["type"] == "state"
    assert by_id[ID + "000/c4b"]["type"] == "denial"
    assert by_id[ID + "000/c4b"]["quote"]
    assert all(node["label"] and node["type"] for node in nodes)


def test_every_edge_joins_two_nodes(
    nodes: list[dict[str, str]], edges: list[dict[str, str]]
) -> None:
    ids = {node["id"] for node in nodes}
    assert len(edges) > 500
    for edge in edges:
        assert {edge["source"], edge["target"]} <= ids
        assert edge["type"] == "Directed"
        assert edge["label"]
    found = Counter(tuple(e[c] for c in ("source", "relation", "target", "claim")) for e in edges)
    assert max(found.values()) == 1


def test_relations_of_things_are_derived_or_the_encoders_own(
    edges: list[dict[str, str]], engine: LocalEngine
) -> None:
    derived = pairs(
        engine,
        "SELECT ?s ?p ?o ?c { [] owl:annotatedSource ?s ; owl:annotatedProperty ?p ; "
        "owl:annotatedTarget ?o ; :isDerivedFrom ?c }",
    )
    things = {thing for (thing,) in pairs(engine, "SELECT ?x { ?x a :Entity }")}
    between = [e for e in edges if {e["source"], e["target"]} <= things]
    claimed = {
        tuple(e[c] for c in ("source", "relation", "target", "claim"))
        for e in between
        if e["claim"]
    }
    assert claimed == derived
    assert {e["relation"] for e in between if not e["claim"]} == {
        SP + name for name in ("isKindOf", "belongsTo", "hasMember")
    }


def test_an_edge_has_the_axes_and_years_of_its_claim(edges: list[dict[str, str]]) -> None:
    claimed = [edge for edge in edges if edge["claim"] == ID + "000/c11a"]
    assert {edge["source"] for edge in claimed} >= {ID + "000/c11a", ID + "000/p11a"}
    for edge in claimed:
        assert (edge["polarity"], edge["certainty"], edge["kind"]) == (
            "affirmed",
            "certain",
            "assertion",
        )
        assert (edge["earliest_start_year"], edge["latest_end_year"]) == ("2001", "2009")
    denied = [edge for edge in edges if edge["claim"] == ID + "000/c4b"]
    assert {edge["polarity"] for edge in denied} == {"negated"}


def test_an_edge_without_a_claim_has_nothing_of_one(edges: list[dict[str, str]]) -> None:
    alone = [edge for edge in edges if not edge["claim"]]
    assert alone
    assert {edge[column] for edge in alone for column in EMPTY} == {""}


def test_a_superproperty_repeats_nothing(edges: list[dict[str, str]]) -> None:
    between: dict[tuple[str, ...], set[str]] = {}
    for edge in edges:
        ends = tuple(edge[column] for column in ("source", "target", "claim"))
        between.setdefault(ends, set()).add(edge["relation"])
    assert any(SP + "hasHolder" in relations for relations in between.values())
    for relations in between.values():
        assert SP + "involves" not in relations or len(relations) == 1
        assert not {SP + "hasGoal", SP + "hasPriorityGoal"} <= relations


def test_networkx_reads_the_same_network(
    folder: Path, nodes: list[dict[str, str]], edges: list[dict[str, str]]
) -> None:
    network = networkx.read_graphml(folder / "standpoint.graphml", force_multigraph=True)
    assert network.is_directed()
    assert len(network.nodes) == len(nodes)
    assert len(network.edges) == len(edges)
    for node in nodes:
        expected = {name: text for name, text in node.items() if text and name != "id"}
        assert network.nodes[node["id"]] == expected
    found = [
        {"source": s, "target": t} | {name: str(value) for name, value in data.items()}
        for s, t, data in network.edges(data=True)
    ]
    filled = [{name: text for name, text in edge.items() if text} for edge in edges]
    assert sorted(map(sorted, (e.items() for e in found))) == sorted(
        map(sorted, (e.items() for e in filled))
    )
    years = [d["latest_end_year"] for *_, d in network.edges(data=True) if "latest_end_year" in d]
    assert years
    assert {type(year) for year in years} == {int}


def test_any_text_survives_graphml(tmp_path: Path) -> None:
    columns = [tables.Column(name, "A.") for name in ("id", "label")]
    ends = [tables.Column(name, "A.") for name in ("source", "target", "label")]
    label = "<b>&amp; \"x\" 'y' ]]>\r\n\t𝄞 =1+1"
    node = 'https://example.org/?a="&b=<c>'
    path = tmp_path / "odd.graphml"
    write(
        tables.Table("nodes", "", "", columns, [], ""),
        [[node, label]],
        tables.Table("edges", "", "", ends, [], ""),
        [[node, node, label], [node, node, ""]],
        path,
    )
    network = networkx.read_graphml(path)
    assert network.nodes[node] == {"label": label}
    assert sorted(network[node][node].values(), key=len) == [{}, {"label": label}]
