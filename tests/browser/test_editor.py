"""The query editor, as somebody uses it: with the mouse, with the keyboard, without JavaScript."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

PREFERS = "SELECT ?actor ?policy WHERE {\n  ?actor :prefers ?policy\n} ORDER BY ?actor ?policy"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c != ?f && ?f != ?i) }"
STATES = "SELECT * WHERE {\n  ?state a :State ; "


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("Query"))


def write(page: Page, query: str) -> None:
    """Put a query in the place of what is in the editor, with the cursor behind it."""
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def written(page: Page) -> str:
    return page.locator("#query").input_value()


def run(page: Page, query: str) -> None:
    write(page, query)
    page.get_by_role("button", name="Run").click()


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


def completions(page: Page) -> list[str]:
    """What is offered at the cursor."""
    page.keyboard.press("Control+Space")
    expect(options(page).first).to_be_visible()
    return page.locator(".cm-completionLabel").all_inner_texts()


def take(page: Page) -> None:
    """Take the first completion; the list takes no key until it could be seen."""
    expect(options(page).first).to_be_visible()
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")


@pytest.fixture
def query_page(page: Page) -> Page:
    """The query page with the editor in it."""
    page.goto("/sparql")
    expect(editor(page)).to_be_visible()
    return page


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False, base_url=site)
    yield context.new_page()
    context.close()


def test_without_a_script_the_page_is_a_form(plain: Page) -> None:
    plain.goto("/sparql")
    plain.get_by_role("textbox", name="Query").fill(PREFERS)
    plain.get_by_role("button", name="Run").click()
    expect(plain.locator("table")).to_contain_text("United States")
    plain.get_by_text("Share this query").click()
    expect(plain.get_by_label("Program in Python")).to_contain_text("pandas")
    plain.get_by_text("Examples", exact=True).click()
    plain.get_by_role("link", name="Which actor prefers engagement after 2000?").click()
    expect(plain.get_by_role("textbox", name="Query")).to_have_value(re.compile("VALUES .policy"))
    expect(plain.locator("#keys")).to_be_hidden()
    expect(plain.get_by_role("button", name="Cancel")).to_be_hidden()


def test_nothing_breaks_the_content_security_policy(page: Page) -> None:
    page.add_init_script(
        "window.violations = [];"
        "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"
    )
    page.goto("/sparql")
    write(page, PREFERS)
    page.keyboard.type(" LIMIT 3")
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?s :pref")
    take(page)
    page.keyboard.press("F1")
    expect(page.locator(".about")).to_be_visible()
    assert page.evaluate("violations") == []
    styled = editor(page).evaluate("e => getComputedStyle(e).whiteSpace")
    assert styled in ("break-spaces", "pre-wrap")


def test_words_have_their_colours(query_page: Page) -> None:
    write(query_page, 'SELECT ?a WHERE { ?a rdfs:label "x" } # end')
    colours = {
        word: query_page.locator(".cm-line span", has_text=word).first.evaluate(
            "e => getComputedStyle(e).color"
        )
        for word in ("SELECT", "?a", "rdfs:label", '"x"', "# end")
    }
    assert len(set(colours.values())) == 5


def test_properties_are_narrowed_by_the_class(query_page: Page) -> None:
    write(query_page, STATES)
    offered = completions(query_page)
    assert ":cowCode" in offered
    assert ":hasClaimant" not in offered
    write(query_page, "SELECT * WHERE {\n  ?claim a :Claim ; ")
    offered = completions(query_page)
    assert ":hasClaimant" in offered
    assert ":cowCode" not in offered


def test_properties_are_narrowed_by_a_relation_to_the_variable(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x :prefers ?policy .\n  ?policy ")
    offered = completions(query_page)
    assert ":isKindOf" in offered
    assert ":hasClaimant" not in offered


def test_after_a_only_classes_are_offered(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x :prefers ?y .\n  ?x a ")
    offered = completions(query_page)
    assert ":State" in offered
    assert ":Claim" not in offered
    assert ":prefers" not in offered


def test_values_are_those_of_the_property(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x :prefers ")
    offered = completions(query_page)
    assert "id:coercion" in offered
    assert "id:deterrence" not in offered
    write(query_page, "SELECT * WHERE {\n  ?time :earliestStartYear ")
    assert "2001" in completions(query_page)


def test_things_are_found_by_a_word_of_their_label(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x ?y kor")
    assert "id:north-korea" in completions(query_page)
    query_page.keyboard.press("Escape")
    write(query_page, "SELECT * WHERE {\n  VALUES ?x { pyong")
    assert "id:north-korea" in completions(query_page)


def test_typing_completes_and_enter_takes_it(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x ")
    query_page.keyboard.type(":prefe")
    expect(options(query_page).first).to_contain_text(":prefers")
    take(query_page)
    assert written(query_page).endswith("?x :prefers")


def test_a_path_is_followed_step_by_step(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?claim :hasContent/")
    offered = completions(query_page)
    assert ":hasHolder" in offered
    assert ":hasClaimant" not in offered
    write(query_page, "SELECT * WHERE {\n  ?claim :hasContent/:hasHolder ")
    assert "id:south-korea" in completions(query_page)


def test_after_alternatives_the_values_of_each_are_offered(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x :hasContent/:hasHolder|:prefers ")
    offered = completions(query_page)
    assert "id:south-korea" in offered
    assert "id:coercion" in offered


def test_a_prefix_of_its_own_is_used(query_page: Page) -> None:
    head = "PREFIX sp: <https://w3id.org/standpoint/ontology#>\n"
    write(query_page, head + "SELECT * WHERE {\n  ?x a :Claim ; ")
    assert "sp:hasClaimant" in completions(query_page)


def test_nothing_is_offered_in_texts_and_comments(query_page: Page) -> None:
    for query in ('SELECT * { ?x rdfs:label "south', "SELECT * { } # south"):
        write(query_page, query)
        query_page.keyboard.press("Control+Space")
        query_page.wait_for_timeout(400)
        expect(options(query_page)).to_have_count(0)


def test_a_term_is_explained_by_mouse_and_by_key(query_page: Page) -> None:
    write(query_page, PREFERS)
    query_page.locator(".cm-line span", has_text=":prefers").hover()
    about = query_page.locator(".about")
    expect(about).to_contain_text("Relates an agent to a policy option")
    query_page.mouse.move(0, 0)
    expect(about).to_have_count(0)
    write(query_page, "SELECT * { id:south-korea")
    query_page.keyboard.press("F1")
    expect(about).to_contain_text("South Korea")
    expect(about).to_contain_text("state")
    expect(query_page.locator("#spoken")).to_contain_text("South Korea: state")
    query_page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_a_fault_is_marked_while_writing(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x foaf:name ?y\n}")
    faults = query_page.locator("#faults li")
    expect(faults).to_contain_text("line 2, column 6: the prefix 'foaf:' is not declared")
    expect(query_page.locator(".cm-lintRange-error")).to_have_text("foaf:name")
    expect(query_page.locator("#faults")).to_have_attribute("aria-live", "polite")
    write(query_page, PREFERS)
    expect(faults).to_have_count(0)
    expect(query_page.locator(".cm-lintRange-error")).to_have_count(0)


def test_an_unknown_term_is_mended_by_a_click(query_page: Page) -> None:
    write(query_page, "SELECT * WHERE {\n  ?x :preferz ?y\n}")
    expect(query_page.locator(".cm-lintRange-warning")).to_have_text(":preferz")
    expect(query_page.locator("#faults")).to_contain_text("Did you mean")
    query_page.locator("#faults").get_by_role("button", name=":prefers", exact=True).click()
    assert "?x :prefers ?y" in written(query_page)
    expect(query_page.locator("#faults li")).to_have_count(0)


def test_a_fault_that_the_engine_finds_is_at_its_place(query_page: Page) -> None:
    run(query_page, "SELECT ?actor WHERE {\n  ?actor :prefers }")
    expect(query_page.locator("#results")).to_contain_text("line 2, column 19")
    expect(query_page.locator("#faults")).to_contain_text("line 2, column 19")
    expect(query_page.locator(".cm-lintRange-error")).to_have_text("}")
    query_page.keyboard.press("Control+Enter")
    assert "query=SELECT" in query_page.url


def test_a_result_comes_without_leaving_the_page(query_page: Page) -> None:
    query_page.evaluate("window.stayed = true")
    write(query_page, PREFERS)
    query_page.keyboard.press("Control+Enter")
    expect(query_page.locator("table")).to_contain_text("United States")
    expect(query_page.locator("#status")).to_contain_text("5 rows")
    expect(editor(query_page)).to_be_focused()
    first = query_page.url
    assert "query=SELECT" in first
    query_page.get_by_role("link", name="Evidence").click()
    expect(query_page.locator("#results blockquote").first).to_be_visible()
    assert "evidence=1" in query_page.url
    run(query_page, "ASK { id:united-states :prefers id:coercion }")
    expect(query_page.locator("#results")).to_contain_text("Yes")
    query_page.go_back()
    expect(query_page.locator("#results blockquote").first).to_be_visible()
    query_page.go_back()
    expect(query_page.locator("table")).to_contain_text("United States")
    expect(query_page.locator("#results blockquote")).to_have_count(0)
    assert query_page.url == first
    assert written(query_page) == PREFERS
    assert query_page.evaluate("window.stayed") is True
    query_page.reload()
    expect(query_page.locator("table")).to_contain_text("United States")
    assert written(query_page) == PREFERS


def test_on_paper_a_result_has_its_query(query_page: Page) -> None:
    run(query_page, PREFERS)
    expect(query_page.locator("table")).to_contain_text("United States")
    query = query_page.locator("pre", has_text="?actor :prefers ?policy").first
    expect(query).to_be_hidden()
    query_page.emulate_media(media="print")
    expect(query).to_be_visible()
    expect(query_page.locator("form").first).to_be_hidden()


def test_a_file_is_still_a_file(query_page: Page) -> None:
    query_page.get_by_label("Result as").select_option("csv")
    with query_page.expect_download() as download:
        run(query_page, PREFERS)
    assert "format=csv" in download.value.url
    expect(editor(query_page)).to_be_visible()


def test_a_long_query_is_timed_and_cancelled(query_page: Page) -> None:
    run(query_page, SLOW)
    expect(query_page.locator("#elapsed")).to_contain_text(
        re.compile(r"[12]\.\d s of at most 10 s")
    )
    expect(query_page.locator("#results")).to_have_attribute("aria-busy", "true")
    query_page.get_by_role("button", name="Cancel").click()
    expect(query_page.locator("#status")).to_contain_text("Cancelled after")
    expect(query_page.get_by_role("button", name="Cancel")).to_be_hidden()
    run(query_page, PREFERS)
    expect(query_page.locator("table")).to_contain_text("United States")


def test_an_example_is_loaded_and_not_run(query_page: Page) -> None:
    query_page.get_by_text("Examples", exact=True).click()
    query_page.get_by_role("link", name="Which actor prefers engagement after 2000?").click()
    expect(editor(query_page)).to_contain_text("VALUES ?policy { id:engagement }")
    expect(editor(query_page)).to_be_focused()
    expect(query_page.locator("#results section")).to_have_count(0)
    query_page.keyboard.press("Control+z")
    expect(editor(query_page)).to_contain_text("?actor :prefers ?policy")


def test_the_link_and_the_programs_can_be_copied(query_page: Page) -> None:
    query_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    run(query_page, PREFERS)
    query_page.get_by_text("Share this query").click()
    query_page.get_by_role("button", name="Copy the link").click()
    expect(query_page.locator("#spoken")).to_have_text("Copied the link.")
    link = query_page.evaluate("navigator.clipboard.readText()")
    query_page.get_by_role("button", name="Copy the program in Python").click()
    expect(query_page.locator("#spoken")).to_have_text("Copied the program in Python.")
    assert "import pandas" in query_page.evaluate("navigator.clipboard.readText()")
    query_page.goto(link)
    expect(query_page.locator("table")).to_contain_text("United States")
    assert written(query_page) == PREFERS


def test_earlier_queries_are_kept_in_the_browser_and_cleared(
    query_page: Page, collected: Callable[[Page], list[str]]
) -> None:
    sent = collected(query_page)
    run(query_page, PREFERS)
    expect(query_page.locator("table")).to_contain_text("United States")
    run(query_page, "ASK {}")
    expect(query_page.locator("#results")).to_contain_text("Yes")
    query_page.reload()
    query_page.get_by_text("Earlier queries").click()
    buttons = query_page.locator("#past ol button")
    assert buttons.all_inner_texts() == ["ASK {}", PREFERS]
    stored = json.loads(query_page.evaluate("localStorage.getItem('standpoint.queries')"))
    assert [each["query"] for each in stored] == ["ASK {}", PREFERS]
    buttons.nth(1).click()
    assert written(query_page) == PREFERS
    query_page.get_by_role("button", name="Clear").click()
    expect(buttons).to_have_count(0)
    assert query_page.evaluate("localStorage.length") == 0
    assert sent
    assert all("/sparql" in url or "/static/" in url for url in sent)
    assert query_page.context.cookies() == []


@pytest.fixture
def collected() -> Callable[[Page], list[str]]:
    """Collects the addresses that a page asks for, from now on."""

    def collect(page: Page) -> list[str]:
        urls: list[str] = []
        page.on("request", lambda request: urls.append(request.url))
        return urls

    return collect


def test_the_keyboard_gets_in_and_out(query_page: Page) -> None:
    query_page.keyboard.press("Tab")
    for _ in range(20):
        if editor(query_page).evaluate("e => e.getRootNode().activeElement === e"):
            break
        query_page.keyboard.press("Tab")
    expect(editor(query_page)).to_be_focused()
    outline = query_page.locator(".editor").evaluate("e => getComputedStyle(e).outlineWidth")
    assert outline == "3px"
    before = written(query_page)
    query_page.keyboard.press("Tab")
    expect(query_page.get_by_label("Result as")).to_be_focused()
    query_page.keyboard.press("Shift+Tab")
    expect(editor(query_page)).to_be_focused()
    query_page.keyboard.type("?a")
    expect(options(query_page).first).to_be_visible()
    query_page.keyboard.press("Tab")
    expect(query_page.get_by_label("Result as")).to_be_focused()
    assert written(query_page).removeprefix("?a") == before


def test_the_editor_says_what_it_is(query_page: Page) -> None:
    name = editor(query_page).get_attribute("aria-label") or ""
    for word in ("Query", "Ctrl+Enter runs", "F1 explains", "Tab leaves"):
        assert word in name
    expect(query_page.locator("#query")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, 1400])
def test_nothing_is_wider_than_the_window(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme=scheme)
    page.goto("/sparql")
    run(page, f"# {'long ' * 60}\n{PREFERS}\n# {'x' * 300}")
    expect(page.locator("table")).to_contain_text("United States")
    page.get_by_text("Share this query").click()
    page.get_by_text("Earlier queries").click()
    editor(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Space")
    expect(options(page).first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    paper = page.locator(".cm-editor").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == {"light": "rgb(251, 250, 247)", "dark": "rgb(22, 24, 27)"}[scheme]


def test_enlarged_twice_everything_is_there(browser: Browser, site: str) -> None:
    context = browser.new_context(
        viewport={"width": 400, "height": 450}, device_scale_factor=2, base_url=site
    )
    page = context.new_page()
    page.goto("/sparql")
    run(page, PREFERS)
    expect(page.locator("table")).to_contain_text("United States")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()
