"""Pictures as SVG."""

import xml.etree.ElementTree as ET

from webui import svg

HARM = '<script>alert(1)</script>" onload="alert(2)\x00\x0b\ud800 & ]]>'


def parsed(body: bytes) -> ET.Element:
    root = ET.fromstring(body)
    assert root.tag == f"{{{svg.NAMESPACE}}}svg"
    return root


def drawn(words: str) -> svg.Picture:
    picture = svg.Picture(words)
    with picture.link("/id/" + words, words):
        picture.box((0, 0, 100, 20), fill="mark", stroke="control")
        picture.text(4, 4, svg.wrap(words, 90))
    return picture


def test_a_file_is_well_formed_and_keeps_hostile_words_as_words() -> None:
    root = parsed(drawn(HARM).file("https://standpoint.example"))
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags == {"svg", "title", "rect", "g", "a", "text", "tspan"}
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on")]
    assert "<script>alert(1)</script>" in "".join(root.itertext())
    inline = drawn(HARM).inline()
    assert "<script" not in inline
    assert parsed(inline.encode()).attrib["role"] == "group"


def test_links_of_a_file_lead_to_the_site() -> None:
    picture = drawn("x")
    assert 'href="/id/x"' in picture.inline()
    assert b'href="https://standpoint.example/id/x"' in picture.file("https://standpoint.example")


def test_colours_are_those_of_the_stylesheet() -> None:
    assert svg.colours()["certain"] == "#1f5c3b"
    inline = drawn("x").inline()
    assert f'fill="{svg.colours()["mark"]}"' in inline
    assert 'class="fill-mark stroke-control"' in inline
    sheet = svg.STYLESHEET.read_text("utf-8")
    for rule in (".fill-mark {", ".stroke-control {", ".fill-ink {"):
        assert rule in sheet


def test_words_are_wrapped_to_the_room_and_what_is_cut_is_marked() -> None:
    text = "South Korea prefers diplomatic and economic engagement with North Korea " * 3
    lines = svg.wrap(text, 120, 40)
    assert " ".join(lines) == " ".join(text.split())
    assert len(lines) > 5
    assert all(svg.width(line) <= 120 for line in lines)
    assert svg.wrap(text, 120, 2)[-1].endswith(" …")
    assert len(svg.wrap(text, 120, 2)) == 2
    long = svg.wrap("W" * 50, 120, 40)
    assert "".join(long).replace(" ", "") == "W" * 50
    assert all(svg.width(line) <= 120 for line in long)
    assert svg.wrap("", 120) == [""]


def test_wide_letters_take_more_room() -> None:
    assert svg.width("한국") > svg.width("ab") > svg.width("il")


def test_a_picture_holds_all_that_is_drawn() -> None:
    picture = svg.Picture("x")
    picture.box((10, 20, 100, 30))
    wide, high = picture.size
    assert wide >= 110
    assert high >= 50
