"""The graphs that tests ask: the project's own as built, and a small invented one."""

from pathlib import Path

import pyoxigraph
import pytest

from kg import derive, graph, paths, store
from kg.engines.local import LocalEngine

WORLD = Path(__file__).parent / "data" / "world"


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> store.Snapshot:
    """The project's own graph, built once."""
    return store.build(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def engine(snapshot: store.Snapshot) -> LocalEngine:
    """An engine over the project's own graph."""
    return LocalEngine(snapshot.store_path)


@pytest.fixture(scope="session")
def world_store() -> pyoxigraph.Store:
    """A text of five sentences: an assertion, a report, a denial, a dated and a hedged claim."""
    ontology = next(iter(graph.sources(data=WORLD)))
    small = graph.Source(WORLD / "world.ttl", "https://w3id.org/standpoint/data/world", "world")
    loaded = graph.load_store([ontology, small])
    derive.derive(loaded)
    return loaded


@pytest.fixture
def world(world_store: pyoxigraph.Store, monkeypatch: pytest.MonkeyPatch) -> LocalEngine:
    """An engine over the invented graph, with its text in the place of the seeds."""
    monkeypatch.setattr(paths, "SEEDS", WORLD)
    return LocalEngine(world_store)
