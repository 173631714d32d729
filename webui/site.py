"""What every page needs: the snapshot, the engine, and what is worked out once for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from flask import current_app

from kg.engines.engine import Engine as Engine
from kg.engines.guard import Guard
from kg.namespaces import PREFIXES
from kg.questions import Question, default_sentences
from kg.store import Snapshot
from webui.budgets import Budget

EXTENSION = "standpoint"


@dataclass(frozen=True)
class Counts:
    """How much the graph holds."""

    documents: int
    actors: int
    claims: int
    sentences: int


@dataclass(frozen=True, eq=False)
class Site:
    """One snapshot, served; it never changes, so neither does what is worked out from it.

    Attributes:
        snapshot: the built store and its release files.
        engine: what answers queries of this snapshot.
        questions: the library, in its order.
        base_url: where the service is reached from outside, without a final slash.
        budget: what each client address may have, or None where it may have anything.
        is_plain: whether it serves somebody else's data: then there are no pages about it.
    """

    snapshot: Snapshot
    engine: Engine
    questions: Mapping[str, Question]
    base_url: str
    budget: Budget | None = None
    is_plain: bool = False

    @cached_property
    def guard(self) -> Guard:
        """What lets queries through to the engine."""
        return Guard(
            self.engine.limits,
            self.snapshot.graphs,
            {} if self.is_plain else PREFIXES,
            self.base_url + "/sparql" if self.is_plain else "",
            self.engine.services,
        )

    @cached_property
    def sentences(self) -> Mapping[str, str]:
        """Each question with its defaults, in words, by name."""
        return default_sentences(self.engine, self.questions.values())

    @cached_property
    def themes(self) -> Mapping[str, Sequence[Question]]:
        """The questions by theme, both in the library's order."""
        themes: dict[str, list[Question]] = {}
        for question in self.questions.values():
            themes.setdefault(question.theme, []).append(question)
        return themes


def site() -> Site:
    """The site of the current application."""
    return cast(Site, current_app.extensions[EXTENSION])
