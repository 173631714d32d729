"""Measures what ordinary clients notice of an attack: python tests/attacks/load.py [SECONDS].

Starts `kg serve` on the current store behind a trusted proxy, sends it 200 hostile queries at once
from 50 addresses, over and over, and four clients' ordinary ones beside them, all uncached.
"""

import http.client
import itertools
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

HOSTILE_THREADS = 200
HOSTILE_ADDRESSES = 50
NORMAL_CLIENTS = 4
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
normal: Counter[int] = Counter()
seconds: list[float] = []


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


def use(number: int) -> None:
    while not stop.is_set():
        began = time.monotonic()
        normal[ask(random.choice(NORMAL), f"203.0.113.{number}")] += 1
        seconds.append(time.monotonic() - began)
        stop.wait(0.1)


def main() -> None:
    kg = Path(sys.executable).parent / "kg"
    options = ("--port", str(PORT), "--trusted-proxy", "127.0.0.1", "--no-build")
    with subprocess.Popen([kg, "serve", *options], stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()
        threads = [threading.Thread(target=attack, args=(n,)) for n in range(HOSTILE_THREADS)]
        threads += [threading.Thread(target=use, args=(n,)) for n in range(NORMAL_CLIENTS)]
        for thread in threads:
            thread.start()
        stop.wait(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
        stop.set()
        for thread in threads:
            thread.join()
        server.terminate()
    ordered = sorted(seconds)
    shares = {f"p{share}": ordered[len(ordered) * share // 100] for share in (50, 95, 99)}
    figures = {**shares, "max": ordered[-1]}
    sys.stdout.write(f"hostile, by status: {dict(hostile)}\nordinary, by status: {dict(normal)}\n")
    sys.stdout.write(" ".join(f"{name} {value:.3f} s" for name, value in figures.items()) + "\n")


if __name__ == "__main__":
    main()
