"""Tellings: the statements of each sentence, held in memory to see what a sentence tells.

What is looked for is looked for as the questions "statements" and "sentences" do, in the labels of
statements, the things that they have as parts, and the words of their sentence. Who does what is
read as the question "says" reads it: by roles, and by the order of a label's words.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import cast

from kg import lexicon, mentions, words
from kg.conditions import Conditions
from kg.gists import EFFECT, REASON, TIME, Gist
from kg.labels import Engine
from kg.mentions import Mention, Mentions
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
_HOLDER = ":hasHolder"
_DOING = frozenset({":hasAgent", _HOLDER, ":hasCause", ":hasChooser"})
_BEARING = frozenset({":hasSubject", ":hasRoleBearer", ":hasParty", ":hasParticipant"})
_STANDARD = ":hasStandard"
_LESSER = frozenset({":hasDispreferredOption", _STANDARD})
_BARRED = _DOING | _LESSER | {":hasSubject", ":hasRoleBearer", "rdf:type", ":involves"}
_CAUSAL = frozenset({":hasCause", ":hasEffect", ":dependsOn"})
_AIMED = frozenset({":hasGoal", ":hasPriorityGoal"})
_BETWEEN = "between"
_SAID, _OWN = ":Assertive", ":FirstHandClaim"
_DENIED, _UNABLE = ":NegativeClaim", "m-unable"
_APART = "[^A-Za-z\u2013]"
_ADVERB = "[A-Za-z]+ly "
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
    """The first and the last year of a time, where its words bound it.

    Attributes:
        start: the first year.
        end: the last year.
        is_now: whether it is the present of the text, or ends by it.
    """

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
        mentions: where its label names somebody who acts.
        sides: the states of those who do it or of whom it is said.
        holders: the states of those who think, want or prefer it.
        partners: the states of all who have a part in it.
    """

    claim: str
    label: str
    quote: str
    parts: tuple[Part, ...]
    kinds: frozenset[tuple[str, str]]
    own: frozenset[str]
    force: str
    times: tuple[Time, ...]
    mentions: tuple[Mention, ...]
    sides: frozenset[str]
    holders: frozenset[str]
    partners: frozenset[str]

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
        passive = passive and not (verb and verb.is_reciprocal)
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
        lesser = {part.role for part in self.parts if part.value == term.node} & _LESSER
        surpassed = lesser == {_STANDARD} and " than " not in after and found(after, term)
        if lesser and not surpassed:
            return False
        barred = _BARRED - {":hasSubject"} if passive else _BARRED
        return found(after, term) or any(
            part.role not in barred and part.value == term.node for part in self.parts
        )

    def denies(self, denied: Term, denials: Sequence[Term], manner: str = "") -> bool:
        """Whether it is denied and has a term, or has one right after a word that denies.

        Args:
            denied: the term.
            denials: the words that deny.
            manner: what must stand before these, as a regular expression.
        """
        if not manner and _DENIED in self.own and self.has(denied):
            return True
        denying = "|".join(each.pattern for each in denials if each.pattern)
        return bool(denying and denied.pattern) and bool(
            _compiled(f"{manner}(?:{denying}) (?:to )?(?:{denied.pattern})").search(self.label)
        )

    def is_about(self, term: Term) -> bool:
        """Whether its words begin with a term, as their subject or whose subject is."""
        begun = _compiled(term.pattern).match(self.label) if term.pattern else None
        return bool(begun)

    def owns(self, owner: Term, thing: Term) -> bool:
        """Whether it has something of somebody who has a part in it."""
        roles = {part.value for part in self.parts if part.role != ":involves"}
        return self.has(thing) and (owner.node in roles or self.is_about(owner))

    def has_doer(self, verb: Term, gist: Gist) -> bool:
        """Whether it tells who does what a verb says, beside whom the phrase names."""
        barred = {term.node for term in gist.terms if term not in gist.claimants}
        doing = {part.value for part in self.parts if part.role in _DOING}
        bearing = {part.value for part in self.parts if part.role in _BEARING}
        if doing & barred:
            return False
        if (doing | bearing - barred) & gist.acting or verb.node in self.own:
            return True
        cut = self._cut(verb, as_verb=False)
        return bool(cut and not cut[2] and mentions_before(self.mentions, len(cut[0])))

    def is_fact(self, verb: Term | None) -> bool:
        """Whether it is so: neither denied, nor what somebody is unable to do."""
        if _DENIED in self.own:
            return False
        cut = self._cut(verb, as_verb=False) if verb else None
        return not (cut and cut[0] != self.label and _is_unable(cut[0]))

    def aims_at(self, thing: Term) -> bool:
        """Whether it has a thing only as what somebody wants."""
        roles = {part.role for part in self.parts if part.value == thing.node}
        return bool(roles) and roles - {":involves"} <= _AIMED

    def follows(self, thing: Term) -> bool:
        """Whether it tells what something, or its end, brought about."""
        causes = [part for part in self.parts if part.role == ":hasCause"]
        return any(part.value == thing.node or found(f" {part.name} ", thing) for part in causes)

    def gives(self, noun: Term, state: str) -> bool | None:
        """Whether a noun in it is somebody's of a state; None where it does not have the noun."""
        given = _gives(self.label, self.mentions, self.sides, noun, state)
        if given is None or self.ranks_below(noun):
            return None if given is None else False
        return given or (noun.node in self.nodes and state in self.holders)

    def swaps(self, verb: Term, subject: Sequence[Term], others: Sequence[Term]) -> bool:
        """Whether it has what does something only after a verb, and another only before it."""
        before, after = self._ends(verb)

        def turned(term: Term, here: tuple[Part, ...], there: tuple[Part, ...]) -> bool:
            return _names(there, term) and not _names(here, term)

        return any(turned(term, before, after) for term in subject) and any(
            turned(term, after, before) for term in others
        )

    def has_before(self, verb: Term, terms: Sequence[Term]) -> bool:
        """Whether all of some terms stand only before a verb, or only in a cause."""
        before, after = self._ends(verb)
        return bool(terms) and all(
            _names(before, term) and not _names(after, term) for term in terms
        )

    def _ends(self, verb: Term) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """A cause and its effect, or what stands before and after a verb."""
        causes, effects = (
            tuple(part for part in self.parts if part.role == role)
            for role in (":hasCause", ":hasEffect")
        )
        if causes and effects:
            return causes, effects
        cut = self._cut(verb, as_verb=False)
        if not cut or cut[2]:
            return (), ()
        return (Part("", "", cut[0]),), (Part("", "", cut[1]),)

    def names_first(self, state: str, other: str) -> bool:
        """Whether its label names a state before another."""
        named = [each.state for each in self.mentions]
        return {state, other} <= set(named) and named.index(state) < named.index(other)

    def is_between(self, states: Set[str]) -> bool:
        """Whether it is of two states: right after "between", or with no other state named."""
        _, _, after = self.label.partition(f" {_BETWEEN} ")
        start = len(self.label) - len(after)
        named = [each.state for each in self.mentions if each.start >= start]
        if after and set(named[:2]) == states:
            return True
        stated = {each.state for each in self.mentions}
        return stated == states or (stated <= states and states <= self.partners)

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
        quoted: where its words name somebody who acts.
    """

    number: int
    text: str
    statements: tuple[Statement, ...]
    quoted: tuple[Mention, ...]

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

    def counts(self, number: Term, term: Term, doers: Sequence[Term]) -> bool:
        """Whether it says how many there are of something, where it names those who have it."""
        said = term.pattern or f"{stem(term.label.split()[-1])}[a-z]*"
        pattern = f"(?:{number.pattern}) (?:[A-Za-z]+ )?(?:{said})"
        texts = {one.label: one.mentions for one in self.statements}
        texts[self.statements[0].quote] = self.quoted
        wanted = {each.node for each in doers if each != term}
        return bool(number.pattern) and any(
            wanted <= {name for each in named for name in (each.value, each.state)}
            and _compiled(pattern).search(text)
            for text, named in texts.items()
        )

    def gives(self, noun: Term, state: str) -> bool:
        """Whether a noun in it is somebody's of a state."""
        said = [one.gives(noun, state) for one in self.statements]
        quote = self.statements[0].quote
        if any(said) or _gives(quote, self.quoted, frozenset(), noun, state, only_beside=True):
            return True
        return all(each is None for each in said) and (
            _gives(quote, self.quoted, frozenset(), noun, state) is not False
        )


def mentions_before(listed: Sequence[Mention], end: int) -> bool:
    """Whether somebody is named before a place."""
    return any(each.end <= end for each in listed)


def _gives(
    text: str,
    named: Sequence[Mention],
    sides: Set[str],
    noun: Term,
    state: str,
    *,
    only_beside: bool = False,
) -> bool | None:
    """Whether a noun is somebody's of a state; None where a text does not have it.

    It is so by the words beside it; else it is of those who do what is said, or of the last named.
    """
    hits = list(_compiled(noun.pattern).finditer(text)) if noun.pattern else []
    for hit in hits:
        whose, beside = mentions.owner(text, named, hit.start() + 1, hit.end() - 1)
        if beside or only_beside:
            given = beside and whose == state
        else:
            given = state in sides if sides else whose in (state, "")
        if given:
            return True
    return False if hits else None


def _names(parts: Sequence[Part], term: Term) -> bool:
    """Whether one of some parts is what a term stands for, or has its words in its name."""
    return any(part.value == term.node or found(f" {part.name} ", term) for part in parts)


def _is_unable(before: str) -> bool:
    """Whether what stands before a verb ends by saying that somebody is unable to do it."""
    *rest, _ = before.split() or [""]
    return bool(rest) and _UNABLE in lexicon.load().classes.get((rest[-1].lower(),), frozenset())


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
    ends = {each.get("end") for listed in times.values() for each in listed if _is_now(each)}
    known = mentions.load(engine)
    sentences: dict[str, tuple[int, str]] = {}
    stated: defaultdict[str, list[Statement]] = defaultdict(list)
    for row in engine.select(_CLAIMS).rows:
        claim, statement = row["claim"].value, row["statement"].value
        label = f" {_PLAIN.sub(' ', row['label'].value)} "
        sentence = row["sentence"].value
        sentences[sentence] = int(row["number"].value), row["quote"].value
        made = Statement(
            claim,
            label,
            f" {row['quote'].value} ",
            tuple(
                Part(shorten(each["role"]), shorten(each["part"]), each.get("name", ""))
                for each in parts[statement]
            ),
            frozenset((shorten(each["one"]), shorten(each["kind"])) for each in kinds[statement]),
            frozenset(shorten(each["part"]) for each in own[claim]),
            shorten(row["force"].value),
            tuple(
                Time(
                    _year(each.get("start")),
                    _year(each.get("end")),
                    _is_now(each) or ("start" not in each and each.get("end") in ends),
                )
                for each in times[claim]
            ),
            known.find(label),
            _states(parts[statement], _DOING | _BEARING, known),
            _states(parts[statement], {_HOLDER}, known),
            _states(parts[statement], {shorten(each["role"]) for each in parts[statement]}, known),
        )
        stated[sentence].append(made)
    return tuple(
        Telling(
            number,
            f" {quote} {' '.join(dict.fromkeys(each.label for each in stated[sentence]))} ",
            tuple(stated[sentence]),
            known.find(f" {quote} "),
        )
        for sentence, (number, quote) in sentences.items()
    )


def _states(parts: Sequence[Mapping[str, str]], roles: Set[str], known: Mentions) -> frozenset[str]:
    """The states of those who have one of some roles."""
    held = {shorten(each["part"]) for each in parts if shorten(each["role"]) in roles}
    return frozenset(map(known.state, held & known.all))


def _is_now(time: Mapping[str, str]) -> bool:
    return time["now"] == "true"


def _year(text: str | None) -> int | None:
    return None if text is None else int(text)


def _grouped(engine: Engine, query: str, key: str) -> Mapping[Hashable, list[dict[str, str]]]:
    found: defaultdict[Hashable, list[dict[str, str]]] = defaultdict(list)
    for row in engine.select(query).rows:
        found[row[key].value].append({name: term.value for name, term in row.items() if term})
    return found


def holding(
    told: Sequence[Telling], gist: Gist, conditions: Conditions, period: Period
) -> tuple[tuple[Term, ...], bool] | None:
    """What of a gist one sentence has, with nothing lost, and whether one statement has it all."""
    kept = [
        (wanted, each)
        for each in told
        if (wanted := _covered(each, gist)) and _keeps(each, gist, conditions, period)
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


def keeping(
    told: Sequence[Telling], gist: Gist, conditions: Conditions, period: Period
) -> Iterator[Telling]:
    """The sentences that have who does it, why and when as a gist has them, by whatever verb."""
    open_gist = replace(gist, verb=None)
    for each in told:
        lacks = gist.verb is not None and not each.has(gist.verb)
        if _keeps(each, open_gist if lacks else gist, conditions, period):
            yield each


def upholds(told: Sequence[Telling], claims: Set[str], gist: Gist, conditions: Conditions) -> bool:
    """Whether one of some claims fulfils what a phrase asks beyond who does what."""
    return any(
        one.claim in claims and _meets(one, gist, conditions, gist.verb)
        for each in told
        if _allows(each, gist, conditions)
        for one in each.statements
    )


def _covered(telling: Telling, gist: Gist) -> tuple[Term, ...]:
    """All terms of a gist that a sentence has, a group in the place of its term; or none."""
    covered: list[Term] = []
    if gist.choices and not any(telling.has(term) for term in gist.choices):
        return ()
    if gist.counted and not telling.counts(*gist.counted, gist.doers):
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


def _keeps(telling: Telling, gist: Gist, conditions: Conditions, period: Period) -> bool:
    """Whether a sentence says it of who does it, to whom, why, when, and of that time."""
    verbs = [gist.verb] if gist.verb not in gist.soft else [gist.verb, None]
    if not any(
        _is_central(one, gist, verb, period) and _meets(one, gist, conditions, verb)
        for verb in verbs
        for one in telling.statements
    ):
        return False
    if not _allows(telling, gist, conditions):
        return False
    if not all(
        any(one.owns(owner, thing) for one in telling.statements) for owner, thing in gist.owned
    ):
        return False
    if not all(
        telling.has(order) or any(one.follows(thing) for one in telling.statements)
        for order, thing in gist.after
    ):
        return False
    if gist.place and not any(
        gist.place.node in one.nodes and _shares(one, gist) for one in telling.statements
    ):
        return False
    if gist.asker == REASON and gist.denied:
        denied = gist.denied
        return any(one.denies(denied, gist.denials, _ADVERB) for one in telling.statements)
    if gist.asker == REASON:
        return any(_shares_end(one, ":hasEffect", gist) for one in telling.statements)
    if gist.asker == EFFECT:
        return any(one.is_reason and _shares(one, gist) for one in telling.statements)
    if gist.asker == TIME:
        return any(one.is_dated and _shares(one, gist) for one in telling.statements)
    return True


def _allows(telling: Telling, gist: Gist, conditions: Conditions) -> bool:
    """Whether a sentence has what is asked of it as a whole."""
    if conditions.asks_kind and not any(
        one.is_dated and _shares(one, gist) for one in telling.statements
    ):
        return False
    if conditions.between and not any(
        one.is_between(conditions.between) and _speaks(one, gist) for one in telling.statements
    ):
        return False
    owned = all(
        any(telling.gives(noun, state) for noun in nouns) for state, nouns in conditions.owned
    )
    return owned and not conditions.is_beyond


def _speaks(one: Statement, gist: Gist) -> bool:
    """Whether a statement has one of the terms of a phrase that are nobody who acts."""
    others = [term for term in gist.terms if term.value not in gist.acting]
    return not others or any(map(one.has, others))


def _turns(one: Statement, gist: Gist, rest: Sequence[Term]) -> bool:
    """Whether a statement has it the other way round than a phrase with a subject and a verb."""
    verb = gist.verb or next(iter(gist.soft), None)
    subject = [term for term in gist.subject if term in gist.terms]
    return bool(verb and subject) and one.swaps(cast("Term", verb), subject, rest)


def _meets(one: Statement, gist: Gist, conditions: Conditions, verb: Term | None) -> bool:
    """Whether a statement tells who does it, as a fact and no aim, and ranks as a phrase does."""
    if conditions.asks_doer and verb and not one.has_doer(verb, gist):
        return False
    if conditions.supposes and not one.is_fact(verb):
        return False
    if conditions.deed and one.aims_at(conditions.deed):
        return False
    if conditions.is_done and one.force != _SAID and _OWN in one.own:
        return False
    if conditions.chain and one.names_first(conditions.chain[1], conditions.chain[0]):
        return False
    apart = {verb, *gist.subject}
    rest = [each for each in gist.terms if each not in apart and each.value not in gist.acting]
    if conditions.asks_doer and verb and one.has_before(verb, rest):
        return False
    if gist.asker != TIME and gist.is_clause and _turns(one, gist, rest):
        return False
    return not any(map(one.ranks_below, conditions.above)) and all(
        map(one.ranks_below, conditions.lesser)
    )


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
    if not all(each.node in one.own for each in gist.claimants):
        return False
    if gist.denials and not (gist.denied and one.denies(gist.denied, gist.denials)):
        return False
    if not gist.is_clause:
        named = [term for term in gist.terms if term.value in gist.acting]
        others = [term for term in gist.terms if term not in named]
        bare = len(named) == 1 and len(others) == 1 and not others[0].is_thing
        own = not bare or one.is_about(*named) or one.gives(others[0], named[0].node)
        return not named or (
            all(one.has(term) for term in named)
            and (own or one.tells(named, None, []))
            and (2 * sum(one.has(term) for term in others) > len(others) or not others)
        )
    if not actors and verb:
        return one.does(verb) if gist.asks_one else one.has(verb)
    if not actors and not gist.asks_one:
        return True
    if not actors:
        named = [term for term in rest if term.value in gist.acting]
        others = [term for term in rest if term not in named]
        return all(map(one.has, named)) and (not others or any(map(one.has, others)))
    as_verb = any(term.value in gist.acting for term in gist.terms if term not in doers)
    told = one.tells(doers, verb, gist.others, one_of=gist.one_of, as_verb=as_verb)
    alone = verb is None and not gist.others and all(map(one.is_about, doers))
    return (
        (told or alone)
        and all(one.has(term) for term in rest if term.is_thing)
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
