"""A claim says itself in one sentence, whatever its kind, and carries it as its label."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from kg import graph, paths, say
from kg.checks.findings import Files
from kg.errors import DataError, UnknownNameError
from kg.graph import Source
from kg.namespaces import ONTOLOGY_IRI

ONTOLOGY = Source(paths.ONTOLOGY / "standpoint.ttl", ONTOLOGY_IRI, None)
BASE = Path(__file__).parent / "shapes" / "base.ttl"
HEAD = """\
@prefix : <https://w3id.org/standpoint/ontology#> .
@prefix d: <https://w3id.org/standpoint/id/900/> .
@prefix id: <https://w3id.org/standpoint/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
d:p2 a :Action ; rdfs:label "The United States talks to Borduria"@en .
id:usa a :State ; rdfs:label "United States"@en .
d:t1 a :TimeScope ; rdfs:label "in 1999"@en ; :timeExpression "In\\n1999" .
d:t2 a :TimeScope ; rdfs:label "before the present"@en .
"""
AUTHOR = ":hasClaimant d:author"
ENCODER = ":hasClaimant id:encoder"


def sentence(claim: str) -> str:
    """What one claim about Arcadia's preference says in the small document 900."""
    store = graph.load_store([ONTOLOGY])
    store.load(path=BASE, format=RdfFormat.TURTLE)
    text = f"{HEAD} d:c9 :hasContent d:p1 ; :isStatedIn d:s1 ; {claim} ."
    store.load(text.encode(), format=RdfFormat.TURTLE)
    (said,) = say.named(say.say(store), "900/c9")
    assert said.number == 1
    return said.sentence


CONTENT = "Arcadia prefers talks to sanctions"
SAID: Mapping[str, tuple[str, str]] = {
    "assertion of the present": (
        f"a :Assertion ; {AUTHOR} ; :holdsDuring d:now",
        f"The author of document 900 asserts: {CONTENT} (at the time of writing).",
    ),
    "assertion with words for its time": (
        f"a :Assertion ; {AUTHOR} ; :holdsDuring d:t1",
        f"The author of document 900 asserts: {CONTENT} (“In 1999”).",
    ),
    "assertion whose time is only a tense": (
        f"a :Assertion ; {AUTHOR} ; :holdsDuring d:t2",
        f"The author of document 900 asserts: {CONTENT} (before the present).",
    ),
    "denial": (
        f"a :Denial ; {AUTHOR}",
        f"The author of document 900 denies: {CONTENT}.",
    ),
    "hedge": (
        f"a :HedgedAssertion ; {AUTHOR} ; :hasCertainty :Probable",
        f"The author of document 900 asserts as probable: {CONTENT}.",
    ),
    "concession": (
        f"a :Concession ; {AUTHOR} ; :hasCertainty :Possible",
        f"The author of document 900 concedes as possible: {CONTENT}.",
    ),
    "assertion under a condition": (
        f"a :FirstHandClaim ; {AUTHOR} ; :hasForce :Assertive ; :hasPolarity :Affirmed"
        " ; :hasCertainty :Certain ; :holdsDuring d:now ; :holdsIf d:p2",
        f"The author of document 900 asserts: {CONTENT} (at the time of writing), "
        "if the United States talks to Borduria.",
    ),
    "hedged denial": (
        f"a :FirstHandClaim ; {AUTHOR} ; :hasForce :Assertive ; :hasPolarity :Negated"
        " ; :hasCertainty :Probable ; :hasConditionality :Unconditional",
        f"The author of document 900 asserts as probable that this is not so: {CONTENT}.",
    ),
    "recommendation": (
        f"a :Recommendation ; {AUTHOR} ; :hasPolarity :Affirmed ; :hasAddressee id:usa",
        f"The author of document 900 recommends to the United States: {CONTENT}.",
    ),
    "warning against something": (
        f"a :Recommendation ; {AUTHOR} ; :hasPolarity :Negated",
        f"The author of document 900 advises against this: {CONTENT}.",
    ),
    "prediction under a condition": (
        f"a :Prediction ; {AUTHOR} ; :hasPolarity :Affirmed ; :hasCertainty :Certain"
        " ; :holdsUnless d:p2",
        f"The author of document 900 predicts: {CONTENT}, "
        "unless the United States talks to Borduria.",
    ),
    "report": (
        "a :Report ; :hasClaimant id:usa ; :hasForce :Assertive ; :isMadeDuring d:t1",
        "The author of document 900 reports a claim by the United States (made “In 1999”): "
        f"{CONTENT}.",
    ),
    "reported demand": (
        "a :Report ; :hasClaimant id:borduria ; :hasForce :Directive ; :hasAddressee id:usa",
        f"The author of document 900 reports a demand by Borduria to the United States: {CONTENT}.",
    ),
    "reported denial": (
        "a :Report ; :hasClaimant id:borduria ; :hasForce :Assertive ; :hasPolarity :Negated",
        f"The author of document 900 reports a denial by Borduria: {CONTENT}.",
    ),
    "implicature": (
        f"a :Implicature ; {ENCODER} ; :hasPolarity :Negated",
        f"As the encoder reads it, the text implies that this is not so: {CONTENT}.",
    ),
    "presupposition": (
        f"a :Presupposition ; {ENCODER} ; :hasPolarity :Affirmed ; :hasCertainty :Certain",
        f"As the encoder reads it, the text takes for granted: {CONTENT}.",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_claim_says_what_it_is(name: str) -> None:
    claim, expected = SAID[name]
    assert sentence(claim) == expected


def test_words_of_a_label_are_never_taken_for_slots() -> None:
    store = graph.load_store([ONTOLOGY])
    text = f"""{HEAD}
      d:y a :Person ; rdfs:label "{{content}} {{time}}"@en .
      id:900 :hasAuthor d:y . d:s1 a :Sentence ; :isSentenceOf id:900 ; :number 1 .
      d:c9 a :Denial ; :hasContent d:p2 ; :isStatedIn d:s1 ; :hasClaimant d:y ."""
    store.load(text.encode(), format=RdfFormat.TURTLE)
    (said,) = say.say(store)
    assert said.sentence == "{content} {time} denies: The United States talks to Borduria."


def test_a_claim_of_no_known_kind_is_trouble() -> None:
    with pytest.raises(DataError, match="no pattern"):
        sentence(f"a :InferredClaim ; {AUTHOR}")


@pytest.fixture(scope="module")
def own() -> list[say.Said]:
    """What the project's own claims say."""
    return say.say(graph.load_store(graph.sources()))


def test_every_claim_of_the_project_is_said_in_text_order(own: list[say.Said]) -> None:
    assert len(own) > 100
    assert len({said.claim for said in own}) == len(own)
    assert [said.number for said in own] == sorted(said.number for said in own)
    for said in own:
        assert said.sentence.endswith(".")
        assert not set("{}\n") & set(said.sentence)


def test_the_same_graph_gives_the_same_sentences(own: list[say.Said]) -> None:
    assert say.say(graph.load_store(graph.sources())) == own


def test_a_document_and_a_claim_are_found_by_name(own: list[say.Said]) -> None:
    assert say.named(own, "000") == own
    assert say.named(own, own[0].name) == own[:1]
    assert say.named(own, own[0].claim) == own[:1]
    with pytest.raises(UnknownNameError, match="neither a document"):
        say.named(own, "000/c999")


def test_writing_makes_every_label_current_and_then_changes_nothing(tmp_path: Path) -> None:
    data = Path(shutil.copytree(paths.DATA, tmp_path / "data"))
    claims = data / "000" / "claims.ttl"
    text = claims.read_text("utf-8")
    claims.write_text(text + '\nd:c1a rdfs:label "An old label"@en , "Un titre"@fr .\n', "utf-8")

    sources = graph.sources(data=data)
    assert claims in say.write(sources)
    store = graph.load_store(sources)
    assert list(say.stale(store, Files(sources, store))) == []
    assert "An old label" not in claims.read_text("utf-8")
    assert '"Un titre"@fr' in claims.read_text("utf-8")
    assert say.write(sources) == []


def test_a_stale_and_a_missing_label_are_found(tmp_path: Path) -> None:
    data = Path(shutil.copytree(paths.DATA, tmp_path / "data"))
    sources = graph.sources(data=data)
    say.write(sources)
    claims = data / "000" / "claims.ttl"
    text = claims.read_text("utf-8")
    assert text.count("The author of the essay asserts") > 10
    claims.write_text(text.replace("The author of the essay asserts", "It asserts", 1), "utf-8")
    store = graph.load_store(sources)
    (finding,) = say.stale(store, Files(sources, store))
    assert "out of date" in finding.message
    assert finding.file.endswith("claims.ttl")
