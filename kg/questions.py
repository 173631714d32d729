"""Questions in words: a title with slots, and the SPARQL that answers it.

Each ``kg/questions/*.rq`` is one question. Its head, the lines that begin with ``#+`` at the top,
is YAML 1.1: title, summary, theme, order, columns and empty, and as needed slots and cautions. The
file is SPARQL 1.1 and runs as it stands, with each slot at its default.

A slot is bound by putting one generated VALUES line in the place of the written one. Only terms
that the graph offers as an option, and integers, are ever generated: no word that a person typed
reaches a query.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

from kg import labels, paths, periods, titles
from kg.errors import QuestionError, SlotValueError, UnknownQuestionError
from kg.labels import Engine
from kg.namespaces import ID, PREFIXES, shorten

PERIOD = "period"
ANY = "any"
"""The value that leaves a slot unbound, where the slot allows it."""

_REQUIRED = {
    "title": str,
    "summary": str,
    "theme": str,
    "order": int,
    "columns": dict,
    "empty": str,
}
_OPTIONAL = {"slots": dict, "cautions": bool}
_SLOT_KEYS = {"type", "default", "label", "any"}
_UNSHOWN = ("claim", "certain")
_ARTICLE = "the "
_SHOWN_LENGTH = 60
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True)
class Slot:
    """A part of a question that can be filled differently.

    Attributes:
        name: the SPARQL variable that the slot binds, without its question mark.
        type: "period", or the name of a file in ``kg/questions/slots``.
        label: what the slot is called.
        default: a value as a person would write it.
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
class Question:
    """A question with slots.

    Attributes:
        name: the file's name without its ending.
        title: the question in words, with ``{slots}``.
        summary: one sentence on what it finds.
        theme: the heading under which it is listed.
        order: its place among all questions.
        slots: its slots by name.
        columns: heading of each variable that is shown.
        empty: the sentence for an empty answer, with ``{slots}``.
        cautions: whether rows that rest on reports or denials only are marked; False where the
            question asks for these.
        sparql: the whole file, with every slot at its default.
        path: the file.
    """

    name: str
    title: str
    summary: str
    theme: str
    order: int
    slots: Mapping[str, Slot]
    columns: Mapping[str, str]
    empty: str
    cautions: bool
    sparql: str
    path: Path

    @cached_property
    def period_slot(self) -> Slot | None:
        """The slot that takes a period, if there is one."""
        return next((slot for slot in self.slots.values() if slot.type == PERIOD), None)

    def bind(self, engine: Engine, values: Mapping[str, str]) -> "BoundQuestion":
        """The question with these values, and defaults for the slots left out.

        Args:
            engine: answers which options there are.
            values: a value for each slot by name: for a period its words; else an option's
                prefixed name, IRI, local name or label; "any" where the slot allows it.

        Raises:
            SlotValueError: there is no such slot, or the slot does not take this value.
        """
        if unknown := [name for name in values if name not in self.slots]:
            raise SlotValueError(
                f"the question '{self.name}' has no slot {_shown(unknown[0])}: {self._slot_names()}"
            )
        written = {name: values.get(name, slot.default) for name, slot in self.slots.items()}
        # Periods first: they are read without asking the engine.
        by_cost = sorted(self.slots.values(), key=lambda slot: slot.type != PERIOD)
        taken = {slot.name: _take(engine, slot, written[slot.name], self.name) for slot in by_cost}
        words = {name: choice.words for name, choice in taken.items()}
        sparql = self.sparql
        for name, choice in taken.items():
            sparql = _replace_values(self.slots[name], choice.data, sparql)
        return BoundQuestion(
            question=self,
            values={name: taken[name].value for name in self.slots},
            labels=words,
            sentence=titles.fill(self.title, words),
            empty=titles.fill(self.empty, words),
            sparql=sparql,
        )

    def _slot_names(self) -> str:
        return "its slots are " + ", ".join(self.slots) if self.slots else "it has none"


@dataclass(frozen=True)
class BoundQuestion:
    """A question with a value in each slot.

    Attributes:
        question: the question.
        values: the value of each slot in its one written form, as addresses carry it.
        labels: the words of each slot in the sentence.
        sentence: the title with these words.
        empty: the sentence for an empty answer, with these words.
        sparql: the query, ready to run.
    """

    question: Question
    values: Mapping[str, str]
    labels: Mapping[str, str]
    sentence: str
    empty: str
    sparql: str

    @property
    def period(self) -> periods.Period | None:
        """The period asked about, or None when the question has no period."""
        slot = self.question.period_slot
        return periods.parse(self.values[slot.name]) if slot else None


@dataclass(frozen=True)
class _Choice:
    value: str
    words: str
    data: str | None


def load_questions(folder: Path = paths.QUESTIONS) -> dict[str, Question]:
    """All questions of a folder by name, in their order.

    Raises:
        QuestionError: a file's head or query is faulty; the message names the file.
    """
    types = {PERIOD, *(path.stem for path in (folder / "slots").glob("*.rq"))}
    read = [_read(path, types) for path in sorted(folder.glob("*.rq"))]
    return {each.name: each for each in sorted(read, key=lambda each: (each.order, each.name))}


def find(questions: Mapping[str, Question], name: str) -> Question:
    """The question of this name.

    Raises:
        UnknownQuestionError: there is none; the message names the nearest.
    """
    if name in questions:
        return questions[name]
    near = difflib.get_close_matches(name[:_SHOWN_LENGTH], questions, n=3, cutoff=0.5)
    raise UnknownQuestionError(
        f"there is no question {_shown(name)}: " + _or(near, "ask one of " + ", ".join(questions))
    )


def options(engine: Engine, slot: Slot) -> list[Option]:
    """What a slot takes, the most used first; nothing for a period, which takes words."""
    if slot.type == PERIOD:
        return []
    query = (paths.QUESTIONS / "slots" / f"{slot.type}.rq").read_text(encoding="utf-8")
    found = []
    for row in engine.select(query).rows:
        iri = row["value"].value
        if not isinstance(row["value"], pyoxigraph.NamedNode) or not any(labels.batches([iri])):
            continue
        found.append(Option(_written(iri), row["label"].value, int(row["count"].value), iri))
    return found


def default_sentences(engine: Engine, questions: Iterable[Question]) -> dict[str, str]:
    """Each question's sentence with its defaults, by name; one query for all."""
    asked = list(questions)
    terms = {
        slot.default: _iri(slot.default) for question in asked for slot in question.slots.values()
    }
    called = labels.labels(engine, terms.values())

    def words(slot: Slot) -> str:
        if slot.type == PERIOD:
            return slot.default
        return slot.any_words or ANY if slot.default == ANY else called[terms[slot.default]]

    return {
        question.name: titles.fill(
            question.title, {name: words(slot) for name, slot in question.slots.items()}
        )
        for question in asked
    }


def understand(
    engine: Engine, text: str, questions: Mapping[str, Question] | None = None
) -> BoundQuestion:
    """The question that a whole sentence asks, word for word a title with its slots filled.

    Nothing is guessed: every word must be of the title, or the label of an option, or a period.

    Raises:
        UnknownQuestionError: no title fits, or two do; the message names the nearest questions.
    """
    known = load_questions() if questions is None else questions
    found: dict[tuple[str, str], BoundQuestion] = {}
    for question in known.values():
        for words in titles.readings(question.title, text):
            try:
                bound = question.bind(engine, words)
            except SlotValueError:
                continue
            found.setdefault((question.name, bound.sparql), bound)
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise UnknownQuestionError(
            "the question can be read in more than one way: "
            + "; ".join(f"{bound.question.name}: {bound.sentence}" for bound in found.values())
        )
    raise UnknownQuestionError(_not_understood(engine, text, known))


def _not_understood(engine: Engine, text: str, known: Mapping[str, Question]) -> str:
    sentences = default_sentences(engine, known.values())
    by_text = {titles.fold(sentence): known[name] for name, sentence in sentences.items()}
    near = difflib.get_close_matches(
        titles.fold(text[: titles.MAX_LENGTH]), by_text, n=3, cutoff=0.3
    )
    listed = "".join(f"\n  {sentences[by_text[words].name]}" for words in near)
    asks = f"; the nearest questions are:{listed}" if near else "; list all with 'kg ask'"
    return f"the question {_shown(text)} is not understood{asks}"


# Binding.


def _take(engine: Engine, slot: Slot, written: str, question: str) -> _Choice:
    if slot.type == PERIOD:
        return _take_period(slot, written, question)
    folded = titles.fold(written) if len(written) <= titles.MAX_LENGTH else ""
    if slot.any_words and folded in (ANY, titles.fold(slot.any_words)):
        return _Choice(ANY, slot.any_words, None)
    option = _choose(engine, options(engine, slot), slot, written, question)
    return _Choice(option.value, option.label, _term(option.iri))


def _take_period(slot: Slot, written: str, question: str) -> _Choice:
    try:
        period = periods.parse(written)
    except SlotValueError as error:
        raise SlotValueError(f"the question '{question}', slot '{slot.name}': {error}") from error
    bounds = (period.from_year, period.to_year)
    data = " ".join("UNDEF" if year is None else str(year) for year in bounds)
    return _Choice(period.words, period.words, f"({data})")


def _choose(
    engine: Engine, offered: Sequence[Option], slot: Slot, written: str, question: str
) -> Option:
    spellings = [written]
    if written.casefold().startswith(_ARTICLE):
        spellings.append(written[len(_ARTICLE) :])
    if len(written) <= titles.MAX_LENGTH:
        for spelling in spellings:
            for test in (_has_iri, _has_label):
                found = [option for option in offered if test(option, spelling)]
                if chosen := _only(found, slot, written, question):
                    return chosen
        for spelling in spellings:
            found = _by_other_name(engine, offered, spelling)
            if chosen := _only(found, slot, written, question):
                return chosen
    raise SlotValueError(_no_option(offered, slot, written, question))


def _has_iri(option: Option, written: str) -> bool:
    return written.strip("<>") in (option.iri, option.value, option.iri.removeprefix(ID))


def _has_label(option: Option, written: str) -> bool:
    return titles.fold(option.label) == titles.fold(written)


def _by_other_name(engine: Engine, offered: Sequence[Option], written: str) -> list[Option]:
    names = labels.alternatives(engine, (option.iri for option in offered))
    found = {iri for iri, name in names if titles.fold(name) == titles.fold(written)}
    return [option for option in offered if option.iri in found]


def _only(found: Sequence[Option], slot: Slot, written: str, question: str) -> Option | None:
    if len(found) > 1:
        raise SlotValueError(
            f"the question '{question}', slot '{slot.name}': {_shown(written)} names "
            f"{len(found)} things; write one of {', '.join(option.value for option in found)}"
        )
    return found[0] if found else None


def _no_option(offered: Sequence[Option], slot: Slot, written: str, question: str) -> str:
    by_text = {titles.fold(option.label): option for option in reversed(offered)}
    near = difflib.get_close_matches(titles.fold(written[:_SHOWN_LENGTH]), by_text, n=3, cutoff=0.4)
    nearest = [f"'{by_text[text].label}'" for text in near]
    most_used = [f"'{option.label}'" for option in offered[:5]]
    return (
        f"the question '{question}', slot '{slot.name}': no {slot.label} is called "
        f"{_shown(written)}; " + _or(nearest, "write for example " + ", ".join(most_used))
    )


def _or(near: Sequence[str], otherwise: str) -> str:
    return "did you mean " + " or ".join(near) + "?" if near else otherwise


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…")


def _written(iri: str) -> str:
    """A prefixed name where SPARQL takes it as one whatever the IRI holds, else the bare IRI."""
    short = shorten(iri)
    prefix, _, local = short.partition(":")
    return short if prefix in PREFIXES and _NAME.fullmatch(local) else iri


def _term(iri: str) -> str:
    short = _written(iri)
    return next(labels.batches([iri])) if short == iri else short


def _iri(written: str) -> str:
    """The IRI that a prefixed name, or an IRI in full, stands for."""
    prefix, _, local = written.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES and _NAME.fullmatch(local) else written


def _values_line(slot: Slot) -> re.Pattern[str]:
    if slot.type == PERIOD:
        data = r"VALUES \(\?from \?to\) \{ (\(\S+ \S+\)) \}"
    else:
        data = rf"VALUES \?{slot.name} \{{ (\S+) \}}"
    return re.compile(rf"^[ \t]*{data}[ \t]*\n", re.MULTILINE)


def _replace_values(slot: Slot, data: str | None, sparql: str) -> str:
    def line(found: re.Match[str]) -> str:
        start, end = found.span(1)
        at = found.start()
        return "" if data is None else found[0][: start - at] + data + found[0][end - at :]

    return _values_line(slot).sub(line, sparql)


# Reading a file.


def _read(path: Path, types: Collection[str]) -> Question:
    text = path.read_text(encoding="utf-8")
    head = _head(path, text)
    slots = {name: _slot(path, name, given, types) for name, given in head.get("slots", {}).items()}
    question = Question(
        name=path.stem,
        title=head["title"],
        summary=head["summary"],
        theme=head["theme"],
        order=head["order"],
        slots=slots,
        columns=head["columns"],
        empty=head["empty"],
        cautions=head.get("cautions", True),
        sparql=text,
        path=path,
    )
    _check_title(question)
    _check_columns(question)
    for slot in slots.values():
        _check_values(question, slot)
    return question


def _fault(path: Path, what: str) -> QuestionError:
    return QuestionError(f"{path.name}: {what}")


def _head(path: Path, text: str) -> dict[str, Any]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        lines.append(line.removeprefix("#+").removeprefix(" "))
    try:
        head = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        raise _fault(path, f"the head is no YAML, put quotes around the text: {error}") from error
    if not isinstance(head, dict):
        raise _fault(path, "there is no head: begin the file with lines '#+ title: …'")
    _check_keys(path, head)
    return head


def _check_keys(path: Path, head: Mapping[str, Any]) -> None:
    kinds = _REQUIRED | _OPTIONAL
    for key in head:
        if key not in kinds:
            raise _fault(path, f"the head has an unknown key {key!r}: use {', '.join(kinds)}")
    for key in _REQUIRED:
        if not head.get(key) and head.get(key) != 0:
            raise _fault(path, f"the head has no {key}: add a line '#+ {key}: …'")
    for key, value in head.items():
        if not isinstance(value, kinds[key]) or (kinds[key] is int and isinstance(value, bool)):
            raise _fault(path, f"{key} in the head must be {_KIND_WORDS[kinds[key]]}")
    for name, heading in head["columns"].items():
        if not isinstance(heading, str):
            raise _fault(path, f"the heading of the column {name} must be text: put quotes")


_KIND_WORDS: Mapping[type, str] = {
    str: "text: put it in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a mapping such as {name: …}",
}


def _slot(path: Path, name: object, given: object, types: Collection[str]) -> Slot:
    if not isinstance(given, dict) or not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _fault(path, f"the slot {name!r} must be written 'name: {{type: …, default: …}}'")
    if unknown := sorted(map(str, given.keys() - _SLOT_KEYS)):
        raise _fault(path, f"the slot {name} has an unknown key {unknown[0]!r}: remove it")
    kind, default, any_ = given.get("type"), given.get("default"), given.get("any", False)
    label = given.get("label", kind)
    if not isinstance(kind, str) or kind not in types:
        raise _fault(path, f"the slot {name} has the type {kind!r}: use {', '.join(sorted(types))}")
    if not isinstance(default, str) or not isinstance(label, str):
        raise _fault(path, f"the slot {name} needs a default that is text: put it in quotes")
    if not isinstance(any_, bool | str) or (any_ and kind == PERIOD):
        raise _fault(path, f"any of the slot {name} must be true or words; no period takes it")
    words = f"any {label}" if any_ is True else any_ or None
    return Slot(name, kind, label, default, words)


def _check_title(question: Question) -> None:
    named = titles.slots_in(question.title)
    for name in named:
        if name not in question.slots:
            raise _fault(
                question.path, f"the title's slot {{{name}}} is not declared: add it to slots"
            )
    for name in question.slots:
        if named.count(name) != 1:
            raise _fault(
                question.path, f"the title must hold the slot {{{name}}} once: add or drop it"
            )
    for name in titles.slots_in(question.empty):
        if name not in question.slots:
            raise _fault(question.path, f"empty names {{{name}}}, which is no slot: declare it")


def _check_columns(question: Question) -> None:
    try:
        results = pyoxigraph.Store().query(question.sparql, prefixes=dict(PREFIXES))
    except (SyntaxError, ValueError) as error:
        raise _fault(question.path, f"the query is no SPARQL 1.1: {error}") from error
    if not isinstance(results, pyoxigraph.QuerySolutions):
        raise _fault(question.path, "the query must be a SELECT")
    selected = [variable.value for variable in results.variables]
    for name in question.columns:
        if name not in selected or name in _UNSHOWN:
            raise _fault(question.path, f"the column {name} is no variable shown by SELECT")
    for name in selected:
        if name not in question.columns and name not in _UNSHOWN:
            raise _fault(question.path, f"the variable ?{name} has no heading: add it to columns")


def _check_values(question: Question, slot: Slot) -> None:
    found = _values_line(slot).findall(question.sparql)
    shape = (
        "VALUES (?from ?to) { (… …) }" if slot.type == PERIOD else f"VALUES ?{slot.name} {{ … }}"
    )
    if len(found) != 1:
        raise _fault(
            question.path, f"the slot {slot.name} needs one line '{shape}', there are {len(found)}"
        )
    if found[0] != _default_data(question, slot):
        raise _fault(
            question.path,
            f"the default of the slot {slot.name} is {slot.default!r}, but the line VALUES says "
            f"{found[0]}: make them agree",
        )


def _default_data(question: Question, slot: Slot) -> str | None:
    if slot.type == PERIOD:
        return _take_period(slot, slot.default, question.name).data
    if slot.default == ANY:
        if slot.any_words is None:
            raise _fault(question.path, f"the slot {slot.name} defaults to any: add 'any: true'")
        return "UNDEF"
    return f"<{slot.default}>" if _iri(slot.default) == slot.default else slot.default
