"""The page of the ontology and its picture: whole, read from the graph, and linked to the text."""

import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.engines.local import LocalEngine
from kg.namespaces import SP
from webui import lifelines, model, svg
from webui.model import Arrow, Model, Node

SVG = f"{{{svg.NAMESPACE}}}"


@pytest.fixture(scope="module")
def page(app: Flask) -> str:
    return app.test_client().get("/ontology").text


@pytest.fixture(scope="module")
def picture(app: Flask) -> ET.Element:
    response = app.test_client().get("/ontology/model.svg")
    assert response.mimetype == "image/svg+xml"
    return ET.fromstring(response.data)


def section(page: str, name: str) -> str:
    """The part of the page about a term."""
    pattern = rf'<section class="term tight" id="{name}".*?</section>'
    (found,) = re.findall(pattern, page, re.DOTALL)
    return str(found)


def entry(page: str, name: str) -> str:
    """The words of that part, with white space folded."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", section(page, name))).split())


def terms(engine: LocalEngine, kind: str) -> dict[str, str]:
    """The terms of a kind in the ontology: their labels by their names."""
    rows = engine.select(
        f"""SELECT ?term ?label {{ GRAPH <https://w3id.org/standpoint/ontology> {{
              ?term a {kind} ; rdfs:label ?label FILTER (STRSTARTS(STR(?term), STR(:))) }} }}"""
    ).rows
    assert rows
    return {row["term"].value.removeprefix(SP): row["label"].value for row in rows}


@pytest.mark.parametrize(
    ("kind", "at_least"),
    [
        ("owl:Class", 60),
        ("owl:ObjectProperty", 60),
        ("owl:DatatypeProperty", 15),
        ("owl:AnnotationProperty", 3),
        ("owl:NamedIndividual", 15),
    ],
)
def test_every_term_has_its_entry(kind: str, at_least: int, page: str, engine: LocalEngine) -> None:
    found = terms(engine, kind)
    assert len(found) >= at_least
    for name, label in found.items():
        assert entry(page, name).startswith(f"{label} :{name} ")


def test_the_index_leads_to_every_class_and_property(page: str, engine: LocalEngine) -> None:
    (index,) = re.findall(r'<nav class="stack" aria-labelledby="index">.*?</nav>', page, re.DOTALL)
    for kind in ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty"):
        for name, label in terms(engine, kind).items():
            assert f'<a href="#{name}">{label}</a>' in index


def test_the_picture_names_every_class_and_leads_to_it(
    picture: ET.Element, engine: LocalEngine
) -> None:
    drawn = {link.get("href", ""): "".join(link.itertext()) for link in picture.iter(f"{SVG}a")}
    found = terms(engine, "owl:Class")
    assert drawn == {
        f"https://standpoint.example/ontology#{name}": label for name, label in found.items()
    }


def test_the_picture_names_the_parts_and_every_leading_relation(
    picture: ET.Element, engine: LocalEngine
) -> None:
    words = " ".join(" ".join(picture.itertext()).split())
    rows = engine.select("SELECT DISTINCT ?part { ?class :isInPart ?part }").rows
    assert len(rows) == 5
    assert all(row["part"].value in words for row in rows)
    leading = [
        row["label"].value
        for row in engine.select(
            """SELECT ?label { ?relation a owl:ObjectProperty ; rdfs:label ?label
                 FILTER NOT EXISTS { ?relation rdfs:subPropertyOf ?wider } }"""
        ).rows
    ]
    assert len(leading) > 30
    assert [label for label in leading if label not in words] == []


def test_the_list_beside_the_picture_says_the_same(page: str, engine: LocalEngine) -> None:
    (figure,) = re.findall(r"<summary>Which relations lead from.*?</details>", page, re.DOTALL)
    arrows = model.read(engine).arrows
    assert len(arrows) > 15
    for arrow in arrows:
        assert f'href="#{arrow.source.name}"' in figure
        for relation, _ in arrow.relations:
            assert f'href="#{relation.name}"' in figure


def test_every_class_at_the_top_belongs_to_a_part(engine: LocalEngine) -> None:
    tops = model.read(engine).classes
    assert len(tops) > 5
    assert [node.name for node in tops if not node.part] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Report", "Claim by which a document says that somebody other than its author claims"),
        ("Report", "is a kind of claim"),
        ("Report", "shares no member with first-hand claim , inferred claim"),
        ("Claim", "its kinds first-hand claim , inferred claim , report"),
        ("Denial", "every member"),
        ("Denial", "has polarity : negated"),
        ("Polarity", "its members are affirmed , negated"),
        ("GroundedProposition", "has content (backwards): grounding claim"),
        ("TentativeClaim", "has certainty : possible or probable"),
        ("prefers", "has holder (backwards), then is grounded , then has preferred option"),
        ("prefers", "leads from agent leads to policy option"),
        ("hasCause", "leads to entity or proposition"),
        ("isKindOf", "also reaches as far as a chain of it does"),
        ("hasContent", "also has at most one value"),
        ("Claim", "every member is exactly one of first-hand claim , inferred claim , report"),
        ("NormativeClaim", "no member has certainty"),
        ("holdsIf", "never leads to the same thing as holds unless"),
        ("rationale", "leads to text"),
        ("Concern", "For example: “North Korea, particularly its nuclear programs"),
        ("Affirmed", "is one of polarity"),
    ],
)
def test_an_entry_says_what_the_ontology_says(name: str, says: str, page: str) -> None:
    assert says in entry(page, name)


def test_the_header_is_in_words(page: str) -> None:
    header = page[page.index("<h1>Terms") : page.index('id="model"')]
    for title in ("how it changes", "see also", "this version", "version", "licence"):
        assert f"<dt>{title}</dt>" in header or f">{title}<" in header
    for name in ("versionIRI", "seeAlso", "versionInfo"):
        assert f">{name}<" not in header


def test_an_entry_leads_to_the_sentence_that_first_uses_the_term(
    client: FlaskClient, page: str
) -> None:
    found = section(page, "Report")
    assert 'href="/text/000?s=3#s3"' in found
    (quote,) = re.findall("<q>(.*?)</q>", found, re.DOTALL)
    assert unescape(quote).startswith("Since at least 1993, some have")
    assert 'id="s3"' in client.get("/text/000?s=3").text
    assert len(re.findall("<q>", page)) > 90


def test_the_uses_of_a_term_are_as_many_as_its_query_finds(page: str, engine: LocalEngine) -> None:
    for name in ("Report", "State", "hasCause", "Negated", "exactQuote"):
        ((href, uses),) = re.findall(
            r'<a href="(/sparql\?query=[^"]+)">(\d+)</a>', section(page, name)
        )
        (query,) = parse_qs(urlsplit(unescape(href)).query)["query"]
        assert len(engine.select(query).rows) == int(uses) > 0


def test_a_term_that_nothing_uses_says_so(page: str) -> None:
    assert "uses none yet" in entry(page, "Omission")


def small() -> Model:
    """Two parts, a loop, an arrow to and fro, and a label that is markup."""
    kinds = [Node("B", "<b>kind</b>")]
    first, second, third = Node("A", "a", "left", kinds), Node("C", "c", "right"), Node("D", "d")
    relation = Node("r", "relates & more")
    return Model(
        [first, second, third],
        [relation],
        [
            Arrow(first, first, [(relation, 0)]),
            Arrow(first, second, [(relation, 3)]),
            Arrow(second, first, [(relation, 0)]),
        ],
    )


def test_a_drawing_holds_its_words_and_nothing_of_their_markup() -> None:
    drawn = lifelines.draw("A <drawing>", small())
    root = ET.fromstring(drawn.file("https://standpoint.example"))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "rect", "g", "path", "a", "text", "tspan",
    }  # fmt: skip
    words = list(root.itertext())
    assert "<b>kind</b>" in words
    assert "relates & more (with 3 kinds)" in words


def test_nothing_is_drawn_outside_of_the_drawing() -> None:
    drawn = lifelines.draw("all", small())
    wide, high = drawn.size
    root = ET.fromstring(drawn.file("https://standpoint.example"))
    boxes = [each for each in root.iter(f"{SVG}rect") if each.get("x")]
    assert len(boxes) > 5
    for box in boxes:
        left, top, width, height = (float(box.get(k, "0")) for k in ("x", "y", "width", "height"))
        assert left >= -2
        assert top >= 0
        assert left + width <= wide + 4
        assert top + height <= high


def test_a_model_without_anything_is_an_empty_drawing() -> None:
    assert lifelines.draw("none", Model([], [], [])).file("https://standpoint.example")


def test_labels_that_are_markup_stay_words(hostile: FlaskClient) -> None:
    page = hostile.get("/ontology").text
    assert "<script>alert" not in page
    assert 'id="State"' in page


def test_terms_are_found_by_their_words(client: FlaskClient) -> None:
    found = client.get("/ontology?find=PREFER++option").text
    names = re.findall(r'<section class="term tight" id="(\w+)"', found)
    assert "PolicyOption" in names
    assert 1 < len(names) < 20
    assert f"{len(names)} terms have these words" in found
    assert re.search(r'definition: <a href="#has(Disp|P)referredOption"', found)
    assert 'href="/ask?q=PREFER%20option"' in found
    assert 'value="PREFER option"' in found
    assert "No terms have these words" in client.get("/ontology?find=bananas").text
    assert "&lt;b&gt;" in client.get("/ontology?find=<b>").text
