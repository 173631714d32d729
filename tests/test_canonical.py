"""Files that an editor saved are told apart from those in canonical form."""

from pathlib import Path

from kg import paths, turtle
from kg.checks import canonical


def test_the_project_is_in_canonical_form() -> None:
    assert len(turtle.hand_written()) > 10
    assert list(canonical.findings(turtle.hand_written())) == []


def test_a_file_in_another_order_is_found(tmp_path: Path) -> None:
    actors = (paths.DATA / "actors.ttl").read_text("utf-8")
    saved = tmp_path / "actors.ttl"
    saved.write_text(actors + "\n\n", "utf-8")
    broken = tmp_path / "broken.ttl"
    broken.write_text("no Turtle", "utf-8")
    (found,) = canonical.findings([broken, saved])
    assert found.check == canonical.CHECK
    assert "actors.ttl" in found.file
    assert "kg fmt" in found.message
    assert saved.read_text("utf-8") == actors + "\n\n"
