"""The command line shows the sentences behind rows, and why there are none."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from kg import store
from kg.cli import main
from kg.provenance import COMPLETE

QUERY = "SELECT ?who ?what { ?who :prefers ?what }"


@pytest.fixture
def query(snapshot: store.Snapshot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``kg query`` on the project's own graph."""
    monkeypatch.setattr(store, "current", lambda: snapshot)
    return lambda text, *options: CliRunner().invoke(main, ["query", *options, "-"], input=text)


def test_sentences_stand_under_each_row(query: Callable[..., Result]) -> None:
    plain, full = query(QUERY), query(QUERY, "--evidence")
    assert (plain.exit_code, full.exit_code) == (0, 0)
    assert COMPLETE not in plain.stdout
    assert full.stdout.count(COMPLETE) == len(plain.stdout.splitlines()) - 2 > 0
    assert "Washington prefers coercion over engagement" in full.stdout


def test_files_carry_them_too(query: Callable[..., Result]) -> None:
    result = query(QUERY, "--evidence", "--format", "json")
    document = json.loads(result.stdout)
    assert len(document["evidence"]) == len(document["results"]["bindings"]) > 0
    assert query(QUERY, "--evidence", "--format", "csv").stdout.startswith("who,what,evidence")


def test_a_format_or_form_without_them_is_trouble(query: Callable[..., Result]) -> None:
    result = query(QUERY, "--evidence", "--format", "xml")
    assert result.exit_code == 2
    assert "carries no evidence" in result.stderr
    assert query("ASK { ?x ?y ?z }", "--evidence").exit_code == 2
    assert query("CONSTRUCT WHERE { ?x :prefers ?z }", "--evidence").exit_code == 2


def test_an_empty_result_is_explained_on_standard_error(query: Callable[..., Result]) -> None:
    result = query('SELECT * { ?a rdfs:label "South Korea" ; :prefer ?p }', "--format", "csv")
    assert result.exit_code == 0
    assert result.stdout.split() == ["a,p"]
    assert "the graph has no :prefer: did you mean :prefers (prefers)" in result.stderr
    assert '"South Korea"@en' in result.stderr


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_the_answer_of_ask_is_explained_in_every_format(
    query: Callable[..., Result], form: str
) -> None:
    result = query("ASK { ?a :prefer ?p }", "--format", form)
    assert result.exit_code == 0
    assert ":prefers" in result.stderr
