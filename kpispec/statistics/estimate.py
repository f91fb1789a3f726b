"""What an interval is, and the normal quantiles that many of them are made with."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import erfc, sqrt
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
    """The two-sided normal quantile of a level: 1.96 for 0.95. `ValueError` for a level that is not below 1."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def p_value(z: float) -> float:
    """The two-sided p-value of a figure that stands `z` standard errors from where nothing would be."""
    return erfc(abs(z) / sqrt(2))


def clamped(found: Estimate, least: float | None, most: float | None) -> Estimate:
    """The interval cut off at what the figure can reach; `None` is no end. Its standard error stays."""
    low = found.low if found.low is None or least is None else max(found.low, least)
    high = found.high if found.high is None or most is None else min(found.high, most)
    return replace(found, low=low, high=high)
