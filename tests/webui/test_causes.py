"""What led to what."""

import xml.etree.ElementTree as ET

from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from kg.namespaces import ID
from webui.causes import chains, links

DECISION = ID + "000/p31a"


def test_links_know_who_says_so(engine: LocalEngine) -> None:
    found = {(each.cause, each.effect): each for each in links(engine)}
    assert len(found) >= 20
    collapse = found[ID + "soviet-collapse", ID + "000/p31b"]
    assert collapse.is_said
    assert collapse.words == "leads to"
    wedge = found[ID + "north-korea", ID + "000/p-wedge"]
    assert len(wedge.claims) == 3
    assert not wedge.holds
    blocked = found[ID + "north-korean-nuclear-effort", ID + "000/p32b"]
    assert blocked.prevents
    assert blocked.words == "prevents"
    assert found[ID + "000/p31b", DECISION].words == "moves to decide"


def test_what_led_to_the_decision_is_followed_through(engine: LocalEngine) -> None:
    found = chains(engine, DECISION)
    assert {each.cause.removeprefix(ID) for each in found.links} == {
        "soviet-collapse",
        "000/p31b",
        "000/p31c",
    }


def test_what_a_cause_led_to_is_followed_too(engine: LocalEngine) -> None:
    effects = {each.effect for each in chains(engine, ID + "soviet-collapse").links}
    assert DECISION in effects


def test_the_page_answers_with_sentences(client: FlaskClient) -> None:
    page = client.get("/causes", query_string={"of": DECISION}).text
    before, after = page.split("What led to it</h2>")[1].split("What it led to</h2>")
    assert "robbed North Korea of its nuclear umbrella" in " ".join(before.split())
    assert "Nothing is said to have followed from it." in after
    assert "Only denied, conceded or reported" in client.get("/causes").text


def test_the_picture_is_an_svg_file(client: FlaskClient) -> None:
    for query in ({}, {"of": DECISION}):
        response = client.get("/causes.svg", query_string=query)
        words = " ".join(ET.fromstring(response.data).itertext())
        assert "collapse of the Soviet Union" in words


def test_what_has_no_causes_is_said(client: FlaskClient, hostile: FlaskClient) -> None:
    response = client.get("/causes", query_string={"of": "<script>alert(1)</script>"})
    assert response.status_code == 404
    assert "<script" not in response.text
    assert client.get("/causes.svg?of=%3Cscript%3E").status_code == 404
    assert "Empty" in hostile.get("/causes").text
