"""Intervals of the plain shapes: shares, means, quantiles, differences of two shares; and whether a change is noise.

Every function takes counts or moments and a confidence level (0.95) and answers in the same unit as its figure.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Estimate:
    """An interval (an end is `None` where it is open), its method, and the standard error where there is one."""

    low: float | None
    high: float | None
    method: str
    se: float | None


@lru_cache
def normal_quantile(level: float) -> float:
    """The two-sided normal quantile of a level: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(k: float, n: float, level: float) -> Estimate | None:
    """The score interval of a share k / n (Wilson 1927). 0 of 20 gives [0, 0.161], never a point. `None` at n = 0."""
    if n <= 0:
        return None
    z = normal_quantile(level)
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if k == 0 else max(0.0, middle - half)
    high = 1.0 if k == n else min(1.0, middle + half)
    return Estimate(low, high, "wilson", sqrt(share * (1 - share) / n))


# Below this share of the sum of squares, what is left after the mean's part is taken off is noise of the doubles.
LEAST_SPREAD = 1e-11
EXACT = 2.0**53  # up to here sums of whole numbers lose no digit, so that nothing left means equal values


def deviation(total: float, squares: float, n: float) -> float | None:
    """The standard deviation (n - 1 below) of n values by their sum and their sum of squares.

    `None` where the values lie so close together against their size that the digits of a double cannot tell it.
    """
    left = squares - total * total / n
    if left < LEAST_SPREAD * squares:
        return 0.0 if left == 0 and squares < EXACT else None
    return sqrt(left / (n - 1))


def mean(value: float, sd: float, n: float, level: float) -> Estimate | None:
    """Student's interval of a mean, sd with n - 1 below. `None` for fewer than two values."""
    if n < 2:
        return None
    from scipy.special import stdtrit

    se = sd / sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * se
    return Estimate(value - half, value + half, "t", se)


def garwood(k: float, exposure: float, level: float) -> Estimate:
    """The exact interval of a Poisson rate k / exposure (Garwood 1936). No event gives 0 to 3.69 over the exposure."""
    from scipy.special import chdtri

    tail = (1 - level) / 2
    low = float(chdtri(2 * k, 1 - tail)) / 2 if k > 0 else 0.0
    high = float(chdtri(2 * k + 2, tail)) / 2
    return Estimate(low / exposure, high / exposure, "garwood", sqrt(k) / exposure)


def log_log(share: float, greenwood: float, level: float) -> Estimate | None:
    """The interval of a Kaplan-Meier share on the log(-log) scale; `None` at 0 and 1, where it has none."""
    if not 0 < share < 1:
        return None
    width = normal_quantile(level) * sqrt(greenwood) / abs(log(share))
    return Estimate(share ** exp(width), share ** exp(-width), "kaplan_meier", share * sqrt(greenwood))


def feldt(alpha: float, respondents: float, items: float, level: float) -> Estimate:
    """The interval of Cronbach's alpha (L. S. Feldt 1965), for at least two items and two respondents."""
    from scipy.special import fdtri

    free, both, tail = respondents - 1, (respondents - 1) * (items - 1), (1 - level) / 2
    low, high = (1 - (1 - alpha) * float(fdtri(free, both, p)) for p in (1 - tail, tail))
    return Estimate(low, high, "feldt", None)


def adjusted(value: float, n: float, low: float, high: float, level: float) -> Estimate:
    """The interval of a mean of n equal answers: three are added, at both ends of what it can reach and between."""
    added = (low, (low + high) / 2, high)
    centre = (n * value + sum(added)) / (n + 3)
    variance = (n * (value - centre) ** 2 + sum((a - centre) ** 2 for a in added)) / (n + 3)
    half = normal_quantile(level) * sqrt(variance / (n + 3))
    return Estimate(centre - half, centre + half, "adjusted", 0.0)


@lru_cache(maxsize=4096)
def quantile_ranks(n: int, p: float, level: float) -> tuple[int, int]:
    """The ranks, from 1, of the order statistics around quantile p (Conover; Hahn and Meeker).

    Rank 0 and rank n + 1 mean that the side is open: so few values bound nothing there.
    """
    return _binomial_quantile((1 - level) / 2, n, p), _binomial_quantile((1 + level) / 2, n, p) + 1


def _binomial_quantile(q: float, n: int, p: float) -> int:
    """The smallest k with P(X <= k) >= q for X of n trials at p."""
    from scipy.special import bdtr

    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        if bdtr(middle, n, p) >= q:
            high = middle
        else:
            low = middle
    return high


def change_z(delta: float, first: float | None, second: float | None) -> float | None:
    """The difference of two independent estimates in standard errors; `None` where one is unknown or both are 0."""
    if first is None or second is None:
        return None
    error = sqrt(first * first + second * second)
    return delta / error if error > 0 else None
