"""What an ontology editor does to the files: it saves them, and its user slips.

Protégé reads and writes through the OWL API, and so do these tests; see ``owl_api.py``. With
``$OWL_API_JARS`` set to the jars of OWL API 4.5, on which Protégé 5 is built, they test that.

A saved file holds the same axioms and annotations, and the same triples but for these rules of the
OWL API, which the canonical form takes back:

* the items of a list that stands for a set (``owl:oneOf``, ``owl:intersectionOf``,
  ``owl:members``, …) are sorted in an order of its own;
* that two things differ is a list of two in version 5 and one triple in version 4;
* comments, prefixes, the order of statements and the labels of blank nodes are its own.

One more rule would change a file for good, so no file may give cause for it: an individual that
neither the file nor an import of it declares is declared in the file.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.compare import isomorphic

from kg import check, paths, turtle
from kg.namespaces import DATA, ID, PREFIXES, SP

OPENABLE = [
    *sorted(paths.ONTOLOGY.glob("*.ttl")),
    *sorted(paths.DATA.glob("*.ttl")),
    *sorted(paths.DATA.glob("*/*.ttl")),
]
each_file = pytest.mark.parametrize("path", OPENABLE, ids=lambda path: "/".join(path.parts[-2:]))
each_language = pytest.mark.parametrize("language", ["Turtle", "RDFXML"])

SETS = [
    rdflib.OWL.oneOf,
    rdflib.OWL.intersectionOf,
    rdflib.OWL.unionOf,
    rdflib.OWL.disjointUnionOf,
    rdflib.OWL.members,
    rdflib.OWL.distinctMembers,
]

# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

PAIRS = {
    rdflib.OWL.AllDifferent: rdflib.OWL.differentFrom,
    rdflib.OWL.AllDisjointClasses: rdflib.OWL.disjointWith,
    rdflib.OWL.AllDisjointProperties: rdflib.OWL.propertyDisjointWith,
}


def without_order(path: Path, language: str) -> rdflib.Graph:
    """A file's triples, with items for each list that stands for a set, and pairs as one triple."""
    form = {"Turtle": "turtle", "RDFXML": "xml"}[language]
    found = rdflib.Graph().parse(path, format=form)
    for predicate in SETS:
        for owner, head in list(found.subject_objects(predicate)):
            items = list(found.items(head))
            for cell in list(found.transitive_objects(head, rdflib.RDF.rest)):
                found.remove((cell, rdflib.RDF.first, None))
                found.remove((cell, rdflib.RDF.rest, None))
            found.remove((owner, predicate, head))
            for item in items:
                found.add((owner, predicate, item))
    for kind, relation in PAIRS.items():
        for axiom in list(found.subjects(rdflib.RDF.type, kind)):
            members = sorted({*found.objects(axiom)} - {kind}, key=str)
            if len(members) == 2:
                found.remove((axiom, None, None))
                found.add((members[0], relation, members[1]))
    return found


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_the_ontology_and_the_parts_of_a_document_are_among_the_files() -> None:
    names = {"standpoint.ttl", "all.ttl", "actors.ttl", "claims.ttl", "editorial.ttl", "text.ttl"}
    assert {path.name for path in OPENABLE} >= names


@each_language
@each_file
def test_a_saved_file_has_lost_and_gained_nothing(
    owl_api: Callable[..., Any], tmp_path: Path, path: Path, language: str
) -> None:
    saved = tmp_path / "saved"
    result = owl_api("save", path=path, target=saved, language=language)
    assert (result["lost"], result["gained"], result["header"]) == ([], [], True)
    assert result["count"] >= 15 or path.name == "all.ttl"

    before, after = without_order(path, "Turtle"), without_order(saved, language)
    assert len(before) >= 8
    assert len(after) == len(before)
    assert isomorphic(after, before)


@each_file
def test_a_file_saved_without_an_edit_gets_its_bytes_back(
    owl_api: Callable[..., Any], tmp_path: Path, path: Path
) -> None:
    saved = tmp_path / path.name
    owl_api("save", path=path, target=saved, language="Turtle")
    assert saved.read_bytes() != path.read_bytes()

    turtle.reformat_file(saved)
    assert changed_lines(path.read_text("utf-8"), saved.read_text("utf-8")) == []
    assert saved.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("file", "iri"),
    [
        ("ontology/standpoint.ttl", SP + "Alliance"),
        ("kg/data/actors.ttl", ID + "japan"),
        ("kg/data/000/editorial.ttl", ID + "000/c1c"),
    ],
)
def test_an_edited_label_changes_its_own_line_only(
    owl_api: Callable[..., Any], copied: Path, file: str, iri: str
) -> None:
    path = copied / file
    before = path.read_text("utf-8")
    label = rdflib.Graph().parse(path).value(rdflib.URIRef(iri), rdflib.RDFS.label)
    assert isinstance(label, rdflib.Literal)

    def labelled(text: str) -> str:
        return f"AnnotationAssertion(<{PREFIXES['rdfs']}label> <{iri}> {text})"

    owl_api("edit", path=path, add=labelled('"édité"@en'), remove=labelled(label.n3()))
    turtle.reformat_file(path)
    assert [line[:-2] for line in changed_lines(before, path.read_text("utf-8"))] == [
        f"-    rdfs:label {label.n3()}",
        '+    rdfs:label "édité"@en',
    ]


def new(iri: str, kind: str, label: str = '"new"@en') -> str:
    """The axioms of a new individual, in Functional-Style Syntax."""
    described = f"AnnotationAssertion(<{PREFIXES['rdfs']}label> <{iri}> {label})"
    return f"Declaration(NamedIndividual(<{iri}>)) ClassAssertion(<{SP}{kind}> <{iri}>) {described}"


@dataclass(frozen=True)
class Slip:
    """What a user does in a file, and what `kg check` has to say of it.

    Attributes:
        file: The data file, without its ending.
        iri: What the finding is about.
        check: The finding's check.
        axioms: What is added in the editor, in Functional-Style Syntax.
        turtle: What is added by hand before the file is opened and saved.
    """

    file: str
    iri: str
    check: str
    axioms: str = ""
    turtle: str = ""


D = ID + "000/"
SLIPS = {
    "an axiom in the file that happened to be active": Slip(
        "000/claims",
        SP + "Trend",
        "stray-axiom",
        f"SubClassOf(<{SP}Trend> <{SP}StateProposition>)",
    ),
    "a second declaration of a property": Slip(
        "000/claims", SP + "hasCost", "stray-axiom", f"Declaration(DataProperty(<{SP}hasCost>))"
    ),
    "a property that is declared nowhere and so becomes an annotation": Slip(
        "000/claims", SP + "isSaidBy", "stray-axiom", turtle="d:c1a :isSaidBy d:author ."
    ),
    "an individual in the namespace of the ontology": Slip(
        "actors", SP + "France", "stray-individual", new(SP + "France", "State")
    ),
    # The OWL API writes this name with the prefix of the ontology, as if it were there.
    "an individual with the name that an editor proposes": Slip(
        "actors", SP + "Italy", "stray-individual", new(DATA + "actors#Italy", "State")
    ),
    "a label without a language": Slip(
        "actors", ID + "spain", "LabelLanguage", new(ID + "spain", "State", '"Spain"')
    ),
    "a misspelt individual": Slip(
        "000/claims",
        D + "p1aa",
        "undeclared-individual",
        f"ObjectPropertyAssertion(<{SP}hasCost> <{D}p1a> <{D}p1aa>)",
    ),
    "an individual without a name": Slip(
        "000/claims",
        D + "p1b",
        "blank-individual",
        f"ObjectPropertyAssertion(<{SP}hasCost> <{D}p1b> _:new)",
    ),
    "a year for an instant": Slip(
        "000/claims",
        D + "now",
        "refused-datatype",
        f'DataPropertyAssertion(<{SP}latestEnd> <{D}now> "2009"^^<{PREFIXES["xsd"]}gYear>)',
    ),
    "a derived triple": Slip(
        "000/claims",
        ID + "japan",
        "derived-by-hand",
        f"ObjectPropertyAssertion(<{SP}prefers> <{ID}japan> <{ID}engagement>)",
    ),
    "a claim of the text among what the encoder adds": Slip(
        "000/editorial", D + "c999", "claim-place", new(D + "c999", "Assertion")
    ),
}


@pytest.fixture(scope="module")
def slipped(
    owl_api: Callable[..., Any], copy: Callable[[], Path]
) -> set[tuple[str, str, str | None]]:
    """Check, file and subject of what `kg check` finds once all slips are made and saved."""
    folder = copy()
    data = folder / "kg" / "data"
    for name in {slip.file for slip in SLIPS.values()}:
        path, slips = data / f"{name}.ttl", [s for s in SLIPS.values() if s.file == name]
        by_hand = "\n".join(slip.turtle for slip in slips)
        path.write_text(path.read_text("utf-8") + by_hand, "utf-8")
        owl_api("edit", path=path, add=" ".join(slip.axioms for slip in slips))
        turtle.reformat_file(path)
    found = check.check(data, folder / "ontology", owl=False)
    return {(f.check, f.file.removeprefix(f"{data}/"), f.iri) for f in found}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_found_in_its_file(slipped: set[tuple[str, str, str | None]], slip: Slip) -> None:
    assert (slip.check, f"{slip.file}.ttl", slip.iri) in slipped


def test_a_file_saved_without_its_imports_is_found(
    owl_api: Callable[..., Any], copied: Path
) -> None:
    """An editor that finds no catalogue takes every relation for an annotation."""
    path = copied / "kg" / "data" / "000" / "claims.ttl"
    owl_api("edit", path=path, alone=True)
    turtle.reformat_file(path)

    found = check.check(copied / "kg" / "data", copied / "ontology", owl=False)
    here = {f.iri for f in found if f.check == "stray-axiom" and f.file == str(path)}
    assert here >= {SP + "hasContent", SP + "isStatedIn", SP + "holdsDuring"}
