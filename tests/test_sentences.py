"""How texts are read and cut."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import paths
from kg.errors import SeedError
from kg.sentences import (
    CONTEXT,
    LARGEST_SEED,
    Sentence,
    cut,
    gaps,
    line_and_column,
    read_seed,
)

ESSAY = paths.SEEDS / "000_01a5c16ec8b3001f.txt"
PIECES = ["Ab", "U.S.", "J.", " ", "\n", "\r\n", "\r", "\t", ".", "!", "?", "“", "”", "…", "-"]
PIECES += [
    "\u2019",
    "\u3000",
    "\u00a0",
    "\u2028",
    "\U0001f600",
    "e\u0301",
    "\u200b",
    "1",
    ". . .",
    "(",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@pytest.fixture
def write(tmp_path):
    def written(data: bytes) -> Path:
        path = tmp_path / "text.txt"
        path.write_bytes(data)
        return path

    return written


def quotes(text: str) -> list[str]:
    return [" ".join(sentence.quote.split()) for sentence in cut(text)[1]]


def test_the_essay_is_read_byte_for_byte():
    seed = read_seed(ESSAY)

    assert seed.name == ESSAY.name
    assert seed.sha256 == "1e03d812f65efeb297e4927ca0b40c10f5e66b63a889936ecabc5ff1fba45af1"
    assert seed.text.encode() == ESSAY.read_bytes()
    assert len(seed.text) == 6123


def test_the_essay_has_56_sentences_that_cover_it():
    text = read_seed(ESSAY).text
    paragraphs, sentences = cut(text)

    assert [sentence.number for sentence in sentences] == list(range(1, 57))
    assert len(paragraphs) == 18
    assert gaps(text, sentences) == []
    assert "".join("".join(s.quote.split()) for s in sentences) == "".join(text.split())


def test_the_hard_places_of_the_essay_are_cut_right():
    sentences = cut(read_seed(ESSAY).text)[1]
    begins = {sentence.number: sentence.quote for sentence in sentences}

    assert begins[1].startswith("The future of the U.S.-Republic of Korea alliance hinges on")
    assert begins[1].endswith("circumstances in Northeast Asia.")
    assert begins[23] == "South Korea lunged ahead of North Korea."
    assert "risk co-\nexistence with its nemesis." in begins[33]
    assert begins[50].startswith("President Bush should demonstrate")
    assert begins[56] == "Otherwise, the half\ncentury old alliance will retreat into history."


def test_a_line_that_begins_with_a_space_begins_a_paragraph():
    text = read_seed(ESSAY).text
    paragraphs, sentences = cut(text)
    starts = [text[p.start :].split(" ", 3)[:3] for p in paragraphs]

    assert ["South", "Korea", "lunged"] in starts
    assert ["President", "Bush", "should"] in starts
    assert sentences[21].paragraph + 1 == sentences[22].paragraph
    assert sentences[48].paragraph + 1 == sentences[49].paragraph


def test_prefix_and_suffix_are_the_characters_around():
    text = read_seed(ESSAY).text
    first, *_, last = cut(text)[1]

    assert (first.start, first.prefix) == (1, " ")
    assert first.suffix == text[first.end : first.end + CONTEXT]
    assert last.suffix == "\n "


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_change_the_cut(end):
    text = read_seed(ESSAY).text.replace("\n", end)
    paragraphs, sentences = cut(text)

    assert len(paragraphs) == 18
    assert [s.quote for s in sentences] == [
        s.quote.replace("\n", end) for s in cut(read_seed(ESSAY).text)[1]
    ]
    assert all(text[s.start : s.end] == s.quote for s in sentences)


def test_line_ends_of_the_file_are_kept(write):
    assert read_seed(write(b"A dog.\r\nA cat.\rA cow.\n")).text == "A dog.\r\nA cat.\rA cow.\n"


def test_offsets_count_code_points(write):
    text = read_seed(write("😀 One e\u0301 🇰🇷. 😀😀 Two.".encode())).text
    sentences = cut(text)[1]

    assert [(s.start, s.end) for s in sentences] == [(0, 12), (13, 20)]
    assert [s.quote for s in sentences] == ["😀 One e\u0301 🇰🇷.", "😀😀 Two."]


def test_a_byte_order_mark_is_no_text_but_counts_in_the_digest(write):
    data = b"\xef\xbb\xbfOne. Two."
    seed = read_seed(write(data))

    assert seed.text == "One. Two."
    assert seed.sha256 == hashlib.sha256(data).hexdigest()


def test_one_line_without_an_end_mark_is_one_sentence():
    [paragraph], [sentence] = cut("no end mark")

    assert (paragraph.start, paragraph.end) == (0, 11)
    assert sentence == Sentence(1, 1, 0, 11, "no end mark", "", "")


def test_a_wide_space_after_an_initial_does_not_stop_the_segmenter():
    assert quotes("He met J.\u3000Smith and K.\u00a0Lee. They spoke.")[-1] == "They spoke."


def test_ten_megabytes_are_cut(write):
    sentence = "The allies met in Seoul. "
    seed = read_seed(write((sentence * 400 + "\n\n").encode() * 1000))
    paragraphs, sentences = cut(seed.text)

    assert len(seed.text) > 10_000_000
    assert (len(paragraphs), len(sentences)) == (1000, 400_000)
    assert sentences[-1].quote == sentence.strip()


@settings(deadline=None)
@given(TEXTS)
def test_every_visible_character_lies_in_exactly_one_sentence(text):
    paragraphs, sentences = cut(text)
    covered = [at for s in sentences for at in range(s.start, s.end)]

    assert len(covered) == len(set(covered))
    assert {at for at, c in enumerate(text) if not c.isspace()} <= set(covered)
    assert bool(sentences) == bool(text.strip())
    for s in sentences:
        paragraph = paragraphs[s.paragraph - 1]
        assert s.quote == text[s.start : s.end] == s.quote.strip()
        assert s.prefix + s.quote + s.suffix in text
        assert paragraph.start <= s.start < s.end <= paragraph.end


def test_a_gap_is_found_and_trimmed():
    text = " One. Two. Three. "
    first, _, third = cut(text)[1]

    assert gaps(text, [first, third]) == [(6, 10)]
    assert gaps(text, []) == [(1, 17)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \n\t\r\n", "is blank"),
        ("\u00a0\u3000".encode(), "is blank"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no text: there is a NUL byte at byte offset 8"),
        (b"\x7fELF\x02\x01", "line 1 column 1: the control character U+007F"),
        (b"One.\nTw\x1bo.", "line 2 column 3: the control character U+001B"),
        ("One.\x85".encode(), "U+0085"),
        (b"One.\x0cTwo.", "U+000C"),
        ("One\uffff".encode(), "U+FFFF"),
        (b"caf\xe9 is Latin-1", "not UTF-8: byte 0xE9 at byte offset 3"),
        (b"cut off \xf0\x9f\x98", "not UTF-8: byte 0xF0 at byte offset 8"),
        (b"\xed\xa0\x80 surrogate", "not UTF-8: byte 0xED at byte offset 0"),
        ("wide".encode("utf-16"), "encoded as UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(write, data, message):
    path = write(data)

    with pytest.raises(SeedError, match=re.escape(message)) as caught:
        read_seed(path)
    assert str(path) in str(caught.value)


def test_a_text_over_the_limit_is_refused(write):
    assert len(read_seed(write(b"a" * LARGEST_SEED)).text) == LARGEST_SEED
    with pytest.raises(SeedError, match="more than 16,777,216 bytes"):
        read_seed(write(b"a" * (LARGEST_SEED + 1)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(SeedError, match="does not exist"):
        read_seed(tmp_path / "none.txt")
    with pytest.raises(SeedError, match="not a regular file"):
        read_seed(tmp_path)


def test_line_and_column_count_every_kind_of_line_end():
    text = "ab\r\ncd\re\n\U0001f600f"

    found = [line_and_column(text, text.index(c)) for c in "abcdef"]
    assert found == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (4, 2)]
