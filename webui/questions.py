"""The pages of the questions: a sentence with slots, its answer, and the evidence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from kg import periods, printing
from kg.answers import POSSIBLE, Answer, answer
from kg.answers import Row as AnswerRow
from kg.engines.results import CSV, JSON, TSV, Format
from kg.errors import SlotValueError
from kg.provenance import Provenance, Verdict
from kg.questions import BoundQuestion, Question, find
from kg.slots import ANY, PERIOD, WORDED, Option, Slot, options
from webui import citations, columns, results, views
from webui.addresses import Address
from webui.negotiation import PAGE, Written, named, negotiate
from webui.results import Shown, Source
from webui.site import site
from webui.snippets import snippets
from webui.tables import Row, Table
from webui.views import SVG, Choice

blueprint = Blueprint("questions", __name__)

OFFERED: tuple[Format | Written, ...] = (PAGE, JSON, CSV, TSV, SVG)
SHOWING = ("possibly", *views.NAMES)
"""The parameters that say how an answer is shown; no slot may have such a name."""

RESERVED = ("format", *SHOWING)
ANY_TIME = periods.ANY_TIME.words
POSSIBLY = f"Possibly: {POSSIBLE}."

_SLOT = re.compile(r"\{([a-z_]+)\}")
_HEAD = re.compile(r"\A(?:#\+.*\n)+\n*")
_YEAR = re.compile(r"-?[0-9]+")


@dataclass(frozen=True)
class Control:
    """A slot as a form shows it.

    Attributes:
        slot: the slot.
        value: the value that it has now.
        options: what it takes; nothing for a period.
        form: for a period, the word of its form.
        years: for a period, the years written in it, none to two.
        words: for terms, what they are called, as they can be typed.
    """

    slot: Slot
    value: str
    options: Sequence[Option] = ()
    form: str = ""
    years: Sequence[str] = ()
    words: str = ""


@blueprint.get("/q")
def library() -> str:
    """All questions, by theme."""
    here = site()
    return render_template("library.html", themes=here.themes, sentences=here.sentences)


@blueprint.get("/q/<name>")
def ask(name: str) -> AnyResponse | tuple[str, int]:
    """One question with its slots filled from the address, and its answer."""
    here = site()
    question = find(here.questions, name)
    if pieces := _period_pieces(question, request.args):
        return redirect(address(name, pieces), 303)
    wanted = _format(question)
    possibly = request.args.get("possibly", "") not in ("", "0")
    try:
        bound = question.bind(here.engine, _values(request.args))
    except SlotValueError as error:
        if wanted != PAGE:
            raise
        return _page(
            question.bind(here.engine, {}),
            None,
            possibly=False,
            fault=str(error.__cause__ or error),
        ), 400
    if wanted == TSV:
        result = here.engine.query(bound.sparql, TSV)
        return _file(result.body, name, wanted.name, wanted.media_type)
    found = answer(here.engine, bound)
    if wanted == SVG:
        choice = views.read(request.args)
        source = _source(bound, found, choice, possibly=possibly)
        body = results.picture(here.engine, source, choice, here.base_url)
        return _file(body, name, SVG.name, SVG.media_type)
    if wanted == JSON:
        return _file(printing.answer_json(found), name, "json", "application/json")
    if wanted == CSV:
        return _file(
            printing.answer_csv(found, possibly=possibly), name, wanted.name, wanted.media_type
        )
    choice = views.read(request.args)
    # Where nothing is certain, what is possible is shown unasked, under a heading that says so.
    possibly = possibly or not found.rows
    source = _source(bound, found, choice, possibly=possibly)
    shown = results.show(here.engine, source, choice)
    return Response(_page(bound, found, shown=shown, possibly=possibly, fault=None))


def address(name: str, values: Mapping[str, str]) -> str:
    """The path and query string of a question with values."""
    path = "/q/" + quote(name, safe="")
    return f"{path}?{urlencode(values)}" if values else path


def _source(bound: BoundQuestion, found: Answer, choice: Choice, *, possibly: bool) -> Source:
    """An answer as a result to show; the possible rows, where asked for, come last."""
    rows = [*found.rows, *(found.possible_rows if possibly else ())]
    made = [
        Row(
            number,
            {name: cell.term for name, cell in row.cells.items() if cell.term is not None},
            "" if row.certain else POSSIBLY,
        )
        for number, row in enumerate(rows, 1)
    ]

    def behind(wanted: Sequence[Row]) -> list[Provenance]:
        return [_provenance(rows[row.number - 1]) for row in wanted]

    whole = _whole(bound, possibly=possibly)
    return Source(
        title=bound.sentence,
        table=Table(found.columns, made, len(made)),
        address=Address(whole.path, (*whole.parameters, *choice.parameters)),
        asked=columns.relations(bound.sparql, site().engine.limits),
        behind=behind,
        is_answer=True,
    )


def _provenance(row: AnswerRow) -> Provenance:
    return Provenance(Verdict.COMPLETE, "", row.caution, tuple(row.evidence))


def without_head(sparql: str) -> str:
    """A question's query without the lines that describe the question."""
    return _HEAD.sub("", sparql).strip()


def _format(question: Question) -> Format | Written:
    if written := request.args.get("format"):
        if wanted := named(written, OFFERED):
            return wanted
        known = ", ".join(each.name for each in OFFERED)
        raise SlotValueError(
            f"the question '{question.name}' has no format {written[:20]!r}: choose one of {known}"
        )
    return negotiate(request.headers.get("Accept"), OFFERED) or PAGE


def _values(given: MultiDict[str, str]) -> dict[str, str]:
    values = {}
    for name, written in given.lists():
        if name in RESERVED:
            continue
        if len(written) > 1:
            raise SlotValueError(
                f"the slot '{name[:40]}' is filled {len(written)} times: fill it once"
            )
        values[name] = written[0]
    return values


def _period_pieces(question: Question, given: Mapping[str, str]) -> dict[str, str] | None:
    """The address in its one form, when a form sent a period in pieces; else None."""
    slot = question.period_slot
    if slot is None or f"{slot.name}.form" not in given:
        return None
    form = given[f"{slot.name}.form"]
    first = given.get(f"{slot.name}.year", "").strip()
    second = given.get(f"{slot.name}.last", "").strip()
    written = {
        ANY_TIME: ANY_TIME,
        "between": f"between {first} and {second}",
    }.get(form, f"{form} {first}")
    pieces = {f"{slot.name}.{piece}" for piece in ("form", "year", "last")}
    kept = {name: value for name, value in given.items() if name not in pieces}
    return {**kept, slot.name: written}


def _control(bound: BoundQuestion, slot: Slot) -> Control:
    value = bound.values[slot.name]
    if slot.type in WORDED:
        return Control(slot, value, words=bound.labels[slot.name])
    if slot.type != PERIOD:
        return Control(slot, value, options(site().engine, slot))
    period = periods.parse(value)
    years = _YEAR.findall(value)
    if period.is_open:
        return Control(slot, value, form=ANY_TIME)
    form = value.split()[0]
    if len(years) == 2 or value.endswith("s"):
        years = [str(period.from_year), str(period.to_year)]
        form = "between"
    return Control(slot, value, form=form, years=years)


def _parts(bound: BoundQuestion) -> list[str | Control]:
    """The title cut at its slots: words, control, words, and so on."""
    pieces = _SLOT.split(bound.question.title)
    slots = bound.question.slots
    return [
        _control(bound, slots[piece]) if place % 2 else piece for place, piece in enumerate(pieces)
    ]


def _page(
    bound: BoundQuestion,
    found: Answer | None,
    *,
    shown: Shown | None = None,
    possibly: bool,
    fault: str | None,
) -> str:
    here = site()
    name = bound.question.name
    path = address(name, bound.values)
    whole = _whole(bound, possibly=possibly)
    sparql = without_head(bound.sparql)
    return render_template(
        "question.html",
        question=bound.question,
        bound=bound,
        parts=_parts(bound),
        period_forms=[*periods.OPTIONS, ANY_TIME],
        any_value=ANY,
        answer=found,
        shown=shown,
        here=shown.source.address if shown else Address(path),
        fault=fault,
        possibly=possibly,
        path=path,
        address=here.base_url + path,
        sparql=sparql,
        sparql_address="/sparql?" + urlencode({"query": sparql}),
        snippets=snippets(here.base_url, whole),
        cited=citations.answer(here.snapshot, bound.sentence, here.base_url + path),
        whole=whole,
        any_time=_at_any_time(bound),
        nearby={
            each.name: here.sentences[each.name]
            for each in here.themes[bound.question.theme]
            if each.name != name
        },
    )


def _at_any_time(bound: BoundQuestion) -> str | None:
    """Where the same question is asked of any time; None when it is, or asks of no time."""
    slot = bound.question.period_slot
    if slot is None or bound.values[slot.name] == ANY_TIME:
        return None
    return address(bound.question.name, {**bound.values, slot.name: ANY_TIME})


def _whole(bound: BoundQuestion, *, possibly: bool) -> Address:
    """Where the answer is, whole and in no view."""
    values = (*bound.values.items(), *((("possibly", "1"),) if possibly else ()))
    return Address(address(bound.question.name, {}), values)


def _file(body: str | bytes, name: str, ending: str, media_type: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    response.vary.add("Accept")
    return response
