"""Every page in every state against WCAG 2.2 AA: what axe-core can judge, keyboard, zoom, print.

States that a server gets into only under load, or after seconds, are pages of an application whose
engine fails in that way; the browser gets them where the server would have sent them.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.test import TestResponse

from kg import store
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.errors import BudgetError, EngineBusyError, EngineDiedError, QueryTimeoutError
from tests.serving import WINDOW, too_narrow, watched
from webui.app import create_app
from webui.failures import ERROR

PREFERS = "/q/prefers?policy=https://w3id.org/standpoint/id/engagement&period=after+2000"
PREFIXED = "SELECT+?actor+?policy+{+?actor+:prefers+?policy+}"
PAGES = {
    "first": "/",
    "questions": "/q",
    "question": PREFERS,
    "empty-answer": "/q/prefers?policy=https://w3id.org/standpoint/id/engagement&period=before+1950",
    "asked": "/ask?q=Who+prefers+engagement+after+2000",
    "question-without-slots": "/q/implied?possibly=1",
    "wrong-value": "/q/prefers?policy=nonsense",
    "overviews": "/overviews",
    "timeline": "/timeline",
    "positions": "/positions?as-of=2005",
    "tensions": "/tensions",
    "arguments": "/arguments",
    "positions-of-no-year": "/positions?as-of=soon",
    "positions-empty": "/positions?as-of=1066",
    "causes": "/causes",
    "causes-of-one": "/causes?of=https://w3id.org/standpoint/id/000/p31a",
    "causes-of-nothing": "/causes?of=https://w3id.org/standpoint/id/nobody",
    "timeline-empty": "/timeline?of=https://w3id.org/standpoint/id/nobody",
    "texts": "/text",
    "text": "/text/000",
    "sentence": "/text/000?s=12",
    "state": "/id/south-korea",
    "claim": "/id/000/c11a",
    "text-filtered": "/text/000?kind=Recommendation",
    "missing": "/id/nobody",
    "similar": "/id/south-corea",
    "no-page": "/nothing",
    "editor": "/sparql",
    "result": f"/sparql?query={PREFIXED}",
    "evidence": f"/sparql?query={PREFIXED}&evidence=1&sort=-actor",
    "result-as-graph": f"/sparql?query={PREFIXED}&view=graph",
    "result-in-time": f"/sparql?query={PREFIXED}&view=timeline",
    "result-in-the-text": f"/sparql?query={PREFIXED}&view=text",
    "no-rows": "/sparql?query=SELECT+*+{+?s+:prefers+id:japan+}",
    "many-rows": "/sparql?query=SELECT+*+{?s+?p+?o}",
    "no-such-row": f"/sparql?query={PREFIXED}&filter=bananas",
    "nothing-to-draw": "/sparql?query=SELECT+(1+AS+?x)+{}&view=graph",
    "no-year": "/sparql?query=SELECT+(1+AS+?x)+{}&view=timeline",
    "true": "/sparql?query=ASK+{?a+:prefers+?b}",
    "false": "/sparql?query=ASK+{?a+:prefers+id:japan}",
    "unknown-term": "/sparql?query=SELECT+*+{?a+:preferes+?b}",
    "no-such-view": f"/sparql?query={PREFIXED}&view=pie",
    "refused": "/sparql?query=SELECT+*+{",
    "terms": "/ontology",
    "terms-found": "/ontology?find=prefer",
    "terms-not-found": "/ontology?find=bananas",
    "data": "/data",
}
HEADINGS = {
    "not-understood": "This question is not understood",
    "ambiguous": "Which of these do you mean?",
    "absent": "The text does not say",
    "not-found": "Not found in these words",
    "searched": "Sentences that speak of it",
}
"""What the question box says in each of its states; other questions lead to their answers."""

PHRASES = (
    "Who prefers bananas",
    "Why did the Soviet Union collapse",
    "What does Bush want",
    "trade agreement",
    "Is nuclear energy safe",
    "economic collapse",
    "What should South Korea do about nuclear fuel",
    "nuclear fuel exports",
    "Who leads whom",
)
"""Words that lead to those states, or to others as the box learns."""

ASKED = f"/sparql?query={PREFIXED}&format=html"
ALL = "/sparql?query=SELECT+*+{?s+?p+?o}&format=html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast"]
FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']"


class Small(LocalEngine):
    """An engine that cuts a result after some hundred rows."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Limits(rows=600))


def failed(client: FlaskClient, error: Exception) -> TestResponse:
    """What is said of a query that ends in an error."""

    def fail(*_: object, **__: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalEngine, "query", fail)
        return client.get(ASKED)


def refused(client: FlaskClient) -> TestResponse:
    """What is said to an address that has had its share."""
    told = BudgetError("30 queries failed within a minute: wait 20 seconds", 20)
    headers = {"Accept": "text/html"}
    return client.get("/q/prefers", headers=headers, environ_overrides={ERROR: told})


STAGED: dict[str, tuple[int, Callable[[FlaskClient], TestResponse]]] = {
    "timed-out": (
        504,
        lambda client: failed(client, QueryTimeoutError("the query ran longer than 10 seconds")),
    ),
    "busy": (503, lambda client: failed(client, EngineBusyError("every worker is busy"))),
    "died": (500, lambda client: failed(client, EngineDiedError("the worker is gone"))),
    "over-budget": (429, refused),
    "truncated": (200, lambda client: client.get(ALL)),
    "truncated-evidence": (200, lambda client: client.get(f"{ALL}&evidence=1")),
}
"""The status of a page, and how it is had from an application with a small engine."""


@pytest.fixture(scope="module")
def axe(node: Path) -> str:
    """The source of axe-core."""
    return (node / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def client(snapshot: store.Snapshot, site: str) -> FlaskClient:
    """An application with a small engine, which has answered something before."""
    made = create_app(snapshot, Small(snapshot.store_path), base_url=site).test_client()
    assert made.get(ASKED).status_code == 200
    return made


@pytest.fixture(scope="module", params=[*PAGES, *HEADINGS, *STAGED])
def state(request: pytest.FixtureRequest) -> str:
    """The name of a page in one of its states."""
    return str(request.param)


def heading(page: Page, phrase: str) -> str:
    """What stands over what is said to a question in words."""
    page.goto("/ask?" + urlencode({"q": phrase}))
    return page.locator("h1").inner_text()


@pytest.fixture(scope="module")
def opened(
    context: BrowserContext, site: str, state: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The page, opened once for all that is looked at."""
    with watched(context, site) as page:
        if state in PAGES:
            page.goto(PAGES[state])
        elif state in HEADINGS:
            assert any(heading(page, phrase) == HEADINGS[state] for phrase in PHRASES)
        else:
            status, ask = STAGED[state]
            response = ask(request.getfixturevalue("client"))
            assert response.status_code == status
            headers = dict(response.headers)
            page.route(
                f"{site}/staged",
                lambda route: route.fulfill(status=status, headers=headers, body=response.data),
            )
            page.goto("/staged")
        expect(page.locator(".editor")).to_have_count(page.locator("#asking").count())
        page.bring_to_front()
        yield page


@pytest.fixture(autouse=True)
def _as_it_was(opened: Page) -> Iterator[None]:
    """Puts the window and the media back after a test."""
    yield
    opened.emulate_media(color_scheme="light", media="screen")
    opened.set_viewport_size(WINDOW)


def judged(page: Page, axe: str, rules: Sequence[str]) -> list[str]:
    """What axe-core finds wrong on a page by some rules, with the place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    # What it would load first is for rules on sound and on turned screens, of which there is none.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    run = f"axe.run({json.dumps(options)}).then(r => [r.passes.length, r.violations])"
    passes, violations = page.evaluate(run)
    assert passes
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node['html'][:160]}"
        for rule in violations
        for node in rule["nodes"]
    ]


def test_tab_goes_through_the_page_in_reading_order_and_is_seen(opened: Page) -> None:
    """WCAG 2.2, 2.1.2, 2.4.3 and 2.4.7: no trap, a meaningful order, a visible focus."""
    opened.evaluate("document.querySelector(':focus')?.blur()")
    wanted = opened.evaluate(
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
        opened.keyboard.press("Tab")
        place, is_seen = opened.evaluate(
            """() => {
              const e = document.activeElement, style = getComputedStyle(e);
              return [window.inOrder.indexOf(e),
                      style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
            }"""
        )
        assert is_seen, opened.evaluate("document.activeElement.outerHTML")
        places.append(place)
    assert places == sorted(set(places))
    assert places[0] == 0, "the link that skips to the content comes first"


def test_axe_finds_nothing_in_the_light_nor_in_the_dark(opened: Page, axe: str) -> None:
    assert judged(opened, axe, RULES) == []
    opened.emulate_media(color_scheme="dark")
    assert judged(opened, axe, COLOUR_RULES) == []


def test_a_page_fits_small_windows_and_paper(opened: Page) -> None:
    """A window of 1280 is 640 wide at 200 % (WCAG 2.2, 1.4.4), 320 at 400 % (1.4.10)."""
    assert too_narrow(opened, (640, 320)) == []
    opened.emulate_media(media="print")
    assert opened.locator("main h1").is_visible()
    assert not opened.locator("header nav").is_visible()
    background = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
