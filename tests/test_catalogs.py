"""The catalogues by which an editor finds imported files."""

import xml.etree.ElementTree as ET

import pytest

from kg import catalogs, paths
from kg.namespaces import BASE, DATA

ENTRY = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"


def entries(folder):
    root = ET.parse(folder / catalogs.NAME).getroot()
    return {entry.attrib["name"]: entry.attrib["uri"] for entry in root.findall(ENTRY)}


def test_the_catalogue_of_the_essay_is_relative():
    assert entries(paths.DATA / "000") == {
        BASE + "ontology": "../../../ontology/standpoint.ttl",
        DATA + "actors": "../actors.ttl",
        DATA + "policies": "../policies.ttl",
        DATA + "events": "../events.ttl",
        DATA + "identifiers": "../identifiers.ttl",
        DATA + "000/text": "text.ttl",
        DATA + "000/claims": "claims.ttl",
        DATA + "000/editorial": "editorial.ttl",
    }


@pytest.mark.parametrize("folder", [paths.DATA, paths.DATA / "000"], ids=["data", "000"])
def test_every_entry_leads_to_the_file_with_that_ontology(folder):
    found = entries(folder)

    assert len(found) >= 8
    for iri, place in found.items():
        assert f"<{iri}> a owl:Ontology" in (folder / place).read_text("utf-8")


def test_characters_with_a_meaning_in_xml_or_iris_are_escaped(tmp_path):
    catalogs.write(tmp_path, {'https://example.org/?a&b="<': tmp_path / "a b&é.ttl"})

    assert entries(tmp_path) == {'https://example.org/?a&b="<': "a%20b%26%C3%A9.ttl"}


def test_writing_again_changes_nothing(tmp_path):
    places = {"https://example.org/b": tmp_path / "b.ttl", "https://example.org/a": tmp_path / "a"}

    assert catalogs.write(tmp_path, places)
    assert not catalogs.write(tmp_path, dict(reversed(places.items())))
