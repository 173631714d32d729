"""The arguments: which claims support which, and by which pattern of reasoning."""

from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, render_template

from kg.labels import labels
from kg.namespaces import SP
from webui import maps, queries, svg
from webui.site import Engine, site
from webui.statements import Statement, statements
from webui.terms import local_path

blueprint = Blueprint("arguments", __name__)

_CONCLUSION = SP + "hasConclusion"
THEREFORE = "Therefore"


@dataclass(frozen=True)
class Argument:
    """An argument that the encoder finds in a text.

    Attributes:
        iri: its IRI.
        title: what it is called.
        scheme: IRI of the pattern of reasoning, or None.
        pattern: what the pattern is called, or an empty text.
        reason: why the encoder reads the sentences so.
        by: who finds it.
        premises: the claims that support the conclusion, in text order.
        conclusions: the claim that they support.
    """

    iri: str
    title: str
    scheme: str | None
    pattern: str
    reason: str
    by: str
    premises: list[Statement] = field(default_factory=list)
    conclusions: list[Statement] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What addresses call it: its IRI below the ids, with a dash for each slash."""
        return "-".join(self.iri.rsplit("/", 2)[-2:])

    @property
    def picture(self) -> svg.Picture:
        """The premises, the pattern and the conclusion as a map."""
        therefore = maps.Node(
            "therefore",
            THEREFORE,
            self.scheme and local_path(self.scheme),
            tone="editorial",
            dashed=True,
            note=self.pattern,
        )
        premises = [_node(each) for each in self.premises]
        conclusions = [_node(each, is_conclusion=True) for each in self.conclusions]
        arrows = [maps.Arrow(each.key, therefore.key, tone="editorial") for each in premises]
        arrows += [maps.Arrow(therefore.key, each.key, tone="editorial") for each in conclusions]
        return maps.draw(self.title, [*premises, therefore, *conclusions], arrows)


def _node(each: Statement, is_conclusion: bool = False) -> maps.Node:
    quote = each.evidence
    return maps.Node(
        ("conclusion " if is_conclusion else "premise ") + quote.claim,
        each.words,
        local_path(quote.claim),
        tone="negated" if quote.denies else "control",
        filled=is_conclusion,
        note=f"{quote.kind_label}, sentence {quote.number}",
    )


def arguments(engine: Engine) -> list[Argument]:
    """All arguments, in the order of their names in the graph."""
    query = queries.text("arguments")
    rows = engine.select(query).rows
    names = ("argument", "scheme", "by")
    called = labels(engine, (row[name].value for row in rows for name in names if name in row))
    parts: dict[tuple[str, bool], set[str]] = {}
    found: dict[str, Argument] = {}
    for row in rows:
        iri = row["argument"].value
        key = (iri, row["part"].value == _CONCLUSION)
        parts.setdefault(key, set()).add(row["claim"].value)
        scheme = row["scheme"].value if "scheme" in row else None
        pattern = called[scheme] if scheme else ""
        reason = row["reason"].value if "reason" in row else ""
        by = called[row["by"].value] if "by" in row else ""
        found.setdefault(iri, Argument(iri, called[iri], scheme, pattern, reason, by))
    said = statements(engine, query)
    for iri, each in found.items():
        for concludes, into in ((False, each.premises), (True, each.conclusions)):
            wanted = parts.get((iri, concludes), ())
            into.extend(claim for claim in said if claim.evidence.claim in wanted)
    return list(found.values())


@blueprint.get("/arguments")
def page() -> str:
    """Every argument as a map and as a list with the sentences."""
    return render_template("arguments.html", arguments=arguments(site().engine))


@blueprint.get("/arguments/<name>.svg")
def picture(name: str) -> Response:
    """The map of one argument alone."""
    found = next((each for each in arguments(site().engine) if each.name == name), None)
    if found is None:
        abort(404, "There is no argument of this name. The arguments are listed at /arguments.")
    return Response(found.picture.file(site().base_url), content_type=svg.MEDIA_TYPE)
