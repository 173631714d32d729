"""Claims that pull in different directions."""

from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from webui.tensions import tensions


def test_each_tension_has_two_sides_a_reason_and_its_source(engine: LocalEngine) -> None:
    found = {each.iri.rsplit("/", 1)[-1]: each for each in tensions(engine)}
    assert len(found) >= 6
    for each in found.values():
        assert len({side.evidence.claim for side in each.sides}) == 2
        assert each.reason
        assert each.by == "the encoder"
    sides = {side.evidence.number for side in found["tension-1"].sides}
    assert sides == {7, 47}


def test_both_sentences_stand_side_by_side(client: FlaskClient, hostile: FlaskClient) -> None:
    page = client.get("/tensions").text
    assert page.count('<ul class="sides">') >= 6
    assert "pointed out by the encoder" in page
    assert "Washington prefers coercion over engagement, and" in " ".join(page.split())
    assert "Empty" in hostile.get("/tensions").text
