"""The views of a result in a browser: at three widths, without scripts, as files, by keyboard."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.serving import too_narrow

AIMS = "SELECT ?actor ?goal { ?p a :Aim ; :hasHolder ?actor ; :hasGoal ?goal }"
MANY = "SELECT ?claim ?content { ?claim :hasContent ?content }"
TIMES = """SELECT ?time ?first ?latest { ?time a :TimeScope
  OPTIONAL { ?time :earliestStartYear ?first } OPTIONAL { ?time :latestStartYear ?latest } }"""
TRIPLES = "CONSTRUCT { ?a :prefers ?b } { ?a :prefers ?b }"


def of(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, "format": "html", **more})


PAGES = {
    "table": of(AIMS, view="table", sort="-goal", filter="korea"),
    "evidence": of(MANY, evidence="1", page="2"),
    "graph": of(AIMS, view="graph"),
    "triples": of(TRIPLES),
    "timeline": of(TIMES),
    "text": of(AIMS, view="text"),
    "question-table": "/q/prefers?view=table",
    "question-graph": "/q/preferences?view=graph",
    "question-timeline": "/q/times?view=timeline",
    "question-text": "/q/champions?view=text",
}


@pytest.fixture
def bare(browser: Browser, site: str) -> Iterator[Page]:
    """A page for somebody without scripts, on a phone."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, base_url=site
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_view_is_wider_than_the_window(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    expect(page.get_by_role("navigation", name="Views of this result")).to_be_visible()
    assert page.locator("h1").count() == 1
    assert too_narrow(page, (320, 800, 1400)) == []


@pytest.mark.parametrize("name", ["graph", "triples", "timeline", "question-timeline"])
def test_words_stay_inside_their_pictures(page: Page, name: str) -> None:
    page.goto(PAGES[name])
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
    assert page.locator(".picture svg text").count() >= 8
    assert outside == []


def test_words_on_arrows_are_not_run_over(page: Page) -> None:
    page.goto(PAGES["graph"])
    crossed = page.evaluate(
        """() => {
          const places = [...document.querySelectorAll('.picture svg text')]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
          return places.flatMap(([one, a], at) => places.slice(at + 1)
            .filter(([, b]) => a.left < b.right - 2 && b.left < a.right - 2
              && a.top < b.bottom - 4 && b.top < a.bottom - 4).map(([other]) => [one, other]));
        }"""
    )
    assert page.locator(".picture svg text").count() > 15
    assert crossed == []


def test_evidence_goes_on_beyond_the_first_page(page: Page) -> None:
    page.goto(of(MANY))
    page.get_by_role("link", name="Evidence", exact=True).click()
    rows = page.locator("tr.behind")
    expect(rows).to_have_count(25)
    expect(page.locator("main")).to_contain_text("These are rows 1 to 25 of")
    first = page.locator("tbody tr").first.inner_text()
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("main")).to_contain_text("These are rows 26 to 50 of")
    assert "page=2" in page.url
    assert "evidence=1" in page.url
    expect(rows).to_have_count(25)
    assert page.locator("tbody tr").first.inner_text() != first
    quote = page.locator("tr.behind blockquote").first.inner_text().strip("“”")
    page.locator("tr.behind figcaption a").first.click()
    expect(page.locator("mark")).to_contain_text(quote)


def test_every_view_is_reached_without_scripts(bare: Page) -> None:
    bare.goto(of(AIMS, filter="korea", sort="goal"))
    for view in ("Graph", "Timeline", "Text", "Table"):
        views = bare.get_by_role("navigation", name="Views of this result")
        views.get_by_role("link", name=view).click()
        expect(bare.locator("[aria-current=page]")).to_have_text(view)
        for said in ("filter=korea", "sort=goal", f"view={view.lower()}", "query=SELECT"):
            assert said in bare.url
    assert bare.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_table_is_sorted_and_filtered_without_scripts(bare: Page) -> None:
    bare.goto(of(AIMS))
    heading = bare.get_by_role("columnheader", name="goal")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(bare.locator("tbody tr").first).to_contain_text("transformation")
    bare.get_by_label("Only rows with").fill("bush")
    bare.get_by_role("button", name="Filter").click()
    expect(bare.locator("tbody tr")).to_have_count(2)
    expect(heading).to_have_attribute("aria-sort", "descending")
    bare.get_by_role("link", name="in the order of the result").click()
    expect(bare.locator("[aria-sort]")).to_have_count(0)
    expect(bare.locator("tbody tr")).to_have_count(2)


def test_a_marked_sentence_leads_to_the_essay(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(PAGES["text"])
    page.get_by_role("link", name="sentence 10", exact=True).click()
    mark = page.locator("#\\30 00-s10 mark")
    expect(mark).to_be_in_viewport()
    words = mark.inner_text()
    mark.click()
    expect(page.locator("mark")).to_have_text(words)
    assert "/text/000?s=10" in page.url


def saved(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


@pytest.mark.parametrize("name", ["graph", "triples", "timeline", "question-graph"])
def test_a_picture_is_saved_and_stands_alone(
    page: Page, browser: Browser, name: str, tmp_path: Path
) -> None:
    page.goto(PAGES[name])
    drawn = page.locator(".picture svg:visible text").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="This picture as SVG").click()
    path = saved(download.value, tmp_path)
    assert path.suffix == ".svg"
    root = ET.parse(path).getroot()
    assert not [each for each in root.iter() if each.tag.endswith(("script", "style", "image"))]
    alone = browser.new_page()
    alone.goto(path.as_uri())
    assert len(drawn) > 2
    assert len(alone.locator("svg text").all_inner_texts()) > len(drawn)
    paper = alone.locator("svg > rect").first.evaluate("e => getComputedStyle(e).fill")
    alone.close()
    assert paper == "rgb(251, 250, 247)"


@pytest.mark.parametrize("name", ["json", "csv", "tsv"])
def test_files_have_the_sentences(page: Page, name: str) -> None:
    page.goto(of(AIMS))
    address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
    assert address
    text = page.request.get(address).text()
    rows = page.locator("tbody tr").count()
    assert rows > 5
    if name == "json":
        assert len(json.loads(text)["evidence"]) == rows
    else:
        delimiter = {"csv": ",", "tsv": "\t"}[name]
        found = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
        assert len(found) == rows + 1
        assert found[0][-1].endswith("evidence")
    assert "priorities are to replace despotism" in text


def test_an_empty_view_and_a_fault_look_different(page: Page) -> None:
    looks = {}
    for name, address in {
        "empty": of("SELECT * { ?x :prefers id:nothing }"),
        "no year": of("SELECT (1 AS ?x) {}", view="timeline"),
        "failed": of("SELECT * {", view="graph"),
    }.items():
        page.goto(address)
        notice = page.locator(".notice:has(.state)").last
        expect(notice).to_be_visible()
        icon = "e => getComputedStyle(e.querySelector('.state'), '::before').content"
        looks[name] = (notice.get_attribute("role"), notice.evaluate(icon))
    assert looks["empty"] == looks["no year"]
    assert looks["empty"][0] == "status"
    assert looks["failed"][0] == "alert"
    assert looks["failed"][1] != looks["empty"][1] != "none"


def test_pictures_are_seen_in_the_dark_and_in_print(browser: Browser, site: str) -> None:
    context = browser.new_context(color_scheme="dark", base_url=site)
    page = context.new_page()
    page.goto(PAGES["graph"])
    colour = "e => getComputedStyle(e).fill"
    assert page.locator(".picture text").first.evaluate(colour) == "rgb(233, 230, 223)"
    page.emulate_media(media="print", color_scheme="light")
    assert page.locator(".picture text").first.evaluate(colour) == "rgb(0, 0, 0)"
    expect(page.locator(".views")).to_be_hidden()
    expect(page.locator(".picture svg")).to_be_visible()
    expect(page.locator("dl.links")).to_be_visible()
    context.close()


def test_code_and_citation_stand_with_an_answer(page: Page) -> None:
    page.goto("/q/prefers?view=graph")
    page.get_by_text("Downloads and code").click()
    for words in ("curl -o answer.csv", "pandas.read_csv", "read.csv"):
        expect(page.locator("code", has_text=re.compile(re.escape(words))).first).to_be_visible()
    page.get_by_text("Link and citation").click()
    expect(page.get_by_role("link", name="BibTeX")).to_be_visible()
