"""Applications to ask: over the project's own graph, and over one with hostile labels."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg import paths, store
from kg.engines.local import LocalEngine
from webui.app import create_app

HOSTILE = """
@prefix : <https://w3id.org/standpoint/ontology#> .
@prefix id: <https://w3id.org/standpoint/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/standpoint/data/hostile> a owl:Ontology .

id:evil a :State , owl:NamedIndividual ;
    rdfs:label "<script>alert(1)</script>\\" onmouseover=\\"alert(2)"@en ;
    rdfs:comment "{{ 7 * 7 }} <img src=x onerror=alert(3)>"@en ;
    skos:altLabel "</title><svg onload=alert(4)>"@en ;
    :belongsTo <javascript:alert(5)> , <https://evil.example/%22%3E> .
"""


@pytest.fixture(scope="session")
def app(snapshot: store.Snapshot, engine: LocalEngine) -> Flask:
    return create_app(snapshot, engine, base_url="https://standpoint.example/")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    data = tmp_path_factory.mktemp("data")
    (data / "hostile.ttl").write_text(HOSTILE, encoding="utf-8")
    built = store.build(data=Path(data), home=tmp_path_factory.mktemp("home"))
    assert paths.QUESTIONS.is_dir()
    return create_app(built, LocalEngine(built.store_path)).test_client()
