"""`kg ask` and `kg query`: what a person types and what they see."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg import store
from kg.cli import main
from kg.questions import load_questions


@pytest.fixture
def run(snapshot: store.Snapshot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STANDPOINT_HOME", str(snapshot.path.parent.parent))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*args: str, text: str | None = None) -> Result:
        return CliRunner().invoke(main, args, input=text)

    return run


STRATEGY = "Washington\u2019s more coercive strategy"
FLAGSHIP = ("ask", "prefers", "--policy", "engagement", "--after", "2000")


def test_without_a_name_all_questions_are_listed_with_their_sentences(run) -> None:
    result = run("ask")
    assert result.exit_code == 0
    assert "Preferences\n  prefers --policy --period" in result.stdout
    assert "Which actor prefers engagement after 2000?" in result.stdout
    listed = json.loads(run("ask", "--format", "json").stdout)
    assert [each["name"] for each in listed] == list(load_questions())


def test_an_answer_shows_the_sentence_as_understood_the_rows_and_the_evidence(run) -> None:
    result = run(*FLAGSHIP)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Which actor prefers engagement after 2000?"
    assert lines[2].split() == ["Actor", "Prefers", "Over"]
    assert f"South Korea  diplomatic engagement  {STRATEGY}" in lines
    assert f"South Korea  economic engagement    {STRATEGY}" in lines
    shown = " ".join(result.stdout.split())
    quote = (
        f"“Seoul prefers diplomatic and economic engagement with North Korea, not {STRATEGY}.” — "
    )
    assert shown.count(quote) == 2
    assert ", sentence 11 (assertion by the author of the essay, certain)" in shown
    assert "United States" not in result.stdout
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    "args",
    [
        ("ask", "prefers"),
        ("ask", "prefers", "--policy=engagement", "--since", "2001"),
        ("ask", "prefers", "--policy", "id:engagement", "--period", "after 2000"),
        ("ask", "--after", "2000", "--policy", "Engagement", "prefers"),
        ("ask", "Which actor prefers engagement after 2000?"),
        ("ask", "which", "actor", "prefers", "engagement", "after", "2000"),
    ],
)
def test_a_question_can_be_asked_in_several_ways(run, args: tuple[str, ...]) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert "South Korea  diplomatic engagement" in result.stdout


@pytest.mark.parametrize(
    "args", [("--before", "1993"), ("--in", "1955"), ("--period", "in the 1950s")]
)
def test_an_empty_answer_says_why_and_is_no_failure(run, args: tuple[str, ...]) -> None:
    result = run("ask", "prefers", *args)
    assert result.exit_code == 0
    shown = " ".join(result.stdout.split())
    assert "Nobody is said to prefer engagement" in shown
    assert "At any time the answer is: South Korea, diplomatic engagement" in shown
    assert "“" not in shown.split("At any time")[0]


def test_possible_rows_are_counted_and_shown_on_demand(run) -> None:
    counted = run("ask", "prefers", "--in", "2005")
    assert "2 rows are possible" in " ".join(counted.stdout.split())
    assert "--possibly" in counted.stdout
    assert "sentence 11" not in counted.stdout
    shown = run("ask", "prefers", "--in", "2005", "--possibly")
    assert "South Korea  diplomatic engagement" in shown.stdout
    assert "sentence 11" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("ask", "prefers", "--actor", "Seoul"), "its slots are policy, period"),
        (("ask", "prefers", "--policy", "engagment"), "did you mean 'engagement'"),
        (("ask", "prefers", "--policy"), "--policy needs a value"),
        (("ask", "prefers", "--policy", "a", "--policy", "b"), "given twice"),
        (("ask", "prefers", "--after", "2000", "--before", "2010"), "are two periods"),
        (("ask", "prefers", "--after", "99999"), "is not understood"),
        (("ask", "prefers", "--between", "2000", "1990"), "ends before it begins"),
        (("ask", "kinds", "--after", "2000"), "has no period"),
        (("ask", "prefrs"), "did you mean 'prefers'"),
        (("ask", "prefrs", "--policy", "engagement"), "did you mean 'prefers'"),
        (("ask", "Who juggles engagement?"), "is not understood"),
        (("ask", "Which actor does not prefer engagement after 2000?"), "is not understood"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_answered(
    run, args: tuple[str, ...], message: str
) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_the_query_is_printed_ready_to_run(run) -> None:
    printed = run(*FLAGSHIP, "--query").stdout
    assert "VALUES ?policy { id:engagement }" in printed
    rows = run("query", "-", "--format", "csv", text=printed).stdout.splitlines()
    assert len(rows) == 3


def test_the_answer_as_json_holds_everything(run) -> None:
    found = json.loads(run(*FLAGSHIP, "--format", "json").stdout)
    assert found["values"] == {"policy": "id:engagement", "period": "after 2000"}
    assert found["rows"][0]["cells"]["actor"] == {
        "text": "South Korea",
        "iri": "https://w3id.org/standpoint/id/south-korea",
    }
    assert found["rows"][0]["evidence"][0]["number"] == 11
    assert found["possible_rows"] == []
    assert found["because"] is None


def test_the_answer_as_csv_has_a_line_for_each_piece_of_evidence(run) -> None:
    rows = list(csv.DictReader(io.StringIO(run(*FLAGSHIP, "--format", "csv").stdout)))
    assert [row["option"] for row in rows] == ["diplomatic engagement", "economic engagement"]
    assert {row["sentence"] for row in rows} == {"11"}
    assert {row["certain"] for row in rows} == {"true"}


def test_a_missing_store_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDPOINT_HOME", str(tmp_path))
    for args in (["ask", "prefers"], ["query", "-"]):
        result = CliRunner().invoke(main, args, input="ASK {}")
        assert result.exit_code == 2
        assert "kg build" in result.stderr


def test_query_shows_a_table_with_labels_and_prefixed_names(run) -> None:
    text = "SELECT ?actor { ?actor :prefers id:diplomatic-engagement }"
    lines = run("query", "-", text=text).stdout.splitlines()
    assert lines[0] == "actor"
    assert lines[2] == "South Korea (id:south-korea)"
    assert run("query", "-", "--format", "table", text=text).stdout.splitlines() == lines


@pytest.mark.parametrize(
    ("text", "args", "start"),
    [
        ("ASK { id:south-korea a :State }", (), "true\n"),
        ("ASK { id:south-korea a :Person }", (), "false\n"),
        ("SELECT (1 AS ?x) {}", ("--format", "csv"), "x\n1\n"),
        ("SELECT (1 AS ?x) {}", ("--format", "tsv"), "?x\n1\n"),
        ("SELECT (1 AS ?x) {}", ("--format", "json"), "{"),
        ("SELECT (1 AS ?x) {}", ("--format", "xml"), "<?xml"),
        ("SELECT * {}", (), "\n"),
        ("CONSTRUCT { ?s a :State } WHERE { ?s a :State }", (), "@prefix"),
        ("CONSTRUCT { ?s a :State } WHERE { ?s a :State }", ("--format", "nt"), "<https://"),
    ],
)
def test_each_form_of_query_has_its_output(
    run, text: str, args: tuple[str, ...], start: str
) -> None:
    result = run("query", "-", *args, text=text)
    assert result.exit_code == 0
    assert result.stdout.startswith(start)


def test_a_wrong_query_is_shown_with_a_caret_under_its_fault(run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.rq"
    file.write_text("SELECT ?x\nWHERE { ?x a :State ; ; } }\n", "utf-8")
    result = run("query", str(file))
    assert result.exit_code == 2
    assert result.stdout == ""
    message, line, caret = result.stderr.splitlines()
    assert message.startswith("kg: ")
    assert "line 2" in message
    assert line == "    WHERE { ?x a :State ; ; } }"
    assert line[caret.index("^")] == "}"
    assert caret.index("^") == len(line) - 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INSERT DATA { id:a a id:b }", "kg: "),
        ("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", "kg: "),
        ("SELECT ?x { ?x foo:bar ?y }", "foo"),
        ("", "kg: "),
    ],
)
def test_a_refused_query_says_why(run, text: str, message: str) -> None:
    result = run("query", "-", text=text)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_format_names_the_formats(run) -> None:
    result = run("query", "-", "--format", "xls", text="ASK {}")
    assert result.exit_code == 2
    assert "json" in result.stderr


def test_control_characters_of_the_data_never_reach_the_terminal(run) -> None:
    text = 'SELECT ("a\\u202Eb\\nc" AS ?x) {}'
    assert "a\ufffdb c" in run("query", "-", text=text).stdout
