"""From rows to signals: which readings are points of a course, where a process changes, what a change is held to."""

from dataclasses import replace
from datetime import date

import pytest

from kpispec.evaluate.report import Status
from kpispec.evaluate.signals import verdict

DATASET = """
dataset: answers
time: answered_at
columns:
  answered_at: {type: timestamp}
  score: {type: number}
---
"""
MEAN = "kpi: mean\ninputs: {x: answers.score}\nformula: avg(x)\ndirection: higher_is_better\n"
CALM = [10, 12] * 7
AS_OF = "2026-04-05"


def months(values, rows=2):
    """Rows of months up to March 2026, so many for each value, a little apart; `None` is a month without rows."""
    lines = ["answered_at,score"]
    for i, value in enumerate(reversed(values)):
        at = date(2026 - (i + 9) // 12, 12 - (i + 9) % 12, 5)
        spread = [] if value is None else [value + (0.5 if n % 2 else -0.5) for n in range(rows)]
        lines += [f"{at} 08:00:00,{v}" for v in spread]
    return "\n".join(lines) + "\n"


def report(workbench, values, body=MEAN, rows=2, as_of=AS_OF, **options):
    data = values if isinstance(values, str) else months(values, rows)
    project = workbench(DATASET + body, {"answers": data})
    return project.run("mean", as_of=as_of, period="month", **options).report.kpi("mean")


def test_the_last_complete_month_is_judged_by_those_before_it(workbench):
    kpi = report(workbench, [*CALM, 30])
    assert (kpi.process.limits.mean, kpi.process.limits.baseline) == (11, 14)
    assert (kpi.signal.rules, kpi.signal.above, kpi.signal_better) == ((1,), True, True)
    assert kpi.headline.period.key == kpi.process.judged


@pytest.mark.parametrize(
    ("direction", "value", "better"),
    [
        ("higher_is_better", 0, False),
        ("lower_is_better", 0, True),
        ("lower_is_better", 30, False),
        ("closer_to_target", 30, None),
    ],
)
def test_whether_a_signal_is_good_news_follows_the_direction(workbench, direction, value, better):
    body = MEAN.replace("higher_is_better", direction)
    kpi = report(workbench, [*CALM, value], body)
    assert kpi.signal is not None
    assert kpi.signal_better is better


def test_a_month_that_still_runs_is_no_point(workbench):
    kpi = report(workbench, months([*CALM, 11]) + "2026-04-02 08:00:00,900\n")
    assert kpi.signal is None
    assert kpi.history[-1].period.complete is False
    assert kpi.process.judged == kpi.headline.period.key


def test_months_of_too_few_and_without_rows_are_no_points(workbench):
    body = MEAN + "min_n: 2\n"
    thin = "2026-02-05 08:00:00,900\n"
    values = [*CALM[:-1], None, 11]
    kpi = report(workbench, months(values) + thin, body)
    february = next(r for r in kpi.history if r.period.start == date(2026, 2, 1))
    assert (february.status, february.value) == (Status.TOO_FEW, 900)
    assert (kpi.process.earlier, kpi.process.limits.high) == (13, pytest.approx(kpi.process.limits.mean + 2 * 2.66))


def test_a_headline_of_too_few_is_not_judged(workbench):
    kpi = report(workbench, months(CALM).replace("2026-03-05 08:00:00,11.5\n", ""), MEAN + "min_n: 2\n")
    assert kpi.headline.status is Status.TOO_FEW
    assert kpi.signal is None
    assert kpi.process.judged == kpi.headline.period.key - 1


@pytest.mark.parametrize(
    ("at", "first"),
    [("2025-09", "2025-09-01"), ("2025-09-01", "2025-09-01"), ("2025-08-02", "2025-09-01"), ("2025-Q4", "2025-10-01")],
)
def test_a_process_change_begins_with_the_first_period_that_starts_on_its_day_or_later(workbench, at, first):
    body = MEAN + f"process_changes: [{{at: {at}, label: New}}]\n"
    kpi = report(workbench, CALM, body)
    start = next(r.period.start for r in kpi.history if r.period.key == kpi.process.stretches[1].first)
    assert start.isoformat() == first


def test_after_a_declared_change_the_new_level_is_no_signal(workbench):
    values = [10, 12] * 5 + [50, 52] * 4
    plain = report(workbench, values)
    told = report(workbench, values, MEAN + "process_changes: [{at: 2025-08, label: New}]\n")
    assert plain.process.limits.mean != told.process.limits.mean
    assert [s.limits.mean for s in told.process.stretches] == [11, pytest.approx(50.857, abs=1e-3)]
    assert told.signal is None


@pytest.mark.parametrize("at", ["2024-01", "2025-02", "2027-01"])
def test_a_change_before_at_the_first_or_after_the_last_period_splits_nothing(workbench, at):
    kpi = report(workbench, CALM, MEAN + f"process_changes: [{{at: {at}, label: New}}]\n")
    assert len(kpi.process.stretches) == 1


def test_one_period_over_all_rows_is_no_course(workbench):
    project = workbench(DATASET + MEAN, {"answers": months(CALM)})
    assert project.run("mean", as_of=AS_OF, period="all").report.kpi("mean").process is None


def test_a_percentage_ends_at_100_unless_it_has_been_past_it(workbench):
    body = MEAN + "unit: percent\n"
    assert report(workbench, [97, 99] * 7, body).process.limits.high == 100
    assert report(workbench, [97, 103] * 7, body).process.limits.high > 103


# what a change is held against


def test_a_change_that_a_test_calls_real_may_be_routine_all_the_same(workbench):
    """Two hundred answers tell 10 from 12; that months are two apart is nothing new."""
    kpi = report(workbench, CALM, rows=200)
    change = kpi.headline.change("previous_period")
    assert change.significant is True
    assert (verdict(kpi, change).real, verdict(kpi, change).basis) == (False, "range")


def test_without_limits_the_test_decides(workbench):
    kpi = report(workbench, CALM[:4], rows=200)
    assert verdict(kpi, kpi.headline.change("previous_period")).basis == "test"
    assert verdict(kpi, kpi.headline.change("previous_period")).real is True


def test_limits_that_are_not_to_be_trusted_leave_it_to_the_test_where_there_is_one(workbench):
    kpi = report(workbench, [1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3], rows=200)
    change = kpi.headline.change("previous_period")
    assert kpi.process.warnings == ("autocorrelated",)
    assert verdict(kpi, change).basis == "test"
    untested = replace(change, significant=None)
    assert verdict(kpi, untested).basis == "range"
