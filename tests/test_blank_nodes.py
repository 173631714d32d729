"""Names for blank nodes that depend on the graph alone."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, Quad, Triple
from pyoxigraph import CanonicalizationAlgorithm as Algorithm

from kg import blank_nodes
from kg.errors import DataError

P, Q = NamedNode("https://example.org/p"), NamedNode("https://example.org/q")
BLANK = st.integers(0, 5).map(lambda number: BlankNode(f"n{number}"))
NAMED = st.sampled_from([NamedNode("https://example.org/a"), NamedNode("https://example.org/b")])
GRAPHS = st.lists(
    st.builds(
        Triple, BLANK | NAMED, st.sampled_from([P, Q]), BLANK | BLANK | st.just(Literal("x"))
    ),
    max_size=12,
)


def renamed(triples, mapping):
    def term(value):
        return mapping[value] if isinstance(value, BlankNode) else value

    return [Triple(term(t.subject), t.predicate, term(t.object)) for t in triples]


def shuffled(triples, seed):
    numbers = list(range(6))
    random.Random(seed).shuffle(numbers)
    mapping = {BlankNode(f"n{i}"): BlankNode(f"m{n}") for i, n in enumerate(numbers)}
    return renamed(triples, mapping)


def peer(triples):
    """The canonical form of another implementation (RDFC-1.0)."""
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(Algorithm.RDFC_1_0)
    return dataset


@settings(deadline=None)
@given(GRAPHS, st.integers(0, 1000))
def test_labels_and_order_do_not_matter(triples, seed):
    other = shuffled(triples, seed)
    random.Random(seed).shuffle(other)

    assert blank_nodes.relabelled(other) == blank_nodes.relabelled(triples)


@settings(deadline=None)
@given(GRAPHS, GRAPHS)
def test_it_agrees_with_rdfc_on_what_is_isomorphic(one, other):
    same = blank_nodes.relabelled(one) == blank_nodes.relabelled(other)

    assert same == (peer(one) == peer(other))


@settings(deadline=None)
@given(GRAPHS, st.data())
def test_one_other_triple_makes_another_graph(triples, data):
    extra = data.draw(st.builds(Triple, BLANK, st.just(P), BLANK))
    more = {*triples, extra}

    same = blank_nodes.relabelled(more) == blank_nodes.relabelled(triples)
    assert same == (extra in triples)


def circle(*numbers):
    nodes = [BlankNode(f"c{number}") for number in numbers]
    return [Triple(a, P, b) for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]


def test_two_circles_of_three_are_not_one_of_six():
    six = blank_nodes.relabelled(circle(*range(6)))
    threes = blank_nodes.relabelled(circle(0, 1, 2) + circle(3, 4, 5))

    assert len(six) == len(threes) == 6
    assert six != threes


def test_everything_connected_with_everything_is_named():
    nodes = [BlankNode(f"k{number}") for number in range(9)]
    names = blank_nodes.names(Triple(a, P, b) for a in nodes for b in nodes)

    assert len(set(names.values())) == 9


def test_a_long_list_of_equal_items_is_named():
    cells = [BlankNode(f"l{number}") for number in range(20_000)]
    rest = [Triple(a, Q, b) for a, b in pairwise(cells)]

    names = blank_nodes.names([*rest, *(Triple(cell, P, Literal("1")) for cell in cells)])
    assert len(set(names.values())) == 20_000


def test_equal_parts_that_do_not_touch_get_names_of_their_own():
    parts = [Triple(BlankNode(f"e{number}"), P, Literal("x")) for number in range(3)]

    assert len(blank_nodes.relabelled(parts)) == 3


def test_a_tangle_beyond_reason_is_refused(monkeypatch):
    monkeypatch.setattr(blank_nodes, "MOST_STEPS", 500)

    with pytest.raises(DataError, match="too entangled"):
        blank_nodes.names(circle(*range(30)))
