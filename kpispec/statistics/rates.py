"""Counts over an exposure: complaints per thousand subscribers, events per day. The counts are Poisson."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

from kpispec.statistics.estimate import Estimate
from kpispec.statistics.shares import clopper_pearson

_SLACK = 1 + 1e-7  # outcomes as likely as the one seen differ from it in their last digits


def garwood(k: float, exposure: float, level: float) -> Estimate | None:
    """The exact interval of the rate k / exposure (Garwood 1936): none of 1000 still has an upper end.

    In events per unit of exposure. It covers at least `level` at every rate. `None` without exposure, `ValueError` for
    fewer than no events.
    """
    if k < 0:
        raise ValueError(f"{k} events")
    if exposure <= 0:
        return None
    from scipy.special import gammainccinv, gammaincinv

    tail = (1 - level) / 2
    low = float(gammaincinv(k, tail)) if k > 0 else 0.0
    return Estimate(low / exposure, float(gammainccinv(k + 1, tail)) / exposure, "garwood", sqrt(k) / exposure)


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The first rate over the second, its interval and the exact p-value of their being equal.

    `ratio` is `None` where the second rate is 0; so is the end that the data leave open.
    """

    ratio: float | None
    low: float | None
    high: float | None
    p: float


def rate_ratio(k1: int, exposure1: float, k2: int, exposure2: float, level: float) -> RateRatio | None:
    """Two independent rates, by the share of the first count in both (Przyborowski and Wilenski 1940).

    Given both counts together the first is binomial: its exact test gives `p`, Clopper and Pearson's interval that of
    the ratio. `None` without exposure, `ValueError` for fewer than no events.
    """
    if min(k1, k2) < 0:
        raise ValueError(f"{k1} and {k2} events")
    if exposure1 <= 0 or exposure2 <= 0:
        return None
    found = clopper_pearson(k1, k1 + k2, level)
    low, high = (None, None) if found is None else (found.low, found.high)
    ratio = None if k2 == 0 else k1 / exposure1 / (k2 / exposure2)
    times = exposure2 / exposure1
    p = binomial_p(k1, k1 + k2, exposure1 / (exposure1 + exposure2))
    return RateRatio(ratio, 0.0 if low is None else _odds(low, times), None if high is None else _odds(high, times), p)


def e_test(k1: int, exposure1: float, k2: int, exposure2: float) -> float | None:
    """The p-value of two rates being equal by Krishnamoorthy and Thomson (2004), less cautious than the exact one.

    `None` without exposure. It loads `scipy.stats`, which takes a second or more.
    """
    if exposure1 <= 0 or exposure2 <= 0:
        return None
    from scipy.stats import poisson_means_test

    return float(poisson_means_test(k1, exposure1, k2, exposure2).pvalue)


def binomial_p(k: int, n: int, share: float) -> float:
    """The two-sided exact p-value of k of n where `share` is expected: all outcomes no likelier than the one seen.

    As R's `binom.test` and `poisson.test` have it. 1 at n = 0; `ValueError` where k is no part of n.
    """
    if not 0 <= k <= n or not 0 < share < 1:
        raise ValueError(f"{k} of {n} at {share}")
    from scipy.special import bdtr, bdtrc

    limit = _likelihood(k, n, share) * _SLACK
    peak = min(n, int((n + 1) * share))
    if limit >= _likelihood(peak, n, share):
        return 1.0
    if k < peak:
        # the outcomes above the peak that are no likelier begin after the last likelier one
        last = _last(lambda i: _likelihood(i, n, share) > limit, peak, n)
        return min(1.0, float(bdtr(k, n, share)) + float(bdtrc(last, n, share)))
    first = _last(lambda i: _likelihood(i, n, share) <= limit, -1, peak)
    below = float(bdtr(first, n, share)) if first >= 0 else 0.0
    return min(1.0, below + float(bdtrc(k - 1, n, share)))


def _last(holds: Callable[[int], bool], known: int, end: int) -> int:
    """The last number from `known` to `end` at which what holds at first still does."""
    low, high = known, end + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _likelihood(k: int, n: int, share: float) -> float:
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(share) + (n - k) * log(1 - share))


def _odds(share: float, times: float) -> float | None:
    return share / (1 - share) * times if share < 1 else None
