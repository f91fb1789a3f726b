"""What no row of a common project reaches: nothing at all to count, nothing sound to show, tests that name nothing."""

import json

import pytest

from kpispec.engine.base import EngineError
from kpispec.engine.duckdb import DuckDB
from kpispec.project.asked import Asked, parse_instant
from kpispec.project.explain import explain_kpi
from kpispec.project.load import load_project
from kpispec.project.project import Project
from kpispec.project.stages import stage_json
from kpispec.project.trials import trials

SPECS = """
dataset: visits
time: at
joins: {who: {dataset: people, on: person}}
columns:
  at: {type: timestamp}
  done: {type: timestamp}
  person: {type: string}
  x: {type: number}
---
dataset: people
columns:
  person: {type: string}
  tier: {type: string, dimension: true}
---
kpi: recent
direction: higher_is_better
inputs:
  x:
    dataset: visits
    expr: avg(x)
    where: who.tier = 'gold'
    per: person
    when: done
    window: 2 periods
    whole: [tier]
formula: sum(x)
---
kpi: growth
direction: higher_is_better
inputs:
  now: {kpi: recent}
  before: {kpi: recent, offset: -1 year}
formula: now - before
"""
ROWS = {
    "visits": "at,done,person,x\n2026-03-02,2026-03-03,p1,2\n2026-03-04,2026-03-05,p2,4\n",
    "people": "person,tier\np1,gold\np2,tin\n",
}


def test_a_test_cuts_by_a_computed_column(workbench, tmp_path):
    specs = """
dataset: visits
time: at
columns:
  at: {type: timestamp}
  person: {type: string}
  first_at: {type: timestamp, expr: min(at) over (partition by person)}
  began: {type: date, dimension: true, expr: "cast(date_trunc('month', first_at) as date)"}
---
kpi: callers
direction: higher_is_better
inputs: {person: visits.person}
formula: count(person)
tests:
  - name: of the month in which they began
    by: began
    given:
      visits: [{person: p1, at: 2026-03-02}, {person: p1, at: 2026-04-02}, {person: p2, at: 2026-04-03}]
    expect:
      - {segment: {began: 2026-03-01}, value: 2}
      - {segment: {began: 2026-04-01}, value: 1}
"""
    project = workbench(specs)
    with DuckDB(tmp_path, threads=1) as engine:
        (found,) = trials(project.loaded.catalog, engine, "UTC")
    assert found.failures == ()


def test_a_period_that_no_row_reaches_is_answered(workbench):
    project = workbench(SPECS, ROWS)
    found = {r.kpi: r for r in project.run("recent", "growth", at="2025-01", as_of="2025-02-10").readings}
    assert {id: (r.value, r.status.value) for id, r in found.items()} == {
        "recent": (None, "no_data"),
        "growth": (None, "no_data"),
    }


def test_a_scorecard_of_kpis_with_mistakes_alone_has_its_page(workbench):
    card = "---\nscorecard: care\nsections: [{label: One, kpis: [odd]}]\n---\nkpi: odd\ninputs: {x: visits.nothing}\n"
    folder = workbench.write(SPECS + card + "formula: sum(x)\n", ROWS)
    project = Project(load_project(folder / "kpispec.yml"))
    result = project.run_asked(["care"], Asked(as_of=parse_instant("2026-04-01", "UTC")), page=True)
    assert [k.spec.id for k in result.report.kpis] == ["odd"]


def test_a_test_that_gives_rows_to_a_kpi_input_fails_and_does_not_stop_the_others(workbench):
    tests = "tests:\n  - {given: {now: [{x: 1}]}, expect: 1}\n  - {given: {now: 3, before: 1}, expect: 2}\n"
    folder = workbench.write(SPECS + tests, ROWS)
    engine = DuckDB(folder)
    try:
        found = list(trials(load_project(folder / "kpispec.yml").catalog, engine, "UTC"))
    finally:
        engine.close()
    assert [t.failures for t in found] == [
        ("it could not be run: `now` is neither a data set nor an input of rows",),
        (),
    ]


def test_an_encoding_that_needs_a_mark_says_so(workbench):
    folder = workbench.write(SPECS, ROWS)
    text = (folder / "kpispec.yml").read_text(encoding="utf-8")
    bound = text.replace("{from: visits.csv}", "{from: visits.csv, encoding: utf-16}")
    (folder / "kpispec.yml").write_text(bound, encoding="utf-8")
    project = Project(load_project(folder / "kpispec.yml"))
    with pytest.raises(EngineError, match="does not begin with a byte order mark"):
        project.compile("recent", asked=Asked(as_of=parse_instant("2026-04-01", "UTC")))
    (found,) = project.run("recent", period="all", as_of="2026-04-01").readings
    assert found.status.value == "error"


def test_explain_says_which_rows_stand_where(workbench):
    loaded = workbench(SPECS, ROWS).loaded
    told = [line.strip() for line in explain_kpi(loaded, "recent", "en").splitlines()]
    assert {
        "placed in a period by done",
        "rows of a longer time up to the period's end: 2 periods",
        "one value for each person",
        "not cut by tier",
        "who: the row of people with the same person",
    } <= set(told)
    assert "    of an earlier period: -1 year" in explain_kpi(loaded, "growth", "en")


def test_the_stages_hold_clocks_windows_units_and_joins(workbench):
    project = workbench(SPECS, ROWS)
    planned = project.compile("growth", asked=Asked(as_of=parse_instant("2026-04-01", "UTC"), period="month")).plan
    catalog = json.loads(stage_json("catalog", project.catalog, planned))
    inputs = {i["name"]: i for k in catalog["kpis"] for i in k["inputs"]}
    assert (inputs["x"]["when"], inputs["x"]["per"], inputs["x"]["window"]) == ("done", ["person"], "2 periods")
    assert (inputs["x"]["whole"], inputs["before"]["offset"]) == (["tier"], "-1 year")
    plan = json.loads(stage_json("plan", project.catalog, planned))
    members = [m for s in plan["scans"] for m in s["members"]]
    assert [(m["dataset"], m["per"], [j["join"] for j in m["joins"]]) for m in members] == [
        ("visits", ["person"], ["who"])
    ]
    assert [m["offsets"] for m in plan["measures"] if m["kpi"] == "growth"] == [{"before": "-1 year"}]


SPANS = """
dataset: spans
time: told
interval: {from: began, to: ended}
columns:
  told: {type: timestamp}
  began: {type: timestamp}
  ended: {type: timestamp}
  id: {type: string}
"""
SPAN_ROWS = {
    "spans": """
told,began,ended,id
2026-03-20,2026-01-10,2026-02-10,kept
2026-03-20,2026-02-12,,open
2026-01-02,2026-02-20,2026-02-01,ends before it begins
2026-01-02,,2026-02-05,never began
"""
}


@pytest.mark.parametrize("own_clock", [True, False])
@pytest.mark.parametrize("window", ["", ", window: 1 periods"])
def test_what_ends_before_it_begins_neither_enters_nor_leaves(workbench, own_clock, window):
    specs = SPANS if own_clock else SPANS.replace("time: told\n", "")
    for when in ("entered", "left", "at_start", "at_end"):
        own = window if when in ("entered", "left") else ""
        specs += f"---\nkpi: {when}_n\ndirection: higher_is_better\nunit: count\nformula: count(id)\n"
        specs += f"inputs:\n  id: {{dataset: spans, expr: id, when: {when}{own}}}\n"
    names = ("at_start_n", "entered_n", "left_n", "at_end_n")
    project = workbench(specs, SPAN_ROWS)
    found = {r.kpi: r.value for r in project.run(*names, at="2026-02", as_of="2026-04-01").readings}
    assert found == {"at_start_n": 1, "entered_n": 1, "left_n": 1, "at_end_n": 1}
