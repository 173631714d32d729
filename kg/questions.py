"""Questions in words: a title with slots, and the SPARQL that answers it.

Each ``kg/questions/*.rq`` is one question. Its head, the lines that begin with ``#+`` at the top,
is YAML 1.1: title, summary, theme, order, columns and empty, and as needed slots and cautions. The
file is SPARQL 1.1 and runs as it stands, with each slot at its default.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
import yaml

from kg import labels, paths, periods, slots, titles
from kg.engines.results import Solutions
from kg.errors import QuestionError, SlotValueError, UnknownQuestionError
from kg.labels import Engine
from kg.namespaces import PREFIXES
from kg.slots import ANY, PERIOD, Filling, Option, Slot, options

__all__ = [
    "BoundQuestion",
    "Option",
    "Question",
    "Slot",
    "default_sentences",
    "exact",
    "find",
    "load_questions",
    "options",
]

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

    @cached_property
    def is_of_any_time(self) -> bool:
        """Whether it has a period, which is any time where nothing else is said."""
        return self.period_slot is not None and self.period_slot.default == periods.ANY_TIME.words

    @cached_property
    def timeless(self) -> str:
        """The title without its period."""
        return titles.without(self.title, self.period_slot.name) if self.period_slot else self.title

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
            names = "its slots are " + ", ".join(self.slots) if self.slots else "it has none"
            raise SlotValueError(
                f"the question '{self.name}' has no slot {slots.shown(unknown[0])}: {names}"
            )
        # Periods first: they are read without asking the engine.
        by_cost = sorted(self.slots.values(), key=lambda slot: slot.type != PERIOD)
        written = {slot.name: values.get(slot.name, slot.default) for slot in by_cost}
        fillings = {slot.name: self._fill(engine, slot, written[slot.name]) for slot in by_cost}
        words = {name: filling.words for name, filling in fillings.items()}
        sparql = self.sparql
        for name, filling in fillings.items():
            sparql = slots.replace_data(self.slots[name], filling, sparql)
        return BoundQuestion(
            question=self,
            values={name: fillings[name].value for name in self.slots},
            labels=words,
            sentence=titles.fill(self.title, words),
            empty=titles.fill(self.empty, words),
            sparql=sparql,
        )

    def _fill(self, engine: Engine, slot: Slot, written: str) -> Filling:
        try:
            return slots.fill(engine, slot, written)
        except SlotValueError as error:
            raise SlotValueError(
                f"the question '{self.name}', slot '{slot.name}': {error}"
            ) from error


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
    def brief(self) -> str:
        """The sentence, in which a period that is any time goes without saying."""
        is_open = self.period is not None and self.period.is_open
        return titles.fill(self.question.timeless if is_open else self.question.title, self.labels)

    @property
    def period(self) -> periods.Period | None:
        """The period asked about, or None when the question has no period."""
        slot = self.question.period_slot
        return periods.parse(self.values[slot.name]) if slot else None


def load_questions(folder: Path = paths.QUESTIONS) -> dict[str, Question]:
    """All questions of a folder by name, in their order.

    Raises:
        QuestionError: a file's head or query is faulty; the message names the file.
    """
    types = slots.types()
    read = [_read(path, types) for path in sorted(folder.glob("*.rq"))]
    return {each.name: each for each in sorted(read, key=lambda each: (each.order, each.name))}


def find(questions: Mapping[str, Question], name: str) -> Question:
    """The question of this name.

    Raises:
        UnknownQuestionError: there is none; the message names the nearest.
    """
    if name in questions:
        return questions[name]
    near = slots.did_you_mean(slots.nearest(name, {each: each for each in questions}))
    offer = near or "ask one of " + ", ".join(questions)
    raise UnknownQuestionError(f"there is no question {slots.shown(name)}: {offer}")


def default_sentences(engine: Engine, questions: Iterable[Question]) -> dict[str, str]:
    """Each question's sentence with its defaults, by name; one query for all.

    A period that is any time goes without saying.
    """
    asked = list(questions)
    terms = {
        slot.default: slots.iri_of(slot.default)
        for question in asked
        for slot in question.slots.values()
    }
    called = labels.labels(engine, terms.values())

    def words(slot: Slot) -> str:
        if slot.type == PERIOD:
            return slot.default
        if slot.default == ANY:
            return slot.any_words or ANY
        return slots.named(slot, called[terms[slot.default]])

    def title(question: Question) -> str:
        return question.timeless if question.is_of_any_time else question.title

    return {
        question.name: titles.fill(
            title(question), {name: words(slot) for name, slot in question.slots.items()}
        )
        for question in asked
    }


def exact(engine: Engine, text: str, known: Mapping[str, Question]) -> list[BoundQuestion]:
    """The questions whose title a text is, word for word, with its slots filled.

    Nothing is guessed: every word must be of the title, or the label of an option, or a period.
    """
    engine = _Remembering(engine)
    found: dict[tuple[str, str], BoundQuestion] = {}
    for question in known.values():
        for bound in _filled(engine, question, text):
            found.setdefault((question.name, bound.sparql), bound)
    return list(found.values())


def _filled(engine: Engine, question: Question, text: str) -> list[BoundQuestion]:
    """The ways in which a text fills the title; else the sentence itself without its period."""
    found = list(_readings(engine, question, question.title, text))
    if found or not question.is_of_any_time:
        return found
    read = _readings(engine, question, question.timeless, text)
    return [each for each in read if titles.fold(each.brief) == titles.fold(text)]


def _readings(engine: Engine, question: Question, title: str, text: str) -> Iterator[BoundQuestion]:
    for words in titles.readings(title, text):
        with suppress(SlotValueError):
            yield question.bind(engine, words)


class _Remembering:
    """An engine that answers the same query once: all ways to cut a sentence ask for options."""

    def __init__(self, engine: Engine) -> None:
        self._answer = cache(engine.select)

    def select(self, sparql: str) -> Solutions:
        return self._answer(sparql)


# Reading a file.


def _read(path: Path, types: Collection[str]) -> Question:
    text = path.read_text(encoding="utf-8")
    head = _head(path, text)
    given = head.get("slots", {})
    question = Question(
        name=path.stem,
        title=head["title"],
        summary=head["summary"],
        theme=head["theme"],
        order=head["order"],
        slots={name: _slot(path, name, each, types) for name, each in given.items()},
        columns=head["columns"],
        empty=head["empty"],
        cautions=head.get("cautions", True),
        sparql=text,
        path=path,
    )
    _check_title(question)
    _check_columns(question)
    for slot in question.slots.values():
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
    if not isinstance(given, dict) or not isinstance(name, str) or not name.isidentifier():
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
    if default == ANY and not any_:
        raise _fault(path, f"the slot {name} defaults to any: add 'any: true' to it")
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
    found = slots.written_data(slot, question.sparql)
    if len(found) != 1:
        raise _fault(
            question.path,
            f"the slot {slot.name} needs one line '{slots.line_shape(slot)}', "
            f"there are {len(found)}",
        )
    try:
        data = slots.default_data(slot)
    except SlotValueError as error:
        raise _fault(question.path, f"the default of the slot {slot.name}: {error}") from error
    if found[0] != data:
        raise _fault(
            question.path,
            f"the default of the slot {slot.name} is {slot.default!r}, but the line VALUES says "
            f"{found[0]}: make them agree",
        )
