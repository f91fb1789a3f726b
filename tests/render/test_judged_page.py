"""What the page and the machine formats say of judging: scores, guard rails, the running month, improvements."""

import json

import pytest

from kpispec.render.html import render_html
from kpispec.render.machine import flat_rows, to_json

SPECS = """
dataset: answers
time: answered_at
columns:
  answered_at: {type: timestamp}
  region: {type: string, dimension: true}
  score: {type: integer}
  wait: {type: number}
---
kpi: pleased
label: Pleased customers
level: tactical
perspective: customer
variant: top_two
drivers: [wait]
unit: percent
inputs: {x: answers.score}
formula: 100 * count_if(x >= 4) / count(x)
suppress_below: 3
thresholds: {good: ">= target", bad: "< 0.5 * target"}
targets:
  - {from: 2026-01-01, improve: {by: 10 %, of: 2025-12}, source: the board}
---
kpi: wait
label: Mean wait
unit: min
read_with: [pleased]
caveats: [Weekends count too.]
inputs: {x: answers.wait}
formula: avg(x)
thresholds: {good: "<= 10", bad: "> 30"}
---
scorecard: card
history: 4
compare: [previous_period]
segments: [region]
sections:
  - {label: Quality, level: strategic, perspective: customer, kpis: [{kpi: pleased, weight: 3}]}
  - {label: Speed, weight: 3, kpis: [wait]}
"""
# December: 4 of 5 pleased; February: 3 of 5, of whom the two in the south are few; March: one of two by the 10th
ROWS = "answered_at,region,score,wait\n" + "".join(
    f"{day} 08:00:00,{region},{score},{wait}\n"
    for day, region, score, wait in (
        *((f"2025-12-0{i}", "north", 5 if i < 5 else 1, 5) for i in range(1, 6)),
        ("2026-02-02", "north", 5, 20), ("2026-02-03", "north", 5, 20), ("2026-02-04", "north", 1, 20),
        ("2026-02-20", "south", 5, 20), ("2026-02-21", "south", 2, 20),
        ("2026-03-02", "north", 5, 12), ("2026-03-03", "north", 1, 16), ("2026-03-04", "north", 5, 16),
    )
)  # fmt: skip


@pytest.fixture
def report(workbench):
    project = workbench(SPECS, {"answers": ROWS})
    return project.run("card", as_of="2026-03-10", by=["region"]).report


def test_the_page_shows_scores_of_sections_and_of_the_scorecard(report):
    page = render_html(report, language="en")
    # pleased: 60 of a target of 88, between 44 and 88; wait: halfway
    assert report.kpi("pleased").headline.score == pytest.approx(10 * (60 - 44) / 44)
    assert 'Score <b><bdi dir="ltr">3.6 of 10</bdi></b> <span class="muted">from 1 of 1 indicator<' in page
    assert 'Score <strong><bdi dir="ltr">4.7 of 10</bdi></strong>' in page
    assert "strategic, customer" in page


def test_a_guard_rail_stands_beside_what_it_guards(report):
    page = render_html(report, language="en")
    assert 'Read with <a href="#kpi-pleased">Pleased customers</a>' in page
    assert "Weekends count too." in page


def test_the_running_month_is_held_against_the_same_part_of_the_last(report):
    page = render_html(report, language="en")
    assert "March 2026 is running: day 9 of 31." in page
    assert "Mar 2026 so far: 14 min 40 s (−5 min 20 s)".replace(" ", "\u00a0") in page.replace(" ", "\u00a0")
    assert "against the same part of February 2026." in page
    change = json.loads(to_json(report))["results"][-1]
    assert change["kpi"] == "wait"


def test_the_sheet_names_baseline_level_variant_and_drivers(report):
    page = render_html(report, language="en")
    for said in ("10 % better than December 2025 (80%)", "tactical", "top_two", "where n is below 3", "(&gt;= target)"):
        assert said in page


def test_what_is_withheld_says_so_and_nothing_else(report):
    segments = {r.segment[0][1]: r for r in report.kpi("pleased").segments if r.period == report.period}
    assert {name: (r.status.value, r.value, r.n) for name, r in segments.items()} == {
        "north": ("suppressed", None, None),
        "south": ("suppressed", None, None),
    }


def test_json_names_the_scorecard_the_kpis_and_the_target(report):
    document = json.loads(to_json(report))
    assert document["scorecard"]["id"] == "card"
    assert [s["score"] for s in document["scorecard"]["sections"]] == [pytest.approx(3.636, abs=1e-3), 5]
    assert document["scorecard"]["sections"][1]["weight"] == 3
    about = {k["kpi"]: k for k in document["kpis"]}
    assert (about["pleased"]["level"], about["pleased"]["variant"]) == ("tactical", "top_two")
    assert (about["pleased"]["drivers"], about["wait"]["read_with"]) == (["wait"], ["pleased"])
    row = next(r for r in document["results"] if r["kpi"] == "pleased" and r["period"]["start"] == "2026-02-01")
    assert row["target"] == {
        "value": 88, "from": "2026-01-01", "to": None, "source": "the board", "segment": {},
        "improve": {"by": "10 %", "of": "2025-12", "baseline": 80},
    }  # fmt: skip
    running = next(r for r in document["results"] if r["kpi"] == "wait" and r["period"]["start"] == "2026-03-01")
    assert running["compare"]["previous_period"]["elapsed"] == 9
    assert running["compare"]["previous_period"]["value"] == 20


def test_flat_rows_have_the_columns_of_a_target(report):
    row = next(r for r in flat_rows(report) if r["kpi"] == "pleased" and r["target.value"] == 88)
    assert (row["target.improve.by"], row["target.improve.of"], row["target.improve.baseline"]) == (
        "10 %",
        "2025-12",
        80,
    )
    assert "score" in row


def test_the_page_speaks_french(report):
    page = render_html(report, language="fr")
    for said in ("En cours\u00a0: mars 2026, jour 9 sur 31.", "d’après 1 sur 1 indicateur<", "stratégique, client"):
        assert said in page
