"""Rows of a data set of intervals that are none: without a beginning, or ending before it. They are counted."""

import json

import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

SPECS = """
dataset: spells
interval: {from: begun, to: ended}
columns:
  customer: {type: string}
  kind: {type: string, dimension: true, values: [a, b]}
  begun: {type: date}
  ended: {type: date}
---
"""
ROWS = """
customer,kind,begun,ended
c1,a,2026-01-10,
c2,a,2026-02-10,2026-01-15
c3,b,,2026-01-20
c4,b,,
,b,2026-01-12,2026-01-11
c5,a,2026-01-12,2026-05-01
"""
WORDS = ("at_start", "entered", "left", "at_end", "in_force")


def project_of(workbench, inputs, formula="count(x)", specs=SPECS):
    return workbench(
        f"{specs}kpi: found\ndirection: higher_is_better\ninputs: {inputs}\nformula: {formula}\n", {"spells": ROWS}
    )


def rejected(project, month="2026-01", **options):
    readings = project.run("found", at=month, as_of="2026-06-01", **options).readings
    return {tuple(v for _, v in r.segment): dict(r.rejected) for r in readings}


@pytest.mark.parametrize("word", WORDS)
def test_rows_that_are_no_interval_are_counted_with_the_whole_of_each_period(workbench, word):
    project = project_of(workbench, f"{{x: {{dataset: spells, expr: begun, when: {word}}}}}")
    assert rejected(project, by=["kind"]) == {(): {"no_interval": 4}, ("a",): {}, ("b",): {}}
    readings = project.run("found", period="all", as_of="2026-06-01").readings
    assert [dict(r.rejected) for r in readings] == [{"no_interval": 4}]


def test_only_those_that_the_filter_keeps_are_counted(workbench):
    project = project_of(workbench, "{x: {dataset: spells, expr: begun, when: entered, where: kind = 'a'}}")
    assert rejected(project) == {(): {"no_interval": 1}}


def test_a_row_is_counted_once_whatever_looks_at_it(workbench):
    one = "{dataset: spells, expr: customer, when: at_start}"
    two = "{dataset: spells, expr: customer, when: left, where: kind = 'b'}"
    three = "{dataset: spells, expr: count(*), when: entered, per: customer}"
    project = project_of(workbench, f"{{x: {one}, y: {two}, z: {three}}}", "count(x) + count(y) + count(z)")
    assert rejected(project) == {(): {"no_interval": 4}}


def test_intervals_of_units_are_counted_too(workbench):
    project = project_of(workbench, "{x: {dataset: spells, expr: count(*), when: in_force, per: customer}}")
    assert rejected(project) == {(): {"no_interval": 4}}


def test_a_filter_by_the_period_keeps_none_of_them(workbench):
    project = project_of(
        workbench, "{x: {dataset: spells, expr: begun, when: entered, where: begun >= cast(period_start() as date)}}"
    )
    assert rejected(project) == {(): {}}


def test_an_end_to_come_is_not_known_yet(workbench):
    project = project_of(workbench, "{x: {dataset: spells, expr: begun, when: entered}}")
    (found,) = project.run("found", at="2026-01", as_of="2026-01-11").readings
    assert dict(found.rejected) == {"no_interval": 2}


def test_the_page_and_the_json_tell_of_them(workbench, monkeypatch):
    project_of(workbench, "{x: {dataset: spells, expr: begun, when: entered}}")
    monkeypatch.chdir(workbench.folder)
    asked = ["--at", "2026-01", "--as-of", "2026-06-01"]
    found = CliRunner().invoke(app, ["run", "found", *asked, "--format", "json"])
    assert json.loads(found.stdout)["results"][0]["rejected"] == {"no_interval": 4}
    (workbench.folder / "specs" / "card.yml").write_text(
        "scorecard: card\nperiod: month\nsections:\n  - label: one\n    kpis: [found]\n"
    )
    for options, words in (([], "without a beginning"), (["--language", "fr"], "sans début")):
        page = CliRunner().invoke(app, ["render", "card", *asked, "-o", "page.html", *options])
        assert page.exit_code == 0, page.stderr
        assert words in (workbench.folder / "page.html").read_text()


@pytest.mark.parametrize("more", ["", ", per: customer"])
def test_what_is_no_interval_is_of_no_age(workbench, more):
    expr = "count(*)" if more else "begun"
    project = project_of(
        workbench, f"{{x: {{dataset: spells, expr: {expr}, when: entered, settles_after: 150 days{more}}}}}"
    )
    assert rejected(project) == {(): {"no_interval": 4, "unsettled": 2}}


def test_computed_ends_that_come_too_early_are_no_interval_either(workbench):
    """An end to come is not known: of the row that ends on 2 May, a day later than bound, only from then on."""
    specs = SPECS.replace("to: ended", "to: past").replace(
        "  ended: {type: date}", "  ended: {type: date}\n  past: {expr: ended + interval 1 day}"
    )
    inputs = "{x: {dataset: spells, expr: begun, when: in_force, where: past is null}}"
    project = project_of(workbench, inputs, specs=specs)
    assert rejected(project) == {(): {"no_interval": 1}}
    (found,) = project.run("found", at="2026-01", as_of="2026-05-02").readings
    assert (found.value, dict(found.rejected)) == (2, {"no_interval": 1})
