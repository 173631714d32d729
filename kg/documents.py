"""The documents: texts that have an id and are cut, each in a folder of its own.

A folder holds ``text.ttl``, which `add` writes from the text, and ``claims.ttl`` and
``editorial.ttl``, which people write. Claims cite sentences by number. So a text is never cut anew
behind them: what differs from the text or the cut that they were written for is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kg import catalogs, files, graph, paths, turtle
from kg.errors import DataError, SeedChangedError, SeedError
from kg.namespaces import DATA, ID, ONTOLOGY_IRI, PREFIXES, SP
from kg.sentences import LANGUAGE, Paragraph, Seed, Sentence, cut, line_and_column, read_seed

SHARED = ("actors", "policies", "events", "identifiers")
PARTS = ("text", "claims", "editorial")

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHOWN = 40
_LABEL, _CREATED = PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "created"

_TEXT = """\
@prefix : <https://w3id.org/standpoint/ontology#> .
@prefix id: <https://w3id.org/standpoint/id/> .
@prefix d: <https://w3id.org/standpoint/id/{id}/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .

<https://w3id.org/standpoint/data/{id}/text> a owl:Ontology ;
    dcterms:title {header}@en ;
    dcterms:description {description}@en ;
    dcterms:created {created} ;
    dcterms:creator "The Standpoint contributors" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    owl:imports <https://w3id.org/standpoint/ontology> ;
    owl:versionIRI <https://w3id.org/standpoint/data/{id}/text/1.0.0> .

id:{id} a :Document , owl:NamedIndividual ;
    rdfs:label {title}@en ;
    :characterCount {character_count} ;
    :fileName {file_name} ;
    :sha256 "{sha256}" ;
    dcterms:language "{language}" .
"""
_PARAGRAPH = """
d:par{number} a :Paragraph , owl:NamedIndividual ;
    rdfs:label "Paragraph {number}"@en ;
    :end {end} ;
    :isPartOf id:{id} ;
    :number {number} ;
    :start {start} .
"""
_SENTENCE = """
d:s{number} a :Sentence , owl:NamedIndividual ;
    rdfs:label "Sentence {number}"@en ;
    :end {end} ;
    :exactQuote {quote} ;
    :isPartOf d:par{paragraph} ;
    :isSentenceOf id:{id} ;
    :number {number} ;
    :prefix {prefix} ;
    :start {start} ;
    :suffix {suffix} .
"""
_SKELETON = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .

<https://w3id.org/standpoint/data/{id}/{part}> a owl:Ontology ;
    dcterms:title {title}@en ;
    dcterms:description {description}@en ;
    dcterms:created {created} ;
    dcterms:creator "The Standpoint contributors" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    owl:imports {imports} ;
    owl:versionIRI <https://w3id.org/standpoint/data/{id}/{part}/0.1.0> .
"""
_SAID = {
    "claims": (
        "Claims of document {id}",
        "What the text says: each claim with its content, its claimant and its sentence.",
    ),
    "editorial": (
        "Editorial layer of document {id}",
        "What the encoder adds to the text: implied claims, readings of names, misprints, dates "
        "from outside and tensions. None of it is a statement of the author.",
    ),
}


@dataclass(frozen=True)
class Head:
    """What a ``text.ttl`` says of its document as a whole.

    Attributes:
        id: The document's id, such as "000".
        title: Its English label.
        created: The day it was added, as YYYY-MM-DD.
        file_name: The name of its text in the folder of texts.
        sha256: SHA-256 of that file, in lower-case hexadecimal.
        character_count: Number of code points of the text.
    """

    id: str
    title: str
    created: str
    file_name: str
    sha256: str
    character_count: int


@dataclass(frozen=True)
class Added:
    """What `add` did.

    Attributes:
        id: The document's id.
        folder: Its folder.
        paragraphs: How many the text has.
        sentences: How many the text has.
        written: The files that are new or changed; none when all was as it is.
    """

    id: str
    folder: Path
    paragraphs: int
    sentences: int
    written: tuple[Path, ...]


def add(
    path: Path,
    document: str | None = None,
    title: str | None = None,
    *,
    data: Path | None = None,
    seeds: Path | None = None,
) -> Added:
    """Cut a text and write its folder; adding it again changes nothing.

    Args:
        path: The text, a file in the folder of texts.
        document: The document's id; the file's stem up to the first "_" when left out.
        title: Its English label; the one it has, else the file's name, when left out.
        data: The folder of the graph's data; the project's own when left out.
        seeds: The folder of the texts; likewise.

    Raises:
        SeedError: The text cannot be taken in, or its id is malformed or taken.
        SeedChangedError: The text differs from what the document's sentences were cut from.
        DataError: A file of the document cannot be read, or the text would be cut otherwise now.
    """
    data, seeds = data or paths.DATA, seeds or paths.SEEDS
    seed = read_seed(path)
    _require_place(path, seeds)
    chosen = _chosen_id(seed.name, document)
    _require_free(chosen, seed, data)
    folder = data / chosen
    stored = read_head(folder / "text.ttl") if (folder / "text.ttl").exists() else None
    paragraphs, sentences = cut(seed.text)
    if stored and stored.sha256 != seed.sha256:
        raise _changed(seed, stored, folder / "text.ttl")
    head = Head(
        chosen,
        _clean(title) or (stored.title if stored else seed.name),
        stored.created if stored else datetime.now(UTC).date().isoformat(),
        seed.name,
        seed.sha256,
        len(seed.text),
    )
    if stored and not files.holds(folder / "text.ttl", _pieces(head, paragraphs, sentences)):
        _require_same_cut(sentences, folder / "text.ttl")
    written = _write(head, paragraphs, sentences, data)
    return Added(chosen, folder, len(paragraphs), len(sentences), tuple(written))


def _require_place(path: Path, seeds: Path) -> None:
    if path.resolve().parent != seeds.resolve():
        raise SeedError(f"{path} is not in the folder of texts: move it to {seeds.name}/ first")
    if not path.name.isprintable():
        raise SeedError(f"{path.name!a}: the file's name has characters that do not print")


def _chosen_id(name: str, document: str | None) -> str:
    chosen = Path(name).stem.partition("_")[0] if document is None else document
    if _ID.fullmatch(chosen):
        return chosen
    hint = "choose one with --id" if document is None else "choose another"
    raise SeedError(
        f"{chosen!r} is no id for {name}: an id has a-z, 0-9 and '-', at most 64 of them, and does "
        f"not begin with '-'; {hint}"
    )


def _require_free(chosen: str, seed: Seed, data: Path) -> None:
    """Refuse an id that another text or a shared thing has, and a second id for one text."""
    for path in sorted(data.glob("*/text.ttl")):
        other = read_head(path)
        if other.id == chosen and other.file_name != seed.name:
            raise SeedError(
                f"the id '{chosen}' belongs to {other.file_name}: choose another for {seed.name} "
                "with --id"
            )
        if other.id != chosen and other.file_name == seed.name:
            raise SeedError(f"{seed.name} is document '{other.id}' already: use --id {other.id}")
    for name in SHARED:
        path = data / f"{name}.ttl"
        if path.exists() and any(t.subject == NamedNode(ID + chosen) for t in _triples(path)):
            raise SeedError(
                f"the id '{chosen}' names something in {path.name}: choose another with --id"
            )


def _clean(title: str | None) -> str:
    title = " ".join((title or "").split())
    if not title.isprintable():
        raise SeedError(f"the title {title!a} has characters that do not print: remove them")
    return title


def _changed(seed: Seed, stored: Head, path: Path) -> SeedChangedError:
    difference = _first_difference(seed.text, stored, read_sentences(path))
    if difference is None:
        place = "its characters are the same, its bytes are not (a byte order mark?)"
    else:
        at, expected, found = difference
        line, column = line_and_column(seed.text, at)
        place = f"at line {line} column {column} it has {found!r} where {expected!r} was"
    return SeedChangedError(
        f"{seed.name} is not the text that {graph.place(path)} was cut from: {place}. Restore the "
        f"text; or, to take the new one, delete {path.name}, add it again and hold each claim "
        "against its sentence"
    )


def _first_difference(
    text: str, stored: Head, sentences: Sequence[Sentence]
) -> tuple[int, str, str] | None:
    """Where a text first differs from what was stored of it: offset, words then, words now."""
    for sentence in sentences:
        start = sentence.start - len(sentence.prefix)
        then = sentence.prefix + sentence.quote + sentence.suffix
        now = text[start : start + len(then)]
        if then != now:
            same = _common(then, now)
            word = max(0, *(then.rfind(space, 0, same) + 1 for space in " \n"))
            rest = text[start + word : start + word + _SHOWN]
            return start + same, then[word : word + _SHOWN], rest
    if len(text) != stored.character_count:
        at = min(len(text), stored.character_count)
        return at, "", text[at : at + _SHOWN]
    return None


def _common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    shorter = min(len(one), len(other))
    return next((at for at, (a, b) in enumerate(pairs) if a != b), shorter)


def _require_same_cut(sentences: Sequence[Sentence], path: Path) -> None:
    spans = {sentence.number: (sentence.start, sentence.end) for sentence in sentences}
    for old in read_sentences(path):
        start, end = spans.get(old.number, (0, 0))
        if (old.start, old.end) != (start, end):
            raise DataError(
                f"{graph.place(path)}: sentence {old.number} runs from {old.start} to {old.end}, "
                f"and would now run from {start} to {end}. Claims cite sentences by number: to cut "
                f"anew, delete {path.name}, add the text again and hold each claim against its "
                "sentence"
            )


def _write(
    head: Head, paragraphs: Sequence[Paragraph], sentences: Sequence[Sentence], data: Path
) -> Iterator[Path]:
    """Write what is missing or differs; yield the files that changed."""
    folder = data / head.id
    if files.replace(folder / "text.ttl", _pieces(head, paragraphs, sentences)):
        yield folder / "text.ttl"
    for part in _SAID:
        path = folder / f"{part}.ttl"
        if not path.exists() and files.replace(path, [_skeleton(head, part)]):
            yield path
    umbrella = data / "all.ttl"
    if umbrella.exists() and _list_in(umbrella, head.id):
        yield umbrella
    if catalogs.write(folder, _closure(data, [head.id])):
        yield folder / catalogs.NAME
    everything = [path.parent.name for path in sorted(data.glob("*/text.ttl"))]
    if catalogs.write(data, _closure(data, everything) | {DATA + "all": data / "all.ttl"}):
        yield data / catalogs.NAME


def _pieces(
    head: Head, paragraphs: Sequence[Paragraph], sentences: Sequence[Sentence]
) -> Iterator[str]:
    """The canonical Turtle, piece by piece: a graph of a large text would not fit in memory."""
    quote = turtle.quote
    yield _TEXT.format(
        id=head.id,
        header=quote(f"Sentences of document {head.id}"),
        description=quote(
            f"The paragraphs and sentences of “{head.title}”, cut from {head.file_name} with their "
            "places; written by kg add, not by hand. The licence covers the cutting; the "
            "quotations stay their author's."
        ),
        created=quote(head.created),
        title=quote(head.title),
        character_count=head.character_count,
        file_name=quote(head.file_name),
        sha256=head.sha256,
        language=LANGUAGE,
    )
    for paragraph in paragraphs:
        yield _PARAGRAPH.format(
            id=head.id, number=paragraph.number, start=paragraph.start, end=paragraph.end
        )
    for sentence in sentences:
        yield _SENTENCE.format(
            id=head.id,
            number=sentence.number,
            paragraph=sentence.paragraph,
            start=sentence.start,
            end=sentence.end,
            quote=quote(sentence.quote),
            prefix=quote(sentence.prefix),
            suffix=quote(sentence.suffix),
        )


def _skeleton(head: Head, part: str) -> str:
    title, description = _SAID[part]
    imported = [ONTOLOGY_IRI, *(DATA + name for name in SHARED if name != "identifiers")]
    imported += [f"{DATA}{head.id}/{other}" for other in PARTS[: PARTS.index(part)]]
    text = _SKELETON.format(
        id=head.id,
        part=part,
        title=turtle.quote(title.format(id=head.id)),
        description=turtle.quote(description),
        created=turtle.quote(head.created),
        imports=" , ".join(f"<{iri}>" for iri in imported),
    )
    return turtle.reformat(text.encode(), part)


def _list_in(umbrella: Path, document: str) -> bool:
    """Let the file that imports everything import a new document too."""
    imports = NamedNode(PREFIXES["owl"] + "imports")
    parts = (NamedNode(f"{DATA}{document}/{part}") for part in PARTS)
    wanted = {Triple(NamedNode(DATA + "all"), imports, part) for part in parts}
    listed = set(graph.read(umbrella))
    return not wanted <= listed and files.replace(umbrella, [turtle.write(listed | wanted)])


def _closure(data: Path, documents: Sequence[str]) -> dict[str, Path]:
    """Where each file is that the files of some documents import, by its ontology's IRI."""
    return (
        {ONTOLOGY_IRI: paths.ONTOLOGY / "standpoint.ttl"}
        | {DATA + name: data / f"{name}.ttl" for name in SHARED}
        | {f"{DATA}{d}/{part}": data / d / f"{part}.ttl" for d in documents for part in PARTS}
    )


def read_head(path: Path) -> Head:
    """What a ``text.ttl`` says of its document; no further is read than needed.

    Raises:
        DataError: The file cannot be read or lacks something.
    """
    wanted = {_LABEL, _CREATED, SP + "fileName", SP + "sha256", SP + "characterCount"}
    header, document = f"{DATA}{path.parent.name}/text", ID + path.parent.name
    found: dict[str, str] = {}
    for triple in _triples(path):
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        owner = header if predicate == _CREATED else document
        if predicate in wanted and isinstance(value, Literal) and subject == NamedNode(owner):
            found[predicate] = value.value
            if len(found) == len(wanted):
                break
    if missing := wanted - found.keys():
        raise DataError(
            f"{graph.place(path)}: <{document}> lacks {', '.join(sorted(missing))}: restore the "
            "file, or delete it and add the text again"
        )
    return Head(
        path.parent.name,
        found[_LABEL],
        found[_CREATED],
        found[SP + "fileName"],
        found[SP + "sha256"],
        _integer(found[SP + "characterCount"], path),
    )


def read_sentences(path: Path) -> list[Sentence]:
    """The sentences that a ``text.ttl`` holds, by number; the paragraph's number is left 0.

    Raises:
        DataError: The file cannot be read, or a sentence lacks something.
    """
    spans: dict[object, dict[str, str]] = {}
    for triple in _triples(path):
        if isinstance(triple.object, Literal):
            own = spans.setdefault(triple.subject, {})
            own[triple.predicate.value.removeprefix(SP)] = triple.object.value
    found = [span for span in spans.values() if "exactQuote" in span]
    try:
        sentences = [
            Sentence(
                _integer(span["number"], path),
                0,
                _integer(span["start"], path),
                _integer(span["end"], path),
                span["exactQuote"],
                span["prefix"],
                span["suffix"],
            )
            for span in found
        ]
    except KeyError as error:
        raise DataError(
            f"{graph.place(path)}: a sentence lacks :{error.args[0]}: restore the file"
        ) from error
    return sorted(sentences, key=lambda sentence: sentence.number)


def _integer(text: str, path: Path) -> int:
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    raise DataError(f"{graph.place(path)}: {text[:_SHOWN]!r} should be a number: restore the file")


def _triples(path: Path) -> Iterator[Triple]:
    try:
        with path.open("rb") as file:
            for quad in pyoxigraph.parse(file, format=RdfFormat.TURTLE):
                yield quad.triple
    except SyntaxError as error:
        raise DataError(f"{graph.place(path)}: {error.msg}") from error
    except OSError as error:
        raise DataError(f"{graph.place(path)}: cannot be read: {error.strerror}") from error
