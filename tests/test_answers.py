"""Rows with the same cells are one row, and nothing denied or reported passes as said."""

import pytest

from kg import answers
from kg.answers import Answer, answer
from kg.engines.local import LocalEngine
from kg.engines.results import Solutions
from kg.errors import SlotValueError
from kg.questions import load_questions


def ask(world: LocalEngine, name: str, **values: str) -> Answer:
    return answer(world, load_questions()[name].bind(world, values))


def texts(found: Answer) -> list[list[str]]:
    return [[cell.text for cell in row.cells.values()] for row in found.rows]


def test_an_answer_has_labels_and_evidence(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="tariffs")
    assert texts(found) == [["Borduria", "tariffs", "quotas"]]
    assert [quote.number for quote in found.rows[0].evidence] == [1]
    assert found.columns == {"actor": "Actor", "option": "Prefers", "over": "Over"}
    assert found.because is None


def test_a_form_of_a_policy_counts_as_the_policy(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="tariffs", period="in 1990")
    assert texts(found) == [["Syldavia", "duties", ""]]


def test_neither_a_report_nor_a_denial_makes_anybody_prefer(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="tariffs", period="at any time")
    assert ["Syldavia", "tariffs", ""] not in texts(found)
    assert texts(found) == [["Borduria", "tariffs", "quotas"], ["Syldavia", "duties", ""]]


def test_rows_that_the_time_only_allows_are_apart(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="tariffs", period="in 2002")
    assert texts(found) == []
    assert [row.certain for row in found.possible_rows] == [False]
    assert "1 row is possible" in str(found.because)


def test_an_empty_answer_says_why(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="tariffs", period="in the 1950s")
    assert found.because == (
        "Nobody is said to prefer tariffs in the 1950s. At any time the answer is: "
        "Borduria, tariffs, quotas (“now”); Syldavia, duties (“In 1990”)."
    )


def test_an_answer_that_is_empty_at_all_times_says_so(world: LocalEngine) -> None:
    found = ask(world, "prefers", policy="quotas", period="after 2000")
    assert found.because == (
        "Nobody is said to prefer quotas after 2000. Nor does the graph say so of any other time."
    )


def test_rows_without_an_assertion_carry_a_caution(world: LocalEngine) -> None:
    found = ask(world, "about", thing="Syldavia")
    cautions = {row.cells["kind"].text: row.caution for row in found.rows}
    assert cautions == {
        "denial": answers.DENIED,
        "report": answers.REPORTED,
        "assertion": None,
        "hedged assertion": None,
    }


def test_a_question_about_reports_carries_no_caution(world: LocalEngine) -> None:
    [row] = ask(world, "reports").rows
    assert row.caution is None
    assert [quote.reports for quote in row.evidence] == [True]


def test_equal_rows_are_one_row_with_all_claims(world: LocalEngine) -> None:
    bound = load_questions()["of-kind"].bind(world, {"kind": "denial"})
    found = answers._rows(
        world, _with_query(bound, 'SELECT ("x" AS ?content) ?claim { ?claim a :Claim }')
    )
    assert len(found) == 1
    assert sorted(quote.number or 0 for quote in found[0].evidence) == [1, 2, 3, 4, 5]
    assert found[0].caution is None


def test_a_row_that_one_claim_makes_certain_is_certain(world: LocalEngine) -> None:
    query = """SELECT ("x" AS ?content) ?claim ?certain {
      VALUES (?claim ?certain) { (<https://w3id.org/standpoint/id/world/c1> false)
                                 (<https://w3id.org/standpoint/id/world/c4> true) } }"""
    bound = load_questions()["of-kind"].bind(world, {"kind": "denial"})
    [row] = answers._rows(world, _with_query(bound, query))
    assert row.certain
    assert [quote.number for quote in row.evidence] == [4]


def _with_query(bound: answers.BoundQuestion, sparql: str) -> answers.BoundQuestion:
    return answers.BoundQuestion(
        question=bound.question,
        values=bound.values,
        labels=bound.labels,
        sentence=bound.sentence,
        empty=bound.empty,
        sparql=sparql,
    )


class Counting:
    """An engine that counts its queries."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self.count = 0

    def select(self, sparql: str) -> Solutions:
        self.count += 1
        return self.engine.select(sparql)


def test_an_answer_takes_the_same_few_queries_whatever_its_size(world: LocalEngine) -> None:
    bound = load_questions()["of-kind"].bind(world, {"kind": "denial"})
    query = "SELECT ?content ?claim { ?claim :hasContent ?content }"
    for sparql, rows in ((query + " LIMIT 1", 1), (query, 4)):
        counting = Counting(world)
        assert len(answer(counting, _with_query(bound, sparql)).rows) == rows
        assert counting.count == 4


def test_literals_are_shown_as_text_and_things_by_label(world: LocalEngine) -> None:
    row = ask(world, "kinds").rows[0]
    assert (row.cells["kind"].text, row.cells["kind"].iri) == (
        "assertion",
        "https://w3id.org/standpoint/ontology#Assertion",
    )
    assert (row.cells["count"].text, row.cells["count"].iri) == ("2", None)
    assert row.evidence == []


def test_an_unknown_value_is_an_error_before_anything_is_asked(world: LocalEngine) -> None:
    with pytest.raises(SlotValueError):
        ask(world, "prefers", policy="nonsense")
