"""What other tools ask of a dataset."""

from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import DCAT, FOAF, RDF, VOID

from kg import store
from kg.namespaces import PREFIXES, SP
from webui.catalogue import DATASET, OFFERED, SPDX

DCTERMS = Path(__file__).parent.parent / "data" / "vocabularies" / "dcterms.txt"
SPDX_TERMS = {"Checksum", "checksum", "algorithm", "checksumValue", "checksumAlgorithm_sha256"}
NEW_IN_DCAT_3 = {"http://www.w3.org/ns/dcat#version"}
THIS = rdflib.URIRef(DATASET.value)


def graph(client: FlaskClient, path: str) -> rdflib.Graph:
    response = client.get(path)
    assert response.content_type.startswith("text/turtle")
    return rdflib.Graph().parse(data=response.text, format="turtle")


@pytest.mark.parametrize("path", ["/void", "/dcat"])
def test_only_terms_of_the_vocabularies_are_used(client: FlaskClient, path: str) -> None:
    found = graph(client, path)
    used = {each for _, prop, value in found for each in (prop, value) if value != RDF.type}
    dcterms = set(DCTERMS.read_text("utf-8").split())
    seen = set()
    for each in (str(term) for term in used if isinstance(term, rdflib.URIRef)):
        if each.startswith(PREFIXES["dcterms"]):
            assert each.removeprefix(PREFIXES["dcterms"]) in dcterms
        elif each.startswith(SPDX):
            assert each.removeprefix(SPDX) in SPDX_TERMS
        else:
            for namespace in (VOID, DCAT, FOAF):
                if each.startswith(str(namespace)):
                    assert rdflib.URIRef(each) in namespace or each in NEW_IN_DCAT_3
                    seen.add(namespace)
    assert len(seen) >= 2


def test_the_partitions_add_up(client: FlaskClient, snapshot: store.Snapshot) -> None:
    found = graph(client, "/void")
    parts = list(found.objects(THIS, VOID.propertyPartition))
    assert len(parts) > 30
    assert sum(int(str(found.value(part, VOID.triples))) for part in parts) == snapshot.triples
    assert int(str(found.value(THIS, VOID.triples))) == snapshot.triples
    sizes = {
        str(found.value(part, VOID["class"])): int(str(found.value(part, VOID.entities)))
        for part in found.objects(THIS, VOID.classPartition)
    }
    assert sizes[SP + "Sentence"] == 56


def test_every_release_file_is_a_distribution(client: FlaskClient) -> None:
    found = graph(client, "/dcat")
    files = list(found.objects(THIS, DCAT.distribution))
    assert len(files) >= 7
    for each in files:
        path = str(each).removeprefix("https://standpoint.example")
        size = int(str(found.value(each, DCAT.byteSize)))
        with client.get(path) as response:
            assert len(response.data) == size
    service = found.value(predicate=DCAT.servesDataset, object=THIS)
    assert str(service) == "https://standpoint.example/sparql"


def test_it_is_offered_in_every_format(client: FlaskClient) -> None:
    assert len(OFFERED) == 4
    for each in OFFERED:
        media_type = each.media_type.partition(";")[0]
        response = client.get("/dcat", headers={"Accept": media_type})
        assert response.content_type == each.media_type
        assert client.get(f"/dcat?format={each.name}").content_type == each.media_type
    assert client.get("/void", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/void", headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/.well-known/void").headers["Location"] == "/void"
