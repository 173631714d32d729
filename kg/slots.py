"""Slots of questions: what can fill them, and how a filling becomes SPARQL.

A slot is bound by putting one generated VALUES line in the place of the written one. Only terms
that the graph offers as an option, and integers, are ever generated: no word that a person typed
reaches a query.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph

from kg import labels, paths, periods, terms, titles
from kg.articles import ARTICLE, articled
from kg.errors import SlotValueError
from kg.labels import Engine
from kg.namespaces import ID, PREFIXES, shorten

PERIOD = "period"
"""The type of a slot that takes words for a time and binds ``?from`` and ``?to``."""

TERMS, SUBJECT, VERB = "terms", "subject", "verb"
"""The types of slots that take terms: several in any role, those of a subject, and one verb."""

ANY = "any"
"""The value that leaves a slot unbound, where the slot allows it."""

UNBOUND = "UNDEF"
WORDED = frozenset({TERMS, SUBJECT, VERB})
_STATED = frozenset({"cause", "effect", "change"})
_SHOWN_LENGTH = 60
_MOST_WRITTEN = 8
_PATTERN = re.compile(r'"([^"]*)"')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True)
class Slot:
    """A part of a question that can be filled differently.

    Attributes:
        name: the SPARQL variable that the slot binds, without its question mark.
        type: "period", or the name of a file in ``kg/questions/slots``.
        label: what the slot is called.
        default: a value: "any", a prefixed name, an IRI in full, or the words of a period.
        any_words: the words for "any" in a sentence, or None when the slot must have a value.
    """

    name: str
    type: str
    label: str
    default: str
    any_words: str | None = None


@dataclass(frozen=True)
class Option:
    """A value that a slot takes.

    Attributes:
        value: its prefixed name, or its IRI where no prefix fits.
        label: what it is called.
        count: how many claims use it.
        iri: its IRI.
    """

    value: str
    label: str
    count: int
    iri: str


@dataclass(frozen=True)
class Filling:
    """What stands in a slot.

    Attributes:
        value: its one written form, as addresses carry it.
        words: what it is called in a sentence.
        data: what the VALUES line holds, or None to leave the slot unbound.
    """

    value: str
    words: str
    data: str | None


def types() -> set[str]:
    """The types that a slot can have."""
    return {PERIOD, *WORDED, *(path.stem for path in (paths.QUESTIONS / "slots").glob("*.rq"))}


def options(engine: Engine, slot: Slot) -> list[Option]:
    """What a slot takes, the most used first; nothing for a period or terms, which take words."""
    if slot.type == PERIOD or slot.type in WORDED:
        return []
    query = (paths.QUESTIONS / "slots" / f"{slot.type}.rq").read_text(encoding="utf-8")
    found = []
    for row in engine.select(query).rows:
        iri = row["value"].value
        if isinstance(row["value"], pyoxigraph.NamedNode) and any(labels.batches([iri])):
            found.append(Option(_written(iri), row["label"].value, int(row["count"].value), iri))
    return found


def fill(engine: Engine, slot: Slot, written: str) -> Filling:
    """The filling that a person means.

    Args:
        engine: answers which options there are.
        slot: the slot.
        written: the words of a period; else an option's prefixed name, IRI, local name, label or
            alternative label, with or without "the"; "any" where the slot allows it.

    Raises:
        SlotValueError: it is none of the options, or more than one; the message names some.
    """
    if slot.type == PERIOD:
        period = periods.parse(written)
        return Filling(period.words, period.words, _bounds(period))
    if len(written) <= titles.MAX_LENGTH:
        if slot.any_words and titles.fold(written) in (ANY, titles.fold(slot.any_words)):
            return Filling(ANY, slot.any_words, None)
        if slot.type in WORDED:
            return _worded(slot, terms.load(engine).read(written))
        if found := next(filter(None, _meant(engine, options(engine, slot), written)), None):
            return _filling(slot, found, written)
    raise SlotValueError(_no_option(engine, slot, written))


def _meant(engine: Engine, offered: Sequence[Option], written: str) -> Iterable[list[Option]]:
    """The options that a word can mean, in the order in which its meanings are tried."""
    spellings = [written]
    if written.casefold().startswith(ARTICLE):
        spellings.append(written[len(ARTICLE) :])
    for spelling in spellings:
        folded, iri = titles.fold(spelling), spelling.strip("<>")
        yield [each for each in offered if iri in (each.iri, each.value, each.iri.removeprefix(ID))]
        yield [each for each in offered if titles.fold(each.label) == folded]
    names = labels.alternatives(engine, (each.iri for each in offered))
    for spelling in spellings:
        called = {iri for iri, name in names if titles.fold(name) == titles.fold(spelling)}
        yield [each for each in offered if each.iri in called]


def named(slot: Slot, label: str) -> str:
    """A label as it stands in a sentence: a name has its article, a whole statement none."""
    return label if slot.type in _STATED else articled(label)


def default_data(slot: Slot) -> str:
    """What the VALUES line of a question's file must hold for the slot's default."""
    if slot.type == PERIOD:
        return _bounds(periods.parse(slot.default))
    if slot.type in WORDED:
        return f"({UNBOUND if slot.default == ANY else slot.default} {UNBOUND})"
    if slot.default == ANY:
        return UNBOUND
    return f"<{slot.default}>" if iri_of(slot.default) == slot.default else slot.default


def written_data(slot: Slot, sparql: str) -> list[str]:
    """What each VALUES line of the slot holds; a sound question has one."""
    return _line(slot).findall(sparql)


def line_shape(slot: Slot) -> str:
    """How the VALUES line of the slot looks."""
    if slot.type == PERIOD:
        return "VALUES (?from ?to) { (… …) }"
    if slot.type in WORDED:
        return f"VALUES (?{slot.name} ?{slot.name}_words) {{ (… …) }}"
    return f"VALUES ?{slot.name} {{ … }}"


def replace_data(slot: Slot, filling: Filling, sparql: str) -> str:
    """The query with the filling in the slot's VALUES line, or without that line for "any"."""

    def line(found: re.Match[str]) -> str:
        if filling.data is None:
            return ""
        return found[0].replace(found["data"], filling.data)

    return _with_words(slot, filling, _line(slot).sub(line, sparql))


def _with_words(slot: Slot, filling: Filling, sparql: str) -> str:
    """The query with each match against the slot's words written out, one call for each pattern.

    A pattern that stands in a call is compiled once, one that a variable holds in every row. Very
    many patterns stay in their variable: written out, they would be more than a query may hold.
    """
    patterns = list(dict.fromkeys(_PATTERN.findall(filling.data or "")))
    if slot.type not in WORDED or not 0 < len(patterns) <= _MOST_WRITTEN:
        return sparql
    words = f"?{slot.name}_words"

    def calls(found: re.Match[str]) -> str:
        start, end = f'{found["call"]}, "{found["before"]}', f'{found["after"]}"{found["rest"]})'
        if slot.type == VERB:
            return f"{start}{patterns[0]}{end}"
        each_in_turn = (f'{words} = "{each}" && {start}{each}{end}' for each in patterns)
        return f"({' || '.join(each_in_turn)})"

    return _call(words).sub(calls, sparql)


def iri_of(written: str) -> str:
    """The IRI that a prefixed name, or an IRI in full, stands for."""
    prefix, _, local = written.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES and _NAME.fullmatch(local) else written


def shown(text: str) -> str:
    """A typed text as a message repeats it: quoted, escaped and short."""
    return repr(text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…")


def nearest(text: str, known: Mapping[str, str]) -> list[str]:
    """Up to three of the known things, those whose names are nearest to a typed text.

    Args:
        text: what was typed.
        known: the thing that each name stands for.
    """
    near = difflib.get_close_matches(text[:_SHOWN_LENGTH], known, n=3, cutoff=0.4)
    return list(dict.fromkeys(known[name] for name in near))


def did_you_mean(things: Sequence[str]) -> str:
    """The end of a message that offers these things; nothing when there are none."""
    return "did you mean " + " or ".join(f"'{each}'" for each in things) + "?" if things else ""


def _bounds(period: periods.Period) -> str:
    years = (period.from_year, period.to_year)
    return "(" + " ".join(UNBOUND if year is None else str(year) for year in years) + ")"


def _filling(slot: Slot, found: Sequence[Option], written: str) -> Filling:
    if len(found) > 1:
        raise SlotValueError(
            f"{shown(written)} names {len(found)} things: write one of "
            + ", ".join(option.value for option in found)
        )
    [option] = found
    data = option.value if option.value != option.iri else next(labels.batches([option.iri]))
    return Filling(option.value, named(slot, option.label), data)


def _worded(slot: Slot, found: Sequence[terms.Term]) -> Filling:
    """The filling of terms; an actor alone as subject is no word of another's name."""
    value = terms.SEPARATOR.join(term.value for term in found)
    called = " and ".join(term.label for term in found)
    if slot.type == VERB:
        if len(found) > 1:
            raise SlotValueError(f"{shown(value)} is no verb: write one")
        return Filling(value, found[0].verb, found[0].data)
    if slot.type == SUBJECT and len(found) == 1 and found[0].value.startswith("id:"):
        return Filling(value, called, f"({found[0].node} {UNBOUND})")
    return Filling(value, called, " ".join(term.data for term in found))


def _no_option(engine: Engine, slot: Slot, written: str) -> str:
    offered = options(engine, slot)
    called = {option.iri: option.label for option in offered}
    names = {titles.fold(name): called[iri] for iri, name in labels.alternatives(engine, called)}
    names |= {titles.fold(label): label for label in called.values()}
    near = nearest(titles.fold(written[:_SHOWN_LENGTH]), names)
    most_used = "write for example " + ", ".join(f"'{option.label}'" for option in offered[:5])
    return f"no {slot.label} is called {shown(written)}; {did_you_mean(near) or most_used}"


def _written(iri: str) -> str:
    """A prefixed name where SPARQL takes it as one whatever the IRI holds, else the bare IRI."""
    short = shorten(iri)
    return short if iri_of(short) == iri else iri


def _call(words: str) -> re.Pattern[str]:
    return re.compile(
        rf'(?P<call>(?:REGEX|REPLACE)\(\?\w+), CONCAT\("(?P<before>[^"]*)", '
        rf'{re.escape(words)}, "(?P<after>[^"]*)"\)(?P<rest>(?:, "[^"]*")+)\)'
    )


def _line(slot: Slot) -> re.Pattern[str]:
    if slot.type == PERIOD:
        data = r"VALUES \(\?from \?to\) \{ (?P<data>\(\S+ \S+\)) \}"
    elif slot.type in WORDED:
        data = rf"VALUES \(\?{slot.name} \?{slot.name}_words\) \{{ (?P<data>.+) \}}"
    else:
        data = rf"VALUES \?{slot.name} \{{ (?P<data>\S+) \}}"
    return re.compile(rf"^[ \t]*{data}[ \t]*\n", re.MULTILINE)
