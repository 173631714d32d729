"""Measures what ordinary clients notice of an attack: python tests/attacks/load.py [SECONDS].

Starts `kg serve` on the current store behind a trusted proxy, sends it 200 hostile queries at once
from 50 addresses, over and over, and four clients' ordinary ones beside them, all uncached. When
that is over, the ordinary clients go on while workers are killed at random, 40 times.

Printed are the statuses, the times of the ordinary clients, the memory that all processes had
together at most (proportional set size), and how long it took until a killed worker was replaced.
"""

import http.client
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

HOSTILE_THREADS = 200
HOSTILE_ADDRESSES = 50
NORMAL_CLIENTS = 4
KILLS = 40
PORT = 8955
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
HOSTILE = (
    f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}",
    f"SELECT * {{ {ALL} }} ORDER BY ?c ?f ?i ?l",
    f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {ALL} }}",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d }",
    "ASK { FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
)
NORMAL = (
    "SELECT ?actor ?policy { ?actor :prefers ?policy }",
    "SELECT ?label { id:south-korea rdfs:label ?label }",
    "SELECT ?class (COUNT(*) AS ?n) { ?x a ?class } GROUP BY ?class",
    "ASK { ?actor :prefers ?policy }",
    "CONSTRUCT WHERE { id:south-korea ?p ?o }",
)

numbers = itertools.count()
stop = threading.Event()
hostile: Counter[int] = Counter()


class Clients:
    """Ordinary clients at work: what they got, and how long each answer took."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._use, args=(number,)) for number in range(NORMAL_CLIENTS)
        ]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _use(self, number: int) -> None:
        while not self._stop.wait(0.1):
            began = time.monotonic()
            self.statuses[ask(random.choice(NORMAL), f"203.0.113.{number}")] += 1
            self.seconds.append(time.monotonic() - began)

    def told(self) -> str:
        """The statuses and the times."""
        ordered = sorted(self.seconds)
        shares = {f"p{share}": ordered[len(ordered) * share // 100] for share in (50, 95, 99)}
        times = " ".join(f"{k} {v:.3f} s" for k, v in {**shares, "max": ordered[-1]}.items())
        return f"by status: {dict(self.statuses)}; {times}"


def ask(query: str, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    try:
        path = "/sparql?query=" + quote(f"{query} #{next(numbers)}")
        connection.request("GET", path, headers={"X-Forwarded-For": address})
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def attack(number: int) -> None:
    while not stop.is_set():
        status = ask(random.choice(HOSTILE), f"198.51.100.{number % HOSTILE_ADDRESSES}")
        hostile[status] += 1
        if status == 429:
            stop.wait(0.5)


def processes(root: int) -> dict[int, int]:
    """The descendants of a process, each with its parent."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {root: 0}
    while new := {pid: up for pid, up in parents.items() if up in found and pid not in found}:
        found |= new
    return found


def workers(root: int) -> set[int]:
    """The processes that answer queries: the children of the process that forks them."""
    family = processes(root)
    zygotes = set()
    for pid in family:
        with suppress(OSError):
            if b"kg.engines.zygote" in Path(f"/proc/{pid}/cmdline").read_bytes():
                zygotes.add(pid)
    return {pid for pid in zygotes if family[pid] in zygotes}


def memory(root: int) -> int:
    """The proportional set size of a process and its descendants in MB."""
    total = 0
    for pid in processes(root):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


def under_attack(root: int, length: float) -> int:
    """Attack the server for so many seconds; the most memory it had, in MB."""
    threads = [threading.Thread(target=attack, args=(n,)) for n in range(HOSTILE_THREADS)]
    for thread in threads:
        thread.start()
    most = 0
    end = time.monotonic() + length
    while time.monotonic() < end:
        most = max(most, memory(root))
        stop.wait(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    return most


def under_kills(root: int) -> list[float]:
    """Kill workers one after the other; the seconds until each was replaced."""
    waits = []
    for _ in range(KILLS):
        before = workers(root)
        os.kill(random.choice(sorted(before)), signal.SIGKILL)
        began = time.monotonic()
        while not (len(workers(root)) >= len(before) and workers(root) - before):
            if time.monotonic() - began > 10:
                break
            time.sleep(0.005)
        waits.append(time.monotonic() - began)
        time.sleep(random.uniform(0.1, 0.4))
    return sorted(waits)


def main() -> None:
    kg = Path(sys.executable).parent / "kg"
    options = ("--port", str(PORT), "--trusted-proxy", "127.0.0.1", "--no-build")
    with subprocess.Popen([kg, "serve", *options], stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()
        with Clients() as attacked:
            most = under_attack(server.pid, float(sys.argv[1]) if len(sys.argv) > 1 else 60)
        with Clients() as killed:
            waits = under_kills(server.pid)
        server.terminate()
    sys.stdout.write(f"hostile, by status: {dict(hostile)}\n")
    sys.stdout.write(f"ordinary under attack, {attacked.told()}\n")
    sys.stdout.write(f"memory at most: {most} MB\n")
    sys.stdout.write(f"ordinary while {KILLS} workers are killed, {killed.told()}\n")
    middle, longest = waits[len(waits) // 2], waits[-1]
    sys.stdout.write(f"a killed worker is replaced after {middle:.3f} s, {longest:.3f} s at most\n")


if __name__ == "__main__":
    main()
