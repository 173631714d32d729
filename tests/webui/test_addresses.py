"""Addresses that keep what they do not change."""

from webui.addresses import Address

HERE = Address("/sparql", (("query", "a b&c"), ("named-graph-uri", "x"), ("named-graph-uri", "y")))


def test_one_parameter_changes_and_all_others_stay() -> None:
    changed = HERE.but(view="graph")
    assert str(changed) == "/sparql?query=a+b%26c&named-graph-uri=x&named-graph-uri=y&view=graph"
    assert str(changed.but(view="text")).count("view=") == 1
    assert changed.but(view=None) == HERE


def test_a_path_alone_has_no_question_mark() -> None:
    assert str(Address("/q")) == "/q"
    assert str(Address("/q", (("x", ""),))) == "/q?x="
