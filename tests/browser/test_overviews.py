"""The overviews in a browser: their width, their links, and reading by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving import too_narrow

PATHS = [
    "/overviews",
    "/timeline",
    "/timeline?by=document&bar=claim",
    "/positions?as-of=2005",
    "/tensions",
    "/arguments",
    "/causes",
    "/causes?of=https://w3id.org/standpoint/id/000/p31a",
    "/text/000?s=12&kind=Recommendation",
    "/id/000/p11a",
    "/id/president-bush",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_the_window(page: Page, path: str) -> None:
    page.goto(path)
    assert page.locator("h1").count() == 1
    assert too_narrow(page, (320, 800, 1400)) == []


@pytest.mark.parametrize("path", ["/arguments", "/causes", "/timeline", "/id/south-korea"])
def test_words_stay_inside_their_pictures(page: Page, path: str) -> None:
    page.goto(path)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.picture svg')].flatMap(svg => {
          const room = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => {
            const place = text.getBoundingClientRect();
            return place.right > room.right + 1 || place.bottom > room.bottom + 1
                || place.left < room.left - 1;
          }).map(text => text.textContent);
        })"""
    )
    assert page.locator(".picture svg text").count() > 10
    assert outside == []


@pytest.mark.parametrize("path", ["/arguments", "/causes", "/id/south-korea"])
def test_words_stay_inside_their_boxes(page: Page, path: str) -> None:
    page.goto(path)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.picture :is(a, g):has(> rect + text)')]
          .flatMap(node => {
            const right = node.querySelector('rect').getBoundingClientRect().right;
            return [...node.querySelectorAll('text')]
              .filter(text => text.getBoundingClientRect().right > right)
              .map(text => text.textContent);
          })"""
    )
    assert page.locator(".picture :is(a, g):has(> rect + text)").count() > 5
    assert outside == []


def test_a_picture_is_seen_in_the_dark(browser: Browser, site: str) -> None:
    context = browser.new_context(color_scheme="dark", base_url=site)
    page = context.new_page()
    page.goto("/arguments")
    colour = page.locator(".picture text").first.evaluate("e => getComputedStyle(e).fill")
    context.close()
    assert colour == "rgb(233, 230, 223)"


def test_a_bar_opens_its_claims(page: Page) -> None:
    page.goto("/timeline")
    page.locator(".picture a", has_text="beginning in 1993").first.click()
    expect(page.locator("details[open]")).to_have_count(1)
    expect(page.locator("details[open] blockquote").first).to_be_visible()


@pytest.mark.parametrize(
    "path",
    ["/timeline", "/id/south-korea", "/q/times?view=timeline", "/timeline?by=document&bar=claim"],
)
def test_the_latest_years_are_seen_without_scrolling(page: Page, path: str) -> None:
    page.goto(path)
    for width in (320, 360, 800, 1400):
        page.set_viewport_size({"width": width, "height": 740})
        picture = page.locator(".scroll:is(.wide, .narrow):visible")
        expect(picture).to_have_count(1)
        assert picture.evaluate("e => e.scrollWidth <= e.clientWidth"), width
        assert picture.locator("text", has_text="2000").first.is_visible()


def test_the_terms_are_printed_with_all_that_is_said_of_them(page: Page) -> None:
    page.goto("/ontology")
    told = page.locator("#prefers dl.links")
    expect(told).to_be_hidden()
    page.emulate_media(media="print")
    expect(told).to_be_visible()
    assert told.bounding_box()["height"] > 20


def test_sentences_are_read_by_keyboard(page: Page) -> None:
    page.goto("/text/000?s=11#s11")
    page.get_by_role("link", name="Next sentence, 12").press("Enter")
    expect(page.locator("mark")).to_contain_text("Also, Seoul, unlike Washington")
    page.get_by_role("link", name="Previous sentence, 11").press("Enter")
    expect(page.locator("mark")).to_contain_text("Seoul prefers diplomatic")


def test_the_year_is_in_the_address(page: Page) -> None:
    page.goto("/overviews")
    page.locator("main").get_by_role("link", name="Positions").click()
    page.get_by_label("As of the year").fill("2005")
    page.get_by_role("button", name="Show").click()
    assert "as-of=2005" in page.url
    expect(page.locator("table")).to_contain_text("possibly")
