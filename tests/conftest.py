"""What tests share: the project's own graph as built, a small invented one, and the OWL API."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def owl_api() -> Iterator[Callable[..., Any]]:
    """Asks the OWL API, as in ``owl_api("violations", path=…)``; ``owl_api.py`` says what it does.

    It raises `RuntimeError` with the reason where the OWL API refuses.
    """
    command = [sys.executable, str(Path(__file__).parent / "owl_api.py")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, encoding="utf-8", **pipes) as process:

        def ask(do: str, **words: object) -> Any:
            assert process.stdin
            assert process.stdout
            print(json.dumps({"do": do, **words}, default=str), file=process.stdin, flush=True)
            line = process.stdout.readline()
            assert line, "the OWL API stopped; it says why on standard error"
            answer = json.loads(line)
            if "error" in answer:
                raise RuntimeError(answer["error"])
            return answer["result"]

        yield ask


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of ``tests/node`` with what its lock file names installed."""
    folder = tmp_path_factory.mktemp("node")
    for path in (Path(__file__).parent / "node").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes a folder with copies of ``ontology`` and ``kg/data``, where a test may break them."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("copy")
        shutil.copytree(paths.ONTOLOGY, folder / "ontology")
        shutil.copytree(paths.DATA, folder / "kg" / "data")
        return folder

    return make


@pytest.fixture
def copied(copy: Callable[[], Path]) -> Path:
    """One such folder."""
    return copy()


@pytest.fixture(scope="session")
def vocabularies() -> dict[str, frozenset[str]]:
    """The names of the terms of other people's vocabularies, by namespace."""
    found = {}
    for path in sorted((Path(__file__).parent / "data" / "vocabularies").glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        found[lines[0].removeprefix("# ")] = frozenset(lines[3:])
    assert len(found) > 10
    return found
