"""The real server and Debian's Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from kg import store
from tests.serving import chromium, served

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


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that fails the test when it asks another host for anything or reports an error."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, base_url=site)
    opened = context.new_page()
    strangers: list[str] = []
    errors: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:")):
            strangers.append(request.url)

    opened.on("request", watch)

    def listen(message: ConsoleMessage) -> None:
        # An answer with an error status is an answer; what it says is for the test to judge.
        if message.type == "error" and "the server responded with a status" not in message.text:
            errors.append(message.text)

    opened.on("console", listen)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert strangers == []
    assert errors == []
