"""One mistake is one finding, whatever hangs on it; and what a mistake touches is not computed."""

import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

from .cases import rules, validated

SURVEY = """\
dataset: survey
columns: {score: {type: integer}, channel: {type: string}}
---
"""

CHAINS = {
    "a misspelt `columns` hides every column": (
        """\
dataset: survey
colums: {score: {type: integer}}
---
kpi: csat
inputs: {score: survey.score}
formula: avg(score)
---
kpi: half
inputs: {csat: {kpi: csat}}
formula: csat / 2
""",
        ["unknown-key"],
    ),
    "a function that cannot be read is called by functions and KPIs": (
        SURVEY
        + """\
function: good
args: [x]
formula: count_if(x >= 4
---
function: good_share
args: [x]
formula: 100 * good(x) / count(x)
---
kpi: csat
inputs: {score: survey.score}
formula: good_share(score) + good(score)
""",
        ["formula-syntax"],
    ),
    "an empty text is no expression": (
        SURVEY
        + """\
kpi: empty_formula
inputs: {score: survey.score}
formula: ''
---
kpi: empty_filters
inputs: {score: {dataset: survey, expr: "", where: ''}}
formula: avg(score)
where: ["", channel = 'phone']
---
kpi: blank
inputs: {score: survey.score}
formula: ' '
""",
        ["bad-value", "bad-value", "bad-value", "bad-value", "formula-syntax"],
    ),
    "what a child takes over is wrong where it is written": (
        SURVEY
        + """\
kpi: csat
unit: percent
inputs: {score: survey.score}
formula: 100 * count_if(scor >= 4) / count(score)
thresholds: {good: at least 80}
---
kpi: csat_phone
extends: csat
where: channel = 'phone'
""",
        ["unknown-input", "band-syntax"],
    ),
    "a filter of the KPI is for each of its inputs": (
        SURVEY
        + """\
kpi: gap
where: chanel = 'phone'
inputs: {first: survey.score, second: survey.score}
formula: avg(first) - avg(second)
""",
        ["unknown-column"],
    ),
    "without its unit a bound cannot be judged": (
        SURVEY
        + """\
kpi: csat
unti: percent
inputs: {score: survey.score}
formula: 100 * count_if(score >= 4) / count(score)
thresholds: {good: ">= 80 %"}
""",
        ["unknown-key"],
    ),
    "a benchmark document without its entries": (
        SURVEY
        + """\
benchmark: panel
source: Panel
year: 2025
entires: {telecom: {value: 3.8}}
---
kpi: csat
inputs: {score: survey.score}
formula: avg(score)
benchmarks: [{set: panel, entry: telecom}]
""",
        ["unknown-key"],
    ),
    "a data set that cannot be read, and a page cut by its dimension": (
        """\
dataset: survey
columns:
  channel: {type: string, dimension: true
---
kpi: answers
inputs: {channel: survey.channel}
formula: count(channel)
---
scorecard: care
segments: [channel]
sections: [{label: Care, kpis: [answers]}]
""",
        ["yaml-syntax"],
    ),
    "inputs that could not be bound stand anywhere": (
        SURVEY
        + """\
kpi: csat
inputs: {score: survey.scor, effort: {dataset: surve, expr: effort}}
formula: score + avg(effort) + count_if(score > effort) + count(*)
""",
        ["unknown-column", "unknown-dataset"],
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_root_cause_is_said_once(name, tmp_path):
    text, expected = CHAINS[name]
    assert rules(text, tmp_path) == expected


MISTAKES = {
    "in the KPI": "kpi: csat\ninputs: {score: survey.score}\nmin_n: thirty\nformula: avg(score)\n",
    "in YAML": "kpi: csat\ninputs: {score: survey.score}\nformula: avg(score)\nformula: median(score)\n",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_kpi_with_a_mistake_is_not_computed_and_the_others_are(name, tmp_path):
    other = "---\nkpi: answers\ninputs: {score: survey.score}\nformula: count(score)\n"
    (tmp_path / "specs.yml").write_text(SURVEY + MISTAKES[name] + other, encoding="utf-8")
    (tmp_path / "answers.csv").write_text("score,channel\n4,phone\n5,chat\n", encoding="utf-8")
    words = ["run", "--all", "--specs", str(tmp_path / "specs.yml"), "--data", f"survey={tmp_path / 'answers.csv'}"]
    ran = CliRunner().invoke(app, [*words, "--period", "all", "--format", "csv"])
    assert ran.exit_code == 1
    header, *lines = (line.split(",") for line in ran.stdout.splitlines())
    values = {line[0]: line[header.index("value")] for line in lines}
    assert values == {"csat": "", "answers": "2.0"}


def project(folder):
    specs = folder / "specs"
    specs.mkdir()
    (folder / "kpispec.yml").write_text("project: care\n", encoding="utf-8")
    (specs / "survey.yml").write_text(SURVEY.removesuffix("---\n"), encoding="utf-8")
    for name, word in (("csat", "scor"), ("other", "scroe")):
        text = f"kpi: {name}\ninputs: {{score: survey.score}}\nformula: avg({word})  # the mean\n"
        (specs / f"{name}.yml").write_text(text, encoding="utf-8")
    return specs


def test_a_path_inside_a_project_shows_the_findings_of_its_files_only(tmp_path):
    specs = project(tmp_path)
    ran = CliRunner().invoke(app, ["validate", str(specs / "csat.yml")])
    assert ran.exit_code == 1
    assert "`scor`" in ran.stdout
    assert "`scroe`" not in ran.stdout


def test_safe_fixes_change_the_named_files_only_and_leave_comments(tmp_path):
    specs = project(tmp_path)
    ran = CliRunner().invoke(app, ["validate", str(specs / "csat.yml"), "--fix"])
    assert ran.exit_code == 0
    assert (specs / "csat.yml").read_text(encoding="utf-8").endswith("formula: avg(score)  # the mean\n")
    assert "scroe" in (specs / "other.yml").read_text(encoding="utf-8")


def test_what_is_past_its_date_can_be_silenced_in_place(tmp_path):
    text = (
        SURVEY + "kpi: csat\nlifecycle: {review_by: 2020-01-01}\ninputs: {score: survey.score}\nformula: avg(score)\n"
    )
    assert rules(text, tmp_path) == ["expired"]
    silenced = text.replace("2020-01-01}", "2020-01-01}  # kpispec: ignore[expired] frozen")
    assert validated(silenced, tmp_path) == "2 documents, no findings\n"
