"""Boxes with words in them, joined by arrows."""

import xml.etree.ElementTree as ET

from webui.maps import Arrow, Node, draw

HARM = '</text><script>alert(1)</script>" onload="alert(2)\x00'


def test_a_map_has_a_box_for_each_node_and_leaves_loose_arrows_out() -> None:
    nodes = [Node("a", "cause", "/id/a"), Node("b", "effect", note="assertion, sentence 1")]
    arrows = [Arrow("a", "b", "leads to", "/id/p"), Arrow("a", "missing"), Arrow("b", "b")]
    root = ET.fromstring(draw("map", nodes, arrows).file("https://standpoint.example"))
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}tspan")]
    assert words == ["cause", "effect", "assertion, sentence 1"]
    links = [each.attrib["href"] for each in root.iter("{http://www.w3.org/2000/svg}a")]
    assert links == ["https://standpoint.example/id/p", "https://standpoint.example/id/a"]


def test_what_prevents_ends_in_a_bar_and_what_is_implied_is_broken() -> None:
    nodes = [Node("a", "a"), Node("b", "b")]
    plain = draw("map", nodes, [Arrow("a", "b")]).inline()
    assert "stroke-dasharray" not in plain
    assert "v14" not in plain
    assert "stroke-dasharray" in draw("map", nodes, [Arrow("a", "b", dashed=True)]).inline()
    assert "v14" in draw("map", nodes, [Arrow("a", "b", stops=True)]).inline()


def test_hostile_words_stay_words() -> None:
    drawn = draw(
        HARM, [Node(HARM, HARM, HARM, note=HARM), Node("b", "b")], [Arrow(HARM, "b", HARM)]
    )
    assert "<script" not in drawn.inline()
    assert "<script" not in drawn.file("https://standpoint.example").decode()
    ET.fromstring(drawn.file("https://standpoint.example"))


def test_words_on_an_arrow_have_no_frame_and_an_arrow_into_them_no_head() -> None:
    nodes = [Node("a", "a"), Node("word", "leads to", is_label=True), Node("b", "b")]
    arrows = [Arrow("a", "word", has_head=False), Arrow("word", "b")]
    root = ET.fromstring(draw("map", nodes, arrows).inline())
    svg = "{http://www.w3.org/2000/svg}"
    assert len(list(root.iter(f"{svg}rect"))) == 2
    assert [each.text for each in root.iter(f"{svg}tspan")] == ["a", "leads to", "b"]
    heads = [each for each in root.iter(f"{svg}path") if each.get("d", "").endswith("Z")]
    assert len(heads) == 1
