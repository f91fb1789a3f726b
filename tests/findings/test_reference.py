"""The reference holds what the code holds: its examples are sound, and nothing of the tables is left out."""

import json
import re
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from kpispec.cli.app import app
from kpispec.evaluate.report import Status
from kpispec.render import machine
from kpispec.rules import RULES
from kpispec.syntax.kinds import SCHEMA_KINDS, schema
from kpispec.words import RESERVED

from .cases import rules, validated, yaml_blocks

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES = sorted(page for page in FOLDER.glob("*.md") if yaml_blocks(page))


def page(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def words(text):
    """What stands between backticks outside of examples, split into words."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for quoted in re.findall(r"`([^`]+)`", text) for word in re.split(r"[^\w%<.-]+", quoted)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_examples_of_a_page_are_one_sound_project(path, tmp_path):
    blocks = yaml_blocks(path)
    specs = [block for block in blocks if not block.startswith("# file:")]
    projects = [block for block in blocks if block.startswith("# file:")]
    text = "---\n".join(specs) + "".join(projects)
    assert rules(text, tmp_path) == [], validated(text, tmp_path)


def test_the_tests_inside_the_examples_pass(tmp_path):
    specs = [block for block in yaml_blocks(FOLDER / "language.md") if not block.startswith("# file:")]
    (tmp_path / "specs.yml").write_text("---\n".join(specs), encoding="utf-8")
    ran = CliRunner().invoke(app, ["test", str(tmp_path / "specs.yml")])
    assert (ran.exit_code, ran.stdout) == (0, "4 passed, 0 failed\n")


def test_the_mutants_shown_are_those_that_survive(tmp_path, monkeypatch):
    shown = page("testing").split("\n\n```\n", 1)[1].split("```", 1)[0]
    (tmp_path / "specs").mkdir()
    (tmp_path / "kpispec.yml").write_text("project: care\n", encoding="utf-8")
    for name, block in zip(("replies", "roster"), yaml_blocks(FOLDER / "testing.md"), strict=True):
        (tmp_path / "specs" / f"{name}.yml").write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["test", "--mutate", "pleased"]).stdout == shown
    silenced = CliRunner().invoke(app, ["test", "--mutate", "agents"])
    assert (silenced.exit_code, "1 silenced, 0 survive" in silenced.stdout) == (0, True)


def test_the_worked_example_of_a_split_prints_what_is_shown(tmp_path, monkeypatch):
    section = page("statistics").split("## Why it changed")[1]
    specs, data, shown = re.findall(r"^```(?:yaml)?\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "good.yml").write_text(specs, encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(data, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command = re.search(r"`kpispec (run good_pct .*?)`", section)[1].split()
    ran = CliRunner().invoke(app, [*command, "--as-of", "2026-09-03"])
    assert ran.exit_code == 0
    assert ran.stdout.replace("\u00a0", " ").endswith("\n\n" + shown)


def keys_of(shape):
    for key, inner in shape.get("properties", {}).items():
        yield key
        if isinstance(inner, dict):
            yield from keys_of(inner)
    for word in ("items", "additionalProperties"):
        if isinstance(shape.get(word), dict):
            yield from keys_of(shape[word])


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_every_key_of_a_kind_is_in_the_reference(kind):
    told = words(page("language") + page("reading-data") + page("calendars"))
    assert set(keys_of(schema(kind))) - told == set()


def test_the_words_that_names_cannot_be_are_listed():
    line = page("language").split("one of these words of formulas:")[1].split("\n\n")[1]
    assert words(line) == RESERVED


def commands():
    return typer.main.get_command(app).commands


def test_every_command_has_a_section_and_every_section_a_command():
    assert set(re.findall(r"^## `kpispec (\w+)", page("command-line"), re.MULTILINE)) == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_section_names_the_options_of_its_command_and_no_others(name):
    section = re.search(rf"^## `kpispec {name}.*?(?=^## |\Z)", page("command-line"), re.MULTILINE | re.DOTALL).group()
    options = {option for param in commands()[name].params for option in param.opts if option.startswith("-")}
    assert set(re.findall(r"`(--?[a-z-]+)", section)) == options


def test_the_options_before_a_command_are_in_the_reference():
    section = page("command-line").split("## Before the command")[1].split("\n## ")[0]
    options = {option for param in typer.main.get_command(app).params for option in param.opts}
    assert set(re.findall(r"`(--?[a-z-]+)", section)) == options


def test_the_table_of_rules_is_the_table_of_rules():
    rows = re.findall(r"^\| \[([a-z-]+)\]\(\.\./rules/\1\.md\) \| (\w+) \| (.*) \|$", page("findings"), re.MULTILINE)
    assert rows == [(rule.slug, rule.severity, rule.title) for rule in RULES.values()]


MISSPELT = """\
kpi: csat_mean
inputs: {score: survey.score}
formula: avg(scor)
---
dataset: survey
columns: {score: {type: integer}}
"""


def test_the_example_of_a_finding_has_the_keys_of_one(tmp_path):
    shown = json.loads(re.search(r"```json\n(.*?)```", page("findings"), re.DOTALL)[1])
    said = json.loads(validated(MISSPELT, tmp_path, "--format", "json"))
    assert list(said) == list(shown)
    assert list(said["findings"][0]) == list(shown["findings"][0])
    assert list(said["findings"][0]["fix"]) == list(shown["findings"][0]["fix"])


def test_every_status_is_explained():
    section = page("time-and-periods").split("## Statuses")[1]
    told = words(section)
    assert {status.value for status in Status} - told == set()


DOC = """\
dataset: survey
time: answered_on
columns:
  answered_on: {type: date}
  score: {type: integer, range: [1, 5]}
---
kpi: csat_pct
unit: percent
inputs: {score: survey.score}
formula: 100 * count_if(score >= 4) / count(score)
thresholds: {good: ">= 80", bad: "< 50"}
targets: [{from: 2026-01-01, value: 82}]
benchmarks: [{label: Telecom, value: 77, source: Panel, year: 2025}]
"""


def test_the_example_of_results_has_the_keys_of_a_run(tmp_path):
    (tmp_path / "specs.yml").write_text(DOC, encoding="utf-8")
    (tmp_path / "answers.csv").write_text("answered_on,score\n2026-01-05,4\n2026-02-03,5\n2026-02-04,2\n2026-02-05,9\n")
    words = ["run", "csat_pct", "--specs", str(tmp_path), "--data", f"survey={tmp_path / 'answers.csv'}"]
    ran = CliRunner().invoke(app, [*words, "--as-of", "2026-03-01", "--format", "json"])
    assert ran.exit_code == 0, ran.output
    said = json.loads(ran.stdout)
    shown = json.loads(re.search(r"```json\n(.*?)```", page("results"), re.DOTALL)[1])
    assert list(said) == list(shown)
    row, example = said["results"][-1], shown["results"][0]
    assert list(row) == list(example)
    for key in ("period", "threshold", "target"):
        assert list(row[key]) == list(example[key])
    assert list(row["benchmarks"][0]) == list(example["benchmarks"][0])
    assert list(row["compare"]["previous_period"]) == list(example["compare"]["previous_period"])
    assert row["rejected"] == {"out_of_range": 1}
    assert set(example) <= words_of_table(page("results"))


def words_of_table(text):
    return {word for row in re.findall(r"^\| (.*?) \|", text, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)}


def test_results_are_of_the_version_that_the_reference_tells():
    assert machine.SCHEMA in page("results")
