"""The real server and Debian's Chromium."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from kg import store

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site(snapshot: store.Snapshot) -> Iterator[str]:
    """Where `kg serve` serves the project's own graph, without a slash at the end."""
    environment = os.environ | {"STANDPOINT_HOME": str(snapshot.path.parent.parent)}
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--no-build"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        announced = re.search(r"http://\S+", server.stdout.readline())
        assert announced, "the server said nothing"
        yield announced[0].rstrip("/")
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; each run has a profile of its own."""
    assert Path(CHROMIUM).exists(), "install Debian's package chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


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
