"""Turns of phrase: the plainer words that a construction stands for.

"What role does X want Y to play?" asks what role, by X's word, Y should play, and "what kept Y from
doing it?" why Y did not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.clauses import (
    AFTER,
    AUXILIARIES,
    BARRING,
    CLAIMANT,
    CONVERSE,
    INFINITIVE,
    OPINION,
    ORIGIN,
    STANCE,
    Token,
    Tokens,
    denial,
)
from kg.terms import Terms

_ROLE, _AIM, _BE = "m-role", "m-aim", "be"
_FINITE = frozenset({"s", "past"})


def plain(tokens: Tokens, terms: Terms) -> Iterator[Tokens]:
    """The tokens as they stand, and what else they say."""
    if not any(each.function == STANCE for each in tokens):
        yield tokens
    if attributed := _attributed([each for each in tokens if each.function != "filler"], terms):
        yield attributed
    if unbarred := _unbarred(tokens, terms):
        yield unbarred
    if converse := _converse(tokens, terms):
        yield converse
    if sought := _sought(tokens, terms):
        yield sought


def _attributed(tokens: Tokens, terms: Terms) -> Tokens | None:
    """What somebody is said to think, as a question of its own that this one answers."""
    at = next((place for place, each in enumerate(tokens) if each.function == "do"), None)
    if at is None or at + 3 > len(tokens) or OPINION not in tokens[at + 2].classes:
        return None
    whose, thought = tokens[at + 1], _thought(tokens[at + 3 :], terms)
    asked = [_role(each, terms) for each in tokens[:at]]
    names_role = any(_ROLE in each.classes for each in asked)
    if not _acts(whose, terms) or not thought:
        return None
    if not names_role and not any(each.verb and each.verb.value for each in thought):
        return None
    return [*asked, *thought, replace(whose, function=CLAIMANT)]


def _thought(rest: Tokens, terms: Terms) -> Sequence[Token]:
    """What is thought, as a clause; nothing where it is none."""
    if any(each.function in AUXILIARIES or each.form in _FINITE for each in rest):
        return rest
    should = Token(rest[0].start, rest[0].start, "", "should") if rest else None
    if should and len(rest) > 2 and _acts(rest[0], terms) and INFINITIVE in rest[1].classes:
        return [should, rest[0], *rest[2:]]
    given = [each for each in rest if each.function != "preposition"]
    if should and len(given) == 1 and _acts(given[0], terms):
        return [should, *given]
    return []


def _role(token: Token, terms: Terms) -> Token:
    """A token; one that names a role must be found."""
    if _ROLE not in token.classes:
        return token
    return replace(token, function="", manner="", term=terms.meaning(_ROLE), verb=None, form="")


def _acts(token: Token, terms: Terms) -> bool:
    return bool(not token.function and token.term and token.term.value in terms.acting)


def _converse(tokens: Tokens, terms: Terms) -> Tokens | None:
    """The same of the other side: "what did X lose" as what something robbed X of."""
    meanings = terms.lexicon.meanings
    for place, token in enumerate(tokens):
        name = token.verb.value.removeprefix("lex:") if token.verb else ""
        converse = meanings[name].converse if name in meanings else None
        if converse and (term := terms.meaning(converse)):
            classes = token.classes | {CONVERSE}
            turned = replace(token, term=term, verb=term, classes=classes)
            return [*tokens[:place], turned, *tokens[place + 1 :]]
    return None


def _sought(tokens: Tokens, terms: Terms) -> Tokens | None:
    """What somebody "is after" as what they aim at."""
    aim = terms.meaning(_AIM)
    is_last = bool(tokens) and AFTER in tokens[-1].classes and tokens[-1].is_order
    if not is_last or aim is None or not any(each.function == _BE for each in tokens):
        return None
    kept = [each for each in tokens[:-1] if each.function not in (_BE, "filler")]
    if not kept or not _acts(kept[-1], terms):
        return None
    return [*kept, replace(tokens[-1], term=aim, verb=aim, form="s", is_order=False)]


def _unbarred(tokens: Tokens, terms: Terms) -> Tokens | None:
    """Why somebody does not do something, where what keeps them from it is asked."""
    if len(tokens) < 2 or tokens[0].function != "what" or BARRING not in tokens[1].classes:
        return None
    for place in range(3, len(tokens) - 1):
        verb = tokens[place + 1]
        if ORIGIN in tokens[place].classes and verb.form == "ing":
            why = replace(tokens[0], function="why")
            can = Token(tokens[1].start, tokens[1].start, "", "can")
            denied = denial(Token(tokens[1].start, tokens[1].end, tokens[1].words), terms)
            does = replace(verb, form="base")
            return [why, can, denied, *tokens[2:place], does, *tokens[place + 2 :]]
    return None
