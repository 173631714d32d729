"""The zip for people without the repository: flat, and whole."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import archives, catalogs, graph, paths, store
from kg.namespaces import DATA


@pytest.fixture
def unpacked(snapshot: store.Snapshot, tmp_path: Path) -> Path:
    with zipfile.ZipFile(snapshot.release_path / "standpoint-protege.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    return tmp_path


def test_it_is_flat_and_holds_every_file_as_it_is(unpacked: Path) -> None:
    ours = [*paths.ONTOLOGY.rglob("*.ttl"), *paths.DATA.rglob("*.ttl")]
    held = [path for path in unpacked.rglob("*") if path.suffix == ".ttl"]
    assert {path.parent for path in held} == {unpacked}
    assert len(held) == len(ours) > 8
    assert sorted(p.read_bytes() for p in held) == sorted(p.read_bytes() for p in ours)
    assert {path.name for path in unpacked.iterdir()} - {p.name for p in held} == {catalogs.NAME}


def test_everything_opens_from_it_without_a_network(
    unpacked: Path, owl_api: Callable[..., Any]
) -> None:
    closure = owl_api("closure", path=unpacked / "all.ttl")
    wanted = {source.graph_iri for source in graph.sources()} | {DATA + "all"}
    assert set(closure) == wanted
    assert all(place.startswith(unpacked.as_uri()) for place in closure.values())


@pytest.mark.parametrize("name", ["all.ttl", "alignments.ttl", "000_claims.ttl"])
def test_what_opens_from_it_is_in_owl_2_dl(
    unpacked: Path, owl_api: Callable[..., Any], name: str
) -> None:
    assert owl_api("violations", path=unpacked / name) == []


def test_documents_with_the_same_file_names_stay_apart(tmp_path: Path) -> None:
    iris = {}
    for place in ("x/y.ttl", "x-y/z.ttl", "x/y-z.ttl", "y.ttl"):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        iris[f"https://example.org/{place}"] = path
        path.write_text(
            f"<https://example.org/{place}> a <http://www.w3.org/2002/07/owl#Ontology> ."
        )
    held = archives.contents(data=tmp_path)
    assert {"x_y.ttl", "x-y_z.ttl", "x_y-z.ttl", "y.ttl"} < set(held)
    assert all(iri.encode() in held[catalogs.NAME] for iri in iris)


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    contents = archives.contents()
    for name in ("one.zip", "two.zip"):
        archives.write(contents, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert list(contents) == sorted(contents)
