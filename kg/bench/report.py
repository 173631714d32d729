"""What was measured, as Markdown with tables, and its place in a README."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.bench import mixes
from kg.bench.measure import CACHED, CROWD, LIMIT, SLOW, UNCACHED, WAYS, Measured, Outcome, key_of
from kg.bench.mixes import Query
from kg.errors import BenchError

BEGIN, END = "<!-- kg bench -->", "<!-- end of kg bench -->"
PICTURE = Path("tests/pictures/bench.svg")

TARGETS = {"Virtuoso": 2.0, "rdflib-endpoint": 10.0, "Oxigraph": 1.0}
"""How many times a peer's requests/s ours shall be, uncached, as the mean over a mix."""

FIRST_ANSWER_SECONDS = 1.0
"""In how many seconds a server that is started shall give its first answer."""


def markdown(outcome: Outcome) -> str:
    """The whole report."""
    parts = (
        _setting(outcome),
        f"![Requests a second of each server, query by query]({PICTURE.as_posix()})",
        _servers(outcome),
        _ratios(outcome),
        _faster(outcome),
        _differing(outcome),
        _details(outcome),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def kept(path: Path) -> str:
    """What stands between the two marks in a file.

    Raises:
        BenchError: the file has not each mark once, in order.
    """
    return _cut(path)[1]


def write(path: Path, text: str) -> None:
    """Put the report between its two marks in a file.

    Raises:
        BenchError: the file has not each mark once, in order.
    """
    before, _, after = _cut(path)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")


def _cut(path: Path) -> tuple[str, str, str]:
    found = path.read_text("utf-8")
    before, _, rest = found.partition(BEGIN)
    inside, _, after = rest.partition(END)
    if found.count(BEGIN) != 1 or found != f"{before}{BEGIN}{inside}{END}{after}":
        raise BenchError(
            f"{path}: put the lines '{BEGIN}' and '{END}' where the report shall stand"
        )
    return before, inside.strip(), after


def ratios(
    ours: Measured, peer: Measured, queries: Iterable[Query], way: str
) -> dict[tuple[str, str], float]:
    """Our requests/s over a peer's for each query that both answer, with 16 clients."""
    keys = map(key_of, queries)
    pairs = {key: (ours.rate(key, way), peer.rate(key, way)) for key in keys}
    return {key: mine / other for key, (mine, other) in pairs.items() if mine and other}


def geometric_mean(values: Iterable[float]) -> float:
    """The n-th root of the product of n numbers above zero; not a number without any."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else math.nan


def _setting(outcome: Outcome) -> str:
    servers = (outcome.ours, *outcome.peers)
    named = ", ".join(f"{each.name} {each.version}" for each in servers)
    plan = outcome.plan
    return (
        f"Measured on {outcome.date} ({outcome.machine}) with {named}. Each has the essay and "
        f"{plan.documents:,} generated documents, {outcome.triples:,} triples in all, and is asked "
        f"by turns, for {plan.seconds:g} s a query in each of {plan.rounds} rounds; figures are "
        f"medians. *Uncached* means that every request has a number in a comment that none had "
        f"before; *cached* means that a request is repeated as it is. An answer that takes over "
        f"{SLOW:g} s is asked for by as many clients as there are cores; one that takes over "
        f"{LIMIT:g} s is given up, and counted as if it had come just then."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _servers(outcome: Outcome) -> str:
    head = ["server", "first answer after starting", "memory (PSS)", "a query, cold"]
    head += ["uncached, 1 client", *(f"{way}, {CROWD} clients" for way in WAYS)]
    rows = [_server_row(each, outcome) for each in (outcome.ours, *outcome.peers)]
    return _table(head, rows)


def _server_row(server: Measured, outcome: Outcome) -> list[str]:
    answered = [key for key in map(key_of, outcome.queries) if key not in server.faults]
    return [
        server.name,
        f"{_median(server.starts):.2f} s",
        f"{_median(server.pss) / 2**20:,.0f} MB",
        _milliseconds(_median(t for key in answered for t in server.cold[key])),
        _milliseconds(_median(server.latency(key, UNCACHED) or 0 for key in answered)),
        *(f"{geometric_mean(_rates(server, answered, way)):,.0f}/s" for way in WAYS),
    ]


def _rates(server: Measured, keys: Iterable[tuple[str, str]], way: str) -> list[float]:
    return [rate for key in keys if (rate := server.rate(key, way))]


def _ratios(outcome: Outcome) -> str:
    head = ["our requests/s over those of", *mixes.TITLES.values(), "target"]
    head += ["cached: lowest of any query", "target"]
    rows = [[peer.name, *_ratio_cells(outcome, peer)] for peer in outcome.peers]
    note = (
        f"Uncached unless said otherwise, {CROWD} clients, geometric mean over the queries of a "
        "mix that both answer."
    )
    return f"{_table(head, rows)}\n\n{note}" if rows else ""


def _ratio_cells(outcome: Outcome, peer: Measured) -> Iterator[str]:
    for mix in mixes.TITLES:
        queries = [query for query in outcome.queries if query.mix == mix]
        found = ratios(outcome.ours, peer, queries, UNCACHED)
        left_out = len(queries) - len(found)
        yield f"{geometric_mean(found.values()):.2f}" + (f" ({left_out} left out)" * bool(left_out))
    yield f"{TARGETS[peer.name]:g}"
    cached = ratios(outcome.ours, peer, outcome.queries, CACHED)
    lowest = min(cached, key=cached.__getitem__, default=None)
    yield f"{cached[lowest]:.2f} ({lowest[1]})" if lowest else "none"
    yield "1"


def _faster(outcome: Outcome) -> str:
    """The queries on which a peer is faster uncached, with the reason, peer by peer."""
    lines = []
    for peer in outcome.peers:
        slower = {
            key: ratio
            for key, ratio in ratios(outcome.ours, peer, outcome.queries, UNCACHED).items()
            if ratio < 1
        }
        reasons: defaultdict[str, list[str]] = defaultdict(list)
        for key, ratio in sorted(slower.items(), key=lambda item: item[1]):
            reasons[_reason(outcome, peer, key)].append(f"{key[1]} ({ratio:.2f})")
        for reason, names in reasons.items():
            lines.append(f"* {peer.name}, {reason}: {', '.join(names)}")
    if not lines:
        return "No peer is faster on any query, uncached." if outcome.peers else ""
    return "Faster than ours, uncached, with our share of their requests/s:\n\n" + "\n".join(lines)


def _reason(outcome: Outcome, peer: Measured, key: tuple[str, str]) -> str:
    ours, theirs = outcome.ours.latency(key, UNCACHED), peer.latency(key, UNCACHED)
    evaluation = outcome.evaluation.get(key)
    if not ours or not theirs or not evaluation:
        return "for which there is no single figure"
    if evaluation >= theirs:
        return "because it evaluates the query faster than our engine"
    if ours <= theirs:
        return "only with many clients, who share the cores with more processes of ours"
    return "because the way of a query through our server takes longer than its evaluation gains"


def _differing(outcome: Outcome) -> str:
    lines = []
    for server in (outcome.ours, *outcome.peers):
        said: defaultdict[str, list[str]] = defaultdict(list)
        for key, fault in server.faults.items():
            said[f"does not answer ({fault})"].append(key[1])
        for key in _failing(server, outcome):
            said[f"has errors among its answers to {CROWD} clients"].append(key[1])
        for key, difference in server.differences.items():
            counts, such, example = difference.partition(", such as ")
            said[f"answers {example}" if such else f"answers {counts}"].append(key[1])
        for what, names in said.items():
            lines.append(f"* {server.name} {what}: {', '.join(names)}")
    if not lines:
        return "All answers are equal."
    head = "All other answers are equal, literals compared by value and blank nodes taken as one:"
    return f"{head}\n\n" + "\n".join(lines)


def _failing(server: Measured, outcome: Outcome) -> list[tuple[str, str]]:
    """The queries that a single client gets answered and many do not."""
    keys = (key_of(query) for query in outcome.queries)
    return [key for key in keys if key not in server.faults and not server.rate(key, UNCACHED)]


def _details(outcome: Outcome) -> str:
    servers = (outcome.ours, *outcome.peers)
    parts = []
    for way in WAYS:
        head = ["query", "rows", *(each.name for each in servers)]
        rows = [
            [query.title, f"{outcome.sizes.get(key_of(query), 0):,}", *_row(servers, query, way)]
            for query in outcome.queries
        ]
        parts.append(f"{way.capitalize()}, requests/s, {CROWD} clients:\n\n{_table(head, rows)}")
    return "<details><summary>Every query</summary>\n\n" + "\n\n".join(parts) + "\n\n</details>"


def _row(servers: Sequence[Measured], query: Query, way: str) -> Iterator[str]:
    for server in servers:
        key = key_of(query)
        mark = "≤ " * (key in server.faults) + "{:,.0f}" + " †" * (key in server.differences)
        rate = server.rate(key, way)
        yield _significant(rate, mark) if rate else "none"


def _significant(rate: float, mark: str) -> str:
    return mark.format(rate) if rate >= 10 else mark.replace(",.0f", ".1f").format(rate)


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else math.nan


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
