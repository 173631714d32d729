"""The commands that write files: add and fmt."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from kg import paths
from kg.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    for name in ("seeds", "data"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(paths, name.upper(), tmp_path / name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str):
        return CliRunner().invoke(main, arguments)

    return command


def test_adding_names_the_files_and_adding_again_says_unchanged(run, tmp_path):
    (tmp_path / "seeds" / "a_x.txt").write_text("One. Two.")

    first = run("add", "seeds/a_x.txt", "--title", "A title")
    assert (first.exit_code, len(first.stdout.splitlines())) == (0, 5)
    assert first.stderr == "document a: 2 sentences in 1 paragraphs, written\n"
    again = run("add", "seeds/a_x.txt")
    assert (again.exit_code, again.stdout) == (0, "")
    assert again.stderr == "document a: 2 sentences in 1 paragraphs, unchanged\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "kg: seeds/a.txt is empty: there is nothing to cut\n"),
        (b"  \n", "kg: seeds/a.txt is blank: there is nothing to cut\n"),
        (b"\0\1", "kg: seeds/a.txt is no text: there is a NUL byte at byte offset 0\n"),
        (b"caf\xe9", "kg: seeds/a.txt is not UTF-8: byte 0xE9 at byte offset 3"),
    ],
)
def test_what_is_no_text_is_one_message_and_status_2(run, tmp_path, data, message):
    (tmp_path / "seeds" / "a.txt").write_bytes(data)

    result = run("add", "seeds/a.txt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert list((tmp_path / "data").iterdir()) == []


def test_a_changed_text_has_status_2(run, tmp_path):
    (tmp_path / "seeds" / "a.txt").write_text("One. Two.")
    run("add", "seeds/a.txt")
    (tmp_path / "seeds" / "a.txt").write_text("One. Too.")

    result = run("add", "seeds/a.txt")
    assert result.exit_code == 2
    assert "at line 1 column 7 it has 'Too.' where 'Two.' was" in result.stderr


def test_an_installed_package_takes_no_texts(run, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "is_checkout", lambda: False)
    (tmp_path / "seeds" / "a.txt").write_text("One.")

    assert run("add", "seeds/a.txt").exit_code == 2


def test_formatting_names_what_it_changed(run, tmp_path):
    path = tmp_path / "a.ttl"
    path.write_text("<urn:a:b><urn:a:c>1.")

    check = run("fmt", "--check", str(path))
    assert (check.exit_code, check.stdout) == (1, f"{path}\n")
    assert path.read_text() == "<urn:a:b><urn:a:c>1."
    assert run("fmt", str(path)).exit_code == 0
    assert path.read_text() == "<urn:a:b> <urn:a:c> 1 .\n"
    again = run("fmt", "--check", str(path))
    assert (again.exit_code, again.stdout) == (0, "")


def test_a_file_that_cannot_be_formatted_does_not_stop_the_others(run, tmp_path):
    good, bad = tmp_path / "good.ttl", tmp_path / "bad.ttl"
    good.write_text("<urn:a:b><urn:a:c>1.")
    bad.write_text("<urn:a:b")

    result = run("fmt", str(bad), str(good))
    assert (result.exit_code, result.stdout) == (2, f"{good}\n")
    assert "bad.ttl" in result.stderr
    assert bad.read_text() == "<urn:a:b"


def test_without_files_all_of_the_project_is_meant(run, tmp_path):
    (tmp_path / "seeds" / "a.txt").write_text("One.")
    run("add", "seeds/a.txt")
    (tmp_path / "data" / "a" / "x.ttl").write_text("<urn:a:b><urn:a:c>1.")

    result = run("fmt", "--check")
    assert str(tmp_path / "data" / "a" / "x.ttl") in result.stdout.splitlines()
    assert str(tmp_path / "data" / "a" / "text.ttl") not in result.stdout.splitlines()


def test_help_imports_no_library_but_the_one_for_commands():
    code = "import sys, kg.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert {"click", "kg"} <= loaded
    assert not loaded & {"rdflib", "pyoxigraph", "pyshacl", "flask", "sentencex", "owlready2"}
