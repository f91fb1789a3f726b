"""What the functions say where the data cannot tell and where arguments contradict each other; plain cases by hand."""

import subprocess
import sys
from math import inf, nan

import pytest

from kpispec import statistics
from kpispec.statistics import Estimate

LEVEL = 0.95
SHARES = ("wilson", "agresti_coull", "clopper_pearson", "wald")

UNKNOWN = {
    "no answers to a score": lambda: statistics.nps_interval(0, 0, 0, LEVEL),
    "no score of nobody": lambda: statistics.nps_score(0, 0, 0),
    "no mean of nobody": lambda: statistics.adjusted(0, 0, -1, 1, LEVEL),
    "one pair": lambda: statistics.paired_t([1.0, None], [2.0, 3.0], LEVEL),
    "pairs without a difference": lambda: statistics.wilcoxon([1, 2, None], [1, 2, 3]),
    "a group of nobody": lambda: statistics.mann_whitney([], [1.0]),
    "many values, all alike": lambda: statistics.mann_whitney([1] * 30, [1] * 30),
    "no exposure": lambda: statistics.garwood(3, 0, LEVEL),
    "two rates, one without exposure": lambda: statistics.rate_ratio(3, 1, 3, 0, LEVEL),
    "E-test without exposure": lambda: statistics.e_test(3, 1, 3, 0),
    "no values": lambda: statistics.quantile_interval([], 0.5, LEVEL),
    "all still open": lambda: statistics.log_log(1.0, 0.0, LEVEL),
    "none still open": lambda: statistics.log_log(0.0, inf, LEVEL),
    "a difference from nothing": lambda: statistics.newcombe(1, 2, 0, 0, LEVEL),
    "a pooled share of nobody": lambda: statistics.two_proportions(1, 2, 0, 0),
    "all succeeded on both sides": lambda: statistics.two_proportions(2, 2, 3, 3),
    "one item": lambda: statistics.cronbach_alpha([1.0], 1.0),
    "one respondent": lambda: statistics.battery_alpha([[1, 2], [1, nan]], LEVEL),
    "no respondents": lambda: statistics.battery_alpha([], LEVEL),
    "answers all alike": lambda: statistics.battery_alpha([[1, 2], [1, 2], [1, 2]], LEVEL),
    "the interval of one respondent": lambda: statistics.feldt(0.8, 1, 3, LEVEL),
    "weights of 0": lambda: statistics.weighted_mean([1, 2], [0, 0], LEVEL),
    "no items": lambda: statistics.importance_performance({}),
    "both ends open": lambda: statistics.hybrid(
        1.0, Estimate(None, None, "wilson", None), 0.5, Estimate(0.4, 0.6, "wilson", None)
    ),
}

WRONG = {
    "a share above 1": lambda: statistics.nps_variance(0.7, 0.7),
    "answers below 0": lambda: statistics.nps_wald(-1, 2, 3, LEVEL),
    "a reach upside down": lambda: statistics.adjusted(0, 5, 1, -1, LEVEL),
    "pairs without a partner": lambda: statistics.paired_t([1.0], [1.0, 2.0], LEVEL),
    "the moments of nothing": lambda: statistics.moments([]),
    "fewer than no events": lambda: statistics.garwood(-1, 1, LEVEL),
    "a rate of fewer than no events": lambda: statistics.rate_ratio(-1, 1, 3, 1, LEVEL),
    "three of two": lambda: statistics.binomial_p(3, 2, 0.5),
    "ranks of nothing": lambda: statistics.rank_bounds(0, 0.5, LEVEL),
    "a quantile of all": lambda: statistics.survival_quantile([], 1.0, LEVEL),
    "durations without an end": lambda: statistics.kaplan_meier([1.0], []),
    "a p-value above 1": lambda: statistics.holm([0.1, 1.1]),
    "no p-value": lambda: statistics.benjamini_hochberg([nan]),
    "respondents of different length": lambda: statistics.battery_alpha([[1, 2], [1]], LEVEL),
    "a weight below 0": lambda: statistics.kish([1, -1]),
    "a margin of 0": lambda: statistics.sample_for_mean(1, 0, LEVEL),
    "a share above 1 to be met": lambda: statistics.sample_for_share(1.5, 0.05, LEVEL),
    "a population of nobody": lambda: statistics.sample_for_share(0.5, 0.05, LEVEL, 0),
    "a level of 1": lambda: statistics.normal_quantile(1.0),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_the_data_cannot_tell_is_none(case):
    assert UNKNOWN[case]() is None


@pytest.mark.parametrize("case", WRONG)
def test_arguments_that_contradict_each_other_are_refused(case):
    with pytest.raises(ValueError, match=r"."):
        WRONG[case]()


@pytest.mark.parametrize("name", SHARES)
def test_no_part_of_a_whole_is_refused_and_none_of_nothing_is_unknown(name):
    interval = getattr(statistics, name)
    assert interval(0, 0, LEVEL) is None
    for k in (-1, 3):
        with pytest.raises(ValueError, match=r"no part of 2"):
            interval(k, 2, LEVEL)
    weighted = sum([0.1] * 10)  # 0.9999999999999999
    assert interval(1.0, weighted, LEVEL).high == 1


def test_pairs_that_differ_alike_have_no_test():
    found = statistics.paired_t([3.0, 4.0], [1.0, 2.0], LEVEL)
    assert (found.mean, found.t, found.p) == (2.0, None, None)


def test_rates_of_which_one_or_both_are_zero():
    none = statistics.rate_ratio(0, 1, 0, 1, LEVEL)
    assert (none.ratio, none.low, none.high, none.p) == (None, 0.0, None, 1.0)
    second = statistics.rate_ratio(5, 1, 0, 1, LEVEL)
    assert (second.ratio, second.high) == (None, None)
    assert second.low > 0
    assert second.p == pytest.approx(2 / 2**5)
    first = statistics.rate_ratio(0, 1, 5, 1, LEVEL)
    assert (first.ratio, first.low) == (0.0, 0.0)


def test_a_difference_of_figures_without_error_has_no_z():
    found = statistics.difference(3.0, 0.0, 1.0, 0.0, LEVEL)
    assert (found.delta, found.z, found.p) == (2.0, None, None)


def test_an_open_end_opens_the_side_that_it_would_bound():
    first, second = Estimate(2.0, None, "garwood", None), Estimate(1.0, 3.0, "garwood", None)
    found = statistics.hybrid(4.0, first, 2.0, second)
    assert found.low == pytest.approx(2 - 5**0.5)
    assert found.high is None


def test_few_values_bound_no_quantile():
    assert statistics.quantile_interval([3.0, 1.0, 2.0], 0.5, LEVEL) == Estimate(None, None, "order_statistics", None)
    found = statistics.quantile_interval(range(100, 0, -1), 0.5, LEVEL)
    assert (found.low, found.high) == (40, 61)


def test_a_curve_that_falls_to_nothing_has_no_error_at_its_end():
    steps = statistics.kaplan_meier([1, 2, 2, 5], [1, 1, 0, 1])
    assert [(s.time, s.at_risk, s.closed) for s in steps] == [(1, 4, 1), (2, 3, 1), (5, 1, 1)]
    assert [s.share for s in steps] == pytest.approx([0.75, 0.5, 0.0])
    assert (steps[-1].se, steps[-1].greenwood) == (None, None)
    assert statistics.survival_quantile(steps, 0.5, LEVEL).value == 2
    assert statistics.kaplan_meier([3, 4], [0, 0]) == ()
    assert statistics.survival_quantile((), 0.5, LEVEL).value is None


def test_a_fall_to_nothing_bounds_no_quantile():
    """The longest of a few durations may well be short of the median: of four, in one case of sixteen."""
    alone = statistics.survival_quantile(statistics.kaplan_meier([5], [1]), 0.5, LEVEL)
    assert (alone.value, alone.low, alone.high) == (5, None, None)
    four = statistics.survival_quantile(statistics.kaplan_meier([1, 2, 3, 4], [1] * 4), 0.5, LEVEL)
    assert (four.value, four.low, four.high) == (2, 1, None)


def test_a_curve_that_falls_past_a_share_at_once_is_bound_there():
    """All but one of a hundred close on the fifth day."""
    steps = statistics.kaplan_meier([5] * 99 + [9], [1] * 99 + [0])
    found = statistics.survival_quantile(steps, 0.5, LEVEL)
    assert (found.low, found.value, found.high) == (5, 5, 5)


def test_respondents_with_a_blank_leave_listwise_and_stay_pairwise():
    rows = [[5, 4, 5], [4, 4, 4], [3, 2, 3], [5, 5, 4], [2, 3, 2], [1, None, 7]]
    listwise, pairwise = (statistics.battery_alpha(rows, LEVEL, how) for how in ("listwise", "pairwise"))
    assert (listwise.n, pairwise.n) == (5, 6)
    assert listwise.alpha == pytest.approx(0.9136363636363637)
    assert pairwise.alpha < listwise.alpha


def test_a_small_population_needs_fewer_answers():
    needed = [statistics.sample_for_share(0.5, 0.05, LEVEL, population) for population in (None, 1e9, 1000, 200, 1)]
    assert needed == [385, 385, 278, 132, 1]
    assert statistics.sample_for_mean(0, 5, LEVEL) == 0


def test_items_go_to_their_quadrants():
    """Martilla and James 1977; an item on an axis is important, and does well."""
    items = {
        "price": (6.0, 2.0),
        "speed": (6.0, 6.0),
        "music": (2.0, 2.0),
        "lobby": (2.0, 6.0),
        "staff": (4.0, 4.0),
    }
    found = statistics.importance_performance(items)
    assert (found.importance, found.performance) == (4.0, 4.0)
    assert found.quadrants == {
        "price": "concentrate_here",
        "speed": "keep_up",
        "music": "low_priority",
        "lobby": "possible_overkill",
        "staff": "keep_up",
    }


def test_the_package_loads_nothing_heavy_and_nothing_of_kpispec():
    code = "import sys, kpispec.statistics; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = [name for name in loaded if name.startswith("kpispec") and not name.startswith("kpispec.statistics")]
    assert ours == ["kpispec"]
    assert not {"scipy", "numpy"} & set(loaded)


def test_every_public_function_says_what_it_gives():
    assert sorted(statistics.__all__) == statistics.__all__
    public = {name: getattr(statistics, name) for name in statistics.__all__ if name != "Quadrant"}
    made = {name for name, what in public.items() if (what.__doc__ or f"{name}(").startswith(f"{name}(")}
    assert made == set()
