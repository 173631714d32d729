"""`kg bench` on a small corpus, our server alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.bench import bench, mixes, peers, report
from kg.cli import main
from kg.errors import BenchError


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "bench", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_short_run_measures_every_query_and_writes_the_readme(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{report.BEGIN}\n{report.END}\n", "utf-8")
    short = ("--documents", "3", "--rounds", "1", "--seconds", "0.02", "--server", "none")
    done = run(*short, "--write", str(readme))
    assert done.returncode == 0, done.stderr
    assert report.kept(readme) == done.stdout.strip()
    assert (tmp_path / report.PICTURE).read_text("utf-8").startswith("<svg ")
    lines = done.stdout.splitlines()
    for query in mixes.load():
        assert sum(line.startswith(f"| {query.title} |") for line in lines) == 2, query
    assert "does not answer" not in done.stdout


def test_a_short_soak_prints_its_figures() -> None:
    done = run("--documents", "3", "--seconds", "4", "--soak")
    assert "last quarter over second: PSS " in done.stdout, done.stderr
    assert "ordinary answers by status: {200: " in done.stdout


def test_a_readme_without_a_place_is_refused_at_once(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing", "utf-8")
    done = CliRunner().invoke(main, ["bench", "--server", "none", "--write", str(readme)])
    assert done.exit_code == 2
    assert "where the report shall stand" in done.output


def test_what_is_not_installed_is_left_out_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    for kind in peers.ALL[1:]:
        monkeypatch.setattr(kind, "missing", classmethod(lambda _: "install it"))
    assert bench.chosen([], said.append) == [peers.Standpoint]
    assert said == [f"{kind.name} is left out: install it" for kind in peers.ALL[1:]]


def test_a_server_that_is_none_of_ours_is_named() -> None:
    with pytest.raises(BenchError, match=r"no server 'mysql': choose of oxigraph, virtuoso"):
        bench.chosen(["mysql"], print)
