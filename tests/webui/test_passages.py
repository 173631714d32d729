"""Results in the text."""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg import paths
from kg.engines.local import LocalEngine
from kg.evidence import evidence
from kg.namespaces import ID
from kg.provenance import Provenance, Verdict
from webui.passages import Passages, passages
from webui.tables import Row


def marked(engine: LocalEngine, supports: Iterable[str], denies: Iterable[str]) -> Passages:
    """The text with the claims of one row marked, and a second row with none."""
    proof = evidence(engine, [ID + "world/" + name for name in (*supports, *denies)])
    one, other = (
        tuple(quote for name in names for quote in proof[ID + "world/" + name])
        for names in (supports, denies)
    )
    rows = [Row(number, {"x": NamedNode(ID + "borduria")}) for number in (1, 2)]
    nothing = Provenance(Verdict.NONE, "No sentence.")
    return passages(engine, rows, [Provenance(Verdict.COMPLETE, "", None, one, other), nothing])


def test_the_prose_is_whole_and_the_sentences_are_marked(world: LocalEngine) -> None:
    found = marked(world, ["c1", "c4"], [])
    (passage,) = found.passages
    prose = "".join(piece.text for pieces in passage.paragraphs for piece in pieces)
    assert prose.split() == (paths.SEEDS / "world.txt").read_text("utf-8").split()
    assert [mark.sentence.number for mark in passage.marks] == [1, 4]
    assert found.sentences == 2
    assert all([row.number for row in mark.supports] == [1] for mark in passage.marks)


def test_a_denial_is_told_apart(world: LocalEngine) -> None:
    (passage,) = marked(world, ["c2"], ["c3"]).passages
    says, denies = passage.marks
    assert (len(says.supports), len(says.denies)) == (1, 0)
    assert (len(denies.supports), len(denies.denies)) == (0, 1)


def test_rows_without_a_sentence_say_why(world: LocalEngine) -> None:
    found = marked(world, ["c1"], [])
    assert [(row.number, why) for row, why in found.without] == [(2, "No sentence.")]
    nothing = marked(world, [], [])
    assert nothing.passages == []
    assert len(nothing.without) == 2
