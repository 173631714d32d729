"""Measures how questions in free words are understood: python -m tests.phrasings FILE …

Each file is a JSON list. A phrase in scope names its question and the slots that it fills:
``{"phrase": "Who likes peace?", "question": "prefers", "slots": {"policy": "id:peace"}}``.
Slots left out are "any", or at any time. ``"also": [{"question": …, "slots": …}]`` lists readings
that are right too. ``{"phrase": …, "outside": true}`` is a phrase that must get no answer: it is
right when it is not understood, or when the question as understood has none.
"""

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from kg import answers, periods, store, understanding
from kg.engines.local import LocalEngine
from kg.errors import StandpointError
from kg.gists import DOER, OTHER
from kg.questions import BoundQuestion, load_questions
from kg.slots import ANY, PERIOD
from kg.understanding import Ambiguous, Searched, Understanding, Understood, Vocabulary

DATA = Path(__file__).parent / "data" / "phrasings"
RIGHT, WRONG, OFFERED, REFUSED = "right", "silently wrong", "offered", "refused"
FOUND, MISSED = "found by search", "searched in vain"
INSERTED = ("not", "only", "except", "never", "according to critics")


def read(*paths: Path) -> list[dict[str, Any]]:
    """The phrasings of some files."""
    return [each for path in paths for each in json.loads(path.read_text("utf-8"))]


def verdicts(vocabulary: Vocabulary, phrasings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The verdict on each phrase."""
    return {each["phrase"]: verdict(vocabulary, each) for each in phrasings}


def verdict(vocabulary: Vocabulary, phrasing: Mapping[str, Any]) -> str:
    """Whether one phrase is right, silently wrong, offered among others, or refused."""
    found = vocabulary.understand(phrasing["phrase"])
    if phrasing.get("outside"):
        if isinstance(found, Searched):
            return MISSED
        if not isinstance(found, Understood):
            return RIGHT
        return WRONG if answers.answer(vocabulary.engine, found.bound).rows else RIGHT
    if "sentences" in phrasing:
        return _held_by_sentences(vocabulary, found, set(phrasing["sentences"]))
    wanted = [_meaning(each) for each in _wanted(vocabulary, phrasing)]
    if isinstance(found, Understood):
        return RIGHT if _meaning(found.bound) in wanted else WRONG
    if isinstance(found, Ambiguous) and any(_meaning(each) in wanted for each in found.choices):
        return OFFERED
    return REFUSED


def _held_by_sentences(vocabulary: Vocabulary, found: Understanding, wanted: Set[int]) -> str:
    """The verdict where sentences are the standard: one of them must be in the evidence."""
    if isinstance(found, Searched):
        numbers = {each.evidence.number or 0 for each in found.found}
        return FOUND if not wanted.isdisjoint(numbers) else MISSED
    if isinstance(found, Understood):
        answer = answers.answer(vocabulary.engine, found.bound)
        rows = [*answer.rows, *answer.possible_rows]
        if not wanted.isdisjoint(quote.number or 0 for row in rows for quote in row.evidence):
            return RIGHT
        return WRONG if rows else REFUSED
    offered = getattr(found, "choices", ()) or getattr(found, "offers", ())
    return OFFERED if offered else REFUSED


def mutations(phrase: str) -> Iterator[str]:
    """The phrase with one word more that denies or restricts, at each place."""
    words = phrase.split()
    for place in range(1, len(words) + 1):
        for inserted in INSERTED:
            end = words[place - 1]
            mark = end[-1] if place == len(words) and end[-1] in "?." else ""
            before = [*words[: place - 1], end.removesuffix(mark) if mark else end]
            yield " ".join([*before, inserted + mark, *words[place:]])


def swapped(found: Understood) -> Iterator[str]:
    """The phrase with two of its parts exchanged that say who does what to whom."""
    parts = [account.words for account in found.accounts]
    slots = found.bound.question.slots.values()
    named = {"who", "whom", "what", DOER, OTHER}
    named |= {slot.name for slot in slots if slot.type != PERIOD}
    places = [place for place, each in enumerate(found.accounts) if each.use in named]
    for one, other in itertools.combinations(places, 2):
        changed = list(parts)
        changed[one], changed[other] = parts[other], parts[one]
        if parts[one].casefold() == parts[other].casefold():
            continue
        yield " ".join(changed).replace(" 's", "'s")


def unnoticed(vocabulary: Vocabulary, phrase: str) -> tuple[int, list[str]]:
    """How many changed phrasings were tried, and those answered as if nothing had changed."""
    found = vocabulary.understand(phrase)
    if not isinstance(found, Understood):
        return 0, []
    tried = [*mutations(phrase), *swapped(found)]
    same = [
        text
        for text in tried
        if isinstance(after := vocabulary.understand(text), Understood)
        and _meaning(after.bound) == _meaning(found.bound)
    ]
    return len(tried), same


def _wanted(vocabulary: Vocabulary, phrasing: Mapping[str, Any]) -> Iterator[BoundQuestion]:
    for each in (phrasing, *phrasing.get("also", ())):
        question = vocabulary.questions[each["question"]]
        open_slots = {
            slot.name: periods.ANY_TIME.words if slot.type == PERIOD else ANY
            for slot in question.slots.values()
            if slot.type == PERIOD or slot.any_words
        }
        yield question.bind(vocabulary.engine, open_slots | dict(each.get("slots", {})))


def _meaning(bound: BoundQuestion) -> tuple[str, str]:
    return bound.question.name, bound.sparql


def main(files: Sequence[str]) -> None:
    """Print the counts, and each phrase that is not right."""
    engine = LocalEngine(store.current().store_path)
    vocabulary = understanding.load(engine, load_questions())
    counts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    tried, same = 0, []
    for phrasing in read(*(map(Path, files) if files else sorted(DATA.glob("*.json")))):
        outside = bool(phrasing.get("outside"))
        try:
            result = verdict(vocabulary, phrasing)
        except StandpointError as error:
            result = f"faulty: {error}"
        counts[outside][result] += 1
        if result != RIGHT:
            print(f"{result:15} {phrasing['phrase']}")  # noqa: T201 - a measuring script prints
        number, unnoticed_here = unnoticed(vocabulary, phrasing["phrase"])
        tried += number
        same += unnoticed_here
    for outside, counted in counts.items():
        where = "outside" if outside else "in scope"
        print(where, dict(counted), "of", counted.total())  # noqa: T201
    print("changed", tried, "unnoticed", len(same), *same[:20], sep="\n  ")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
