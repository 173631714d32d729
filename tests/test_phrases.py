"""Phrases: words that belong together stand side by side."""

import pytest

from kg import phrases, understanding
from kg.engines.local import LocalEngine
from kg.questions import load_questions
from kg.understanding import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(engine: LocalEngine) -> Vocabulary:
    return understanding.load(engine, load_questions())


def read(vocabulary: Vocabulary, text: str) -> str:
    found = phrases.read(text, vocabulary.lexicon, vocabulary.names)
    return " ".join(word.text for word in found)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Has the North driven Seoul and Washington apart?", "driven apart Seoul and Washington"),
        ("did Washington pull soldiers out before 2000", "pull out soldiers before"),
    ],
)
def test_a_particle_goes_to_its_verb(vocabulary: Vocabulary, text: str, joined: str) -> None:
    assert joined in read(vocabulary, text)


@pytest.mark.parametrize(
    "text",
    [
        "Did Seoul pull out troops?",
        "Did Seoul pull troops up hill?",
        "Did Seoul drive in Washington apart?",
        "apart from Seoul",
        "aid kept South alive",
    ],
)
def test_other_particles_stay_where_they_are(vocabulary: Vocabulary, text: str) -> None:
    assert read(vocabulary, text) == text.removesuffix("?")


def test_adjectives_share_a_noun_that_makes_a_name_with_each(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "military and economic aid") == "military aid and economic aid"
    for text in ("military and xyzzy aid", "military or economic aid", "aid and engagement"):
        assert read(vocabulary, text) == text
