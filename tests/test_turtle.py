"""The one form in which a graph is written."""

import random
import re
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib.compare import isomorphic

from kg import blank_nodes, paths, turtle
from kg.errors import DataError
from kg.namespaces import DATA, ID, PREFIXES, SP

RDF, XSD = PREFIXES["rdf"], PREFIXES["xsd"]
PREFIX_LINES = "".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.items())
HEADER = f"<{DATA}007/claims> a owl:Ontology .\n@prefix d: <{ID}007/> .\n"

NAMED = st.sampled_from(
    [SP + "c2", SP + "c10", ID + "007/x", ID + "007", "https://example.org/é", "urn:a:b", SP + "x."]
).map(NamedNode)
BLANK = st.integers(0, 4).map(lambda number: BlankNode(f"n{number}"))
PREDICATES = st.sampled_from(
    [RDF + "type", RDF + "first", RDF + "rest", SP + "isPartOf", SP + "hasContent"]
).map(NamedNode)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(
        lambda c: c in "\t\n\r" or (c >= "\x20" and c not in "\ufffe\uffff")
    ),
    max_size=8,
)
LITERALS = st.one_of(
    TEXT.map(Literal),
    TEXT.map(lambda text: Literal(text, language="en")),
    st.sampled_from(["1", "01", "+5", "-0", "1.50", "true", "1", "1.0E3", "NaN", "x"]).flatmap(
        lambda text: st.sampled_from(["integer", "decimal", "boolean", "double", "dateTime"]).map(
            lambda kind: Literal(text, datatype=NamedNode(XSD + kind))
        )
    ),
)
NIL = st.just(NamedNode(RDF + "nil"))


def graphs(literals: st.SearchStrategy[Literal]) -> st.SearchStrategy[list[Triple]]:
    objects = st.one_of(NAMED, BLANK, BLANK, NIL, literals)
    return st.lists(st.builds(Triple, NAMED | BLANK | BLANK, PREDICATES, objects), max_size=14)


GRAPHS = graphs(LITERALS)


def canonical(text: str) -> str:
    return turtle.reformat((PREFIX_LINES + text).encode(), "test")


def body(text: str) -> str:
    """The canonical form without its prefix lines."""
    return re.sub(r"(?m)^@prefix .*\n", "", canonical(text)).strip()


def subjects(text: str) -> list[str]:
    return [line.split(" ")[0] for line in body(text).splitlines() if line[:1] not in " []"]


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text.encode(), format=RdfFormat.TURTLE)]


@settings(deadline=None, max_examples=200)
@given(GRAPHS)
def test_any_graph_survives_and_its_form_is_stable(triples):
    text = turtle.write(triples)

    assert blank_nodes.relabelled(read(text)) == blank_nodes.relabelled(triples)
    assert turtle.reformat(text.encode(), "test") == text


@settings(deadline=None)
@given(GRAPHS, st.integers(0, 1000))
def test_order_and_labels_of_the_input_do_not_matter(triples, seed):
    numbers = list(range(5))
    chance = random.Random(seed)
    chance.shuffle(numbers)

    def term(value):
        return BlankNode(f"m{numbers[int(value.value[1:])]}") if is_blank(value) else value

    def is_blank(value):
        return isinstance(value, BlankNode)

    other = [Triple(term(t.subject), t.predicate, term(t.object)) for t in triples]
    chance.shuffle(other)

    assert turtle.write(other) == turtle.write(triples)


@settings(deadline=None)
@given(graphs(LITERALS), st.lists(NAMED | BLANK | LITERALS, min_size=1, max_size=5), st.randoms())
def test_the_order_of_a_set_does_not_matter(triples, items, chance):
    def with_set(members):
        cells = [BlankNode(f"cell{number}") for number, _ in enumerate(members)]
        rests = [*cells[1:], NamedNode(RDF + "nil")]
        yield from triples
        yield Triple(BlankNode("set"), NamedNode(PREFIXES["owl"] + "members"), cells[0])
        for cell, item, rest in zip(cells, members, rests, strict=True):
            yield Triple(cell, NamedNode(RDF + "type"), NamedNode(RDF + "List"))
            yield Triple(cell, NamedNode(RDF + "first"), item)
            yield Triple(cell, NamedNode(RDF + "rest"), rest)

    text = turtle.write(with_set(items))
    assert turtle.reformat(text.encode(), "test") == text
    if not any(isinstance(item, BlankNode) for item in items):
        chance.shuffle(items)
        assert turtle.write(with_set(items)) == text


@settings(deadline=None, max_examples=50)
@given(graphs(TEXT.map(Literal)))
def test_another_library_reads_the_same_graph(triples):
    ours = rdflib.Graph().parse(data=turtle.write(triples), format="turtle")
    theirs = rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")

    assert len(ours) == len(theirs)
    assert isomorphic(ours, theirs)


def project_files() -> list[Path]:
    files = turtle.hand_written()
    assert {"standpoint.ttl", "claims.ttl", "text.ttl"} <= {path.name for path in files}
    return files


@pytest.mark.parametrize("path", project_files(), ids=lambda path: "/".join(path.parts[-2:]))
def test_a_file_that_a_library_rewrote_gets_its_bytes_back(path):
    text = turtle.reformat(path.read_bytes(), path.name)
    rewritten = serialize(reversed(read(text)), format=RdfFormat.TURTLE)

    assert rewritten != text.encode()
    assert turtle.reformat(rewritten, path.name) == text


def test_one_edited_label_changes_one_line():
    before = turtle.reformat((paths.ONTOLOGY / "standpoint.ttl").read_bytes(), "before")
    edited = before.replace('rdfs:label "alliance"@en', 'rdfs:label "pact"@en')
    after = turtle.reformat(edited.encode(), "after")

    changed = [
        pair
        for pair in zip(before.splitlines(), after.splitlines(), strict=True)
        if len({*pair}) > 1
    ]
    assert changed == [('    rdfs:label "alliance"@en ;', '    rdfs:label "pact"@en ;')]


def test_only_used_prefixes_are_written_in_the_order_of_the_table():
    text = canonical('id:a rdfs:label "x" ; :b "2"^^xsd:dateTime .')

    assert re.findall(r"@prefix (\w*):", text) == ["", "id", "rdfs", "xsd"]


def test_the_namespace_of_a_document_is_written_short_in_its_files():
    text = canonical(HEADER + "d:s1 :isPartOf d:par1 , id:007 .")

    assert f"@prefix d: <{ID}007/> ." in text
    assert "d:s1 :isPartOf d:par1 , id:007 ." in text


def test_another_file_has_no_short_form_for_a_document():
    assert body("@prefix d: <" + ID + "007/> . d:s1 a :Sentence .").startswith(f"<{ID}007/s1> a")


@pytest.mark.parametrize("local", ["a.", "-a", "a/b", "a%20b", "é", "a:b", "a'b"])
def test_a_name_that_is_not_plainly_local_is_written_in_full(local):
    assert body(f"<{SP}{local}> a :C .") == f"<{SP}{local}> a :C ."


def test_an_ontology_is_ordered_by_kind_then_name():
    text = """
        :I a :B . :ap a owl:AnnotationProperty . :dp a owl:DatatypeProperty .
        :op a owl:ObjectProperty , owl:FunctionalProperty . :B a owl:Class . :A a owl:Class .
        dcterms:title a owl:AnnotationProperty . <https://example.org/o> a owl:Ontology ."""

    order = [":A", ":B", ":op", ":dp", ":ap", "dcterms:title", ":I"]
    assert subjects(text) == ["<https://example.org/o>", *order]


def test_claims_stand_in_text_order_each_followed_by_its_new_content():
    text = (
        HEADER
        + """
        d:now a :TimeScope . d:a :isKindOf d:b . d:p1 a :Proposition . d:p2 a :Aim . d:zz a :Aim .
        d:c10 :hasContent d:p2 ; :isStatedIn d:s2 .
        d:c9b :hasContent d:p1 ; :isStatedIn d:s2 .
        d:c9 :hasContent d:p1 ; :isStatedIn d:s10 , d:s11 .
        d:c1 :hasContent d:p1 ; :isStatedIn d:s10 .
        d:c0 :hasContent d:zz ; :isStatedIn d:m1 . d:m1 :isPartOf d:s9 .
        d:c :hasContent id:elsewhere .
        id:007 :hasNow d:now ."""
    )

    claims = ["d:c9b", "d:p1", "d:c10", "d:p2", "d:c0", "d:zz", "d:c1", "d:c9", "d:c"]
    others = ["id:007", "d:a", "d:m1", "d:now"]
    assert subjects(text)[1:] == claims + others


def test_type_label_and_definition_come_first_then_names():
    facts = ":A :b 1 ; :a 1 ; :c10 1 ; :c9 1 ; "
    text = facts + 'skos:definition "d" ; rdfs:label "l" ; a :M , owl:Class .'

    assert body(text).split(" ;\n    ") == [
        ":A a :M , owl:Class",
        'rdfs:label "l"',
        'skos:definition "d"',
        ":a 1",
        ":b 1",
        ":c9 1",
        ":c10 1 .",
    ]


def test_objects_are_sorted_and_broken_into_lines_when_long():
    assert body(":a :b id:c10 , id:c9 , 10 , 9 , [] .") == ":a :b id:c9 , id:c10 , 9 , 10 , [] ."

    names = [f"id:{'x' * 30}{number}" for number in range(4)]
    assert (
        body(f":a :b {' , '.join(names)} .")
        == ":a :b\n        " + " ,\n        ".join(names) + " ."
    )


def test_blank_nodes_and_lists_are_nested():
    text = ":a :b [ :c ( 1 [ :d ( ) ] :e ) ] ."

    assert body(text) == ":a :b [ :c ( 1 [ :d () ] :e ) ] ."


def test_lists_that_stand_for_sets_are_sorted_within_each_other():
    text = """:A owl:equivalentClass [ owl:intersectionOf (
        [ owl:onProperty :q ; owl:hasValue 1 ] [ owl:unionOf ( :c10 :c9 ) ] :B
        [ owl:unionOf ( :c :b ) ] ) ] ."""
    sets = "[ owl:unionOf ( :b :c ) ] [ owl:unionOf ( :c9 :c10 ) ]"
    flat = re.sub(r"\s+", " ", body(text))

    assert f"( :B [ owl:hasValue 1 ; owl:onProperty :q ] {sets} )" in flat


@pytest.mark.parametrize("predicate", ["owl:propertyChainAxiom", "sh:in", ":b"])
def test_a_list_with_an_order_keeps_it(predicate):
    assert body(f":p {predicate} ( :c :a :b :a ) .") == f":p {predicate} ( :c :a :b :a ) ."


def test_axioms_are_settled_first():
    two = "[ a owl:AllDifferent ; owl:distinctMembers ( :b :a ) ]"

    assert body(f"{two} .") == body(":b owl:differentFrom :a .") == ":a owl:differentFrom :b ."


def test_a_wide_blank_node_is_broken_into_lines():
    long = "x" * 90
    text = f':a :b [ :d "{long}" ; :c 1 ] , [ :c ( "{long}" [ :e 1 ] ) ] .'

    assert body(text) == "\n".join(
        [
            ":a :b",
            "        [",
            "            :c 1 ;",
            f'            :d "{long}"',
            "        ] ,",
            "        [",
            "            :c (",
            f'                "{long}"',
            "                [ :e 1 ]",
            "            )",
            "        ] .",
        ]
    )


def test_axioms_without_a_name_come_last_in_a_stable_order():
    axiom = "[ a owl:Axiom ; owl:annotatedSource :{} ; rdfs:comment {} ] .\n"
    text = (
        axiom.format("b", 1) + axiom.format("a", 2) + "[ a owl:AllDifferent ] .\n:z a owl:Class ."
    )

    assert body(text).split("\n\n") == [
        ":z a owl:Class .",
        "[ a owl:AllDifferent ] .",
        "[ a owl:Axiom ; rdfs:comment 2 ; owl:annotatedSource :a ] .",
        "[ a owl:Axiom ; rdfs:comment 1 ; owl:annotatedSource :b ] .",
    ]


def test_a_shared_blank_node_keeps_its_label_when_something_else_changes():
    shared = ":a :b _:x . :c :b _:x . _:x :d 1 ."
    labels = re.findall(r"_:[\w-]+", canonical(shared))

    assert len(labels) == 3
    assert len(set(labels)) == 1
    assert set(re.findall(r"_:[\w-]+", canonical(shared + " :e :f _:y . :g :f _:y ."))) > {*labels}


def test_a_circle_of_blank_nodes_gets_labels():
    text = "_:a :p _:b . _:b :p _:c . _:c :p _:a ; :q [ :r 1 ] ."

    assert len(set(re.findall(r"_:[\w-]+", body(text)))) == 3
    assert ":q [ :r 1 ] ." in body(text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"""two\nlines"""', r'"two\nlines"'),
        ("'it\"s'", r'"it\"s"'),
        (r'"a\\b\tc\r"', r'"a\\b\tc\r"'),
        (r'"\u2028\u202e\u00e9"', '"\\u2028\\u202E\u00e9"'),
        ('"x"^^xsd:string', '"x"'),
        ('"x"@EN-us', '"x"@en-us'),
        ('"007"^^xsd:integer', "007"),
        ('"7x"^^xsd:integer', '"7x"^^xsd:integer'),
        ('"1.50"^^xsd:decimal', "1.50"),
        ('"1."^^xsd:decimal', '"1."^^xsd:decimal'),
        ("1.0E3", '"1.0E3"^^xsd:double'),
        ('"true"^^xsd:boolean', "true"),
        ('"1"^^xsd:boolean', '"1"^^xsd:boolean'),
    ],
)
def test_a_literal_has_one_spelling_and_keeps_its_lexical_form(written, expected):
    assert body(f":a :b {written} .") == f":a :b {expected} ."


def test_a_query_in_a_shape_keeps_its_lines():
    query = 'SELECT $this {\n  $this :a "x\\\\y", "", "z"\n}"'
    text = turtle.write(
        [Triple(NamedNode(SP + "s"), NamedNode(PREFIXES["sh"] + "select"), Literal(query))]
    )

    assert "\n  $this :a " in text
    assert [triple.object.value for triple in read(text)] == [query]


def test_long_lists_are_written_and_read_back():
    numbers = " ".join(["1"] * 3000)

    assert len(read(canonical(f":a :b ( {numbers} ) ."))) == 6001


def test_a_list_that_nothing_leads_to_survives():
    assert body("[] rdf:first 1 ; rdf:rest () .") == "[ rdf:first 1 ; rdf:rest () ] ."


def test_too_deep_nesting_is_refused():
    assert "[" in canonical(":a :b " + "[ :c " * 50 + "1" + " ]" * 50 + " .")
    with pytest.raises(DataError, match="nested more than 60 deep"):
        canonical(":a :b " + "[ :c " * 500 + "1" + " ]" * 500 + " .")


def test_a_form_that_reads_back_as_another_graph_is_refused(monkeypatch):
    monkeypatch.setattr(turtle, "quote", lambda _: '"wrong"')

    with pytest.raises(DataError, match="would not be the same graph"):
        canonical(':a :b "right" .')


def test_an_empty_graph_is_an_empty_file():
    assert canonical("# only a comment\n") == ""


def test_numbers_in_names_sort_by_value():
    names = ["c10", "c2", "c1b", "c1", "c01", "c" + "9" * 5000, "d", ""]

    assert sorted(names, key=turtle.natural) == ["", "c01", "c1", "c1b", "c2", "c10", names[5], "d"]


def test_a_file_is_rewritten_once(tmp_path):
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + PREFIX_LINES.encode() + b"id:a a\r\n:B . # a word\n")

    assert turtle.reformat_file(path, check=True)
    assert b"# a word" in path.read_bytes()
    assert turtle.reformat_file(path)
    assert path.read_bytes().endswith(b"\n\nid:a a :B .\n")
    stamp = path.stat().st_mtime_ns
    assert not turtle.reformat_file(path)
    assert path.stat().st_mtime_ns == stamp
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ttl"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<x:a> <x:b> .\n", "line 1"),
        (b"<a> <b> <c> .", "line 1"),
        (b"<x:a> <x:b> '\xe9' .", "line 1"),
        (b"<x:a> <x:b> <<( <x:a> <x:b> <x:c> )>> .", "RDF 1.2"),
        (b"<x:a> <x:b> 'x'@en--ltr .", "RDF 1.2"),
    ],
)
def test_a_file_that_is_no_turtle_stays_as_it_is(tmp_path, data, message):
    path = tmp_path / "bad.ttl"
    path.write_bytes(data)

    with pytest.raises(DataError, match=message) as caught:
        turtle.reformat_file(path)
    assert "bad.ttl" in str(caught.value)
    assert path.read_bytes() == data


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.ttl: cannot be read"):
        turtle.reformat_file(tmp_path / "none.ttl")
