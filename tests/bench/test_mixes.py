import pyoxigraph

from kg.bench import mixes
from kg.bench.load import JSON, N_TRIPLES
from kg.questions import load_questions


def test_all_questions_are_a_mix() -> None:
    names = [query.name for query in mixes.load() if query.mix == mixes.QUESTIONS]
    assert names == list(load_questions())
    assert len(names) > 40


def test_nine_shapes_are_the_other() -> None:
    shapes = [query for query in mixes.load() if query.mix == mixes.SHAPES]
    assert len(shapes) == 9
    assert {query.media_type for query in shapes} == {JSON, N_TRIPLES}


def test_each_query_stands_alone() -> None:
    for query in mixes.load():
        pyoxigraph.Store().query(query.text)
        assert "#" not in query.text.splitlines()[0].replace("#>", "")
