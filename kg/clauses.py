"""Clauses: who does what to whom in a phrase that no frame fits, and lists of words without roles.

Every word is cut into a token: a thing, a meaning, a word of a statement's label, a time, or one of
the short closed classes of function words. A question with a verb has its roles fixed by position,
voice and "by"; words without a verb leave the roles open, and the question says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from kg import periods, slots
from kg.errors import SlotValueError
from kg.frames import Account
from kg.lexicon import NEUTRAL, Key, Lexicon
from kg.spans import Span, Spans, Value
from kg.terms import Term, Terms
from kg.words import POSSESSIVE, Word

LIST, SENTENCES, SAYS, WHEN, WHY = "statements", "sentences", "says", "says-when", "says-why"
"""The questions that clauses ask, with and without roles."""

QUESTIONS = frozenset({LIST, SENTENCES, SAYS, WHEN, WHY})

OPEN = frozenset({LIST, SENTENCES})
"""Those that leave open who does what to whom."""

_SAY, _URGE, _FORETELL = ":Assertive", ":Directive", ":Predictive"
_PREFIX = "fn-"
_UNUSED = frozenset({"restrictor", "stranger", "aside"})
WEAK = "weak"
_KEPT = frozenset({"fn-restrictor", "fn-stranger"})
_MANNERS = ("aspect", "kind", "soft")
COUNT, _NUMBER = "count", "m-number"
_ORDERING = frozenset({"order", "than"})
_PASSED = frozenset({"preposition", "filler", WEAK})
_FRAMING = frozenset({"filler", WEAK, NEUTRAL})
_PREFERRING, _DEGREE = "m-prefer", frozenset({"m-greater", "m-improve"})
_BY, _HOW = "by", "how"
INFINITIVE, AIM, OF, ORIGIN = "fn-infinitive", "fn-aim", "fn-of", "fn-origin"
CHOICE, OR, THAN = "fn-choice", "fn-or", "fn-than"
AFTER, CONVERSE = "m-after", "fn-converse"
BARRING, OPINION = "fn-barring", "fn-opinion"
"""Classes of words that say how others belong together."""

NOT, STANCE, CLAIMANT = "not", "stance", "claimant"
_NOT, _UNABLE = "m-not", "m-unable"

_CONTRARY = "fn-contrary"
_AUTHOR, _STATING, _LAST = "author", "fn-stating", "fn-last"
_FUNCTIONS = (
    *(
        NOT,
        STANCE,
        "count",
        "order",
        "than",
        "get",
        "restrictor",
        "stranger",
        "be",
        "do",
        "have",
        "can",
        "should",
        "will",
        "by",
        "over",
    ),
    *("preposition", "light", "who", "what", "which", "whose", "why", "when", "where"),
    *("filler", WEAK, "aside"),
)
AUXILIARIES = frozenset({"do", "be", "have", "should", "will", "can"})
ASKERS = frozenset({"who", "what", "which", "whose", "why", "when", "where"})
LIGHT = "light"
_NEVER_LEFT = frozenset({"fn-restrictor", "fn-stranger", "disprefer"})
_FORCES = frozenset({"should", "will"})
_FORCED = {"should": _URGE, "will": _FORETELL, "can": slots.ANY}
_KINDS = {"who": "m-agent", "where": "m-place"}
_CLAIMED = "lex:m-report"
ASKED_FOR = frozenset(f"lex:{name}" for name in _KINDS.values())
"""The terms of what is asked for, which the phrase itself does not name."""
_LONGEST = 12


@dataclass(frozen=True)
class Token:
    """Some words of a phrase with one use.

    Attributes:
        start: the place of the first word.
        end: the place after the last word.
        words: the words as typed.
        function: the class of function words that it is of, "time", "neutral", or "".
        term: what it stands for in statements, if anything.
        verb: what it stands for as a verb, if anything.
        form: "base", "s", "ing" or "past" where it is a verb, else "".
        value: the period, for a time.
        manner: "soft", "kind" or "aspect" where it may say little, as it stands.
        group: things that it may stand for together, beside its term.
        others: what else it may name, in the place of its term.
        is_order: whether it tells what comes before, after, or above what else, or denies it.
    """

    start: int
    end: int
    words: str
    function: str = ""
    term: Term | None = None
    verb: Term | None = None
    form: str = ""
    value: str = ""
    manner: str = ""
    group: tuple[Term, ...] = ()
    is_order: bool = False
    others: tuple[Term, ...] = ()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Clause:
    """What a phrase asks of statements.

    Attributes:
        question: the name of the question.
        values: the values of its slots.
        accounts: what each word was used for.
    """

    question: str
    values: Mapping[str, str]
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Unused:
    """The words that keep a phrase from being a clause; none when it is their order."""

    words: tuple[Word, ...]


Tokens: TypeAlias = Sequence[Token]


@dataclass(frozen=True)
class Search:
    """What sentences can be looked for by, whoever does it to whom.

    Attributes:
        terms: the things, the meanings and the words of the text that a phrase has.
        required: the values of those that must not be left out: actors, places and years.
        aside: the words that are no part of the search, as typed.
        unknown: those of them that are not known at all.
    """

    terms: tuple[Term, ...]
    required: frozenset[str]
    aside: tuple[str, ...]
    unknown: tuple[Word, ...]


def read(spans: Spans, lexicon: Lexicon, terms: Terms) -> Clause | Unused:
    """What a phrase asks of statements, or the words that have no use in it."""
    found = cut(spans, lexicon, terms)
    if isinstance(found, Unused):
        return found
    if ordering := [token for token in found if token.is_order]:
        return Unused(
            tuple(word for token in ordering for word in spans.words[token.start : token.end])
        )
    times = [token for token in found if token.function == "time"]
    content = [token for token in found if token.function not in ("time", NEUTRAL, "filler", WEAK)]
    if len(times) > 1 or not any(token.term or token.verb for token in content):
        return Unused(())
    roles = _Reader(content).roles()
    if roles is None:
        return Unused(())
    return _clause(roles, found, times[0].value if times else periods.ANY_TIME.words)


def cut(spans: Spans, lexicon: Lexicon, terms: Terms) -> Tokens | Unused:
    """A phrase as tokens, or the words that have no use in it."""
    found = tokens(spans, lexicon, terms)
    covered = {place for token in found for place in range(token.start, token.end)}
    lost = [word for place, word in enumerate(spans.words) if place not in covered]
    return Unused(tuple(lost)) if lost else found


def tokens(spans: Spans, lexicon: Lexicon, terms: Terms) -> Tokens:
    """The tokens of a phrase; words that have no use are in none."""
    listed = list(_tokens(spans, lexicon, terms))
    found = _ranking([token for at, token in enumerate(listed) if _may_stand(listed, at)])
    return [_in_place(found, at) for at in range(len(found))]


def _may_stand(tokens: Tokens, at: int) -> bool:
    """Whether a word that denies comes before what it may deny, or ends the phrase."""
    after = next((each for each in tokens[at + 1 :] if each.function not in _FRAMING), None)
    return tokens[at].function != NOT or after is None or bool(after.term or after.verb)


def _ranking(tokens: Tokens) -> Tokens:
    """The tokens with "more than" as "over", where something is preferred."""
    if not any(_PREFERRING in each.classes for each in tokens):
        return tokens
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if THAN in token.classes and last and not _DEGREE.isdisjoint(last.classes):
            typed = f"{last.words} {token.words}"
            found[-1] = Token(last.start, token.end, typed, "over", classes=frozenset({CHOICE}))
        else:
            found.append(token)
    return found


def _in_place(tokens: Tokens, at: int) -> Token:
    """A token; one that only says how the next verb comes about says little."""
    token = tokens[at]
    if token.manner == "aspect":
        rest = tokens[at + 1 :]
        after = [each for each in rest if each.function not in _PASSED]
        if after and (after[0].verb or INFINITIVE in rest[0].classes):
            return replace(token, function=WEAK)
    return token


def search(spans: Spans, lexicon: Lexicon, terms: Terms) -> Search | None:
    """What sentences can be looked for by, or None where that would lose what a phrase asks.

    A word that denies, restricts, compares or counts, a name of something unknown and a time that
    is no year are never left out.
    """
    found = tokens(spans, lexicon, terms)
    inside = {place: token for token in found for place in range(token.start, token.end)}
    for place, listed in spans.classes.items():
        kept = [each for each in listed if each.value in _NEVER_LEFT]
        if any(place not in inside or inside[place].end < each.end for each in kept):
            return None
    lost = [place for place in range(len(spans.words)) if place not in inside]
    aside = [place for place in lost if _is_aside(lexicon, spans.words[place])]
    unknown = [place for place in lost if place not in aside]
    if any(_may_be_name(spans.words, place) for place in unknown):
        return None
    if any(_is_unsaid(lexicon, spans.words[place]) for place in aside):
        return None
    wanted: dict[str, Term] = {}
    required = set()
    for token in found:
        if token.function in ("over", NOT):
            return None
        if token.function == "time":
            named = timed(token, spans, terms)
            if not named:
                return None
            wanted |= {term.value: term for term in named}
            required |= {term.value for term in named}
        elif token.function in _FORCES or token.function == STANCE:
            aside += range(token.start, token.end)
        elif token.function in _KINDS or token.function == WEAK:
            continue
        elif (term := token.term or token.verb) and term.value:
            each = terms.read(term.value) if "," in term.value else [term]
            wanted |= {one.value: one for one in each}
            required |= {one.value for one in each if token.is_order or one.value in terms.acting}
    left = tuple(spans.words[place].text for place in sorted({*aside, *unknown}))
    return Search(
        tuple(wanted.values()),
        frozenset(required),
        left,
        tuple(spans.words[place] for place in unknown),
    )


def timed(token: Token, spans: Spans, terms: Terms) -> list[Term]:
    """The years and the events that a time names."""
    years = [
        term
        for word in spans.words[token.start : token.end]
        if word.folded.isdigit() and (term := terms.word(word.folded))
    ]
    events = [
        terms.thing(iri)
        for thing in spans.things
        if token.start <= thing.start and thing.end <= token.end
        for iri in sorted(thing.value)
        if iri in terms.names and len(thing.value) == 1
    ]
    return [*years, *events]


def _is_aside(lexicon: Lexicon, word: Word) -> bool:
    """Whether a word is one that questions are asked with, or says how something is meant."""
    return (word.folded,) in lexicon.classes


def _is_unsaid(lexicon: Lexicon, word: Word) -> bool:
    """Whether a word has a meaning that statements could have, and none has."""
    return not lexicon.classes[(word.folded,)].isdisjoint(lexicon.meanings)


def _may_be_name(phrase: Sequence[Word], place: int) -> bool:
    """Whether an unknown word may name somebody, or is a number."""
    word = phrase[place]
    typed = [each.text[0].isupper() for each in phrase]
    return word.folded.isdigit() or (typed[place] and (place > 0 or sum(typed) > 1))


@dataclass
class _Roles:
    """The tokens of each role; `open` where the roles are left open."""

    question: str
    force: str = _SAY
    subject: tuple[Token, ...] = ()
    verb: Token | None = None
    object: tuple[Token, ...] = ()
    open: tuple[Token, ...] = ()


def _clause(roles: _Roles, found: Tokens, time: str) -> Clause | Unused:
    if roles.question == SAYS and roles.force == _SAY and not (roles.verb or roles.subject):
        roles = _Roles(LIST, open=roles.object)
    uses = {token.start: "in any role" for token in roles.open}
    uses |= {token.start: "subject" for token in roles.subject}
    uses |= {token.start: "object" for token in roles.object}
    uses |= {roles.verb.start: "verb"} if roles.verb else {}
    values = {}
    if roles.question == LIST and len(roles.open) == 1:
        [only] = roles.open
        if time == periods.ANY_TIME.words or not (only.term and only.term.is_thing):
            return Unused(())
    if roles.question == LIST:
        values = {"terms": _written(roles.open), "period": time}
    else:
        verb = roles.verb and (roles.verb.verb or roles.verb.term)
        values = {
            "subject": _written(roles.subject),
            "verb": verb.value if verb else slots.ANY,
            "object": _written(roles.object),
        }
        if roles.question == SAYS:
            values["force"] = slots.ANY if verb and verb.value == _CLAIMED else roles.force
        if roles.question != WHY:
            values["period"] = time
        elif time != periods.ANY_TIME.words:
            return Unused(())
    accounts = tuple(
        Account(token.words, "period" if token.function == "time" else _use(token, uses))
        for token in found
    )
    return Clause(roles.question, values, accounts)


def _use(token: Token, uses: Mapping[int, str]) -> str:
    return uses.get(token.start) or token.function or NEUTRAL


def _written(tokens: Tokens) -> str:
    values = dict.fromkeys(token.term.value for token in tokens if token.term)
    return ",".join(values) or slots.ANY


class _Reader:
    """Reads the roles of tokens from left to right."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = list(tokens)

    def roles(self) -> _Roles | None:
        """The roles, or None where the order of the tokens is none that is known."""
        tokens = self.tokens
        before: tuple[Token, ...] = ()
        led = len(tokens) > 1 and tokens[0].function in ("by", "preposition")
        if led and tokens[1].function in ("who", "what", "which"):
            before, tokens = (tokens[0],), tokens[1:]
        first = tokens[0].function
        if first in ASKERS:
            return self._asked(tokens[0], before, tokens[1:])
        if before:
            return None
        if first in AUXILIARIES:
            return self._inverted(tokens[0], tokens[1:], SAYS)
        if any(token.function in ASKERS for token in tokens):
            return None
        return self._plain(tokens)

    def _plain(self, tokens: Tokens) -> _Roles | None:
        """Words without a question word: a statement with a finite verb, or a list."""
        finite = [
            place
            for place, token in enumerate(tokens)
            if token.verb and token.form in ("s", "past", "base past") and place
        ]
        auxiliary = any(token.function in AUXILIARIES for token in tokens)
        if (
            finite
            and not auxiliary
            and not tokens[0].verb
            and _Reader._is_name(tokens[: finite[0]])
        ):
            at = finite[0]
            return self._active(tokens[:at], tokens[at], tokens[at + 1 :], SAYS)
        return self._open(tokens)

    @staticmethod
    def _is_name(tokens: Tokens) -> bool:
        return len(tokens) == 1 and bool(tokens[0].term and tokens[0].term.value.startswith("id:"))

    def _open(self, tokens: Tokens) -> _Roles | None:
        """A list: all roles are open."""
        terms = _named(tokens)
        if _ranks(tokens) or not terms:
            return None
        if any(token.function in ("should", "will") for token in tokens):
            return None
        return _Roles(LIST, open=terms)

    def _asked(self, asker: Token, before: tuple[Token, ...], rest: Tokens) -> _Roles | None:
        kind = asker.function
        if not rest:
            return None
        question = {"why": WHY, "when": WHEN}.get(kind, SAYS)
        if kind in ("why", "when", "where"):
            if rest[0].function not in AUXILIARIES:
                return None
            roles = self._inverted(rest[0], rest[1:], question)
            if roles and kind == "where":
                return self._placed(roles, asker)
            return roles
        nouns, rest = self._asked_nouns(kind, rest)
        if not rest:
            return self._open(nouns) if nouns else None
        asked = (asker,) if asker.term else ()
        wanted = tuple(nouns) or asked
        if rest[0].function in AUXILIARIES:
            return self._auxiliary(wanted, before, rest)
        if before:
            return None
        if rest[0].verb:
            return self._active(wanted, rest[0], rest[1:], SAYS)
        return None

    @staticmethod
    def _placed(roles: _Roles, asker: Token) -> _Roles | None:
        """What a place is asked of, with the place as one more object."""
        if roles.question == LIST or not asker.term:
            return None
        return replace(roles, object=(*roles.object, asker))

    @staticmethod
    def _asked_nouns(kind: str, rest: Tokens) -> tuple[list[Token], Tokens]:
        """The nouns after "which" and "what", and what comes after them."""
        nouns: list[Token] = []
        helped = any(token.function in AUXILIARIES for token in rest)
        for place, token in enumerate(rest):
            if token.function in AUXILIARIES or token.function == "by":
                return nouns, rest[place:]
            if kind == "who" and not nouns:
                return nouns, rest
            as_noun = helped and not nouns and (token.term or token.form == "base")
            if token.verb and (nouns or kind == "what") and not as_noun:
                return nouns, rest[place:]
            if token.term or token.verb:
                nouns.append(nominal(token))
            elif token.function != "preposition" and token.function != "possessive":
                return nouns, rest[place:]
        return nouns, ()

    def _auxiliary(
        self, wanted: tuple[Token, ...], before: tuple[Token, ...], rest: Tokens
    ) -> _Roles | None:
        auxiliary, rest = rest[0], rest[1:]
        verb = first_verb(auxiliary.function, rest)
        has_subject = any(token.term for token in rest[: verb if verb is not None else 0])
        if auxiliary.function == "be" and verb is None:
            return self._copula(wanted, rest)
        if has_subject or auxiliary.function == "do":
            roles = self._inverted(auxiliary, rest, SAYS)
            if roles is None or roles.question == LIST:
                return roles and replace_open(roles, wanted)
            if before and before[0].function == "by":
                return _with_subject(roles, wanted)
            roles.object = (*roles.object, *_named(wanted))
            return roles
        if before:
            return None
        return self._verbal(auxiliary, wanted, rest)

    def _copula(self, wanted: tuple[Token, ...], rest: Tokens) -> _Roles | None:
        """A form of "be" and no verb: what is it that all this is said of."""
        roles = self._open(rest)
        return roles and replace_open(roles, wanted)

    def _inverted(self, auxiliary: Token, rest: Tokens, question: str) -> _Roles | None:
        """An auxiliary, the subject, the verb, and the rest."""
        at = first_verb(auxiliary.function, rest)
        if at is None or not any(token.term for token in rest[:at]):
            if auxiliary.function == "be" and question == SAYS:
                return self._is(rest)
            return None
        if question != SAYS and auxiliary.function in ("should", "will"):
            return None
        subject = rest[:at]
        return self._verbal(auxiliary, subject, rest[at:], question)

    def _is(self, rest: Tokens) -> _Roles | None:
        """A form of "be", what something is said of, and what is said of it."""
        possessed = len(rest) > 1 and rest[1].function in ("possessive", "preposition")
        if possessed or not self._is_name(rest[:1]):
            return self._open(rest)
        if _ranks(rest):
            return None
        return _Roles(SAYS, _SAY, _named(rest[:1]), None, _named(rest[1:]))

    def _verbal(
        self, auxiliary: Token, subject: Tokens, rest: Tokens, question: str = SAYS
    ) -> _Roles | None:
        """The verb after an auxiliary: active, or passive after a form of "be"."""
        force = _FORCED.get(auxiliary.function, _SAY)
        passive = auxiliary.function == "be"
        while rest and rest[0].function in AUXILIARIES:
            passive = rest[0].function == "be"
            rest = rest[1:]
        if not rest or not rest[0].verb:
            return None
        verb, rest = rest[0], rest[1:]
        if passive and verb.form != "ing":
            roles = self._passive(subject, verb, rest, question)
        else:
            roles = self._active(subject, verb, rest, question)
        if roles:
            roles.force = force
        return roles

    def _active(self, subject: Tokens, verb: Token, rest: Tokens, question: str) -> _Roles | None:
        if any(token.function in ("by", *AUXILIARIES, *ASKERS) for token in rest):
            return None
        if CONVERSE in verb.classes or _ranks((verb, *rest)):
            return None
        acts, objects = _named(subject), _named(rest)
        light = verb.function == LIGHT
        if light and not objects:
            return None
        if is_reciprocal(verb) and len(acts) > 1:
            return self._open((*acts, verb, *objects))
        return _Roles(question, _SAY, acts, None if light else verb, objects)

    def _passive(self, subject: Tokens, verb: Token, rest: Tokens, question: str) -> _Roles | None:
        by = next((place for place, token in enumerate(rest) if token.function == "by"), None)
        others = rest if by is None else rest[:by]
        agent = () if by is None else rest[by + 1 :]
        if any(token.function in (*AUXILIARIES, *ASKERS) for token in (*others, *agent)):
            return None
        acts, objects = _named(agent), _named((*subject, *others))
        if _ranks((verb, *rest)) or (by is not None and not acts):
            return None
        if verb.function == LIGHT or not objects:
            return None
        return _Roles(question, _SAY, acts, verb, objects)


def replace_open(roles: _Roles, wanted: Tokens) -> _Roles:
    """A list with what is asked for added to it."""
    return replace(roles, open=(*_named(wanted), *roles.open))


def _with_subject(roles: _Roles, wanted: Tokens) -> _Roles | None:
    if roles.subject:
        return None
    return replace(roles, subject=_named(wanted))


def nominal(token: Token) -> Token:
    """A token with what its verb stands for as its term, where it has none."""
    return token if token.term else replace(token, term=token.verb)


def _named(tokens: Tokens) -> tuple[Token, ...]:
    """The tokens that statements can have in them."""
    nouns = (nominal(token) for token in tokens)
    return tuple(token for token in nouns if token.term and token.term.value)


def _ranks(tokens: Tokens) -> bool:
    """Whether one thing is ranked over another: none of these questions tells which."""
    return any(token.function == "over" for token in tokens) and any(map(prefers, tokens))


def prefers(token: Token) -> bool:
    """Whether a token says that one thing is preferred."""
    return any("prefer" in (term.pattern or "") for term in (token.term, token.verb) if term)


def is_reciprocal(token: Token) -> bool:
    """Whether a verb, or a noun, says the same of each of its subjects to the other."""
    return any(term and term.is_reciprocal for term in (token.verb, token.term))


def first_verb(auxiliary: str, tokens: Tokens) -> int | None:
    """The place of the verb that an auxiliary governs."""
    forms = {
        "do": ("base",),
        "should": ("base",),
        "will": ("base",),
        "can": ("base",),
        "have": ("past",),
        "be": ("past", "ing"),
    }[auxiliary]
    for place, token in enumerate(tokens):
        if token.function in AUXILIARIES and place:
            return place
        if token.verb and not set(token.form.split()).isdisjoint(forms):
            governed = place and tokens[place - 1].function in ("preposition", "possessive")
            following = tokens[place + 1] if place + 1 < len(tokens) else None
            adjective = auxiliary == "be" and token.form != "ing" and following and following.term
            if not governed and not adjective:
                return place
    return None


# Cutting a phrase into tokens.


def _tokens(spans: Spans, lexicon: Lexicon, terms: Terms) -> Iterator[Token]:
    at = 0
    while at < len(spans.words):
        token = _in_frame(spans, at) or next(_longest_first(spans, lexicon, terms, at), None)
        if token:
            yield token
        at = token.end if token else at + 1


def _in_frame(spans: Spans, at: int) -> Token | None:
    """What an author does in a text, where its author does it, and what only ends a phrase."""
    classes = {each.value for each in spans.classes.get(at, ())}
    authored = any(
        each.value == _AUTHOR and each.end == at
        for start in range(at)
        for each in spans.classes.get(start, ())
    )
    ends = _LAST in classes and at + 1 == len(spans.words)
    following = {each.value for each in spans.classes.get(at + 1, ())}
    noun = OF in following and not _KEPT.isdisjoint(classes)
    if ends or ((authored or not at) and _STATING in classes and not noun):
        return Token(at, at + 1, spans.words[at].text, "filler")
    return None


def _longest_first(spans: Spans, lexicon: Lexicon, terms: Terms, at: int) -> Iterator[Token]:
    for end in range(min(len(spans.words), at + _LONGEST), at, -1):
        if _takes_away(spans, at, end):
            continue
        if token := _token(spans, lexicon, terms, at, end):
            yield token
        elif end > at + 1 and not _KEPT.isdisjoint(_classes(spans, lexicon, at, end)):
            return


def _takes_away(spans: Spans, start: int, end: int) -> bool:
    """Whether words begin with a name and end within another: "American military" before "aid"."""
    return any(
        start < each.start < end < each.end and _at(spans.inner, start, each.start)
        for each in spans.things
    )


def _classes(spans: Spans, lexicon: Lexicon, start: int, end: int) -> frozenset[str]:
    return lexicon.classes.get(tuple(word.folded for word in spans.words[start:end]), frozenset())


def _token(spans: Spans, lexicon: Lexicon, terms: Terms, start: int, end: int) -> Token | None:
    found = _plain(spans, lexicon, terms, start, end)
    classes = _classes(spans, lexicon, start, end)
    manner = next((name for name in _MANNERS if _PREFIX + name in classes), "")
    if found is None and manner and classes.isdisjoint(_KEPT):
        typed = " ".join(word.text for word in spans.words[start:end])
        return Token(start, end, typed, WEAK, classes=classes)
    if found is None:
        return None
    group = found.group if found.function else terms.group(classes, found.term)
    return replace(found, manner=manner, group=group, classes=classes)


def _plain(spans: Spans, lexicon: Lexicon, terms: Terms, start: int, end: int) -> Token | None:
    typed = " ".join(word.text for word in spans.words[start:end])
    folded = tuple(word.folded for word in spans.words[start:end])
    plain = Token(start, end, typed)
    if time := _at(spans.times, start, end):
        return replace(plain, function="time", value=time.value)
    if len(folded) == 1 and folded[0].isdigit():
        return _year(plain, folded[0])
    if folded == (POSSESSIVE,):
        return replace(plain, function="possessive")
    if folded[-1] == _BY and folded[:-1] in lexicon.verbs:
        return None
    classes = lexicon.classes.get(folded, frozenset())
    if _CONTRARY in classes and not _asks_whether(spans, lexicon):
        return None
    verb = _verb(lexicon, terms, folded, classes)
    form = _form(lexicon, folded)
    if thing := _at(spans.things, start, end) or _at(spans.inner, start, end):
        named = [terms.thing(iri) for iri in sorted(thing.value) if iri in terms.names]
        if named:
            first, *others = sorted(named, key=lambda each: each.value not in terms.acting)
            return replace(plain, term=first, verb=verb, form=form, others=tuple(others))
    function = next((name for name in _FUNCTIONS if _PREFIX + name in classes), None)
    if function == "get":
        is_active = lexicon.verbs.get(_word(spans, end)) in (None, _word(spans, end))
        function = None if is_active else "be"
    if function:
        if function in _UNUSED:
            return None
        if function in _ORDERING:
            return replace(plain, term=_meant(lexicon, terms, folded, classes), is_order=True)
        if function == NOT:
            return denial(plain, terms)
        if function == STANCE:
            return replace(plain, function=STANCE, is_order=True)
        if function == COUNT:
            number = terms.meaning(_NUMBER) if _NUMBER in lexicon.meanings else None
            return replace(plain, function=COUNT, term=number, is_order=True)
        if function == WEAK:
            return replace(plain, function=WEAK, term=_meant(lexicon, terms, folded, classes))
        token = replace(plain, function=function, term=_kind_asked(terms, function))
        if function == LIGHT:
            return replace(token, verb=Term("", "", "UNDEF", None), form=form)
        return token
    if NEUTRAL in classes:
        return replace(plain, function=NEUTRAL)
    if owner := terms.owner(folded):
        return replace(plain, term=owner)
    if term := _meant(lexicon, terms, folded, classes):
        return replace(plain, term=term, verb=verb, form=form)
    return None


def denial(plain: Token, terms: Terms) -> Token:
    """A token as one that denies."""
    named = [each for each in (_NOT, _UNABLE) if each in terms.lexicon.meanings]
    denying = [each for name in named if (each := terms.meaning(name))]
    term, group = (denying[0], tuple(denying[1:])) if denying else (None, ())
    return replace(plain, function=NOT, term=term, group=group, is_order=True)


def _asks_whether(spans: Spans, lexicon: Lexicon) -> bool:
    """Whether a phrase asks if, or how far, something is so."""
    first = spans.words[0].folded
    classes = lexicon.classes.get((first,), frozenset())
    return first == _HOW or any(_PREFIX + name in classes for name in AUXILIARIES)


def _word(spans: Spans, at: int) -> Key:
    return tuple(word.folded for word in spans.words[at : at + 1])


def _kind_asked(terms: Terms, function: str) -> Term | None:
    """The kind of thing that "who" and "where" ask for."""
    name = _KINDS.get(function)
    return terms.meaning(name) if name and name in terms.lexicon.meanings else None


def _year(plain: Token, year: str) -> Token | None:
    try:
        return replace(plain, function="time", value=periods.parse(f"in {year}").words)
    except SlotValueError:
        return None


def _meant(
    lexicon: Lexicon, terms: Terms, folded: tuple[str, ...], classes: frozenset[str]
) -> Term | None:
    if term := terms.meant(folded):
        return term
    if len(folded) > 1 or any(name in lexicon.meanings for name in classes):
        return None
    return terms.word(folded[0])


def _verb(
    lexicon: Lexicon, terms: Terms, folded: tuple[str, ...], classes: frozenset[str]
) -> Term | None:
    if folded not in lexicon.verbs:
        return None
    return _meant(lexicon, terms, folded, classes)


def _form(lexicon: Lexicon, folded: tuple[str, ...]) -> str:
    base = lexicon.verbs.get(folded)
    if base is None:
        return ""
    if folded == base:
        return "base past" if base in lexicon.unmarked else "base"
    if folded[0].endswith("ing"):
        return "ing"
    return "s" if folded[0].endswith("s") and not base[0].endswith("s") else "past"


def _at(spans: Sequence[Span[Value]], start: int, end: int) -> Span[Value] | None:
    return next((span for span in spans if (span.start, span.end) == (start, end)), None)
