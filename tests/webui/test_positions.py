"""Who is for or against what."""

import csv
import re

import pytest
from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from kg.namespaces import ID
from webui.positions import COLUMNS, matrix, positions

ENGAGEMENT, SEOUL, WASHINGTON = (
    ID + name for name in ("engagement", "south-korea", "united-states")
)


def test_the_matrix_says_who_is_for_and_against_engagement(engine: LocalEngine) -> None:
    cells = matrix(engine).cells
    seoul = cells[ENGAGEMENT, SEOUL]
    assert {each.option.removeprefix(ID) for each in seoul} == {
        "diplomatic-engagement",
        "economic-engagement",
    }
    assert all(each.is_for and each.words == "prefers" for each in seoul)
    assert all(each.others == ("Washington\u2019s more coercive strategy",) for each in seoul)
    assert {each.statement.evidence.number for each in seoul} == {11}
    (washington,) = cells[ENGAGEMENT, WASHINGTON]
    assert not washington.is_for
    assert washington.others == ("coercion",)
    assert washington.statement.evidence.number == 47


def test_a_denied_willingness_is_against(engine: LocalEngine) -> None:
    cells = matrix(engine).cells
    (refuses,) = cells[ID + "civilian-program-retention", WASHINGTON]
    assert not refuses.is_for
    assert refuses.words == "would not accept"
    assert refuses.statement.evidence.infers
    (allows,) = cells[ID + "civilian-program-retention", SEOUL]
    assert allows.is_for


@pytest.mark.parametrize(("year", "verdicts"), [(None, {"certainly"}), (2005, {"possibly"})])
def test_the_present_of_the_essay_is_possibly_2005(
    engine: LocalEngine, year: int | None, verdicts: set[str]
) -> None:
    held = [
        each
        for each in positions(engine, year)
        if each.actor == SEOUL and each.through == ENGAGEMENT
    ]
    assert len(held) == 2
    assert {each.verdict for each in held} == verdicts


def test_a_year_before_leaves_only_what_is_open(engine: LocalEngine) -> None:
    assert {each.option for each in positions(engine, 1990)} == {ID + "deterrence"}
    assert not [each for each in positions(engine, 1990) if each.verdict == "certainly"]


def test_each_cell_leads_to_its_sentence(client: FlaskClient) -> None:
    page = client.get("/positions?as-of=2005").text
    anchors = re.findall(r'<a href="#([^"]+)">', page)
    listed = re.findall(r'<li id="([^"]+)"', page)
    assert len(listed) > 10
    assert len(set(listed)) == len(listed)
    assert set(listed) == set(anchors)
    assert 'href="/text/000?s=11#s11"' in page
    assert "possibly" in page
    assert page.count('<figure class="evidence') == len(listed)


@pytest.mark.parametrize("year", ["x", "20050", "\uff12\uff10\uff10\uff15", "<b>", "-", "1e3"])
def test_what_is_no_year_is_said(client: FlaskClient, year: str) -> None:
    response = client.get("/positions", query_string={"as-of": year})
    assert response.status_code == 400
    assert "is no year" in response.text
    assert "<b>" not in response.text


def test_a_year_without_positions_says_so(client: FlaskClient, hostile: FlaskClient) -> None:
    assert client.get("/positions?as-of=-44").status_code == 200
    assert "Empty" in hostile.get("/positions").text


def test_one_actor_has_a_matrix_of_their_own(engine: LocalEngine, client: FlaskClient) -> None:
    own = matrix(engine).of(SEOUL)
    assert list(own.actors) == [SEOUL]
    assert {actor for _, actor in own.cells} == {SEOUL}
    assert own.policies.keys() == {policy for policy, _ in own.cells}
    page = client.get("/positions", query_string={"actor": SEOUL, "as-of": "2005"}).text
    assert "of 1 actor on" in page
    assert "/positions.csv?actor=https%3A%2F%2Fw3id.org%2Fstandpoint%2Fid%2Fsouth-korea" in page
    assert "as-of=2005" in page


@pytest.mark.parametrize("asked", [{}, {"actor": SEOUL}, {"as-of": "1990"}])
def test_the_table_has_the_positions_of_the_page(
    client: FlaskClient, asked: dict[str, str]
) -> None:
    response = client.get("/positions.csv", query_string=asked)
    assert response.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(response.text.splitlines()))
    page = client.get("/positions", query_string=asked).text
    assert len(rows) == page.count('<li id="') > 0
    assert tuple(rows[0]) == COLUMNS
    assert {row["side"] for row in rows} <= {"for", "against"}
    assert all(row["claim"].startswith(ID) and row["quote"] for row in rows)


def test_a_table_of_no_year_is_refused(client: FlaskClient) -> None:
    assert client.get("/positions.csv?as-of=x").status_code == 400
    nobody = client.get("/positions.csv", query_string={"actor": "<b>"})
    assert nobody.text.splitlines() == [",".join(COLUMNS)]
