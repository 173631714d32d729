"""What is served first, and what takes its place."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from kg import store
from kg.engines.limits import Limits
from kg.errors import DamagedStoreError
from webui import pages, watcher
from webui.front import Front, Served
from webui.watcher import Watcher, open_served

LIMITS = Limits(workers=1, long_queries=1)


@pytest.fixture(scope="module")
def home(snapshot: store.Snapshot) -> Path:
    return snapshot.path.parents[1]


@pytest.fixture
def front(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    monkeypatch.setattr(watcher, "SOON_READ", 0)
    served = open_served(home, LIMITS, "", None, at_once=True)
    front = Front(served)
    yield front
    front.close()


def is_in_memory(front: Front) -> bool:
    answered = front.served.site.engine.ask("ASK { ?claim a :Claim }")
    return answered and front.served.site.engine.status().in_memory


def test_a_large_store_answers_from_disk_until_it_is_in_memory(home: Path, front: Front) -> None:
    first = front.served
    assert first.is_makeshift
    assert not is_in_memory(front)
    watch = Watcher(home, front, partial(open_served, home, LIMITS, "", None))
    watch.look()
    assert front.served is not first
    assert front.served.site.snapshot.version == first.site.snapshot.version
    assert is_in_memory(front)
    second = front.served
    watch.look()
    assert front.served is second


def test_what_cannot_be_read_into_memory_stays_on_disk(
    home: Path, front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> Served:
        raise DamagedStoreError("it is damaged")

    first = front.served
    watch = Watcher(home, front, fails)
    watch.look()
    watch.look()
    assert front.served is first
    assert capsys.readouterr().err.count("it is damaged") == 1
    assert not is_in_memory(front)


def test_a_small_store_is_in_memory_from_the_start(home: Path) -> None:
    served = open_served(home, LIMITS, "", None, at_once=True)
    try:
        assert not served.is_makeshift
        assert served.site.engine.status().in_memory
    finally:
        served.retire(0)


def test_what_phrases_are_held_against_is_read_before_anybody_asks(front: Front) -> None:
    pages.vocabulary.cache_clear()
    front.served.prepare()
    assert pages.vocabulary.cache_info().currsize == 1
    pages.vocabulary(front.served.site)
    assert pages.vocabulary.cache_info().hits == 1
