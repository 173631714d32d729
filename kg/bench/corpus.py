"""A corpus of any size in the shape of the essay's data, for measuring only.

Each generated document is an excerpt of the essay: a sentence, in every sixth document two, with
all that is said and noted about them. Things are partly exchanged for numbered ones of the same
classes, and years are shifted, so that no two documents say the same. Nothing is left to chance:
equal sizes give equal corpora.
"""

import hashlib
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from kg import derive, graph, release
from kg.errors import DataError
from kg.namespaces import BASE, DATA, ID, PREFIXES, SP

DOCUMENTS = 1_000
"""How many documents are generated beside the essay; they make about 200,000 triples."""

_ESSAY = "000"
_SHARED = tuple(NamedNode(DATA + name) for name in ("actors", "policies", "events"))
_PARTS = ("text", "claims", "editorial")
_KEPT = frozenset((ID + "encoder",))
"""Who makes every note; no other takes its place."""
_VARIANTS = 20
"""How many numbered things stand beside each of the essay's."""
_SHIFTS = range(-40, 11)
"""By how many years a document's times can differ from the essay's."""

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_ALT_LABEL = NamedNode(PREFIXES["skos"] + "altLabel")
_TOP = frozenset((PREFIXES["owl"] + "Ontology", SP + "Document"))
_FILE_NAME = NamedNode(SP + "fileName")
_FACTS = frozenset((_LABEL, _FILE_NAME, NamedNode(SP + "sha256")))
_SENTENCE, _STATED, _QUOTE = SP + "Sentence", SP + "isStatedIn", SP + "exactQuote"
_ANCHORS = frozenset((_STATED, SP + "isPartOf"))
_ABOUT = frozenset(SP + name for name in ("hasConclusion", "hasConflictingClaim", "concerns"))
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_OWN = re.compile(rf"({re.escape(BASE)}(?:id|data)/){_ESSAY}(?=/|$)")


def write(path: Path, documents: int = DOCUMENTS) -> int:
    """Write the essay and a generated corpus, with all that follows, as N-Quads.

    Every quad is in a named graph, and no triple is in two.

    Args:
        path: the file.
        documents: how many documents to generate.

    Returns:
        The number of triples.
    """
    store = graph.load_store(graph.sources())
    store.extend(generated(store, documents))
    derive.derive(store)
    path.write_bytes(release.serialized(release.in_order(store), RdfFormat.N_QUADS))
    return len(store)


def generated(store: Store, documents: int) -> Iterator[Quad]:
    """The quads of so many documents and of the things that they speak of.

    Args:
        store: the files of the graph, as `kg.graph.load_store` gives them.
        documents: how many.
    """
    essay = _Essay.read(store)
    yield from _variants(store)
    for number in range(1, documents + 1):
        yield from essay.excerpt(f"{number:04}")


@dataclass(frozen=True)
class _Essay:
    """The essay's data, to be taken in excerpts.

    Attributes:
        quads: all of it, by subject.
        pairs: the sentences to take together: neighbours, and those that a note links.
        names: the English label of each thing that can be exchanged, by IRI.
    """

    quads: Mapping[NamedNode, Sequence[Quad]]
    pairs: Sequence[tuple[NamedNode, NamedNode]]
    names: Mapping[str, str]

    @classmethod
    def read(cls, store: Store) -> "_Essay":
        quads: defaultdict[NamedNode, list[Quad]] = defaultdict(list)
        for part in _PARTS:
            found = store.quads_for_pattern(None, None, None, NamedNode(f"{DATA}{_ESSAY}/{part}"))
            for quad in sorted(found, key=str):
                quads[_subject(quad)].append(quad)
        names = {
            str(thing.value): label.value
            for shared in _SHARED
            for thing, label in _labels(store, shared)
            if thing.value not in _KEPT
        }
        return cls(quads, _pairs(quads), names)

    def excerpt(self, document: str) -> Iterator[Quad]:
        """The quads of one document."""
        chance = random.Random(document)  # noqa: S311 - to be the same each time, not to be secret
        change = _Change(document, chance, self.names)
        pair = chance.choice(self.pairs)
        members = self._members(set(pair if int(document) % 6 == 0 else pair[:1]))
        for subject in sorted(members, key=str):
            for quad in self.quads[subject]:
                if quad.object not in self.quads or quad.object in members:
                    yield change.quad(quad)

    def _members(self, sentences: set[NamedNode]) -> set[NamedNode]:
        """What an excerpt has of the essay's own things: all that hangs on its sentences."""
        members = self._tops | sentences
        members |= self._pointing(_ANCHORS, sentences)
        members |= self._pointing(_ABOUT, members)
        waiting = list(members)
        while waiting:
            for quad in self.quads[waiting.pop()]:
                target = quad.object
                if not isinstance(target, NamedNode) or target not in self.quads:
                    continue
                if target not in members and target not in self._anchored:
                    members.add(target)
                    waiting.append(target)
        return members

    @cached_property
    def _tops(self) -> set[NamedNode]:
        """What every excerpt has: the document, and the heads of its files."""
        return self._pointing({_TYPE.value}, {NamedNode(iri) for iri in _TOP})

    @cached_property
    def _anchored(self) -> set[NamedNode]:
        """What an excerpt has only with its sentence: sentences, mentions, and claims."""
        anchors = {_STATED, _QUOTE}
        return {
            s for s, said in self.quads.items() if any(q.predicate.value in anchors for q in said)
        }

    def _pointing(self, properties: Set[str], targets: Set[NamedNode]) -> set[NamedNode]:
        """What has one of these properties with one of these values."""
        return {
            subject
            for subject, said in self.quads.items()
            if any(quad.predicate.value in properties and quad.object in targets for quad in said)
        }


class _Change:
    """What makes a document's quads of the essay's."""

    def __init__(self, document: str, chance: random.Random, names: Mapping[str, str]) -> None:
        self._document = document
        self._shift = chance.choice(_SHIFTS)
        self._iris = {iri: _drawn(iri, chance) for iri in names}
        exchanged = {
            names[iri]: _numbered(names[iri], new.rpartition("-")[2])
            for iri, new in self._iris.items()
            if new != iri
        }
        longest_first = sorted(exchanged, key=len, reverse=True)
        self._names = exchanged
        self._name = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def quad(self, quad: Quad) -> Quad:
        """One of the essay's quads as the document has it."""
        subject, value = self._iri(_subject(quad)), quad.object
        if subject.value == ID + self._document and quad.predicate in _FACTS:
            value = self._fact(quad.predicate)
        elif isinstance(value, NamedNode):
            value = self._iri(value)
        elif isinstance(value, Literal):
            value = _with_text(value, self._text(value.value))
        return Quad(subject, quad.predicate, value, self._iri(_graph(quad)))

    def _iri(self, thing: NamedNode) -> NamedNode:
        return NamedNode(self._own(self._iris.get(thing.value, thing.value)))

    def _own(self, iri: str) -> str:
        return _OWN.sub(rf"\g<1>{self._document}", iri)

    def _text(self, text: str) -> str:
        named = self._name.sub(lambda found: self._names[found[0]], text)
        return _YEAR.sub(lambda found: str(int(found[0]) + self._shift), named)

    def _fact(self, predicate: NamedNode) -> Literal:
        """What tells the document from others."""
        if predicate == _LABEL:
            return Literal(f"Text {self._document}", language="en")
        if predicate == _FILE_NAME:
            return Literal(f"{self._document}_generated.txt")
        return Literal(hashlib.sha256(self._document.encode()).hexdigest())


def _variants(store: Store) -> Iterator[Quad]:
    """The numbered things, each with what is said about the essay's."""
    for shared in _SHARED:
        labelled = [thing for thing, _ in _labels(store, shared) if thing.value not in _KEPT]
        for thing in labelled:
            quads = sorted(store.quads_for_pattern(thing, None, None, shared), key=str)
            for number in range(1, _VARIANTS + 1):
                new = NamedNode(f"{thing.value}-{number}")
                for quad in quads:
                    value = quad.object
                    if quad.predicate in (_LABEL, _ALT_LABEL) and isinstance(value, Literal):
                        value = _with_text(value, _numbered(value.value, str(number)))
                    yield Quad(new, quad.predicate, value, shared)


def _labels(store: Store, shared: NamedNode) -> list[tuple[NamedNode, Literal]]:
    """The things of a file with their English labels, in order; its ontology is none."""
    found = [
        (quad.subject, quad.object)
        for quad in store.quads_for_pattern(None, _LABEL, None, shared)
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.object.language == "en"
    ]
    return sorted(found, key=str)


def _pairs(quads: Mapping[NamedNode, Sequence[Quad]]) -> list[tuple[NamedNode, NamedNode]]:
    stated: defaultdict[object, set[NamedNode]] = defaultdict(set)
    sentences = []
    for subject, said in quads.items():
        for quad in said:
            if quad.predicate == _TYPE and quad.object == NamedNode(_SENTENCE):
                sentences.append(subject)
            if quad.predicate.value == _STATED and isinstance(quad.object, NamedNode):
                stated[subject].add(quad.object)
    sentences.sort(key=lambda sentence: int(str(sentence).rpartition("/s")[2].rstrip(">")))
    pairs = set(itertools.pairwise(sentences))
    links = _ABOUT | {SP + "hasPremise"}
    for said in quads.values():
        claims = [quad.object for quad in said if quad.predicate.value in links]
        linked = sorted({s for claim in claims for s in stated[claim]} & set(sentences), key=str)
        pairs |= set(itertools.pairwise(linked))
    return sorted(pairs, key=str)


def _drawn(iri: str, chance: random.Random) -> str:
    """The thing itself or a numbered one; the n-th is n times rarer than the first (Zipf)."""
    numbers = range(_VARIANTS + 1)
    [number] = chance.choices(numbers, [1 / (each + 1) for each in numbers])
    return f"{iri}-{number}" if number else iri


def _numbered(name: str, number: str) -> str:
    return f"{name} {number}"


def _with_text(literal: Literal, text: str) -> Literal:
    if literal.language:
        return Literal(text, language=literal.language)
    return Literal(text, datatype=literal.datatype)


def _subject(quad: Quad) -> NamedNode:
    if not isinstance(quad.subject, NamedNode):
        raise DataError(f"{quad.subject}: a document's things have names: give it an IRI")
    return quad.subject


def _graph(quad: Quad) -> NamedNode:
    if not isinstance(quad.graph_name, NamedNode):
        raise DataError(f"{quad}: a document's triples are in graphs with names")
    return quad.graph_name
