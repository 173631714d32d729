"""From the first page to the marked sentence, as a reader goes."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving import too_narrow

QUESTION = "Which actor prefers engagement after 2000?"
QUOTE = "Seoul prefers diplomatic and economic engagement with North Korea"
PICTURES = Path(__file__).parent.parent / "pictures"


def test_the_box_answers_with_the_sentence_marked_in_the_essay(page: Page) -> None:
    page.goto("/")
    page.get_by_label("A question in words").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    answer = page.locator("main")
    expect(answer).to_contain_text("South Korea")
    expect(answer.locator("blockquote").first).to_contain_text(QUOTE)
    assert "United States" not in answer.locator("blockquote").first.inner_text()

    answer.get_by_role("link", name="sentence 11").first.click()
    mark = page.locator("mark")
    expect(mark).to_have_count(1)
    expect(mark).to_contain_text(QUOTE)
    expect(mark).to_be_in_viewport()
    assert "/text/000" in page.url


def test_a_question_in_words_is_a_link_on_the_first_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=QUESTION).first.click()
    expect(page.get_by_role("combobox").first).to_have_value("id:engagement")
    expect(page.locator("main")).to_contain_text("South Korea")


def test_a_slot_changes_the_answer_and_the_address(page: Page) -> None:
    page.goto("/q/prefers")
    page.get_by_role("combobox").first.select_option("id:coercion")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("main blockquote").first).to_contain_text("Washington prefers coercion")
    assert "coercion" in page.url
    page.reload()
    expect(page.locator("main blockquote").first).to_contain_text("Washington prefers coercion")


@pytest.mark.parametrize("words", ["before 1993", "in the 1950s"])
def test_an_empty_answer_says_why(page: Page, words: str) -> None:
    page.goto(f"/ask?q=Which actor prefers engagement {words}?")
    main = page.locator("main")
    expect(main).to_contain_text("Nobody is said to prefer engagement")
    expect(main).to_contain_text("At any time")


@pytest.mark.parametrize(
    "path",
    ["/", "/q", "/q/prefers", "/sparql", "/text/000", "/id/south-korea", "/ontology", "/data"],
)
def test_no_page_is_wider_than_the_window(page: Page, path: str) -> None:
    page.goto(path)
    assert page.locator("h1").count() == 1
    assert too_narrow(page, (320, 800, 1400)) == []


def test_the_picture_of_the_readme(browser: Browser, site: str, tmp_path: Path) -> None:
    """The picture is made anew; it replaces the one in the tree only when that one is missing."""
    context = browser.new_context(viewport={"width": 1200, "height": 640}, base_url=site)
    page = context.new_page()
    page.goto("/q/prefers")
    made = tmp_path / "answer.png"
    page.screenshot(path=made)
    context.close()
    assert made.stat().st_size > 20_000
    kept = PICTURES / "answer.png"
    if not kept.exists():
        kept.write_bytes(made.read_bytes())
    assert kept.read_bytes().startswith(b"\x89PNG")
