"""Sentences that are quoted row after row."""

import re

import pytest
from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from kg.evidence import Evidence, evidence
from webui.quotations import Quotations

CLAIM = "https://w3id.org/standpoint/id/000/c11a"
OTHER = "https://w3id.org/standpoint/id/000/c47a"


@pytest.fixture(scope="module")
def quotes(engine: LocalEngine) -> tuple[Evidence, Evidence]:
    found = evidence(engine, [CLAIM, OTHER])
    return found[CLAIM][0], found[OTHER][0]


def test_a_run_of_rows_leads_to_where_it_began(quotes: tuple[Evidence, Evidence]) -> None:
    one, other = quotes
    quoted = Quotations("answer")
    seen = []
    for quote in (one, one, one, other, one):
        quoted.next_row()
        seen.append(quoted.again(quote))
    assert seen == ["", "answer-1", "answer-1", "", ""]


def test_a_row_quotes_a_sentence_once(quotes: tuple[Evidence, Evidence]) -> None:
    one, other = quotes
    quoted = Quotations()
    assert quoted.next_row("row-7") == "row-7"
    assert [quoted.again(each) for each in (one, other, one)] == ["", "", "row-7"]
    quoted.next_row()
    assert quoted.again(other) == "row-7"


@pytest.mark.parametrize(
    "path",
    [
        "/q/prefers",
        "/q/prefers?view=table",
        "/sparql?query=SELECT+*+{?actor+:prefers+?policy}ORDER+BY+?actor&evidence=1&format=html",
        "/id/south-korea",
        "/positions",
        "/causes",
        "/arguments",
    ],
)
def test_pages_quote_it_once_and_lead_back_to_it(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).text
    led = re.findall(r'<a href="#([\w.-]+)">the same sentence as above</a>', page)
    assert led
    anchors = re.findall(r' id="([\w.-]+)"', page)
    assert [each for each in led if anchors.count(each) != 1] == []
    assert len(anchors) == len(set(anchors))
    figures = re.findall(r'<figure class="evidence.*?</figure>', page, re.DOTALL)
    assert len([each for each in figures if "<blockquote>" not in each]) == len(led)
