from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Store

from kg import graph
from kg.bench import corpus, mixes
from kg.namespaces import DATA, ID, PREFIXES, SP

DOCUMENTS = 60


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.nq"
    assert corpus.write(path, DOCUMENTS) == path.read_bytes().count(b"\n")
    return path


@pytest.fixture(scope="module")
def store(written: Path) -> Store:
    store = Store()
    store.bulk_load(path=str(written))
    return store


def classes(store: Store, document: str) -> Counter[str]:
    """How many things of each class the files of a document have."""
    found = Counter[str]()
    for quad in store.quads_for_pattern(None, NamedNode(PREFIXES["rdf"] + "type"), None, None):
        if str(quad.graph_name).startswith(f"<{DATA}{document}"):
            found[str(quad.object).strip("<>")] += 1
    return found


def test_the_same_size_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    corpus.write(tmp_path / "again.nq", DOCUMENTS)
    assert (tmp_path / "again.nq").read_bytes() == written.read_bytes()


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one() -> None:
    store = graph.load_store(graph.sources())
    large = set(corpus.generated(store, 5))
    small = set(corpus.generated(store, 2))
    assert small < large


def test_the_essay_is_in_it_as_it_is(store: Store) -> None:
    essay = graph.load_store(graph.sources())
    for quad in essay.quads_for_pattern(None, None, None, NamedNode(DATA + "000/claims")):
        assert quad in store


def test_every_quad_is_in_a_named_graph_and_no_triple_in_two(store: Store) -> None:
    assert all(isinstance(quad.graph_name, NamedNode) for quad in store)
    assert not [t for t, count in Counter(q.triple for q in store).items() if count > 1]


def test_each_document_has_text_claims_and_notes_of_its_own(store: Store) -> None:
    for number in range(1, DOCUMENTS + 1):
        document = f"{number:04}"
        found = classes(store, document)
        assert found[SP + "Sentence"] == (2 if number % 6 == 0 else 1)
        assert found[SP + "Document"] == 1
        assert found[PREFIXES["owl"] + "Ontology"] == 3
        own = list(store.quads_for_pattern(NamedNode(ID + document), None, None, None))
        assert {str(quad.graph_name) for quad in own} >= {f"<{DATA}{document}/text>"}


def test_no_document_points_into_another_or_at_nothing(store: Store) -> None:
    subjects = {quad.subject for quad in store}
    checked = 0
    for quad in store:
        name = getattr(quad.object, "value", "")
        if name.startswith(f"{ID}0") and isinstance(quad.object, NamedNode):
            checked += 1
            assert quad.object in subjects, quad
            if str(quad.graph_name).startswith(f"<{DATA}0"):
                document = name.removeprefix(ID).split("/")[0]
                assert str(quad.graph_name).startswith(f"<{DATA}{document}/")
    assert checked > 1_000


def test_it_has_the_classes_of_the_essay_in_like_shares(store: Store) -> None:
    essay = classes(store, "000/")
    generated = Counter[str]()
    for number in range(1, DOCUMENTS + 1):
        generated += classes(store, f"{number:04}/")
    frequent = [name for name, _ in essay.most_common(12)]
    assert all(generated[name] for name in frequent)


def test_every_query_of_the_mixes_finds_something(store: Store) -> None:
    queries = mixes.load()
    assert len(queries) > 50
    silent = []
    for query in queries:
        # Free texts are matched one by one, which takes longer than a test may.
        if query.name.startswith(("says", "statements")):
            continue
        found = store.query(query.text, use_default_graph_as_union=True)
        assert not isinstance(found, pyoxigraph.QueryBoolean)
        if not any(True for _ in found):
            silent.append(query.name)
    assert silent == []
