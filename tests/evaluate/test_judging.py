"""What a value is held against: targets of segments, improvements, figures that bands follow; scores; elapsed parts."""

from datetime import date

import pytest

from kpispec.evaluate.report import Status

DATASET = """
dataset: answers
time: answered_at
columns:
  answered_at: {type: timestamp}
  region: {type: string, dimension: true}
  channel: {type: string, dimension: true}
  score: {type: integer}
---
"""
MEAN = "kpi: mean\ninputs: {x: answers.score}\nformula: avg(x)\ndirection: higher_is_better\n"
COUNT = "kpi: mean\ninputs: {x: answers.score}\nformula: count(x)\nunit: count\nperiod: month\n"


def rows(*lines):
    return "answered_at,region,channel,score\n" + "\n".join(lines) + "\n"


YEARS = rows(
    "2025-03-10 08:00:00,north,chat,4",
    "2025-10-05 08:00:00,north,chat,6",
    "2025-11-05 08:00:00,south,chat,2",
    "2026-02-03 08:00:00,north,chat,5",
    "2026-02-04 08:00:00,south,phone,3",
    "2026-03-10 08:00:00,north,chat,6",
    "2026-03-11 08:00:00,south,phone,3",
)


def reading(workbench, body, data=YEARS, segment=(), at="2026-03", as_of="2026-04-05", dataset=DATASET, **options):
    project = workbench(dataset + body, {"answers": data})
    found = project.run("mean", at=at, as_of=as_of, **options).readings
    return next(r for r in found if r.segment == segment)


# targets ------------------------------------------------------------------------------------------------------------

SEGMENTS = """targets:
  - {from: 2026-01-01, value: 4}
  - {from: 2026-01-01, value: 5, segment: {region: north}, source: the board}
  - {from: 2026-01-01, to: 2026-02-28, value: 9, segment: {region: south}}
  - {from: 2026-01-01, value: 6, segment: {region: north, channel: chat}}
"""


@pytest.mark.parametrize(
    ("segment", "value", "named"),
    [
        ((), 4, ()),
        ((("region", "north"),), 5, (("region", "north"),)),
        ((("region", "south"),), 4, ()),
        ((("region", "north"), ("channel", "chat")), 6, (("region", "north"), ("channel", "chat"))),
    ],
)
def test_the_target_of_a_segment_is_the_one_in_force_that_names_most_of_it(workbench, segment, value, named):
    by = [",".join(name for name, _ in segment)] if segment else []
    target = reading(workbench, MEAN + SEGMENTS, segment=segment, by=by).target
    assert (target.value, target.segment) == (value, named)


@pytest.mark.parametrize(
    ("improve", "direction", "value", "baseline"),
    [
        ("{by: 5 %, of: previous_year}", "higher_is_better", 4.2, 4),
        ("{by: 5 %, of: previous_year}", "lower_is_better", 3.8, 4),
        ("{by: 0.5, of: previous_period}", "higher_is_better", 4.5, 4),
        ("{by: 0.5, of: 2025-Q4}", "higher_is_better", 4.5, 4),
        ("{by: 10 %, of: 2025-10}", "higher_is_better", 6.6, 6),
        ("{by: 10 %, of: 2025}", "lower_is_better", 3.6, 4),
    ],
)
def test_an_improvement_is_over_its_baseline(workbench, improve, direction, value, baseline):
    body = MEAN.replace("higher_is_better", direction) + f"targets: [{{from: 2026-01-01, improve: {improve}}}]\n"
    target = reading(workbench, body, compare=()).target
    assert (target.value, target.improve.baseline) == (pytest.approx(value), pytest.approx(baseline))


def test_the_baseline_is_that_of_the_segment(workbench):
    body = MEAN + "targets: [{from: 2026-01-01, improve: {by: 1, of: 2025-Q4}}]\n"
    found = reading(workbench, body, segment=(("region", "south"),), by=["region"])
    assert (found.target.value, found.target.improve.baseline) == (3, 2)


@pytest.mark.parametrize("of", ["2024", "previous_year", "2026-Q2"])
def test_without_its_baseline_there_is_no_target_and_no_status(workbench, of):
    bands = 'thresholds: {good: ">= target"}\n'
    body = MEAN + bands + f"targets: [{{from: 2026-01-01, improve: {{by: 1, of: {of}}}}}]\n"
    found = reading(workbench, body, at="2026-02", as_of="2026-04-05")
    assert (found.target, found.status, found.reason.code) == (None, Status.NOT_JUDGED, "bound-unknown")
    assert found.reason.get("bound") == "target"
    assert found.value == 4


def test_a_negative_baseline_improves_by_a_share_of_its_size(workbench):
    data = rows("2026-02-03 08:00:00,north,chat,-20", "2026-03-03 08:00:00,north,chat,-19")
    body = MEAN + "targets: [{from: 2026-01-01, improve: {by: 10 %, of: previous_period}}]\n"
    assert reading(workbench, body, data).target.value == -18


def test_an_amount_improves_on_a_period_of_its_own_length_only(workbench):
    body = COUNT + "direction: lower_is_better\ntargets: [{from: 2026-01-01, improve: {by: 10 %, of: 2025-Q4}}]\n"
    assert reading(workbench, body).target is None
    assert reading(workbench, body.replace("2025-Q4", "2025-10")).target.value == 0.9


# bands that follow figures ------------------------------------------------------------------------------------------

FOLLOW = "thresholds: {good: '>= WORD', watch: '[0.9 * WORD, WORD)', bad: '< 0.9 * WORD'}\n"


@pytest.mark.parametrize(("target", "status"), [(4, "good"), (4.5, "good"), (4.6, "watch"), (5, "watch"), (5.1, "bad")])
def test_bands_follow_the_target(workbench, target, status):
    body = MEAN + FOLLOW.replace("WORD", "target") + f"targets: [{{from: 2026-01-01, value: {target}}}]\n"
    found = reading(workbench, body)
    assert (found.value, found.status.value) == (4.5, status)
    assert found.bands.good == ">= target"
    assert found.bands.good_ranges[0].low == target


def test_bands_follow_the_value_of_the_period_before(workbench):
    body = MEAN + FOLLOW.replace("WORD", "previous")
    assert reading(workbench, body, compare=()).status is Status.GOOD
    first = reading(workbench, body, at="2025-03")
    assert (first.status, first.reason.get("bound")) == (Status.NOT_JUDGED, "previous")
    assert reading(workbench, body, segment=(("region", "south"),), by=["region"]).status is Status.GOOD


RANGE = "benchmarks: [{low: 4, high: 4.6, source: Panel, year: 2025}, {value: 1, source: Other, year: 2025}]\n"


@pytest.mark.parametrize(
    ("direction", "bands", "status"),
    [
        ("higher_is_better", "{good: '>= benchmark', bad: '< 0.5 * benchmark'}", "watch"),
        ("lower_is_better", "{good: '<= benchmark', bad: '> 2 * benchmark'}", "watch"),
        ("closer_to_target", "{good: within 5 % of benchmark}", "good"),
    ],
)
def test_of_a_range_of_benchmarks_the_harder_end_counts(workbench, direction, bands, status):
    body = MEAN.replace("higher_is_better", direction) + f"thresholds: {bands}\n" + RANGE
    assert reading(workbench, body).status.value == status


def test_an_expired_benchmark_is_not_known(workbench):
    expired = RANGE.replace("year: 2025}, {", "year: 2025, expires: 2026-01-31}, {")
    found = reading(workbench, MEAN + "thresholds: {good: '>= benchmark'}\n" + expired)
    assert (found.status, found.reason.get("bound")) == (Status.NOT_JUDGED, "benchmark")


def test_the_bounds_of_an_amount_are_the_wholes(workbench):
    bands = "thresholds: {good: '>= 2', by: [{segment: {region: north}, good: '>= 5'}]}\n"
    body = COUNT + bands + "targets: [{from: 2026-01-01, value: 2}]\n"
    found = {s: reading(workbench, body, segment=s, by=["region"]) for s in ((), (("region", "south"),))}
    north = reading(workbench, body, segment=(("region", "north"),), by=["region"])
    assert (found[()].status, north.status) == (Status.GOOD, Status.WATCH)
    south = found[(("region", "south"),)]
    assert (south.status, south.reason.code, south.target) == (Status.NOT_JUDGED, "whole-bands", None)


# scores -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bands", "direction", "value", "score"),
    [
        ("{good: '>= 8', bad: '< 4'}", "higher_is_better", 6, 5),
        ("{good: '>= 8', bad: '< 4'}", "higher_is_better", 8, 10),
        ("{good: '>= 8', bad: '< 4'}", "higher_is_better", 100, 10),
        ("{good: '>= 8', bad: '< 4'}", "higher_is_better", 1, 0),
        ("{good: '<= 2', bad: '> 10'}", "lower_is_better", 4, 7.5),
        ("{good: '>= 8', bad: '< 8'}", "higher_is_better", 8, 10),
        ("{good: '>= 8', bad: '< 8'}", "higher_is_better", 7, 0),
        ("{good: '[4, 6]', bad: 'outside [2, 10]'}", "closer_to_target", 3, 5),
        ("{good: '[4, 6]', bad: 'outside [2, 10]'}", "closer_to_target", 9, 2.5),
        ("{good: '[4, 6]', bad: 'outside [2, 10]'}", "closer_to_target", 11, 0),
        ("{good: '[4, 6]', bad: '< 2'}", "closer_to_target", 9, None),
        ("{good: '>= 8'}", "higher_is_better", 9, None),
        ("{bad: '< 4'}", "higher_is_better", 9, None),
    ],
)
def test_a_score_runs_from_the_bad_bound_to_the_good_one(workbench, bands, direction, value, score):
    body = MEAN.replace("higher_is_better", direction) + f"thresholds: {bands}\n"
    found = reading(workbench, body, rows(f"2026-03-10 08:00:00,north,chat,{value}"))
    assert found.score == score


def test_what_is_not_judged_has_no_score(workbench):
    body = MEAN + "thresholds: {good: '>= 8', bad: '< 4'}\nmin_n: 3\n"
    assert reading(workbench, body).score is None


CARD = """
kpi: alone
inputs: {x: answers.score}
formula: min(x)
direction: higher_is_better
---
kpi: other
inputs: {x: answers.score}
formula: max(x)
thresholds: {good: ">= 16", bad: "< 0"}
---
scorecard: card
compare: COMPARE
history: 3
sections:
  - {label: One, weight: 3, kpis: [mean, {kpi: other, weight: 3}, alone]}
  - {label: Two, kpis: [mean]}
  - {label: None, kpis: [alone]}
"""


def card(workbench, as_of="2026-04-01", compare="[previous_period]", data=YEARS, body=MEAN):
    bands = "thresholds: {good: '>= 9', bad: '< 0'}\n"
    return workbench(DATASET + body + bands + "---" + CARD.replace("COMPARE", compare), {"answers": data}).run(
        "card", as_of=as_of
    )


def test_sections_and_the_scorecard_have_weighted_means(workbench):
    score = card(workbench).report.score
    one, two, none = score.sections
    assert (one.value, one.rests_on, one.of) == (pytest.approx((5 + 3 * 3.75) / 4), 2, 3)
    assert (two.value, two.rests_on, two.of) == (5, 1, 1)
    assert (none.value, none.rests_on, none.of) == (None, 0, 1)
    assert score.whole.value == pytest.approx((3 * one.value + two.value) / 4)
    assert (score.whole.rests_on, score.whole.of) == (3, 5)


# the running part ---------------------------------------------------------------------------------------------------

RUNNING = rows(
    "2026-02-02 08:00:00,north,chat,2",
    "2026-02-05 08:00:00,north,chat,4",
    "2026-02-20 08:00:00,north,chat,9",
    "2026-03-01 08:00:00,north,chat,6",
    "2026-03-05 11:00:00,north,chat,8",
)


@pytest.mark.parametrize(
    ("as_of", "before", "elapsed"),
    [("2026-03-06", 3, 5), ("2026-03-05T12:00:00", 3, 4), ("2026-03-05T07:00:00", 2, 4), ("2026-03-31", 5, 30)],
)
def test_a_running_period_is_held_against_the_same_part_of_the_one_before(workbench, as_of, before, elapsed):
    report = card(workbench, as_of, data=RUNNING).report
    running = report.kpi("mean").history[-1]
    change = running.change("previous_period")
    assert (running.period.start, running.status) == (date(2026, 3, 1), Status.PARTIAL)
    assert (change.value, change.elapsed) == (before, elapsed)
    assert change.delta == pytest.approx(running.value - before)
    assert report.kpi("mean").headline.period.start == date(2026, 2, 1)


def test_nothing_runs_beside_where_nothing_is_compared(workbench):
    assert card(workbench, "2026-03-06", "[]", RUNNING).report.kpi("mean").history[-1].compare == ()


def test_the_part_of_a_period_does_not_tell_of_the_few_in_its_rest(workbench):
    shown = MEAN + "suppress_below: 2\n"
    running = card(workbench, "2026-03-06", data=RUNNING, body=shown).report.kpi("mean").history[-1]
    assert running.value == 7
    assert running.change("previous_period") is None
