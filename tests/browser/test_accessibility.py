"""Every page against WCAG 2.2 AA: what axe-core can judge, the keyboard, zoom, print, the dark."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

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
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']"


@pytest.fixture(scope="session")
def axe(node: Path) -> str:
    """The source of axe-core."""
    return (node / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def dark(browser: Browser, site: str) -> Iterator[Page]:
    """A page for somebody who likes it dark."""
    context = browser.new_context(color_scheme="dark", base_url=site)
    yield context.new_page()
    context.close()


def judged(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong on a page, with the place."""
    page.evaluate(axe)
    run = f"axe.run({{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})"
    found: dict[str, Any] = page.evaluate(run)
    assert len(found["passes"]) > 10
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_the_light(page: Page, axe: str, path: str) -> None:
    page.goto(path)
    assert judged(page, axe) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_nothing_in_the_dark(dark: Page, axe: str, path: str) -> None:
    dark.goto(path)
    assert judged(dark, axe) == []


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_no_page_is_wider_than_a_small_window_or_one_at_double_zoom(page: Page, path: str) -> None:
    """A window of 1280 is 640 wide at 200 % (WCAG 2.2, 1.4.4), 320 at 400 % (1.4.10)."""
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


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
    for _ in range(min(wanted, 40)):
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


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_one_heading_leads_and_no_level_is_left_out(page: Page, path: str) -> None:
    page.goto(path)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1])"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_print_leaves_out_what_only_a_screen_can_use(page: Page, path: str) -> None:
    page.goto(path)
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible() or not page.locator("header nav").count()
    assert page.locator("main h1").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
