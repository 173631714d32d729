"""Puts the W3C's query evaluation tests to `kg serve --data` over HTTP, and counts.

    python tests/elsewhere/evaluation.py SUITE [FOLDER …]

SUITE is a checkout of the repository w3c/rdf-tests; FOLDER names folders of its ``sparql``, such as
``sparql11/bind``; without one, all of SPARQL 1.0 and 1.1 are run. For each data set one server is
started, and every test of that data set asks it, in the format of the expected result where the
endpoint writes it. Some four minutes.

A test passes when the result is the expected one: the same solutions in any order (in the expected
one where the suite numbers them), blank nodes considered, or the same graph. Printed are the tests
that do not pass and, for each version of SPARQL, how many

* passed;
* gave the expected values in another spelling, such as 2.0 for 2.00: the store keeps numbers and
  dates as values;
* were refused, because they ask another service and this one never does;
* failed.

Entailment regimes, which the endpoint does not claim, are left out. The exit status is 1 when a
test failed, 2 when none was found.
"""

import csv
import io
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlencode, urljoin

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    Variable,
    parse,
    parse_query_results,
    serialize,
)

KG = Path(sys.executable).parent / "kg"
VERSIONS = ("sparql10", "sparql11")
LEFT_OUT = frozenset({"sparql11/entailment"})
BASE = "http://example.org/suite/"
"""What the names of the suite's files are resolved against."""

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
PREFIXES = f"""
PREFIX mf: <{MF}>
PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#>
PREFIX rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
TESTS = """
SELECT ?test ?name ?action ?query ?result ?cardinality {
  VALUES ?type { mf:QueryEvaluationTest mf:CSVResultFormatTest }
  ?list rdf:first ?test .
  ?test a ?type ; mf:name ?name ; mf:action ?action ; mf:result ?result .
  ?action qt:query ?query .
  OPTIONAL { ?test mf:resultCardinality ?cardinality }
} ORDER BY ?test
"""
DATA = """
SELECT ?action ?file ?graph {
  { ?action qt:data ?file }
  UNION { ?action qt:graphData ?file BIND(?file AS ?graph) FILTER(isIRI(?file)) }
  UNION { ?action qt:graphData [ qt:graph ?file ; rdfs:label ?label ] BIND(IRI(?label) AS ?graph) }
}
"""
SOLUTIONS = """
SELECT ?solution ?index ?variable ?value {
  ?solution ^rs:solution ?set .
  OPTIONAL { ?solution rs:index ?index }
  OPTIONAL { ?solution rs:binding [ rs:variable ?variable ; rs:value ?value ] }
} ORDER BY ?index
"""

FORMATS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
}
_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)
XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGER = re.compile(
    f"{re.escape(XSD)}(?:(?:non)?(?:[Pp]ositive|[Nn]egative)|unsigned)?"
    "(?:[Ii]nteger|[Ll]ong|[Ii]nt|[Ss]hort|[Bb]yte)"
)
_FRACTIONS = frozenset(XSD + name for name in ("decimal", "float", "double"))

Term = NamedNode | BlankNode | Literal
Row = dict[str, Term]


@dataclass(frozen=True)
class Test:
    """A test of the suite.

    Attributes:
        name: its folder and its name.
        query: the text, with a BASE before it.
        data: the files and the graphs that they go into, an empty name for the default graph.
        result: the file with what is expected.
        is_lax: whether repeated rows may be left out (REDUCED).
    """

    name: str
    query: str
    data: frozenset[tuple[Path, str]]
    result: Path
    is_lax: bool

    @property
    def version(self) -> str:
        """The version of SPARQL, as the suite writes it."""
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class Table:
    """Solutions; those of a test that numbers them are in order."""

    rows: Sequence[Row]
    is_ordered: bool = False


Answer = bool | Table | Dataset | list[tuple[str, ...]]


def load(path: Path, base: str) -> Store:
    store = Store()
    store.bulk_load(path=str(path), base_iri=base)
    return store


def tests(suite: Path, folder: str) -> Iterator[Test]:
    """The evaluation tests of one folder."""
    home = suite / "sparql"
    base = f"{BASE}{folder}/manifest.ttl"
    manifest = load(home / folder / "manifest.ttl", base)
    data: dict[object, set[tuple[Path, str]]] = defaultdict(set)
    for row in manifest.query(PREFIXES + DATA):
        name = row["graph"].value if row["graph"] else ""
        data[row["action"]].add((_file(home, row["file"].value), name))
    for row in manifest.query(PREFIXES + TESTS):
        address = row["query"].value
        text = _file(home, address).read_text("utf-8")
        files = data[row["action"]]
        if not files:
            named = {urljoin(address, each) for each in _FROM.findall(text)}
            files = {(_file(home, each), each) for each in named}
        yield Test(
            f"{folder}: {row['name'].value}",
            f"BASE <{address}>\n{text}",
            frozenset(files),
            _file(home, row["result"].value),
            row["cardinality"] is not None,
        )


def _file(home: Path, address: str) -> Path:
    return home / address.removeprefix(BASE)


@contextmanager
def served(data: frozenset[tuple[Path, str]], suite: Path) -> Iterator[str]:
    """The address of an endpoint over the files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.nq"
        with path.open("wb") as file:
            serialize(_quads(data, suite), file, format=RdfFormat.N_QUADS)
        command = [str(KG), "serve", "--port", "0", "--data", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address, "no server was started"
            yield address[0] + "sparql"
            server.terminate()


def _quads(data: frozenset[tuple[Path, str]], suite: Path) -> Iterator[Quad]:
    for path, graph in sorted(data):
        base = BASE + path.relative_to(suite / "sparql").as_posix()
        for quad in parse(path=str(path), base_iri=base, rename_blank_nodes=True):
            into = (NamedNode(graph),) if graph else ()
            yield Quad(quad.subject, quad.predicate, quad.object, *into)


def ask(endpoint: str, test: Test) -> Answer:
    """What the endpoint answers.

    Raises:
        urllib.error.HTTPError: it does not answer.
    """
    form = urlencode({"query": test.query}).encode()
    kind = "text/csv" if test.result.suffix == ".csv" else _accepted(test.result.suffix)
    request = urllib.request.Request(endpoint, form, {"Accept": kind})
    with urllib.request.urlopen(request, timeout=60) as response:
        body = response.read()
        media_type = response.headers.get_content_type()
    if media_type == "text/csv":
        return _lines(body)
    if results := QueryResultsFormat.from_media_type(media_type):
        return _answer(body, results)
    return _canonical(parse(body, format=RdfFormat.from_media_type(media_type)))


def _accepted(suffix: str) -> str:
    wanted = FORMATS.get(suffix, QueryResultsFormat.JSON).media_type
    return f"{wanted}, {QueryResultsFormat.JSON.media_type};q=0.5, application/n-triples"


def expected(test: Test, suite: Path) -> Answer:
    """What the suite expects."""
    path = test.result
    if path.suffix == ".csv":
        return _lines(path.read_bytes())
    if path.suffix in FORMATS:
        return _answer(path.read_bytes(), FORMATS[path.suffix])
    base = BASE + path.relative_to(suite / "sparql").as_posix()
    store = load(path, base)
    for quad in store.quads_for_pattern(
        None, NamedNode("http://www.w3.org/2001/sw/DataAccess/tests/result-set#boolean"), None
    ):
        return bool(quad.object.value == "true")
    if not store.query(PREFIXES + "ASK { ?set a rs:ResultSet }"):
        return _canonical(store)
    rows: dict[object, Row] = {}
    is_ordered = False
    for found in store.query(PREFIXES + SOLUTIONS):
        row = rows.setdefault(found["solution"], {})
        is_ordered |= found["index"] is not None
        if found["variable"]:
            row[found["variable"].value] = found["value"]
    return Table(list(rows.values()), is_ordered)


def _lines(body: bytes) -> list[tuple[str, ...]]:
    """The rows of a CSV in one order of rows and columns; the names of blank nodes are free."""
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    columns = sorted(zip(*rows, strict=True))
    head, *rest = zip(*columns, strict=True)
    return [head, *sorted(tuple(re.sub("^_:.*", "_:", cell) for cell in row) for row in rest)]


def _answer(body: bytes, format: QueryResultsFormat) -> Answer:  # noqa: A002 - the engine's word
    # An XML of the suite may have a declaration of its encoding after a mark of byte order.
    results = parse_query_results(body.removeprefix(b"\xef\xbb\xbf"), format=format)
    if isinstance(results, QueryBoolean):
        return bool(results)
    assert not isinstance(results, QueryTriples)
    names = [variable.value for variable in results.variables]
    return Table(
        [{name: row[Variable(name)] for name in names if row[Variable(name)]} for row in results]
    )


def _canonical(quads: object) -> Dataset:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def is_same(found: Answer, wanted: Answer, key: Callable[[Term], object], *, is_lax: bool) -> bool:
    """Whether two answers are the same when terms with the same key are."""
    if not (isinstance(found, Table) and isinstance(wanted, Table)):
        return type(found) is type(wanted) and found == wanted
    rows = [[_keyed(row, key) for row in table.rows] for table in (found, wanted)]
    if is_lax:
        rows = [[dict(pairs) for pairs in {tuple(row.items()) for row in each}] for each in rows]
    if wanted.is_ordered:
        return len(rows[0]) == len(rows[1]) and all(
            _matches([ours], [theirs], {}) for ours, theirs in zip(*rows, strict=True)
        )
    return _matches(*rows, {})


def _keyed(row: Row, key: Callable[[Term], object]) -> dict[str, object]:
    return {name: key(row[name]) for name in sorted(row)}


Keyed = dict[str, object]


def _matches(found: list[Keyed], wanted: list[Keyed], names: dict[BlankNode, BlankNode]) -> bool:
    """Whether the rows are the same, up to the names of blank nodes."""
    if len(found) != len(wanted):
        return False
    if not names:
        plain = [
            Counter(tuple(row.items()) for row in rows if _is_plain(row))
            for rows in (found, wanted)
        ]
        if plain[0] != plain[1]:
            return False
        found, wanted = ([row for row in rows if not _is_plain(row)] for rows in (found, wanted))
    if not wanted:
        return True
    first, *rest = wanted
    for place, row in enumerate(found):
        renamed = _renamed(row, first, names)
        if renamed and _matches(found[:place] + found[place + 1 :], rest, renamed):
            return True
    return False


def _is_plain(row: Keyed) -> bool:
    return not any(isinstance(term, BlankNode) for term in row.values())


def _renamed(
    row: Keyed, wanted: Keyed, names: dict[BlankNode, BlankNode]
) -> dict[BlankNode, BlankNode] | None:
    if row.keys() != wanted.keys():
        return None
    names = dict(names)
    for name, term in row.items():
        other = wanted[name]
        if isinstance(term, BlankNode) and isinstance(other, BlankNode):
            if names.setdefault(term, other) != other:
                return None
        elif term != other:
            return None
    return names if len(set(names.values())) == len(names) else None


def as_value(term: Term) -> object:
    """What a number or a truth value stands for; any other term itself."""
    if not isinstance(term, Literal):
        return term
    kind = term.datatype.value
    if kind == XSD + "boolean":
        return kind, term.value in ("true", "1")
    if _INTEGER.fullmatch(kind):
        kind = XSD + "integer"
    elif kind not in _FRACTIONS:
        return term
    try:
        return kind, str(Decimal(term.value).normalize())
    except InvalidOperation:
        return term


def verdict(endpoint: str, test: Test, suite: Path) -> tuple[str, str]:
    """What became of a test, and a word on it."""
    wanted = expected(test, suite)
    try:
        found = ask(endpoint, test)
    except urllib.error.HTTPError as error:
        told = error.read().decode()
        return ("refused" if "SERVICE" in told else "failed"), f"{error.code} {told}"
    if is_same(found, wanted, lambda term: term, is_lax=test.is_lax):
        return "passed", ""
    if is_same(found, wanted, as_value, is_lax=test.is_lax):
        return "spelling", ""
    return "failed", f"found {_without(found, wanted)}, expected {_without(wanted, found)}"


def _without(answer: Answer, other: Answer) -> str:
    """What the answer has and the other lacks, in few words."""
    if isinstance(answer, Table) and isinstance(other, Table):
        others = [_keyed(row, as_value) for row in other.rows]
        rows = [row for row in answer.rows if _keyed(row, as_value) not in others]
        return f"{len(answer.rows)} rows with {[_keyed(row, str) for row in rows[:3]]}"
    return str(answer)[:300]


def folders(suite: Path, chosen: Sequence[str]) -> list[str]:
    """The folders of the suite that have a manifest."""
    home = suite / "sparql"
    found = [
        path.parent.relative_to(home).as_posix()
        for version in VERSIONS
        for path in sorted(home.glob(f"{version}/*/manifest.ttl"))
    ]
    return [each for each in found if each in chosen or (not chosen and each not in LEFT_OUT)]


def main(suite: Path, *chosen: str) -> int:
    by_data: dict[frozenset[tuple[Path, str]], list[Test]] = defaultdict(list)
    for folder in folders(suite, chosen):
        for test in tests(suite, folder):
            by_data[test.data].append(test)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for data, group in by_data.items():
        with served(data, suite) as endpoint:
            for test in group:
                what, why = verdict(endpoint, test, suite)
                counts[test.version][what] += 1
                if what != "passed":
                    sys.stdout.write(f"{what}: {test.name} {why}\n")
    for version, count in sorted(counts.items()):
        shares = ", ".join(f"{what} {number}" for what, number in count.most_common())
        sys.stdout.write(f"{version}: {count.total()} tests, {shares}\n")
    if not counts:
        return 2
    return int(any(count["failed"] for count in counts.values()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
