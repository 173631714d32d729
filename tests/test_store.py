import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import Store

from kg import cli, marker, store
from kg.errors import (
    DamagedStoreError,
    DataError,
    FindingsError,
    MissingStoreError,
    StoreError,
)
from kg.namespaces import DATA
from kg.store import Snapshot

POSITIONS = Path(__file__).parent / "data" / "positions"

STEPS = [
    "removing leftovers",
    "reading the files",
    "deriving",
    "numbering the version",
    "writing the store",
    "writing the release files",
    "sealing",
    "naming the snapshot",
    "verifying",
    "switching",
    "deleting old snapshots",
]

KILLED = """
import os, signal, sys, threading
from pathlib import Path
from kg import store

data, home, step, delay = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def progress(name):
    if name == step:
        threading.Timer(delay, die).start() if delay else die()

store.build(data=data, home=home, progress=progress)
"""

KILLED_AT_EVENT = """
import os, signal, sys
from pathlib import Path
from kg import store

data, home, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
seen = 0

def watch(event, arguments):
    global seen
    if event in ("os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir"):
        if str(home) in str(arguments[0]) or event == "os.symlink":
            seen += 1
            if seen == limit:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
store.build(data=data, home=home)
"""


def data_of(folder: Path, label: str) -> Path:
    """The fixture's files with one more thing in them, so that the version differs."""
    shutil.copytree(POSITIONS, folder)
    with (folder / "world.ttl").open("a") as file:
        file.write(f'\nid:more a :Goal , owl:NamedIndividual ; rdfs:label "{label}"@en .\n')
    return folder


def built(data: Path, home: Path) -> Snapshot:
    return store.build(data=data, home=home)


def names(home: Path) -> set[str]:
    return {path.name for path in (home / "snapshots").iterdir()}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template")
    built(POSITIONS, home)
    return home


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """A home with one snapshot, the fixture's, in use."""
    return Path(shutil.copytree(template, tmp_path / "home", symlinks=True))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_of(tmp_path_factory.mktemp("changed") / "data", "more")


def test_a_build_is_in_use_and_whole(home: Path) -> None:
    snapshot = store.current(home)
    opened = Store.read_only(str(snapshot.store_path))
    assert len(opened) == snapshot.triples == sum(snapshot.graphs.values())
    assert len(list(opened.named_graphs())) == len(snapshot.graphs) == 6
    assert snapshot.derived == snapshot.graphs[DATA + "derived"] > 100
    assert (snapshot.release_path / "standpoint.ttl").is_file()
    assert snapshot.path == (home / "snapshots" / snapshot.version).resolve()
    assert len(snapshot.version) == 12


def test_the_steps_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    store.build(data=POSITIONS, home=tmp_path, progress=told.append)
    assert told == STEPS


def test_without_a_build_the_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingStoreError, match="no store has been built: run 'kg build'"):
        store.current(tmp_path)


def test_an_unchanged_rebuild_is_the_same_snapshot(home: Path) -> None:
    before = store.current(home)
    assert built(POSITIONS, home) == before
    assert names(home) == {before.version}


def test_two_homes_get_the_same_version_and_the_same_release(
    template: Path, tmp_path: Path
) -> None:
    one, two = store.current(template), built(POSITIONS, tmp_path)
    assert one.version == two.version
    files = sorted(path.name for path in one.release_path.iterdir())
    assert len(files) == 14
    for name in files:
        assert (one.release_path / name).read_bytes() == (two.release_path / name).read_bytes()


def test_a_change_is_another_version_and_the_one_before_is_kept(
    home: Path, tmp_path: Path, changed: Path
) -> None:
    first = store.current(home)
    second = built(changed, home)
    assert store.current(home) == second
    assert names(home) == {first.version, second.version}
    third = built(data_of(tmp_path / "third", "third"), home)
    assert names(home) == {second.version, third.version}
    assert len({first.version, second.version, third.version}) == 3


def test_going_back_uses_the_kept_snapshot(home: Path, changed: Path) -> None:
    first = store.current(home)
    second = built(changed, home)
    assert built(POSITIONS, home).created == first.created
    assert store.current(home) == first
    assert names(home) == {first.version, second.version}


def test_reading_changes_no_file(home: Path) -> None:
    snapshot = store.current(home)
    before = {path: path.stat().st_mtime_ns for path in snapshot.path.rglob("*")}
    readers = [Store.read_only(str(snapshot.store_path)) for _ in range(2)]
    assert [len(reader) for reader in readers] == [snapshot.triples] * 2
    del readers
    assert {path: path.stat().st_mtime_ns for path in snapshot.path.rglob("*")} == before
    assert store.current(home) == snapshot


def test_a_flipped_bit_in_any_file_is_found(home: Path) -> None:
    snapshot = store.current(home)
    files = [p for p in snapshot.path.rglob("*") if p.is_file() and p.stat().st_size]
    assert len(files) > 15
    for path in files:
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(DamagedStoreError, match=f"{path.name} is not what was built"):
            store.current(home)
        path.write_bytes(content)
    assert store.current(home) == snapshot


def test_a_truncated_file_is_found(home: Path) -> None:
    path = next(store.current(home).store_path.glob("*.sst"))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(DamagedStoreError, match=r"\.sst has not the .* bytes .* run 'kg build'"):
        store.current(home)


@pytest.mark.parametrize("name", ["marker.json", "store/CURRENT", "release/claims.csv"])
def test_a_missing_file_is_found(home: Path, name: str) -> None:
    (store.current(home).path / name).unlink()
    with pytest.raises(DamagedStoreError, match=f"{name} is missing"):
        store.current(home)


def test_a_file_too_many_is_found(home: Path) -> None:
    (store.current(home).store_path / "000099.log").write_bytes(b"")
    with pytest.raises(DamagedStoreError, match=r"000099\.log does not belong there"):
        store.current(home)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_a_marker_that_is_none_is_refused(home: Path, content: bytes) -> None:
    (store.current(home).path / "marker.json").write_bytes(content)
    with pytest.raises(DamagedStoreError, match=r"marker\.json is not what was built"):
        store.current(home)


def test_a_store_with_another_number_of_triples_is_refused(home: Path) -> None:
    snapshot = store.current(home)
    path = snapshot.path / "marker.json"
    facts = {k: v for k, v in json.loads(path.read_text()).items() if k not in ("seal", "files")}
    path.unlink()
    marker.seal(snapshot.path, {**facts, "triples": 7})
    with pytest.raises(DamagedStoreError, match="instead of 7"):
        store.current(home)


def test_a_message_tells_no_path_of_this_machine(home: Path) -> None:
    (store.current(home).path / "marker.json").unlink()
    with pytest.raises(DamagedStoreError) as caught:
        store.current(home)
    assert str(home) not in str(caught.value)


def test_a_link_to_nothing_is_damage(home: Path) -> None:
    shutil.rmtree(store.current(home).path)
    with pytest.raises(DamagedStoreError, match="run 'kg build'"):
        store.current(home)


def test_the_next_build_mends_a_damaged_snapshot(home: Path) -> None:
    snapshot = store.current(home)
    (snapshot.store_path / "CURRENT").unlink()
    assert built(POSITIONS, home).version == snapshot.version
    assert store.current(home).triples == snapshot.triples
    built(POSITIONS, home)
    assert names(home) == {snapshot.version}


def test_a_second_build_at_the_same_time_is_refused(home: Path) -> None:
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another build is running"):
            built(POSITIONS, home)
    assert built(POSITIONS, home)


def test_findings_stop_the_build_and_leave_the_old_store(home: Path, changed: Path) -> None:
    before = store.current(home)
    with pytest.raises(FindingsError) as caught:
        store.build(lambda: ["one", "two"], data=changed, home=home)
    assert caught.value.findings == ["one", "two"]
    assert store.current(home) == before
    assert names(home) == {before.version}


def test_a_check_without_findings_lets_the_build_pass(home: Path) -> None:
    assert store.build(list, data=POSITIONS, home=home) == store.current(home)


def test_a_triple_in_two_files_is_refused(tmp_path: Path) -> None:
    data = data_of(tmp_path / "data", "more")
    with (data / "000" / "text.ttl").open("a") as file:
        file.write('id:north rdfs:label "Nord"@de .')
    with pytest.raises(DataError, match=r'"Nord"@de, which is in .*000/text> and .*world>'):
        built(data, tmp_path / "home")


def test_a_folder_that_cannot_be_written_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError, match="could not be written"):
        built(POSITIONS, tmp_path / "home")


def killed(script: str, *arguments: object) -> bool:
    """Whether the build was killed; it must have ended well if not."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    status = subprocess.run(command, capture_output=True, check=False).returncode
    assert status in (0, -signal.SIGKILL)
    return status != 0


def assert_whole_and_mended(home: Path, before: Snapshot, changed: Path) -> None:
    """The old snapshot is in use, or the new one; and the next build leaves no rest."""
    found = store.current(home)
    after = built(changed, home)
    assert after.version != before.version
    assert found in (before, after)
    assert store.current(home) == after
    assert names(home) == {before.version, after.version}
    assert {path.name for path in home.iterdir()} == {"snapshots", "current", "lock"}


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_a_step_leaves_the_old_store(
    home: Path, changed: Path, step: str
) -> None:
    before = store.current(home)
    assert killed(KILLED, changed, home, step, 0)
    if step != "deleting old snapshots":
        assert store.current(home) == before
    assert_whole_and_mended(home, before, changed)


@pytest.mark.parametrize("delay", [0.005, 0.02, 0.04])
def test_a_build_killed_while_the_store_is_written_leaves_the_old_store(
    home: Path, changed: Path, delay: float
) -> None:
    before = store.current(home)
    assert killed(KILLED, changed, home, "writing the store", delay)
    assert_whole_and_mended(home, before, changed)


def test_a_build_killed_at_any_change_of_a_name_leaves_a_whole_store(
    template: Path, tmp_path: Path, changed: Path
) -> None:
    before = store.current(template)
    limit = 1
    while True:
        home = Path(shutil.copytree(template, tmp_path / f"home{limit}", symlinks=True))
        before = store.current(home)
        if not killed(KILLED_AT_EVENT, changed, home, limit):
            break
        assert_whole_and_mended(home, before, changed)
        limit += 1
    assert limit > 5


@pytest.fixture
def in_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line works on the fixture, without checks."""
    monkeypatch.setenv("STANDPOINT_HOME", str(tmp_path))
    monkeypatch.setattr("kg.paths.DATA", POSITIONS)
    monkeypatch.setattr(cli, "_findings", list)
    return tmp_path


def test_the_command_tells_what_was_built(in_home: Path) -> None:
    result = CliRunner().invoke(cli.main, ["build"])
    assert result.exit_code == 0
    snapshot = store.current(in_home)
    told = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert float(told.pop("seconds")) > 0
    assert told == {
        "version": snapshot.version,
        "graphs": "6",
        "triples": str(snapshot.triples),
        "derived": str(snapshot.derived),
        "release": str(in_home / "snapshots" / snapshot.version / "release"),
    }
    assert result.stderr == ""


def test_the_command_prints_findings_and_ends_with_one(
    in_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_findings", lambda: ["claims.ttl line 3: wrong"])
    result = CliRunner().invoke(cli.main, ["build"])
    assert result.exit_code == 1
    assert result.stdout == "claims.ttl line 3: wrong\n"
    assert "findings: 1" in result.stderr
    with pytest.raises(MissingStoreError):
        store.current(in_home)


def test_the_command_ends_with_two_in_trouble(in_home: Path) -> None:
    with (in_home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = CliRunner().invoke(cli.main, ["build"])
    assert result.exit_code == 2
    assert result.stderr == "kg: another build is running: wait until it has ended\n"
