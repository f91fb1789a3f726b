"""Natural limits and signals: published charts, each rule, and what does not change what is seen."""

import sys
from math import inf, nan
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpispec.evaluate.process import (
    BASELINE,
    FALSE_ALARMS,
    LEAST,
    Limits,
    Point,
    autocorrelation,
    expected_false_signals,
    is_seasonal,
    limits_of,
    process,
    signals_of,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from false_alarms import rates

# Monthly trade deficits of the United States, billions of dollars, in D. J. Wheeler, Understanding Variation, 1993.
DEFICITS_1987 = [10.7, 13.0, 11.4, 11.5, 12.5, 14.1, 14.8, 14.1, 12.6, 16.0, 11.7, 10.6]
DEFICITS_1988 = [10.0, 11.4, 7.9, 9.5, 8.0, 11.8, 10.5, 11.2, 9.2, 10.1, 10.4, 10.5]
UNIT = Limits(0.0, -2.66, 2.66, 1.0, 18)  # limits at 2.66, half way at 1.33


def points(values):
    return [Point(i, v) for i, v in enumerate(values) if v is not None]


def course(values, *, reach=(None, None), season=None, starts=((0, ()),)):
    return process(points(values), starts, reach, season)


def rules(values, limits=UNIT):
    return {s.key: s.rules for s in signals_of(points(values), limits)}


def test_wheelers_trade_deficits_have_his_limits():
    """Mean 153/12, mean moving range 18.3/11; limits by his formula, and March 1988 falls below them."""
    limits = limits_of(DEFICITS_1987)
    assert (limits.mean, limits.moving_range) == (12.75, pytest.approx(18.3 / 11))
    assert (limits.low, limits.high) == (pytest.approx(8.325, abs=1e-3), pytest.approx(17.175, abs=1e-3))
    found = {s.key: s.rules for s in signals_of(points(DEFICITS_1987 + DEFICITS_1988), limits)}
    assert 1 in found[14]
    assert 1 in found[16]
    assert min(found) == 10  # November 1987 begins the run below the mean
    assert all(2 in found[key] for key in range(10, 24))


def test_the_flow_rates_of_the_nist_handbook_have_its_limits():
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: 50.81, 1.8778, 55.8041 and 45.8159, with 3/1.128."""
    limits = limits_of([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert limits.mean == 50.81
    assert limits.moving_range == pytest.approx(1.8778, abs=5e-5)
    assert (limits.high, limits.low) == (pytest.approx(55.8041, abs=2e-3), pytest.approx(45.8159, abs=2e-3))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([0, 2.67, 0], {1: (1,)}),
        ([0, -2.67, 0], {1: (1,)}),
        ([0, 2.66, 0], {}),
        ([1] * 7, {}),
        ([-1] + [1] * 8, dict.fromkeys(range(1, 9), (2,))),
        ([1] * 4 + [0] + [1] * 7, {}),
        ([1.4, 1.4, 0, 1.4], dict.fromkeys((0, 1, 3), (3,))),
        ([1.4, 0, 1.4, 0, 1.4], {}),
        ([1.4, 1.4, -1.4, -1.4], {}),
        ([1.33, 1.33, 1.33, 1.33], {}),
        ([1.4, 3, 1.4], {1: (1,)}),
        ([0, 1.4, 3, 1.4], {1: (3,), 2: (1, 3), 3: (3,)}),
    ],
)
def test_a_rule_sees_what_it_is_about(values, found):
    assert rules(values) == found


def test_the_side_of_a_signal_is_that_of_its_value():
    assert [(s.key, s.above) for s in signals_of(points([0, 3, 0, -3]), UNIT)] == [(1, True), (3, False)]


def test_the_headline_takes_no_notice_of_runs():
    """Eight values a little above the mean are marked, and are no signal of the last one."""
    known = course([0, 2] * 9 + [1.2] * 8)
    assert known.signal_at(known.judged).rules == (2,)
    assert known.signal is None


def test_the_value_judged_takes_no_part_in_its_limits():
    calm = [0, 1] * 5
    assert course([*calm, 0]).limits == course([*calm, 1000]).limits
    assert course([*calm, 1000]).signal.rules == (1,)
    assert course([*calm, 1000]).limits.baseline == len(calm)


def test_the_baseline_is_locked_at_its_length():
    long = [0, 1] * 9
    assert course([*long, 0]).limits.baseline == BASELINE
    assert course([*long, *[50] * 20]).limits == course([*long, 0]).limits


@pytest.mark.parametrize("count", range(9))
def test_too_short_a_history_has_no_limits_and_says_so(count):
    known = course([float(i % 2) for i in range(count)])
    enough = count > LEAST
    assert (known.limits is not None) is enough
    assert known.lacking == (None if enough else "too_short")
    assert known.earlier == max(0, count - 1)
    assert known.signal is None


def test_holes_and_figures_that_are_none_are_left_out():
    whole, holed = [0, 1, 0, 1, 0, 1, 0, 1, 5], [0, None, 1, 0, 1, nan, 0, 1, 0, inf, 1, None, 5]
    assert course(holed).limits == course(whole).limits
    assert course(holed).judged == 12
    assert course(holed).signal.rules == (1,)
    assert course([]).judged is None


def test_a_constant_course_has_its_value_for_limits():
    known = course([0.1] * 20)
    assert (known.limits.mean, known.limits.low, known.limits.high) == (0.1, 0.1, 0.1)
    assert (known.signal, known.warnings) == (None, ())
    assert course([0.1] * 20 + [0.2]).signal.rules == (1,)


def test_limits_end_where_the_unit_does_and_rules_do_not():
    """Near the upper limit is as far from the mean as near the lower one, although 100 is nearer."""
    base = [97, 99] * 9
    known = course([*base, 100, 100, 100, 100], reach=(0, 100))
    assert (known.limits.low, known.limits.high) == (pytest.approx(92.68), 100)
    assert known.signal is None
    assert course([*base, 92], reach=(0, 100)).signal.rules == (1,)


def test_figures_past_what_a_number_can_hold_have_no_limits():
    huge = [1.7e308, -1.7e308] * 5
    known = course(huge)
    assert (known.limits, known.lacking, known.warnings) == (None, "not_finite", ())


def test_a_process_that_changed_has_limits_of_its_own():
    before, after = [0, 1] * 5, [100, 101] * 4
    known = course([*before, *after, 100], starts=((0, ()), (10, ())))
    first, second = (stretch.limits for stretch in known.stretches)
    assert (first.mean, first.baseline) == (0.5, 10)
    assert (second.mean, second.baseline) == (100.5, 8)
    assert known.signal is None
    assert course([*before, *after, 100]).signal is not None


def test_a_new_process_that_is_too_short_has_none_and_keeps_those_before():
    known = course([0, 1, 0, 1, 0, 1, 0, 1, 100, 101, 100], starts=((0, ()), (8, ())))
    assert known.stretches[0].limits is not None
    assert (known.limits, known.lacking, known.earlier) == (None, "too_short", 2)


def test_a_change_after_the_last_value_begins_nothing_yet():
    known = course([0, 1, 0, 1, 0, 1, 0, 1], starts=((0, ()), (9, ())))
    assert (known.current, known.limits.baseline) == (0, 7)


# what does not change what is seen

WHOLE = st.lists(st.integers(-50, 50), min_size=7, max_size=30)


def seen(values):
    known = course(values)
    return [(s.key, s.rules, s.above) for s in known.stretches[0].signals]


@given(WHOLE, st.integers(-1000, 1000))
def test_a_shift_moves_the_limits_along(values, by):
    moved = course([v + by for v in values]).limits
    limits = course(values).limits
    assert moved.mean == pytest.approx(limits.mean + by)
    assert moved.moving_range == pytest.approx(limits.moving_range)
    assert seen([v + by for v in values]) == seen(values)


@given(WHOLE, st.sampled_from([0.001, 0.5, 3, 60, 86400]))
def test_another_unit_scales_the_limits(values, by):
    scaled, limits = course([v * by for v in values]).limits, course(values).limits
    assert (scaled.low, scaled.high) == (pytest.approx(limits.low * by), pytest.approx(limits.high * by))
    assert seen([v * by for v in values]) == seen(values)


@given(WHOLE)
def test_a_mirrored_course_has_its_signals_on_the_other_side(values):
    assert seen([-v for v in values]) == [(key, rules, not above) for key, rules, above in seen(values)]


@given(st.floats(-1e9, 1e9), st.integers(7, 30))
def test_a_constant_course_has_no_signals(value, count):
    assert seen([float(f"{value:.12g}")] * count) == []


@given(WHOLE)
def test_the_limits_hold_the_mean_and_every_rule_1_point_is_outside(values):
    known = course(values)
    limits = known.limits
    assert limits.low <= limits.mean <= limits.high
    for signal in known.stretches[0].signals:
        value = values[signal.key]
        assert (1 in signal.rules) == (not limits.low <= value <= limits.high)


@given(WHOLE, st.integers(0, 200))
def test_a_change_passes_at_3_268_moving_ranges(values, by):
    limits = course(values).limits
    assume(abs(by - 3.268 * limits.moving_range) > 1e-6)
    assert limits.passed_by(by) is limits.passed_by(-by) is (by > 3.268 * limits.moving_range)


# when limits are not to be trusted


def test_neighbours_that_are_alike_are_warned_of():
    slow = [0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6]
    assert autocorrelation(points(slow)) > 0.5
    assert course(slow).warnings == ("autocorrelated",)
    assert course([0, 1] * 10).warnings == ()


def test_the_correlation_of_neighbours_is_that_of_the_textbook():
    """Of 1 to 5: ((-2)(-1) + 0 + 0 + 2) / 10."""
    assert autocorrelation(points([1, 2, 3, 4, 5])) == pytest.approx(0.4)
    assert autocorrelation(points([3, 3, 3])) == 0
    assert autocorrelation([Point(0, 1), Point(2, 2), Point(4, 3)]) == 0  # no two are neighbours
    assert autocorrelation([]) == 0


def test_a_shift_after_the_baseline_is_news_and_no_doubt():
    luck = Random(7)
    calm = [luck.gauss(0, 1) for _ in range(18)]
    assert course([*calm, *[9 + luck.gauss(0, 1) for _ in range(8)]]).warnings == course([*calm, 0]).warnings


@pytest.mark.parametrize(("season", "count"), [(12, 24), (12, 23), (4, 16), (7, 28)])
def test_a_season_is_seen_once_two_of_it_are_there(season, count):
    luck = Random(1)
    year = [luck.gauss(0, 3) for _ in range(season)]
    values = [year[i % season] + luck.gauss(0, 0.3) for i in range(count)]
    assert is_seasonal(points(values), season) is (count >= 2 * season)
    assert ("seasonal" in course(values, season=season).warnings) is (count >= 2 * season)


def test_a_trend_is_no_season():
    luck = Random(2)
    assert not is_seasonal(points([i + luck.gauss(0, 1) for i in range(24)]), 12)
    assert not is_seasonal(points([5.0] * 24), 12)


# how often nothing is a signal


@pytest.mark.parametrize("baseline", [6, 12, 18, 24])
@pytest.mark.parametrize("at", [0, 1])
def test_the_table_of_false_alarms_is_that_of_the_simulation(baseline, at):
    """20,000 courses of another seed, within four standard errors of both."""
    table = FALSE_ALARMS[baseline][at]
    _, found = rates(baseline, 20_000, (1, 6)[at], seed=99)
    assert found == pytest.approx(table, abs=4 * (table * (1 - table) * (1 / 20_000 + 1 / 200_000)) ** 0.5)


def test_every_baseline_has_its_rate_and_more_points_have_fewer_alarms():
    assert list(FALSE_ALARMS) == list(range(LEAST, 25))
    assert all(0 < near < locked < 0.1 for near, locked in FALSE_ALARMS.values())
    assert FALSE_ALARMS[BASELINE][1] == pytest.approx(0.02, abs=0.001)


def test_expected_alarms_add_up_over_courses_with_limits():
    short, twelve, locked = course([0, 1, 0]), course([0, 1] * 6 + [0]), course([0, 1] * 12)
    judged, expected = expected_false_signals([short, twelve, locked])
    assert judged == 2
    assert expected == pytest.approx(FALSE_ALARMS[12][0] + FALSE_ALARMS[18][1])
