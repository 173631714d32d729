"""Each single fault put into a copy of the graph's files is found, by name and in its place."""

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from kg import check, graph, paths
from kg.check import Finding
from kg.checks import canonical, consistency, names, queries, quotes
from kg.checks.findings import Files
from kg.errors import DataError
from kg.graph import place

FIXTURES = Path(__file__).parent / "checks"
CHECKS = {one.name: one for one in queries.load_checks()}
DOCUMENT = "000"


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, frozenset[Finding]]:
    """A copy of the data, and what is found in it as it is."""
    folder = tmp_path_factory.mktemp("clean") / "data"
    shutil.copytree(paths.DATA, folder)
    return folder, frozenset(map(unplaced, check.check(data=folder, owl=False)))


@pytest.fixture
def data(clean: tuple[Path, object], tmp_path: Path) -> Path:
    """A copy of the data to put a fault in."""
    return Path(shutil.copytree(clean[0], tmp_path / "data"))


def unplaced(finding: Finding) -> Finding:
    """The finding without what depends on the copy: its folder and lines that moved."""
    return Finding(
        finding.severity,
        finding.check,
        Path(finding.file).name,
        finding.subject,
        re.sub(r"\S*/(?=\w+\.ttl)", "", finding.message),
        None,
        finding.iri,
    )


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def add(path: Path, turtle: str) -> None:
    path.write_text(path.read_text("utf-8") + "\n" + turtle, "utf-8")


def first_block(path: Path, pattern: str) -> str:
    """The first subject block of a file that the pattern describes."""
    blocks = re.split(r"\n\n+", path.read_text("utf-8"))
    return next(block for block in blocks if re.search(pattern, block))


@pytest.fixture
def claims(data: Path) -> Path:
    return data / DOCUMENT / "claims.ttl"


@pytest.fixture
def found(
    data: Path, clean: tuple[Path, frozenset[Finding]], request: pytest.FixtureRequest
) -> dict[str, Finding]:
    """What is found after the test's fault, and was not before, by check, the form aside."""
    request.getfixturevalue("fault")
    after = check.check(data=data, owl=False)
    new = [one for one in after if unplaced(one) not in clean[1]]
    return {one.check: one for one in new if one.check != canonical.CHECK}


def test_a_file_that_kg_fmt_would_rewrite_is_found(data: Path) -> None:
    add(data / "events.ttl", "")
    (finding,) = check.check(data=data, owl=False)
    assert finding.check == canonical.CHECK
    assert finding.file == place(data / "events.ttl")


class TestAQuoteWithOneOtherCharacter:
    @pytest.fixture
    def fault(self, data: Path) -> None:
        replace(
            data / DOCUMENT / "text.ttl",
            ':exactQuote "North Korea is',
            ':exactQuote "Nerth Korea is',
        )

    def test_is_found_with_the_place_in_the_text(self, found: dict[str, Finding]) -> None:
        finding = found["quotes"]
        assert finding.severity == "violation"
        assert finding.subject == "d:s2"
        assert "line 4 column 1" in finding.message
        assert "character 2" in finding.message
        assert finding.line


class TestAClaimWithoutASentence:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        block = first_block(claims, ":Report ")
        replace(claims, block, re.sub(r" ;\n\s+:isStatedIn [^;.]+(?=[;.])", " ", block))

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert found["ClaimSentence"].file.endswith("claims.ttl")
        assert found["ClaimSentence"].subject.startswith("d:c")


class TestAnUndeclaredTerm:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        add(claims, "d:p1a :hasOwner id:south-korea .")

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert list(found) == ["undeclared-term"]
        assert ":hasOwner" in found["undeclared-term"].message
        assert found["undeclared-term"].subject == "d:p1a"


class TestAYearLiteral:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        add(claims, 'd:now rdfs:comment "1993"^^xsd:gYear .')

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert list(found) == ["refused-datatype"]
        assert "xsd:gYear" in found["refused-datatype"].message


class TestAYearForABound:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        replace(claims, '"1993-12-31T23:59:59Z"^^xsd:dateTime', '"1993"^^xsd:gYear')

    def test_is_found_by_its_shape_too(self, found: dict[str, Finding]) -> None:
        assert {"refused-datatype", "BoundDateTime"} <= set(found)


class TestADerivedTripleByHand:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        add(claims, "id:south-korea :prefers id:engagement .")

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert found["derived-by-hand"].file.endswith("claims.ttl")
        assert ":prefers" in found["derived-by-hand"].message


class TestASentenceWithoutAClaim:
    @pytest.fixture
    def fault(self, data: Path) -> None:
        for name in ("claims.ttl", "editorial.ttl"):
            file = data / DOCUMENT / name
            text = file.read_text("utf-8")
            file.write_text(re.sub(r"\bd:s23\b", "d:s22", text), "utf-8")

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert found["SentenceEncoded"].subject == "d:s23"
        assert found["SentenceEncoded"].file.endswith("text.ttl")


class TestAnIndividualInTheOntologysNamespace:
    @pytest.fixture
    def fault(self, data: Path) -> None:
        add(
            data / "actors.ttl", ':Utopia a owl:NamedIndividual , :State ; rdfs:label "Utopia"@en .'
        )

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert found["stray-individual"].subject == ":Utopia"
        assert found["stray-individual"].file.endswith("actors.ttl")


class TestAClaimByAnotherAuthor:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        block = first_block(claims, ":Assertion ")
        replace(claims, block, block.replace(":hasClaimant d:author", ":hasClaimant id:japan"))

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert found["FirstHandClaimant"].subject.startswith("d:c")


class TestAnOutdatedLabel:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        block = first_block(claims, r"^d:p2a ")
        replace(
            claims, block, re.sub(r'rdfs:label "[^"]*"', 'rdfs:label "Quite another thing"', block)
        )

    def test_is_found(self, found: dict[str, Finding]) -> None:
        assert "kg say --write" in found["claim-label"].message
        assert "Quite another thing" in found["claim-label"].message


class TestAClaimOfNoKind:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        block = first_block(claims, ":Denial ")
        replace(claims, block, re.sub(":Denial", ":InferredClaim", block))

    def test_is_found_and_the_labels_are_told_to_be_in_its_way(
        self, found: dict[str, Finding]
    ) -> None:
        assert found["ClaimKind"].subject.startswith("d:c")
        assert "no pattern" in found["claim-label"].message


class TestABoundThatIsNoDate:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        replace(claims, '"1993-12-31T23:59:59Z"^^xsd:dateTime', f'"{"9" * 5000}"^^xsd:dateTime')

    def test_is_found_without_a_crash_and_shown_in_short(self, found: dict[str, Finding]) -> None:
        assert {"ill-typed", "BoundDateTime"} <= set(found)
        assert all(len(one.message) < 500 for one in found.values())


class TestABlankNode:
    @pytest.fixture
    def fault(self, claims: Path) -> None:
        add(claims, "d:p1a :isToward [ a :State ] .")

    def test_is_found_and_has_no_name(self, found: dict[str, Finding]) -> None:
        assert found["blank-individual"].subject in ("", "d:p1a")
        assert found["NamedIndividual"].subject == ""


class TestAnUndocumentedTension:
    @pytest.fixture
    def fault(self, data: Path) -> None:
        editorial = data / DOCUMENT / "editorial.ttl"
        text = editorial.read_text("utf-8")
        assert ":hasConflictingClaim" in text
        editorial.write_text(
            re.sub(r":hasConflictingClaim [^;.]*", ":hasConflictingClaim d:c1a , d:c2a ", text)
        )

    def test_is_a_warning(self, found: dict[str, Finding]) -> None:
        assert found["TensionDocumented"].severity == "warning"
        assert found["TensionDocumented"].message.startswith("id:united-states is said to prefer")
        assert re.search(r"\(d:c\w+\)", found["TensionDocumented"].message)


def test_the_texts_bytes_are_held_against_their_digest(data: Path, tmp_path: Path) -> None:
    seeds = Path(shutil.copytree(paths.SEEDS, tmp_path / "seeds"))
    (seed,) = seeds.glob("*.txt")
    seed.write_bytes(seed.read_bytes().replace(b"hinges", b"hanges"))
    store = graph.load_store(graph.sources(data=data))
    found = list(quotes.findings(store, Files(graph.sources(data=data), store), seeds))
    assert {one.subject for one in found} == {"id:000", "d:s1"}
    assert any("SHA-256" in one.message for one in found)


def test_a_missing_text_is_a_finding(data: Path, tmp_path: Path) -> None:
    store = graph.load_store(graph.sources(data=data))
    (finding,) = quotes.findings(store, Files(graph.sources(data=data), store), tmp_path)
    assert "does not exist" in finding.message


def test_a_file_that_is_no_turtle_is_found_with_its_line(data: Path) -> None:
    add(data / "events.ttl", "id:half a")
    (finding,) = check.check(data=data, owl=False)
    assert finding.check == "files"
    assert finding.file == place(data / "events.ttl")
    assert re.search(r"line \d+", finding.message)


def test_a_folder_without_data_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        check.check(data=tmp_path / "nowhere", owl=False)


def test_progress_names_each_step(clean: tuple[Path, object]) -> None:
    steps: list[str] = []
    check.check(data=clean[0], owl=False, progress=steps.append)
    assert steps == ["files", "form", "queries", "names", "quotes", "labels", "shapes"]


@pytest.fixture(scope="module")
def base() -> Store:
    """A conforming dataset, with the ontology."""
    store = graph.load_store(graph.sources(data=FIXTURES))
    store.load(path=FIXTURES / "base.trig", format=RdfFormat.TRIG)
    return store


def results(store: Store) -> list[str]:
    return [one.check for one in queries.findings(store, Files([], store))]


def test_a_dataset_without_faults_passes_every_query(base: Store) -> None:
    assert results(base) == []


def test_every_query_has_its_fixture() -> None:
    assert len(CHECKS) > 15
    assert {path.stem for path in FIXTURES.glob("*.trig")} == {*CHECKS, "base"}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_fault_breaks_exactly_this_query(name: str, base: Store) -> None:
    store = Store()
    store.extend(base)
    store.load(path=FIXTURES / f"{name}.trig", format=RdfFormat.TRIG)
    assert set(results(store)) == {name}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_querys_words_are_filled(name: str, base: Store) -> None:
    store = Store()
    store.extend(base)
    store.load(path=FIXTURES / f"{name}.trig", format=RdfFormat.TRIG)
    found = list(queries.run(CHECKS[name], store, Files([], store)))
    assert found
    assert all("{" not in one.message and one.message.endswith(".") for one in found)


def test_a_query_without_words_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "mute.rq").write_text("#+ title: no message\nSELECT * {}\n")
    with pytest.raises(DataError, match=r"mute\.rq"):
        queries.load_checks(tmp_path)


def test_names_in_queries_and_shapes_are_held_against_the_graph(
    base: Store, tmp_path: Path
) -> None:
    query = tmp_path / "a.rq"
    query.write_text(
        '# :Comment\nSELECT * { ?x a :Claim , :Clam ; rdfs:label ":Text" ; :p <http://e.org/:iri> }'
    )
    shape = tmp_path / "a.ttl"
    shape.write_text(
        'shape:A sh:targetClass :Event ; sh:select "SELECT $this { $this standpoint:hosts ?x }" .'
    )
    found = list(names.findings(base, [query, shape]))
    assert [(one.subject, one.line) for one in found] == [
        (":Clam", 2),
        (":p", 2),
        ("standpoint:hosts", 1),
    ]


def test_our_queries_and_shapes_are_among_the_scanned_files() -> None:
    scanned = {path.suffix for path in names.query_files()}
    assert scanned == {".rq", ".ttl"}
    assert len(names.query_files()) > 30


def test_the_project_is_consistent_and_every_class_can_have_members(base: Store) -> None:
    assert consistency.unsatisfiable(quad.triple for quad in base) == []


def test_a_contradiction_is_found(base: Store) -> None:
    store = Store()
    store.extend(base)
    store.update(
        """PREFIX : <https://w3id.org/standpoint/ontology#>
        PREFIX id: <https://w3id.org/standpoint/id/>
        INSERT DATA { GRAPH <https://w3id.org/standpoint/data/actors> { id:arcadia a :Goal } }"""
    )
    (finding,) = consistency.findings(store)
    assert finding.severity == "violation"
    assert "contradict" in finding.message


def test_a_class_without_possible_members_is_found(base: Store) -> None:
    store = Store()
    store.extend(base)
    store.update(
        """PREFIX : <https://w3id.org/standpoint/ontology#>
        PREFIX owl: <http://www.w3.org/2002/07/owl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        INSERT DATA { GRAPH <https://w3id.org/standpoint/ontology> {
          :Chimera a owl:Class ; rdfs:subClassOf :Agent , :Goal } }"""
    )
    (finding,) = consistency.findings(store)
    assert finding.subject == ":Chimera"


def test_what_the_reasoner_refuses_is_a_finding_among_the_others(base: Store) -> None:
    store = Store()
    store.extend(base)
    store.load(path=FIXTURES / "refused-datatype.trig", format=RdfFormat.TRIG)
    (finding,) = consistency.findings(store)
    assert finding.severity == "violation"
    assert "Datatype" in finding.message


def test_without_java_the_reasoner_is_left_out_with_a_word(
    base: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (finding,) = consistency.findings(base)
    assert finding.severity == "info"
    assert "Java" in finding.message
