"""The real server and Debian's Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kg import store
from tests.serving import WINDOW, chromium, served, watched

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def site(snapshot: store.Snapshot) -> Iterator[str]:
    """Where `kg serve` serves the project's own graph, without a slash at the end."""
    with served(snapshot.path.parent.parent) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; closed after each module, since it holds an event loop open."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser session with an empty cache, which the pages of a module share; nothing glides."""
    opened = browser.new_context(viewport=WINDOW, base_url=site, reduced_motion="reduce")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """Such a page, for one test."""
    with watched(context, site) as opened:
        yield opened
