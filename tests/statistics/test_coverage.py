"""How often an interval holds the truth, exactly: every outcome that can be, weighed by how likely it is."""

from math import exp, lgamma, log

import pytest
from scipy.special import bdtr, pdtr, pdtrc

from kpispec.statistics import (
    adjusted,
    agresti_coull,
    clopper_pearson,
    garwood,
    nps_interval,
    promoters,
    quantile_ranks,
    rank_bounds,
    wald,
    wilson,
)

LEVEL = 0.95


def choices(n, *counts):
    """The logarithm of how many orders of n answers have these counts of each kind."""
    return lgamma(n + 1) - sum(lgamma(count + 1) for count in counts)


def coverage_of_a_share(interval, share, n):
    held = 0.0
    for k in range(n + 1):
        found = interval(k, n, LEVEL)
        if found.low <= share <= found.high:
            held += exp(choices(n, k, n - k) + k * log(share) + (n - k) * log(1 - share))
    return held


def coverage_of_a_score(shares, n):
    """Of all 45 451 counts of promoters, passives and detractors among 300."""
    p, passive, d = shares
    truth, held, whole = 100 * (p - d), 0.0, 0.0
    for up in range(n + 1):
        for down in range(n + 1 - up):
            same = n - up - down
            likely = exp(choices(n, up, same, down) + up * log(p) + same * log(passive) + down * log(d))
            found = nps_interval(up, same, down, LEVEL)
            whole += likely
            held += likely * (found.low <= truth <= found.high)
    assert whole == pytest.approx(1)
    return held


def coverage_of_a_rate(expected):
    """Over the counts whose interval holds the expected one: a run of them, for both ends grow with the count."""
    found = ((k, garwood(k, 1.0, LEVEL)) for k in range(int(expected + 12 * expected**0.5 + 30)))
    holding = [k for k, interval in found if interval.low <= expected <= interval.high]
    assert holding == list(range(holding[0], holding[-1] + 1))
    beyond = pdtrc(holding[-1], expected) + (pdtr(holding[0] - 1, expected) if holding[0] > 0 else 0.0)
    return float(1 - beyond)


def test_a_net_promoter_score_of_300_answers():
    assert coverage_of_a_score((0.45, 0.30, 0.25), 300) == pytest.approx(0.9483, abs=0.0005)


def test_wilson_of_a_share_of_nine_in_ten():
    assert coverage_of_a_share(wilson, 0.9, 80) == pytest.approx(0.9626, abs=0.00005)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.9, 0.97, 0.999])
def test_clopper_and_pearson_never_hold_less_than_they_claim(share):
    assert coverage_of_a_share(clopper_pearson, share, 80) >= LEVEL


def test_walds_interval_of_a_rare_event_is_no_interval():
    """Why no share is shown with it: of 80 trials of an event of one in a hundred it holds 55 %."""
    assert coverage_of_a_share(wald, 0.01, 80) < 0.56
    assert coverage_of_a_share(wilson, 0.01, 80) > 0.95
    assert coverage_of_a_share(agresti_coull, 0.01, 80) > 0.95


def test_the_ninetieth_percentile_of_400_values():
    """Between two order statistics, of values of any continuous shape: as many below it as a binomial count."""
    low, high = quantile_ranks(400, 0.9, LEVEL)
    held = bdtr(high - 1, 400, 0.9) - bdtr(low - 1, 400, 0.9)
    assert held == pytest.approx(0.9548, abs=0.00005)
    assert rank_bounds(400, 0.9, LEVEL).coverage == held


@pytest.mark.parametrize("p", [0.05, 0.5, 0.9, 0.99])
def test_order_statistics_never_hold_less_than_they_claim(p):
    assert min(rank_bounds(n, p, LEVEL).coverage for n in range(1, 400)) >= LEVEL


def test_garwood_never_holds_less_than_it_claims():
    fine = [0.01 * step for step in range(1, 3001)] + [0.5 * step for step in range(60, 400)]
    assert min(coverage_of_a_rate(expected) for expected in fine) >= LEVEL


@pytest.mark.parametrize(("expected", "held"), [(5, 0.980), (100, 0.955)])
def test_garwood_is_cautious_by_construction(expected, held):
    assert coverage_of_a_rate(expected) == pytest.approx(held, abs=0.0005)


def test_the_adjusted_interval_of_few_answers_holds_more_than_walds():
    """Of ten answers of which half promote and a tenth detracts: what the three pseudo-answers are for."""
    shares, n, held = (0.5, 0.4, 0.1), 10, {"adjusted": 0.0, "nps": 0.0}
    for up in range(n + 1):
        for down in range(n + 1 - up):
            same = n - up - down
            likely = exp(
                choices(n, up, same, down)
                + sum(count * log(share) for count, share in zip((up, same, down), shares, strict=True))
            )
            p, d = up / n, down / n
            found = adjusted(100 * (p - d), n, -100, 100, LEVEL, 100**2 * (p + d - (p - d) ** 2))
            held["adjusted"] += likely * (found.low <= 40 <= found.high)
            found = nps_interval(up, same, down, LEVEL)
            held["nps"] += likely * (found.low <= 40 <= found.high)
    assert held["adjusted"] > held["nps"]
    assert held["adjusted"] == pytest.approx(LEVEL, abs=0.02)


@pytest.mark.parametrize("counts", [(7, 2, 1), (5, 0, 0), (0, 0, 3), (1, 1, 1)])
def test_a_balance_of_shares_and_a_score_are_one_interval(counts):
    up, same, down = counts
    balance, score = promoters(up, down, up + same + down, LEVEL), nps_interval(up, same, down, LEVEL)
    assert balance.method == score.method
    assert (100 * balance.low, 100 * balance.high) == pytest.approx((score.low, score.high))


def test_none_of_a_thousand_has_an_upper_end():
    found = garwood(0, 1000, LEVEL)
    assert (found.low, found.high) == (0, pytest.approx(3.6888794541139354e-3))
