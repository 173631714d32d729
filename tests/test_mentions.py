"""Where a text names somebody who acts, and whose a noun is."""

import pytest

from kg import mentions
from kg.engines.local import LocalEngine
from kg.mentions import Mentions

DECISION = "The United States unilateral decision jars South Koreans confidence in the alliance"


@pytest.fixture(scope="module")
def names(engine: LocalEngine) -> Mentions:
    return mentions.load(engine)


def owner(names: Mentions, text: str, noun: str) -> tuple[str, bool]:
    start = text.index(noun)
    return mentions.owner(text, names.find(text), start, start + len(noun))


def test_whoever_acts_is_found_with_the_state_that_it_belongs_to(names: Mentions) -> None:
    found = names.find("Rhee Syng Man tangles with Dwight Eisenhower over American aid in Asia")
    assert [each.state for each in found] == [
        "id:south-korea",
        "id:united-states",
        "id:united-states",
    ]
    assert names.find("a tug of war in the region of Northeast Asia") == ()


@pytest.mark.parametrize(
    ("text", "noun", "whose"),
    [
        (DECISION, "decision", ("id:united-states", True)),
        (DECISION, "confidence", ("id:south-korea", True)),
        ("The collapse of the Soviet Union hurts Japan", "collapse", ("id:soviet-union", True)),
        ("Japan is an adversary of North Korea", "adversary", ("id:north-korea", True)),
        ("North Korea faces the dilemma", "dilemma", ("id:north-korea", False)),
        ("The dilemma remains", "dilemma", ("", False)),
        ("the US forces in a base", "forces", ("id:united-states", True)),
    ],
)
def test_a_noun_is_of_whom_the_words_beside_it_name(
    names: Mentions, text: str, noun: str, whose: tuple[str, bool]
) -> None:
    assert owner(names, text, noun) == whose


def test_a_name_tells_whose_the_thing_is(names: Mentions) -> None:
    for label, state in {
        "North Korea\u2019s nuclear umbrella": "id:north-korea",
        "Washington\u2019s more coercive strategy": "id:united-states",
        "US nuclear negotiations with North Korea": "",
    }.items():
        assert mentions.possessor(label, names.find(label)) == state


def test_an_adjective_is_one_that_a_government_can_have() -> None:
    assert mentions.adjective("American")
    assert mentions.adjective("South Korean")
    assert not mentions.adjective("Washington")
    assert not mentions.adjective("US")
