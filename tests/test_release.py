import csv
import re
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg import archives, derive, graph, release, tables
from kg.blank_nodes import relabelled
from kg.namespaces import ID, PREFIXES

POSITIONS = Path(__file__).parent / "data" / "positions"

FILES = ["ttl", "nt", "nq", "trig", "jsonld", "rdf"]
# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

RDFLIB = {
    "ttl": "turtle",
    "nt": "nt",
    "nq": "nquads",
    "trig": "trig",
    "jsonld": "json-ld",
    "rdf": "xml",
}


@pytest.fixture(scope="module")
def store() -> Store:
    store = graph.load_store(graph.sources(data=POSITIONS))
    derive.derive(store)
    return store


@pytest.fixture(scope="module")
def folder(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    release.write(store, archives.contents(data=POSITIONS), folder)
    return folder


@pytest.fixture(scope="module")
def rows(store: Store, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return table(store, tmp_path_factory.mktemp("table") / "claims.csv")


def only(rows: list[dict[str, str]], claim: str, sentence: str = "1") -> dict[str, str]:
    found = [r for r in rows if (r["claim"], r["sentence_number"]) == (ID + claim, sentence)]
    assert len(found) == 1
    return found[0]


def test_the_release_is_these_files(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    described = {"claims.csv", "nodes.csv", "edges.csv"}
    assert names == (
        {f"standpoint.{ending}" for ending in FILES}
        | described
        | {f"{name}-metadata.json" for name in described}
        | {"standpoint.graphml", "standpoint-protege.zip"}
    )


@pytest.mark.parametrize("ending", FILES)
def test_pyoxigraph_reads_back_the_same_graph(store: Store, folder: Path, ending: str) -> None:
    back = list(pyoxigraph.parse(path=folder / f"standpoint.{ending}"))
    if ending in release.DATASET_FORMATS:
        assert set(back) == set(store)
    else:
        assert len(back) == len(store)
        assert relabelled(q.triple for q in back) == relabelled(q.triple for q in store)


@pytest.mark.parametrize("ending", FILES)
def test_rdflib_reads_back_as_many_triples(store: Store, folder: Path, ending: str) -> None:
    back = rdflib.Dataset() if ending in release.DATASET_FORMATS else rdflib.Graph()
    back.parse(folder / f"standpoint.{ending}", format=RDFLIB[ending])
    assert len(store) > 2000
    assert sum(1 for _ in back) == len(store)


@pytest.mark.parametrize("ending", ["ttl", "rdf", "jsonld", "nt"])
def test_a_carriage_return_survives_every_format(folder: Path, ending: str) -> None:
    back = rdflib.Graph().parse(folder / f"standpoint.{ending}", format=RDFLIB[ending])
    quotes = back.objects(predicate=rdflib.URIRef(PREFIXES[""] + "exactQuote"))
    assert "North\r\nprefers trade…" in {str(quote) for quote in quotes}


def test_named_graphs_are_kept_apart(store: Store, folder: Path) -> None:
    back = pyoxigraph.parse(path=folder / "standpoint.trig")
    assert {q.graph_name for q in back} == set(store.named_graphs())
    assert graph.DERIVED in set(store.named_graphs())


def test_turtle_uses_our_prefixes(folder: Path) -> None:
    text = (folder / "standpoint.ttl").read_text("utf-8")
    assert f"@prefix : <{PREFIXES['']}> ." in text
    assert "id:north a :State" in text or re.search(r"id:north a [^.]*:State", text)


ESCAPED = Literal('A name in a text, id:a\\/b, <id:a\\/b> and "id:a\\/b".')


@pytest.mark.parametrize("ending", ["ttl", "trig"])
def test_no_name_has_a_backslash_and_texts_keep_theirs(ending: str) -> None:
    """Not every reader takes the backslash out of a name."""
    names = [NamedNode(ID + name) for name in ("000/", "000/s1", "001/a/b", "a(b)")]
    triples = [Triple(name, NamedNode(PREFIXES["rdfs"] + "comment"), ESCAPED) for name in names]
    form = release.GRAPH_FORMATS["ttl"] if ending == "ttl" else release.DATASET_FORMATS["trig"]
    text = release.serialized(triples, form).decode()
    assert "id-000:s1 rdfs:comment" in text
    assert f"<{ID}a(b)>" in text
    assert re.findall(r"^\S*\\\S*", text, re.MULTILINE) == []
    assert [quad.triple for quad in pyoxigraph.parse(text, format=form)] == triples


def test_equal_stores_give_equal_bytes(store: Store, folder: Path, tmp_path: Path) -> None:
    shuffled = Store()
    shuffled.extend(reversed(list(store)))
    release.write(shuffled, archives.contents(data=POSITIONS), tmp_path)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_the_order_is_that_of_the_terms(store: Store, folder: Path) -> None:
    lines = (folder / "standpoint.nt").read_text("utf-8").splitlines()
    subjects = [line.split(" ", 1)[0] for line in lines]
    assert len(lines) == len(store)
    assert subjects == sorted(subjects)


def test_the_table_has_the_claim_first_and_these_columns(rows: list[dict[str, str]]) -> None:
    assert list(rows[0]) == [
        "claim",
        "claimant",
        "kind",
        "polarity",
        "certainty",
        "force",
        "conditionality",
        "said_or_inferred",
        "proposition_type",
        "proposition",
        "actor",
        "relation",
        "object",
        "over",
        "target",
        "time_expression",
        "earliest_start_year",
        "latest_start_year",
        "earliest_end_year",
        "latest_end_year",
        "document",
        "sentence_number",
        "quote",
    ]


def test_the_table_has_one_row_per_claim_and_sentence(
    store: Store, rows: list[dict[str, str]]
) -> None:
    stated = NamedNode(PREFIXES[""] + "isStatedIn")
    pairs = list(store.quads_for_pattern(None, stated, None))
    assert len(pairs) > 15
    assert len(rows) == len(pairs)
    assert [r["document"] for r in rows] == sorted(r["document"] for r in rows)


def test_a_row_says_it_in_words(rows: list[dict[str, str]]) -> None:
    assert only(rows, "000/asserted") == {
        "claim": ID + "000/asserted",
        "claimant": "author of the first essay",
        "kind": "assertion",
        "polarity": "affirmed",
        "certainty": "certain",
        "force": "assertive",
        "conditionality": "unconditional",
        "said_or_inferred": "said",
        "proposition_type": "preference",
        "proposition": "North prefers trade and aid to pressure",
        "actor": "'=North",
        "relation": "prefers",
        "object": "'@aid; trade",
        "over": "pressure",
        "target": 'South, "the" state',
        "time_expression": "now",
        "earliest_start_year": "2001",
        "latest_start_year": "2002",
        "earliest_end_year": "2003",
        "latest_end_year": "2009",
        "document": "First essay",
        "sentence_number": "1",
        "quote": "North\r\nprefers trade…",
    }


def test_kinds_and_axes_of_other_claims(rows: list[dict[str, str]]) -> None:
    denied = only(rows, "000/denied")
    assert (denied["kind"], denied["polarity"]) == ("denial", "negated")
    assert (denied["earliest_start_year"], denied["latest_end_year"]) == ("", "1993")
    assert only(rows, "000/inferred")["said_or_inferred"] == "inferred"
    recommended = only(rows, "000/recommended")
    assert (recommended["force"], recommended["certainty"]) == ("directive", "")
    priority = only(rows, "000/priority", "2")
    assert (priority["relation"], priority["object"]) == ("prioritizes", "peace")


def test_a_mention_in_a_sentence_has_the_sentences_number(tmp_path: Path) -> None:
    store = graph.load_store(graph.sources(data=POSITIONS)[:1])
    store.update(
        """INSERT DATA { GRAPH data:t {
             id:c a :Claim ; :hasContent id:p ; :isStatedIn id:m . id:p a :Proposition .
             id:m a :Mention ; :exactQuote "here" ; :isPartOf id:s .
             id:s a :Sentence ; :number 7 ; :isSentenceOf id:essay } }""",
        prefixes=dict(PREFIXES),
    )
    rows = table(store, tmp_path / "claims.csv")
    assert [(r["sentence_number"], r["quote"], r["document"]) for r in rows] == [
        ("7", "here", "essay")
    ]


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-44", "-44"),
        ("'=1", "'=1"),
        ('a "b", c\nd', 'a "b", c\nd'),
        ("plain = text", "plain = text"),
    ],
)
def test_no_cell_is_a_formula_and_every_cell_reads_back(
    tmp_path: Path, label: str, cell: str
) -> None:
    store, inside = Store(), NamedNode(ID + "g")
    stated, quote = (NamedNode(PREFIXES[""] + name) for name in ("isStatedIn", "exactQuote"))
    store.add(Quad(NamedNode(ID + "c"), stated, NamedNode(ID + "s"), inside))
    store.add(Quad(NamedNode(ID + "s"), quote, Literal(label), inside))
    assert [row["quote"] for row in table(store, tmp_path / "claims.csv")] == [cell]


def test_the_table_is_rfc_4180(folder: Path) -> None:
    content = (folder / "claims.csv").read_bytes()
    assert content.endswith(b'"\r\n')
    assert content.startswith(b'"claim","claimant",')


def table(store: Store, path: Path) -> list[dict[str, str]]:
    claims = tables.load("claims")
    tables.write(claims, tables.rows(store, claims), path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
