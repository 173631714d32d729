"""The tensions: claims that pull in different directions, side by side."""

from dataclasses import dataclass, field

from flask import Blueprint, render_template

from kg.labels import labels
from webui import queries
from webui.site import Engine, site
from webui.statements import Statement, statements

blueprint = Blueprint("tensions", __name__)


@dataclass(frozen=True)
class Tension:
    """A tension that the encoder points out.

    Attributes:
        iri: its IRI.
        title: what it is called.
        reason: why the claims pull in different directions.
        by: who points it out.
        sides: the claims, in text order.
    """

    iri: str
    title: str
    reason: str
    by: str
    sides: list[Statement] = field(default_factory=list)


def tensions(engine: Engine) -> list[Tension]:
    """All tensions, in the text order of their first claims."""
    query = queries.text("tensions")
    rows = engine.select(query).rows
    called = labels(
        engine, (row[name].value for row in rows for name in ("tension", "by") if name in row)
    )
    claims: dict[str, set[str]] = {}
    found: dict[str, Tension] = {}
    for row in rows:
        iri = row["tension"].value
        claims.setdefault(iri, set()).add(row["claim"].value)
        reason = row["reason"].value if "reason" in row else ""
        by = called[row["by"].value] if "by" in row else ""
        found.setdefault(iri, Tension(iri, called[iri], reason, by))
    said = statements(engine, query)
    for iri, tension in found.items():
        tension.sides.extend(each for each in said if each.evidence.claim in claims[iri])
    place = {each.evidence.claim: number for number, each in enumerate(said)}
    return sorted(found.values(), key=lambda each: min(place[c] for c in claims[each.iri]))


@blueprint.get("/tensions")
def page() -> str:
    """Every tension with its reason and the sentences of both sides."""
    return render_template("tensions.html", tensions=tensions(site().engine))
