"""Follows the builds: when there is a new snapshot, it answers, and the old one is let go.

What the first question in words would have to wait for is read as soon as a snapshot answers.
"""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from kg.engines.limits import Limits
from kg.engines.pool import Pool
from kg.engines.snapshots import fits_memory
from kg.errors import DamagedStoreError, StandpointError
from kg.store import hold
from webui.budgets import Budget

if TYPE_CHECKING:
    from webui.front import Front, Served

INTERVAL = 0.5
"""Seconds between two looks at what is current."""

RETIRE_SECONDS = 60.0
"""How long the requests that an old snapshot still answers may take."""

SOON_READ = 50_000
"""Triples of a store that is read into memory in a fraction of a second."""


def open_served(
    home: Path,
    limits: Limits,
    base_url: str,
    budget: Budget | None,
    *,
    is_plain: bool = False,
    services: Sequence[str] = (),
    at_once: bool = False,
) -> "Served":
    """The current snapshot, held and ready to answer.

    With `at_once` a large one is read from disk, until the watcher has it in memory.

    Raises:
        StoreError: there is none, or it is damaged.
        EngineDiedError: no worker can be started.
    """
    held = hold(home)
    triples = held.snapshot.triples
    is_makeshift = at_once and triples > SOON_READ and fits_memory(triples, limits)
    try:
        with ThreadPoolExecutor(1) as threads:
            opening = threads.submit(
                Pool,
                held.snapshot.store_path,
                limits,
                is_plain=is_plain,
                services=services,
                reads_disk=is_makeshift,
            )
            # Loading the pages takes about as long as starting a worker.
            from webui.app import create_app
            from webui.front import Served

            pool = opening.result()
        if pool.snapshot.triples != triples:
            pool.close()
            raise DamagedStoreError("the store does not hold what was built: run 'kg build'")
    except BaseException:
        held.release()
        raise
    app = create_app(held.snapshot, pool, base_url=base_url, budget=budget, is_plain=is_plain)

    def close() -> None:
        pool.close()
        held.release()

    return Served(app, close, is_makeshift=is_makeshift)


class Watcher:
    """Looks at what is current, and switches a front to it."""

    def __init__(self, home: Path, front: "Front", opened: "Callable[[], Served]") -> None:
        """Prepare it.

        Args:
            home: where snapshots are kept.
            front: what answers.
            opened: gives the current snapshot, ready to answer.
        """
        self._link = home / "current"
        self._front = front
        self._opened = opened
        self._seen = front.served.site.snapshot.version

    def start(self) -> None:
        """Look from now on, in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()

    def look(self) -> None:
        """Switch, if another snapshot is current than at the last look, or to a quicker form."""
        served = self._front.served
        try:
            version = self._link.readlink().name
        except OSError:
            return
        is_same = version in (self._seen, served.site.snapshot.version)
        self._seen = version
        if is_same and not served.is_makeshift:
            return
        served.is_makeshift = False
        try:
            new = self._opened()
        except StandpointError as error:
            print(f"kg: the new store is not served: {error}", file=sys.stderr, flush=True)  # noqa: T201 - there is no caller to tell
            return
        old = self._front.switch(new)
        threading.Thread(target=old.retire, args=(RETIRE_SECONDS,), daemon=True).start()

    def _run(self) -> None:
        ready = None
        while True:
            time.sleep(INTERVAL)
            self.look()
            served = self._front.served
            if served is not ready and not served.is_makeshift:
                ready = served
                served.prepare()
