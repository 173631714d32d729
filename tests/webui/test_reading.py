"""What the editor reads out of a query that is still being written, at the place of the bar."""

import json
import subprocess
from pathlib import Path

import pytest

READING = Path(__file__).parent.parent.parent / "webui" / "frontend" / "src" / "reading.js"
PROGRAM = """
import { constraints, read } from %s;
const found = JSON.parse(process.argv[1]).map((query) => {
  const at = query.lastIndexOf("|");
  const text = query.slice(0, at) + query.slice(at + 1);
  const from = at - /[?:\\w]*$/.exec(text.slice(0, at))[0].length;
  const place = read(text, from, at, { "": "S#", id: "I#" });
  const known = constraints(place.subject, place.triples, place.prefixes);
  return [place.position, place.property, known.map((each) => each.join(" ")), place.ends];
});
console.log(JSON.stringify(found));
"""
QUERIES = {
    "S|": ("outside", None, []),
    "PREFIX |": ("prefix", None, []),
    "SELECT * { | }": ("subject", None, []),
    "SELECT * { ?x | }": ("predicate", None, []),
    "SELECT * { ?x a :C ; | }": ("predicate", None, ["type S#C"]),
    "SELECT * { ?x :p| ?y . ?x a :C }": ("predicate", None, ["type S#C"]),
    "SELECT * { ?x :p ?y . ?y | }": ("predicate", None, ["of S#p"]),
    "SELECT * { ?x :p 1 , | }": ("object", "S#p", ["has S#p"]),
    "SELECT * { ?x :p true . ?x | }": ("predicate", None, ["has S#p"]),
    "SELECT * { id:x | }": ("predicate", None, ["thing I#x"]),
    "SELECT * { ?x :p+ | }": ("object", None, []),
    "SELECT * { ?x (:p/:q) | }": ("object", None, []),
    "SELECT * { ?x :p/| }": ("predicate", None, ["of S#p"]),
    "SELECT * { ?x a :C ; :p/:q| }": ("predicate", None, ["of S#p"]),
    "SELECT * { ?x :p/:q | }": ("object", "S#q", ["of S#p"]),
    "SELECT * { ?x :p/:q/:r | }": ("object", "S#r", ["of S#q"]),
    "SELECT * { ?x :p/:q ?y . ?y | }": ("predicate", None, ["of S#q"]),
    "SELECT * { ?x :p/:q ?y , ?z . ?z | }": ("predicate", None, ["of S#q"]),
    "SELECT * { ?x :p/:q ?y ; | }": ("predicate", None, ["has S#p"]),
    "SELECT * { ?x :p/:q [ :r 1 ] ; | }": ("predicate", None, ["has S#p"]),
    "SELECT * { ?x :p+/:q | }": ("object", "S#q", []),
    "SELECT * { ?x ^:p/:q | }": ("object", "S#q", []),
    "SELECT * { ?x :p/^:q | }": ("object", None, ["of S#p"]),
    "SELECT * { ?x :p/:q|:r | }": ("object", None, []),
    "SELECT * { ?x :p/:q|:r ?y . ?x | }": ("predicate", None, []),
    "SELECT * { ?x :p/:q ; :r/:s|:t ?y . ?x | }": ("predicate", None, ["has S#p"]),
    "SELECT * { ?x (:p/:q)/:r | }": ("object", "S#r", []),
    "SELECT * { ?x !:p/:q | }": ("object", None, []),
    "SELECT * { ?x :p [ a :C ; | ] }": ("predicate", None, []),
    "SELECT * { ?x :p [ a :C ] ; | }": ("predicate", None, ["has S#p"]),
    "SELECT * { ?x :p (1 2) ; | }": ("predicate", None, ["has S#p"]),
    "SELECT * { ?x a :C . OPTIONAL { ?x :p ?y } ?y | }": ("predicate", None, []),
    "SELECT * { ?x a :C . OPTIONAL { ?x :p ?y . ?y | } }": ("predicate", None, ["of S#p"]),
    "SELECT * { { ?x a :C } UNION { ?x a :D . ?x | } }": ("predicate", None, ["type S#D"]),
    "SELECT * { GRAPH ?g { ?x a :C } ?x | }": ("predicate", None, ["type S#C"]),
    "SELECT * { ?x a :C FILTER NOT EXISTS { ?x :z ?w } ?x | }": (
        "predicate",
        None,
        ["type S#C"],
    ),
    "CONSTRUCT { ?x :p ?y } { ?x a :C ; | }": ("predicate", None, ["type S#C"]),
    "SELECT * { ?x a :C FILTER (?x > | ) }": ("expression", None, []),
    "SELECT * { ?x a :C . FILTER REGEX(?x, 'a') ?x | }": ("predicate", None, ["type S#C"]),
    "SELECT * { BIND (1 AS ?n) ?x :p | }": ("object", "S#p", []),
    "SELECT * { VALUES ?x { | } ?x a :C }": ("data", None, ["type S#C"]),
    "SELECT * { VALUES (?x) { (id:a) } ?x | }": ("predicate", None, []),
    'SELECT * { ?x :p "a { b"@en ; | # {\n }': ("predicate", None, ["has S#p"]),
    'SELECT * { ?x :p "a | b" }': ("none", "S#p", ["has S#p"]),
    "SELECT * { } # a |": ("none", None, []),
    'SELECT * { ?x :p "a |': ("none", "S#p", ["has S#p"]),
    'SELECT * { ?x :p "a" |': ("outside", "S#p", ["has S#p"]),
    "PREFIX t: <T#> SELECT * { ?x a t:C ; | }": ("predicate", None, ["type T#C"]),
    "}}) ]] ; . , |": ("outside", None, []),
}


ALTERNATIVES = {
    "SELECT * { ?x :p|:q | }": ["S#p", "S#q"],
    "SELECT * { ?x :p/:q|:r | }": ["S#q", "S#r"],
    "SELECT * { ?x :p|:q/:r | }": ["S#p", "S#r"],
    "SELECT * { ?x :p|:q ?y , | }": ["S#p", "S#q"],
    "SELECT * { ?x :p|:q ?y ; :r | }": [],
    "SELECT * { ?x :p|^:q | }": [],
    "SELECT * { ?x :p|!:q | }": [],
    "SELECT * { ?x :p|:q+ | }": [],
    "SELECT * { ?x :p/:q | }": [],
}
Read = tuple[str, str | None, list[str], list[str]]


@pytest.fixture(scope="module")
def found() -> dict[str, Read]:
    """What is read at each place, by query."""
    program = PROGRAM % json.dumps(READING.as_uri())
    queries = [*QUERIES, *ALTERNATIVES]
    command = ["node", "--input-type=module", "-e", program, json.dumps(queries)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(zip(queries, map(tuple, json.loads(done.stdout)), strict=True))


@pytest.mark.parametrize("query", QUERIES)
def test_a_place_is_read(found: dict[str, Read], query: str) -> None:
    assert found[query][:3] == QUERIES[query]


@pytest.mark.parametrize("query", ALTERNATIVES)
def test_the_ends_of_alternatives_are_read(found: dict[str, Read], query: str) -> None:
    position, _, _, ends = found[query]
    assert (position, ends) == ("object", ALTERNATIVES[query])
