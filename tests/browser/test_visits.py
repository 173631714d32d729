"""Ten errands of a visitor, each done from the first page by clicks, with and without scripts."""

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
QUESTION = "Which actor prefers engagement after 2000?"

WIDE = {"viewport": {"width": 1200, "height": 900}}
NARROW = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


@pytest.fixture(scope="module", params=[WIDE, NARROW], ids=["wide", "narrow without scripts"])
def room(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A browser as the visitor has it."""
    context = browser.new_context(base_url=site, reduced_motion="reduce", **request.param)
    yield context
    context.close()


@pytest.fixture
def visitor(room: BrowserContext) -> Iterator[Page]:
    """Somebody who has just opened the first page."""
    page = room.new_page()
    page.goto("/")
    yield page
    page.close()


def follow(page: Page, *names: str) -> None:
    """Click one link after the other, each by its whole name."""
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def unfold(page: Page, summary: str) -> Locator:
    """Open a fold; what stands in it."""
    page.locator("summary", has_text=summary).click()
    return page.locator("details", has=page.locator("summary", has_text=summary))


def taken(page: Page, link: Locator, folder: Path) -> Path:
    """The file behind a link."""
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_find_who_refuses_the_civilian_programme_and_where_it_says_so(visitor: Page) -> None:
    follow(visitor, "Overviews", "Positions", "would not accept")
    refusal = visitor.locator("li.position:target")
    expect(refusal).to_contain_text("United States would not accept")
    expect(refusal).to_contain_text("civilian nuclear program")
    expect(refusal.locator(".chip", has_text="implied")).to_be_visible()
    refusal.get_by_role("link", name="sentence 12").click()
    expect(visitor.locator("mark")).to_contain_text("Seoul, unlike Washington, is willing")
    expect(visitor.locator("mark")).to_be_in_viewport()


def test_take_the_positions_of_one_actor_to_a_spreadsheet(visitor: Page, tmp_path: Path) -> None:
    follow(visitor, "Overviews", "Positions")
    visitor.get_by_label("Positions of").select_option(label="South Korea")
    visitor.get_by_role("button", name="Show").click()
    expect(visitor.locator("main table")).not_to_contain_text("United States")
    link = visitor.get_by_role("link", name="These positions for a spreadsheet (CSV)")
    rows = lines(taken(visitor, link, tmp_path))
    assert len(rows) == visitor.locator("li.position").count() > 3
    assert {row["actor"] for row in rows} == {"South Korea"}
    assert ("for", "economic engagement", "11") in {
        (row["side"], row["policy"], row["sentence"]) for row in rows
    }
    assert all(row["quote"] for row in rows)


def test_the_page_of_an_actor_has_that_table_too(visitor: Page, tmp_path: Path) -> None:
    follow(visitor, "South Korea")
    link = visitor.get_by_role("link", name="These positions for a spreadsheet (CSV)")
    assert {row["actor"] for row in lines(taken(visitor, link, tmp_path))} == {"South Korea"}


def test_see_what_changed_in_1993_and_why(visitor: Page) -> None:
    follow(visitor, "What changed?")
    visitor.get_by_label("When").select_option("in")
    visitor.get_by_label("Year", exact=True).fill("1993")
    visitor.get_by_role("button", name="Ask").click()
    expect(visitor.locator(".answers")).to_contain_text("roles")
    expect(visitor.locator("blockquote").first).to_contain_text("Beginning in 1993")
    visitor.get_by_role("link", name="What brought about this: reversal of roles").click()
    expect(visitor.locator(".answers")).to_contain_text("US nuclear negotiations")


def test_send_somebody_the_link_to_an_answer(visitor: Page, browser: Browser) -> None:
    follow(visitor, QUESTION)
    address = unfold(visitor, "Link and citation").get_by_role("link").first.inner_text()
    answers = visitor.locator(".answers").inner_text()
    assert "engagement" in answers
    context = browser.new_context(viewport=visitor.viewport_size)
    colleague = context.new_page()
    colleague.goto(address)
    assert colleague.locator(".answers").inner_text() == answers
    context.close()


def test_query_without_knowing_the_words(visitor: Page) -> None:
    follow(visitor, "SPARQL", "examples", "What does South Korea prefer?")
    visitor.get_by_role("button", name="Run", exact=True).click()
    expect(visitor.locator("#results table")).to_contain_text("economic engagement")
    follow(visitor, "Evidence")
    expect(visitor.locator("#results blockquote").first).to_be_visible()


def test_look_up_a_word_of_the_vocabulary(visitor: Page) -> None:
    follow(visitor, "SPARQL", "terms", "prefers")
    expect(visitor.locator(".term:target")).to_contain_text("prefers")


def test_open_the_graph_in_other_programs(visitor: Page, tmp_path: Path) -> None:
    follow(visitor, "Data")
    network = taken(visitor, visitor.get_by_role("link", name="standpoint.graphml").first, tmp_path)
    graph = ET.parse(network).getroot().find(f"{GRAPHML}graph")
    assert graph is not None
    assert len(graph.findall(f"{GRAPHML}node")) > 100
    assert len(graph.findall(f"{GRAPHML}edge")) > 100
    claims = taken(visitor, visitor.get_by_role("link", name="claims.csv").first, tmp_path)
    assert len(lines(claims)) > 100
    shown = visitor.locator("pre", has_text="pandas").inner_text()
    assert visitor.request.get(shown.split('"')[1]).body() == claims.read_bytes()


def test_cite_an_answer(visitor: Page, tmp_path: Path) -> None:
    follow(visitor, QUESTION)
    fold = unfold(visitor, "Link and citation")
    version = visitor.locator(".foot code").inner_text()
    expect(fold).to_contain_text(f"“{QUESTION}”")
    expect(fold).to_contain_text(f"Snapshot {version}")
    bibtex = taken(visitor, fold.get_by_role("link", name="BibTeX"), tmp_path)
    assert version in bibtex.read_text(encoding="utf-8")


def test_see_what_is_recommended_and_what_would_follow(visitor: Page) -> None:
    follow(visitor, "What does the author recommend, and to whom?")
    expect(visitor.locator(".answers")).to_contain_text("initiates an adjustment process")
    follow(visitor, "What is predicted, and on what condition?")
    expect(visitor.locator(".answers")).to_contain_text("the expanding wedge")
    expect(visitor.locator(".answers")).to_contain_text("A new balance")


def test_find_where_the_essay_pulls_in_two_directions(visitor: Page) -> None:
    follow(visitor, "Overviews", "Tensions")
    first = visitor.locator(".sides").first
    assert first.locator("blockquote").count() == 2
    expect(visitor.locator("main")).to_contain_text("only the United States is told to")


def test_read_a_sentence_in_its_place_and_what_is_read_out_of_it(visitor: Page) -> None:
    follow(visitor, "Text", "What sentence 11 says")
    expect(visitor.locator("mark")).to_contain_text("Seoul prefers diplomatic")
    beside = visitor.locator("li.marked")
    expect(beside).to_be_in_viewport()
    expect(beside).to_contain_text("South Korea prefers diplomatic and economic engagement")
    follow(visitor, "Sentence 11")
    expect(visitor.locator("mark")).to_be_in_viewport()
    beside.get_by_role("link", name="South Korea prefers diplomatic").click()
    expect(visitor.locator("main")).to_contain_text("Seoul prefers diplomatic")


def test_see_who_leads_in_a_year_where_the_text_only_implies_it(visitor: Page) -> None:
    follow(visitor, "Who plays the lead?")
    visitor.get_by_label("When").select_option("in")
    visitor.get_by_label("Year", exact=True).fill("2003")
    visitor.get_by_role("button", name="Ask").click()
    expect(visitor.locator(".notice")).to_contain_text("No certain answer")
    expect(visitor.get_by_role("heading", name="Possibly")).to_be_visible()
    expect(visitor.locator(".answers")).to_contain_text("United States")
    expect(visitor.locator("blockquote").first).to_be_visible()


def test_see_what_led_to_the_decision_for_nuclear_weapons(visitor: Page) -> None:
    follow(visitor, "Overviews", "Causes")
    decision = "North Korea opts to build its own nuclear deterrence capability"
    visitor.get_by_role("combobox", name="What led to").select_option(label=decision)
    visitor.get_by_role("button", name="Show").click()
    expect(visitor.locator("main")).to_contain_text("North Korea loses its nuclear umbrella")
    expect(visitor.locator("blockquote").last).to_contain_text("Having lost its nuclear umbrella")


def test_get_the_rdf_of_one_claim(visitor: Page) -> None:
    follow(visitor, QUESTION, "the statement")
    address = visitor.get_by_role("link", name="ttl", exact=True).get_attribute("href")
    assert address
    body = visitor.request.get(address).text()
    assert ":hasContent" in body
    assert ":isStatedIn" in body
