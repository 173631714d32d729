"""Claims as bars over the years."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from kg.namespaces import ID
from webui.timeline import NARROW, WIDE, View, axis, draw, groups, timed

TSPAN = "{http://www.w3.org/2000/svg}tspan"


def test_every_claim_with_a_time_has_its_extent(engine: LocalEngine) -> None:
    found = {each.statement.evidence.claim.removeprefix(ID): each for each in timed(engine)}
    assert len(found) > 140
    extent = found["000/c39a"].extent
    assert (extent.earliest_start, extent.latest_start) == (1993, 1993)
    assert extent.latest_end is None
    assert found["000/c11a"].actors == (ID + "south-korea",)
    assert found["000/c3a"].made
    assert not found["000/c4b"].made


def test_bars_are_grouped_by_actor_or_document(engine: LocalEngine) -> None:
    by_actor = {group.title: group for group in groups(engine, View())}
    assert {"South Korea", "United States", "North Korea"} <= set(by_actor)
    bars = {bar.words: bar for bar in by_actor["South Korea"].bars}
    assert bars["until 1993"].extent.certain == (1992, 1993)
    assert len(bars["the present of the essay"].claims) > 5
    (document,) = groups(engine, View(by="document", bar="claim"))
    assert len(document.bars) > 140
    assert any(bar.words.startswith("Not so: North Korea drives a wedge") for bar in document.bars)


def test_every_bar_has_a_place_in_the_list(client: FlaskClient) -> None:
    page = client.get("/timeline").text
    anchors = re.findall(r'href="/timeline\?[^"#]*#(t\d+-\d+)"', page)
    assert len(anchors) > 30
    assert set(Counter(anchors).values()) == {2}, "one in the picture for each width of a window"
    assert all(f'id="{anchor}"' in page for anchor in anchors)
    assert "certainly 1993, possibly from 1993 on" in page
    assert "Seoul prefers diplomatic and" in page


def test_a_narrow_picture_has_every_bar_and_the_latest_years(engine: LocalEngine) -> None:
    shown = groups(engine, View(of=ID + "south-korea"))
    wide, narrow = (draw("Times", shown, "/timeline", each) for each in (WIDE, NARROW))
    assert narrow.size[0] <= NARROW.chart + 1 < wide.size[0]
    links = [
        re.findall(r'href="[^"]*(#t\d+-\d+)"', str(picture.inline())) for picture in (wide, narrow)
    ]
    assert len(links[0]) > 5
    assert links[0] == links[1]
    years = axis((bar.extent for group in shown for bar in group.bars), NARROW)
    assert len(years.marks) <= NARROW.marks + 1
    assert f">{years.marks[-1]}<" in narrow.inline()
    assert years.marks[-1] >= 2000


def test_one_actor_can_be_asked_for(client: FlaskClient) -> None:
    page = client.get("/timeline", query_string={"of": ID + "president-bush"}).text
    assert "<details open>" in page
    assert "President Bush has the priority" in page
    assert "Rhee Syng Man tangles" not in page
    assert "Empty" in client.get("/timeline?of=nobody").text
    assert client.get("/timeline?by=%3Cscript%3E&bar=x").status_code == 200


@pytest.mark.parametrize("query", ["", "?by=document&bar=claim", "?of=nobody"])
def test_the_picture_is_an_svg_file(client: FlaskClient, query: str) -> None:
    response = client.get("/timeline.svg" + query)
    assert response.content_type.startswith("image/svg+xml")
    words = [each.text for each in ET.fromstring(response.data).iter(TSPAN)]
    assert "2000" in words


def test_a_graph_without_times_has_a_page(hostile: FlaskClient) -> None:
    assert "Empty" in hostile.get("/timeline").text
