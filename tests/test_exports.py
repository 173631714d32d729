"""The exports, held against the vocabularies that they speak and against the store.

``tests/data/vocabularies/*.txt`` list the terms of each vocabulary: its namespace, its name and its
source in three lines, then one term a line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from click.testing import CliRunner, Result
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple
from rdflib import RDF, RDFS, Namespace, URIRef

from kg import exports, paths, store
from kg.cli import main
from kg.engines.local import LocalEngine, open_store
from kg.errors import ExportError
from kg.namespaces import PREFIXES, SP

NAMES = ["nanopublications", "nif", "owl-time", "prov", "rdf12", "sem", "web-annotation"]
GRAPHS = [name for name in NAMES if name not in ("nanopublications", "rdf12")]

SPO = Namespace(SP)
OA = Namespace("http://www.w3.org/ns/oa#")
PROV = Namespace("http://www.w3.org/ns/prov#")
TIME = Namespace("http://www.w3.org/2006/time#")
SEM = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
NIF = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
ITSRDF = Namespace("http://www.w3.org/2005/11/its/rdf#")
NP = "http://www.nanopub.org/nschema#"

Rows = Callable[[str], list[tuple[str, ...]]]
Graphs = Callable[[str], rdflib.Graph]

# rdflib's own parsers call what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


@pytest.fixture(scope="module")
def built(snapshot: store.Snapshot) -> Store:
    return open_store(snapshot.store_path)


@pytest.fixture(scope="module")
def rows(engine: LocalEngine) -> Rows:
    def rows(query: str) -> list[tuple[str, ...]]:
        found = engine.select(query)
        return [tuple(row[name].value for name in found.variables) for row in found.rows]

    return rows


@pytest.fixture(scope="module")
def exported(built: Store) -> Iterator[Graphs]:
    """An export as an rdflib graph, read from its Turtle; literals stay as they are written."""
    read: dict[str, rdflib.Graph] = {}
    change = pytest.MonkeyPatch()
    change.setattr(rdflib, "NORMALIZE_LITERALS", False)

    def exported(name: str) -> rdflib.Graph:
        if name not in read:
            content = exports.written(built, exports.find(name), "ttl")
            read[name] = rdflib.Graph().parse(data=content, format="turtle")
        return read[name]

    yield exported
    change.undo()


@pytest.fixture(scope="module")
def text() -> str:
    [seed] = paths.SEEDS.glob("000_*.txt")
    return seed.read_bytes().decode()


@pytest.fixture(scope="module")
def nanopublications(built: Store) -> list[Quad]:
    return exports.quads(built, exports.find("nanopublications"))


def statements(built: Store, name: str) -> list[Triple]:
    export = exports.find(name)
    if export.each:
        return [quad.triple for quad in exports.quads(built, export)]
    return exports.triples(built, export)


def terms(found: list[Triple]) -> Iterator[str]:
    """The IRIs that stand for a property, a class or a datatype."""
    for triple in found:
        yield triple.predicate.value
        if triple.predicate.value == str(RDF.type):
            assert isinstance(triple.object, NamedNode)
            yield triple.object.value
        if isinstance(triple.object, Triple):
            yield triple.object.predicate.value


def one_each(graph: rdflib.Graph, kind: URIRef, predicate: URIRef) -> dict[URIRef, rdflib.Literal]:
    """The one value of a property that each member of a class has."""
    found = {}
    for thing in graph.subjects(RDF.type, kind):
        [found[thing]] = graph.objects(thing, predicate)
    assert found
    return found


# All exports.


def test_there_are_these_exports() -> None:
    assert list(exports.load_exports()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_term_is_in_its_vocabulary(
    built: Store, vocabularies: Mapping[str, frozenset[str]], name: str
) -> None:
    export = exports.find(name)
    declared = {str(s) for s in rdflib.Graph().parse(paths.ONTOLOGY / "standpoint.ttl").subjects()}
    used = set(terms(statements(built, name)))
    assert export.vocabulary in vocabularies
    assert any(iri.startswith(export.vocabulary) for iri in used)
    for iri in used:
        namespace = next((each for each in vocabularies if iri.startswith(each)), SP)
        known = vocabularies.get(namespace)
        assert iri.removeprefix(namespace) in known if known else iri in declared, iri


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", exports.FORMATS)
def test_every_format_holds_the_same_or_is_refused(built: Store, name: str, form: str) -> None:
    export = exports.find(name)
    rdf_format = exports.FORMATS[form]
    if (export.each and not rdf_format.supports_datasets) or (name, form) == ("rdf12", "jsonld"):
        with pytest.raises(ExportError, match=f"the export {name} "):
            exports.written(built, export, form)
        return
    content = exports.written(built, export, form)
    back = list(pyoxigraph.parse(content, format=rdf_format))
    expected = exports.quads(built, export) if export.each else exports.triples(built, export)
    assert len(back) == len(expected) > 50
    assert set(back) == {q if isinstance(q, Quad) else Quad(*q) for q in expected}


@pytest.mark.parametrize("name", GRAPHS)
def test_rdflib_reads_as_many_triples(built: Store, exported: Graphs, name: str) -> None:
    assert len(exported(name)) == len(statements(built, name))


@pytest.mark.parametrize("name", NAMES)
def test_another_order_of_the_store_gives_equal_bytes(built: Store, name: str) -> None:
    shuffled = Store()
    shuffled.extend(reversed(list(built)))
    export = exports.find(name)
    assert exports.written(shuffled, export) == exports.written(built, export)


@pytest.mark.parametrize("name", NAMES)
def test_no_blank_node_is_needed(built: Store, name: str) -> None:
    for triple in statements(built, name):
        assert isinstance(triple.subject, NamedNode)
        assert not isinstance(triple.object, pyoxigraph.BlankNode)


# Web Annotation.


def test_each_claim_is_the_body_of_one_annotation(exported: Graphs, rows: Rows) -> None:
    graph = exported("web-annotation")
    bodies = one_each(graph, OA.Annotation, OA.hasBody)
    claims = {claim for (claim,) in rows("SELECT ?c { ?c a :Claim }")}
    assert sorted(map(str, bodies.values())) == sorted(claims)
    assert len(claims) > 100


def test_an_annotation_has_the_spans_of_its_claim_for_targets(exported: Graphs, rows: Rows) -> None:
    graph = exported("web-annotation")
    bodies = one_each(graph, OA.Annotation, OA.hasBody)
    targets = {(str(bodies[a]), str(t)) for a, t in graph.subject_objects(OA.hasTarget)}
    assert targets == set(rows("SELECT ?c ?s { ?c :isStatedIn ?s }"))
    assert {claim for claim, _ in targets} == set(map(str, bodies.values()))
    assert set(graph.objects(None, OA.motivatedBy)) == {OA.describing}


def test_the_positions_cut_the_quotes_out_of_the_text(exported: Graphs, text: str) -> None:
    graph = exported("web-annotation")
    sources = one_each(graph, OA.SpecificResource, OA.hasSource)
    assert len(set(sources.values())) == 1
    for span in sources:
        quote, position = (
            next(s for s in graph.objects(span, OA.hasSelector) if (s, RDF.type, kind) in graph)
            for kind in (OA.TextQuoteSelector, OA.TextPositionSelector)
        )
        [start], [end] = (list(graph.objects(position, p)) for p in (OA.start, OA.end))
        [exact], [prefix], [suffix] = (
            list(graph.objects(quote, p)) for p in (OA.exact, OA.prefix, OA.suffix)
        )
        assert 0 <= start.toPython() < end.toPython() <= len(text)
        assert text[start.toPython() : end.toPython()] == str(exact)
        assert text[: start.toPython()].endswith(str(prefix))
        assert text[end.toPython() :].startswith(str(suffix))
        assert start.datatype == end.datatype == rdflib.XSD.nonNegativeInteger
        assert exact.datatype is None
        assert exact.language is None


# PROV-O.


def test_each_claim_is_derived_from_a_sentence_and_has_one_attribution(
    exported: Graphs, rows: Rows
) -> None:
    graph = exported("prov")
    claims = rows("SELECT ?c ?a { ?c a :Claim ; :hasClaimant ?a }")
    assert len(claims) > 100
    for claim, claimant in claims:
        iri = URIRef(claim)
        assert (iri, RDF.type, PROV.Entity) in graph
        assert list(graph.objects(iri, PROV.wasAttributedTo)) == [URIRef(claimant)]
        assert (URIRef(claimant), RDF.type, PROV.Agent) in graph
        sources = set(graph.objects(iri, PROV.wasDerivedFrom))
        assert any((source, PROV.wasQuotedFrom, None) in graph for source in sources)


def test_each_editorial_act_is_an_activity_of_somebody(exported: Graphs, rows: Rows) -> None:
    graph = exported("prov")
    acts = dict(rows("SELECT ?a ?e { ?a a :EditorialAct ; :isIdentifiedBy ?e }"))
    assert {str(a) for a in graph.subjects(RDF.type, PROV.Activity)} == set(acts)
    assert len(acts) > 30
    for act, encoder in acts.items():
        assert list(graph.objects(URIRef(act), PROV.wasAssociatedWith)) == [URIRef(encoder)]


def test_nothing_is_both_entity_and_activity(exported: Graphs) -> None:
    graph = exported("prov")
    kinds = [set(graph.subjects(RDF.type, kind)) for kind in (PROV.Entity, PROV.Activity)]
    assert not kinds[0] & kinds[1]
    for used in graph.objects(None, PROV.used):
        assert used in kinds[0]
    for member in graph.objects(None, PROV.hadMember):
        assert member in kinds[0]
    for derived, source in graph.subject_objects(PROV.wasDerivedFrom):
        assert derived in kinds[0]
        assert source in kinds[0]


def test_a_dated_time_was_influenced_by_the_dating(exported: Graphs, rows: Rows) -> None:
    graph = exported("prov")
    pairs = rows("SELECT ?t ?a { ?a a :Dating ; :concerns ?t }")
    assert {(str(s), str(o)) for s, o in graph.subject_objects(PROV.wasInfluencedBy)} == set(pairs)
    assert pairs


# OWL-Time.


def test_each_time_scope_is_an_interval_with_its_bounds(exported: Graphs, rows: Rows) -> None:
    graph = exported("owl-time")
    scopes = [URIRef(scope) for (scope,) in rows("SELECT ?t { ?t a :TimeScope }")]
    assert len(scopes) > 20
    found = set()
    for scope in scopes:
        assert (scope, RDF.type, TIME.Interval) in graph
        for edge_name, edges in (("Start", TIME.hasBeginning), ("End", TIME.hasEnd)):
            for edge in graph.objects(scope, edges):
                [window] = graph.objects(edge, TIME.hasTime)
                for bound_name, bounds in (
                    ("earliest", TIME.hasBeginning),
                    ("latest", TIME.hasEnd),
                ):
                    for bound in graph.objects(window, bounds):
                        [stamp] = graph.objects(bound, TIME.inXSDDateTimeStamp)
                        assert stamp.datatype == rdflib.XSD.dateTimeStamp
                        found.add((str(scope), f"{SP}{bound_name}{edge_name}", str(stamp)))
    bounds = "VALUES ?p { :earliestStart :latestStart :earliestEnd :latestEnd }"
    assert found == set(rows(f"SELECT ?t ?p ?d {{ {bounds} ?t ?p ?d }}"))


def test_only_what_has_a_certain_extent_is_a_proper_interval(exported: Graphs, rows: Rows) -> None:
    graph = exported("owl-time")
    proper = {str(s) for s in graph.subjects(RDF.type, TIME.ProperInterval)}
    certain = rows("SELECT ?t { ?t :latestStart ?s ; :earliestEnd ?e FILTER(?s < ?e) }")
    assert proper == {scope for (scope,) in certain}
    assert proper


def test_an_instant_has_at_most_one_position_and_is_no_interval(exported: Graphs) -> None:
    graph = exported("owl-time")
    instants = set(graph.subjects(RDF.type, TIME.Instant))
    assert instants
    assert not instants & set(graph.subjects(RDF.type, TIME.Interval))
    for instant in instants:
        stamps = list(graph.objects(instant, TIME.inXSDDateTimeStamp))
        assert len(stamps) + len(list(graph.objects(instant, TIME.hasTime))) == 1
    for edge in (TIME.hasBeginning, TIME.hasEnd):
        assert set(graph.objects(None, edge)) <= instants
        assert max(Counter(graph.subjects(edge)).values()) == 1


def test_claims_keep_their_times(exported: Graphs, rows: Rows) -> None:
    graph = exported("owl-time")
    for name in ("holdsDuring", "isMadeDuring", "hasNow"):
        pairs = {(str(s), str(o)) for s, o in graph.subject_objects(SPO[name])}
        assert pairs == set(rows(f"SELECT ?s ?o {{ ?s :{name} ?o }}"))
        assert pairs


# Simple Event Model.


@pytest.mark.parametrize(
    ("theirs", "ours"), [(SEM.Event, "Event"), (SEM.Actor, "Agent"), (SEM.Place, "Place")]
)
def test_events_actors_and_places_are_all_there(
    exported: Graphs, rows: Rows, theirs: URIRef, ours: str
) -> None:
    found = {str(s) for s in exported("sem").subjects(RDF.type, theirs)}
    assert found == {thing for (thing,) in rows(f"SELECT ?x {{ ?x a :{ours} }}")}
    assert found


def test_what_is_said_of_an_event_is_a_view_with_one_authority(
    exported: Graphs, rows: Rows
) -> None:
    graph = exported("sem")
    values = one_each(graph, SEM.View, RDF.value)
    authorities = one_each(graph, SEM.View, SEM.accordingTo)
    for relation in (SEM.hasActor, SEM.hasPlace, SEM.hasTime):
        for event, view in graph.subject_objects(relation):
            assert (event, RDF.type, SEM.Event) in graph
            assert view in values
    asserting = rows(
        "SELECT ?c ?a { ?c :hasClaimant ?a ; :hasPolarity :Affirmed ; :hasCertainty :Certain ; "
        ":hasForce :Assertive ; :hasConditionality :Unconditional }"
    )
    sources = one_each(graph, SEM.View, URIRef(PREFIXES["dcterms"] + "source"))
    assert {(str(sources[v]), str(a)) for v, a in authorities.items()} <= set(asserting)


def test_the_actors_and_times_of_events_are_those_of_their_claims(
    exported: Graphs, rows: Rows
) -> None:
    graph = exported("sem")
    asserting = (
        "?c :hasContent ?p ; :hasPolarity :Affirmed ; :hasCertainty :Certain ; "
        ":hasForce :Assertive ; :hasConditionality :Unconditional ."
    )
    for relation, pattern in (
        (SEM.hasActor, "?p :hasEvent ?e ; :hasParticipant ?x"),
        (SEM.hasTime, "?c :holdsDuring ?x . ?p :hasEvent ?e"),
    ):
        found = [
            (str(event), str(value))
            for event, view in graph.subject_objects(relation)
            for value in graph.objects(view, RDF.value)
        ]
        said = rows(f"SELECT DISTINCT ?c ?e ?x {{ {asserting} {pattern} }}")
        assert sorted(found) == sorted((event, value) for _, event, value in said)
        assert found


# NIF.


def test_the_context_holds_the_whole_text(exported: Graphs, text: str) -> None:
    graph = exported("nif")
    [context] = graph.subjects(RDF.type, NIF.Context)
    [whole] = graph.objects(context, NIF.isString)
    assert str(whole) == text
    assert list(graph.objects(context, NIF.referenceContext)) == [context]
    assert str(context).endswith(f"#char=0,{len(text)}")


def test_a_gap_that_no_snippet_shows_leaves_the_text_out() -> None:
    short = Store()
    short.update(
        """INSERT DATA { GRAPH data:t {
             id:t :characterCount 40 .
             id:t1 a :Sentence ; :isSentenceOf id:t ; :number 1 ; :start 0 ; :end 4 ;
               :exactQuote "One." ; :prefix "" ; :suffix "                    " .
             id:t2 a :Sentence ; :isSentenceOf id:t ; :number 2 ; :start 36 ; :end 40 ;
               :exactQuote "Two." ; :prefix "                    " ; :suffix "" } }""",
        prefixes=dict(PREFIXES),
    )
    found = exports.triples(short, exports.find("nif"))
    assert NamedNode(NIF.isString) not in {triple.predicate for triple in found}
    assert Literal("Two.") in {triple.object for triple in found}


@pytest.mark.parametrize(("theirs", "ours"), [(NIF.Sentence, "Sentence"), (NIF.Phrase, "Mention")])
def test_strings_are_where_their_addresses_say(
    exported: Graphs, rows: Rows, text: str, theirs: URIRef, ours: str
) -> None:
    graph = exported("nif")
    strings = one_each(graph, theirs, NIF.anchorOf)
    same = {str(o) for s in strings for o in graph.objects(s, rdflib.OWL.sameAs)}
    assert same == {span for (span,) in rows(f"SELECT ?x {{ ?x a :{ours} }}")}
    [context] = graph.subjects(RDF.type, NIF.Context)
    for string, anchor in strings.items():
        [begin], [end] = (list(graph.objects(string, p)) for p in (NIF.beginIndex, NIF.endIndex))
        assert begin.datatype == end.datatype == rdflib.XSD.nonNegativeInteger
        assert text[begin.toPython() : end.toPython()] == str(anchor)
        assert re.fullmatch(rf".*#char={begin},{end}", string)
        assert list(graph.objects(string, NIF.referenceContext)) == [context]
        assert (string, RDF.type, NIF.RFC5147String) in graph


def test_sentences_follow_each_other_and_mentions_name_things(exported: Graphs, rows: Rows) -> None:
    graph = exported("nif")
    sentences = set(graph.subjects(RDF.type, NIF.Sentence))
    following = dict(graph.subject_objects(NIF.nextSentence))
    assert len(following) == len(sentences) - 1
    assert set(following.values()) < sentences
    named = {str(o) for o in graph.objects(None, ITSRDF.taIdentRef)}
    assert named == {thing for (thing,) in rows("SELECT DISTINCT ?x { [] :refersTo ?x }")}


# RDF 1.2.


def test_each_derived_triple_has_one_reifier_with_its_claims(built: Store, rows: Rows) -> None:
    found = exports.triples(built, exports.find("rdf12"))
    reified = {t.subject: t.object for t in found if t.predicate.value == str(RDF) + "reifies"}
    derived = rows(
        "SELECT ?s ?p ?o ?c { [] owl:annotatedSource ?s ; owl:annotatedProperty ?p ; "
        "owl:annotatedTarget ?o ; :isDerivedFrom ?c }"
    )
    said = {
        (t.subject.value, t.predicate.value, t.object.value, claim.object.value)
        for reifier, t in reified.items()
        for claim in found
        if claim.subject == reifier and claim.predicate.value == SP + "isDerivedFrom"
    }
    assert said == set(derived)
    assert len(reified) == len({row[:3] for row in derived}) > 20
    assert set(reified.values()) <= set(found)


# Nanopublications.


def parts(quads: list[Quad]) -> dict[NamedNode, tuple[NamedNode, dict[str, NamedNode]]]:
    """The head and the three other graphs of each nanopublication."""
    kind = NamedNode(NP + "Nanopublication")
    heads = {q.subject: q.graph_name for q in quads if q.object == kind}
    return {
        this: (
            head,
            {
                q.predicate.value.removeprefix(NP): q.object
                for q in quads
                if q.graph_name == head and q.subject == this and q.predicate.value.startswith(NP)
            },
        )
        for this, head in heads.items()
    }


def test_there_is_one_nanopublication_for_each_claim(
    nanopublications: list[Quad], rows: Rows
) -> None:
    named = {this.value.removesuffix("#nanopublication") for this in parts(nanopublications)}
    assert named == {claim for (claim,) in rows("SELECT ?c { ?c a :Claim }")}


def test_nanopublications_are_well_formed(nanopublications: list[Quad]) -> None:
    graphs: dict[NamedNode, list[Quad]] = {}
    for quad in nanopublications:
        assert isinstance(quad.graph_name, NamedNode)
        graphs.setdefault(quad.graph_name, []).append(quad)
    for this, (head, named) in parts(nanopublications).items():
        assert set(named) == {"hasAssertion", "hasProvenance", "hasPublicationInfo"}
        assert len(graphs[head]) == 4
        assert len({head, *named.values()}) == 4
        assertion, provenance, info = (graphs.pop(named[part]) for part in sorted(named))
        assert assertion
        assert any(q.subject == named["hasAssertion"] for q in provenance)
        assert {q.subject for q in info} == {this}
        predicates = {q.predicate.value.removeprefix(PREFIXES["dcterms"]) for q in info}
        assert predicates >= {"created", "creator", "license"}
        graphs.pop(head)
    assert graphs == {}


def test_an_assertion_says_that_a_claim_is_made_and_nothing_of_the_world(
    nanopublications: list[Quad], rows: Rows
) -> None:
    of_claims = {
        (subject, thing)
        for subject, thing in rows(
            "SELECT ?c ?x { ?c (:hasContent|:holdsDuring|:isMadeDuring) ?x }"
        )
    }
    chains = {p for (p,) in rows("SELECT ?p { ?p owl:propertyChainAxiom ?chain }")}
    assert chains
    seen = set()
    for quad in nanopublications:
        claim, _, part = quad.graph_name.value.rpartition("#")
        if part == "assertion":
            seen.add(claim)
            assert quad.subject.value == claim or (claim, quad.subject.value) in of_claims
            assert quad.predicate.value not in chains
    assert len(seen) > 100


def test_the_assertion_of_a_denial_is_negated(nanopublications: list[Quad], rows: Rows) -> None:
    denials = [claim for (claim,) in rows("SELECT ?c { ?c a :Denial }")]
    assert denials
    for claim in denials:
        graph = NamedNode(f"{claim}#assertion")
        polarity = NamedNode(SP + "hasPolarity"), NamedNode(SP + "Negated")
        assert Quad(NamedNode(claim), *polarity, graph) in nanopublications


# The command.


@pytest.fixture
def run(snapshot: store.Snapshot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("STANDPOINT_HOME", str(snapshot.path.parent.parent))
    return lambda *args: CliRunner().invoke(main, ["export", *args])


def test_without_a_name_all_exports_are_listed(run: Callable[..., Result]) -> None:
    result = run()
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == NAMES
    assert "Four bounds become two windows" in " ".join(result.stderr.split())


def test_an_export_is_printed_or_written_to_a_file(
    run: Callable[..., Result], built: Store, tmp_path: Path
) -> None:
    expected = exports.written(built, exports.find("sem"), "nt")
    assert run("sem", "--format", "nt").stdout_bytes == expected
    file = tmp_path / "sem.nt"
    assert run("sem", "--format", "nt", "-o", str(file)).exit_code == 0
    assert file.read_bytes() == expected


def test_many_graphs_are_trig_when_no_format_is_asked_for(run: Callable[..., Result]) -> None:
    assert b"#assertion> {" in run("nanopublications").stdout_bytes


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("owl-tine",), "there is no export of this name: did you mean 'owl-time'"),
        (("zzz",), "there is no export of this name: there are nanopublications, nif, "),
        (("sem", "--format", "xls"), "--format is one of ttl, nt, trig, nq, jsonld, rdf"),
        (("nanopublications", "--format", "ttl"), "has many graphs, ttl has one: use trig, nq"),
        (("rdf12", "--format", "jsonld"), "cannot be written as jsonld"),
    ],
)
def test_trouble_is_told_in_a_line(
    run: Callable[..., Result], args: tuple[str, ...], words: str
) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("CONSTRUCT WHERE { ?s ?p ?o }", "there is no head: begin the file with '#\\+ title: …'"),
        ("#+ title: [", "the head is no YAML"),
        ("#+ title: Only", "the head needs a line '#\\+ summary: …'"),
    ],
)
def test_a_file_without_a_proper_head_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, words: str
) -> None:
    (tmp_path / "odd.rq").write_text(content)
    monkeypatch.setattr(paths, "EXPORTS", tmp_path)
    with pytest.raises(ExportError, match=f"^odd.*{words}"):
        exports.load_exports()


def test_labels_are_in_every_export(exported: Graphs) -> None:
    for name in GRAPHS:
        assert any(exported(name).objects(None, RDFS.label)), name
