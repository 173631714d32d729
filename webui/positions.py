"""The positions: which actor is for or against which policy, over what, and since when."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

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

COLUMNS = (
    *("actor", "side", "attitude", "policy", "over", "time", "possible years", "certain years"),
    *("held", "claimant", "kind", "certainty", "document", "sentence", "quote", "claim"),
)
"""The columns of the table for a spreadsheet."""


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

    def of(self, actor: str) -> "Matrix":
        """The positions of one actor only."""
        cells = {key: held for key, held in self.cells.items() if key[1] == actor}
        return Matrix(
            {iri: label for iri, label in self.actors.items() if iri == actor},
            {iri: label for iri, label in self.policies.items() if (iri, actor) in cells},
            cells,
        )

    def csv(self) -> str:
        """A line for each position (RFC 4180), under `COLUMNS`."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(self._line(each) for each in self.listed)
        return out.getvalue()

    def _line(self, each: Position) -> Sequence[object]:
        quote = each.statement.evidence
        return (
            self.actors[each.actor],
            "for" if each.is_for else "against",
            each.words,
            self.policies[each.option],
            " and ".join(each.others),
            each.when,
            each.extent.possible_words,
            each.extent.certain_words,
            each.verdict,
            quote.claimant_label,
            quote.kind_label,
            quote.certainty_label,
            quote.document_title,
            quote.number,
            " ".join(quote.quote.split()),
            quote.claim,
        )


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
    """The matrix and the same as a list; ``as-of`` is a year, ``actor`` an IRI."""
    asked = request.args.get("as-of", "").strip()
    year = _year(asked)
    fault = "" if year is not None or not asked else asked
    engine = site().engine
    whole = matrix(engine, year)
    actor = request.args.get("actor", "").strip()
    shown = whole.of(actor) if actor else whole
    options = labels(engine, {each.option for each in shown.listed} | set(shown.policies))
    text = render_template(
        "positions.html",
        matrix=shown,
        actors=whole.actors,
        actor=actor,
        options=options,
        year=year,
        asked=asked,
        fault=fault,
        query=urlencode({name: value for name, value in _asked(actor, year).items() if value}),
    )
    return text, 400 if fault else 200


def _asked(actor: str, year: int | None) -> dict[str, str]:
    return {"actor": actor, "as-of": "" if year is None else str(year)}


@blueprint.get("/positions.csv")
def table() -> Response:
    """The list as a table, of the same ``as-of`` and ``actor``."""
    asked = request.args.get("as-of", "").strip()
    year = _year(asked)
    if asked and year is None:
        abort(400, "Write the year in digits, such as 2005.")
    found = matrix(site().engine, year)
    if actor := request.args.get("actor", "").strip():
        found = found.of(actor)
    response = Response(found.csv(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="positions.csv"'
    return response


def _year(asked: str) -> int | None:
    digits = asked.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        return None
    year = int(asked)
    return year if year in periods.YEARS else None
