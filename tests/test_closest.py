"""The sentences that share most with a phrase."""

from kg import closest, terms
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


def test_what_words_mean_tells_more_than_the_words(engine: LocalEngine) -> None:
    wanted = terms.load(engine).read("lex:m-autocracy, lex:m-archaic")
    found = closest.sentences(engine, ["outdated", "dictatorship"], wanted)
    assert found[0].number == 25
    assert closest.sentences(engine, ["outdated", "dictatorship"]) == ()


def test_what_one_statement_has_together_comes_first(engine: LocalEngine) -> None:
    wanted = terms.load(engine).read("id:north-korea, id:japan, lex:m-relation")
    assert closest.sentences(engine, ["ties"], wanted)[0].number == 32
