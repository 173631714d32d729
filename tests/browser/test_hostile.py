"""Labels, names of variables and IRIs that would run if they could, in a real browser.

The page of `conftest.py` fails the test when anything is asked of another host, or when the browser
reports an error, as it does when the content security policy stops a script.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from kg import store
from tests.serving import served

RUN = "window.pwned=1"
LABELS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'" onmouseover="{RUN}" autofocus onfocus="{RUN}',
    f"</title></textarea><script>{RUN}</script>",
    "{{ 7 * 7 }}",
    "\u202e]]>--><!--",
)
IRIS = (
    f"javascript:{RUN}",
    f"data:text/html,%3Cscript%3E{RUN}%3C/script%3E",
    f"https://evil.example/'onclick='{RUN}",
    "https://evil.example/%22%3E%3Cscript%3E",
    "//evil.example/",
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


DATA = f"""
@prefix : <https://w3id.org/standpoint/ontology#> .
@prefix id: <https://w3id.org/standpoint/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/standpoint/data/hostile> a owl:Ontology .

id:evil a :State , owl:NamedIndividual ;
    rdfs:label {quoted(LABELS[0])}@en ;
    rdfs:comment {" , ".join(f"{quoted(each)}@en" for each in LABELS[1:])} ;
    skos:altLabel {quoted(LABELS[4])}@en ;
    rdfs:seeAlso {" , ".join(f"<{each}>" for each in IRIS[:4])} .
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose graph is hostile."""
    data, home = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("home")
    (data / "hostile.ttl").write_text(DATA, "utf-8")
    store.build(data=data, home=home)
    with served(home) as address:
        yield address


def asked(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, "format": "html", **more})


VALUES = "VALUES ?label { " + " ".join(f"{quoted(each)}@en" for each in LABELS) + " }"
NAMES = "VALUES ?iri { " + " ".join(f"<{each}>" for each in IRIS[:4]) + " }"
TABLE = f"SELECT ?iri ?label {{ {VALUES} {NAMES} }}"
PATHS = {
    "thing": "/id/evil",
    "table": asked(TABLE),
    "table of things": asked("SELECT * { id:evil ?p ?onerror }"),
    "graph": asked("DESCRIBE id:evil"),
    "graph view": asked("CONSTRUCT WHERE { id:evil ?p ?o }", view="graph"),
    "text view": asked(TABLE, view="text"),
    "sorted and filtered": asked(TABLE, view="table", sort="label", filter=LABELS[3]),
    "variables": asked("SELECT ('x' AS ?onclick) ('y' AS ?__proto__) ('z' AS ?constructor) {}"),
    "failed query": asked(f"SELECT * {{ ?s {LABELS[4]} }}"),
    "question in words": "/ask?" + urlencode({"q": LABELS[1]}),
    "unknown page": "/" + LABELS[1].replace("/", "%2F"),
    "unknown thing": "/id/" + LABELS[2],
    "data": "/data",
    "terms": "/ontology",
}


@pytest.mark.parametrize("name", PATHS)
def test_nothing_of_the_data_runs(page: Page, name: str) -> None:
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(PATHS[name])
    expect(page.locator("h1")).to_have_count(1)
    for _ in range(12):
        page.keyboard.press("Tab")
    assert page.evaluate("window.pwned") is None
    assert page.locator("[onerror], [onload], [onclick], [onmouseover], [onfocus]").count() == 0
    addresses = page.eval_on_selector_all(
        "[href], [src], [action]",
        "nodes => nodes.map(n => n.getAttribute('href') || n.getAttribute('src') || n.action)",
    )
    assert addresses
    assert [each for each in addresses if each.startswith(("javascript:", "data:", "//"))] == []


@pytest.mark.parametrize("name", ["table", "text view", "sorted and filtered"])
def test_what_would_run_is_there_to_read(page: Page, name: str) -> None:
    page.goto(PATHS[name])
    expect(page.locator("main")).to_contain_text(LABELS[3])
