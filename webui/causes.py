"""The causes: what is said to have led to what, and what to have kept what from happening."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from kg.labels import labels
from kg.namespaces import SP
from webui import maps, queries, svg
from webui.site import Engine, site
from webui.statements import Statement, statements
from webui.terms import local_path

blueprint = Blueprint("causes", __name__)

_PREVENTS = SP + "prevents"


@dataclass(frozen=True)
class Link:
    """One thing is said to lead to another, or to prevent it.

    Attributes:
        cause: IRI of what comes first.
        effect: IRI of what it leads to or prevents.
        prevents: whether it prevents it.
        moves: whether it is a reason for which somebody decided.
        content: IRI of the proposition.
        claims: who says so, and how.
    """

    cause: str
    effect: str
    prevents: bool
    moves: bool
    content: str
    claims: list[Statement] = field(default_factory=list)

    @property
    def is_said(self) -> bool:
        """Whether a text itself says so, without denying, conceding or reporting it."""
        return any(self._supports(each) and not each.evidence.infers for each in self.claims)

    @property
    def holds(self) -> bool:
        """Whether a text says or implies it."""
        return any(self._supports(each) for each in self.claims)

    @property
    def words(self) -> str:
        """The relation in words."""
        if self.prevents:
            return "prevents"
        return "moves to decide" if self.moves else "leads to"

    @staticmethod
    def _supports(each: Statement) -> bool:
        quote = each.evidence
        concedes = quote.kind == SP + "Concession"
        return not (quote.denies or quote.reports or concedes)


@dataclass(frozen=True)
class Chains:
    """Links with what they join.

    Attributes:
        of: IRI of what is asked about, or an empty text for all.
        links: the links, in text order.
        called: what each cause, effect and proposition is called.
    """

    of: str
    links: Sequence[Link]
    called: dict[str, str]

    @property
    def path(self) -> str:
        """The picture's address."""
        return "/causes.svg" + (f"?{urlencode({'of': self.of})}" if self.of else "")

    @property
    def picture(self) -> svg.Picture:
        """The links as a map, from causes to effects."""
        things = dict.fromkeys(each for link in self.links for each in (link.cause, link.effect))
        nodes = [_node(thing, self.called[thing], thing == self.of) for thing in things]
        label = f"What led to what: {self.called[self.of]}" if self.of else "What led to what"
        return maps.draw(label, nodes, [_arrow(each) for each in self.links])


def _node(thing: str, text: str, is_asked: bool) -> maps.Node:
    return maps.Node(thing, text, "/causes?" + urlencode({"of": thing}), filled=is_asked)


def _arrow(link: Link) -> maps.Arrow:
    said = "; ".join(f"{c.evidence.kind_label}: {c.words}" for c in link.claims)
    tone = "negated" if link.prevents else "muted"
    return maps.Arrow(
        link.cause,
        link.effect,
        said,
        local_path(link.content),
        tone=tone if link.is_said else "editorial" if link.holds else "possible",
        dashed=not link.is_said,
        stops=link.prevents,
    )


def links(engine: Engine) -> list[Link]:
    """Every link that a claim speaks of, in text order."""
    query = queries.text("causes")
    found: dict[tuple[str, str, str], Link] = {}
    for row in engine.select(query).rows:
        cause, relation, effect = (row[each].value for each in ("cause", "relation", "effect"))
        content, moves = row["content"].value, row["reason"].value == "true"
        link = Link(cause, effect, relation == _PREVENTS, moves, content)
        found.setdefault((cause, content, effect), link)
    place: dict[str, int] = {}
    for number, each in enumerate(statements(engine, query)):
        place.setdefault(each.content, number)
        for (_, content, _), link in found.items():
            if content == each.content:
                link.claims.append(each)
    return sorted(
        (each for each in found.values() if each.claims), key=lambda each: place[each.content]
    )


def chains(engine: Engine, of: str = "") -> Chains:
    """All links; of one thing, those that lead to it and from it, through others too.

    A chain is followed only along what a text says or implies, never along what is only denied,
    conceded or reported, and not on from what was prevented.
    """
    known = links(engine)
    if of:
        holding = [each for each in known if each.holds]
        kept = _before(of, holding) + _after(of, holding)
        known = [each for each in known if each in kept or of in (each.cause, each.effect)]
    things = {each for link in known for each in (link.cause, link.effect, link.content)}
    return Chains(of, known, labels(engine, things | ({of} if of else set())))


def _before(of: str, known: Sequence[Link]) -> list[Link]:
    return _follow(of, [(link.effect, link.cause, link) for link in known if not link.prevents])


def _after(of: str, known: Sequence[Link]) -> list[Link]:
    return _follow(of, [(link.cause, link.effect, link) for link in known])


def _follow(of: str, steps: Iterable[tuple[str, str, Link]]) -> list[Link]:
    """The links on every way from a thing, each way followed until it ends or is prevented."""
    steps = list(steps)
    seen, waiting, found = {of}, [of], []
    while waiting:
        here = waiting.pop()
        for near, far, link in steps:
            if near == here:
                found.append(link)
                if far not in seen and not link.prevents:
                    seen.add(far)
                    waiting.append(far)
    return found


@blueprint.get("/causes")
def page() -> tuple[str, int]:
    """The links as a map and as a list with the sentences; ``of`` is what is asked about."""
    engine = site().engine
    of = request.args.get("of", "").strip()
    everything = chains(engine)
    known = {each for link in everything.links for each in (link.cause, link.effect)}
    shown = chains(engine, of) if of in known else everything
    holding = [each for each in shown.links if each.holds]
    text = render_template(
        "causes.html",
        shown=shown,
        before=[each for each in shown.links if each in _before(of, holding)],
        after=[each for each in shown.links if each in _after(of, holding)],
        disputed=[each for each in shown.links if not each.holds],
        choices=sorted((everything.called[each], each) for each in known),
        unknown=of if of and of not in known else "",
    )
    return text, 404 if of and of not in known else 200


@blueprint.get("/causes.svg")
def picture() -> Response:
    """The map alone."""
    shown = chains(site().engine, request.args.get("of", "").strip())
    if shown.of and not shown.links:
        abort(404, "Nothing is said of its causes or effects. Everything is shown at /causes.")
    return Response(shown.picture.file(site().base_url), content_type=svg.MEDIA_TYPE)
