"""Terms: what statements are looked for by, which are things, kinds of things, and words.

A statement's label is plain English with the subject before the verb and the object after it, so a
word is looked for in the label, and a thing also among what the statement involves. Only forms that
the lexicon or a label holds reach a query, never what a person typed.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol, cast

import snowballstemmer  # type: ignore[import-untyped]

from kg import labels, lexicon, words
from kg.articles import articled
from kg.errors import SlotValueError
from kg.labels import Engine
from kg.lexicon import Key, Lexicon, Meaning
from kg.namespaces import shorten

SEPARATOR = ","
UNBOUND = "UNDEF"
_OWN = re.compile(r"[A-Za-z0-9]+")
_INFLECTIONS = ("s", "es", "d", "ed", "e", "ing")
_BETWEEN = re.compile(r",\s*|\s+and\s+")
_ARTICLE = "[^A-Za-z](the )?(an? )?"
_LABELS = """
SELECT DISTINCT ?label WHERE {
  { ?claim :hasContent/rdfs:label ?label }
  UNION { ?claim :hasContent ?statement ; :isStatedIn/:exactQuote ?label }
}
"""
_THINGS = """
SELECT DISTINCT ?thing ?name ?main ?agent ?place ?acts WHERE {
  ?thing a :Entity ; rdfs:label|skos:altLabel ?name .
  BIND (EXISTS { ?thing rdfs:label ?name } AS ?main)
  BIND (EXISTS { VALUES ?place { :State :Place } ?thing a ?place } AS ?place)
  BIND (?place || EXISTS { VALUES ?agent { :Person :Collective } ?thing a ?agent } AS ?agent)
  BIND (?agent || EXISTS { ?thing a :Agent MINUS { ?thing a :Alliance } } AS ?acts)
}
"""


@dataclass(frozen=True)
class Term:
    """Something that a statement can have in it.

    Attributes:
        value: its one written form, as addresses carry it.
        label: what it is called in a sentence.
        node: the thing or the class as SPARQL writes it, or "UNDEF".
        pattern: its words in labels, as a regular expression, or None.
        third: the verb in the third person, where it has one.
        is_reciprocal: whether two who do it do it to each other.
    """

    value: str
    label: str
    node: str
    pattern: str | None
    third: str | None = None
    is_reciprocal: bool = False

    @property
    def is_thing(self) -> bool:
        """Whether it is a thing, and no kind or word."""
        return self.value.startswith("id:")

    @property
    def verb(self) -> str:
        """What it is called where a verb stands."""
        return self.third or self.label

    @property
    def data(self) -> str:
        """Its row of a VALUES block."""
        return f"({self.node} {self.written_pattern})"

    @property
    def written_pattern(self) -> str:
        """The pattern as a SPARQL literal."""
        return UNBOUND if self.pattern is None else f'"{self.pattern}"'


@dataclass(frozen=True)
class Terms:
    """The terms of one graph.

    Attributes:
        lexicon: the words that mean something in statements.
        labels: the labels of statements, folded into words.
        names: the names of each thing, its label first.
        agents: who acts, and places: no alternative name of theirs is part of a label.
        places: states and places, whose names are no other words.
        acting: the values of the terms of whoever acts, and of places; alliances left out.
    """

    lexicon: Lexicon
    labels: tuple[Key, ...]
    names: Mapping[str, Sequence[str]]
    agents: frozenset[str]
    places: frozenset[str]
    acting: frozenset[str]

    @cached_property
    def by_stem(self) -> Mapping[str, frozenset[str]]:
        """The words of labels that have each stem."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for label in self.labels:
            for word in label:
                if _OWN.fullmatch(word):
                    found[stem(word)].add(word)
        return {each: frozenset(held) for each, held in found.items()}

    @cached_property
    def _proper(self) -> frozenset[str]:
        """The words of the main names of states and places."""
        return frozenset(
            word
            for iri in self.agents
            for word in words.key(self.names[iri][0], {})
            if self.names[iri][0][:1].isupper() and iri in self.places
        )

    @cached_property
    def _runs(self) -> frozenset[Key]:
        return frozenset(
            label[start:end]
            for label in self.labels
            for start in range(len(label))
            for end in range(start + 1, min(len(label), start + 8) + 1)
        )

    def thing(self, iri: str) -> Term:
        """The term of a thing."""
        names = self.names[iri]
        several = iri not in self.agents
        taken = names if several else names[:1]
        pattern = self._pattern(
            (*key[:-1], form)
            for key in (words.key(name, {}) for name in taken)
            if key
            for form in {key[-1], *(self.by_stem.get(stem(key[-1]), ()) if several else ())}
        )
        return Term(shorten(iri), articled(names[0]), _node(iri), pattern)

    def meaning(self, name: str) -> Term | None:
        """The term of a meaning of the lexicon; None where no statement has it."""
        meaning = self.lexicon.meanings[name]
        value, label, node = f"lex:{name}", f"“{meaning.label}”", UNBOUND
        pattern = self._pattern(
            form
            for form in meaning.forms
            if form[0] not in self._proper and name in (self.lexicon.owners.get(form) or {name})
        )
        if meaning.names and pattern is None:
            label = meaning.label
        if len(meaning.names) > 1:
            if not set(meaning.names) <= set(self.names):
                return None
            value = SEPARATOR.join(map(shorten, meaning.names))
        elif meaning.names:
            node = shorten(meaning.names[0])
        elif pattern is None:
            return None
        node = node if pattern is None or meaning.names else value
        return Term(value, label, node, pattern, self._third(meaning), meaning.is_reciprocal)

    def _known(self, name: str) -> Term | None:
        """The term of a meaning, worked out once."""
        if name not in self._meanings:
            self._meanings[name] = self.meaning(name)
        return self._meanings[name]

    @cached_property
    def _meanings(self) -> dict[str, Term | None]:
        return {}

    def meant(self, key: Key) -> Term | None:
        """The term of a form, with all that it can mean; None where no statement has it."""
        names = self.lexicon.classes.get(key, frozenset()) & set(self.lexicon.meanings)
        own = self.lexicon.owners.get(key, frozenset())
        found = [term for name in sorted(own or names) if (term := self._known(name))]
        if len(found) < 2:
            return found[0] if found else None
        patterns = {each for term in found for each in (term.pattern or "").split("|") if each}
        nodes = [term.node for term in found if not term.node.startswith("lex:")]
        node = nodes[0] if nodes else found[0].node
        text = " ".join(key)
        third = self._thirds.get(self.lexicon.verbs.get(key, ()))
        return Term(text, f"“{text}”", node, "|".join(sorted(patterns)) or None, third)

    def group(self, classes: Set[str], term: Term | None) -> tuple[Term, ...]:
        """The things that a word names together, where that is one of several of its meanings."""
        meanings = self.lexicon.meanings
        grouped = [
            found
            for name in sorted(classes & set(meanings))
            if len(meanings[name].names) > 1 and (found := self.meaning(name))
        ]
        if len(grouped) != 1 or (term and term.value == grouped[0].value):
            return ()
        return tuple(self.read(grouped[0].value))

    def owner(self, key: Key) -> Term | None:
        """Whoever is named by a word with the s of a possessive and no apostrophe."""
        name = (*key[:-1], key[-1].removesuffix("s"))
        iri = self._named.get(name) if name != key and key not in self.lexicon.classes else None
        return self.thing(iri) if iri and shorten(iri) in self.acting else None

    def word(self, word: str) -> Term | None:
        """The term of a word of labels, in any of its inflections; None where there is none."""
        held = {each for each in self.by_stem.get(stem(word), ()) if _roots(word) & _roots(each)}
        if not held:
            return None
        pattern = self._pattern((each,) for each in held)
        shortest = min(held, key=len)
        value = stem(word) if _roots(stem(word)) & _roots(shortest) else shortest
        return Term(value, f"“{shortest}”", UNBOUND, pattern)

    def read(self, written: str) -> list[Term]:
        """The terms that a text names, in its order.

        Raises:
            SlotValueError: a part of the text is none.
        """
        found = []
        for piece in _BETWEEN.split(written.strip()):
            term = self._read(piece.strip())
            if term is None:
                raise SlotValueError(f"no statement has {piece[:60]!r} in it")
            found += self.read(term.value) if SEPARATOR in term.value else [term]
        return found

    def each(self, terms: Iterable[Term]) -> list[Term]:
        """The terms, with all of a group in the place of a group."""
        single = (self.read(term.value) if SEPARATOR in term.value else [term] for term in terms)
        return list(dict.fromkeys(each for one in single for each in one))

    def _read(self, piece: str) -> Term | None:
        plain = piece.strip("“”\"'")
        if piece.startswith("lex:") and piece[4:] in self.lexicon.meanings:
            return self.meaning(piece[4:])
        if iri := self._iris.get(piece):
            return self.thing(iri)
        key = words.key(plain, self.lexicon.spelling)
        if iri := self._named.get(key):
            return self.thing(iri)
        return self.meant(key) or (self.word(key[0]) if len(key) == 1 else None)

    @cached_property
    def _iris(self) -> Mapping[str, str]:
        return {shorten(iri): iri for iri in self.names}

    @cached_property
    def _named(self) -> Mapping[Key, str]:
        named: defaultdict[Key, set[str]] = defaultdict(set)
        for iri, names in self.names.items():
            for name in names:
                named[words.key(name, self.lexicon.spelling)].add(iri)
        return {key: next(iter(iris)) for key, iris in named.items() if len(iris) == 1}

    @cached_property
    def _thirds(self) -> Mapping[Key, str]:
        """The third person of each verb, by its base form."""
        return {
            base: " ".join(form)
            for form, base in sorted(self.lexicon.verbs.items())
            if form != base and form[0].endswith("s")
        }

    def _third(self, meaning: Meaning) -> str | None:
        """The verb of a meaning in the third person, as a label has it if one does."""
        bases = {self.lexicon.verbs[key] for key in meaning.forms if key in self.lexicon.verbs}
        said = sorted(
            base for base in bases if words.key(self._thirds.get(base, ""), {}) in self._runs
        )
        own = [base for base in bases if base == (meaning.label,)]
        return next((self._thirds[base] for base in (*own, *said) if base in self._thirds), None)

    def _pattern(self, keys: Iterable[Key]) -> str | None:
        held = {key for key in keys if key in self._runs and all(map(_OWN.fullmatch, key))}
        return "|".join(sorted(_ARTICLE.join(key) for key in held)) or None


def _roots(word: str) -> set[str]:
    """The word without each inflection that it may have, so that no misspelling passes for one."""
    ends = [end for end in _INFLECTIONS if word.endswith(end) and len(word) > len(end) + 2]
    return {word.removesuffix(end) for end in ("", *ends)}


def stem(word: str) -> str:
    """The stem of an English word, by which its inflections are one."""
    return str(_STEMMER.stemWord(word))


_STEMMER = snowballstemmer.stemmer("english")


class Hashed(Engine, Hashable, Protocol):
    """An engine that is told apart by identity."""


def load(engine: Engine) -> Terms:
    """The terms of the graph that an engine answers from."""
    return _load(cast("Hashed", engine))


@lru_cache(maxsize=8)
def _load(engine: Hashed) -> Terms:
    names: defaultdict[str, list[str]] = defaultdict(list)
    agents, places, acting = set(), set(), set()
    rows = engine.select(_THINGS).rows
    for row in sorted(rows, key=lambda row: (row["main"].value != "true", row["name"].value)):
        names[row["thing"].value].append(row["name"].value)
        if row["agent"].value == "true":
            agents.add(row["thing"].value)
        if row["place"].value == "true":
            places.add(row["thing"].value)
        if row["acts"].value == "true":
            acting.add(shorten(row["thing"].value))
    listed = tuple(words.key(row["label"].value, {}) for row in engine.select(_LABELS).rows)
    return Terms(
        lexicon.load(), listed, names, frozenset(agents), frozenset(places), frozenset(acting)
    )


def _node(iri: str) -> str:
    short = shorten(iri)
    return short if short != iri else next(labels.batches([iri]), UNBOUND)
