"""How far apart two independent figures are, and whether that is noise. Everywhere: the first less the second."""

from dataclasses import dataclass
from math import sqrt

from kpispec.statistics.estimate import Estimate, normal_quantile, p_value
from kpispec.statistics.shares import wilson


def change_z(delta: float, first: float | None, second: float | None) -> float | None:
    """The difference of two independent estimates in standard errors; `None` where one is unknown or both are 0."""
    if first is None or second is None:
        return None
    error = sqrt(first * first + second * second)
    return delta / error if error > 0 else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures apart, in their unit. `z` and `p` are `None` where neither has any error to hold it against."""

    delta: float
    se: float
    z: float | None
    p: float | None
    interval: Estimate


def difference(first: float, first_se: float, second: float, second_se: float, level: float) -> Difference:
    """Wald's comparison of two independent estimates by their standard errors (of two scores: CRAN NPS, `nps.test`)."""
    delta, se = first - second, sqrt(first_se**2 + second_se**2)
    half = normal_quantile(level) * se
    z = change_z(delta, first_se, second_se)
    interval = Estimate(delta - half, delta + half, "wald", se)
    return Difference(delta, se, z, None if z is None else p_value(z), interval)


def hybrid(first: float, around_first: Estimate, second: float, around_second: Estimate) -> Estimate | None:
    """The interval of first - second out of the intervals of both, each distance squared and added.

    Newcombe 1998, method 10, for shares with Wilson's intervals; of other estimates Zou and Donner 2008. An open end
    opens the side that it would bound. `None` where both sides are open.
    """
    below = _apart(first, around_first.low, second, around_second.high)
    above = _apart(first, around_first.high, second, around_second.low)
    if below is None and above is None:
        return None
    low = None if below is None else first - second - below
    high = None if above is None else first - second + above
    return Estimate(low, high, "newcombe", None)


def newcombe(k1: float, n1: float, k2: float, n2: float, level: float) -> Estimate | None:
    """The hybrid score interval of k1 / n1 - k2 / n2 (Newcombe 1998, method 10). `None` where one n is 0."""
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    return None if first is None or second is None else hybrid(k1 / n1, first, k2 / n2, second)


def two_proportions(k1: float, n1: float, k2: float, n2: float) -> tuple[float, float] | None:
    """Z and two-sided p of two independent shares, the variance pooled as if they were one.

    `None` where one n is 0, and where all or none succeeded, so that nothing could differ.
    """
    if n1 <= 0 or n2 <= 0:
        return None
    pooled = (k1 + k2) / (n1 + n2)
    se = sqrt(max(0.0, pooled * (1 - pooled)) * (1 / n1 + 1 / n2))
    if se == 0:
        return None
    z = (k1 / n1 - k2 / n2) / se
    return z, p_value(z)


def _apart(first: float, end: float | None, second: float, other: float | None) -> float | None:
    return None if end is None or other is None else sqrt((first - end) ** 2 + (other - second) ** 2)
