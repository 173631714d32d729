"""The findings as they are printed."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from kg.checks.findings import Finding, Severity

_PLURALS: dict[Severity, str] = {"violation": "violations", "warning": "warnings"}


def as_text(findings: Sequence[Finding]) -> str:
    """The findings under their files, each with its line and what to do, then a summary line."""
    blocks = []
    for file, group in groupby(findings, key=lambda finding: finding.file):
        lines = [file or "(no file)", *(line for finding in group for line in _lines(finding))]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, summary(findings)]) + "\n"


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as a JSON array of objects with the attributes of `Finding`."""
    return (
        json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1) + "\n"
    )


def summary(findings: Sequence[Finding]) -> str:
    """How many findings there are, and in how many files."""
    counts = Counter(finding.severity for finding in findings)
    wrong = {finding.file for finding in findings if finding.severity != "info"}
    if not wrong:
        return "No findings."
    words = [
        f"{counts[kind]} {kind if counts[kind] == 1 else plural}"
        for kind, plural in _PLURALS.items()
        if counts[kind]
    ]
    return f"{' and '.join(words)} in {len(wrong)} file{'s' if len(wrong) > 1 else ''}."


def _lines(finding: Finding) -> list[str]:
    line = f"line {finding.line}" if finding.line else ""
    where = "  ".join(
        part for part in (line, finding.subject, finding.severity, finding.check) if part
    )
    return [f"  {where}", f"      {finding.message}"]
