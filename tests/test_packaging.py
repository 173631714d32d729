"""The wheel and the sdist carry everything: data, questions, shapes, templates."""

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


def test_sdist_holds_what_the_wheel_is_made_of(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    for folder in ("kg", "webui", "ontology", "shapes", "seeds", "tests"):
        files = [p for p in (CHECKOUT / folder).rglob("*") if p.is_file()]
        wanted = {str(p.relative_to(CHECKOUT)) for p in files if "__pycache__" not in p.parts}
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
