"""The measurement: every query to every server in turn, cold and warm, with one client and many.

A round starts all servers afresh, asks each query once (cold), then lets clients ask it for a while
(warm), server by server in an order that changes with the query. Figures are medians over rounds.
Uncached means that every request has a number in a comment that no earlier one had, so that no
server can give a kept answer or reuse a kept plan; cached means that one is repeated as it is.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store

from kg.bench import corpus, equality, load, mixes
from kg.bench.load import Run
from kg.bench.mixes import Query
from kg.bench.peers import Server
from kg.errors import BenchError

UNCACHED, CACHED = "uncached", "cached"
WAYS = (UNCACHED, CACHED)
CROWD = 16
CLIENTS = (1, CROWD)
CORES = os.cpu_count() or 1

LIMIT = 10.0
"""Seconds after which a first answer is given up; so much our own server allows a query."""

SLOW = 0.25
"""Seconds from which on an answer is asked for by as many clients as there are cores, in one round
alone: more clients would only wait."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """How much to measure.

    Attributes:
        documents: how many documents are generated.
        rounds: how often everything is done.
        seconds: how long clients ask one query of one server.
        servers: which servers, ours among them.
    """

    documents: int
    rounds: int
    seconds: float
    servers: Sequence[type[Server]]


@dataclass
class Measured:
    """What one server gave.

    Attributes:
        name: its name.
        version: its version.
        load_seconds: what taking in the data took.
        starts: for each round, the seconds from starting it to its first answer.
        pss: for each round, the bytes of all its processes after the warm queries.
        cold: for each query, the seconds of its first answer in each round.
        faults: for each query without an answer, why.
        differences: for each query whose answer is not ours, how.
        runs: for each query, way and number of clients, the runs.
    """

    name: str
    version: str
    load_seconds: float = 0.0
    starts: list[float] = field(default_factory=list)
    pss: list[int] = field(default_factory=list)
    cold: dict[Key, list[float]] = field(default_factory=dict)
    faults: dict[Key, str] = field(default_factory=dict)
    differences: dict[Key, str] = field(default_factory=dict)
    runs: dict[tuple[Key, str, int], list[Run]] = field(default_factory=dict)

    def rate(self, key: Key, way: str, clients: int = CROWD) -> float:
        """Answers a second: the median; for an answer given up, the most that is possible."""
        if key in self.faults:
            return CORES / LIMIT if self.faults[key] == _LATE else 0.0
        return statistics.median(run.rate for run in self.runs[key, way, clients])

    def latency(self, key: Key, way: str) -> float | None:
        """The median seconds of an answer to a single client; None without an answer."""
        if key in self.faults:
            return None
        return _typical(self.runs[key, way, 1])


def _typical(runs: Sequence[Run]) -> float:
    """The median seconds of an answer; of none, what was waited for it."""
    return statistics.median([t for run in runs for t in run.latencies] or [load.PATIENCE])


_LATE = f"no answer in {LIMIT:.0f} s"


@dataclass(frozen=True)
class Outcome:
    """Everything that was found.

    Attributes:
        date: the day, in UTC.
        machine: processors, memory and system, in words.
        triples: how many triples each server had.
        plan: how much was measured.
        queries: the queries.
        ours: what our server gave.
        peers: what each other gave.
        evaluation: the seconds that the engine alone takes for each query, without a server.
        sizes: the number of rows or triples of our answer to each query.
    """

    date: str
    machine: str
    triples: int
    plan: Plan
    queries: Sequence[Query]
    ours: Measured
    peers: Sequence[Measured]
    evaluation: dict[Key, float]
    sizes: dict[Key, int]


def key_of(query: Query) -> Key:
    """What stands for a query."""
    return query.mix, query.name


def measure(plan: Plan, folder: Path, progress: Callable[[str], None]) -> Outcome:
    """Measure.

    Args:
        plan: how much.
        folder: an empty folder for the data of all servers.
        progress: is told each step as it begins.

    Raises:
        BenchError: a server could not be started or loaded.
    """
    queries = mixes.load()
    data = folder / "corpus.nq"
    progress("generating the corpus")
    triples = corpus.write(data, plan.documents)
    bench = _Bench(plan, folder, queries, progress)
    bench.load(data)
    for number in range(plan.rounds):
        bench.round(number)
    progress("evaluating without a server")
    ours, *peers = bench.measured
    return Outcome(
        date=datetime.now(UTC).date().isoformat(),
        machine=_machine(),
        triples=triples,
        plan=plan,
        queries=queries,
        ours=ours,
        peers=peers,
        evaluation=dict(_evaluated(data, [q for q in queries if key_of(q) not in ours.faults])),
        sizes=bench.sizes,
    )


class _Bench:
    """All servers, and what they gave so far."""

    def __init__(
        self, plan: Plan, folder: Path, queries: Sequence[Query], progress: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._queries = queries
        self._progress = progress
        self._servers = [self._made(kind, folder) for kind in plan.servers]
        self.measured = [Measured(kind.name, kind.version()) for kind in plan.servers]
        self.sizes: dict[Key, int] = {}

    def _made(self, kind: type[Server], folder: Path) -> Server:
        own = folder / kind.name
        own.mkdir()
        return kind(own)

    def load(self, data: Path) -> None:
        """Give every server the data."""
        for server, measured in self._pairs():
            self._progress(f"loading {server.name}")
            began = time.monotonic()
            server.load(data)
            measured.load_seconds = time.monotonic() - began

    def round(self, number: int) -> None:
        """Start all, ask all cold, then warm, and end all."""
        with ExitStack() as stack:
            for server, measured in self._pairs():
                self._progress(f"round {number + 1}: starting {server.name}")
                stack.callback(server.stop)
                measured.starts.append(server.start())
            for server, measured in self._pairs():
                self._progress(f"round {number + 1}: {server.name}, first answers")
                self._ask_cold(server, measured, number)
            for place, query in enumerate(self._queries):
                self._progress(
                    f"round {number + 1}: query {place + 1} of {len(self._queries)}, {query.name}"
                )
                self._ask_warm(query, number, place)
            for server, measured in self._pairs():
                measured.pss.append(server.group.pss())

    def _pairs(self) -> Iterator[tuple[Server, Measured]]:
        return zip(self._servers, self.measured, strict=True)

    def _ask_cold(self, server: Server, measured: Measured, number: int) -> None:
        answers: dict[Key, equality.Rows] = {}
        for query in self._queries:
            key = key_of(query)
            if key in measured.faults:
                continue
            began = time.perf_counter()
            try:
                answer = load.fetch(server.address, query.text, query.media_type, LIMIT)
                seconds = time.perf_counter() - began
                if answer.status != 200:
                    measured.faults[key] = f"status {answer.status}"
                    continue
                if number == 0:
                    answers[key] = equality.rows(answer, query.media_type)
            except BenchError as error:
                measured.faults[key] = str(error)
            except OSError:
                measured.faults[key] = _LATE
                # It may go on working at what nobody waits for.
                server.stop()
                server.start()
            else:
                measured.cold.setdefault(key, []).append(seconds)
        if number == 0:
            self._compare(measured, answers)

    def _compare(self, measured: Measured, answers: dict[Key, equality.Rows]) -> None:
        if measured is self.measured[0]:
            self._ours = answers
            self.sizes = {key: rows.total() for key, rows in answers.items()}
        for key in answers.keys() & self._ours.keys():
            if found := equality.difference(self._ours[key], answers[key]):
                measured.differences[key] = found

    def _ask_warm(self, query: Query, number: int, place: int) -> None:
        pairs = list(self._pairs())
        turn = (number + place) % len(pairs)
        for way in WAYS:
            for clients in CLIENTS:
                for server, measured in (*pairs[turn:], *pairs[:turn]):
                    self._run(server, measured, query, way, clients, number)

    def _run(
        self,
        server: Server,
        measured: Measured,
        query: Query,
        way: str,
        clients: int,
        number: int,
    ) -> None:
        key = key_of(query)
        if key in measured.faults:
            return
        alone = measured.runs.get((key, way, 1))
        is_slow = alone is not None and _typical(alone) > SLOW
        if is_slow and number:
            return
        run = load.run(
            server.address,
            query.text,
            query.media_type,
            clients=min(clients, CORES) if is_slow else clients,
            seconds=self._plan.seconds if clients == CROWD else self._plan.seconds / 2,
            is_unique=way == UNCACHED,
        )
        measured.runs.setdefault((key, way, clients), []).append(run)


def _evaluated(data: Path, queries: Sequence[Query]) -> Iterator[tuple[Key, float]]:
    store = Store()
    store.bulk_load(path=str(data))
    for query in queries:
        taken: list[float] = []
        while len(taken) < 3 and sum(taken) < LIMIT:
            began = time.perf_counter()
            _serialise(store, query)
            taken.append(time.perf_counter() - began)
        yield key_of(query), statistics.median(taken)


def _serialise(store: Store, query: Query) -> None:
    found = store.query(query.text, use_default_graph_as_union=True)
    if isinstance(found, QueryTriples):
        found.serialize(format=RdfFormat.N_TRIPLES)
    else:
        found.serialize(format=QueryResultsFormat.JSON)


def _machine() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    python = platform.python_version()
    return f"{CORES} cores, {pages / 2**30:.0f} GB, {platform.system()}, Python {python}"
