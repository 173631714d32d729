"""Where the boxes of a graph stand."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from webui.layers import Box, Placement, place

SIZES = dict.fromkeys("abcdef", (100.0, 30.0))


def apart(one: Box, other: Box) -> bool:
    return (
        one.left + one.width <= other.left
        or other.left + other.width <= one.left
        or one.top + one.height <= other.top
        or other.top + other.height <= one.top
    )


def ends_meet(placed: Placement) -> bool:
    for (source, target), route in placed.routes.items():
        for name, (x, y) in ((source, route[0]), (target, route[-1])):
            box = placed.boxes[name]
            at_side = x in (box.left, box.left + box.width)
            if not at_side or abs(y - (box.top + box.height / 2)) > 0.01:
                return False
    return True


def test_a_cause_stands_left_of_its_effect() -> None:
    placed = place(SIZES, [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")])
    lefts = {name: box.left for name, box in placed.boxes.items()}
    assert lefts["a"] < lefts["b"] < lefts["c"]
    assert lefts["d"] == lefts["b"]
    assert ends_meet(placed)


def test_a_long_edge_passes_beside_the_boxes_between() -> None:
    placed = place(SIZES, [("a", "b"), ("b", "c"), ("a", "c")])
    route = placed.routes["a", "c"]
    between = placed.boxes["b"]
    heights = [y for x, y in route if between.left <= x <= between.left + between.width]
    assert heights
    assert all(not between.top <= y <= between.top + between.height for y in heights)


def test_parts_that_nothing_joins_stand_apart_the_largest_first() -> None:
    placed = place(SIZES, [("e", "f"), ("a", "b"), ("b", "c")])
    assert placed.boxes["b"].top < placed.boxes["e"].top < placed.boxes["d"].top


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=20))
def test_any_graph_is_placed_without_overlap(edges: list[tuple[str, str]]) -> None:
    sizes = {name: (60.0 + 20 * number, 20.0 + 9 * number) for number, name in enumerate("abcdef")}
    placed = place(sizes, edges)
    assert set(placed.boxes) == set(sizes)
    assert all(apart(one, other) for one, other in combinations(placed.boxes.values(), 2))
    assert set(placed.routes) == {edge for edge in edges if edge[0] != edge[1]}
    assert ends_meet(placed)


def test_nothing_is_placed_nowhere() -> None:
    assert place({}, []) == Placement({}, {})
