"""What supports what."""

import xml.etree.ElementTree as ET

from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from webui.arguments import arguments


def test_each_argument_has_premises_a_conclusion_and_a_scheme(engine: LocalEngine) -> None:
    found = {each.name: each for each in arguments(engine)}
    assert len(found) >= 8
    for each in found.values():
        assert each.premises
        assert len(each.conclusions) == 1
        assert each.pattern.startswith("argument from ")
    first = found["000-arg-1"]
    assert first.conclusions[0].evidence.number == 8
    assert [each.evidence.number for each in first.premises] == [9, 9, 10, 10, 11, 12]
    assert [each.evidence.denies for each in first.premises].count(True) == 2


def test_the_map_shows_premises_scheme_and_conclusion(client: FlaskClient) -> None:
    response = client.get("/arguments/000-arg-1.svg")
    assert response.content_type.startswith("image/svg+xml")
    words = " ".join(ET.fromstring(response.data).itertext())
    for expected in ("Therefore", "argument from example", "denial, sentence 9"):
        assert expected in words
    assert client.get("/arguments/nothing.svg").status_code == 404


def test_the_list_has_every_sentence(client: FlaskClient, hostile: FlaskClient) -> None:
    page = client.get("/arguments").text
    assert page.count("<svg") == page.count('<figure class="picture">') >= 8
    assert "Because" in page
    assert 'href="/text/000?s=12#s12"' in page
    assert "Empty" in hostile.get("/arguments").text
