"""A query read into a tree and printed again asks the same."""

from pathlib import Path

import pytest
from pyparsing import ParseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from kg import paths
from kg.algebra import parser, printer, scope, witness
from kg.algebra.tree import Select, Triple, variables
from kg.engines.guard import check
from kg.engines.limits import Limits
from kg.engines.local import LocalEngine
from kg.errors import QueryError, UnreadableQueryError
from kg.namespaces import PREFIXES

FILES = sorted(
    [*paths.QUESTIONS.rglob("*.rq"), *paths.CHECKS.glob("*.rq"), *paths.DERIVATIONS.glob("*.rq")]
)
READABLE = [
    path for path in FILES if check(path.read_text("utf-8"), Limits()).form in ("SELECT", "ASK")
]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def rows(engine: LocalEngine, sparql: str) -> list[list[str]]:
    solutions = engine.select(sparql)
    found = [[str(row.get(each)) for each in solutions.variables] for row in solutions.rows]
    return sorted(found)


def test_there_are_many_queries_to_read() -> None:
    assert len(READABLE) > 60


@pytest.mark.parametrize("path", READABLE, ids=name)
def test_every_query_of_the_project_is_read_and_asks_the_same(
    path: Path, engine: LocalEngine
) -> None:
    sparql = path.read_text("utf-8")
    select = parser.parse(sparql)
    printed = printer.query(select)
    if select.form == "ASK":
        assert engine.ask(sparql) == engine.ask(printed)
    else:
        assert rows(engine, sparql) == rows(engine, printed)


def is_read_by_rdflib(sparql: str) -> bool:
    try:
        return bool(translateQuery(parseQuery(sparql)).algebra)
    except ParseException:
        return False


def test_what_is_printed_is_sparql_to_another_reader() -> None:
    declared = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    texts = [path.read_text("utf-8") for path in READABLE if path.parent == paths.QUESTIONS][::2]
    read = [text for text in texts if is_read_by_rdflib(declared + text)]
    assert len(read) > 20
    for text in read:
        assert is_read_by_rdflib(printer.query(parser.parse(text)))


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        ("SELECT * { ?x a :State }", f"?x <{PREFIXES['rdf']}type> <{PREFIXES['']}State> ."),
        ("PREFIX e: <urn:e:> SELECT * { ?x e:p 'a'@en }", "?x <urn:e:p> 'a'@en ."),
        ("BASE <http://e/a/> SELECT * { ?x <p> <../q> }", "?x <http://e/a/p> <http://e/q> ."),
        ("PREFIX e: <urn:e:> SELECT * { ?x e:a\\,b -1.5 }", "?x <urn:e:a,b> -1.5 ."),
        ("PREFIX e: <urn:e:> SELECT * { ?x e:p 1 , true }", "?x <urn:e:p> 1 . ?x <urn:e:p> true ."),
        (
            "PREFIX e: <urn:e:> SELECT * { ?x ^e:p/(e:q|!(e:r|^e:s))* ?y }",
            "?x ((^<urn:e:p>)/((<urn:e:q>|(!(<urn:e:r>|^<urn:e:s>)))*)) ?y .",
        ),
        (
            "PREFIX e: <urn:e:> SELECT * { ?x e:p [ e:q _:a ] }",
            "?x <urn:e:p> ?b_0 . ?b_0 <urn:e:q> ?b_1 .",
        ),
    ],
)  # fmt: skip
def test_terms_are_written_in_full(sparql: str, expected: str) -> None:
    if "?b_" in expected:
        sparql = sparql.replace("}", " FILTER (?b != 1) }")
        assert expected in printer.query(parser.parse(sparql))
    else:
        assert printer.query(parser.parse(sparql)) == f"SELECT * WHERE {{ {expected} }}"


def test_a_collection_becomes_its_triples() -> None:
    triples = parser.parse("SELECT * { ?x :p (1 2) }").where.elements
    assert len(triples) == 5
    assert all(isinstance(each, Triple) for each in triples)


def test_an_exists_within_an_expression_is_taken_apart() -> None:
    [_, condition] = parser.parse(
        "SELECT * { ?x :p ?y FILTER (?y > 1 || NOT EXISTS { ?y :q ?z }) }"
    ).where.elements
    assert variables(parser.parse("SELECT * { ?x :p ?y FILTER EXISTS { ?y :q ?z } }").where) == {
        "?x",
        "?y",
        "?z",
    }
    assert "NOT EXISTS { ?y" in printer.element(condition)


@pytest.mark.parametrize(
    ("pattern", "certain", "leading"),
    [
        ("?x :p ?y", "x y", "x y"),
        ("?x :p ?y OPTIONAL { ?x :q ?z }", "x y", "x y"),
        ("OPTIONAL { ?x :q ?z } ?x :p ?y", "x y", ""),
        ("?x :p ?y MINUS { ?x :q ?z } ?y :p ?w", "w x y", "x y"),
        ("{ ?x :p ?y } UNION { ?x :q ?z }", "x", "x"),
        ("VALUES (?x ?y) { (1 2) (UNDEF 3) }", "y", "y"),
        ("?x :p ?y BIND (?y + 1 AS ?z)", "x y", "x y"),
        ("GRAPH ?g { ?x :p ?y }", "g x y", "g x y"),
        ("{ SELECT ?x (COUNT(?y) AS ?n) { ?x :p ?y } GROUP BY ?x }", "x", "x"),
        ("{ SELECT ?x { ?x :p ?y } }", "x", "x"),
        ("?x :p ?y FILTER EXISTS { ?y :q ?z }", "x y", "x y"),
    ],
)
def test_which_variables_are_bound(pattern: str, certain: str, leading: str) -> None:
    group = parser.parse(f"SELECT * {{ {pattern} }}").where
    assert scope.certain(group) == {f"?{each}" for each in certain.split()}
    assert scope.leading(group) == {f"?{each}" for each in leading.split()}


def test_fresh_variables_meet_none_of_the_query() -> None:
    group = parser.parse("SELECT * { ?w1 :p/:q ?w_2 }").where
    new = variables(witness.expand(group, witness.Namer(group))) - variables(group)
    assert len(new) == 1
    assert not new & {"?w1", "?w_2"}


@pytest.mark.parametrize(
    "sparql",
    [
        "CONSTRUCT WHERE { ?x :p ?y }",
        "DESCRIBE :x",
        "SELECT * { <<( :a :b :c )>> :p ?x }",
        "SELECT * { :a :b :c {| :d :e |} }",
        'SELECT * { ?x :p "a"@en--ltr }',
        "SELECT * { ?x :p ?y LATERAL { ?y :q ?z } }",
        "SELECT * { ?x :p }",
        "SELECT * { ?x :p ?y } nonsense",
        "SELECT { ?x :p ?y }",
        "SELECT * { ?x :p ?y FILTER }",
    ],
)
def test_what_is_not_read_is_refused_and_never_guessed(sparql: str) -> None:
    with pytest.raises(QueryError):
        parser.parse(sparql)


@pytest.mark.parametrize("depth", [12, 35])
def test_deep_nesting_is_read_quickly_or_refused(depth: int) -> None:
    nested = "{" * depth + " ?x :p ?y " + "}" * depth
    try:
        assert isinstance(parser.parse(f"SELECT * {nested}"), Select)
    except QueryError:
        assert depth > 30
    brackets = "(" * depth + "?x" + ")" * depth
    assert parser.parse(f"SELECT * {{ ?x :p ?y FILTER ({brackets} = 1) }}").where.elements


def test_no_cut_query_brings_another_error() -> None:
    whole = (
        "PREFIX e: <urn:e:> SELECT DISTINCT ?x (COUNT(?y) AS ?n) FROM e:g WHERE { ?x e:p/e:q* [ e:r"
        " (1 2) ] ; a e:C . OPTIONAL { ?x e:s ?y } FILTER (?y IN (1, 2) && NOT EXISTS { ?y ?z ?w })"
        " VALUES (?x) { (UNDEF) } BIND (1 AS ?o) } GROUP BY (?x + 1 AS ?k) HAVING (COUNT(?y) > 1)"
        " ORDER BY DESC(?x) LIMIT 1 OFFSET 2"
    )
    assert parser.parse(whole).limit == "1"
    words = whole.split(" ")
    cuts = [words[:gone] + rest for gone in range(len(words)) for rest in ([], words[gone + 1 :])]
    refused = [cut for cut in cuts if not is_read(" ".join(cut))]
    assert len(refused) > len(words)


def is_read(sparql: str) -> bool:
    try:
        parser.parse(sparql)
    except QueryError:
        return False
    return True


def test_the_refusal_is_one_of_the_known_errors() -> None:
    with pytest.raises(UnreadableQueryError, match="CONSTRUCT gives no rows"):
        parser.parse("CONSTRUCT WHERE { ?x :p ?y }")
