"""What a question in free words is understood as: one question, several, or none.

The rule is full accounting: a phrase is understood when every word of it is used. Nothing is
guessed; what is offered instead is a link to follow, never an answer.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from kg import (
    clauses,
    closest,
    conditions,
    frames,
    gists,
    lexicon,
    mentions,
    names,
    patterns,
    periods,
    phrases,
    questions,
    slots,
    spans,
    tellings,
    terms,
    titles,
    turns,
)
from kg.articles import articled
from kg.errors import SlotValueError
from kg.evidence import Evidence
from kg.frames import Account, Asked
from kg.labels import Engine
from kg.lexicon import Lexicon
from kg.names import Names
from kg.questions import BoundQuestion, Question
from kg.spans import Spans
from kg.words import Word

MOST_OFFERED = 5
_MOST_TRIED = 3
_SHORTEST_CORRECTED = 4
_TELLING = 0.3
_LEAST_SHARED = 0.35
_SHORT_YEARS = 100
_FEW = 2
_RARE, _RAREST = 5, 2
_SETTLED = frozenset({"time", "cause", "origin", "reason"})
_URGED = {":Directive": "lex:m-recommendation", ":Predictive": "lex:m-prediction"}


@dataclass(frozen=True)
class Understood:
    """One question, and every word has its use.

    Attributes:
        bound: the question with its slots filled.
        accounts: what each word was used for; nothing when the phrase is a title word for word.
    """

    bound: BoundQuestion
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True)
class Ambiguous:
    """Several questions; the person chooses.

    Attributes:
        choices: the questions, in the library's order.
    """

    choices: tuple[BoundQuestion, ...]


@dataclass(frozen=True)
class Absent:
    """A question about something that the texts speak of, but never in this way.

    Attributes:
        sentence: the question as it was understood.
        things: labels of what it asks about.
        offers: questions that these things are part of.
        closest: the sentences that share most with the question, the closest first.
        by_words: whether it was looked for by words, so that a text may say it in others.
    """

    sentence: str
    things: tuple[str, ...]
    offers: tuple[BoundQuestion, ...]
    closest: tuple[Evidence, ...] = ()
    by_words: bool = False


@dataclass(frozen=True)
class Nearby:
    """A sentence that speaks of most of what a phrase names.

    Attributes:
        bound: the question after the sentences that speak of just what this one has of it.
        missing: what it does not speak of.
        evidence: the sentence.
    """

    bound: BoundQuestion
    missing: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Searched:
    """No answer that tells who does what: sentences that speak of what a phrase names.

    Attributes:
        found: the sentences, the closest first.
        aside: the words that were not looked for, as typed.
        corrections: the phrase with an unknown word replaced by one that is spelt much like it.
        sentence: the question that the phrase asks and that has no answer; empty when it is none.
        offers: other questions that can be asked.
    """

    found: tuple[Nearby, ...]
    aside: tuple[str, ...]
    corrections: tuple[str, ...]
    sentence: str
    offers: tuple[BoundQuestion, ...]


@dataclass(frozen=True)
class NotUnderstood:
    """No question.

    Attributes:
        words: the words that have no use, as typed; none when all are known, but make no question.
        offers: questions made of what was recognised.
        corrections: the phrase with a word replaced by a known one that is spelt much like it.
        closest: the sentences that share most with the phrase, the closest first.
    """

    words: tuple[str, ...]
    offers: tuple[BoundQuestion, ...]
    corrections: tuple[str, ...]
    closest: tuple[Evidence, ...] = ()


Understanding: TypeAlias = Understood | Ambiguous | Absent | Searched | NotUnderstood


@dataclass(frozen=True)
class Vocabulary:
    """All that a phrase is held against.

    Attributes:
        engine: answers from the graph.
        questions: the questions that can be asked, by name.
        lexicon: the words of questions.
        names: the names of things.
    """

    engine: Engine
    questions: Mapping[str, Question]
    lexicon: Lexicon
    names: Names

    def understand(self, text: str) -> Understanding:
        """What a phrase asks, in free words or word for word as a title."""
        if len(text) > titles.MAX_LENGTH:
            return NotUnderstood((), (), ())
        phrase = phrases.read(text, self.lexicon, self.names)
        found = self.read(text)
        if isinstance(found, Understood) and found.bound.question.name in clauses.QUESTIONS:
            is_loose = found.accounts and found.bound.question.name in clauses.OPEN
            if not is_loose and self._upholds(found.bound, phrase):
                return found
            return (
                self._told(phrase)
                or self._searched(text, phrase, found.bound)
                or self._unsaid(found.bound, phrase)
            )
        if isinstance(found, Understood) and found.accounts and not self._finds(found.bound):
            is_settled = not _SETTLED.isdisjoint(found.bound.question.columns)
            return found if is_settled else self._told(phrase) or found
        return (
            found
            or self._told(phrase)
            or self._absent(phrase)
            or self._searched(text, phrase)
            or self._not_understood(text, phrase)
        )

    def _told(self, phrase: Sequence[Word]) -> Understood | None:
        """The question after what speaks of all that a phrase names, as the phrase has it."""
        cut = clauses.cut(self.spans(phrase), self.lexicon, terms.load(self.engine))
        if isinstance(cut, clauses.Unused) or not set(self.questions) >= clauses.OPEN:
            return None
        plain = turns.plain(cut, terms.load(self.engine))
        asked = (self._told_as(each, phrase) for turned in plain for each in gists.readings(turned))
        return next(filter(None, asked), None)

    def _told_as(self, cut: clauses.Tokens, phrase: Sequence[Word]) -> Understood | None:
        gist = gists.read(cut, terms.load(self.engine))
        times = [token for token in cut if token.function == "time"]
        if len(times) > 1 or not gist.terms:
            return None
        period = periods.parse(times[0].value) if times else periods.ANY_TIME
        asked = conditions.read(cut, gist, mentions.load(self.engine))
        found = tellings.holding(tellings.load(self.engine), gist, asked, period)
        if not found:
            return None
        told, whole = found
        open_ended = asked.asks_kind or asked.asks_other
        lost = open_ended or (gist.verb in gist.soft and gist.verb not in told)
        if lost and all(term.value in gist.acting for term in told):
            return None
        if asked.supposes and asked.deed and len(told) == 1:
            return None
        if len(told) == 1 and self._says_little(told[0], gist, len(phrase), is_dated=bool(times)):
            return None
        values = {"terms": terms.SEPARATOR.join(term.value for term in told)}
        if whole:
            urged = None if gist.claimants else _URGED.get(gist.force)
            if urged and urged not in {term.value for term in told}:
                values["terms"] += terms.SEPARATOR + urged
            bound = self._bind(self.questions[clauses.LIST], {**values, "period": period.words})
            if urged and not self._finds(bound):
                return None
        elif dated := [term for token in times for term in self._dated(token, phrase)]:
            listed = (*told, *dated)
            values = {"terms": terms.SEPARATOR.join(term.value for term in listed)}
            bound = self._bind(self.questions[clauses.SENTENCES], values)
            if not self._finds(bound):
                return None
        elif not times:
            bound = self._bind(self.questions[clauses.SENTENCES], values)
        else:
            return None
        return Understood(bound, gists.accounts(cut, gist))

    def read(self, text: str) -> Understood | Ambiguous | None:
        """The question or the questions that a phrase asks, or None where it asks none."""
        exact = [
            bound
            for bound in questions.exact(self.engine, text, self.questions)
            if not _is_short(bound.period)
        ]
        if len(exact) == 1:
            return Understood(exact[0])
        if exact:
            return Ambiguous(tuple(exact))
        phrase = phrases.read(text, self.lexicon, self.names)
        return self._understood(phrase) or self._clause(phrase)

    def _clause(self, phrase: Sequence[Word]) -> Understood | None:
        """The question about statements that a phrase asks, where no frame fits it."""
        found = self._parsed(phrase)
        if isinstance(found, clauses.Unused) or found.question not in self.questions:
            return None
        bound = self._bind(self.questions[found.question], found.values)
        if found.question == clauses.LIST and bound.period and bound.period.is_open:
            wider = self.questions[clauses.SENTENCES]
            acting = terms.load(self.engine).acting
            if not acting & set(found.values["terms"].split(terms.SEPARATOR)) and not self._finds(
                bound
            ):
                together = self._bind(wider, {"terms": found.values["terms"]})
                bound = together if self._finds(together) else bound
        return Understood(bound, found.accounts)

    def _parsed(self, phrase: Sequence[Word]) -> clauses.Clause | clauses.Unused:
        return clauses.read(self.spans(phrase), self.lexicon, terms.load(self.engine))

    def _searched(
        self, text: str, phrase: Sequence[Word], asked: BoundQuestion | None = None
    ) -> Searched | None:
        """The sentences that speak of what a phrase names; None where that would mislead."""
        known = terms.load(self.engine)
        wanted = clauses.search(self.spans(phrase), self.lexicon, known)
        if wanted is None or clauses.SENTENCES not in self.questions:
            return None
        kept = {each.number for each in self._keeping(phrase)}
        near = tuple(
            each
            for each in closest.search(
                self.engine, wanted.terms, wanted.required, len(wanted.unknown)
            )
            if len(each.terms) > 1
            and each.share >= _LEAST_SHARED
            and each.evidence.number in kept
            and _is_minor(wanted, each)
        )
        if not near:
            return None
        question = self.questions[clauses.SENTENCES]
        found = tuple(
            Nearby(
                self._bind(question, {"terms": terms.SEPARATOR.join(t.value for t in each.terms)}),
                tuple(term.label for term in wanted.terms if term not in each.terms),
                each.evidence,
            )
            for each in near
        )
        return Searched(
            found,
            wanted.aside,
            tuple(self._corrections(text, wanted.unknown)),
            asked.sentence if asked else "",
            self._offers(self.spans(phrase)),
        )

    def _says_little(
        self, term: terms.Term, gist: gists.Gist, length: int, *, is_dated: bool
    ) -> bool:
        """Whether a term alone would leave open what a phrase of so many words asks."""
        if length <= _FEW:
            return term.value in clauses.ASKED_FOR
        if term.is_thing:
            return gist.asks_one
        held = sum(each.has(term) for each in tellings.load(self.engine))
        return held > (_RAREST if is_dated else _RARE)

    def _dated(self, token: clauses.Token, phrase: Sequence[Word]) -> list[terms.Term]:
        """The years and the events that a time names; no event that it lies before."""
        period = periods.parse(token.value)
        is_before = period.from_year is None and period.to_year is not None
        named = clauses.timed(token, self.spans(phrase), terms.load(self.engine))
        return [term for term in named if not (is_before and term.is_thing)]

    def _keeping(self, phrase: Sequence[Word]) -> Iterator[tellings.Telling]:
        """The sentences that have who does it, why and when as a phrase has them."""
        known = terms.load(self.engine)
        cut = clauses.tokens(self.spans(phrase), self.lexicon, known)
        gist = gists.read(cut, known)
        times = [periods.parse(token.value) for token in cut if token.function == "time"]
        period = times[0] if len(times) == 1 else periods.ANY_TIME
        asked = conditions.read(cut, gist, mentions.load(self.engine))
        return tellings.keeping(tellings.load(self.engine), gist, asked, period)

    def _upholds(self, bound: BoundQuestion, phrase: Sequence[Word]) -> bool:
        """Whether a question about statements finds one that is as the phrase has it."""
        claims = {row["claim"].value for row in self.engine.select(bound.sparql).rows}
        known = terms.load(self.engine)
        cut = clauses.tokens(self.spans(phrase), self.lexicon, known)
        gist = gists.read(cut, known)
        asked = conditions.read(cut, gist, mentions.load(self.engine))
        told = tellings.load(self.engine)
        return bool(claims) and tellings.upholds(told, claims, gist, asked)

    def _finds(self, bound: BoundQuestion) -> bool:
        return bool(self.engine.select(bound.sparql).rows)

    def _unsaid(self, bound: BoundQuestion, phrase: Sequence[Word]) -> Absent:
        """What is said instead, where a question about statements finds none."""
        given = [
            value
            for slot in bound.question.slots.values()
            if slot.type in slots.WORDED and bound.values[slot.name] != slots.ANY
            for value in bound.values[slot.name].split(terms.SEPARATOR)
            if value not in clauses.ASKED_FOR
        ]
        fewer = [given] if bound.question.name != clauses.LIST else []
        fewer += [given[:at] + given[at + 1 :] for at in range(len(given)) if len(given) > 1]
        known = terms.load(self.engine)
        return Absent(
            bound.sentence,
            tuple(term.label for value in given for term in known.read(value) if term.is_thing),
            (*self._open(fewer), *self._offers(self.spans(phrase)))[:MOST_OFFERED],
            self._closest(phrase),
            by_words=True,
        )

    def _open(self, listed: Sequence[Sequence[str]]) -> Iterator[BoundQuestion]:
        """The questions of some lists of terms that have an answer, roles open."""
        for values in listed[:_MOST_TRIED]:
            said = {"terms": terms.SEPARATOR.join(values), "period": periods.ANY_TIME.words}
            bound = self._bind(self.questions[clauses.LIST], said)
            if self._finds(bound):
                yield bound

    def _asked(self, phrase: Sequence[Word], *, typed: bool = True) -> list[Asked]:
        return frames.asked(
            self.spans(phrase), self.lexicon, self.names, self.questions, typed=typed
        )

    def spans(self, phrase: Sequence[Word]) -> Spans:
        """What the words of a phrase can be."""
        return spans.find(phrase, self.lexicon, self.names)

    def _understood(self, phrase: Sequence[Word]) -> Understood | Ambiguous | None:
        found = self._asked(phrase)
        if not found:
            return None
        bound = [self._bind(each.question, each.values) for each in found]
        if len(found) == 1:
            return Understood(bound[0], found[0].accounts)
        return Ambiguous(tuple(sorted(bound, key=lambda each: each.question.order)))

    def _absent(self, phrase: Sequence[Word]) -> Absent | None:
        found = self._asked(phrase, typed=False)
        if not found:
            return None
        meant = found[0]
        called = {name: self.names.labels.get(value, value) for name, value in meant.values.items()}
        known = [value for value in meant.values.values() if value in self.names.labels]
        things = tuple(articled(self.names.labels[value]) for value in known)
        sentence = titles.fill(meant.question.title, called)
        return Absent(sentence, things, self._offers(self.spans(phrase)), self._closest(phrase))

    def _not_understood(self, text: str, phrase: Sequence[Word]) -> NotUnderstood:
        parsed = self._parsed(phrase)
        unknown = list(parsed.words) if isinstance(parsed, clauses.Unused) else []
        offers: tuple[BoundQuestion, ...] = ()
        if unknown:
            rest = [word for word in phrase if word not in unknown]
            offers = self._bound(rest)
            if not offers and (found := self._clause(rest)) and self._finds(found.bound):
                offers = (found.bound,)
        else:
            for place, word in enumerate(phrase):
                rest = [*phrase[:place], *phrase[place + 1 :]]
                if offers := self._bound(rest):
                    unknown = [word]
                    break
        more = self._offers(self.spans(phrase))
        unique = {offer.sparql + offer.sentence: offer for offer in (*offers, *more)}
        return NotUnderstood(
            tuple(word.text for word in unknown),
            tuple(unique.values())[:MOST_OFFERED],
            tuple(self._corrections(text, unknown)),
            self._closest(phrase),
        )

    def _closest(self, phrase: Sequence[Word]) -> tuple[Evidence, ...]:
        known = terms.load(self.engine)
        wanted: dict[terms.Term, bool] = {}
        for token in clauses.tokens(self.spans(phrase), self.lexicon, known):
            term = clauses.nominal(token).term
            if term and term.value and token.function not in clauses.ASKERS:
                weak = bool(token.manner) or token.function == clauses.WEAK
                wanted |= dict.fromkeys(known.each([term]), weak)
        weak_terms = {term for term, is_weak in wanted.items() if is_weak}
        folded = [word.folded for word in phrase]
        return closest.sentences(self.engine, folded, tuple(wanted), weak_terms)

    def _bound(self, phrase: Sequence[Word]) -> tuple[BoundQuestion, ...]:
        return tuple(self._bind(each.question, each.values) for each in self._asked(phrase))

    def _bind(self, question: Question, values: Mapping[str, str]) -> BoundQuestion:
        return question.bind(self.engine, values)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word that some form, name or pattern has."""
        keys = (*self.lexicon.classes, *self.names.things)
        written = (each for pattern in self._patterns() for each in patterns.symbols(pattern))
        return frozenset(word for key in keys for word in key).union(
            self.lexicon.decades,
            (each.name for each in written if each.kind == patterns.WORD),
        )

    @cached_property
    def _uses(self) -> Mapping[str, frozenset[str]]:
        """The questions whose frames use each class of words."""
        used: defaultdict[str, set[str]] = defaultdict(set)
        for frame in self.lexicon.frames:
            for symbol in patterns.symbols(frame.pattern):
                if symbol.kind == patterns.CLASS:
                    used[symbol.name].add(frame.question)
        return {name: frozenset(names) for name, names in used.items()}

    def _patterns(self) -> Iterator[patterns.Pattern]:
        yield from (frame.pattern for frame in self.lexicon.frames)
        yield from (time.pattern for time in self.lexicon.times)

    def _corrections(self, text: str, unknown: Sequence[Word]) -> Iterator[str]:
        """The text as it was typed, but for one unknown word."""
        known = [word for word in self._known if len(word) >= _SHORTEST_CORRECTED]
        for word in unknown:
            if len(word.folded) < _SHORTEST_CORRECTED or word.folded in self._known:
                continue
            for near in difflib.get_close_matches(word.folded, known, n=2, cutoff=0.75):
                put = near.capitalize() if word.text.istitle() else near
                corrected = re.sub(rf"\b{re.escape(word.text)}\b", put, text, count=1)
                if corrected != text:
                    yield corrected

    def _offers(self, found: Spans) -> tuple[BoundQuestion, ...]:
        """Questions that share words with the phrase and take the things that it names."""
        scored = [
            (score, -question.order, question, taken)
            for question in self.questions.values()
            for score, taken in self._offered(question, found)
        ]
        scored.sort(key=lambda each: each[:2], reverse=True)
        return tuple(islice(self._bindable(scored), MOST_OFFERED))

    def _bindable(
        self, scored: Sequence[tuple[float, int, Question, Mapping[str, str]]]
    ) -> Iterator[BoundQuestion]:
        for _, _, question, taken in scored:
            with suppress(SlotValueError):
                yield question.bind(self.engine, taken)

    def _offered(
        self, question: Question, found: Spans
    ) -> Iterator[tuple[float, Mapping[str, str]]]:
        taken: dict[str, str] = {}
        fits = True
        for slot in question.slots.values():
            options = self.names.options.get(slot.type, {})
            fitting = (
                iri
                for span in found.things
                for iri in sorted(span.value)
                if iri in options and iri not in taken.values()
            )
            if iri := next(fitting, None):
                taken[slot.name] = iri
            elif slot.type == slots.PERIOD:
                said = found.times[0].value if found.times else periods.ANY_TIME.words
                taken[slot.name] = said
            else:
                taken[slot.name] = slots.ANY if slot.any_words else slot.default
                fits = fits and bool(slot.any_words)
        things = sum(value in self.names.labels for value in taken.values())
        shared = self._shared(question, found)
        if (things and fits) or shared >= _TELLING:
            yield things + 2 * shared, taken

    def _shared(self, question: Question, found: Spans) -> float:
        """How telling the classes of words are that the phrase shares with a question."""
        said = {each.value for listed in found.classes.values() for each in listed}
        users = (self._uses.get(name, frozenset()) for name in sorted(said))
        return sum(1 / len(names) for names in users if question.name in names)


def _is_minor(wanted: clauses.Search, near: closest.Near) -> bool:
    """Whether little is missing from a sentence: one word at most, and nothing that has a name."""
    missing = [term for term in wanted.terms if term not in near.terms]
    return len(missing) + len(wanted.unknown) <= 1 and not any(term.is_thing for term in missing)


def _is_short(period: periods.Period | None) -> bool:
    """Whether a period has a year of two digits, by which people mean one of this century or so."""
    years = (period.from_year, period.to_year) if period else ()
    return any(year is not None and 0 <= year < _SHORT_YEARS for year in years)


def load(engine: Engine, known: Mapping[str, Question]) -> Vocabulary:
    """The vocabulary of the graph that an engine answers from."""
    listed = lexicon.load()
    return Vocabulary(engine, known, listed, names.load(engine, listed))


def searched(found: Searched) -> str:
    """The sentences that speak of what a phrase names, as lines of text."""
    [first, *_] = found.found
    lines = []
    if found.aside:
        lines += ["not looked for: " + ", ".join(slots.shown(word) for word in found.aside)]
    if found.corrections:
        lines += [slots.did_you_mean(found.corrections)]
    if found.sentence:
        lines += [f"as a question it finds nothing: {found.sentence}"]
    lines += [first.bound.question.summary]
    for each in found.found:
        lines += ["", each.bound.sentence]
        if each.missing:
            lines += [f"  but not of {', '.join(each.missing)}"]
        lines += [f"  sentence {each.evidence.number}: “{' '.join(each.evidence.quote.split())}”"]
    return "\n".join(lines) + "\n"


def refusal(text: str, found: Ambiguous | Absent | Searched | NotUnderstood) -> str:
    """Why a phrase gets no answer, and what can be asked instead, as lines of text."""
    asked = slots.shown(text)
    if isinstance(found, Ambiguous):
        return f"{asked} can be read in more than one way; ask one of:" + _lines(found.choices)
    if isinstance(found, Absent):
        things = " and ".join(found.things)
        said = "no statement says in these words" if found.by_words else "the texts do not say"
        return (
            f"{said}: {found.sentence}"
            + (f" The texts speak of {things}, but not so" if things else "")
            + (f"; ask instead:{_lines(found.offers)}" if found.offers else "")
            + _sentences(found.closest)
        )
    if isinstance(found, Searched):
        sentences = [each.bound for each in found.found]
        return f"{asked} is read as a search only; ask one of:" + _lines(sentences)
    what = f"the question {asked} is not understood"
    if found.words:
        what += ", because of " + ", ".join(slots.shown(word) for word in found.words)
    if found.corrections:
        what += "; " + slots.did_you_mean(found.corrections)
    near = f"; ask for example:{_lines(found.offers)}" if found.offers else ""
    what += near or "; list all questions with 'kg ask'"
    if found.closest:
        what += "; sentences with some of its words:" + _sentences(found.closest)
    return what


def _sentences(listed: Sequence[Evidence]) -> str:
    return "".join(
        f"\n  sentence {each.number}: “{' '.join(each.quote.split())}”" for each in listed
    )


def _lines(offered: Sequence[BoundQuestion]) -> str:
    return "".join(f"\n  {bound.sentence}" for bound in offered)
