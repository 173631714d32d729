"""The list of pitfalls is whole, and what it says catches them exists."""

import re
from pathlib import Path

import rdflib
from rdflib.namespace import RDF, SH

from kg import paths
from kg.checks import queries, shapes
from kg.namespaces import SHAPE

CATALOGUE = 41
"""How many pitfalls OOPS! lists."""

TEXT = (paths.CHECKS / "README.md").read_text("utf-8")


def rows(heading: str) -> dict[str, str]:
    """A table of the list: what can go wrong, and what catches it."""
    section = TEXT.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return dict(cells[2:])


def known() -> set[str]:
    found = {f"{check.name}.rq" for check in queries.load_checks()}
    graph = shapes.load_shapes()
    found |= {
        str(shape).removeprefix(SHAPE)
        for kind in (SH.NodeShape, SH.PropertyShape)
        for shape in graph.subjects(RDF.type, kind)
        if isinstance(shape, rdflib.URIRef)
    }
    assert len(found) > 100
    return found


def test_every_pitfall_of_the_catalogue_stands_once_in_the_list() -> None:
    numbers = [name.split()[0] for name in rows("OOPS!")]
    assert numbers == [f"P{number:02}" for number in range(1, CATALOGUE + 1)]


def test_every_check_that_the_list_names_exists() -> None:
    listed = {**rows("OOPS!"), **rows("ROBOT")}
    assert len(listed) > CATALOGUE + 10
    named = {name for caught in listed.values() for name in re.findall(r"`([^`]+)`", caught)}
    assert len(named) > 30
    assert named - known() == set()


def test_a_pitfall_without_a_check_has_a_reason() -> None:
    for pitfall, caught in {**rows("OOPS!"), **rows("ROBOT")}.items():
        assert "`" in caught or len(caught.split()) >= 3, pitfall


def test_every_check_of_the_ontology_alone_is_in_the_list() -> None:
    of_terms = {
        path.stem
        for path in (Path(__file__).parent / "checks").glob("*.trig")
        if "<https://w3id.org/standpoint/ontology> {" in path.read_text("utf-8")
    }
    assert len(of_terms) > 15
    assert [name for name in sorted(of_terms) if f"`{name}.rq`" not in TEXT] == []
