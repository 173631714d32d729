"""The pages of the texts: the prose as printed, and beside each sentence what it is read to say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kg import paths
from kg.engines.results import Term
from kg.errors import SeedChangedError
from kg.evidence import Evidence
from kg.labels import labels
from kg.namespaces import ID, SP
from kg.sentences import read_seed
from webui import queries
from webui.site import Engine, site
from webui.statements import Statement, statements

blueprint = Blueprint("texts", __name__)


@dataclass(frozen=True)
class Document:
    """A document of the graph.

    Attributes:
        name: what addresses call it.
        iri: its IRI.
        title: its title.
        file: the name of its file.
        digest: the SHA-256 that the file must have.
        sentences: how many sentences it has.
        claims: how many claims they make.
    """

    name: str
    iri: str
    title: str
    file: str
    digest: str
    sentences: int
    claims: int


@dataclass(frozen=True)
class Note:
    """What the encoder notes on a sentence or on words in it."""

    kind: str
    quote: str
    text: str
    is_sic: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence with what is known of it.

    Attributes:
        number: its number in the document, from 1.
        iri: its IRI.
        start: offset of its first character.
        end: offset after its last character.
        claims: what it is read to say.
        notes: what the encoder notes on it.
        shown: those of the claims that the reader asks for.
    """

    number: int
    iri: str
    start: int
    end: int
    claims: list[Statement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    shown: list[Statement] = field(default_factory=list)

    @property
    def is_sic(self) -> bool:
        """Whether the encoder notes a misprint or a lost word in it."""
        return any(note.is_sic for note in self.notes)


WHOSE = {
    "author": "of the author",
    "reported": "reported of others",
    "encoder": "read between the lines",
}
"""Whose claims a reader can ask for, and what each is called."""


@dataclass(frozen=True)
class Choice:
    """Which claims stand beside the text; an empty text leaves the choice open.

    Attributes:
        whose: a key of `WHOSE`.
        kind: local name of a kind of claim, such as Recommendation.
        sure: how sure, as the graph calls it.
    """

    whose: str = ""
    kind: str = ""
    sure: str = ""

    @property
    def query(self) -> str:
        """The choice as it stands in addresses."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def fits(self, quote: Evidence) -> bool:
        """Whether a claim is among those asked for."""
        whose = "encoder" if quote.infers else "reported" if quote.reports else "author"
        return (
            self.whose in ("", whose)
            and self.kind in ("", quote.kind.removeprefix(SP))
            and self.sure in ("", quote.certainty_label)
        )


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph: a sentence, or what stands between two."""

    text: str
    sentence: Sentence | None


def documents(engine: Engine) -> list[Document]:
    """All documents."""
    rows = engine.select(queries.text("documents")).rows
    called = labels(engine, (row["document"].value for row in rows))
    return [_document(row, called[row["document"].value]) for row in rows]


def _document(row: dict[str, Term], label: str) -> Document:
    iri = row["document"].value
    return Document(
        name=iri.removeprefix(ID),
        iri=iri,
        title=row["title"].value if "title" in row else label,
        file=row["file"].value,
        digest=row["digest"].value,
        sentences=int(row["sentences"].value),
        claims=int(row["claims"].value),
    )


@blueprint.get("/text")
def library() -> AnyResponse | str:
    """All documents; the text itself where there is one only."""
    known = documents(site().engine)
    if len(known) == 1:
        return redirect(url_for("texts.text", name=known[0].name))
    return render_template("texts.html", documents=known)


@blueprint.get("/text/<name>")
def text(name: str) -> str:
    """A text by paragraphs, each sentence with its claims.

    ``s`` marks a sentence; ``whose``, ``kind`` and ``sure`` choose among the claims.
    """
    engine = site().engine
    document = next((each for each in documents(engine) if each.name == name), None)
    if document is None:
        abort(404, "There is no text of this name. The texts are listed at /text.")
    content = read(paths.SEEDS, document.file, document.digest)
    paragraphs, sentences = spans(engine, document)
    _add_claims(engine, document, sentences)
    _add_notes(engine, document, sentences)
    choice = Choice(*(request.args.get(name, "").strip() for name in vars(Choice())))
    for sentence in sentences:
        sentence.shown.extend(each for each in sentence.claims if choice.fits(each.evidence))
    marked = request.args.get("s", type=int)
    return render_template(
        "text.html",
        document=document,
        paragraphs=[pieces(content, place, sentences) for place in paragraphs],
        sentences=sentences,
        marked=next((each for each in sentences if each.number == marked), None),
        choice=choice,
        whose=WHOSE,
        kinds=_counted(
            (each.kind.removeprefix(SP), each.kind_label) for each in _quotes(sentences)
        ),
        certainties=_counted(
            (each.certainty_label, each.certainty_label)
            for each in _quotes(sentences)
            if each.certainty_label
        ),
    )


def _quotes(sentences: Iterable[Sentence]) -> list[Evidence]:
    return [each.evidence for sentence in sentences for each in sentence.claims]


def _counted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Each value with its label and how often it occurs, by label."""
    counts = Counter(pairs)
    return sorted((value, label, count) for (value, label), count in counts.items())


@lru_cache(maxsize=64)
def read(folder: Path, file: str, digest: str) -> str:
    """The text of a seed.

    Raises:
        SeedChangedError: the file is not the one its sentences were cut from.
    """
    if Path(file).name != file:
        raise SeedChangedError(f"the graph names the text {file!r}: it must be a file's name")
    seed = read_seed(folder / file)
    if seed.sha256 != digest:
        raise SeedChangedError(f"the text {file} is not the one its sentences were cut from")
    return seed.text


def spans(engine: Engine, document: Document) -> tuple[list[tuple[int, int]], list[Sentence]]:
    """The places of the paragraphs, and the sentences, both in text order."""
    query = queries.bind("spans", {"document": queries.iris([document.iri])})
    paragraphs, sentences = [], []
    for row in engine.select(query).rows:
        start, end = int(row["start"].value), int(row["end"].value)
        if row["type"].value == SP + "Paragraph":
            paragraphs.append((start, end))
        else:
            number = int(row["number"].value)
            sentences.append(Sentence(number, row["span"].value, start, end))
    alone = [
        (each.start, each.end)
        for each in sentences
        if not any(start <= each.start and each.end <= end for start, end in paragraphs)
    ]
    return sorted(paragraphs + alone), sentences


def pieces(content: str, place: tuple[int, int], sentences: Iterable[Sentence]) -> Sequence[Piece]:
    """A paragraph cut at its sentences; joined, the pieces are its characters."""
    at, end = place
    pieces = []
    for sentence in sentences:
        if place[0] <= sentence.start and sentence.end <= end:
            if at < sentence.start:
                pieces.append(Piece(content[at : sentence.start], None))
            pieces.append(Piece(content[sentence.start : sentence.end], sentence))
            at = sentence.end
    if at < end:
        pieces.append(Piece(content[at:end], None))
    return pieces


def _add_claims(engine: Engine, document: Document, sentences: Sequence[Sentence]) -> None:
    query = queries.bind("statements", {"document": queries.iris([document.iri])})
    by_number = {each.number: each for each in sentences}
    for statement in statements(engine, query):
        place = statement.evidence
        if place.document == document.iri and place.number in by_number:
            by_number[place.number].claims.append(statement)


def _add_notes(engine: Engine, document: Document, sentences: Sequence[Sentence]) -> None:
    query = queries.bind("notes", {"document": queries.iris([document.iri])})
    rows = engine.select(query).rows
    called = labels(engine, (row["type"].value for row in rows))
    notes: defaultdict[str, list[Note]] = defaultdict(list)
    for row in rows:
        quote = row["quote"].value if "quote" in row else ""
        why = row["rationale"].value if "rationale" in row else ""
        kind = row["type"].value
        note = Note(called[kind], quote, why, kind == SP + "SicNote")
        notes[row["sentence"].value].append(note)
    for each in sentences:
        each.notes.extend(notes[each.iri])
