"""Costs: what is remembered of a query, and what it has in common with others."""

from kg.engines.costs import Costs
from kg.engines.guard import check
from kg.engines.limits import Limits


def shape(sparql):
    return check(sparql, Limits()).shape


def test_the_least_of_the_last_costs_of_a_shape_is_expected():
    costs = Costs()
    assert costs.expected(1) == 0
    costs.note(1, 2.5)
    assert (costs.expected(1), costs.expected(2)) == (2.5, 0)
    costs.note(1, 0.5)
    costs.note(1, 3.5)
    assert costs.expected(1) == 0.5
    costs.note(1, 4.5)
    costs.note(1, 5.5)
    assert costs.expected(1) == 3.5


def test_one_light_query_outweighs_two_long_ones():
    costs = Costs()
    for _ in range(5):
        for seconds in (0.001, 10.0, 10.0):
            costs.note(1, seconds)
            assert costs.expected(1) == 0.001


def test_old_shapes_are_forgotten(monkeypatch):
    monkeypatch.setattr("kg.engines.costs._MOST_SHAPES", 2)
    costs = Costs()
    for number in (1, 2, 1, 3):
        costs.note(number, 1.0)
    assert [costs.expected(number) for number in (1, 2, 3)] == [1.0, 0, 1.0]


def test_values_comments_and_things_make_no_other_shape():
    one = shape('SELECT ?o { id:korea :says ?o FILTER (?o != "a") } LIMIT 1 # one')
    assert one == shape('SELECT ?o {id:japan :says ?o FILTER(?o != "b")} LIMIT 2')
    assert one != shape('SELECT ?o { id:korea :prefers ?o FILTER (?o != "a") } LIMIT 1')
