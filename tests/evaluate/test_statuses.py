"""Each status, the sentence's code behind it, and what stands beside a value."""

from datetime import date, datetime

import pytest

from kpispec.evaluate.report import Status

DATASET = """
dataset: answers
time: answered_at
freshness: {max_age: 10 days}
columns:
  answered_at: {type: timestamp}
  region: {type: string, dimension: true}
  score: {type: integer, range: [0, 10]}
  cost: {type: number}
---
"""
ROWS = """
answered_at,region,score,cost
2026-01-10 08:00:00,north,9,10
2026-01-20 08:00:00,south,3,0
2026-03-05 08:00:00,north,10,4
2026-03-25 08:00:00,north,8,6
2026-03-31 23:59:59,,,2
2026-04-02 08:00:00,south,7,1
"""
BANDS = 'thresholds: {good: ">= 8", bad: "< 5"}\n'
MEAN = "inputs: {x: answers.score}\nformula: avg(x)\n"


def kpi(body, id="mean"):
    return f"kpi: {id}\n{body}direction: higher_is_better\n"


def at(workbench, body, period="2026-03", as_of="2026-04-05", rows=ROWS, dataset=DATASET, **options):
    project = workbench(dataset + kpi(body), {"answers": rows})
    found = [r for r in project.run("mean", at=period, as_of=as_of, **options).readings if not r.segment]
    assert len(found) == 1
    return found[0]


CASES = {
    "good": (MEAN + BANDS, "2026-03", "2026-04-05", "good", None),
    "watch": (MEAN + BANDS, "2026-01", "2026-04-05", "watch", None),
    "bad": (MEAN + 'thresholds: {good: ">= 9.5", bad: "< 9.1"}\n', "2026-03", "2026-04-05", "bad", None),
    "on the bound of a band": (
        MEAN + 'thresholds: {good: ">= 9", bad: "< 5"}\n',
        "2026-03",
        "2026-04-05",
        "good",
        None,
    ),
    "nothing happened": (MEAN + BANDS, "2026-02", "2026-04-05", "no_data", "no-rows"),
    "before the data": (MEAN + BANDS, "2025-12", "2026-04-05", "no_data", "before-data"),
    "not loaded yet": (MEAN + BANDS, "2026-05", "2026-07-01", "no_data", "not-loaded"),
    "denominator zero": (
        "inputs: {x: answers.cost}\nformula: sum(x) / count_if(x > 100)\n" + BANDS,
        "2026-03",
        "2026-04-05",
        "undefined",
        "denominator-zero",
    ),
    "no number": (
        "inputs: {x: answers.cost}\nformula: sqrt(0 - sum(x))\n" + BANDS,
        "2026-03",
        "2026-04-05",
        "undefined",
        "not-finite",
    ),
    "too few": (MEAN + BANDS + "min_n: 3\n", "2026-03", "2026-04-05", "too_few", "too-few"),
    "enough": (MEAN + BANDS + "min_n: 2\n", "2026-03", "2026-04-05", "good", None),
    "running": (MEAN + BANDS, "2026-04", "2026-04-05", "partial", "running"),
    "stale": (MEAN + BANDS, "2026-04", "2026-05-01", "stale", "stale"),
    "without bands": (MEAN, "2026-03", "2026-04-05", "not_judged", "no-bands"),
    "meant for another period": (
        MEAN + BANDS + "period: year\n",
        "2026-03",
        "2026-04-05",
        "not_judged",
        "other-period",
    ),
    "meant for this period": (MEAN + BANDS + "period: month\n", "2026-03", "2026-04-05", "good", None),
}


@pytest.mark.parametrize("name", CASES)
def test_the_status_and_its_reason(workbench, name):
    body, period, as_of, status, code = CASES[name]
    found = at(workbench, body, period, as_of)
    assert (found.status.value, found.reason.code if found.reason else None) == (status, code)
    assert (found.value is None) == (status in ("no_data", "undefined"))


def test_all_that_apply_are_listed_in_their_order(workbench):
    found = at(workbench, MEAN + "min_n: 3\n", "2026-04", "2026-04-20")
    statuses = [r.status for r in found.reasons]
    assert statuses == [Status.TOO_FEW, Status.STALE, Status.PARTIAL, Status.NOT_JUDGED]
    assert found.status is Status.TOO_FEW
    assert found.value == 7


def test_a_past_period_is_not_stale(workbench):
    """Its age is counted to its own end: what came later is younger."""
    assert at(workbench, MEAN + BANDS, "2026-03", "2027-01-01").status is Status.GOOD


# waivers ------------------------------------------------------------------------------------------------------------

WAIVED = MEAN + 'thresholds: {good: ">= 9.5", bad: "< 9.1"}\naccept: {until: 2026-04-30, reason: a known outage}\n'


def test_a_bad_status_is_waived_until_its_day(workbench):
    found = at(workbench, WAIVED, "2026-03", "2026-04-30T23:00:00")
    assert found.status is Status.WAIVED
    assert found.reason.get("until") == date(2026, 4, 30)
    assert found.reason.get("reason") == "a known outage"


def test_a_waiver_past_its_day_waives_nothing(workbench):
    assert at(workbench, WAIVED, "2026-03", "2026-05-01").status is Status.BAD


def test_a_waiver_does_not_touch_what_is_not_bad(workbench):
    found = at(workbench, MEAN + BANDS + "accept: {until: 2026-12-31, reason: any}\n")
    assert (found.status, found.reasons) == (Status.GOOD, ())


# certainty ----------------------------------------------------------------------------------------------------------

MANY = "answered_at,region,score,cost\n" + "".join(
    f"2026-03-{1 + i % 28:02} 08:00:00,north,{9 if i % 2 else 2},1\n" for i in range(40)
)
SHARE = "inputs: {x: answers.score}\nformula: 100 * count_if(x >= 9) / count(x)\nunit: percent\n"


@pytest.mark.parametrize(
    ("bands", "judge", "status", "uncertain"),
    [
        ('{good: ">= 45", bad: "< 40"}', "point", "good", True),
        ('{good: ">= 45", bad: "< 40"}', "confident", "watch", True),
        ('{good: ">= 20", bad: "< 10"}', "confident", "good", False),
        ('{good: ">= 90", bad: "< 80"}', "confident", "bad", False),
        ('{good: ">= 90", bad: "< 60"}', "point", "bad", True),
    ],
)
def test_an_interval_that_holds_a_bound_is_uncertain(workbench, bands, judge, status, uncertain):
    found = at(workbench, SHARE + f"thresholds: {bands}\njudge: {judge}\n", rows=MANY)
    assert found.value == 50
    assert (found.interval.low, found.interval.high) == pytest.approx((35.2, 64.8), abs=0.05)
    assert (found.status.value, found.uncertain) == (status, uncertain)


def test_nothing_is_uncertain_without_an_interval(workbench):
    found = at(workbench, SHARE + 'thresholds: {good: ">= 45", bad: "< 40"}\nconfidence: none\n', rows=MANY)
    assert (found.interval, found.method, found.uncertain) == (None, "none", False)


# beside a value -----------------------------------------------------------------------------------------------------

TARGETS = """targets:
  - {from: 2026-01-01, to: 2026-02-28, value: 7, source: first half}
  - {from: 2026-03-31, value: 8, source: later}
"""


@pytest.mark.parametrize(
    ("period", "value"),
    [("2025-12", None), ("2026-01", 7), ("2026-02", 7), ("2026-03", 8), ("2026-04", 8), ("2026-03-30", None)],
)
def test_the_target_in_force_is_that_of_the_last_day(workbench, period, value):
    found = at(workbench, MEAN + BANDS + TARGETS, period, "2026-06-01")
    assert (found.target.value if found.target else None) == value


def test_a_benchmark_past_its_day_is_marked(workbench):
    figures = (
        "benchmarks:\n  - {label: old, value: 6, source: a study, year: 2020, expires: 2026-03-31}\n"
        "  - {label: new, low: 7, high: 9, source: a study, year: 2025, expires: 2026-12-31}\n"
    )
    found = at(workbench, MEAN + BANDS + figures, as_of="2026-04-05").benchmarks
    assert [(b.value, b.low, b.high, b.expired) for b in found] == [(6, None, None, True), (None, 7, 9, False)]
    found = at(workbench, MEAN + BANDS + figures, as_of="2026-03-31").benchmarks
    assert [b.expired for b in found] == [False, False]


def test_a_segment_is_judged_by_its_own_bands(workbench):
    bands = (
        'thresholds:\n  good: ">= 9"\n  bad: "< 8"\n  by:\n    - {segment: {region: south}, good: ">= 2", bad: "< 1"}\n'
    )
    project = workbench(DATASET + kpi(MEAN + bands), {"answers": ROWS})
    found = project.run("mean", at="2026-01", as_of="2026-04-05", by=["region"]).readings
    assert {dict(r.segment).get("region"): r.status.value for r in found if r.value is not None} == {
        None: "bad",  # the whole: (9 + 3) / 2
        "north": "good",
        "south": "good",
    }


# changes ------------------------------------------------------------------------------------------------------------


def change(workbench, rows, period, name, as_of="2027-06-01", body=MEAN):
    text = "answered_at,region,score,cost\n" + "".join(f"{day} 08:00:00,north,{score},1\n" for day, score in rows)
    found = at(workbench, body + BANDS, period, as_of, rows=text)
    return found.change(name)


@pytest.mark.parametrize(
    ("period", "name", "against", "before"),
    [
        ("2026-03", "previous_period", "2026-02-01", 4),
        ("2026-03", "same_period_last_year", "2025-03-01", 2),
        ("2026-Q1", "previous_period", "2025-10-01", None),
        ("2026", "previous_period", "2025-01-01", 2),
        ("2026", "same_period_last_year", "2025-01-01", 2),
        ("2026-W10", "same_period_last_year", "2025-03-03", 2),
        ("2026-03-04", "same_period_last_year", "2025-03-04", 2),
    ],
)
def test_the_period_a_change_is_counted_from(workbench, period, name, against, before):
    rows = [("2025-03-04", 2), ("2026-02-10", 4), ("2026-03-04", 8)]
    found = change(workbench, rows, period, name)
    assert found.against.start.isoformat() == against
    assert found.value == before
    assert found.delta == (None if before is None else pytest.approx(change_of(period) - before))


def change_of(period):
    return 6 if period == "2026" else 8


def test_week_53_has_no_week_a_year_earlier(workbench):
    rows = [("2019-12-30", 2), ("2020-12-21", 4), ("2020-12-30", 8)]
    assert change(workbench, rows, "2020-W53", "same_period_last_year") is None
    assert change(workbench, rows, "2020-W53", "previous_period").delta == 4


def test_the_29th_of_february_is_held_against_the_28th(workbench):
    found = change(workbench, [("2023-02-28", 2), ("2024-02-29", 8)], "2024-02-29", "same_period_last_year")
    assert (found.against.start.isoformat(), found.delta) == ("2023-02-28", 6)


def test_a_running_period_is_not_held_against_a_whole_one(workbench):
    found = at(workbench, MEAN + BANDS, "2026-04", "2026-04-05")
    assert found.compare == ()


def test_no_comparison_is_made_where_none_is_asked_for(workbench):
    assert at(workbench, MEAN + BANDS, compare=()).compare == ()


@pytest.mark.parametrize(("before", "after", "significant"), [(5, 35, True), (18, 20, False)])
def test_a_change_is_significant_past_its_noise(workbench, before, after, significant):
    def month(number, satisfied):
        return "".join(f"2026-{number:02}-05 08:00:00,north,{9 if i < satisfied else 2},1\n" for i in range(40))

    rows = "answered_at,region,score,cost\n" + month(2, before) + month(3, after)
    found = at(workbench, SHARE + 'thresholds: {good: ">= 45", bad: "< 40"}\n', rows=rows).change("previous_period")
    assert found.significant is significant
    p, q = before / 40, after / 40
    assert found.z == pytest.approx((q - p) / (p * (1 - p) / 40 + q * (1 - q) / 40) ** 0.5)
    assert found.better is True


# KPIs over KPIs -----------------------------------------------------------------------------------------------------

OVER = (
    kpi("inputs: {x: answers.cost}\nformula: sum(x)\n", "costs")
    + "---\n"
    + kpi("inputs: {x: answers.score}\nformula: avg(x)\nmin_n: 5\n", "scores")
    + "---\n"
    + kpi("inputs: {c: {kpi: costs}, s: {kpi: scores}}\nformula: c / s\n" + BANDS)
)


def test_a_kpi_over_kpis_takes_the_status_of_the_input_that_is_null(workbench):
    project = workbench(DATASET + OVER, {"answers": ROWS})
    found = project.run("mean", at="2026-02", as_of="2026-04-05").readings[0]
    assert (found.status, found.reason.code, found.reason.get("kpi")) == (Status.NO_DATA, "upstream", "costs")


def test_too_few_below_is_not_passed_on(workbench):
    project = workbench(DATASET + OVER, {"answers": ROWS})
    found = project.run("mean", at="2026-03", as_of="2026-04-05").readings[0]
    assert (found.value, found.status) == (pytest.approx(12 / 9), Status.BAD)


def test_an_instant_and_its_day_are_the_same_as_of(workbench):
    first = at(workbench, MEAN + BANDS, "2026-03", datetime(2026, 4, 1))
    assert first.period.complete
    assert at(workbench, MEAN + BANDS, "2026-03", datetime(2026, 3, 31, 23, 59)).status is Status.PARTIAL
