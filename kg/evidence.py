"""The sentences that make a claim, and in which sense they make it.

A quote is cut from the text's file by the sentence's offsets, never taken from the graph, and the
file must still have the SHA-256 digest that the graph records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph

from kg import labels, paths
from kg.errors import SeedChangedError
from kg.labels import Engine
from kg.namespaces import SP
from kg.sentences import read_seed

_QUERY = """
SELECT ?claim ?kind ?claimant ?polarity ?certainty ?force ?scope ?time ?span ?number ?start ?end
       ?document ?title ?file ?digest WHERE {{
  VALUES ?claim {{ {claims} }}
  GRAPH ?source {{ ?claim :hasContent ?content ; a ?kind }}
  ?kind rdfs:subClassOf+ :Claim .
  ?claim :hasClaimant ?claimant ; :isStatedIn ?span .
  ?span :start ?start ; :end ?end ; (:isSentenceOf|:isPartOf)+ ?document .
  ?document :fileName ?file ; :sha256 ?digest .
  OPTIONAL {{ ?span :isPartOf* ?sentence . ?sentence a :Sentence ; :number ?number }}
  OPTIONAL {{ ?document dcterms:title ?title }}
  OPTIONAL {{ ?claim :hasPolarity ?polarity }}
  OPTIONAL {{ ?claim :hasCertainty ?certainty }}
  OPTIONAL {{ ?claim :hasForce ?force }}
  OPTIONAL {{ ?claim :holdsDuring ?scope OPTIONAL {{ ?scope :timeExpression ?time }} }}
}} ORDER BY ?document ?start ?end
"""


_INFERRED = ("InferredClaim", "Implicature", "Presupposition", "Entailment")


@dataclass(frozen=True)
class Evidence:
    """A stretch of text that makes a claim.

    Attributes:
        claim: IRI of the claim.
        claim_label: what the claim is called.
        kind: IRI of the claim's kind, such as an assertion or a denial.
        kind_label: what the kind is called.
        claimant: IRI of whoever makes the claim.
        claimant_label: who makes the claim; the author for all but reports.
        certainty_label: how sure the claim is, or None where that does not apply.
        polarity: IRI of the polarity.
        polarity_label: whether the claim affirms or negates its content.
        force_label: whether the claim states, urges or foretells its content.
        time: the words of the time at which the content is said to hold, or None.
        time_label: what that time is called, or None where no time is said.
        sentence: IRI of the sentence, or of the stretch of text.
        number: the sentence's number in the document, from 1, or None for another stretch.
        document: IRI of the document.
        document_title: the document's title.
        start: offset of the first character, 0-based, in code points of the decoded file.
        end: offset after the last character.
        quote: the characters from start to end, cut from the file.
    """

    claim: str
    claim_label: str
    kind: str
    kind_label: str
    claimant: str
    claimant_label: str
    certainty_label: str | None
    polarity: str | None
    polarity_label: str | None
    force_label: str | None
    time: str | None
    time_label: str | None
    sentence: str
    number: int | None
    document: str
    document_title: str
    start: int
    end: int
    quote: str

    @property
    def denies(self) -> bool:
        """Whether the claim says that its content is not so."""
        return self.polarity == SP + "Negated"

    @property
    def is_denial(self) -> bool:
        """Whether its kind already says that it denies."""
        return self.kind == SP + "Denial"

    @property
    def reports(self) -> bool:
        """Whether the claim only tells what somebody else claims or demands."""
        return self.kind == SP + "Report"

    @property
    def infers(self) -> bool:
        """Whether the encoder read the claim between the lines."""
        return self.kind in {SP + kind for kind in _INFERRED}


def evidence(engine: Engine, claims: Iterable[str]) -> dict[str, list[Evidence]]:
    """The evidence for each claim, in text order; an empty list for what has none.

    One query finds the evidence of all claims (of each of `labels.batches`), one their labels.

    Raises:
        SeedError: a text cannot be read, or is not the one its sentences were cut from.
    """
    wanted = list(dict.fromkeys(claims))
    rows = []
    for terms in labels.batches(wanted):
        rows += engine.select(_QUERY.format(claims=terms)).rows
    things = {
        term.value
        for row in rows
        for term in row.values()
        if isinstance(term, pyoxigraph.NamedNode)
    }
    called = labels.labels(engine, things)
    found: dict[str, list[Evidence]] = {claim: [] for claim in wanted}
    for row in rows:
        each = _evidence({name: term.value for name, term in row.items() if term}, called)
        if each not in found[each.claim]:
            found[each.claim].append(each)
    return found


def _evidence(row: Mapping[str, str], called: Mapping[str, str]) -> Evidence:
    def label(name: str) -> str | None:
        return called[row[name]] if name in row else None

    start, end = int(row["start"]), int(row["end"])
    return Evidence(
        claim=row["claim"],
        claim_label=called[row["claim"]],
        kind=row["kind"],
        kind_label=called[row["kind"]],
        claimant=row["claimant"],
        claimant_label=called[row["claimant"]],
        certainty_label=label("certainty"),
        polarity=row.get("polarity"),
        polarity_label=label("polarity"),
        force_label=label("force"),
        time=row.get("time"),
        time_label=label("scope"),
        sentence=row["span"],
        number=int(row["number"]) if "number" in row else None,
        document=row["document"],
        document_title=row.get("title") or called[row["document"]],
        start=start,
        end=end,
        quote=_text(paths.SEEDS, row["file"], row["digest"])[start:end],
    )


@lru_cache(maxsize=256)
def _text(folder: Path, file_name: str, digest: str) -> str:
    if Path(file_name).name != file_name:
        raise SeedChangedError(f"the graph names the text {file_name!r}: it must be a file's name")
    seed = read_seed(folder / file_name)
    if seed.sha256 != digest:
        raise SeedChangedError(
            f"the text {file_name} is not the one that the sentences were cut from: its SHA-256 is "
            f"{seed.sha256}, the graph says {digest}; put the old file back, or run 'kg add' again"
        )
    return seed.text
