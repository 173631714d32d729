"""A soak: memory and file descriptors of our server over a time of mixed load, hostile included.

Ordinary clients ask the queries of the mixes, cached and uncached. Hostile ones ask for cross
products, endless paths and deep nesting. Both start at once and never pause.
"""

import itertools
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kg.bench import corpus, load, mixes
from kg.bench.mixes import Query
from kg.bench.peers import Server, Standpoint

ORDINARY, HOSTILE_CLIENTS = 4, 4
SAMPLES = 60
"""How often the processes are looked at, over the whole time."""

MOST_GROWTH = 1.1
"""How much more the last quarter of the samples may have than the second."""

_ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
HOSTILE: Sequence[str] = (
    f"SELECT (COUNT(*) AS ?n) {{ {_ALL} }}",
    f"SELECT * {{ {_ALL} }} ORDER BY ?c ?f ?i",
    f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {_ALL} }}",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d }",
    "ASK { FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
    "SELECT * { SERVICE <http://192.0.2.1/> { ?a ?b ?c } }",
    "SELECT * { ?a ?b ",
)
"""What no server should be brought down by."""


@dataclass(frozen=True)
class Sample:
    """The processes at one moment.

    Attributes:
        seconds: since the load began.
        pss: bytes.
        descriptors: open files, sockets and pipes.
        processes: how many there are.
    """

    seconds: float
    pss: int
    descriptors: int
    processes: int


@dataclass(frozen=True)
class Soaked:
    """What a soak showed.

    Attributes:
        samples: the processes from time to time, while the load lasted.
        rest: the processes when it had ended.
        ordinary: the statuses of the answers to ordinary queries; 0 is none.
        hostile: likewise to hostile ones.
    """

    samples: Sequence[Sample]
    rest: Sample
    ordinary: Counter[int]
    hostile: Counter[int]

    @property
    def is_flat(self) -> bool:
        """Whether neither memory nor descriptors grow, and every ordinary query is answered.

        The first quarter is for filling what is kept on purpose; the last is held against the
        second.
        """
        return max(_growths(self.samples)) <= MOST_GROWTH and set(self.ordinary) == {200}


def soak(documents: int, seconds: float, folder: Path, progress: Callable[[str], None]) -> Soaked:
    """Load our server for some time.

    Args:
        documents: how many documents are generated.
        seconds: how long.
        folder: an empty folder.
        progress: is told each step as it begins.
    """
    data, own = folder / "corpus.nq", folder / "server"
    own.mkdir()
    progress("generating the corpus")
    corpus.write(data, documents)
    server = Standpoint(own)
    server.load(data)
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        progress(f"asking for {seconds:g} s")
        queries = [query for query in mixes.load() if _is_quick(server, query)]
        return _under_load(server, queries, seconds)


def told(soaked: Soaked) -> str:
    """The figures, a line for each of about ten samples."""
    step = max(1, len(soaked.samples) // 10)
    lines = ["seconds  PSS, MB  descriptors  processes"]
    lines += [
        f"{sample.seconds:7.0f}  {sample.pss / 2**20:7.0f}  {sample.descriptors:11}  "
        f"{sample.processes:9}"
        for sample in (*soaked.samples[::step], soaked.rest)
    ]
    pss, descriptors = _growths(soaked.samples)
    lines += [
        f"last quarter over second: PSS {pss:.3f}, descriptors {descriptors:.3f}",
        f"ordinary answers by status: {dict(sorted(soaked.ordinary.items()))}",
        f"hostile answers by status: {dict(sorted(soaked.hostile.items()))}",
        "flat" if soaked.is_flat else "not flat",
    ]
    return "\n".join(lines) + "\n"


def _is_quick(server: Server, query: Query) -> bool:
    """Whether a query is answered at all when nobody else asks."""
    return load.fetch(server.address, query.text, query.media_type).status == 200


def _under_load(server: Server, queries: Sequence[Query], seconds: float) -> Soaked:
    stop = threading.Event()
    ordinary: Counter[int] = Counter()
    hostile: Counter[int] = Counter()
    texts = [query.text for query in queries]
    threads = [
        threading.Thread(target=_ask, args=(server, list_, counter, stop, number))
        for list_, counter, clients in (
            (texts, ordinary, ORDINARY),
            (HOSTILE, hostile, HOSTILE_CLIENTS),
        )
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    samples = []
    while (passed := time.monotonic() - began) < seconds:
        samples.append(_sample(server, passed))
        time.sleep(max(0.05, seconds / SAMPLES))
    stop.set()
    for thread in threads:
        thread.join()
    return Soaked(samples, _sample(server, time.monotonic() - began), ordinary, hostile)


def _ask(
    server: Server,
    texts: Sequence[str],
    counter: Counter[int],
    stop: threading.Event,
    number: int,
) -> None:
    for turn in itertools.count(number):
        if stop.is_set():
            return
        # Every other time the text is one that was not asked before.
        text = texts[turn % len(texts)] + (f"\n#{number}-{turn}" if turn // len(texts) % 2 else "")
        try:
            status = load.fetch(server.address, text, "*/*").status
        except OSError:
            status = 0
        counter[status] += 1


def _sample(server: Server, seconds: float) -> Sample:
    group = server.group
    return Sample(seconds, group.pss(), group.descriptors(), len(group.members()))


def _growths(samples: Sequence[Sample]) -> tuple[float, float]:
    """How many times more the last quarter has than the second: memory and descriptors."""
    pss = _growth([sample.pss for sample in samples])
    return pss, _growth([sample.descriptors for sample in samples])


def _growth(values: Sequence[int]) -> float:
    quarter = max(1, len(values) // 4)
    second, last = values[quarter : 2 * quarter] or values, values[-quarter:]
    return statistics.median(last) / statistics.median(second)
