"""Code on pages that have no editor."""

import pytest
from playwright.sync_api import Page, expect


def test_code_is_copied_by_a_click(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/q/prefers")
    page.get_by_text("Downloads and code").click()
    page.get_by_role("button", name="Copy the code for Python").click()
    expect(page.get_by_role("status")).to_have_text("Copied the code for Python.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_role("region", name="Code for Python").inner_text()
    assert copied.startswith("import pandas")


def test_the_link_and_the_citation_of_an_answer_are_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/q/prefers")
    page.get_by_text("Link and citation").click()
    for what, words in (("link", "/q/prefers?policy="), ("citation", "Snapshot")):
        page.get_by_role("button", name=f"Copy the {what}").click()
        expect(page.get_by_role("status")).to_have_text(f"Copied the {what}.")
        assert words in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("path", ["/q/prefers", "/data"])
def test_every_piece_of_code_has_its_button(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".copy").first).to_be_attached()
    assert page.locator("pre").count() == page.locator("pre + .copy").count() > 3
