"""Every thing has a name to show, whatever the graph says of it."""

import pyoxigraph
import pytest

from kg import labels
from kg.engines.local import LocalEngine
from kg.namespaces import ID

RDFS_LABEL = pyoxigraph.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@pytest.fixture
def engine() -> LocalEngine:
    store = pyoxigraph.Store()
    graph = pyoxigraph.NamedNode("https://example.org/g")
    for name, text, language in [
        ("both", "deutsch", "de"),
        ("both", "english", "en"),
        ("two", "b", "en"),
        ("two", "a", "en"),
        ("other", "français", "fr"),
        ("plain", "no language", None),
    ]:
        thing = pyoxigraph.NamedNode(ID + name)
        literal = pyoxigraph.Literal(text, language=language)
        store.add(pyoxigraph.Quad(thing, RDFS_LABEL, literal, graph))
    return LocalEngine(store)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("both", "english"),
        ("two", "a"),
        ("other", "français"),
        ("plain", "no language"),
        ("un%20known", "un known"),
    ],
)
def test_the_english_label_comes_first_and_the_local_name_last(
    engine: LocalEngine, name: str, label: str
) -> None:
    assert labels.labels(engine, [ID + name]) == {ID + name: label}


def test_many_things_are_asked_for_in_few_queries(engine: LocalEngine) -> None:
    many = [f"{ID}thing-{number}" for number in range(3000)]
    assert len(list(labels.batches(many))) < 10
    assert len(labels.labels(engine, [*many, ID + "both"])) == 3001


@pytest.mark.parametrize(
    "text", ["", "any", "a b", "x> } #", 'urn:x"', "urn:x\n", "urn:{x}", "urn:\\u0020"]
)
def test_what_is_no_iri_never_reaches_a_query(engine: LocalEngine, text: str) -> None:
    assert list(labels.batches([text])) == []
    assert text in labels.labels(engine, [text])
