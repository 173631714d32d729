"""Every page against WCAG 2.2 AA: what axe-core can judge, the keyboard, zoom, print, the dark."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

PREFERS = "/q/prefers?policy=https://w3id.org/standpoint/id/engagement&period=after+2000"
PREFIXED = "SELECT+?actor+?policy+{+?actor+:prefers+?policy+}"
PAGES = {
    "first": "/",
    "questions": "/q",
    "question": PREFERS,
    "empty-answer": "/q/prefers?policy=https://w3id.org/standpoint/id/engagement&period=before+1950",
    "asked": "/ask?q=Who+prefers+engagement+after+2000",
    "not-understood": "/ask?q=Who+prefers+bananas",
    "overviews": "/overviews",
    "timeline": "/timeline",
    "positions": "/positions?as-of=2005",
    "tensions": "/tensions",
    "arguments": "/arguments",
    "causes": "/causes",
    "texts": "/text",
    "text": "/text/000",
    "sentence": "/text/000?s=12",
    "state": "/id/south-korea",
    "claim": "/id/000/c11a",
    "missing": "/id/nobody",
    "editor": "/sparql",
    "result": f"/sparql?query={PREFIXED}",
    "evidence": f"/sparql?query={PREFIXED}&evidence=1&sort=-actor",
    "result-as-graph": f"/sparql?query={PREFIXED}&view=graph",
    "result-in-time": f"/sparql?query={PREFIXED}&view=timeline",
    "result-in-the-text": f"/sparql?query={PREFIXED}&view=text",
    "no-rows": "/sparql?query=SELECT+*+{+?s+:prefers+id:japan+}",
    "refused": "/sparql?query=SELECT+*+{",
    "terms": "/ontology",
    "data": "/data",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast"]
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']"


@pytest.fixture(scope="session")
def axe(node: Path) -> str:
    """The source of axe-core."""
    return (node / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def judged(page: Page, axe: str, rules: Sequence[str]) -> list[str]:
    """What axe-core finds wrong on a page by some rules, with the place."""
    page.evaluate(axe)
    run = f"axe.run({{runOnly: {json.dumps(rules)}, resultTypes: ['violations']}})"
    found: dict[str, Any] = page.evaluate(run)
    assert found["passes"]
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_the_light_nor_in_the_dark(page: Page, axe: str, path: str) -> None:
    page.goto(path)
    assert judged(page, axe, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert judged(page, axe, COLOUR_RULES) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_fits_small_windows_and_paper(page: Page, path: str) -> None:
    """A window of 1280 is 640 wide at 200 % (WCAG 2.2, 1.4.4), 320 at 400 % (1.4.10)."""
    page.goto(path)
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.locator("main h1").is_visible()
    assert not page.locator("header nav").is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_tab_goes_through_the_page_in_reading_order_and_is_seen(page: Page, path: str) -> None:
    """WCAG 2.2, 2.1.2, 2.4.3 and 2.4.7: no trap, a meaningful order, a visible focus."""
    page.goto(path)
    page.evaluate("document.querySelector(':focus')?.blur()")
    wanted = page.evaluate(
        """selector => {
          window.inOrder = [...document.querySelectorAll(selector)].filter(
            e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0);
          return window.inOrder.length;
        }""",
        FOCUSABLE,
    )
    assert wanted > 5
    places = []
    for _ in range(min(wanted, 30)):
        page.keyboard.press("Tab")
        place, is_seen = page.evaluate(
            """() => {
              const e = document.activeElement, style = getComputedStyle(e);
              return [window.inOrder.indexOf(e),
                      style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
            }"""
        )
        assert is_seen, page.evaluate("document.activeElement.outerHTML")
        places.append(place)
    assert places == sorted(set(places))
    assert places[0] == 0, "the link that skips to the content comes first"
