"""A stub names what is known, takes free ids, and is refused until it is filled in."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Store

from kg import check, graph, paths, stub
from kg.errors import UnknownNameError


@pytest.fixture(scope="module")
def store() -> Store:
    return graph.load_store(graph.sources())


def test_a_stub_quotes_its_sentence_and_names_what_is_known_in_it(store: Store) -> None:
    text = stub.stub(store, "000/s11")
    assert text.startswith("# 000/s11: “Seoul prefers diplomatic and economic engagement")
    assert "#   id:south-korea (Seoul)" in text
    assert "#   id:north-korea (North Korea)" in text
    assert "id:korean-peninsula" not in text, "a name inside a longer one is none"
    assert ":isStatedIn d:s11" in text


def test_kinds_and_relations_come_from_the_ontology(store: Store) -> None:
    text = stub.stub(store, "000/s1")
    assert "#   :Preference :hasDispreferredOption :hasHolder :hasPreferredOption\n" in text
    assert ":Assertion" in text
    assert ":FirstHandClaim" in text
    assert ":InferredClaim" not in text


def test_ids_are_free(store: Store) -> None:
    used = {quad.subject for quad in store}
    for number in (1, 11, 56):
        text = stub.stub(store, f"000/s{number}")
        new = [line.split()[0] for line in text.splitlines() if line.startswith("d:")]
        assert len(new) == 2
        assert not {f"<https://w3id.org/standpoint/id/000/{one[2:]}>" for one in new} & {
            str(term) for term in used
        }


def test_a_stub_is_turtle_that_the_checks_refuse(store: Store, tmp_path: Path) -> None:
    data = Path(shutil.copytree(paths.DATA, tmp_path / "data"))
    claims = data / "000" / "claims.ttl"
    claims.write_text(claims.read_text("utf-8") + stub.stub(store, "000/s11"), "utf-8")
    found = check.check(data=data, owl=False)
    messages = " ".join(one.message for one in found)
    for blank in (":KIND", ":POLARITY", ":CERTAINTY", ":FORCE", ":CONDITIONALITY", ":FUNCTION"):
        assert blank in messages
    for blank in (":PROPOSITION", ":RELATION", "id:ENTITY", "d:TIME"):
        assert blank in messages
    assert "padded-text" in {one.check for one in found}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("000/s99", "there is no sentence 000/s99: the document has 56 sentences"),
        ("777/s1", "there is no document 777"),
        ("s11", "write it like 000/s11"),
        ("000/s1> } DROP ALL #", "write it like 000/s11"),
    ],
)
def test_a_wrong_name_is_told_with_what_would_be_right(store: Store, name: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        stub.stub(store, name)
