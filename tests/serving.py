"""The real server and Debian's Chromium, for tests and for pictures."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

WINDOW: ViewportSize = {"width": 1200, "height": 900}

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


@contextmanager
def served(home: Path) -> Iterator[str]:
    """`kg serve` over what was built in a home; its address, without a slash at the end."""
    environment = os.environ | {"STANDPOINT_HOME": str(home)}
    command = [sys.executable, "-m", "kg.cli", "serve", "--port", "0", "--no-build"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        announced = re.search(r"http://\S+", server.stdout.readline())
        assert announced, "the server said nothing"
        yield announced[0].rstrip("/")
        server.terminate()
        server.wait(timeout=30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; each run has a profile of its own."""
    assert Path(CHROMIUM).exists(), "install Debian's package chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def watched(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page that fails the test when it asks another host for anything or reports an error.

    What it leaves in the browser is gone with it.
    """
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
    stores = {"origin": site, "storageTypes": "local_storage,session_storage,cookies"}
    context.new_cdp_session(opened).send("Storage.clearDataForOrigin", stores)
    context.clear_permissions()
    opened.close()
    assert strangers == []
    assert errors == []


def too_narrow(page: Page, widths: Iterable[int]) -> list[int]:
    """Those of some widths of a window, in pixels, beyond which something of a page lies."""
    beyond = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            beyond.append(width)
    return beyond
