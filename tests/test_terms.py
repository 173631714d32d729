"""Terms: what they are called, and that only known words reach a query."""

import pytest

from kg import terms
from kg.engines.local import LocalEngine
from kg.errors import SlotValueError
from kg.questions import load_questions
from kg.terms import Terms

HOSTILE = ["", ",", "xyzzy", "Seoul, xyzzy", '") } #', "lex:m-nothing", "id:nothing", "a" * 10**5]


@pytest.fixture(scope="module")
def known(engine: LocalEngine) -> Terms:
    return terms.load(engine)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("Seoul", ["id:south-korea"]),
        ("id:south-korea, Engagement", ["id:south-korea", "id:engagement"]),
        ("defeated", ["lex:m-win"]),
        ("victory and Eisenhower", ["lex:m-win", "id:eisenhower"]),
        ("tangled", ["lex:m-tangle"]),
        ("both allies", ["id:south-korea", "id:united-states"]),
    ],
)
def test_a_term_has_one_written_form(known: Terms, written: str, values: list[str]) -> None:
    found = known.read(written)
    assert [term.value for term in found] == values
    assert known.read(terms.SEPARATOR.join(values)) == found


@pytest.mark.parametrize("written", HOSTILE)
def test_what_is_no_term_is_refused(known: Terms, written: str) -> None:
    with pytest.raises(SlotValueError):
        known.read(written)


def test_a_pattern_holds_only_words_of_statements(known: Terms) -> None:
    patterns = [
        term.pattern
        for name in known.lexicon.meanings
        if (term := known.meaning(name)) and term.pattern
    ]
    assert len(patterns) > 100
    letters = set("abcdefghijklmnopqrstuvwxyzAZ0123456789|()[]?^- \u2013")
    assert all(set(pattern) <= letters for pattern in patterns)


def test_the_words_of_a_name_are_no_verb(known: Terms) -> None:
    [unite] = known.read("unite")
    assert "united" not in (unite.pattern or "")


def test_an_actor_alone_is_a_subject_by_its_role_only(engine: LocalEngine) -> None:
    bound = load_questions()["says"].bind(engine, {"subject": "South Korea", "verb": "prefer"})
    assert "VALUES (?subject ?subject_words) { (id:south-korea UNDEF) }" in bound.sparql
    assert bound.sentence.startswith("Do the texts say, urge or foretell that South Korea prefers")
