"""The gist of a phrase: what a sentence that answers it must have, and who does what in it.

A phrase that asks no question of statements as it stands may still be asked of sentences, as long
as one has each of its words of content, and who does what to whom is as the phrase has it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

from kg.clauses import (
    AFTER,
    AIM,
    ASKERS,
    AUXILIARIES,
    CHOICE,
    CLAIMANT,
    CONVERSE,
    COUNT,
    LIGHT,
    NOT,
    OF,
    OR,
    ORIGIN,
    THAN,
    Token,
    Tokens,
    first_verb,
    is_reciprocal,
    nominal,
)
from kg.frames import Account
from kg.terms import SEPARATOR, Term, Terms

_MOST_READINGS = 8
_SHORTEST_ADVERB = 6
_FRAMING = frozenset({"neutral", "filler", "time", "weak"})
DOER, OTHER = "who does it", "to whom"
"""What words are used for that say who does what."""

REASON, TIME, EFFECT = "why", "when", "effect"
_CAUSES, _EFFECTS = frozenset({"lex:m-cause"}), frozenset({"lex:m-effect"})


@dataclass(frozen=True)
class Gist:
    """What a phrase asks, as far as sentences can be held against it.

    Attributes:
        terms: what a sentence must have in it.
        groups: the things for which one of these terms may stand together.
        soft: what it need not have where it has all else.
        doers: who does it, where the phrase says so.
        one_of: whether the phrase asks which one of them does it.
        verb: what they do, where it is a word of content.
        others: to whom it is done.
        asker: "why", "effect" or "when" where a reason, an effect or a time is asked for.
        place: what a place is, where one is asked for.
        force: what a statement must be, where the phrase asks for what is urged or foretold.
        below: what something is compared with.
        after: the words that put something after something else, each with what that is.
        counted: what a number is and what it is asked of, where one is asked for.
        choices: the terms of which one is enough.
        owned: whoever acts and has something, each with what that is.
        acting: the values of the terms of whoever acts.
        has_choice: whether it offers one thing or another.
        claimants: by whose word it is so, where the phrase says so.
        denials: the terms of words that deny, where the phrase has one.
        denied: what is denied then.
        asks_one: whether it asks for somebody, for one of a kind, or for a place.
        is_clause: whether it has a verb; without one nothing says who does what.
        subject: what stands where who does it stands, acting or not.
    """

    terms: tuple[Term, ...]
    groups: Mapping[Term, tuple[Term, ...]]
    soft: tuple[Term, ...]
    doers: tuple[Term, ...]
    one_of: bool
    verb: Term | None
    others: tuple[Term, ...]
    asker: str
    place: Term | None
    force: str
    below: tuple[Term, ...]
    after: tuple[tuple[Term, Term], ...]
    counted: tuple[Term, Term] | None
    choices: frozenset[Term]
    owned: tuple[tuple[Term, Term], ...]
    acting: Set[str]
    has_choice: bool
    claimants: tuple[Term, ...]
    denials: tuple[Term, ...]
    denied: Term | None
    asks_one: bool
    is_clause: bool
    subject: tuple[Term, ...] = ()


def read(tokens: Tokens, terms: Terms) -> Gist:
    """The gist of a phrase that is cut into tokens, without words that have no use."""
    choices = _choices(tokens)
    held = [token for token in tokens if token.function not in _FRAMING | {NOT, CLAIMANT}]
    claimants = [each.term for each in tokens if each.function == CLAIMANT and each.term]
    denying = [token for token in tokens if token.function == NOT and token.term]
    asker = next((each.function for each in held[:2] if each.function in (REASON, TIME)), "")
    roles = _Roles(held, terms.acting)
    roles.read()
    after = tuple(_after(held, terms.acting))
    wanted: dict[str, Term] = {}
    orders = {term.value: term for term, _ in after}
    soft: dict[str, Term] = dict(orders)
    for place, token in enumerate(held):
        term = nominal(token).term
        if place in roles.asked_of:
            continue
        if token.function in ASKERS or not term or not term.value or term.value in orders:
            continue
        if term.value in _CAUSES | _EFFECTS:
            asker = asker or (REASON if term.value in _CAUSES else EFFECT)
            soft[term.value] = term
            continue
        (soft if _is_soft(held, place, terms.acting) else wanted)[term.value] = term
    offered = [each for each in choices if roles.is_acting(each)]
    if len(offered) > 1 and not roles.doers and roles.asks_who:
        roles.doers = offered
        roles.others = [each for each in roles.others if each not in choices]
    wanted |= {token.term.value: token.term for token in denying if token.term}
    wanted |= {each.value: each for each in claimants}
    left = {value for value in soft if value not in wanted}
    doers = [each for each in roles.doers if each.value not in left]
    things = [each for each in wanted.values() if each.is_thing]
    has_another = bool(roles.others) or len(things) > 1
    if not has_another:
        doers = [each for each in doers if roles.is_acting(each)]
    return Gist(
        tuple(terms.each(wanted.values())),
        {
            token.term: token.group
            for token in (*held, *denying)
            if token.term and token.group and token.term.value in wanted
        },
        tuple(terms.each(term for value, term in soft.items() if value not in wanted)),
        tuple(terms.each(doers)),
        roles.one_of or (len(doers) > 1 and choices.issuperset(doers)),
        roles.verb,
        tuple(terms.each(roles.others)),
        asker,
        _place(held),
        _FORCES.get(roles.helper, ""),
        tuple(terms.each(_below(held))),
        after,
        _counted(held),
        choices,
        tuple((each, one) for owner, one in _owned(held, roles) for each in terms.each([owner])),
        terms.acting,
        any(CHOICE in each.classes for each in tokens),
        tuple(claimants),
        tuple(each for token in denying if token.term for each in (token.term, *token.group)),
        _denied(tokens, roles) if denying else None,
        bool(held) and held[0].function in _ASKS_ONE,
        roles.is_clause,
        subject=tuple(terms.each(roles.doers)),
    )


def readings(tokens: Tokens) -> Iterator[Tokens]:
    """The tokens with each of the things that their names may stand for, the likeliest first."""
    named = [[token, *(replace(token, term=other) for other in token.others)] for token in tokens]
    return islice(product(*named), _MOST_READINGS)


def accounts(tokens: Tokens, gist: Gist) -> tuple[Account, ...]:
    """What each word was used for: who does it and to whom it is done as the phrase has them."""
    return tuple(Account(token.words, _use(token, gist)) for token in tokens if token.words)


def _use(token: Token, gist: Gist) -> str:
    if token.function == "time":
        return "period"
    if token.function:
        return token.function
    if token.term in gist.doers:
        return DOER
    return OTHER if token.term in gist.others else "in any role"


def _denied(tokens: Tokens, roles: "_Roles") -> Term | None:
    """What comes after the word that denies; the verb, where that is who does it or nothing."""
    at = next(place for place, each in enumerate(tokens) if each.function == NOT)
    after = (nominal(each).term for each in tokens[at + 1 :] if each.function not in _FRAMING)
    first = next((term for term in after if term and term.value), None)
    return roles.verb if first is None or first in roles.doers else first


def _choices(tokens: Tokens) -> frozenset[Term]:
    """The terms that stand before and after "or"."""
    found = set()
    for place, token in enumerate(tokens):
        if OR in token.classes:
            before = [each.term for each in tokens[:place] if each.term and each.term.value]
            after = [each.term for each in tokens[place + 1 :] if each.term and each.term.value]
            found |= {*before[-1:], *after[:1]} if before and after else set()
    return frozenset(found)


def _counted(tokens: Tokens) -> tuple[Term, Term] | None:
    """What a number is, and what it is asked of."""
    for place, token in enumerate(tokens):
        if token.function == COUNT and token.term:
            after = [each.term for each in tokens[place + 1 :] if each.term and each.term.value]
            return (token.term, after[0]) if after else None
    return None


def _owned(tokens: Tokens, roles: "_Roles") -> Iterator[tuple[Term, Term]]:
    """Whose somebody is, where a phrase asks who that is: "the Y of X"."""
    if not tokens or tokens[0].function != "who" or roles.verb:
        return
    for before, tie, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        owner, thing = after.term, before.term
        if OF not in tie.classes or owner is None or thing is None:
            continue
        if thing.value and roles.is_acting(owner):
            yield owner, thing


def _place(tokens: Tokens) -> Term | None:
    """What a place is, where one is asked for and no origin."""
    if any(ORIGIN in each.classes for each in tokens):
        return None
    pairs = pairwise(tokens[:3])
    return next(
        (
            each.term
            for each, after in pairs
            if each.function == "where" and after.function in AUXILIARIES
        ),
        None,
    )


def _after(tokens: Tokens, acting: Set[str]) -> Iterator[tuple[Term, Term]]:
    """Each word that puts something after something else, and what happens first."""
    for place, token in enumerate(tokens):
        if token.is_order and token.term and AFTER in token.classes:
            first = next((each.term for each in tokens[place + 1 :] if each.term), None)
            if first and first.is_thing and first.value not in acting:
                yield token.term, first


def _below(tokens: Tokens) -> list[Term]:
    """What comes after the word of a comparison."""
    at = next(
        (place for place, each in enumerate(tokens) if THAN in each.classes),
        len(tokens),
    )
    return [each.term for each in tokens[at + 1 :] if each.term and each.term.value]


def _is_soft(tokens: Tokens, place: int, acting: Set[str]) -> bool:
    """Whether a token says little where it stands."""
    manner = tokens[place].manner
    term = tokens[place].term
    if term and term.value in acting and place + 1 < len(tokens):
        asked = bool(place) and tokens[place - 1].function in ("what", "which")
        return asked and tokens[place + 1].manner == "kind"
    if manner == "kind":
        before = [each.function for each in tokens[:place]]
        owner = [each for each in tokens[:place] if each.function != "possessive"]
        if owner and owner[-1].term and owner[-1].term.value in acting:
            return True
        if before and before[-1] == "preposition":
            before = before[:-1]
        return bool(before) and before[-1] in ("what", "which", "whose")
    return manner == "soft"


_ASKS_ONE = frozenset({"who", "which", "whose", "where"})
_FORCES = {"should": ":Directive", "will": ":Predictive"}


def _is_noun(token: Token) -> bool:
    said = token.function or (token.term and token.term.is_thing) or _is_adverb(token)
    return token.term is not None and not said


def _is_adverb(token: Token) -> bool:
    return token.words.endswith("ly") and len(token.words) > _SHORTEST_ADVERB


class _Roles:
    """Reads who does what to whom as far as the order of the words tells it."""

    def __init__(self, tokens: Sequence[Token], acting: Set[str]) -> None:
        self.tokens = tokens
        self.acting = acting
        self.doers: list[Term] = []
        self.verb: Term | None = None
        self.others: list[Term] = []
        self.is_clause = False
        self.helper = ""
        self.one_of = False
        self.asks_who = tokens[:1] != [] and tokens[0].function in ("who", "which")
        self.asked_of: frozenset[int] = frozenset()

    def read(self) -> None:
        tokens = self.tokens
        at = 0
        while at < len(tokens) and tokens[at].function in ("preposition", "by", *ASKERS):
            at += 1
        asker = tokens[at - 1].function if at else ""
        if tokens[:at] and OF in tokens[at - 1].classes and at < len(tokens):
            named = tokens[at].term
            following = tokens[at + 1].function if at + 1 < len(tokens) else ""
            if at > 1 and named and self.is_acting(named) and following != "possessive":
                self.one_of = True
                self.asked_of = frozenset({at})
                asker = tokens[at - 2].function
        helper = next(
            (place for place in range(at, len(tokens)) if tokens[place].function in AUXILIARIES),
            None,
        )
        finite = self._finite(at, len(tokens) if helper is None else helper)
        if finite is not None:
            self._active(tokens[at:finite], tokens[finite], tokens[finite + 1 :])
        elif helper is not None:
            helpers = {each.function for each in tokens[helper:] if each.function in AUXILIARIES}
            self.helper = "" if "can" in helpers else tokens[helper].function
            self._helped(asker, tokens[at:helper], tokens[helper], tokens[helper + 1 :])

    def _finite(self, start: int, end: int) -> int | None:
        """The place of a verb that needs no auxiliary."""
        for place in range(start, end):
            token = self.tokens[place]
            before = self.tokens[place - 1] if place else None
            first = place == start and not (before and before.function in ("who", "what"))
            governed = before is not None and before.function in ("preposition", "possessive")
            finite = token.verb and token.form in ("s", "past", "base past")
            if finite and not first and not governed:
                return place
        return None

    def _helped(self, asker: str, before: Tokens, helper: Token, rest: Tokens) -> None:
        verb = first_verb(helper.function, rest)
        between = [each for each in rest[:verb] if each.term or each.verb]
        subject: Tokens = before
        objects: Tokens = ()
        inverted = asker in ("", "why", "when", "where") or helper.function == "do"
        if between and (verb is not None or inverted):
            subject, objects = rest[:verb], before
        if verb is None:
            self.is_clause = True
            heads = self._heads(subject) if subject is before else self._first(subject)
            self.doers = [each for each in heads if self.is_acting(each)]
            self._even(*rest)
            return
        passive = helper.function == "be"
        while verb < len(rest) and rest[verb].function in AUXILIARIES:
            passive = rest[verb].function == "be"
            verb += 1
        if verb >= len(rest) or not rest[verb].verb:
            self.is_clause = True
            self.doers = self._first(subject)
            return
        after = rest[verb + 1 :]
        if passive and rest[verb].form != "ing":
            self._passive(subject, rest[verb], after)
        else:
            self._active(subject, rest[verb], (*after, *objects))

    def _active(self, subject: Tokens, verb: Token, rest: Tokens) -> None:
        self.is_clause = True
        self.doers = self._heads(subject)
        self.verb = None if verb.function == LIGHT else verb.verb
        self.others = [each for each in self._acts(rest) if each not in self.doers]
        if CONVERSE in verb.classes:
            self.doers, self.others = self.others, self.doers
        self._even(verb)

    def _even(self, *said: Token) -> None:
        """Leave out who does it where each of several does it to the other."""
        several = sum(len(each.value.split(SEPARATOR)) for each in self.doers)
        if several > 1 and not self.one_of and any(map(is_reciprocal, said)):
            self.doers, self.verb = [], None

    def _passive(self, subject: Tokens, verb: Token, rest: Tokens) -> None:
        self.is_clause = True
        by = next((place for place, each in enumerate(rest) if each.function == "by"), None)
        self.doers = [] if by is None else self._heads(rest[by + 1 :])
        self.verb = None if verb.function == LIGHT else verb.verb
        self.others = [each for each in self._heads(subject) if self.is_acting(each)]

    def _heads(self, tokens: Tokens) -> list[Term]:
        """The heads of the nouns that a clause begins with."""
        chunk: list[Token] = []
        for token in tokens:
            if token.function in ("preposition", "over", "by") and chunk:
                break
            if token.function in (*AUXILIARIES, *ASKERS) or _is_adverb(token):
                continue
            chunk.append(token)
        named = [
            each.term
            for place, each in enumerate(chunk)
            if each.term
            and each.term.value
            and not (place + 1 < len(chunk) and chunk[place + 1].function == "possessive")
        ]
        if not named:
            return []
        heads = [each for each in named if self.is_acting(each)]
        return heads if named[-1] in heads else [named[-1]]

    def _first(self, tokens: Tokens) -> list[Term]:
        """Those who act that a phrase begins with, where no noun follows that they belong to."""
        found: list[Term] = []
        for token in tokens:
            if token.function == "possessive":
                return []
            if not (token.term and self.is_acting(token.term)):
                break
            found.append(token.term)
        return found

    def _acts(self, tokens: Tokens) -> list[Term]:
        """Those to whom a verb does something: right after it, or after a preposition of aim."""
        found: list[Term] = []
        for place, token in enumerate(tokens):
            if token.function == "preposition" and AIM not in token.classes:
                break
            if (token.verb and not token.term) or token.function in (*AUXILIARIES, *ASKERS):
                break
            following = tokens[place + 1] if place + 1 < len(tokens) else None
            owned = following and (following.function == "possessive" or _is_noun(following))
            if token.term and self.is_acting(token.term) and not owned:
                found.append(token.term)
        return found

    def is_acting(self, term: Term) -> bool:
        """Whether a term names somebody who acts."""
        return not self.acting.isdisjoint(term.value.split(SEPARATOR))
