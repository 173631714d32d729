"""What holds for the source as a whole."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
MAIN_PATH = [
    "kg.paths",
    "kg.namespaces",
    "kg.sentences",
    "kg.graph",
    "kg.derive",
    "kg.check",
    "kg.store",
    "kg.engines",
    "kg.questions",
    "kg.answers",
    "kg.cli",
]
"""The modules in the order in which a text becomes an answer; none imports a later one."""


def modules() -> dict[str, Path]:
    """Every module of the two packages by its dotted name."""
    found = {}
    for package in ("kg", "webui"):
        for path in (CHECKOUT / package).rglob("*.py"):
            parts = path.relative_to(CHECKOUT).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    assert len(found) > 40
    return found


def imports(path: Path, known: dict[str, Path], *, at_top: bool = False) -> set[str]:
    """The modules of ours that a file imports; only those imported on loading, with `at_top`."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = tree.body if at_top else ast.walk(tree)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                member = f"{node.module}.{alias.name}"
                names.add(member if member in known else node.module)
    return {name for name in names if name in known}


def test_no_module_imports_in_a_circle() -> None:
    known = modules()
    graph = {name: imports(path, known, at_top=True) - {name} for name, path in known.items()}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(known)


def test_the_main_path_runs_one_way() -> None:
    known = modules()
    rank = {name: place for place, name in enumerate(MAIN_PATH)}
    assert rank.keys() <= known.keys()
    for name, place in rank.items():
        for imported in imports(known[name], known):
            assert rank.get(imported, -1) <= place, f"{name} imports {imported}"


def test_only_the_command_line_knows_the_pages() -> None:
    known = modules()
    who = {
        name
        for name, path in known.items()
        if name.startswith("kg") and any(i.startswith("webui") for i in imports(path, known))
    }
    assert who <= {"kg.cli", "kg.bench"}
    assert "kg.cli" in who


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=" ".join,
)
def test_the_source_is_clean(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_calls_the_test_command_of_the_readme() -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    command = (CHECKOUT / ".ci/run").read_text("utf-8").strip().splitlines()[-1]
    assert command == "exec sh tests/run"
    assert "\nsh tests/run\n" in readme


def test_the_readme_links_to_files_that_are_there() -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    links = [
        link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", readme) if not link.startswith("http")
    ]
    assert links
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
