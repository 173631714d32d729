"""The positions: which actor is for or against which policy, over what, and since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from kg import periods
from kg.labels import labels
from kg.namespaces import SP
from webui import queries
from webui.extents import Extent, Verdict, extent
from webui.site import Engine, site
from webui.statements import Statement, statements

blueprint = Blueprint("positions", __name__)

RELATIONS = {
    SP + "hasPreferredOption": ("prefers", "does not prefer"),
    SP + "hasSupportedOption": ("champions", "does not champion"),
    SP + "hasAcceptedOption": ("would accept", "would not accept"),
    SP + "hasDispreferredOption": ("ranks lower", "does not rank lower"),
}
"""What an attitude is called when a claim affirms it, and when a claim denies it."""

AGAINST = SP + "hasDispreferredOption"


@dataclass(frozen=True)
class Position:
    """An actor's attitude to a policy, as one claim says it.

    Attributes:
        actor: IRI of the actor.
        relation: IRI of the attitude's relation to the policy.
        option: IRI of the policy.
        through: the policy in whose place this form of it stands, or the policy itself.
        others: what the policy is ranked against, in words.
        statement: the claim and its sentence.
        when: what its time is called, or an empty text.
        extent: the bounds of its time.
        verdict: whether it is held in the year that is asked for.
    """

    actor: str
    relation: str
    option: str
    through: str
    others: tuple[str, ...]
    statement: Statement
    when: str
    extent: Extent
    verdict: Verdict

    @property
    def is_for(self) -> bool:
        """Whether it speaks for the policy; a denied attitude speaks against it."""
        return (self.relation == AGAINST) == self.statement.evidence.denies

    @property
    def words(self) -> str:
        """The attitude in a few words."""
        return RELATIONS[self.relation][self.statement.evidence.denies]

    @property
    def anchor(self) -> str:
        """Its name within the page."""
        place = self.statement.evidence.claim.rsplit("/", 1)[-1]
        return f"{place}-{self.option.rsplit('/', 1)[-1]}-{self.relation.rsplit('#', 1)[-1]}"


@dataclass(frozen=True)
class Matrix:
    """Positions by policy and actor.

    Attributes:
        actors: label of each actor, by IRI, in the order of the columns.
        policies: label of each policy, by IRI, in the order of the rows.
        cells: the positions of each policy and actor.
    """

    actors: Mapping[str, str]
    policies: Mapping[str, str]
    cells: Mapping[tuple[str, str], Sequence[Position]]

    @property
    def listed(self) -> list[Position]:
        """Every position once, in the place of the policy that it names."""
        return [
            each
            for policy in self.policies
            for actor in self.actors
            for each in self.cells.get((policy, actor), ())
            if each.option == each.through
        ]


def positions(engine: Engine, year: int | None = None) -> list[Position]:
    """Every position; of a year, those that are held then certainly or possibly.

    A position that the encoder reads between the lines is held possibly at best.
    """
    rows = engine.select(queries.text("positions")).rows
    said = {each.evidence.claim: each for each in statements(engine, queries.text("positions"))}
    names = ("scope", "other")
    called = labels(engine, (row[name].value for row in rows for name in names if name in row))
    others: dict[tuple[str, ...], dict[str, None]] = {}
    first: dict[tuple[str, ...], Position] = {}
    for row in rows:
        if row["claim"].value not in said:
            continue
        actor, relation, option = (row[each].value for each in ("actor", "relation", "option"))
        through = row["general"].value
        key = (actor, relation, option, through, row["claim"].value)
        over = others.setdefault(key, {})
        if "other" in row:
            over[called[row["other"].value]] = None
        statement, known = said[row["claim"].value], extent(row)
        when = called[row["scope"].value] if "scope" in row else ""
        verdict = _verdict(statement, known, year)
        first[key] = Position(
            actor, relation, option, through, tuple(over), statement, when, known, verdict
        )
    return [each for each in first.values() if each.verdict != "no"]


def _verdict(statement: Statement, known: Extent, year: int | None) -> Verdict:
    verdict = "certainly" if year is None else known.within(year, year)
    return "possibly" if verdict == "certainly" and statement.evidence.infers else verdict


def matrix(engine: Engine, year: int | None = None) -> Matrix:
    """The positions as a matrix; a form of a policy counts in the policy's row too."""
    cells: dict[tuple[str, str], list[Position]] = {}
    for each in positions(engine, year):
        cells.setdefault((each.through, each.actor), []).append(each)
    actors = labels(engine, {actor for _, actor in cells})
    policies = labels(engine, {policy for policy, _ in cells})
    return Matrix(_by_label(actors), _by_label(policies), cells)


def _by_label(called: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(called.items(), key=lambda item: item[1].removeprefix("a ").casefold()))


@blueprint.get("/positions")
def page() -> tuple[str, int]:
    """The matrix and the same as a list; ``as-of`` is a year."""
    asked = request.args.get("as-of", "").strip()
    year = _year(asked)
    fault = "" if year is not None or not asked else asked
    engine = site().engine
    shown = matrix(engine, year)
    options = labels(engine, {each.option for each in shown.listed} | set(shown.policies))
    text = render_template(
        "positions.html", matrix=shown, options=options, year=year, asked=asked, fault=fault
    )
    return text, 400 if fault else 200


def _year(asked: str) -> int | None:
    digits = asked.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        return None
    year = int(asked)
    return year if year in periods.YEARS else None
