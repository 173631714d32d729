"""Whatever stands in a result, every format that carries it parses and says the same.

Terms and names of variables are drawn, control characters and markup among them; each answer is
read by a reader that is not the engine's.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pyoxigraph
import pytest
import rdflib
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kg.engines.results import FORMATS, formats_for

# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

Term = tuple[str, str, str]
"""Whether it is an IRI or a literal, its text, and its language or datatype."""

Row = dict[str, Term]
Drawn = tuple[list[str], list[list[Term | None]]]


def is_iri(text: str) -> bool:
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    # rdflib's reader of N-Triples ends a line at any separator, also within an IRI.
    return not re.search(r"[\x00-\x20<>\"{}|^`\\\x85\u2028\u2029]", text)


MARKS = st.sampled_from(
    (
        *("'", '"', "\\", "\n", "\r", "\t", "\x01", ",", "]]>", "&amp;", "\u2028", "\ufffe"),
        *("</textarea><script>alert(1)</script>", '" onload="x', "{{7*7}}", "\\u0041"),
    )
)
CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TEXTS = st.lists(st.text(CHARACTERS, max_size=6) | MARKS, max_size=4).map("".join)
SCHEMES = ("http://x/", "javascript:", "data:text/html,", "urn:x:", "https://é.example/'()&#")
IRIS = st.tuples(st.sampled_from(SCHEMES), TEXTS).map("".join).filter(is_iri)
IRIS |= st.sampled_from(["javascript:alert(1)", "http://x/'onclick='alert(1)", "http://x/&quot;"])
LANGUAGES = st.sampled_from(["", "en", "de-CH-1996", "ar-Arab"])
NAMES = st.from_regex(r"[A-Za-zéß中][A-Za-z0-9_é]{0,8}", fullmatch=True)
PROPERTIES = st.from_regex(r"http://x/[A-Za-z_][A-Za-z0-9_.-]{0,5}[a-z]", fullmatch=True)
TERMS = (
    st.tuples(st.just("uri"), IRIS, st.just(""))
    | st.tuples(st.just("literal"), TEXTS, LANGUAGES)
    | st.tuples(st.just("literal"), TEXTS, PROPERTIES)
)
TABLES = st.lists(NAMES, min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(
        st.just(names),
        st.lists(st.lists(TERMS | st.none(), min_size=len(names), max_size=len(names)), max_size=4),
    )
)
drawing = settings(max_examples=60, deadline=None)

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(term: Term | None) -> str:
    """A term as SPARQL writes it."""
    if term is None:
        return "UNDEF"
    kind, text, more = term
    if kind == "uri":
        return f"<{text}>"
    for mark, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(mark, escape)
    return f'"{text}"' + ("" if not more else f"^^<{more}>" if ":" in more else f"@{more}")


def ask(app: Flask, query: str, accept: str) -> TestResponse:
    return app.test_client().post(
        "/sparql",
        data=query.encode(),
        content_type="application/sparql-query",
        headers={"Accept": accept},
    )


def select(names: list[str], rows: list[list[Term | None]]) -> str:
    head = " ".join(f"?{name}" for name in names)
    data = " ".join(f"({' '.join(map(written, row))})" for row in rows)
    return f"SELECT {head} {{ VALUES ({head}) {{ {data} }} }}"


def of_json(body: bytes) -> tuple[list[str], list[Row]]:
    told = json.loads(body)
    rows = [
        {name: _term(term["type"], term["value"], term) for name, term in row.items()}
        for row in told["results"]["bindings"]
    ]
    return told["head"]["vars"], rows


def _term(kind: str, text: str, more: dict[str, str]) -> Term:
    return kind, text, more.get("xml:lang", "").lower() or more.get("datatype", "")


def of_xml(body: bytes) -> tuple[list[str], list[Row]]:
    tree = ElementTree.fromstring(body)
    space = "{http://www.w3.org/2005/sparql-results#}"
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    rows = []
    for result in tree.iter(f"{space}result"):
        row = {}
        for binding in result:
            more = {"xml:lang" if k == language else k: v for k, v in binding[0].items()}
            kind = binding[0].tag.removeprefix(space)
            row[binding.attrib["name"]] = _term(kind, binding[0].text or "", more)
        rows.append(row)
    return [each.attrib["name"] for each in tree.iter(f"{space}variable")], rows


_CELL = re.compile(r'<(?P<iri>[^>]*)>|"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<l>\S+)|\^\^<(?P<d>.*)>)?')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "\\": "\\", "b": "\b", "f": "\f", "'": "'"}


def of_tsv(body: bytes) -> tuple[list[str], list[Row]]:
    head, *lines = body.decode().split("\n")
    assert lines.pop() == ""
    names = [name.removeprefix("?") for name in head.split("\t")]
    rows = []
    for line in lines:
        cells = line.split("\t")
        assert len(cells) == len(names)
        rows.append({name: _cell(cell) for name, cell in zip(names, cells, strict=True) if cell})
    return names, rows


def _cell(cell: str) -> Term:
    found = _CELL.fullmatch(cell)
    assert found, cell
    if found["iri"] is not None:
        return "uri", found["iri"], ""
    text = re.sub(
        r"\\(?:u(.{4})|U(.{8})|(.))",
        lambda each: _ESCAPES[each[3]] if each[3] else chr(int(each[1] or each[2], 16)),
        found["text"],
    )
    return "literal", text, (found["l"] or "").lower() or found["d"] or ""


READERS: dict[str, Callable[[bytes], tuple[list[str], list[Row]]]] = {
    "json": of_json,
    "xml": of_xml,
    "tsv": of_tsv,
}


def lowered(term: Term) -> Term:
    """A term as it comes back: case does not count in languages."""
    kind, text, more = term
    return kind, text, more if ":" in more else more.lower()


@drawing
@given(TABLES)
def test_solutions_survive_every_format(app: Flask, drawn: Drawn) -> None:
    names, rows = drawn
    sent = [
        {name: lowered(term) for name, term in zip(names, row, strict=True) if term} for row in rows
    ]
    for each in formats_for("solutions"):
        response = ask(app, select(names, rows), each.media_type)
        texts = [term[1] for row in sent for term in row.values()]
        if each.name == "xml" and any(map(NO_XML.search, texts)):
            assert response.status_code == 400
            assert "cannot carry" in json.loads(response.data)["detail"]
            continue
        assert response.status_code == 200, response.text
        if each.name == "csv":
            head, *found = csv.reader(io.StringIO(response.data.decode(), newline=""))
            plain = [[term[1] if term else "" for term in row] for row in rows]
            assert head == names
            # A line of one empty field is an empty line.
            assert [row or [""] for row in found] == plain
        else:
            assert READERS[each.name](response.data) == (names, sent)


@drawing
@given(st.lists(st.tuples(PROPERTIES, TERMS), min_size=1, max_size=4))
def test_graphs_survive_every_format(app: Flask, drawn: list[tuple[str, Term]]) -> None:
    triples = " ".join(f"<urn:x:s> <{name}> {written(term)} ." for name, term in drawn)
    sent = {(name, lowered(term)) for name, term in drawn}
    for each in formats_for("graph"):
        response = ask(app, f"CONSTRUCT {{ {triples} }} WHERE {{}}", each.media_type)
        if each.name == "rdf" and any(NO_XML.search(term[1]) for _, term in drawn):
            assert response.status_code == 400
            continue
        assert response.status_code == 200, response.text
        form = {"ttl": "turtle", "rdf": "xml", "nq": "nquads", "jsonld": "json-ld"}
        graph = rdflib.Dataset(default_union=True)
        graph.parse(data=response.data, format=form.get(each.name, each.name))
        found = {(str(p), _of_rdflib(o)) for _, p, o, *_ in graph.quads((None, None, None, None))}
        assert found == sent, each.name


def _of_rdflib(term: object) -> Term:
    if isinstance(term, rdflib.Literal):
        return "literal", str(term), (term.language or "").lower() or str(term.datatype or "")
    return "uri", str(term), ""


class Tags(HTMLParser):
    """The tags of a page and what could run in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            is_address = name in ("href", "src", "action", "formaction")
            if name.startswith("on") or (
                is_address and not re.match(r"https?://|/(?!/)|[#?]", value or "")
            ):
                self.runs.append(f"{tag} {name}={value}")


def tags(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    return found


@drawing
@given(TABLES)
def test_a_page_shows_them_as_text(app: Flask, drawn: Drawn) -> None:
    harmless = tags(ask(app, "SELECT ?a { VALUES ?a { <http://x/> 'x'@en } }", "text/html").text)
    response = ask(app, select(*drawn), "text/html")
    assert response.status_code == 200
    found = tags(response.text)
    assert found.runs == []
    assert not (found.tags - harmless.tags) & {"script", "svg", "img", "iframe", "style", "base"}


def test_every_format_is_held_to_it() -> None:
    assert {each.name for each in FORMATS if not each.is_for_graphs} == {"csv", *READERS}
    assert len(formats_for("graph")) == 6
