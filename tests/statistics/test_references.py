"""The functions against scipy's own, where it has them, and against every outcome where few can be."""

from itertools import combinations, product
from math import inf, sqrt
from warnings import catch_warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpispec import statistics

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
EVENTS = st.integers(0, 400)
EXPOSURES = st.sampled_from([0.1, 1.0, 12.4, 37.0])
VALUES = st.integers(-40, 40).map(lambda x: x / 4)
METHODS = {"wilson": "wilson", "clopper_pearson": "exact"}


def ends(found):
    return found.low, found.high


@pytest.mark.parametrize("name", METHODS)
@given(n=st.integers(1, 3000), share=st.floats(0, 1), level=LEVELS)
def test_the_interval_of_a_share(name, n, share, level):
    k = round(share * n)
    wanted = scipy.stats.binomtest(k, n).proportion_ci(level, METHODS[name])
    assert ends(getattr(statistics, name)(k, n, level)) == pytest.approx(tuple(wanted), rel=1e-9, abs=1e-12)


@example(n=1, share=0.0, expected=0.5)  # both outcomes are the likeliest
@given(n=st.integers(1, 2000), share=st.floats(0, 1), expected=st.sampled_from([0.01, 0.2, 0.5, 0.506, 0.97]))
def test_the_exact_test_of_a_share(n, share, expected):
    k = round(share * n)
    wanted = scipy.stats.binomtest(k, n, expected).pvalue
    assert statistics.binomial_p(k, n, expected) == pytest.approx(wanted, rel=1e-8, abs=1e-200)


@given(k=EVENTS, exposure=EXPOSURES, level=LEVELS)
def test_the_interval_of_a_rate(k, exposure, level):
    tail = (1 - level) / 2
    low = scipy.stats.chi2.ppf(tail, 2 * k) / 2 if k else 0
    high = scipy.stats.chi2.isf(tail, 2 * k + 2) / 2
    wanted = (low / exposure, high / exposure)
    assert ends(statistics.garwood(k, exposure, level)) == pytest.approx(wanted, rel=1e-9)


@given(k1=EVENTS, k2=EVENTS, t1=EXPOSURES, t2=EXPOSURES, level=LEVELS)
def test_the_ratio_of_two_rates_says_what_its_test_says(k1, k2, t1, t2, level):
    found = statistics.rate_ratio(k1, t1, k2, t2, level)
    assert found.p == pytest.approx(1 if k1 + k2 == 0 else scipy.stats.binomtest(k1, k1 + k2, t1 / (t1 + t2)).pvalue)
    swapped = statistics.rate_ratio(k2, t2, k1, t1, level)
    turned = [inf if end is None else end for end in (swapped.low, swapped.high)]
    assert (found.low == 0) == (turned[1] == inf)
    if found.low > 0:
        assert found.low == pytest.approx(1 / turned[1], rel=1e-9)
        assert found.ratio is None or found.low <= found.ratio


@given(xs=st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=40), level=LEVELS)
def test_pairs(xs, level):
    first, second = zip(*xs, strict=True)
    found = statistics.paired_t(first, second, level)
    assert found.mean == pytest.approx(np.mean(first) - np.mean(second), abs=1e-12)
    if found.t is not None:
        wanted = scipy.stats.ttest_rel(first, second)
        assert (found.t, found.p) == pytest.approx((wanted.statistic, wanted.pvalue), rel=1e-7, abs=1e-12)
        assert ends(found.interval) == pytest.approx(tuple(wanted.confidence_interval(level)), rel=1e-9, abs=1e-12)


@given(xs=st.lists(VALUES.filter(bool), min_size=1, max_size=9))
def test_signed_ranks_over_every_sign(xs):
    """Ties and all: each of the 2^n signs is as likely."""
    found = statistics.wilcoxon(xs, [0] * len(xs))
    ranks = scipy.stats.rankdata(np.abs(xs))
    sums = [np.dot(ranks, signs) for signs in product((0, 1), repeat=len(xs))]
    seen = sum(rank for rank, x in zip(ranks, xs, strict=True) if x > 0)
    tail = min(sum(s <= seen for s in sums), sum(s >= seen for s in sums))
    assert (found.statistic, found.exact) == (seen, True)
    assert found.p == pytest.approx(min(1, 2 * tail / len(sums)))


@settings(max_examples=25)
@given(xs=st.lists(VALUES.filter(bool), min_size=51, max_size=90))
def test_signed_ranks_of_many(xs):
    found = statistics.wilcoxon(xs, [0] * len(xs))
    wanted = scipy.stats.wilcoxon(xs, correction=True, method="asymptotic")
    assert not found.exact
    if min(wanted.statistic, found.statistic) != len(xs) * (len(xs) + 1) / 4:
        assert found.p == pytest.approx(wanted.pvalue, rel=1e-9)


@given(xs=st.lists(VALUES, min_size=1, max_size=5), ys=st.lists(VALUES, min_size=1, max_size=5))
def test_two_groups_over_every_assignment(xs, ys):
    found = statistics.mann_whitney(xs, ys)
    ranks = list(scipy.stats.rankdata([*xs, *ys]))
    sums = [sum(chosen) for chosen in combinations(ranks, len(xs))]
    seen = sum(ranks[: len(xs)])
    tail = min(sum(s <= seen for s in sums), sum(s >= seen for s in sums))
    assert found.statistic == sum((x > y) + (x == y) / 2 for x in xs for y in ys)
    assert found.p == pytest.approx(min(1, 2 * tail / len(sums)))


@given(xs=st.lists(st.integers(0, 10**6), min_size=2, max_size=38, unique=True), cut=st.floats(0.1, 0.9))
def test_two_groups_without_ties(xs, cut):
    at = min(len(xs) - 1, max(1, round(cut * len(xs))))
    wanted = scipy.stats.mannwhitneyu(xs[:at], xs[at:], method="exact")
    found = statistics.mann_whitney(xs[:at], xs[at:])
    assert (found.statistic, found.p) == (wanted.statistic, pytest.approx(wanted.pvalue, rel=1e-9))


@settings(max_examples=25)
@given(xs=st.lists(VALUES, min_size=25, max_size=60), ys=st.lists(VALUES, min_size=25, max_size=60))
def test_two_groups_of_many(xs, ys):
    found = statistics.mann_whitney(xs, ys)
    wanted = scipy.stats.mannwhitneyu(xs, ys, method="asymptotic")
    assert found is None or found.p == pytest.approx(wanted.pvalue, rel=1e-9)


@given(ps=st.lists(st.floats(0, 1), max_size=30))
def test_p_values_of_many_comparisons(ps):
    wanted = list(scipy.stats.false_discovery_control(ps)) if ps else []
    assert statistics.benjamini_hochberg(ps) == pytest.approx(wanted)
    raised = statistics.holm(ps)
    assert all(p <= q <= 1 for p, q in zip(ps, raised, strict=True))
    # Holm's step-down by hand: the smallest is held against all, each next one against those that are left
    order, worst = sorted(range(len(ps)), key=ps.__getitem__), 0.0
    for left, at in zip(range(len(ps), 0, -1), order, strict=True):
        worst = max(worst, left * ps[at])
        assert raised[at] == pytest.approx(min(1, worst))


ROWS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40)


@given(rows=ROWS)
def test_the_curve_of_durations(rows):
    closed = [float(time) for time, over in rows if over]
    seen = [float(time) for time, over in rows if not over]
    wanted = scipy.stats.ecdf(scipy.stats.CensoredData(uncensored=closed, right=seen)).sf
    for step in statistics.kaplan_meier([time for time, _ in rows], [over for _, over in rows]):
        assert step.share == pytest.approx(float(wanted.evaluate(step.time)), abs=1e-12)


@given(rows=ROWS, level=LEVELS)
def test_the_log_log_interval_of_the_curve(rows, level):
    closed = [float(time) for time, over in rows if over]
    seen = [float(time) for time, over in rows if not over]
    steps = statistics.kaplan_meier([time for time, _ in rows], [over for _, over in rows])
    if not steps or any(step.greenwood is None for step in steps):
        return
    sf = scipy.stats.ecdf(scipy.stats.CensoredData(uncensored=closed, right=seen)).sf
    with catch_warnings(action="ignore"):  # a NaN before anything closed
        wanted = sf.confidence_interval(level, method="log-log")
    for step in steps:
        found = statistics.log_log(step.share, step.greenwood, level)
        around = [float(end.evaluate(step.time)) for end in (wanted.low, wanted.high)]
        assert ends(found) == pytest.approx(tuple(around), rel=1e-9)


@given(rows=ROWS, p=st.sampled_from([0.25, 0.5, 0.9]), level=LEVELS)
def test_a_quantile_of_the_curve_lies_in_its_interval(rows, p, level):
    steps = statistics.kaplan_meier([time for time, _ in rows], [over for _, over in rows])
    found = statistics.survival_quantile(steps, p, level)
    if found.value is None:
        assert found.high is None
        return
    assert found.low is None or found.low <= found.value
    assert found.high is None or found.value <= found.high


@example(rows=[[5, 7, 1, 7], [5, 7, 1, 7], [3, 5, 5, 7]], level=0.95)  # all sums are 20
@given(rows=st.lists(st.lists(st.integers(1, 7), min_size=4, max_size=4), min_size=3, max_size=30), level=LEVELS)
def test_alpha_by_numpy(rows, level):
    found = statistics.battery_alpha(rows, level)
    covariance = np.cov(np.array(rows).T)
    if found is None:
        assert covariance.sum() == pytest.approx(0, abs=1e-9)
        return
    assert covariance.sum() > 1e-9
    assert found.alpha == pytest.approx(4 / 3 * (1 - np.trace(covariance) / covariance.sum()), rel=1e-9, abs=1e-9)
    assert statistics.battery_alpha(rows, level, "pairwise") == found
    f, degrees = scipy.stats.f, (len(rows) - 1, 3 * (len(rows) - 1))
    wanted = tuple(1 - (1 - found.alpha) * f.isf(tail, *degrees) for tail in ((1 - level) / 2, (1 + level) / 2))
    assert ends(found.interval) == pytest.approx(wanted, rel=1e-7, abs=1e-9)


@given(xs=st.lists(VALUES, min_size=2, max_size=40), level=LEVELS)
def test_equal_weights_are_none(xs, level):
    found = statistics.weighted_mean(xs, [0.4] * len(xs), level)
    assert found.value == pytest.approx(np.mean(xs), abs=1e-12)
    assert found.interval.se == pytest.approx(np.std(xs) / sqrt(len(xs)), abs=1e-12)
    assert (found.kish.effective, found.kish.design_effect) == pytest.approx((len(xs), 1))


@given(
    n=st.integers(1, 200),
    value=st.floats(-100, 100),
    spread=st.floats(0, 1),
    level=LEVELS,
)
def test_the_adjusted_interval_is_that_of_three_more_answers(n, value, spread, level):
    variance = spread * (100 - value) * (100 + value)  # what answers within the reach can vary by
    found = statistics.adjusted(value, n, -100, 100, level, variance)
    sd = sqrt(variance)
    # any answers of that mean and variance will do
    answers = [value - sd] * n + [value + sd] * n
    weights = [0.5] * (2 * n) + [1] * 3
    centre = np.average([*answers, -100, 0, 100], weights=weights)
    around = np.average((np.array([*answers, -100, 0, 100]) - centre) ** 2, weights=weights)
    assert found.se == pytest.approx(sqrt(around / (n + 3)), rel=1e-9)
    half = statistics.normal_quantile(level) * found.se
    assert found.low == pytest.approx(max(-100, centre - half), abs=1e-9)
    assert found.high == pytest.approx(min(100, centre + half), abs=1e-9)


@given(k1=EVENTS, k2=EVENTS, level=LEVELS)
def test_newcombes_interval_turns_with_its_sides(k1, k2, level):
    found, turned = statistics.newcombe(k1, 400, k2, 500, level), statistics.newcombe(k2, 500, k1, 400, level)
    assert ends(found) == pytest.approx((-turned.high, -turned.low), abs=1e-12)
    assert -1 <= found.low <= k1 / 400 - k2 / 500 <= found.high <= 1
