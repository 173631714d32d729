"""The sentences that share most with a phrase."""

from kg import closest
from kg.engines.local import LocalEngine


def test_the_closest_sentence_shares_the_telling_words(engine: LocalEngine) -> None:
    found = closest.sentences(engine, ["the", "summit", "was", "a", "watershed"])
    assert found[0].number == 40
    assert "watershed" in found[0].quote


def test_common_words_are_no_closeness(engine: LocalEngine) -> None:
    assert closest.sentences(engine, ["the", "of"]) == ()
    assert (
        len(
            closest.sentences(
                engine, ["the", "priority", "of", "a", "new", "balance", "of", "power"]
            )
        )
        <= 3
    )
