"""The words of questions: what the files of ``kg/lexicon`` list, ready to be looked up.

Entries, forms, ``evokes`` and ``denotes`` are as in OntoLex-Lemon (W3C Community Report, 10 May
2016, 3); a form with a British and an American spelling is looked up by the American one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Literal

from kg import graph, paths, patterns, words
from kg.errors import DataError
from kg.namespaces import LEX, PREFIXES

Key: TypeAlias = tuple[str, ...]

NEUTRAL = "neutral"
"""The class of what may stand anywhere and changes nothing; a short closed list."""

_ONTOLEX, _SKOS = PREFIXES["ontolex"], PREFIXES["skos"]
_FILES = ("en.ttl", "en-function.ttl")
_UNMARKED = ("base", "s", "ing")
_BRITISH, _AMERICAN = "en-gb", "en-us"


@dataclass(frozen=True)
class Frame:
    """How a question is asked.

    Attributes:
        question: the question's name.
        pattern: the words that ask it, with its slots where their fillings stand.
        sets: values of slots that the words themselves give.
        needed: the words and classes without which the pattern fits nothing.
    """

    question: str
    pattern: patterns.Pattern
    sets: Mapping[str, str]
    needed: frozenset[patterns.Symbol]


@dataclass(frozen=True)
class TimeFrame:
    """How a time is said.

    Attributes:
        pattern: its words, with slots for a year, a decade or an event.
        period: the words of `kg.periods`, with slots.
        ago: how many years before the present of the text, or None when it is not counted so.
        needed: the words without which the pattern fits nothing.
    """

    pattern: patterns.Pattern
    period: str
    ago: int | None
    needed: frozenset[patterns.Symbol]


@dataclass(frozen=True)
class Meaning:
    """What content words mean in statements, whichever of them is used.

    Attributes:
        label: what it is called.
        names: the class of things, statements or claims that it names; or all things of a group.
        forms: all words that mean it.
        is_reciprocal: whether two who do it do it to each other.
        converse: the meaning of which those that it is said of are the object; or None.
    """

    label: str
    names: tuple[str, ...]
    forms: frozenset[Key]
    is_reciprocal: bool = False
    converse: str | None = None


@dataclass(frozen=True)
class Lexicon:
    """What the file lists.

    Attributes:
        classes: the classes of each form.
        denoted: the IRIs of what each form denotes.
        decades: the first year of the decade that a word means.
        spelling: the American form of each British one.
        frames: how questions are asked.
        times: how times are said.
        meanings: what content words mean, by the name of the class that they are of.
        verbs: the base form of each form of a verb.
    """

    classes: Mapping[Key, frozenset[str]]
    denoted: Mapping[Key, frozenset[str]]
    decades: Mapping[str, int]
    spelling: Mapping[str, str]
    frames: tuple[Frame, ...]
    times: tuple[TimeFrame, ...]
    meanings: Mapping[str, Meaning]
    verbs: Mapping[Key, Key]

    @cached_property
    def longest(self) -> int:
        """The words of the longest form."""
        return max(map(len, self.classes), default=0)

    @cached_property
    def owners(self) -> Mapping[Key, frozenset[str]]:
        """The meanings that are called by a form itself, or by the verb that it is a form of."""
        owned: defaultdict[Key, set[str]] = defaultdict(set)
        for name, meaning in self.meanings.items():
            for form in meaning.forms:
                if meaning.label in (" ".join(self.verbs.get(form, form)), " ".join(form)):
                    owned[form].add(name)
        return {form: frozenset(names) for form, names in owned.items()}

    @cached_property
    def unmarked(self) -> frozenset[Key]:
        """The verbs whose past is their base form, such as "cut": they have two other forms."""
        counted = Counter(self.verbs.values())
        return frozenset(base for base, forms in counted.items() if forms <= len(_UNMARKED))


class _Facts:
    """The objects of each property and subject."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._all: defaultdict[str, defaultdict[str, list[object]]]
        self._all = defaultdict(lambda: defaultdict(list))
        for triple in (triple for path in files for triple in graph.read(path)):
            self._all[triple.predicate.value][_id(triple.subject)].append(triple.object)

    def objects(self, subject: str, prop: str) -> Sequence[object]:
        return self._all[prop].get(subject, ())

    def texts(self, subject: str, prop: str) -> list[str]:
        found = list(map(_id, self.objects(subject, prop)))
        return sorted(found) if len(found) > 1 else found

    def having(self, prop: str) -> list[str]:
        return sorted(self._all[prop])


@lru_cache(maxsize=2)
def load(path: Path | None = None) -> Lexicon:
    """The lexicon of a file; the project's own of all its files when none is given.

    Raises:
        DataError: the file cannot be read, or a pattern in it is none.
    """
    facts = _Facts([path] if path else [paths.LEXICON / name for name in _FILES])
    spelling = _spelling(facts)
    classes: defaultdict[Key, set[str]] = defaultdict(set)
    denoted: defaultdict[Key, set[str]] = defaultdict(set)
    decades: dict[str, int] = {}
    verbs: dict[Key, Key] = {}
    for entry in facts.having(_ONTOLEX + "canonicalForm"):
        evoked = {each.removeprefix(LEX) for each in facts.texts(entry, _ONTOLEX + "evokes")}
        things = set(facts.texts(entry, _ONTOLEX + "denotes"))
        years = [int(year) for year in facts.texts(entry, LEX + "decade")]
        base = None
        if "verb" in facts.texts(entry, LEX + "partOfSpeech"):
            [written] = _written(facts, facts.texts(entry, _ONTOLEX + "canonicalForm"))
            base = words.key(written, spelling)
        for form in _forms(facts, entry):
            key = words.key(form, spelling)
            classes[key] |= evoked
            denoted[key] |= things
            decades.update((form, year) for year in years)
            if base:
                verbs[key] = base
    return Lexicon(
        {key: frozenset(names) for key, names in classes.items() if names},
        {key: frozenset(iris) for key, iris in denoted.items() if iris},
        decades,
        spelling,
        tuple(_frames(facts)),
        tuple(_times(facts)),
        _meanings(facts, classes),
        verbs,
    )


def _id(term: object) -> str:
    return str(getattr(term, "value", term))


def _forms(facts: _Facts, entry: str) -> list[str]:
    forms = [
        *facts.texts(entry, _ONTOLEX + "canonicalForm"),
        *facts.texts(entry, _ONTOLEX + "otherForm"),
    ]
    return _written(facts, forms)


def _written(facts: _Facts, forms: Iterable[str]) -> list[str]:
    return [text for form in forms for text in facts.texts(form, _ONTOLEX + "writtenRep")]


def _meanings(facts: _Facts, classes: Mapping[Key, Set[str]]) -> dict[str, Meaning]:
    forms: defaultdict[str, set[Key]] = defaultdict(set)
    for key, names in classes.items():
        for name in names:
            forms[name].add(key)
    return {
        (name := concept.removeprefix(LEX)): Meaning(
            facts.texts(concept, _SKOS + "prefLabel")[0],
            tuple(facts.texts(concept, _ONTOLEX + "isConceptOf")),
            frozenset(forms[name]),
            bool(facts.texts(concept, LEX + "isReciprocal")),
            next((each.removeprefix(LEX) for each in facts.texts(concept, LEX + "converse")), None),
        )
        for concept in facts.having(_SKOS + "prefLabel")
    }


def _spelling(facts: _Facts) -> dict[str, str]:
    pairs = {}
    for form in facts.having(_ONTOLEX + "writtenRep"):
        values = facts.objects(form, _ONTOLEX + "writtenRep")
        if len(values) == 1:
            continue
        spelt = {
            (value.language or "").lower(): value.value
            for value in values
            if isinstance(value, Literal)
        }
        if _BRITISH in spelt and _AMERICAN in spelt:
            pairs[spelt[_BRITISH]] = spelt[_AMERICAN]
    return pairs


def _frames(facts: _Facts) -> list[Frame]:
    found = []
    for subject in facts.having(LEX + "asks"):
        [question] = facts.texts(subject, LEX + "asks")
        sets = dict(text.split(" ", 1) for text in facts.texts(subject, LEX + "sets"))
        written = facts.texts(subject, LEX + "pattern")
        if not written:
            raise DataError(f"{subject} asks '{question}' and has no pattern: add one")
        for text in written:
            pattern = patterns.parse(text)
            found.append(Frame(question, pattern, sets, patterns.needed(pattern)))
    return found


def _times(facts: _Facts) -> list[TimeFrame]:
    found = []
    for subject in facts.having(LEX + "period"):
        ago = next(iter(facts.texts(subject, LEX + "yearsAgo")), None)
        for text in facts.texts(subject, LEX + "pattern"):
            for period in facts.texts(subject, LEX + "period"):
                years = None if ago is None else int(ago)
                pattern = patterns.parse(text)
                found.append(TimeFrame(pattern, period, years, patterns.needed(pattern)))
    return found
