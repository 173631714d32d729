import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from kg.bench import chart, report
from kg.bench.load import Run
from kg.bench.measure import CACHED, CLIENTS, CORES, LIMIT, UNCACHED, WAYS, Measured, Outcome, Plan
from kg.bench.mixes import QUESTIONS, SHAPES, Query
from kg.bench.peers import Standpoint
from kg.errors import BenchError

PREFERS, TEXT = (QUESTIONS, "prefers"), (SHAPES, "text")
QUERIES = [Query(*PREFERS, "prefers", "SELECT"), Query(*TEXT, "Text <&>", "SELECT")]


def run(rate: float) -> Run:
    return Run(1.0, [1 / rate] * int(rate))


def server(name: str, uncached: float, cached: float) -> Measured:
    rates = {UNCACHED: uncached, CACHED: cached}
    return Measured(
        name,
        "1.0",
        starts=[0.2, 0.9, 0.3],
        pss=[100 * 2**20],
        cold={PREFERS: [0.003], TEXT: [0.001]},
        runs={
            (key, way, clients): [run(rates[way]), run(rates[way] * 100), run(1)]
            for key in (PREFERS, TEXT)
            for way in WAYS
            for clients in CLIENTS
        },
    )


@pytest.fixture
def outcome() -> Outcome:
    oxigraph, virtuoso = server("Oxigraph", 400, 400), server("Virtuoso", 50, 50)
    virtuoso.differences[PREFERS] = "3 of 4 rows, such as 1 instead of true"
    virtuoso.faults[TEXT] = f"no answer in {LIMIT:.0f} s"
    return Outcome(
        date="2026-01-02",
        machine="2 cores",
        triples=1234,
        plan=Plan(10, 3, 0.2, [Standpoint]),
        queries=QUERIES,
        ours=server("Standpoint", 200, 800),
        peers=[oxigraph, virtuoso],
        evaluation={PREFERS: 0.001, TEXT: 0.004},
        sizes={PREFERS: 4, TEXT: 7},
    )


def test_the_mean_is_geometric() -> None:
    assert report.geometric_mean([1, 4, 16]) == pytest.approx(4)
    assert math.isnan(report.geometric_mean([]))


def test_rates_are_medians_over_rounds(outcome: Outcome) -> None:
    assert outcome.ours.rate(PREFERS, UNCACHED) == 200
    assert report.ratios(outcome.ours, outcome.peers[0], QUERIES, UNCACHED) == {
        PREFERS: 0.5,
        TEXT: 0.5,
    }


def test_an_answer_given_up_counts_as_just_come(outcome: Outcome) -> None:
    ratios = report.ratios(outcome.ours, outcome.peers[1], QUERIES, UNCACHED)
    assert ratios[TEXT] == pytest.approx(200 / (CORES / LIMIT))


def test_another_fault_leaves_the_query_out(outcome: Outcome) -> None:
    outcome.peers[1].faults[TEXT] = "status 400"
    assert set(report.ratios(outcome.ours, outcome.peers[1], QUERIES, UNCACHED)) == {PREFERS}
    assert "(1 left out)" in report.markdown(outcome)


def test_the_report_says_what_was_found(outcome: Outcome) -> None:
    text = report.markdown(outcome)
    assert "2026-01-02" in text
    assert "Oxigraph 1.0" in text
    assert "1,234 triples" in text
    assert "| Standpoint | 0.30 s | 100 MB |" in text
    assert "| Oxigraph | 0.50 | 0.50 | 1 | 2.00 (prefers) | 1 |" in text
    assert "* Oxigraph, " in text
    assert "Virtuoso answers 1 instead of true: prefers" in text
    assert "Virtuoso does not answer (no answer in 10 s): text" in text


def test_errors_under_load_are_told(outcome: Outcome) -> None:
    for done in outcome.ours.runs[PREFERS, UNCACHED, 16]:
        done.failures = 1
    text = report.markdown(outcome)
    assert "Standpoint has errors among its answers to 16 clients: prefers" in text
    assert "| Oxigraph | nan (1 left out) |" in text


def test_every_row_has_the_columns_of_its_head(outcome: Outcome) -> None:
    tables = [block for block in report.markdown(outcome).split("\n\n") if block.startswith("|")]
    assert len(tables) == 4
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_a_report_takes_the_place_of_the_last(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    assert report.kept(readme) == "old"
    for _ in range(2):
        report.write(readme, "new")
        expected = f"before\n{report.BEGIN}\n\nnew\n{report.END}\nafter\n"
        assert readme.read_text("utf-8") == expected


@pytest.mark.parametrize(
    "text", ["", report.BEGIN, report.END + report.BEGIN, f"{report.BEGIN}{report.END}" * 2]
)
def test_a_file_without_a_place_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(text, "utf-8")
    with pytest.raises(BenchError, match="where the report shall stand"):
        report.write(tmp_path / "README.md", "new")


def test_the_picture_has_a_mark_for_each_rate(outcome: Outcome) -> None:
    picture = ET.fromstring(chart.svg(outcome))
    marks = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}title")]
    # One row for the one shape, two for means; two ways; three servers; and the legend.
    assert len(marks) == 3 * 2 * 3 + 3
    assert "Text <&>: 200/s" in marks
    x = [float(each.get("x", 0)) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert max(x) < float(picture.get("width", 0))
