"""The command line.

Data goes to standard output, words to standard error. The exit status is 0 when all is well, 1 for
findings, 2 for trouble. Each command imports what it needs when it runs, so that help is quick.
"""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TextIO

import click

from kg.errors import (
    DataError,
    FindingsError,
    MissingFilesError,
    MissingStoreError,
    QuerySyntaxError,
    StandpointError,
    UnknownQuestionError,
)

if TYPE_CHECKING:
    from kg.questions import Question


class _Group(click.Group):
    """Turns the project's errors into one line on standard error and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FindingsError as error:
            for finding in error.findings:
                click.echo(str(finding))
            click.echo(f"kg: {error}", err=True)
            sys.exit(1)
        except StandpointError as error:
            click.echo(f"kg: {error}", err=True)
            sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="standpoint", prog_name="kg")
def main() -> None:
    """Who stands where, since when, and which sentence says so."""


@main.command()
def build() -> None:
    """Check the files, derive what follows, and write a new store."""
    from kg import store

    began = time.monotonic()
    snapshot = store.build(_findings, progress=_progress)
    click.echo(f"version {snapshot.version}")
    click.echo(f"graphs  {len(snapshot.graphs)}")
    click.echo(f"triples {snapshot.triples}")
    click.echo(f"derived {snapshot.derived}")
    click.echo(f"seconds {time.monotonic() - began:.1f}")
    click.echo(f"release {snapshot.release_path}")


def _findings() -> Sequence[object]:
    """What forbids a build; what the checks only mention does not."""
    from kg import check

    return [finding for finding in check.check() if finding.severity != "info"]


def _progress(step: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{step} …", err=True)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[NAME|SENTENCE] [--SLOT VALUE]")
@click.option("--after", type=int, metavar="YEAR", help="From the year after this one.")
@click.option("--since", type=int, metavar="YEAR", help="From this year.")
@click.option("--from", "from_", type=int, metavar="YEAR", help="From this year.")
@click.option("--before", type=int, metavar="YEAR", help="To the year before this one.")
@click.option("--until", type=int, metavar="YEAR", help="To this year.")
@click.option("--in", "in_", type=int, metavar="YEAR", help="In this year.")
@click.option("--between", type=int, nargs=2, metavar="YEAR YEAR", help="From one to the other.")
@click.option("--possibly", is_flag=True, help="Show rows too that the text does not vouch for.")
@click.option("--query", is_flag=True, help="Print the SPARQL instead of the answer.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text")
def ask(words: tuple[str, ...], form: str, *, possibly: bool, query: bool, **years: Any) -> None:
    """Ask a question by NAME, or as a whole SENTENCE; without either, list all.

    The slots of a question are options too: kg ask prefers --policy engagement --after 2000. A
    sentence is understood when each of its words is; else it says what can be asked instead.
    """
    from kg import answers, printing, questions, store, understanding
    from kg.engines.local import LocalEngine

    asked, values = _slots_of(words)
    known = questions.load_questions()
    engine = LocalEngine(store.current().store_path)
    if not asked:
        listed = questions.default_sentences(engine, known.values())
        click.echo(printing.questions_listed(known.values(), listed, form), nl=False)
        return
    if asked in known:
        question = known[asked]
        bound = question.bind(engine, values | _period_of(question, years))
    elif values or _given(years) or " " not in asked:
        questions.find(known, asked)
        return
    else:
        found = understanding.load(engine, known).understand(asked)
        if isinstance(found, understanding.Searched) and not query and form == "text":
            click.echo(understanding.searched(found), nl=False)
            return
        if not isinstance(found, understanding.Understood):
            raise UnknownQuestionError(understanding.refusal(asked, found))
        bound = found.bound
    if query:
        click.echo(bound.sparql, nl=False)
        return
    answer = answers.answer(engine, bound)
    printed = printing.answer_printed(answer, form, _width(), possibly=possibly)
    click.echo(printed, nl=False)


def _slots_of(words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The words that are no option, as one text, and the value of each ``--slot value``."""
    plain, values = [], {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("--"):
            plain.append(word)
            continue
        name, equals, value = word.removeprefix("--").partition("=")
        if not equals and (value := next(rest, "")) == "":
            raise click.UsageError(f"--{name} needs a value")
        if name in values:
            raise click.UsageError(f"--{name} is given twice")
        values[name] = value
    return " ".join(plain).strip(), values


def _given(years: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {
        name.rstrip("_"): value if isinstance(value, tuple) else (value,)
        for name, value in years.items()
        if value is not None
    }


def _period_of(question: "Question", years: dict[str, Any]) -> dict[str, str]:
    """The value of the question's period slot that the options with years give, if any do."""
    from kg import periods

    given = _given(years)
    if not given:
        return {}
    if len(given) > 1:
        raise click.UsageError(
            f"--{' and --'.join(given)} are two periods: give one, such as --between 1980 1993"
        )
    if question.period_slot is None:
        raise click.UsageError(
            f"the question '{question.name}' has no period: drop --{next(iter(given))}"
        )
    [(option, bounds)] = given.items()
    return {question.period_slot.name: periods.named(option, *bounds).words}


@main.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--format", "form", metavar="FORMAT", help="table, json, xml, csv, tsv, ttl, nt, …")
@click.option("--evidence", "has_evidence", is_flag=True, help="Add the sentences behind each row.")
def query(file: TextIO, form: str | None, *, has_evidence: bool) -> None:
    """Run the SPARQL query in FILE ("-" for standard input) on the current store.

    Without a format, the rows of a SELECT are a table, ASK gives true or false, and a graph is
    Turtle. The prefixes of the project need no declaration. The evidence of a SELECT is added to
    the table, json, csv or tsv. What the query names in vain, and why it finds nothing, is told on
    standard error.
    """
    from kg import emptiness, exhibits, printing, store
    from kg.engines.local import LocalEngine
    from kg.engines.results import JSON, Format, parse_boolean, parse_solutions

    text = file.read()
    engine = LocalEngine(store.current().store_path)
    chosen = None if form in (None, "table") else Format.named(form)
    try:
        result = engine.query(text, JSON if has_evidence else chosen)
    except QuerySyntaxError as error:
        click.echo("kg: " + "\n".join(printing.syntax_lines(text, error)), err=True)
        sys.exit(2)
    for line in emptiness.told(engine, text, result):
        click.echo(f"kg: {line}", err=True)
    if has_evidence and chosen:
        click.echo(exhibits.written(engine, text, result, chosen), nl=False)
    elif has_evidence:
        for line in exhibits.table_lines(engine, text, parse_solutions(result), _width()):
            click.echo(line)
    elif chosen or result.kind == "graph":
        click.echo(result.body, nl=False)
    elif result.kind == "boolean":
        click.echo(str(parse_boolean(result)).lower())
    else:
        for line in printing.solutions_lines(engine, parse_solutions(result), _width()):
            click.echo(line)
    if result.truncated:
        click.echo("kg: the result is cut: it is longer than the limit; ask for less", err=True)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--no-owl", is_flag=True, help="Leave the OWL reasoner out.")
def check(form: str, *, no_owl: bool) -> None:
    """Find what is wrong in the files: where it stands and what to do."""
    from kg import check
    from kg.checks import report

    found = check.check(owl=not no_owl, progress=_progress)
    click.echo(report.as_json(found) if form == "json" else report.as_text(found), nl=False)
    if any(finding.severity != "info" for finding in found):
        sys.exit(1)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "document", metavar="ID", help="The id; else the name up to the first '_'.")
@click.option("--title", help="The text's English label; else the file's name.")
def add(file: Path, document: str | None, title: str | None) -> None:
    """Cut the text FILE, which lies in seeds/, into sentences and write its folder.

    Adding a text again changes nothing. A text that has changed since is refused.
    """
    from kg import documents, graph, paths

    if not paths.is_checkout():
        raise MissingFilesError("an installed package takes no texts: run this in a source tree")
    added = documents.add(file, document, title)
    for path in added.written:
        click.echo(graph.place(path))
    state = "written" if added.written else "unchanged"
    cut = f"{added.sentences} sentences in {added.paragraphs} paragraphs"
    click.echo(f"document {added.id}: {cut}, {state}", err=True)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only name the files that would change.")
def fmt(files: tuple[Path, ...], *, check: bool) -> None:
    """Bring Turtle FILES into the one canonical form; without FILES, all of the project.

    Comments do not survive. A file whose form cannot be made stays as it is.
    """
    from kg import graph, turtle

    changed = failed = 0
    for path in files or turtle.hand_written():
        try:
            if turtle.reformat_file(path, check=check):
                changed += 1
                click.echo(graph.place(path))
        except DataError as error:
            failed += 1
            click.echo(f"kg: {error}", err=True)
    done = "not in canonical form" if check else "rewritten"
    click.echo(f"{changed} of {len(files or turtle.hand_written())} files {done}", err=True)
    sys.exit(2 if failed else int(check and changed > 0))


@main.command()
@click.argument("name", required=False, metavar="[DOCUMENT|CLAIM]")
@click.option("--write", is_flag=True, help="Give each claim its sentence as its label.")
def say(name: str | None, *, write: bool) -> None:
    """Say each claim in one English sentence, in text order, with its sentence's number.

    NAME is a document, such as 000, or a claim, such as 000/c11a; without one, all are said.
    """
    from kg import graph, say

    sources = graph.sources()
    if write:
        for path in say.write(sources):
            click.echo(f"{graph.place(path)} rewritten", err=True)
        return
    for said in say.named(say.say(graph.load_store(sources)), name):
        click.echo(f"s{said.number}\t{said.name}\t{said.sentence}")


@main.group()
def new() -> None:
    """Begin something new."""


@new.command()
@click.argument("sentence")
@click.option("--document", metavar="DOCUMENT", help="The document of a sentence like d:s11.")
def claim(sentence: str, document: str | None) -> None:
    """Print a claim to fill in for SENTENCE, such as 000/s11 (or d:s11 with --document 000)."""
    from kg import graph, stub

    name = f"{document}/{sentence.removeprefix('d:')}" if document else sentence
    click.echo(stub.stub(graph.load_store(graph.sources()), name), nl=False)


@main.command()
@click.argument("name", required=False)
@click.option("--format", "form", metavar="FORMAT", help="ttl, nt, trig, nq, jsonld or rdf.")
@click.option("-o", "output", type=click.File("wb"), default="-", help="Where to; else printed.")
def export(name: str | None, form: str | None, output: BinaryIO) -> None:
    """Write the built graph in the words of another vocabulary; without NAME, list them all."""
    from kg import exports, store
    from kg.engines.local import open_store

    if name is None:
        for each in exports.load_exports().values():
            click.echo(f"{each.name}\t{each.title}\t{each.vocabulary}")
            click.echo(click.wrap_text(each.summary, _width(), "    ", "    "), err=True)
        return
    if form not in (None, *exports.FORMATS):
        raise click.UsageError(f"--format is one of {', '.join(exports.FORMATS)}")
    found = exports.find(name)
    output.write(exports.written(open_store(store.current().store_path), found, form))


@main.command()
@click.option("--documents", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--seconds",
    type=click.FloatRange(0.01),
    default=0.25,
    show_default=True,
    help="How long clients ask a query, in each round; with --soak, how long in all.",
)
@click.option(
    "--server",
    "names",
    multiple=True,
    metavar="NAME",
    help="Measure only this peer; may be given several times, 'none' leaves all out.",
)
@click.option(
    "--write",
    "readme",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Put the tables between the marks in this README, and the picture where it shows it.",
)
@click.option("--soak", is_flag=True, help="Watch memory and descriptors under mixed load instead.")
def bench(
    documents: int,
    rounds: int,
    seconds: float,
    names: tuple[str, ...],
    readme: Path | None,
    *,
    soak: bool,
) -> None:
    """Measure the server beside others: Oxigraph, Virtuoso and rdflib-endpoint.

    All get the same data and the same queries, in turn. What is not installed is left out with a
    word. It takes about twenty minutes, half of them for the slowest. With --soak the own server
    alone is put under ordinary and hostile load for --seconds, 300 for example; the exit status is
    1 when it grows.
    """
    from kg.bench import bench as benchmark

    if soak:
        report, is_flat = benchmark.soak(documents, seconds, _progress)
        click.echo(report, nl=False)
        sys.exit(0 if is_flat else 1)
    chosen = benchmark.chosen(names, lambda said: click.echo(said, err=True))
    plan = benchmark.Plan(documents, rounds, seconds, chosen)
    click.echo(benchmark.bench(plan, readme, _progress), nl=False)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--base-url", metavar="URL", help="Where others reach it, if a proxy is in front.")
@click.option("--no-build", is_flag=True, help="Fail when no store has been built.")
@click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve this RDF file instead, at /sparql and /store; may be given several times.",
)
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy in front, whose X-Forwarded-For or Forwarded tells who asks.",
)
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="IRI",
    help="Another endpoint that SERVICE may ask, written as queries write it; may be given several "
    "times. Redirections are not followed. Without it, SERVICE is refused.",
)
@click.option("--queries-at-once", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds-per-minute", type=click.FloatRange(0.1), default=60, show_default=True)
@click.option("--errors-per-minute", type=click.IntRange(1), default=30, show_default=True)
@click.option("--log", metavar="FILE", help="Write a line of JSON a request; - is standard error.")
@click.option("--log-personal", is_flag=True, help="Log addresses, queries and user agents too.")
@click.option(
    "--server",
    "http_server",
    type=click.Choice(["granian", "waitress"]),
    help="The HTTP server: granian where it is installed, else waitress, in pure Python.",
)
def serve(
    host: str,
    port: int,
    base_url: str | None,
    data: tuple[Path, ...],
    proxies: tuple[str, ...],
    services: tuple[str, ...],
    log: str | None,
    http_server: Literal["granian", "waitress"] | None,
    *,
    no_build: bool,
    queries_at_once: int,
    seconds_per_minute: float,
    errors_per_minute: int,
    log_personal: bool,
) -> None:
    """Serve the pages and the SPARQL endpoint, building the store first if there is none.

    A store that is built meanwhile is served as soon as it is there. The budgets of queries, time
    and errors are each client address's; clients on this machine have none, unless a trusted proxy
    is named.
    """
    from kg import datasets, paths
    from webui import scripts, server
    from webui.budgets import Budget

    settings = server.Settings(
        host,
        port,
        base_url,
        budget=Budget(queries_at_once, seconds_per_minute, errors_per_minute),
        trusted_proxies=proxies,
        services=services,
        log=log,
        log_is_personal=log_personal,
        is_plain=bool(data),
        server=http_server,
    )
    if not scripts.are_built():
        click.echo(f"kg: {scripts.MISSING}", err=True)
    if data:
        with datasets.built(data) as home:
            server.serve(home, settings)
        return
    _build_if_missing(no_build=no_build)
    server.serve(paths.home(), settings)


def _build_if_missing(*, no_build: bool) -> None:
    from kg import store

    try:
        store.current()
    except MissingStoreError:
        if no_build:
            raise
        click.echo("no store has been built: building it", err=True)
        store.build(_findings, progress=_progress)


def _width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


if __name__ == "__main__":
    main()
