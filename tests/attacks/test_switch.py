"""A new build while the old one is served."""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import paths, store
from kg.errors import DamagedStoreError, MissingStoreError

VERSION = 'SELECT ?label { id:south-korea rdfs:label ?label FILTER(LANG(?label) = "en") }'


def built(data: Path, home: Path, label: str) -> store.Snapshot:
    actors = data / "actors.ttl"
    original = (paths.DATA / "actors.ttl").read_text("utf-8")
    assert '"South Korea"@en' in original
    actors.write_text(original.replace('"South Korea"@en', f'"{label}"@en'), "utf-8")
    return store.build(data=data, home=home)


def test_builds_are_switched_to_and_nothing_is_dropped_or_mixed(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    shutil.copytree(paths.DATA, data)
    labels = {built(data, home, "Korea 0").version: "Korea 0"}
    server = start(home, "--no-build")
    stop = threading.Event()
    seen: Counter[tuple[int, str, str]] = Counter()

    def ask(number: int) -> None:
        while not stop.is_set():
            reply = server.ask(VERSION + f" # {number}")
            version = json.loads(server.get("/health").body)["version"]
            rows = json.loads(reply.body)["results"]["bindings"] if reply.status == 200 else []
            label = rows[0]["label"]["value"] if rows else ""
            seen[reply.status, label, version] += 1
            time.sleep(0.02)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in (1, 2, 3):
            newest = built(data, home, f"Korea {number}")
            labels[newest.version] = f"Korea {number}"
            deadline = time.monotonic() + 20
            while (200, f"Korea {number}", newest.version) not in seen:
                assert time.monotonic() < deadline, "the new build is not served"
                time.sleep(0.05)
            assert server.get("/data/claims.csv").status == 200
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert {status for status, _, _ in seen} == {200}
    assert {label for _, label, _ in seen} == set(labels.values())
    assert {version for _, _, version in seen} == set(labels)


def test_a_snapshot_that_is_held_outlives_builds(tmp_path: Path) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    shutil.copytree(paths.DATA, data)
    first = built(data, home, "A")
    held = store.hold(home)
    assert held.snapshot == first
    for label in ("B", "C", "D"):
        built(data, home, label)
    assert first.store_path.is_dir()
    held.release()
    built(data, home, "E")
    assert not first.path.exists()


def test_a_damaged_build_is_not_switched_to(start: Callable[..., Any], tmp_path: Path) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    shutil.copytree(paths.DATA, data)
    first = built(data, home, "A")
    server = start(home, "--no-build")
    bad = shutil.copytree(first.path, home / "snapshots" / "0123456789ab")
    (bad / "release" / "claims.csv").write_text("damaged")
    (home / ".current").symlink_to(bad)
    (home / ".current").replace(home / "current")
    for _ in range(20):
        reply = server.ask(VERSION)
        assert reply.status == 200
        time.sleep(0.1)
    assert json.loads(server.get("/health").body)["version"] == first.version


@pytest.mark.parametrize("what", ["nothing", "dangling"])
def test_without_a_store_nothing_is_held(tmp_path: Path, what: str) -> None:
    if what == "dangling":
        (tmp_path / "current").symlink_to(tmp_path / "gone")
    with pytest.raises((MissingStoreError, DamagedStoreError)):
        store.hold(tmp_path)
