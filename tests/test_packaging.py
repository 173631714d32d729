"""The wheel and the sdist carry everything: data, questions, shapes, templates."""

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel, built from the sdist, and the sdist."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(CHECKOUT)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel], [sdist] = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, sdist


def test_wheel_adds_only_the_two_packages(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"kg", "webui"}
    assert "kg/seeds/000_01a5c16ec8b3001f.txt" in names
    assert "kg/ontology/standpoint.ttl" in names
    assert "webui/static/standpoint.css" in names
    assert {"webui/static/dist/editor.js", "webui/static/dist/licences.txt"} <= set(names)
    assert not [name for name in names if "frontend" in name or "node_modules" in name]


def test_sdist_holds_what_the_wheel_is_made_of(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    for folder in ("kg", "webui", "ontology", "shapes", "seeds", "tests"):
        files = [p for p in (CHECKOUT / folder).rglob("*") if p.is_file()]
        made = {"__pycache__", "node_modules"}
        wanted = {str(p.relative_to(CHECKOUT)) for p in files if made.isdisjoint(p.parts)}
        assert wanted, folder
        assert wanted <= names, sorted(wanted - names)[:5]


def test_wheel_answers_in_a_clean_environment(built: tuple[Path, Path], tmp_path: Path) -> None:
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    pip = [str(environment / "bin/python"), "-m", "pip", "install", "-q"]
    constraints = str(CHECKOUT / "tests/constraints.txt")
    subprocess.run([*pip, "-c", constraints, str(built[0])], check=True, cwd=tmp_path)
    kg = str(environment / "bin/kg")
    home = {"STANDPOINT_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    subprocess.run([kg, "build"], check=True, cwd=tmp_path, env=home, capture_output=True)
    ask = [kg, "ask", "prefers", "--policy", "engagement", "--after", "2000"]
    answer = subprocess.run(ask, check=True, cwd=tmp_path, env=home, capture_output=True, text=True)
    assert "South Korea" in answer.stdout
    assert "United States" not in answer.stdout


BACKEND = "from hatchling import build; build.{what}({out!r})"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout as it is cloned: without the scripts of the pages and what builds them."""
    folder = tmp_path_factory.mktemp("bare") / "checkout"
    names = ("kg", "webui", "ontology", "shapes", "seeds", "pyproject.toml", "README.md", "LICENSE")
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist")
    for name in (*names, ".gitignore"):
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(CHECKOUT / name, folder / name)
    return folder


def build_without_npm(folder: Path, what: str, out: Path) -> subprocess.CompletedProcess[str]:
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BACKEND.format(what=what, out=str(out))]
    return subprocess.run(
        command, cwd=folder, env={"PATH": str(out)}, capture_output=True, text=True, check=False
    )


def test_a_wheel_without_its_scripts_stops_with_a_sentence(bare: Path, tmp_path: Path) -> None:
    done = build_without_npm(bare, "build_wheel", tmp_path / "out")
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1] == (
        "A wheel needs the scripts of its pages: install Node 20 or newer with npm."
    )
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("what", "made"), [("build_sdist", "*.tar.gz"), ("build_editable", "*.whl")]
)
def test_all_else_is_built_without_npm(bare: Path, tmp_path: Path, what: str, made: str) -> None:
    done = build_without_npm(bare, what, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob(made))) == 1
    assert not (bare / "webui/static/dist").exists()


def test_a_newer_source_builds_the_scripts_anew(bare: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    shutil.copytree(bare, copy)
    bundle = copy / "webui/static/dist/editor.js"
    command = [sys.executable, "-c", BACKEND.format(what="build_editable", out=str(tmp_path))]

    def built() -> int:
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
        return bundle.stat().st_mtime_ns

    first = built()
    assert built() == first
    (copy / "webui/frontend/src/editor.js").touch()
    assert built() > first
    assert "licences.txt" in bundle.read_text("utf-8")[:100]
