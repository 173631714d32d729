"""The commands check, say and new claim, run as a user runs them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg import check, graph, paths, say
from kg.check import Finding
from kg.checks import report
from kg.cli import main

FINDINGS = [
    Finding("violation", "ClaimKind", "kg/data/000/claims.ttl", "d:c1", "No kind.", 12, "urn:c1"),
    Finding("warning", "ClaimTime", "kg/data/000/claims.ttl", "d:c2", "No time.", 20, "urn:c2"),
    Finding("info", "consistency", "", "", "No Java."),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that the commands take for the project's own."""
    data = Path(shutil.copytree(paths.DATA, tmp_path / "data"))
    monkeypatch.setattr(paths, "DATA", data)
    return data


def given(monkeypatch: pytest.MonkeyPatch, findings: list[Finding]) -> None:
    monkeypatch.setattr(check, "check", lambda **_: findings)


def test_findings_are_grouped_by_file_with_what_to_do_and_a_summary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, FINDINGS)
    result = run("check")
    assert result.exit_code == 1
    assert result.stdout == (
        "kg/data/000/claims.ttl\n"
        "  line 12  d:c1  violation  ClaimKind\n"
        "      No kind.\n"
        "  line 20  d:c2  warning  ClaimTime\n"
        "      No time.\n"
        "\n"
        "(no file)\n"
        "  info  consistency\n"
        "      No Java.\n"
        "\n"
        "1 violation and 1 warning in 1 file.\n"
    )
    assert result.stderr == ""


def test_json_has_every_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, FINDINGS)
    result = run("check", "--format", "json")
    assert result.exit_code == 1
    first, *_ = found = json.loads(result.stdout)
    assert len(found) == 3
    assert first["subject"] == "d:c1"
    assert first["line"] == 12


@pytest.mark.parametrize("findings", [[], FINDINGS[2:]])
def test_what_is_only_mentioned_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, findings: list[Finding]
) -> None:
    given(monkeypatch, findings)
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.endswith("No findings.\n")


def test_a_real_fault_is_printed_with_its_place(copied: Path) -> None:
    actors = copied / "actors.ttl"
    actors.write_text(actors.read_text("utf-8") + "id:japan :hasTeam id:japan .\n", "utf-8")
    result = run("check", "--no-owl")
    assert result.exit_code == 1
    assert str(actors) in result.stdout
    assert "undeclared-term" in result.stdout


def test_trouble_is_exit_2(copied: Path) -> None:
    shutil.rmtree(copied)
    result = run("check", "--no-owl")
    assert result.exit_code == 2
    assert result.stderr.startswith("kg: there is no folder")


def test_a_finding_is_one_line_where_it_is_one_of_many() -> None:
    assert str(FINDINGS[0]) == (
        "kg/data/000/claims.ttl line 12 d:c1: violation [ClaimKind] No kind."
    )
    assert str(FINDINGS[2]) == "info [consistency] No Java."
    assert report.summary(FINDINGS) == "1 violation and 1 warning in 1 file."


def test_say_prints_a_document_with_sentence_numbers() -> None:
    result = run("say", "000")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == len(say.say(graph.load_store(graph.sources()))) > 100
    assert lines[0].startswith("s1\t000/c1")
    assert run("say").stdout == result.stdout


def test_say_prints_one_claim() -> None:
    (line,) = run("say", "000/c11a").stdout.splitlines()
    assert "South Korea prefers diplomatic and economic engagement" in line


def test_say_knows_what_it_does_not_know() -> None:
    result = run("say", "000/c999")
    assert result.exit_code == 2
    assert "neither a document with claims (000) nor a claim" in result.stderr


def test_say_writes_labels_and_tells_which_files_changed(copied: Path) -> None:
    claims = copied / "000" / "claims.ttl"
    text = claims.read_text("utf-8")
    claims.write_text(text + '\nd:c1a rdfs:label "An old label"@en .\n', "utf-8")
    result = run("say", "--write")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "claims.ttl rewritten" in result.stderr
    assert run("say", "--write").stderr == ""


def test_new_claim_takes_both_forms_of_a_name() -> None:
    result = run("new", "claim", "000/s11")
    assert result.exit_code == 0
    assert result.stdout.startswith("# 000/s11: “Seoul prefers")
    assert run("new", "claim", "d:s11", "--document", "000").stdout == result.stdout


def test_new_claim_refuses_what_is_no_sentence() -> None:
    result = run("new", "claim", "000/s99")
    assert result.exit_code == 2
    assert "56 sentences" in result.stderr


@pytest.mark.parametrize("command", [["check"], ["say"], ["new", "claim"]])
def test_help_tells_what_a_command_does(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
