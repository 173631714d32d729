"""Each document as it was last read back against its text, claim by claim.

The file is what readers compared with the text. When a claim changes, read the new sentence against
the text first; then write the file anew: ``kg say 000 > tests/data/readback/000.txt``.
"""

from pathlib import Path

import pytest

from kg import graph, say

READ_BACK = sorted((Path(__file__).parent / "data" / "readback").glob("*.txt"))


def test_every_document_has_been_read_back() -> None:
    documents = {source.document for source in graph.sources() if source.document}
    assert documents
    assert {path.stem for path in READ_BACK} == documents


@pytest.mark.parametrize("path", READ_BACK, ids=lambda path: path.stem)
def test_the_claims_say_what_was_read_back(path: Path) -> None:
    said = say.named(say.say(graph.load_store(graph.sources())), path.stem)
    lines = [f"s{one.number}\t{one.name}\t{one.sentence}" for one in said]
    assert len(lines) > 100
    assert lines == path.read_text("utf-8").splitlines()
