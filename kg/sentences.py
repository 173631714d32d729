"""How a text is cut: into paragraphs, and those into sentences, each with its exact place.

Offsets are 0-based and end-exclusive and count Unicode code points of the decoded file, the
character position selector of the Web Annotation Data Model (W3C Recommendation 2017, 4.2.5). Line
ends stay as they are in the file. A byte order mark is a signature, not text (Unicode Standard,
23.8), so the first character after it has offset 0.

A paragraph ends before a blank line and before a line that begins with white space.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import sentencex

from kg.errors import SeedError

LARGEST_SEED = 16 * 1024 * 1024
"""The largest text that is taken in, in bytes."""

CONTEXT = 20
"""How many code points before and after a sentence are kept with it."""

LANGUAGE = "en"

_LINE_END = re.compile(r"\r\n|\n|\r")
_PARAGRAPH_END = re.compile(r"(?>\r\n|\n|\r)(?=\s)")
_SPACE = re.compile(r"\s")
# XML 1.0 (2.2) has no form for most of these, and RDF/XML is one of the formats we write.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Seed:
    """A text as it was handed in.

    Attributes:
        name: The file's name, without folders.
        sha256: SHA-256 of the file's bytes, in lower-case hexadecimal.
        text: The decoded text, line ends kept, without a byte order mark.
    """

    name: str
    sha256: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A stretch of text without a paragraph end, trimmed of white space.

    Attributes:
        number: Position in the text, from 1.
        start: Offset of the first character.
        end: Offset after the last character.
    """

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A sentence, trimmed of white space.

    Attributes:
        number: Position in the text, from 1.
        paragraph: Number of the paragraph that holds it.
        start: Offset of the first character.
        end: Offset after the last character.
        quote: The characters from start to end.
        prefix: Up to `CONTEXT` code points before start.
        suffix: Up to `CONTEXT` code points from end.
    """

    number: int
    paragraph: int
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str


def read_seed(path: Path) -> Seed:
    """Read a text file strictly as UTF-8 (RFC 3629), changing no character.

    Raises:
        SeedError: The file cannot be read, is larger than `LARGEST_SEED`, is empty or blank, is not
            UTF-8, or holds control characters other than tab and line ends.
    """
    data = _read_bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SeedError(f"{path} is encoded as UTF-16: save it as UTF-8")
    if (at := data.find(b"\0")) >= 0:
        raise SeedError(f"{path} is no text: there is a NUL byte at byte offset {at}")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SeedError(
            f"{path} is not UTF-8: byte 0x{data[error.start]:02X} at byte offset {error.start} "
            f"({error.reason}); save it as UTF-8"
        ) from error
    if found := _NOT_TEXT.search(text):
        line, column = line_and_column(text, found.start())
        raise SeedError(
            f"{path} line {line} column {column}: the control character "
            f"U+{ord(found[0]):04X} does not belong in a text; remove it"
        )
    if not text.strip():
        raise SeedError(f"{path} is {'blank' if text else 'empty'}: there is nothing to cut")
    return Seed(path.name, hashlib.sha256(data).hexdigest(), text)


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise SeedError(f"{path} {what}: name a text file")
        with path.open("rb") as file:
            data = file.read(LARGEST_SEED + 1)
    except OSError as error:
        raise SeedError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_SEED:
        raise SeedError(
            f"{path} has more than {LARGEST_SEED:,} bytes, the most that is taken in: "
            "cut it into several files"
        )
    return data


def cut(text: str) -> tuple[tuple[Paragraph, ...], tuple[Sentence, ...]]:
    """Cut a text into its paragraphs and sentences.

    Every character that is no white space lies in exactly one sentence.

    Raises:
        SeedError: The segmenter lost or moved characters.
    """
    paragraphs = tuple(_paragraphs(text))
    sentences = tuple(_sentences(text, paragraphs))
    if left := gaps(text, sentences):
        line, column = line_and_column(text, left[0][0])
        raise SeedError(f"line {line} column {column}: the characters here fell in no sentence")
    return paragraphs, sentences


def _paragraphs(text: str) -> Iterator[Paragraph]:
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text)]
    number = 0
    for start, end in pairwise([0, *ends, len(text)]):
        first, last = _trim(text, start, end)
        if first < last:
            number += 1
            yield Paragraph(number, first, last)


def _sentences(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Sentence]:
    number = 0
    for paragraph in paragraphs:
        for start, end in _segments(text, paragraph):
            first, last = _trim(text, start, end)
            if first < last:
                number += 1
                yield Sentence(
                    number,
                    paragraph.number,
                    first,
                    last,
                    text[first:last],
                    text[max(0, first - CONTEXT) : first],
                    text[last : last + CONTEXT],
                )


def _segments(text: str, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    # One plain space for each white-space character keeps offsets, makes line ends no matter, and
    # avoids a crash: sentencex 1.0.32 slices inside U+3000 and its like after an initial.
    plain = _SPACE.sub(" ", text[paragraph.start : paragraph.end])
    at = 0
    for segment in sentencex.segment(LANGUAGE, plain):
        if not plain.startswith(segment, at):
            line, column = line_and_column(text, paragraph.start + at)
            raise SeedError(f"line {line} column {column}: the segmenter changed the characters")
        yield paragraph.start + at, paragraph.start + at + len(segment)
        at += len(segment)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip())


def gaps(text: str, sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The stretches that hold a visible character and lie in no sentence, trimmed; best none.

    Args:
        text: The whole text.
        sentences: Its sentences in text order.
    """
    edges = [0, *(edge for s in sentences for edge in (s.start, s.end)), len(text)]
    between = zip(edges[::2], edges[1::2], strict=True)
    return [_trim(text, start, end) for start, end in between if text[start:end].strip()]


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where an offset lies for a reader: line and column, both from 1, the column in code points.

    LF, CR LF and CR each end one line.
    """
    line, start = 1, 0
    for match in _LINE_END.finditer(text):
        if match.end() > offset:
            break
        line, start = line + 1, match.end()
    return line, offset - start + 1
