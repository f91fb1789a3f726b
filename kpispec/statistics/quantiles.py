"""Quantiles between two order statistics, whatever the shape of the data (Conover; Hahn and Meeker 1991)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kpispec.statistics.estimate import Estimate


@lru_cache(maxsize=4096)
def quantile_ranks(n: int, p: float, level: float) -> tuple[int, int]:
    """The ranks, from 1, of the order statistics around quantile p (Conover; Hahn and Meeker).

    Rank 0 and rank n + 1 mean that the side is open: so few values bound nothing there.
    """
    return _binomial_quantile((1 - level) / 2, n, p), _binomial_quantile((1 + level) / 2, n, p) + 1


@dataclass(frozen=True, slots=True)
class RankBounds:
    """Two ranks, from 1, and how often their values hold the quantile of continuous data: never less than asked for."""

    low: int
    high: int
    coverage: float
    low_open: bool
    high_open: bool


def rank_bounds(n: int, p: float, level: float) -> RankBounds:
    """`quantile_ranks` of n values with their exact coverage, and which side is open. `ValueError` below n = 1."""
    from scipy.special import bdtr

    if n < 1 or not 0 < p < 1:
        raise ValueError(f"quantile {p} of {n} values")
    low, high = quantile_ranks(n, p, level)
    below = float(bdtr(low - 1, n, p)) if low > 0 else 0.0
    return RankBounds(low, high, float(bdtr(high - 1, n, p)) - below, low == 0, high == n + 1)


def quantile_interval(values: Sequence[float], p: float, level: float) -> Estimate | None:
    """The interval of quantile p of values in any order, an open side `None`. `None` where there are no values."""
    if not values:
        return None
    low, high = quantile_ranks(len(values), p, level)
    ordered = sorted(values)
    least = ordered[low - 1] if low > 0 else None
    most = ordered[high - 1] if high <= len(ordered) else None
    return Estimate(least, most, "order_statistics", None)


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
