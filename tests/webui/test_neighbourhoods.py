"""What stands next to a thing."""

import xml.etree.ElementTree as ET

from flask.testing import FlaskClient

from kg.namespaces import ID


def words(client: FlaskClient, name: str) -> str:
    response = client.get("/neighbourhood.svg", query_string={"of": ID + name})
    assert response.content_type.startswith("image/svg+xml")
    return " ".join(ET.fromstring(response.data).itertext())


def test_a_thing_stands_between_what_points_to_it_and_what_it_points_to(
    client: FlaskClient,
) -> None:
    found = words(client, "000/p11a")
    for expected in ("has content", "has preferred option", "diplomatic engagement"):
        assert expected in found
    assert "involves" not in found
    found = words(client, "south-korea")
    assert "belongs to" in found
    assert "prefers" in found


def test_what_is_unknown_has_no_picture(client: FlaskClient, hostile: FlaskClient) -> None:
    for of in ("", "south-korea", ID + "nobody", ID + "<script>", "javascript:alert(1)"):
        assert client.get("/neighbourhood.svg", query_string={"of": of}).status_code == 404
    assert hostile.get("/neighbourhood.svg", query_string={"of": ID + "evil"}).status_code == 404


def test_an_actor_has_positions_a_timeline_and_neighbours(client: FlaskClient) -> None:
    page = client.get("/id/south-korea").text
    for heading in ("positions", "times", "said", "near", "outgoing", "incoming"):
        assert f'<h2 id="{heading}">' in page
    assert page.count("<svg") == 3, "the timeline is there for wide and for narrow windows"
    said = page.split('<h2 id="said">')[1].split('<h2 id="near">')[0]
    assert said.index(">assertion<") < said.index(">report<") < said.index(">presupposition<")


def test_what_is_no_actor_has_no_timeline(client: FlaskClient) -> None:
    page = client.get("/id/engagement").text
    assert '<h2 id="near">' in page
    assert '<h2 id="times">' not in page
    assert '<h2 id="positions">' not in page
