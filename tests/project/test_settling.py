"""Rows that are not decided yet: left out, counted, and the headline is the last period of which all are decided."""

from datetime import UTC, datetime

import pytest

import kpispec

SPECS = """\
dataset: contacts
time: at
columns:
  at: {type: timestamp}
  back: {type: boolean}
---
kpi: no_recontact
unit: percent
direction: higher_is_better
inputs:
  back: {dataset: contacts, expr: back, settles_after: 7 days}
formula: 100 * count_if(not back) / count(back)
---
scorecard: care
history: 3
sections: [{label: Care, kpis: [no_recontact]}]
"""
ROWS = "at,back\n2026-01-10,false\n2026-02-10,true\n2026-02-12,false\n2026-02-27,false\n"


def headline(folder, as_of):
    (folder / "specs.yml").write_text(SPECS, encoding="utf-8")
    (folder / "contacts.csv").write_text(ROWS, encoding="utf-8")
    (folder / "kpispec.yml").write_text("project: t\nspecs: [specs.yml]\ndata: {contacts: contacts.csv}\n")
    project = kpispec.load(str(folder))
    (kpi,) = project.run("care", as_of=datetime(2026, 3, as_of, tzinfo=UTC)).report.kpis
    return kpi


def test_a_period_is_decided_when_its_last_row_is(tmp_path):
    kpi = headline(tmp_path, 8)
    assert (kpi.headline.period.start.month, kpi.headline.n) == (2, 3)
    assert kpi.headline.value == pytest.approx(200 / 3)
    assert dict(kpi.headline.rejected) == {}


def test_until_then_the_one_before_is_the_headline(tmp_path):
    kpi = headline(tmp_path, 5)
    assert (kpi.headline.period.start.month, kpi.headline.value) == (1, 100)
    february = next(r for r in kpi.history if r.period.start.month == 2)
    assert (february.value, february.n, dict(february.rejected)) == (50, 2, {"unsettled": 1})
    assert february.status == "partial"


def test_rows_without_a_clock_are_counted_whatever_settles(workbench):
    """Under `--period all` too, where they are never known to be decided."""
    project = workbench(SPECS, {"contacts": ROWS + ",true\n"})
    found = project.run("no_recontact", as_of="2026-03-05", period="month").readings
    assert [dict(r.rejected) for r in found] == [{"undated": 1}, {"undated": 1, "unsettled": 1}]
    (whole,) = project.run("no_recontact", as_of="2026-03-05", period="all").readings
    assert (whole.n, dict(whole.rejected)) == (3, {"unsettled": 2})


def test_rows_of_units_without_a_clock_are_counted_whatever_settles(workbench):
    per = "{dataset: contacts, expr: bool_or(back), per: who, settles_after: 7 days}"
    specs = SPECS.replace("  back: {type: boolean}", "  back: {type: boolean}\n  who: {type: string}", 1)
    specs = specs.replace("{dataset: contacts, expr: back, settles_after: 7 days}", per)
    rows = "at,back,who\n2026-02-10,true,p\n2026-02-12,false,q\n2026-02-27,false,r\n,true,p\n"
    project = workbench(specs, {"contacts": rows})
    (found,) = project.run("no_recontact", as_of="2026-03-05", at="2026-02").readings
    assert (found.n, dict(found.rejected)) == (2, {"undated": 1, "unsettled": 1})
    (whole,) = project.run("no_recontact", as_of="2026-03-05", period="all").readings
    assert (whole.n, dict(whole.rejected)) == (2, {"unsettled": 2})
