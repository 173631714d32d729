"""The real server and Debian's Chromium, for tests and for pictures."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

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
