"""The pages of the questions."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from itertools import cycle

import pytest
from flask.testing import FlaskClient

from kg.questions import load_questions
from webui.questions import RESERVED
from webui.views import VIEWS

FLAGSHIP = "/q/prefers?policy=id%3Aengagement&period=after+2000"
QUESTIONS = sorted(load_questions())


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 20


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_a_page_and_files(client: FlaskClient, name: str) -> None:
    page = client.get(f"/q/{name}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    for format_ in ("csv", "json", "tsv"):
        file = client.get(f"/q/{name}?format={format_}")
        assert file.status_code == 200
        assert file.data
    assert "Accept" in client.get(f"/q/{name}", headers={"Accept": "text/csv"}).headers["Vary"]


def test_the_answer_quotes_the_sentence_and_leads_to_it(client: FlaskClient) -> None:
    page = client.get(FLAGSHIP).text
    assert '<a href="/id/south-korea">South Korea</a>' in page
    assert "“Seoul prefers diplomatic and\neconomic engagement with North Korea" in page or (
        "“Seoul prefers diplomatic and economic engagement with North Korea" in page
    )
    assert 'href="/text/000?s=11#s11"' in page
    for words in ("assertion", "certain", "the author of the essay"):
        assert words in page
    assert "United States</a></dd>" not in page


def test_the_form_holds_the_question(client: FlaskClient) -> None:
    page = client.get(FLAGSHIP).text
    assert re.search(r'<option value="id:engagement" selected>engagement \(\d+\)</option>', page)
    assert '<option value="after" selected>' in page
    assert 'name="period.year" aria-label="Year"' in page
    assert 'value="2000"' in page
    assert '<h1 class="unseen print">Which actor prefers engagement after 2000?</h1>' in page
    assert (
        "https://standpoint.example/q/prefers?policy=id%3Aengagement&amp;period=after+2000" in page
    )


@pytest.mark.parametrize(
    ("sent", "period"),
    [
        ("period.form=after&period.year=2000&period.last=", "after+2000"),
        ("period.form=between&period.year=1950&period.last=1960", "between+1950+and+1960"),
        ("period.form=at+any+time&period.year=&period.last=", "at+any+time"),
        ("period.form=in&period.year=-44", "in+-44"),
    ],
)
def test_a_period_in_pieces_gets_one_address(client: FlaskClient, sent: str, period: str) -> None:
    response = client.get("/q/prefers?policy=id:engagement&possibly=1&" + sent)
    assert response.status_code == 303
    location = response.headers["Location"]
    assert location == f"/q/prefers?policy=id%3Aengagement&possibly=1&period={period}"
    assert client.get(location).status_code == 200


def test_a_redirect_never_leaves_the_site(client: FlaskClient) -> None:
    sent = "_external=1&_scheme=javascript&_anchor=x&period.form=after&period.year=2000"
    location = client.get("/q/prefers?" + sent, headers={"Host": "evil.example"}).headers[
        "Location"
    ]
    assert location.startswith("/q/prefers?")


@pytest.mark.parametrize(
    ("period", "form", "years"),
    [
        ("after 2000", "after", ["2000", ""]),
        ("in the 1950s", "between", ["1950", "1959"]),
        ("between 1950 and 1960", "between", ["1950", "1960"]),
        ("from 1950 to 1960", "between", ["1950", "1960"]),
        ("at any time", "at any time", ["", ""]),
    ],
)
def test_controls_show_the_period(
    client: FlaskClient, period: str, form: str, years: list[str]
) -> None:
    page = client.get("/q/prefers", query_string={"period": period}).text
    assert f'<option value="{form}" selected>' in page
    values = re.findall(r'type="number"[^>]* value="([^"]*)"', page)
    assert values == years


def test_an_empty_answer_says_why(client: FlaskClient) -> None:
    page = client.get("/q/prefers?period=in+the+1950s").text
    assert "No answer" in page
    assert "Nobody is said to prefer engagement in the 1950s." in page
    assert "At any time" in page


def test_possible_rows_are_counted_and_offered_apart(client: FlaskClient) -> None:
    found = []
    for name in QUESTIONS:
        address = f"/q/{name}?period=in+1993" if "{period}" in load_questions()[name].title else ""
        if address and "more are possible" in (page := client.get(address).text):
            found.append(name)
            assert "Possibly: the text implies it" not in page
            opened = client.get(address + "&possibly=1").text
            assert "Possibly: the text implies it" in opened
            assert opened.count("<blockquote>") > page.count("<blockquote>")
    assert found


def test_where_nothing_is_certain_what_is_possible_is_shown(client: FlaskClient) -> None:
    page = client.get("/q/prefers?period=between+1990+and+2005").text
    assert "No certain answer" in page
    assert "Possibly: the text implies it" in page
    assert "<blockquote>" in page
    assert 'name="possibly"' not in page
    assert "Leave the possible ones out" not in page


@pytest.mark.parametrize(
    "sent",
    [
        "policy=nonsense",
        "policy=id:nothing",
        "period=whenever",
        "polcy=id:engagement",
        "policy=id:engagement&policy=id:diplomacy",
        "policy=%3Cscript%3Ealert(1)%3C/script%3E",
        "policy=id:engagement }} UNION {{ ?actor ?p ?o",
        "policy=" + "x" * 5000,
    ],
)
def test_a_wrong_value_is_told_and_nothing_asked(client: FlaskClient, sent: str) -> None:
    page = client.get("/q/prefers?" + sent)
    assert page.status_code == 400
    assert "The question was not asked" in page.text
    assert "<blockquote>" not in page.text
    assert "<script" not in page.text
    problem = client.get("/q/prefers?format=json&" + sent, headers={"Accept": "application/json"})
    assert problem.status_code == 400
    assert json.loads(problem.data)["status"] == 400


def test_an_unknown_format_is_told(client: FlaskClient) -> None:
    assert client.get("/q/prefers?format=exe").status_code == 400


def test_an_unknown_question_is_not_found(client: FlaskClient) -> None:
    page = client.get("/q/prefer")
    assert page.status_code == 404
    assert "prefers" in page.text


def test_files_hold_the_answer(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(FLAGSHIP + "&format=csv").text)))
    assert {row["actor"] for row in rows} == {"South Korea"}
    assert all(row["sentence"] == "11" for row in rows)
    answer = json.loads(client.get(FLAGSHIP + "&format=json").data)
    assert answer["sentence"] == "Which actor prefers engagement after 2000?"
    assert client.get(FLAGSHIP + "&format=tsv").text.startswith("?actor\t")


def test_the_sparql_can_be_run_again(client: FlaskClient) -> None:
    page = client.get(FLAGSHIP).text
    address = re.search(r'href="(/sparql\?query=[^"]+)"', page)
    assert address
    result = client.get(address[1].replace("&amp;", "&"), headers={"Accept": "application/json"})
    assert json.loads(result.data)["results"]["bindings"]
    assert "#+" not in page


@pytest.mark.parametrize(("name", "view"), list(zip(QUESTIONS, cycle(VIEWS), strict=False)))
def test_answers_have_views(client: FlaskClient, name: str, view: str) -> None:
    page = client.get(f"/q/{name}?view={view}")
    assert page.status_code == 200
    assert f'aria-current="page">{view.capitalize()}</a>' in page.text


def test_no_slot_has_the_name_of_another_parameter() -> None:
    named = {slot for question in load_questions().values() for slot in question.slots}
    assert named
    assert named.isdisjoint(RESERVED)


def test_a_view_of_an_answer_keeps_the_question(client: FlaskClient) -> None:
    page = unescape(client.get(FLAGSHIP + "&view=table&sort=-option&possibly=1").text)
    kept = "/q/prefers?policy=id%3Aengagement&period=after+2000&possibly=1"
    assert f'href="{kept}"' in page
    for view in VIEWS:
        assert f'href="{kept}&sort=-option&view={view}"' in page
    assert '<input type="hidden" name="view" value="table">' in page
    assert '<th scope="col" aria-sort="descending">' in page
    assert "Seoul prefers diplomatic" in page


def test_pictures_of_an_answer_are_files(client: FlaskClient) -> None:
    page = unescape(client.get(FLAGSHIP + "&view=graph").text)
    assert FLAGSHIP + "&view=graph&format=svg" in page
    for view in ("graph", "timeline"):
        file = client.get(f"{FLAGSHIP}&view={view}&format=svg")
        assert file.content_type == "image/svg+xml"
        assert "prefers.svg" in file.headers["Content-Disposition"]
        words = " ".join(ET.fromstring(file.data).itertext())
        assert "South Korea" in words
        assert "Which actor prefers engagement after 2000?" in words


def test_the_text_of_an_answer_marks_its_sentences(client: FlaskClient) -> None:
    page = client.get(FLAGSHIP + "&view=text").text
    assert re.findall(r'href="/text/000\?s=(\d+)#s\1"><mark>', page) == ["11"]


def test_possible_rows_are_marked_in_the_table(client: FlaskClient) -> None:
    found = []
    for name in QUESTIONS:
        page = client.get(f"/q/{name}?view=table&possibly=1").text
        if "Possibly: the text implies it" in page:
            found.append(name)
            assert "Leave the possible ones out" in page
    assert found


def test_an_empty_answer_is_empty_in_every_view(client: FlaskClient) -> None:
    for view in VIEWS:
        page = client.get(f"/q/prefers?period=in+the+1950s&view={view}").text
        assert 'class="notice empty" role="status"' in page
        assert "Nobody is said to prefer engagement in the 1950s." in page


def test_free_words_keep_the_view(client: FlaskClient) -> None:
    asked = "/ask?q=Which actor prefers engagement after 2000?&view=graph"
    for address in (asked, "/ask?q=prefers&view=graph"):
        assert "view=graph" in client.get(address).headers["Location"]


def test_code_is_given_in_three_languages(client: FlaskClient) -> None:
    page = unescape(client.get(FLAGSHIP).text)
    file = "https://standpoint.example" + FLAGSHIP + "&format=csv"
    for code in (f"'{file}'", f'pandas.read_csv("{file}")', f'read.csv("{file}")'):
        assert code in page
    assert client.get(FLAGSHIP + "&format=csv").status_code == 200


def test_an_empty_answer_leads_to_any_time(client: FlaskClient) -> None:
    page = unescape(client.get("/q/prefers?policy=id%3Aengagement&period=before+1993").text)
    found = re.search(r'<a href="([^"]+)">Ask it of any time</a>', page)
    assert found
    assert "South Korea" in client.get(found[1]).text
    assert "Ask it of any time" not in client.get(found[1]).text


def test_other_questions_of_the_theme_follow(client: FlaskClient) -> None:
    page = client.get("/q/recommendations").text.split('id="next"')[1]
    assert "/q/predictions" in page
    assert '"/q/recommendations"' not in page
