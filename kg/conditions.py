"""Conditions: what a phrase asks of a sentence beyond having its words and its roles.

Whose something is, that somebody is told who does it, that it is so and no mere aim, and what is
ranked above what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg import mentions
from kg.clauses import AUXILIARIES, LIGHT, OF, WEAK, Token, Tokens, prefers
from kg.gists import REASON, TIME, Gist
from kg.mentions import Mentions
from kg.terms import SEPARATOR, Term

_HOW, _BETWEEN, _KIND = "how", "between", "fn-kind"
_PASSED = frozenset({"neutral", "filler", "time", "weak"})
_WHO, _DID, _AUTHOR = "who", "did", "author"


@dataclass(frozen=True)
class Conditions:
    """What a sentence must fulfil.

    Attributes:
        owned: nouns of which one is somebody's, each time with the state of that.
        asks_doer: whether it asks who does something.
        supposes: whether it takes for granted that what it asks about is so.
        is_done: whether it asks for what has been done or was done.
        deed: the thing that stands where a verb must stand.
        above: what is ranked above something else.
        lesser: what something else is ranked above.
        between: the states of two, where the phrase has something between them.
        chain: the states of those before the verb, where each but the last has words of content.
        asks_other: whether it asks with whom, to whom or the like.
        asks_kind: whether it asks for the year or the like of something: "the year of X".
        is_beyond: whether it asks for somebody or for a place within one that it names.
    """

    owned: tuple[tuple[str, tuple[Term, ...]], ...] = ()
    asks_doer: bool = False
    supposes: bool = False
    is_done: bool = False
    deed: Term | None = None
    above: tuple[Term, ...] = ()
    lesser: tuple[Term, ...] = ()
    between: frozenset[str] = frozenset()
    chain: tuple[str, ...] = ()
    asks_other: bool = False
    asks_kind: bool = False
    is_beyond: bool = False


def read(tokens: Tokens, gist: Gist, names: Mentions) -> Conditions:
    """The conditions of a phrase that is cut into tokens."""
    held = [token for token in tokens if token.function not in _PASSED]
    above, lesser = _ranked(held)
    owned = _owned(held, gist, names)
    return Conditions(
        tuple(owned),
        _asks_doer(held, gist),
        not gist.denials and (gist.asker in (REASON, TIME) or _asks_how(tokens)),
        _is_done(held),
        _deed(held, gist),
        above,
        lesser,
        _between(held, gist, names),
        _chain(held, gist, names),
        [each.function for each in held[:2]] == ["preposition", _WHO],
        _asks_kind(tokens),
        _is_beyond(held, gist)
        or _asks_author(tokens)
        or _lacks_verb(held, gist)
        or any(_is_others(nouns[0], state, names) for state, nouns in owned),
    )


def _owned(
    held: Sequence[Token], gist: Gist, names: Mentions
) -> list[tuple[str, tuple[Term, ...]]]:
    """The nouns right after whoever acts, where that can only be their owner."""
    found = []
    named = [each for each in held if each.term and each.term.value in gist.acting]
    for place, token in enumerate(held):
        if token.function or not token.term or token.term.value not in names.all:
            continue
        rest = held[place + 1 :]
        possessive = bool(rest) and rest[0].function == "possessive"
        alone = not gist.is_clause and (len(named) == 1 or not place)
        is_state = names.state(token.term.value) == token.term.value
        adjective = is_state and mentions.adjective(token.words)
        if not (possessive or alone or adjective):
            continue
        if nouns := _nouns(rest[possessive:], gist, possessive=possessive):
            found.append((names.state(token.term.value), tuple(nouns)))
    return found


def _nouns(rest: Sequence[Token], gist: Gist, *, possessive: bool) -> list[Term]:
    """The terms that follow without a break, up to a verb and to whoever acts."""
    nouns: list[Term] = []
    for token in rest:
        term = token.term
        if token.function or not term or not term.value or term == gist.verb:
            break
        if token.form not in ("", "base") and (nouns or not possessive):
            break
        if term.value in gist.acting or SEPARATOR in term.value:
            break
        nouns.append(term)
    return nouns


def _is_others(noun: Term, state: str, names: Mentions) -> bool:
    """Whether the name of a thing gives it to another state than the phrase does."""
    whose = mentions.possessor(noun.label, names.find(noun.label)) if noun.is_thing else ""
    return bool(whose) and whose != state


def _between(held: Sequence[Token], gist: Gist, names: Mentions) -> frozenset[str]:
    """The states of the two after "between"."""
    last = [each.words.lower().split()[-1:] for each in held]
    at = next((at for at, word in enumerate(last) if word == [_BETWEEN]), len(held))
    terms = [each.term for each in held[at + 1 : at + 3] if each.term]
    values = [value for term in terms for value in term.value.split(SEPARATOR)][:2]
    if len(values) < 2 or any(value not in gist.acting for value in values):
        return frozenset()
    return frozenset(map(names.state, values))


def _chain(held: Sequence[Token], gist: Gist, names: Mentions) -> tuple[str, ...]:
    """The states of two who act before the verb, the first with words of its own: "X lets Y do"."""
    at = next((at for at, each in enumerate(held) if each.verb and each.verb == gist.verb), 0)
    acting = {
        place: names.state(each.term.value)
        for place, each in enumerate(held[:at])
        if each.term and each.term.value in names.all
    }
    if len(acting) != 2 or any(each.function == "possessive" for each in held[:at]):
        return ()
    first, last = acting
    apart = any(each.term and not each.function for each in held[first + 1 : last])
    return tuple(acting.values()) if apart else ()


def _asks_doer(held: Sequence[Token], gist: Gist) -> bool:
    first = [each.function for each in held[:2]]
    if gist.doers or not gist.verb or not gist.is_clause:
        return False
    if first == ["by", _WHO]:
        return True
    if first[:1] != [_WHO]:
        return False
    helped = [place for place, each in enumerate(held) if each.function == "be"]
    verbs = [place for place, each in enumerate(held) if each.verb and each.verb == gist.verb]
    passive = helped and verbs and helped[0] < verbs[0] and held[verbs[0]].form != "ing"
    return not passive


def _is_done(held: Sequence[Token]) -> bool:
    """Whether the first auxiliary is "did" or a form of "have"."""
    first = next((each for each in held if each.function in AUXILIARIES), None)
    return first is not None and (first.function == "have" or first.words.lower() == _DID)


def _deed(held: Sequence[Token], gist: Gist) -> Term | None:
    """The thing that is done, where a form of "do" governs no other verb."""
    if gist.verb or not gist.is_clause:
        return None
    does = next((place for place, each in enumerate(held) if each.function == "do"), None)
    if does is None or any(each.verb or each.function == LIGHT for each in held[does + 1 :]):
        return None
    if any(each.function in AUXILIARIES for each in held[does + 1 :]):
        return None
    things = [each.term for each in held[does + 1 :] if each.term and each.term.is_thing]
    return next((term for term in things if term.value not in gist.acting), None)


def _ranked(held: Sequence[Token]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """What stands before and after "over"."""
    at = next((place for place, each in enumerate(held) if each.function == "over"), None)
    if not at or at + 1 == len(held) or not any(map(prefers, held)):
        return (), ()
    above, lesser = held[at - 1].term, held[at + 1].term
    return ((above,), (lesser,)) if above and lesser else ((), ())


def _asks_how(tokens: Tokens) -> bool:
    return bool(tokens) and tokens[0].words.lower() == _HOW


def _asks_kind(tokens: Tokens) -> bool:
    """Whether the word for a kind that no statement has stands before "of"."""
    return any(
        token.function == WEAK and _KIND in token.classes and OF in tie.classes
        for token, tie in pairwise(tokens)
    )


def _asks_author(tokens: Tokens) -> bool:
    """Whether the author of something in the text is asked for, and not that of the text."""
    return any(
        _AUTHOR in author.classes and OF in tie.classes and each.term
        for author, tie, each in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _lacks_verb(held: Sequence[Token], gist: Gist) -> bool:
    """Whether "does X … Y?" has no verb, and nothing that can be done."""
    if gist.verb or not gist.doers or not held or held[0].function != "do":
        return False
    verbal = any(each.verb or each.function in (LIGHT, *AUXILIARIES) for each in held[1:])
    return not verbal and _deed(held, gist) is None


def _is_beyond(held: Sequence[Token], gist: Gist) -> bool:
    """Whether "who in X" or "where in X" is asked: the phrase names whom or what it is within."""
    if len(held) < 3:
        return False
    first, tie, within = held[:3]
    tied = tie.function == "preposition" and OF not in tie.classes
    acts = within.term is not None and within.term.value in gist.acting
    return first.function in ("who", "where") and tied and acts
