"""Evidence is cut from the text itself, and says in which sense it supports."""

from pathlib import Path

import pyoxigraph
import pytest

from kg import evidence as module
from kg import paths
from kg.engines.local import LocalEngine
from kg.errors import SeedChangedError
from kg.evidence import evidence
from kg.namespaces import ID, SP

CLAIM = ID + "world/c"
TEXT = (Path(__file__).parent / "data" / "world" / "world.txt").read_text("utf-8")


def test_the_quote_is_the_text_between_the_offsets(world: LocalEngine) -> None:
    [quote] = evidence(world, [CLAIM + "1"])[CLAIM + "1"]
    assert quote.quote == TEXT[quote.start : quote.end]
    assert quote.quote == "Borduria prefers tariffs\nover quotas."
    assert (quote.number, quote.sentence) == (1, ID + "world/s1")
    assert (quote.document, quote.document_title) == (ID + "world", "A small world")
    assert (quote.time, quote.time_label) == ("now", "now")


def test_evidence_says_whose_claim_of_which_kind_and_how_sure(world: LocalEngine) -> None:
    found = evidence(world, [CLAIM + str(number) for number in range(1, 6)])
    told = {
        claim.removeprefix(CLAIM): (q.kind_label, q.claimant_label, q.certainty_label)
        for claim, quotes in found.items()
        for q in quotes
    }
    assert told == {
        "1": ("assertion", "the author", "certain"),
        "2": ("report", "some", "certain"),
        "3": ("denial", "the author", "certain"),
        "4": ("assertion", "the author", "certain"),
        "5": ("hedged assertion", "the author", "possible"),
    }


def test_a_denial_denies_and_a_report_reports(world: LocalEngine) -> None:
    found = evidence(world, [CLAIM + "1", CLAIM + "2", CLAIM + "3"])
    senses = [(q.denies, q.reports, q.infers) for quotes in found.values() for q in quotes]
    assert senses == [(False, False, False), (False, True, False), (True, False, False)]


def test_what_has_no_evidence_has_an_empty_list(world: LocalEngine) -> None:
    assert evidence(world, [ID + "nothing", "no iri > }"]) == {ID + "nothing": [], "no iri > }": []}
    assert evidence(world, []) == {}


def test_all_claims_take_two_queries(world: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    select = world.select
    monkeypatch.setattr(world, "select", lambda sparql: asked.append(sparql) or select(sparql))
    evidence(world, [CLAIM + str(number) for number in range(1, 6)])
    assert len(asked) == 2


def test_a_changed_text_is_refused(
    world: LocalEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "world.txt").write_text(TEXT.replace("tariffs", "quotas!"), "utf-8")
    monkeypatch.setattr(paths, "SEEDS", tmp_path)
    with pytest.raises(SeedChangedError, match=r"world\.txt"):
        evidence(world, [CLAIM + "1"])


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "a/b.txt", "."])
def test_a_text_is_only_read_from_the_folder_of_texts(name: str, tmp_path: Path) -> None:
    with pytest.raises(SeedChangedError, match="file's name"):
        module._text(tmp_path, name, "0" * 64)


def test_the_quote_never_comes_from_the_graph(
    world_store: pyoxigraph.Store, world: LocalEngine
) -> None:
    quoted = pyoxigraph.Quad(
        pyoxigraph.NamedNode(ID + "world/s1"),
        pyoxigraph.NamedNode(SP + "exactQuote"),
        pyoxigraph.Literal("a forged quote"),
        pyoxigraph.NamedNode("https://example.org/forged"),
    )
    world_store.add(quoted)
    try:
        [quote] = evidence(world, [CLAIM + "1"])[CLAIM + "1"]
    finally:
        world_store.remove(quoted)
    assert quote.quote == TEXT[quote.start : quote.end]
