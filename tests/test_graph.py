from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, Store

from kg import graph
from kg.errors import DataError
from kg.graph import Source
from kg.namespaces import DATA, ID, ONTOLOGY_IRI, PREFIXES

POSITIONS = Path(__file__).parent / "data" / "positions"
HEADER = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<https://example.org/o> a owl:Ontology .\n"
)


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def ontology(name: str, more: str = "") -> str:
    return HEADER.replace("example.org/o", f"example.org/{name}") + more


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        graph.read(path)
    return str(caught.value)


def test_sources_are_the_ontology_then_the_world_then_each_document() -> None:
    found = graph.sources(data=POSITIONS)
    assert [(source.graph_iri, source.document) for source in found] == [
        (ONTOLOGY_IRI, None),
        (DATA + "world", None),
        (DATA + "000/claims", "000"),
        (DATA + "000/text", "000"),
        (DATA + "001/claims", "001"),
    ]


def test_the_projects_own_files_are_found_and_load() -> None:
    found = graph.sources()
    assert found[0].graph_iri == ONTOLOGY_IRI
    assert len(found) > 1
    assert len(graph.load_store(found)) > 1000


def test_alignments_and_the_umbrella_are_left_out(tmp_path: Path) -> None:
    written(tmp_path, "ontology/alignments.ttl", "not read")
    written(tmp_path, "ontology/a.ttl", ontology("a"))
    written(tmp_path, "data/all.ttl", "not read")
    written(tmp_path, "data/b.ttl", ontology("b"))
    written(tmp_path, "data/c.rdf", "not read")
    found = graph.sources(tmp_path / "ontology", tmp_path / "data")
    assert [source.path.name for source in found] == ["a.ttl", "b.ttl"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ontology("a") + ontology("b"),
        "[] a <http://www.w3.org/2002/07/owl#Ontology> .",
        ontology("a") + "[] a owl:Ontology .",
    ],
    ids=["none", "two", "blank", "one and a blank one"],
)
def test_a_file_has_exactly_one_named_ontology(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, "data/a.ttl", text)
    with pytest.raises(DataError, match="exactly one ontology") as caught:
        graph.sources(tmp_path, tmp_path / "data")
    assert str(path) in str(caught.value)


def test_two_files_never_share_an_ontology(tmp_path: Path) -> None:
    written(tmp_path, "data/a.ttl", ontology("same"))
    written(tmp_path, "data/000/b.ttl", ontology("same"))
    with pytest.raises(DataError, match=r"b\.ttl: the ontology .* is also that of .*a\.ttl"):
        graph.sources(tmp_path, tmp_path / "data")


def test_no_file_may_take_the_derived_graph(tmp_path: Path) -> None:
    header = HEADER.replace("https://example.org/o", graph.DERIVED.value)
    written(tmp_path, "data/a.ttl", header)
    with pytest.raises(DataError, match="kept for derived triples"):
        graph.sources(tmp_path, tmp_path / "data")


def test_each_file_has_a_graph_of_its_own_and_nothing_is_imported() -> None:
    found = graph.sources(data=POSITIONS)
    store = graph.load_store(found[1:])
    assert {g.value for g in store.named_graphs()} == {s.graph_iri for s in found[1:]}
    assert NamedNode(ONTOLOGY_IRI) not in set(store.named_graphs())


def test_blank_nodes_get_the_same_labels_each_time_whatever_the_order(tmp_path: Path) -> None:
    first = "<http://a> <http://b> [ <http://c> 1 ] .\n"
    second = "<http://a> <http://b> [ <http://c> 2 , [ <http://d> 3 ] ] .\n"
    store = _loaded(written(tmp_path, "a.ttl", HEADER + first + second))
    assert {str(quad) for quad in store} == {
        str(quad) for quad in _loaded(written(tmp_path, "b.ttl", HEADER + second + first))
    }
    assert len(_blank(store)) == 3


def test_blank_nodes_of_two_files_are_never_the_same(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{n}.ttl", ontology(n, "[] owl:members 1 .")) for n in "ab"]
    store = graph.load_store(Source(p, f"https://example.org/{p.stem}", None) for p in paths)
    assert len(_blank(store)) == 2


def test_a_graph_holds_what_the_store_holds() -> None:
    found = graph.sources(data=POSITIONS)
    triples = graph.load_graph(found)
    assert len(triples) == len(graph.load_store(found))
    north = rdflib.URIRef(ID + "north")
    labels = set(triples.objects(north, rdflib.RDFS.label))
    assert labels == {rdflib.Literal("Nord", lang="de"), rdflib.Literal("=North", lang="en")}
    quote = rdflib.Literal("North\r\nprefers trade…")
    assert (None, rdflib.URIRef(PREFIXES[""] + "exactQuote"), quote) in triples


def test_a_graph_keeps_lexical_forms(tmp_path: Path) -> None:
    path = written(tmp_path, "a.ttl", HEADER + "<http://a> <http://b> 01 , 1.50 , true .")
    triples = graph.load_graph([Source(path, "https://example.org/o", None)])
    assert {str(o) for o in triples.objects(rdflib.URIRef("http://a"))} == {"01", "1.50", "true"}


def test_a_syntax_error_names_file_line_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, "a.ttl", HEADER + "<http://a> <http://b>\n    nope:c .")
    assert refused(path).startswith(f"{path} line 4 column 5: The prefix nope:")


def test_a_file_of_the_project_is_named_from_its_folder() -> None:
    assert graph.place(graph.sources()[0].path) == "ontology/standpoint.ttl"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<http://a> <http://b> "\xe9" .', "line 1 column 24: Invalid UTF-8"),
        (b"\xef\xbb\xbf" + HEADER.encode(), "line 1 column 1: a byte order mark"),
        (b"\x00\x1b[31m", "line 1 column 1: 'U+0000' is not allowed"),
        (b"<a> <b> <c> .", "No scheme found"),
        (b'<http://a> <http://b> "\\u0001" .', "the character U+0001, which XML forbids"),
        (b'<http://a> <http://b> "\\uFFFE" .', "the character U+FFFE, which XML forbids"),
        (b"<http://a> <http://b> <<( <http://a> <http://b> 1 )>> .", "is RDF 1.2"),
        (b"<http://a> <http://b> 1 {| <http://c> 2 |} .", "is RDF 1.2"),
        (b'<http://a> <http://b> "x"@en--ltr .', "is RDF 1.2"),
        (b"<http://a> <http://b> " + b"<<( <http://a> <http://b> " * 200_000, "RDF 1.2"),
        (b'<http://a> <http://b> "' + b"x" * 2**25 + b'" .', "too long"),
        (b"#" * (graph.LARGEST + 1), "larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_content_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    message = refused(written(tmp_path, "a.ttl", content))
    assert reason in message
    assert message.isprintable()


def test_deep_nesting_is_read_without_harm(tmp_path: Path) -> None:
    deep = "<http://a> <http://b> " + "[ <http://b> " * 100_000 + "1" + "]" * 100_000 + " ."
    assert len(graph.read(written(tmp_path, "a.ttl", deep))) == 100_001


def test_entangled_blank_nodes_are_refused_with_the_file_named(tmp_path: Path) -> None:
    nodes = range(120)
    knot = "\n".join(f"_:n{a} <http://b> _:n{b} ." for a in nodes for b in nodes if a != b)
    path = written(tmp_path, "a.ttl", HEADER + knot)
    with pytest.raises(DataError, match="entangled") as caught:
        _loaded(path)
    assert str(path) in str(caught.value)


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.ttl").mkdir()
    (tmp_path / "gone.ttl").symlink_to(tmp_path / "nowhere")
    assert "not an ordinary file" in refused(tmp_path / "folder.ttl")
    assert "not an ordinary file" in refused(tmp_path / "gone.ttl")


def _loaded(path: Path) -> Store:
    return graph.load_store([Source(path, "https://example.org/o", None)])


def _blank(store: Store) -> set[BlankNode]:
    return {t for quad in store for t in (quad.subject, quad.object) if isinstance(t, BlankNode)}
