"""Tellings: the statements of each sentence, held in memory to see what a sentence tells.

What is looked for is looked for as the questions "statements" and "sentences" do, in the labels of
statements, the things that they have as parts, and the words of their sentence. Who does what is
read as the question "says" reads it: by roles, and by the order of a label's words.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import cast

from kg import lexicon, words
from kg.clauses import RECIPROCAL
from kg.gists import EFFECT, REASON, TIME, Gist
from kg.labels import Engine
from kg.namespaces import shorten
from kg.periods import Period
from kg.terms import UNBOUND, Hashed, Term, stem

_CLAIMS = """
SELECT DISTINCT ?claim ?statement ?label ?sentence ?quote ?number ?force WHERE {
  ?claim :hasContent ?statement ; :isStatedIn ?sentence ; :hasForce ?force .
  ?sentence a :Sentence ; :exactQuote ?quote ; :number ?number .
  ?statement rdfs:label ?label .
} ORDER BY ?number ?statement ?claim
"""
_TIMES = """
SELECT DISTINCT ?claim ?start ?end ?now WHERE {
  ?claim :hasContent ?statement ; :holdsDuring|:isMadeDuring ?time .
  OPTIONAL { ?time :earliestStartYear ?start }
  OPTIONAL { ?time :latestEndYear ?end }
  BIND (EXISTS { ?document :hasNow ?time } AS ?now)
}
"""
_PARTS = """
SELECT DISTINCT ?statement ?role ?part ?name WHERE {
  ?claim :hasContent ?statement . ?statement ?role ?part . FILTER (isIRI(?part))
  OPTIONAL { ?part rdfs:label ?name }
}
"""
_KINDS = """
SELECT DISTINCT ?statement ?one ?kind WHERE {
  ?claim :hasContent ?statement . ?statement ?role ?one . ?one a|:isKindOf+ ?kind
}
"""
_OF_CLAIMS = """
SELECT DISTINCT ?claim ?part WHERE { ?claim :hasContent ?statement ; a|:hasClaimant ?part }
"""
_DOING = frozenset({":hasAgent", ":hasHolder", ":hasCause", ":hasChooser"})
_BEARING = frozenset({":hasSubject", ":hasRoleBearer", ":hasParty", ":hasParticipant"})
_LESSER = frozenset({":hasDispreferredOption", ":hasStandard"})
_BARRED = _DOING | _LESSER | {":hasSubject", ":hasRoleBearer", "rdf:type", ":involves"}
_CAUSAL = frozenset({":hasCause", ":hasEffect", ":dependsOn"})
_APART = "[^A-Za-z\u2013]"
_PASSIVE = re.compile(r" (is|are|be)( \w+ly)?$")
_PLAIN = re.compile("[^A-Za-z0-9\u2013]+")


@dataclass(frozen=True)
class Part:
    """A thing that a statement has, its role in it, and what it is called."""

    role: str
    value: str
    name: str


@dataclass(frozen=True)
class Time:
    """The first and the last year of a time, where its words bound it."""

    start: int | None
    end: int | None
    is_now: bool

    @property
    def is_bound(self) -> bool:
        """Whether its words give a year."""
        return self.start is not None or self.end is not None

    def may_overlap(self, period: Period) -> bool:
        """Whether it can share a year with a period."""
        begins = period.from_year is None or self.end is None or self.end >= period.from_year
        ends = period.to_year is None or self.start is None or self.start <= period.to_year
        return begins and ends


@dataclass(frozen=True)
class Statement:
    """One claim with what it states.

    Attributes:
        claim: the claim.
        label: the words of what is stated, with a space before and after.
        quote: the words of its sentence, likewise.
        parts: the things that it has.
        kinds: for each thing that it has, of which kinds that is.
        own: the kinds of the claim, and whose it is.
        force: whether it is said, urged or foretold.
        times: of what times it is said, or when it is claimed.
    """

    claim: str
    label: str
    quote: str
    parts: tuple[Part, ...]
    kinds: frozenset[tuple[str, str]]
    own: frozenset[str]
    force: str
    times: tuple[Time, ...]

    @cached_property
    def nodes(self) -> frozenset[str]:
        """All things and kinds that it can be found by."""
        held = {part.value for part in self.parts}
        return frozenset(held | self.own | {kind for _, kind in self.kinds})

    @cached_property
    def is_reason(self) -> bool:
        """Whether it tells what something is due to, or hinges on."""
        return any(part.role in _CAUSAL for part in self.parts)

    @property
    def is_dated(self) -> bool:
        """Whether its sentence gives a year for it."""
        return any(not time.is_now and time.is_bound for time in self.times)

    def may_hold(self, period: Period) -> bool:
        """Whether it can be so within a period."""
        return all(time.may_overlap(period) for time in self.times)

    def has(self, term: Term) -> bool:
        """Whether it has a term in it, in any role."""
        return (term.node != UNBOUND and term.node in self.nodes) or found(self.label, term)

    def tells(
        self,
        doers: Sequence[Term],
        verb: Term | None,
        others: Sequence[Term],
        *,
        one_of: bool = False,
        as_verb: bool = True,
    ) -> bool:
        """Whether it has each doer do something, by the verb if there is one, to each other.

        Args:
            doers: who does it.
            verb: what they do.
            others: to whom they do it.
            one_of: whether one of the doers is enough.
            as_verb: whether a noun with the meaning of the verb will not do.
        """
        before, after = self.label, self.label
        passive = False
        if doers and not others and all(each.node in self.own for each in doers):
            return verb is None or found(self.quote, verb) or verb.node in self.own
        if verb:
            cut = self._cut(verb, as_verb=as_verb)
            if cut is None:
                return False
            before, after, passive = cut
        passive = passive and not (verb and verb.value in RECIPROCAL)
        enough = any if one_of and doers else all
        return enough(self._does(each, before, others, passive=passive) for each in doers) and all(
            self._undergoes(each, after, passive=passive) for each in others
        )

    def does(self, verb: Term) -> bool:
        """Whether it has a verb in it, and not only as what somebody aims or ought to do."""
        if verb.node != UNBOUND and verb.node in self.nodes:
            return True
        hits = _compiled(verb.pattern).finditer(self.label) if verb.pattern else ()
        return any(not self.label[: hit.start()].endswith(" to") for hit in hits)

    def _cut(self, verb: Term, *, as_verb: bool) -> tuple[str, str, bool] | None:
        """What stands before and after a verb, and whether the verb is passive.

        Args:
            verb: the verb.
            as_verb: whether a noun of the same meaning will not do.
        """
        hit = _compiled(verb.pattern).search(self.label) if verb.pattern else None
        if hit and as_verb and not _is_finite(words.key(hit[0], {})):
            return None
        if hit:
            if _PASSIVE.search(self.label[: hit.start()]):
                return self.label, self.label, True
            return self.label[: hit.start()] + " ", " " + self.label[hit.end() :], False
        if verb.node != UNBOUND and verb.node in self.nodes - self.own:
            ends = [f" {part.name} " for part in self.parts if part.role == ":hasCause"]
            effects = [f" {part.name} " for part in self.parts if part.role == ":hasEffect"]
            return (ends or [self.label])[0], (effects or [self.label])[0], False
        return None

    def _does(self, doer: Term, before: str, others: Sequence[Term], *, passive: bool) -> bool:
        roles = _DOING if passive else _DOING | _BEARING
        barred = {each.node for each in others}
        for part in self.parts:
            is_doer = part.value == doer.node or (part.value, doer.node) in self.kinds
            if part.role in roles and part.value not in barred and is_doer:
                return True
        return not doer.is_thing and not passive and found(before, doer)

    def _undergoes(self, term: Term, after: str, *, passive: bool) -> bool:
        if any(part.role in _LESSER and part.value == term.node for part in self.parts):
            return False
        barred = _BARRED - {":hasSubject"} if passive else _BARRED
        return found(after, term) or any(
            part.role not in barred and part.value == term.node for part in self.parts
        )

    def is_about(self, term: Term) -> bool:
        """Whether its words begin with a term, as their subject or whose subject is."""
        begun = _compiled(term.pattern).match(self.label) if term.pattern else None
        return bool(begun)

    def owns(self, owner: Term, thing: Term) -> bool:
        """Whether it has something of somebody who has a part in it."""
        roles = {part.value for part in self.parts if part.role != ":involves"}
        return self.has(thing) and (owner.node in roles or self.is_about(owner))

    def compares(self, below: Sequence[Term]) -> bool:
        """Whether it compares something with all of these."""
        _, _, after = self.label.partition(" than ")
        return bool(after) and all(found(f" {after}", term) for term in below)

    def ranks_below(self, term: Term) -> bool:
        """Whether it has a term only as what something else is preferred to."""
        lesser = [part for part in self.parts if part.role in _LESSER]
        return any(part.value == term.node or found(f" {part.name} ", term) for part in lesser)


@dataclass(frozen=True)
class Telling:
    """A sentence with what it states.

    Attributes:
        number: its number.
        text: its words and the labels of its statements.
        statements: what it states; one at least.
    """

    number: int
    text: str
    statements: tuple[Statement, ...]

    @property
    def claim(self) -> str:
        """One of the claims that it makes."""
        return self.statements[0].claim

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its own words."""
        return frozenset(stem(word) for word in words.key(self.statements[0].quote, {}))

    def has(self, term: Term) -> bool:
        """Whether its words or its statements have a term in them."""
        if term.node != UNBOUND and any(
            term.node in each.nodes - each.own for each in self.statements
        ):
            return True
        return found(self.text, term)

    def counts(self, number: Term, term: Term) -> bool:
        """Whether it says how many there are of something."""
        said = term.pattern or f"{stem(term.label.split()[-1])}[a-z]*"
        pattern = f"(?:{number.pattern}) (?:[A-Za-z]+ )?(?:{said})"
        return bool(number.pattern and _compiled(pattern).search(self.text))


def found(text: str, term: Term) -> bool:
    """Whether a text has a term's words in it."""
    return bool(term.pattern and _compiled(term.pattern).search(text))


def _is_finite(key: lexicon.Key) -> bool:
    """Whether a form is one of a verb, and no noun or participle of the present."""
    return key in lexicon.load().verbs and not key[0].endswith("ing")


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_APART}(?:{pattern}){_APART}", re.IGNORECASE)


def load(engine: Engine) -> tuple[Telling, ...]:
    """The sentences of the graph that an engine answers from, in their order."""
    return _load(cast("Hashed", engine))


@lru_cache(maxsize=8)
def _load(engine: Hashed) -> tuple[Telling, ...]:
    parts = _grouped(engine, _PARTS, "statement")
    kinds = _grouped(engine, _KINDS, "statement")
    own = _grouped(engine, _OF_CLAIMS, "claim")
    times = _grouped(engine, _TIMES, "claim")
    sentences: dict[str, tuple[int, str]] = {}
    stated: defaultdict[str, list[Statement]] = defaultdict(list)
    for row in engine.select(_CLAIMS).rows:
        claim, statement = row["claim"].value, row["statement"].value
        sentence = row["sentence"].value
        sentences[sentence] = int(row["number"].value), row["quote"].value
        made = Statement(
            claim,
            f" {_PLAIN.sub(' ', row['label'].value)} ",
            f" {row['quote'].value} ",
            tuple(
                Part(shorten(each["role"]), shorten(each["part"]), each.get("name", ""))
                for each in parts[statement]
            ),
            frozenset((shorten(each["one"]), shorten(each["kind"])) for each in kinds[statement]),
            frozenset(shorten(each["part"]) for each in own[claim]),
            shorten(row["force"].value),
            tuple(
                Time(_year(each.get("start")), _year(each.get("end")), each["now"] == "true")
                for each in times[claim]
            ),
        )
        stated[sentence].append(made)
    return tuple(
        Telling(
            number,
            f" {quote} {' '.join(dict.fromkeys(each.label for each in stated[sentence]))} ",
            tuple(stated[sentence]),
        )
        for sentence, (number, quote) in sentences.items()
    )


def _year(text: str | None) -> int | None:
    return None if text is None else int(text)


def _grouped(engine: Engine, query: str, key: str) -> Mapping[Hashable, list[dict[str, str]]]:
    found: defaultdict[Hashable, list[dict[str, str]]] = defaultdict(list)
    for row in engine.select(query).rows:
        found[row[key].value].append({name: term.value for name, term in row.items() if term})
    return found


def holding(
    told: Sequence[Telling], gist: Gist, period: Period
) -> tuple[tuple[Term, ...], bool] | None:
    """What of a gist one sentence has, with nothing lost, and whether one statement has it all."""
    kept = [
        (wanted, each)
        for each in told
        if (wanted := _covered(each, gist)) and _keeps(each, gist, period)
    ]
    if not kept:
        return None
    terms = max((wanted for wanted, _ in kept), key=len)
    whole = any(
        all(one.has(term) for term in terms) and one.may_hold(period)
        for _, each in kept
        for one in each.statements
    )
    return terms, whole


def keeping(told: Sequence[Telling], gist: Gist, period: Period) -> Iterator[Telling]:
    """The sentences that have who does it, why and when as a gist has them, by whatever verb."""
    open_gist = replace(gist, verb=None)
    for each in told:
        lacks = gist.verb is not None and not each.has(gist.verb)
        if _keeps(each, open_gist if lacks else gist, period):
            yield each


def _covered(telling: Telling, gist: Gist) -> tuple[Term, ...]:
    """All terms of a gist that a sentence has, a group in the place of its term; or none."""
    covered: list[Term] = []
    if gist.choices and not any(telling.has(term) for term in gist.choices):
        return ()
    if gist.counted and not telling.counts(*gist.counted):
        return ()
    for term in gist.terms:
        if telling.has(term):
            covered.append(term)
            continue
        if term in gist.choices:
            continue
        group = gist.groups.get(term, ())
        if not group or not all(telling.has(each) for each in group):
            return ()
        covered += group
    return (*covered, *(term for term in gist.soft if telling.has(term)))


def _keeps(telling: Telling, gist: Gist, period: Period) -> bool:
    """Whether a sentence says it of who does it, to whom, why, when, and of that time."""
    verbs = [gist.verb] if gist.verb not in gist.soft else [gist.verb, None]
    if not any(
        _is_central(one, gist, verb, period) for verb in verbs for one in telling.statements
    ):
        return False
    if not all(
        any(one.owns(owner, thing) for one in telling.statements) for owner, thing in gist.owned
    ):
        return False
    if gist.place and not any(
        gist.place.node in one.nodes and _shares(one, gist) for one in telling.statements
    ):
        return False
    if gist.asker == REASON:
        return any(_shares_end(one, ":hasEffect", gist) for one in telling.statements)
    if gist.asker == EFFECT:
        return any(one.is_reason and _shares(one, gist) for one in telling.statements)
    if gist.asker == TIME:
        return any(one.is_dated and _shares(one, gist) for one in telling.statements)
    return True


def _shares_end(statement: Statement, role: str, gist: Gist) -> bool:
    """Whether what a statement is a reason for has the verb, or most of what is asked about."""
    ends = [part for part in statement.parts if part.role == role]

    def has(term: Term) -> bool:
        return any(part.value == term.node or found(f" {part.name} ", term) for part in ends)

    had = sum(has(term) for term in gist.terms)
    return bool(gist.verb and has(gist.verb)) or 2 * had > len(gist.terms)


def _is_central(one: Statement, gist: Gist, verb: Term | None, period: Period) -> bool:
    """Whether a statement has those who act as the gist has them, by the verb if there is one."""
    doers = [term for term in gist.doers if verb or term.value in gist.acting]
    actors = {*doers, *gist.others}
    rest = [term for term in gist.terms if term not in actors and term != verb]
    if not one.may_hold(period) or (gist.force and one.force != gist.force):
        return False
    if gist.below and not one.compares(gist.below):
        return False
    if not gist.is_clause:
        named = [term for term in gist.terms if term.value in gist.acting]
        others = [term for term in gist.terms if term not in named]
        bare = len(named) == 1 and len(others) == 1 and not others[0].is_thing
        own = not bare or one.is_about(*named)
        return not named or (
            all(one.has(term) for term in named)
            and (own or one.tells(named, None, []))
            and (2 * sum(one.has(term) for term in others) > len(others) or not others)
        )
    if not actors:
        return verb is None or (one.does(verb) if gist.asks_one else one.has(verb))
    as_verb = any(term.value in gist.acting for term in gist.terms if term not in doers)
    told = one.tells(doers, verb, gist.others, one_of=gist.one_of, as_verb=as_verb)
    alone = verb is None and not gist.others and all(map(one.is_about, doers))
    return (
        (told or alone)
        and (verb is not None or not rest or any(one.has(term) for term in rest))
        and (
            gist.has_choice
            or not any(one.ranks_below(term) for term in rest if term not in gist.below)
        )
    )


def _shares(statement: Statement, gist: Gist) -> bool:
    """Whether a statement has the verb, or most of what is asked about."""
    had = sum(statement.has(term) for term in gist.terms)
    return bool(gist.verb and statement.has(gist.verb)) or 2 * had > len(gist.terms)
