"""The whole benchmark: choosing servers, measuring, and writing what was found."""

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from kg.bench import chart, peers, report, soaking
from kg.bench.measure import Plan, measure
from kg.bench.peers import Server, Standpoint
from kg.errors import BenchError

__all__ = ["Plan", "bench", "chosen", "soak"]

_NONE = "none"


def chosen(names: Sequence[str], tell: Callable[[str], None]) -> list[type[Server]]:
    """Ours, then the peers of these names that are installed, or all without names.

    Args:
        names: names of peers in any case, or "none".
        tell: is told of each that is left out.

    Raises:
        BenchError: there is no such peer.
    """
    known = {kind.name.lower(): kind for kind in peers.ALL if kind is not Standpoint}
    for name in names:
        if name.lower() not in (*known, _NONE):
            raise BenchError(f"there is no server '{name}': choose of {', '.join(known)} and none")
    wanted = [known[name.lower()] for name in names if name.lower() != _NONE]
    there: list[type[Server]] = [Standpoint]
    for kind in wanted if names else known.values():
        if what := kind.missing():
            tell(f"{kind.name} is left out: {what}")
        else:
            there.append(kind)
    return there


def bench(plan: Plan, readme: Path | None, progress: Callable[[str], None]) -> str:
    """Measure, and give the report; with a README, write it there with its picture.

    Raises:
        BenchError: a server could not be measured, or the README has no place for the report.
    """
    if readme:
        # Minutes are not to be lost on a file without a place for the report.
        report.kept(readme)
    with _folder() as folder:
        outcome = measure(plan, folder, progress)
    text = report.markdown(outcome)
    if readme:
        picture = readme.parent / report.PICTURE
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(chart.svg(outcome), "utf-8")
        report.write(readme, text)
    return text


def soak(documents: int, seconds: float, progress: Callable[[str], None]) -> tuple[str, bool]:
    """Put our server under mixed load; the figures, and whether they stay flat."""
    with _folder() as folder:
        soaked = soaking.soak(documents, seconds, folder, progress)
    return soaking.told(soaked), soaked.is_flat


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder while it is used; when this process is told to end, servers are ended too."""
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="standpoint-bench-") as folder:
        yield Path(folder)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
