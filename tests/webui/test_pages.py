"""The first page, the question box, and what every page has in common."""

import html
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from kg import store
from kg.errors import BudgetError
from webui.exchange import HEADERS
from webui.failures import ERROR

PAGES = [
    "/",
    "/q",
    "/q/prefers",
    "/q/prefers?period=in+the+1950s",
    "/q/prefers?policy=wrong",
    "/q/nothing",
    "/ask?q=wrong",
    "/text/000?s=11",
    "/id/south-korea",
    "/id/000/c11a",
    "/id/nothing",
    "/ontology",
    "/data",
    "/data/000/claims",
    "/sparql?format=html",
    "/sparql?format=html&query=SELECT+*+{?s+?p+?o}",
    "/sparql?format=html&query=wrong",
    "/sparql?format=html&example=prefers",
    "/sparql?format=html&example=nothing",
    "/nothing",
]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
VOID = {"meta", "link", "input", "br", "img", "wbr"}


class Reader(HTMLParser):
    """What a page holds: its elements, whether they close, its ids, links and labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.titles = 0
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        # A title in a picture is that of a link.
        self.titles += tag == "title" and "svg" not in self.open
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.open, self.getpos())

    def values(self, name: str, *tags: str) -> list[str]:
        return [
            attrs[name] or ""
            for tag, attrs in self.elements
            if name in attrs and (not tags or tag in tags)
        ]


@pytest.fixture(params=PAGES)
def page(client: FlaskClient, request: pytest.FixtureRequest) -> Reader:
    response = client.get(request.param, headers=BROWSER)
    assert response.content_type == "text/html; charset=utf-8"
    return Reader(response.text)


def test_pages_are_well_formed_and_complete(page: Reader) -> None:
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == tags.count("main") == page.titles == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    assert page.values("lang", "html") == ["en"]
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert "content" in ids
    assert page.values("href", "a")[0] == "#content"


def test_pages_have_nothing_inline_and_nothing_from_elsewhere(page: Reader) -> None:
    names = {name for _, attrs in page.elements for name in attrs}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]
    assert not [tag for tag, _ in page.elements if tag in ("style", "iframe", "img")]
    scripts = [attrs for tag, attrs in page.elements if tag == "script"]
    assert all(attrs.keys() == {"type", "src"} for attrs in scripts)
    loaded = page.values("href", "link") + page.values("action", "form") + page.values("src")
    assert loaded
    assert not [address for address in loaded if urlsplit(address).netloc]


def test_controls_have_names(page: Reader) -> None:
    labelled = set(page.values("for", "label"))
    for tag, attrs in page.elements:
        if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden":
            inside_label = tag == "select" and attrs["name"] == "format"
            assert attrs.get("aria-label") or attrs.get("id") in labelled or inside_label, attrs


def test_links_to_elsewhere_give_nothing_away(page: Reader) -> None:
    for tag, attrs in page.elements:
        href = attrs.get("href") or ""
        if tag == "a" and urlsplit(href).netloc:
            assert urlsplit(href).scheme in ("http", "https")
            assert "noopener" in (attrs.get("rel") or "")


@pytest.mark.parametrize(
    "address",
    [*PAGES, "/robots.txt", "/health", "/data/claims.csv", "/id/000.ttl", "/static/standpoint.css"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT"])
def test_every_response_has_the_headers(client: FlaskClient, address: str, method: str) -> None:
    response = client.open(address, method=method, headers=BROWSER, buffered=True)
    assert HEADERS
    for name, value in HEADERS.items():
        assert response.headers.getlist(name) == [value]
    assert "Set-Cookie" not in response.headers
    assert response.status_code < 500


def test_every_link_leads_somewhere(client: FlaskClient) -> None:
    waiting, seen = ["/"], {"/"}
    anchors: set[tuple[str, str]] = set()
    ids: dict[str, set[str]] = {}
    while waiting and len(ids) < 150:
        address = waiting.pop(0)
        response = client.get(address, headers=BROWSER, follow_redirects=True, buffered=True)
        assert response.status_code == 200, address
        if not response.content_type.startswith("text/html"):
            continue
        read = Reader(response.text)
        ids[address] = set(read.values("id"))
        for href in read.values("href", "a", "link"):
            target = urljoin(address, href)
            path, _, fragment = target.partition("#")
            if urlsplit(path).netloc or path.startswith("/sparql?"):
                continue
            if fragment:
                anchors.add((path, fragment))
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    assert len(ids) == 150
    checked = [(path, anchor) for path, anchor in anchors if path in ids]
    assert checked
    assert [each for each in checked if each[1] not in ids[each[0]]] == []


def test_the_first_page_asks_answers_and_counts(
    client: FlaskClient, snapshot: store.Snapshot
) -> None:
    page = client.get("/").text
    assert page.index("Which actor prefers engagement after 2000?") < page.index("<h3")
    assert "<blockquote>" in page
    assert re.search(r"<dt>sentences</dt><dd>56</dd>", page)
    assert 'href="/data"' in page
    assert snapshot.version in page


@pytest.mark.parametrize(
    "text",
    ["Which actor prefers engagement after 2000?", "which  actor prefers engagement after 2000"],
)
def test_the_box_understands_a_question_word_for_word(client: FlaskClient, text: str) -> None:
    response = client.get("/ask", query_string={"q": text})
    assert response.status_code == 303
    assert response.headers["Location"] == "/q/prefers?policy=id%3Aengagement&period=after+2000"


def test_the_box_knows_names_and_an_empty_text(client: FlaskClient) -> None:
    assert client.get("/ask?q=prefers").headers["Location"] == "/q/prefers"
    assert client.get("/ask?q=+").headers["Location"] == "/q"


@pytest.mark.parametrize(
    "text",
    [
        "Which actor does not prefer engagement after 2000?",
        "frabjous deterrence",
        "Which actor prefers engagment after 2000?",
        "Which actor only prefers engagement after 2000?",
        "<script>alert(1)</script>",
        "x" * 10_000,
        "\x00\ufffe",
    ],
)
def test_the_box_never_guesses(client: FlaskClient, text: str) -> None:
    response = client.get("/ask", query_string={"q": text})
    assert response.status_code == 404
    assert "not understood" in response.text
    assert "<script" not in response.text


def test_the_box_understands_free_words(client: FlaskClient) -> None:
    response = client.get("/ask?q=Since 2000, which actors have favoured engagement?")
    assert response.headers["Location"] == "/q/prefers?policy=id%3Aengagement&period=since+2000"


def test_the_box_names_what_it_cannot_use_and_offers_what_can_be_asked(
    client: FlaskClient,
) -> None:
    page = client.get("/ask?q=Which actor prefers engagment?").text
    assert "<mark>engagment</mark>" in page
    assert "/ask?q=Which%20actor%20prefers%20engagement" in page
    page = client.get("/ask?q=frabjous deterrence").text
    assert 'href="/q/prefers?policy=id%3Adeterrence' in page


def test_a_name_alone_asks_for_the_statements_that_involve_it(client: FlaskClient) -> None:
    response = client.get("/ask?q=deterrence")
    assert response.headers["Location"].startswith("/q/statements?terms=id%3Adeterrence")


def test_what_the_box_completes_to_can_be_asked(client: FlaskClient) -> None:
    page = client.get("/").text
    offered = [html.unescape(each) for each in re.findall(r'<option value="([^"]+)">', page)]
    assert len(page.encode()) < 50_000
    assert len(offered) >= 40
    for sentence in offered:
        assert client.get("/ask", query_string={"q": sentence}).status_code == 303, sentence


def test_a_search_says_that_it_is_no_answer_and_names_what_it_left_out(client: FlaskClient) -> None:
    page = client.get("/ask?q=loser of the Rhee Eisenhower frabjous")
    assert page.status_code == 200
    shown = page.text
    assert "<mark>frabjous</mark>" in shown
    assert "a search, and no answer" in shown
    assert shown.index("frabjous</mark>") < shown.index("Eisenhower won this")
    assert "/q/sentences?terms=" in shown


def test_the_box_lets_choose_and_says_what_the_text_does_not_say(client: FlaskClient) -> None:
    page = client.get("/ask?q=What happened after the summit?")
    assert page.status_code == 200
    assert 'href="/q/occurrences?period=after+2000"' in page.text
    assert 'href="/q/occurrences?period=since+2000"' in page.text
    page = client.get("/ask?q=Why did the Soviet Union collapse?")
    assert page.status_code == 200
    assert "The text does not say that, though it speaks of" in page.text
    assert "They do not answer the question; they share words with it." in page.text
    page = client.get("/ask?q=Who prefers national reunification?")
    assert page.status_code == 200
    assert "Not found in these words" in page.text
    assert "/q/pursuers?goal=id%3Anational-reunification" in page.text


def test_what_is_not_found_by_words_may_be_said_in_others(client: FlaskClient) -> None:
    page = client.get("/ask?q=Why was the alliance needed during the Cold War?")
    assert page.status_code == 200
    assert "Not found in these words" in page.text
    assert "The text does not say" not in page.text
    assert "Whether one of them answers it is for you to read." in page.text
    assert page.text.index("The closest sentences") < page.text.index("What can be asked")


def test_what_is_not_understood_shows_sentences_with_its_words(client: FlaskClient) -> None:
    page = client.get("/ask?q=Does a frabjous brillig watershed gimble the mimsy summit?")
    assert page.status_code == 404
    assert "This question is not understood" in page.text
    assert "Sentences with some of these words" in page.text
    assert "was a watershed in" in page.text
    assert "Sentences with some" not in client.get("/ask?q=hello there").text


def test_health_tells_version_and_limits(client: FlaskClient, snapshot: store.Snapshot) -> None:
    health = client.get("/health").json
    assert health["version"] == snapshot.version
    assert health["triples"] == snapshot.triples
    assert health["limits"]["seconds"] == 10
    assert "/" not in str(health["engine"])


def test_errors_follow_the_accept_header(client: FlaskClient) -> None:
    assert client.get("/nothing").content_type.startswith("text/html")
    assert "There is no page at this address." in client.get("/nothing").text
    problem = client.get("/nothing", headers={"Accept": "application/json"})
    assert problem.content_type == "application/problem+json"
    assert problem.json["status"] == 404
    assert client.get("/nothing", headers={"Accept": "text/plain"}).text.startswith("Not Found")


def test_static_files_are_kept_as_long_as_their_address(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/standpoint.css\?v=\w+)"', client.get("/").text)
    assert address
    response = client.get(address[1], buffered=True)
    assert "immutable" in response.headers["Cache-Control"]
    assert "http" not in re.sub(r"/\*.*?\*/", "", response.text)


def test_the_first_page_leads_to_searches_that_find_something(client: FlaskClient) -> None:
    page = client.get("/").text
    links = re.findall(r'<a href="(/ask\?q=[^"]+)">', page)
    assert len(links) == 4
    for link in links:
        found = client.get(link, follow_redirects=True)
        assert found.status_code == 200
        assert 'class="evidence' in found.text


def test_what_may_work_later_can_be_tried_again(client: FlaskClient) -> None:
    told = {ERROR: BudgetError("30 queries failed within a minute: wait 20 seconds", 20)}
    page = client.get("/q/prefers", headers={"Accept": "text/html"}, environ_overrides=told)
    assert page.status_code == 429
    assert '<a href="">Try again</a>' in page.text
    assert "Try again" not in client.get("/nothing", headers={"Accept": "text/html"}).text


def test_what_is_not_understood_leads_to_the_other_pages(client: FlaskClient) -> None:
    page = client.get("/ask?q=how+do+I+cite+this").text
    for path in ("/overviews", "/data", "/ontology"):
        assert f'<a href="{path}">' in page.split("<main")[1]
    assert "<summary>All questions</summary>" in page


def test_a_word_is_corrected_where_it_stands(client: FlaskClient) -> None:
    page = html.unescape(client.get("/ask", query_string={"q": "Who prefers the engagment?"}).text)
    assert ">Who prefers the engagement?</a>" in page
