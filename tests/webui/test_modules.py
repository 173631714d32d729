"""The files beside the graph answer under their own names, in every format of a graph."""

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from kg import graph, paths
from kg.namespaces import BASE, ONTOLOGY_IRI, PREFIXES
from webui import modules
from webui.things import GRAPH_FORMATS

NAMES = (modules.ALIGNMENTS, modules.LEXICON, modules.SHAPES, modules.UMBRELLA)
VERSION = pyoxigraph.NamedNode(PREFIXES["owl"] + "versionIRI")
each_name = pytest.mark.parametrize("name", NAMES)


def triples(body: bytes, form: pyoxigraph.RdfFormat) -> list[pyoxigraph.Triple]:
    return [quad.triple for quad in pyoxigraph.parse(body, format=form)]


@each_name
def test_a_module_answers_in_every_format_with_all_it_says(client: FlaskClient, name: str) -> None:
    sizes = set()
    for each in GRAPH_FORMATS:
        media_type = each.media_type.partition(";")[0]
        response = client.get(f"/{name}", headers={"Accept": media_type})
        assert response.status_code == 200
        assert response.content_type == each.media_type
        assert response.headers["Content-Location"] == f"/{name}.{each.name}"
        by_suffix = client.get(f"/{name}.{each.name}")
        assert by_suffix.data == response.data
        form = pyoxigraph.RdfFormat.from_media_type(media_type)
        assert form
        sizes.add(len(triples(response.data, form)))
        tag = {"If-None-Match": response.headers["ETag"], "Accept": media_type}
        assert client.get(f"/{name}", headers=tag).status_code == 304
    assert len(sizes) == 1
    assert sizes.pop() > 5


@each_name
def test_a_browser_gets_the_turtle_that_the_files_hold(client: FlaskClient, name: str) -> None:
    response = client.get(f"/{name}", headers={"Accept": "text/html"})
    assert response.content_type.startswith("text/turtle")
    if name == modules.ALIGNMENTS:
        assert response.data == (paths.ONTOLOGY / "alignments.ttl").read_bytes()


@each_name
def test_a_version_that_is_named_answers_and_another_does_not(
    client: FlaskClient, name: str
) -> None:
    found = triples(client.get(f"/{name}").data, pyoxigraph.RdfFormat.TURTLE)
    ends = [t.object for t in found if t.predicate == VERSION]
    versions = [end.value for end in ends if isinstance(end, pyoxigraph.NamedNode)]
    assert len(versions) == len(ends)
    for version in versions:
        path = version.removeprefix(BASE)
        assert client.get(f"/{path}").data == client.get(f"/{name}").data
    assert bool(versions) == (name != modules.LEXICON)
    assert client.get(f"/{name}/9.9.9").status_code == 404
    assert client.get(f"/{name}.png").status_code == 404


def test_the_parts_of_the_lexicon_answer_under_their_names(client: FlaskClient) -> None:
    files = sorted(paths.LEXICON.glob("*.ttl"))
    assert len(files) > 1
    for path in files:
        name = graph.ontology_iri(path).removeprefix(BASE)
        assert client.get(f"/{name}").data == path.read_bytes()


def test_the_page_of_the_terms_leads_to_every_module(client: FlaskClient) -> None:
    page = client.get("/ontology", headers={"Accept": "text/html"}).text
    for name in NAMES:
        assert f'href="/{name}"' in page


def test_the_ontology_in_turtle_is_the_file(client: FlaskClient) -> None:
    body = client.get("/ontology.ttl").data
    assert body == (paths.ONTOLOGY / "standpoint.ttl").read_bytes()
    assert graph.ontology_iri(paths.ONTOLOGY / "standpoint.ttl") == ONTOLOGY_IRI
