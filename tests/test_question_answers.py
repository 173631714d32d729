"""Every question is held against answers that were read from the text before they were computed.

A file ``answers/<question>.json`` is a list of pairs: "slots"; "answer", the exact certain rows as
texts, or "includes", rows that must be among them, where null stands for any text; and as needed
"possible", the exact possible rows, "must_not", texts that no certain row may hold,
"sentences", numbers of sentences that must be in the evidence, and "steps", how many statements or
steps have to be put together to reach the answer, 1 when it is left out. A step is another
statement (a cause of a cause, a role turned round later, the claim of a second actor, the advice
that a prediction hangs on, the sentence that gives the year) or one up the hierarchy of policies.
A period alone, or counting, is none.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kg.answers import Answer, Row, answer
from kg.engines.local import LocalEngine
from kg.questions import load_questions

ANSWERS = Path(__file__).parent / "answers"
KEYS = {"slots", "answer", "includes", "possible", "must_not", "sentences", "steps"}
PAIRS = [
    pytest.param(path.stem, pair, id=f"{path.stem}-{number}")
    for path in sorted(ANSWERS.glob("*.json"))
    for number, pair in enumerate(json.loads(path.read_text("utf-8")), start=1)
]


def texts(rows: list[Row]) -> list[list[str]]:
    return sorted([cell.text for cell in row.cells.values()] for row in rows)


@pytest.mark.parametrize(("name", "pair"), PAIRS)
def test_the_answer_is_the_one_read_from_the_text(
    engine: LocalEngine, name: str, pair: dict[str, Any]
) -> None:
    found = answer(engine, load_questions()[name].bind(engine, pair["slots"]))
    certain = texts(list(found.rows))
    if "answer" in pair:
        assert certain == sorted(pair["answer"])
    for row in pair.get("includes", []):
        assert any(_fits(row, texts_of_row) for texts_of_row in certain), (row, certain)
    if "possible" in pair:
        assert texts(list(found.possible_rows)) == sorted(pair["possible"])
    held = {text for row in certain for text in row}
    assert held.isdisjoint(pair.get("must_not", []))
    assert set(pair.get("sentences", [])) <= _sentences(found)
    assert bool(found.because) == (not certain)


def _fits(expected: list[str | None], row: list[str]) -> bool:
    return len(expected) == len(row) and all(
        text is None or text == cell for text, cell in zip(expected, row, strict=True)
    )


def _sentences(found: Answer) -> set[int | None]:
    return {quote.number for row in found.rows for quote in row.evidence}


def test_every_question_has_a_pair_and_every_pair_a_question() -> None:
    assert {pair.values[0] for pair in PAIRS} == set(load_questions())
    assert len(PAIRS) >= 190
    assert sum(pair.values[1].get("answer") == [] for pair in PAIRS) >= 50


def test_many_pairs_need_two_steps_and_not_by_an_empty_answer_alone() -> None:
    stepped = [param.values[1] for param in PAIRS if param.values[1].get("steps", 1) >= 2]
    assert len(stepped) >= 30
    assert sum(pair.get("answer") != [] for pair in stepped) >= 20


def test_pairs_are_written_with_known_keys_and_say_something() -> None:
    assert PAIRS
    for pair in (param.values[1] for param in PAIRS):
        assert pair.keys() <= KEYS
        assert "answer" in pair or pair["includes"]
        assert pair.get("steps", 2) >= 2


@pytest.mark.parametrize("name", load_questions())
def test_the_file_as_it_stands_gives_the_answer_of_its_defaults(
    engine: LocalEngine, name: str
) -> None:
    question = load_questions()[name]
    as_written = engine.select(question.sparql)
    bound = engine.select(question.bind(engine, {}).sparql)
    assert as_written.rows == bound.rows
    assert as_written.rows
