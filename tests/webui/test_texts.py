"""The text, sentence by sentence."""

import html
import re

from flask.testing import FlaskClient

from kg import paths
from kg.sentences import cut, read_seed

SEED = read_seed(paths.SEEDS / "000_01a5c16ec8b3001f.txt")


def prose(page: str) -> list[str]:
    found = re.findall(r'<section class="paragraph">\s*<p>(.*?)</p>', page, re.DOTALL)
    return [html.unescape(re.sub("<[^>]*>", "", each)) for each in found]


def test_the_paragraphs_are_the_characters_of_the_file(client: FlaskClient) -> None:
    paragraphs, _ = cut(SEED.text)
    shown = prose(client.get("/text/000").text)
    assert shown == [SEED.text[each.start : each.end] for each in paragraphs]
    assert any("co-\nexistence" in each for each in shown)


def test_every_sentence_is_an_anchor(client: FlaskClient) -> None:
    page = client.get("/text/000").text
    _, sentences = cut(SEED.text)
    assert len(sentences) == 56
    for each in sentences:
        found = re.search(
            rf'<span class="sentence" id="s{each.number}"[^>]*>(.*?)</span>', page, re.DOTALL
        )
        assert found
        assert html.unescape(found[1]) == each.quote


def test_a_sentence_is_marked(client: FlaskClient) -> None:
    page = client.get("/text/000?s=11").text
    marked = re.findall("<mark>(.*?)</mark>", page, re.DOTALL)
    assert len(marked) == 1
    assert " ".join(marked[0].split()).startswith("Seoul prefers diplomatic and economic")
    for wrong in ("s=999", "s=-1", "s=x", "s=11%27", "s="):
        response = client.get("/text/000?" + wrong)
        assert response.status_code == 200
        assert "<mark>" not in response.text


def test_every_sentence_has_its_statements_beside_it(client: FlaskClient) -> None:
    page = client.get("/text/000").text
    beside = dict(
        re.findall(r'<li id="about-s(\d+)".*?>(.*?)</li>\s*(?=<li id|</ol>)', page, re.DOTALL)
    )
    assert sorted(map(int, beside)) == list(range(1, 57))
    for words in beside.values():
        assert "chip" in words or "No statement is read from this sentence." in words
    assert "denial" in beside["4"]
    assert "concession" in beside["4"]
    assert "report" in beside["3"]
    assert beside["3"].count("by the encoder") == 1


def test_one_text_needs_no_list(client: FlaskClient) -> None:
    assert client.get("/text").headers["Location"] == "/text/000"


def test_an_unknown_text_is_not_found(client: FlaskClient) -> None:
    for name in ("001", "..", "%2e%2e%2fmarker.json", "000%00"):
        assert client.get("/text/" + name).status_code == 404


def test_the_reader_chooses_whose_claims_and_of_which_kind(client: FlaskClient) -> None:
    page = client.get("/text/000?kind=Recommendation").text
    beside = page.split("<article>")[1]
    assert "The United States initiates an adjustment process" in beside
    assert "prefers coercion to engagement" not in beside
    assert "statements are shown" in page
    reported = client.get("/text/000?whose=reported&sure=certain").text.split("<article>")[1]
    assert ">report<" in reported
    assert ">assertion<" not in reported
    nothing = client.get("/text/000?kind=%3Cscript%3E")
    assert nothing.status_code == 200
    assert "none is of this kind" in nothing.text
    assert "<script" not in nothing.text


def test_a_choice_stays_when_the_sentence_changes(client: FlaskClient) -> None:
    page = client.get("/text/000?s=12&kind=Recommendation").text
    for name, number in (("Previous", 11), ("Next", 13)):
        found = re.search(rf'href="([^"]+)" aria-label="{name} sentence, {number}"', page)
        assert found
        assert html.unescape(found[1]) == f"/text/000?kind=Recommendation&s={number}#s{number}"
    assert "Previous sentence" not in client.get("/text/000?s=1").text
    assert "Next sentence" not in client.get("/text/000?s=56").text


def test_each_sentence_says_how_much_is_read_from_it(client: FlaskClient) -> None:
    page = client.get("/text/000").text
    counts = re.findall(r'<li class="quiet">(\d+) statements?</li>', page)
    assert len(counts) + page.count("No statement is read from this sentence.") == 56
    assert sum(map(int, counts)) > 150


def test_misprints_are_marked_outside_the_text(client: FlaskClient) -> None:
    page = client.get("/text/000").text
    marked = re.findall(r'id="s(\d+)" data-number="\d+" data-note="\(sic\)"', page)
    assert "44" in marked
    assert "51" in marked
    assert "Probably a misprint of “must”" in page
    assert "(sic)" not in "".join(prose(page))


def test_the_number_of_a_sentence_leads_to_what_it_says(client: FlaskClient) -> None:
    page = client.get("/text/000").text
    leading = re.findall(r'<a class="number" href="/text/000\?s=(\d+)#about-s(\d+)"', page)
    assert [(int(one), int(other)) for one, other in leading] == [(n, n) for n in range(1, 57)]
