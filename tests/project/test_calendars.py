"""Calendars of a project from end to end: working time, holidays, fiscal years, periods of one's own."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from kpispec.catalog.calendars import closed_days
from kpispec.cli.app import app
from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope
from kpispec.periods import key_of, parse_period, period_of, written, year_before
from kpispec.project.project import load
from kpispec.render.format import format_period
from kpispec.source import Text

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "calendars.md"
RETAIL = """\
calendar: shops
week_start: sunday
fiscal_years: {pattern: 4-5-4, first: 2024, starts: [2024-02-04, 2025-02-02]}
periods:
  season:
    - {name: {en: Spring 2024, fr: Printemps 2024}, from: 2024-02-04}
    - {name: {en: Autumn 2024, fr: Automne 2024}, from: 2024-08-04}
    - {name: {en: Spring 2025, fr: Printemps 2025}, from: 2025-02-02, to: 2025-08-02}
---
dataset: sales
time: sold_on
columns:
  sold_on: {type: date}
  amount: {type: number}
---
kpi: turnover
unit: EUR
direction: higher_is_better
inputs: {amount: sales.amount}
formula: sum(amount)
---
scorecard: shop
period: season
sections: [{label: Sales, kpis: [turnover]}]
"""
SALES = """\
sold_on,amount
2024-02-03,1
2024-02-04,2
2024-08-03,4
2024-08-04,8
2025-02-01,16
2025-02-02,32
2025-08-03,64
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "kpispec.yml").write_text("project: shop\nspecs: [s.yml]\ndata: {sales: sales.csv}\n", encoding="utf-8")
    (tmp_path / "s.yml").write_text(RETAIL, encoding="utf-8")
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    return tmp_path


def rows(folder, *words, kpi="turnover"):
    ran = CliRunner().invoke(app, ["run", kpi, "--project", str(folder), *words, "--format", "json"])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)["results"]


def grains(folder):
    return load(folder).catalog.calendars.grains


def test_the_tests_in_the_reference_pass(tmp_path):
    block = re.search(r"```yaml\n# file: kpispec.yml\n(.*?)# file: specs.yml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (tmp_path / "kpispec.yml").write_text(block[1], encoding="utf-8")
    (tmp_path / "specs.yml").write_text(block[2], encoding="utf-8")
    ran = CliRunner().invoke(app, ["test", "--project", str(tmp_path)])
    assert (ran.exit_code, ran.stdout) == (0, "3 passed, 0 failed\n")


@pytest.mark.parametrize(
    ("grain", "values"),
    [
        ("season", {"2024-02-04": 6.0, "2024-08-04": 24.0, "2025-02-02": 32.0}),
        ("fiscal_year", {"2024-02-04": 30.0, "2025-02-02": 96.0}),
        ("fiscal_quarter", {"2024-02-04": 2.0, "2024-05-05": 4.0, "2024-08-04": 8.0, "2024-11-03": 16.0}),
    ],
)
def test_values_by_the_periods_of_a_calendar(shop, grain, values):
    found = {r["period"]["start"]: r["value"] for r in rows(shop, "--period", grain) if r["value"]}
    assert {start: found[start] for start in values} == values


def test_a_row_that_no_period_holds_is_counted(shop):
    """3 February 2024 and 3 August 2025 are in no season; of the fiscal years only the first is in none."""
    assert {r["rejected"].get("in_no_period") for r in rows(shop, "--period", "season")} == {2}
    assert {r["rejected"].get("in_no_period") for r in rows(shop, "--period", "fiscal_year")} == {1}


def test_one_period_is_asked_for_by_what_it_is_called(shop):
    for word in ("Autumn 2024", "automne 2024", "FY2024-Q2", "FY2024-P12"):
        (row,) = rows(shop, "--at", word)
        assert row["value"] == {"FY2024-Q2": 4.0, "FY2024-P12": 16.0}.get(word, 24.0)


def test_the_same_number_a_year_earlier(shop):
    (row,) = rows(shop, "--at", "Spring 2025")
    assert {name: change["value"] for name, change in row["compare"].items()} == {
        "previous_period": 24.0,
        "same_period_last_year": 6.0,
    }
    own = grains(shop)
    assert year_before("fiscal_period", 2025 * 12 + 6, own) == 2024 * 12 + 6
    assert year_before("fiscal_period", 2024 * 12, own) is None
    assert year_before("season", 2, own) is None


def test_a_year_of_53_weeks_gives_its_last_period_one_more(tmp_path):
    text = (
        "calendar: shops\nfiscal_years: {pattern: 4-4-5, first: 2025, starts: [2024-12-30, 2025-12-29, 2027-01-04]}\n"
    )
    (tmp_path / "s.yml").write_text(text, encoding="utf-8")
    own = grains(tmp_path)
    lengths = [
        (p.end - p.start).days // 7 for p in (period_of("fiscal_period", 2026 * 12 + n, grains=own) for n in range(12))
    ]
    assert lengths == [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]
    assert own.spelled("fiscal_year").end == date(2028, 1, 3)


def test_what_is_written_reads_back(shop):
    own = grains(shop)
    for grain in own.names[:-1]:
        period = period_of(grain, key_of(date(2024, 9, 10), grain, own), grains=own)
        again = parse_period(written(period), own)
        assert (again.grain, again.key) == (grain, period.key)


def test_periods_in_two_languages(shop):
    own = grains(shop)
    season = period_of("season", 2, grains=own)
    assert [format_period(season, tag) for tag in ("en", "fr", "de")] == ["Autumn 2024", "Automne 2024", "Autumn 2024"]
    quarter = period_of("fiscal_quarter", 2024 * 4 + 2, grains=own)
    assert [format_period(quarter, tag) for tag in ("en", "fr")] == ["Q3 FY2024", "T3 ex.\u00a02024"]
    week = period_of("calendar_week", 2849, grains=own)
    assert week.start.isoweekday() == 7
    assert format_period(week, "en") == "week of 18 Aug 2024"


def test_a_scorecard_by_periods_of_its_calendar(shop):
    ran = CliRunner().invoke(
        app, ["render", "shop", "--project", str(shop), "--language", "fr", "--output", str(shop / "p.html")]
    )
    assert ran.exit_code == 0, ran.output
    assert "Printemps 2025" in (shop / "p.html").read_text(encoding="utf-8")


def test_a_time_without_a_period_of_the_calendar_is_a_wrong_call(shop):
    ran = CliRunner().invoke(
        app, ["run", "turnover", "--project", str(shop), "--period", "season", "--from", "2026-01-01"]
    )
    assert ran.exit_code == 2
    assert "it names those from 2024-02-04 to 2025-08-02" in ran.output


OFFICE = """\
calendar: office
timezone: America/New_York
hours: {weekdays: 09:00-17:00, friday: 22:00-02:00, sunday: closed}
holidays: {country: US, dates: [12-24], not: [07-04]}
---
dataset: tickets
columns:
  opened_at: {type: timestamp}
  next_at: {type: timestamp, expr: lead(opened_at) over (order by opened_at)}
  gap: {type: number, expr: "business_seconds(opened_at, next_at) / 1 h"}
---
kpi: hours_between
direction: lower_is_better
inputs: {gap: tickets.gap}
formula: sum(gap)
"""


def test_compiled_text_runs_and_computed_columns_may_ask_for_working_time(tmp_path):
    """Thursday noon to Friday midnight in New York: five hours of Thursday, two of Friday's night; read in Paris."""
    (tmp_path / "s.yml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "kpispec.yml").write_text(
        "project: p\nspecs: [s.yml]\ntimezone: Europe/Paris\ndata: {tickets: t.csv}\n", encoding="utf-8"
    )
    (tmp_path / "t.csv").write_text("opened_at\n2026-03-05 18:00\n2026-03-07 06:00\n", encoding="utf-8")
    (row,) = rows(tmp_path, "--period", "all", kpi="hours_between")
    assert row["value"] == 7.0
    ran = CliRunner().invoke(app, ["compile", "hours_between", "--project", str(tmp_path)])
    sql = ran.stdout.replace("t.csv", str(tmp_path / "t.csv"), 0)
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{tmp_path}'")
        assert 7.0 in connection.execute(sql).fetchone()


def test_holidays_of_a_country_less_those_worked_and_with_our_own(tmp_path):
    (tmp_path / "s.yml").write_text(OFFICE, encoding="utf-8")
    (spec,) = load(tmp_path).catalog.calendars.all
    closed = closed_days(spec, 2026, 2027)
    assert {date(2026, 12, 24), date(2027, 12, 24), date(2026, 12, 25), date(2026, 11, 26)} <= closed
    assert date(2026, 7, 4) not in closed
    assert spec.hours[5] == ((0, 2 * 3600),)


def test_extends_merges_hours_weekday_by_weekday(tmp_path):
    text = f"{OFFICE}---\ncalendar: shop\nextends: office\nholidays: null\n"
    text += "hours: {friday: null, saturday: 10:00-12:00}\n"
    (tmp_path / "s.yml").write_text(text, encoding="utf-8")
    spec = load(tmp_path).catalog.calendars.get("shop")
    assert spec.hours == (((9 * 3600, 17 * 3600),),) * 5 + (((10 * 3600, 12 * 3600),), ())
    assert closed_days(spec, 2026, 2026) == frozenset()


def test_a_binding_cannot_ask_for_working_time():
    findings = Findings()
    expr = parse(Text.of("business_seconds(a, b)"), "data", findings)
    assert check(expr, Scope({}, "binding", "column", open=True), "data", findings) is None
    assert [f.rule for f in findings] == ["unknown-function"]


def test_the_holidays_of_countries_are_loaded_for_a_calendar_that_names_one(tmp_path):
    def loaded(text):
        (tmp_path / "s.yml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-X", "importtime", "-m", "kpispec", "validate", str(tmp_path / "s.yml")]
        return "| holidays" in subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert not loaded("calendar: office\nhours: 09:00-17:00\nholidays: [12-25]\n")
    assert loaded("calendar: office\nhours: 09:00-17:00\nholidays: {country: FR}\n")


def test_where_may_ask_for_working_time(tmp_path):
    (tmp_path / "s.yml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "t.csv").write_text("opened_at\n2026-03-05 18:00\n2026-03-07 06:00\n", encoding="utf-8")
    words = [
        "run",
        "hours_between",
        "--specs",
        str(tmp_path),
        "--data",
        f"tickets={tmp_path / 't.csv'}",
        "--period",
        "all",
    ]
    ran = CliRunner().invoke(app, [*words, "--where", "business_seconds(opened_at, as_of(), 'none') > 1 h"])
    assert ran.exit_code == 2
    assert "no document defines calendar `none`" in ran.output
    assert CliRunner().invoke(app, [*words, "--where", "business_seconds(opened_at, as_of()) > 1 h"]).exit_code == 0
