"""The table of promises names tests that are there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "webui" / "README.md"
PROMISES = 16


def rows() -> dict[int, str]:
    """The rows of the table by the number of the promise."""
    text = TABLE.read_text("utf-8")
    return {int(row[1]): row[0] for row in re.finditer(r"^\| (\d+) \|.*\|$", text, re.MULTILINE)}


def named(row: str) -> list[tuple[str, str]]:
    return re.findall(r"`([\w/]+\.py)::(test_\w+)`", row)


def functions(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_promise_has_tests() -> None:
    found = rows()
    assert list(found) == list(range(1, PROMISES + 1))
    assert [number for number, row in found.items() if len(named(row)) < 2] == []
    assert not re.search(r"@[A-Z]+@", TABLE.read_text("utf-8"))


def test_every_named_test_is_there() -> None:
    tests = [each for row in rows().values() for each in named(row)]
    assert len(tests) > 40
    gone = [(file, name) for file, name in tests if name not in functions(TESTS / file)]
    assert gone == []


def test_the_readme_leads_to_the_table() -> None:
    assert "](webui/README.md)" in (TESTS.parent / "README.md").read_text("utf-8")
