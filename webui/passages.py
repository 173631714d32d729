"""Results in the text: the prose, with the sentences marked that stand behind the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg import paths
from kg.evidence import Evidence
from kg.provenance import Provenance
from webui import texts
from webui.site import Engine
from webui.tables import Row
from webui.texts import Document, Sentence


@dataclass
class Mark:
    """A marked sentence.

    Attributes:
        sentence: the sentence.
        supports: the rows that it supports.
        denies: the rows whose content it denies.
    """

    sentence: Sentence
    supports: list[Row] = field(default_factory=list)
    denies: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph: a sentence, marked or not, or what stands between two."""

    text: str
    sentence: Sentence | None
    mark: Mark | None


@dataclass(frozen=True)
class Passage:
    """A document with its marks.

    Attributes:
        document: the document.
        paragraphs: its paragraphs in pieces; joined, the pieces are its characters.
    """

    document: Document
    paragraphs: Sequence[Sequence[Piece]]

    @property
    def marks(self) -> list[Mark]:
        """Its marked sentences, in text order."""
        return [piece.mark for pieces in self.paragraphs for piece in pieces if piece.mark]


@dataclass(frozen=True)
class Passages:
    """The texts behind some rows.

    Attributes:
        passages: each document with a marked sentence.
        sentences: how many sentences are marked.
        without: the rows behind which no sentence stands, with the reason in words.
    """

    passages: Sequence[Passage]
    sentences: int
    without: Sequence[tuple[Row, str]]

    @property
    def has_denials(self) -> bool:
        """Whether a sentence is marked that supports no row, and only denies one."""
        return any(not mark.supports for passage in self.passages for mark in passage.marks)


def passages(engine: Engine, rows: Sequence[Row], found: Sequence[Provenance]) -> Passages:
    """The texts in which the sentences behind rows stand.

    Args:
        engine: knows the documents.
        rows: the rows.
        found: what stands behind each.

    Raises:
        SeedError: a text cannot be read, or is not the one its sentences were cut from.
    """
    pairs = list(zip(rows, found, strict=True))
    wanted = {quote.document for each in found for quote in (*each.quotes, *each.against)}
    known = texts.documents(engine) if wanted else []
    made = [_passage(engine, each, pairs) for each in known if each.iri in wanted]
    return Passages(
        made,
        sum(len(passage.marks) for passage in made),
        [(row, each.words) for row, each in pairs if not (each.quotes or each.against)],
    )


def _passage(
    engine: Engine, document: Document, pairs: Iterable[tuple[Row, Provenance]]
) -> Passage:
    content = texts.read(paths.SEEDS, document.file, document.digest)
    paragraphs, sentences = texts.spans(engine, document)
    marks = _marks(document, sentences, pairs)

    def marked(piece: texts.Piece) -> Piece:
        mark = marks.get(piece.sentence.number) if piece.sentence else None
        return Piece(piece.text, piece.sentence, mark)

    return Passage(
        document,
        [list(map(marked, texts.pieces(content, place, sentences))) for place in paragraphs],
    )


def _marks(
    document: Document, sentences: Sequence[Sentence], pairs: Iterable[tuple[Row, Provenance]]
) -> dict[int, Mark]:
    marks: dict[int, Mark] = {}
    for row, found in pairs:
        for quotes, is_against in ((found.quotes, False), (found.against, True)):
            for sentence in _quoted(document, sentences, quotes):
                mark = marks.setdefault(sentence.number, Mark(sentence))
                rows = mark.denies if is_against else mark.supports
                if row not in rows:
                    rows.append(row)
    return marks


def _quoted(
    document: Document, sentences: Iterable[Sentence], quotes: Iterable[Evidence]
) -> list[Sentence]:
    """The sentences that quotes stand in, wholly or in part."""
    places = [(quote.start, quote.end) for quote in quotes if quote.document == document.iri]
    return [
        each
        for each in sentences
        if any(start < each.end and each.start < end for start, end in places)
    ]
