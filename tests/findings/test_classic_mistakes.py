"""The fourteen classic mistakes, through the command line: each is one finding, at the characters that are wrong."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

SOUND = """\
dataset: survey
columns:
  score: {type: integer, range: [1, 5]}
  channel: {type: string, dimension: true}
---
kpi: csat_mean
unit: score 1..5
inputs:
  score: survey.score
formula: avg(score)
---
kpi: csat_pct
unit: percent
inputs:
  score: {dataset: survey, expr: score, where: channel = 'phone'}
formula: 100 * count_if(score >= 4) / count(score)
thresholds:
  good: ">= 80"
  bad: "< 60"
---
kpi: csat_gap
inputs:
  pct: {kpi: csat_pct}
formula: pct - 80
"""


@dataclass(frozen=True)
class Mistake:
    """`right` is written as `wrong`; `at` are the characters that the finding stands under."""

    name: str
    right: str
    wrong: str
    rule: str
    line: int
    column: int
    at: str


MISTAKES = (
    Mistake("typo in a key", "formula: avg(score)", "fromula: avg(score)", "unknown-key", 10, 1, "fromula"),
    Mistake("typo in a nested key", "dimension: true", "dimensions: true", "unknown-key", 4, 27, "dimensions"),
    Mistake("typo in the top-level key", "kpi: csat_mean", "kpy: csat_mean", "unknown-kind", 6, 1, "kpy"),
    Mistake("unknown column", "survey.score", "survey.socre", "unknown-column", 9, 17, "socre"),
    Mistake("unknown KPI", "{kpi: csat_pct}", "{kpi: csat_pc}", "unknown-kpi", 23, 14, "csat_pc"),
    Mistake(
        "cycle",
        "score: {dataset: survey, expr: score, where: channel = 'phone'}",
        "score: {kpi: csat_gap}",
        "cycle", 15, 16, "csat_gap",
    ),
    Mistake("bad indentation", '  bad: "< 60"', ' bad: "< 60"', "bad-indentation", 19, 1, " "),
    Mistake("wrong type", "unit: percent", "unit: percent\nmin_n: thirty", "wrong-type", 14, 8, "thirty"),
    Mistake("wrong enum", "type: integer", "type: int", "wrong-enum", 3, 17, "int"),
    Mistake("duplicate name", "kpi: csat_gap", "kpi: csat_pct", "duplicate-id", 21, 6, "csat_pct"),
    Mistake("duplicate key", "unit: score 1..5", "unit: score 1..5\nunit: number", "duplicate-key", 8, 1, "unit"),
    Mistake("SQL: open parenthesis", "score >= 4)", "score >= 4", "formula-syntax", 16, 24, "("),
    Mistake("SQL: operator without a side", "pct - 80", "pct - * 80", "formula-syntax", 24, 16, "*"),
    Mistake("unknown function", "avg(score)", "mean(score)", "unknown-function", 10, 10, "mean"),
)  # fmt: skip


def found(text, folder):
    (folder / "specs.yml").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "kpispec", "validate", "specs.yml", "--format", "json"]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, json.loads(ran.stdout)["findings"]


def test_the_specs_without_a_mistake_have_no_finding(tmp_path):
    assert found(SOUND, tmp_path) == (0, [])


def test_there_are_fourteen():
    assert len(MISTAKES) == 14


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_classic_mistake_is_one_finding_at_its_place(mistake, tmp_path):
    text = SOUND.replace(mistake.right, mistake.wrong, 1)
    assert text != SOUND
    code, (finding,) = found(text, tmp_path)
    assert code == 1
    assert finding["rule"] == mistake.rule
    assert (finding["path"], finding["line"], finding["column"]) == ("specs.yml", mistake.line, mistake.column)
    assert finding["help"]
    line = text.splitlines()[mistake.line - 1]
    assert line[mistake.column - 1 : finding["end_column"] - 1] == mistake.at
