"""Claims as plain English sentences: what each says, in one line, from the graph alone.

The words are data: the patterns and phrases of ``kg/lexicon/say.ttl``. The same graph gives the
same sentences, and each claim carries its sentence as its label.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, cast

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store, Triple

from kg import files, graph, paths, turtle
from kg.articles import articled
from kg.checks.findings import Files, Finding
from kg.errors import DataError, UnknownNameError
from kg.graph import Source
from kg.namespaces import ID, LEX, PREFIXES, SP, shorten

CHECK = "claim-label"

_LABEL = PREFIXES["rdfs"] + "label"
_NUMBER = re.compile("[0-9]{1,12}")
_SLOT = re.compile(r"\{([a-z]+)\}")
_CLAIMS = """
SELECT DISTINCT ?claim ?kind ?content ?claimant ?polarity ?certainty ?force ?addressee ?if ?unless
                ?time ?made ?number ?document ?author WHERE {
  ?claim a ?kind ; :hasContent ?content ; :hasClaimant ?claimant ; :isStatedIn ?span .
  ?kind rdfs:subClassOf+ :Claim .
  ?span :isPartOf*/:isSentenceOf ?document .
  OPTIONAL { ?document :hasAuthor ?author }
  OPTIONAL { ?span :isPartOf* ?sentence . ?sentence a :Sentence ; :number ?number }
  OPTIONAL { ?claim :hasPolarity ?polarity }
  OPTIONAL { ?claim :hasCertainty ?certainty }
  OPTIONAL { ?claim :hasForce ?force }
  OPTIONAL { ?claim :hasAddressee ?addressee }
  OPTIONAL { ?claim :holdsIf ?if }
  OPTIONAL { ?claim :holdsUnless ?unless }
  OPTIONAL { ?claim :holdsDuring ?time }
  OPTIONAL { ?claim :isMadeDuring ?made }
}
"""


@dataclass(frozen=True)
class Said:
    """A claim and its sentence.

    Attributes:
        claim: IRI of the claim.
        document: IRI of the document.
        number: Number of the sentence that states it, from 1; 0 when no numbered one does.
        sentence: What the claim says, in English.
    """

    claim: str
    document: str
    number: int
    sentence: str

    @property
    def name(self) -> str:
        """Document and claim, such as "000/c11a"."""
        return self.claim.removeprefix(ID)


class _Lexicon(NamedTuple):
    """The patterns with their conditions, and the phrases by what they fill."""

    patterns: list[tuple[frozenset[str], str]]
    phrases: dict[str, str]


def say(store: Store) -> list[Said]:
    """Every claim that has a content, a claimant and a place in a text, in the order of the texts.

    Args:
        store: The store that holds the files; nothing need be derived.

    Raises:
        DataError: No pattern fits a claim, or a pattern has an unknown slot.
    """
    rows: defaultdict[str, list[QuerySolution]] = defaultdict(list)
    for row in _select(store, _CLAIMS):
        rows[row["claim"].value].append(row)
    world = _World(store)
    said = [_said(claim, found, world) for claim, found in rows.items()]
    return sorted(said, key=lambda one: (one.document, one.number, turtle.natural(one.claim)))


def named(said: Iterable[Said], name: str | None) -> list[Said]:
    """Those of a document, such as "000", or the one claim, such as "000/c11a"; all without a name.

    Raises:
        UnknownNameError: No claim and no document with claims has the name.
    """
    listed = list(said)
    wanted = (name or "").removeprefix(ID).removeprefix("id:")
    found = [one for one in listed if wanted in ("", one.name, one.document.removeprefix(ID))]
    if not found and name:
        documents = ", ".join(sorted({one.document.removeprefix(ID) for one in listed}))
        raise UnknownNameError(
            f"'{name}' is neither a document with claims ({documents}) nor a claim such as "
            f"{listed[0].name if listed else '000/c1'}"
        )
    return found


def stale(store: Store, places: Files) -> Iterator[Finding]:
    """The claims whose label is not the sentence that they make."""
    labels = _World(store).english
    try:
        listed = say(store)
    except DataError as error:
        yield Finding("violation", CHECK, "", "", f"Labels cannot be made: {error}.")
        return
    for said in listed:
        if labels.get(said.claim) != [said.sentence]:
            what = "is out of date" if said.claim in labels else "is missing"
            message = f"The claim's label {what}: run 'kg say --write'. It says: {said.sentence}"
            yield places.finding("violation", CHECK, said.claim, message)


def write(sources: Iterable[Source]) -> list[Path]:
    """Give each claim its sentence as its English label, in its file; say which files changed.

    Raises:
        DataError: See `say`; or a file cannot be written in its canonical form.
    """
    listed = list(sources)
    sentences = {said.claim: said.sentence for said in say(graph.load_store(listed))}
    return [source.path for source in listed if source.document and _relabel(source, sentences)]


def _relabel(source: Source, sentences: Mapping[str, str]) -> bool:
    triples = graph.read(source.path)
    described = {t.subject for t in triples if t.predicate.value == SP + "hasContent"}
    own = [c for c in described if isinstance(c, NamedNode) and c.value in sentences]
    if not own:
        return False
    kept = [t for t in triples if not (t.subject in own and _is_english_label(t))]
    new = [
        Triple(claim, NamedNode(_LABEL), Literal(sentences[claim.value], language="en"))
        for claim in own
    ]
    return set(triples) != {*kept, *new} and files.replace(source.path, [turtle.write(kept + new)])


def _is_english_label(triple: Triple) -> bool:
    value = triple.object
    return (
        triple.predicate.value == _LABEL and isinstance(value, Literal) and value.language == "en"
    )


class _World:
    """What claims speak of, and what it is called."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def called(self, iri: str) -> str:
        """The English label, else any label, else the local name."""
        found = self.english.get(iri) or self._labels.get(iri)
        return found[0] if found else re.split("[#/]", iri)[-1]

    def time(self, iri: str) -> str:
        """The words of a time scope: those of the text, or what stands for a document's now."""
        if iri in self._nows:
            return _phrase("now", "")
        if wording := self._wordings.get(iri):
            return _phrase("wording", " ".join(wording.split()))
        return self.called(iri)

    @cached_property
    def english(self) -> dict[str, list[str]]:
        return self._named('FILTER (LANG(?label) = "en")')

    @cached_property
    def _labels(self) -> dict[str, list[str]]:
        return self._named("")

    @cached_property
    def _nows(self) -> set[str]:
        return {row["now"].value for row in _select(self._store, "SELECT ?now { ?d :hasNow ?now }")}

    @cached_property
    def _wordings(self) -> dict[str, str]:
        rows = _select(self._store, "SELECT ?time ?words { ?time :timeExpression ?words }")
        return {row["time"].value: row["words"].value for row in rows}

    def _named(self, condition: str) -> dict[str, list[str]]:
        query = f"SELECT ?thing ?label {{ ?thing rdfs:label ?label {condition} }}"
        found: defaultdict[str, list[str]] = defaultdict(list)
        for row in _select(self._store, query):
            found[row["thing"].value].append(row["label"].value)
        return {thing: sorted(labels) for thing, labels in found.items()}


def _said(claim: str, rows: list[QuerySolution], world: _World) -> Said:
    def values(variable: str) -> list[str]:
        return sorted({row[variable].value for row in rows if row[variable] is not None})

    def first(variable: str) -> str:
        return next(iter(values(variable)), "")

    def listed(slot: str, variable: str, *, inside: bool = False) -> str:
        words = [world.called(value) for value in values(variable)]
        words = [_lowered(word) if inside else articled(word) for word in words]
        return _phrase(slot, _lexicon().phrases["and"].join(words)) if words else ""

    certainty = first("certainty")
    slots = {
        "claimant": articled(world.called(first("claimant"))),
        "author": articled(world.called(first("author"))),
        "document": world.called(first("document")),
        "content": world.called(first("content")),
        "certainty": "" if certainty in ("", SP + "Certain") else listed("certainty", "certainty"),
        "addressee": listed("addressee", "addressee"),
        "condition": listed("holdsIf", "if", inside=True)
        + listed("holdsUnless", "unless", inside=True),
        "time": "".join(_phrase("time", world.time(value)) for value in values("time")),
        "made": "".join(_phrase("made", world.time(value)) for value in values("made")),
    }
    features = {*values("kind"), *values("polarity"), *values("force"), certainty}
    numbers = [int(number) for number in values("number") if _NUMBER.fullmatch(number)]
    sentence = _fill(_pattern(claim, features), slots)
    return Said(claim, first("document"), min(numbers, default=0), sentence)


def _pattern(claim: str, features: set[str]) -> str:
    fitting = [(len(when), text) for when, text in _lexicon().patterns if when <= features]
    if not fitting:
        raise DataError(
            f"no pattern of kg/lexicon/say.ttl fits {shorten(claim)}: correct its kind, or add one"
        )
    return max(fitting)[1]


def _fill(pattern: str, slots: Mapping[str, str]) -> str:
    """The pattern with its slots filled, beginning with a capital; a full stop is not doubled."""
    if unknown := set(_SLOT.findall(pattern)) - set(slots):
        raise DataError(f"the pattern {pattern!r} has an unknown slot: {', '.join(unknown)}")
    text = " ".join(_SLOT.sub(lambda slot: slots[slot[1]], pattern).split())
    return text[:1].upper() + text[1:]


def _phrase(slot: str, words: str) -> str:
    return _lexicon().phrases[slot].replace("{words}", words)


def _lowered(words: str) -> str:
    """The words as they stand inside a sentence: an article loses its capital, a name keeps it."""
    first, space, rest = words.partition(" ")
    known = first in _lexicon().phrases["lowered"].split()
    return f"{first.lower() if known else first}{space}{rest}"


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    conditions: defaultdict[str, set[str]] = defaultdict(set)
    says: dict[str, str] = {}
    fills: dict[str, str] = {}
    for triple in graph.read(paths.LEXICON / "say.ttl"):
        subject, value = cast(NamedNode, triple.subject).value, triple.object
        if triple.predicate.value == LEX + "when" and isinstance(value, NamedNode):
            conditions[subject].add(value.value)
        elif triple.predicate.value == LEX + "says" and isinstance(value, Literal):
            says[subject] = value.value
        elif triple.predicate.value == LEX + "fills" and isinstance(value, Literal):
            fills[subject] = value.value
    return _Lexicon(
        [(frozenset(when), says[subject]) for subject, when in sorted(conditions.items())],
        {slot: says[subject] for subject, slot in fills.items()},
    )


def _select(store: Store, query: str) -> QuerySolutions:
    found = store.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return cast(QuerySolutions, found)
