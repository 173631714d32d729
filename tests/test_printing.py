"""What a terminal shows is aligned, fits its width, and cannot be steered by the data."""

import csv
import io
import json

import pytest

from kg import printing
from kg.answers import answer
from kg.engines.local import LocalEngine
from kg.errors import QuerySyntaxError
from kg.questions import load_questions

WIDTHS = [20, 40, 80, 200]
HEADINGS = ["Actor", "Prefers", "Over"]
ROWS = [["Borduria", "tariffs on goods of every kind", ""], ["Syldavia", "duties", "quotas"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_the_width_and_loses_no_word(width: int) -> None:
    blocks = list(printing.table(HEADINGS, ROWS, width))
    assert len(blocks) == 1 + len(ROWS)
    assert all(len(line) <= max(width, 28) for lines in blocks for line in lines)
    shown = sorted(" ".join(line for lines in blocks[1:] for line in lines).split())
    assert shown == sorted(" ".join(cell for row in ROWS for cell in row).split())


def test_columns_stand_under_each_other() -> None:
    lines = [line for lines in printing.table(HEADINGS, ROWS, 80) for line in lines]
    assert lines[0].index("Over") == lines[3].index("quotas")
    assert set(lines[1]) == {"─", " "}


def test_a_table_can_have_no_rows_and_no_columns() -> None:
    assert list(printing.table(["x"], [], 80)) == [["x", "─"]]
    assert len(list(printing.table([], [[]], 80))) == 2


def test_a_very_long_cell_is_wrapped_and_not_tried_forever() -> None:
    [_, lines] = printing.table(["x"], [["word " * 10_000]], 80)
    assert len(lines) > 600


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\u202eb", "a\x07b", "a\u200bb"])
def test_characters_that_steer_a_terminal_are_replaced(text: str) -> None:
    assert "\ufffd" in printing.plain(text)
    assert printing.plain(text).isprintable()


def test_an_answer_shows_a_caution_above_its_evidence(world: LocalEngine) -> None:
    found = answer(world, load_questions()["about"].bind(world, {"thing": "Syldavia"}))
    lines = list(printing.answer_lines(found, 100, possibly=False))
    at = lines.index("    Denied: the text says that this is not so.")
    assert lines[at + 1] == (
        "    “That is not so.” — A small world, sentence 3 (denial by the author, certain)"
    )
    assert all(len(line) <= 100 for line in lines)


def test_a_quote_over_a_line_end_is_shown_on_one_line(world: LocalEngine) -> None:
    found = answer(world, load_questions()["prefers"].bind(world, {"policy": "tariffs"}))
    shown = "\n".join(printing.answer_lines(found, 200, possibly=False))
    assert "“Borduria prefers tariffs over quotas.” — A small world, sentence 1" in shown


def test_each_form_of_an_answer_holds_the_same_rows(world: LocalEngine) -> None:
    found = answer(world, load_questions()["prefers"].bind(world, {"policy": "tariffs"}))
    as_json = json.loads(printing.answer_printed(found, "json", 80, possibly=False))
    as_csv = printing.answer_printed(found, "csv", 80, possibly=False)
    [row] = csv.DictReader(io.StringIO(as_csv))
    assert [cell["text"] for cell in as_json["rows"][0]["cells"].values()] == [
        row["actor"],
        row["option"],
        row["over"],
    ]
    assert row["quote"] == as_json["rows"][0]["evidence"][0]["quote"]
    assert "Borduria" in printing.answer_printed(found, "text", 80, possibly=False)


def test_rows_without_evidence_stay_in_the_csv(world: LocalEngine) -> None:
    found = answer(world, load_questions()["kinds"].bind(world, {}))
    rows = list(csv.DictReader(io.StringIO(printing.answer_csv(found, possibly=False))))
    assert len(rows) == len(found.rows) > 0
    assert {row["quote"] for row in rows} == {""}


def test_a_caret_stands_under_the_fault() -> None:
    lines = list(printing.syntax_lines("SELECT ?x\nWHERE {", QuerySyntaxError("wrong", 2, 7)))
    assert lines == ["wrong", "    WHERE {", "          ^"]


@pytest.mark.parametrize(("line", "column"), [(None, None), (99, 1), (0, 1)])
def test_a_fault_without_a_place_has_no_caret(line: int | None, column: int | None) -> None:
    assert list(printing.syntax_lines("ASK", QuerySyntaxError("wrong", line, column))) == ["wrong"]


def test_the_caret_of_a_very_long_line_is_still_under_its_character() -> None:
    query = "x" * 500 + "!" + "x" * 500
    [_, line, caret] = printing.syntax_lines(query, QuerySyntaxError("wrong", 1, 501))
    assert line[caret.index("^")] == "!"
    assert len(line) < 120
