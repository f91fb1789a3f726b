"""Intervals of a share k / n, and of a balance of two shares.

`k` of `n` counts, 0 <= k <= n (a sum of weights may pass n by its last digits); the answer is a share, 0 to 1. Every
function is `None` at n = 0 and raises `ValueError` where k is no part of n. Wilson's is the one to take: the others are
here to compare with what other tools print.
"""

from math import sqrt

from kpispec.statistics.estimate import Estimate, clamped, normal_quantile

_SLACK = 1e-9  # how far a sum of weights, added in another order, may pass its total


def wilson(k: float, n: float, level: float) -> Estimate | None:
    """The score interval of a share k / n (Wilson 1927). 0 of 20 gives [0, 0.161], never a point. `None` at n = 0."""
    share = _share(k, n)
    if share is None:
        return None
    z = normal_quantile(level)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Estimate(low, high, "wilson", sqrt(share * (1 - share) / n))


def agresti_coull(k: float, n: float, level: float) -> Estimate | None:
    """Wald's interval after z²/2 successes and as many failures are added, cut off at 0 and 1 (Agresti, Coull 1998)."""
    share = _share(k, n)
    if share is None:
        return None
    z = normal_quantile(level)
    trials = n + z * z
    middle = (share * n + z * z / 2) / trials
    half = z * sqrt(middle * (1 - middle) / trials)
    return Estimate(max(0.0, middle - half), min(1.0, middle + half), "agresti_coull", _error(share, n))


def clopper_pearson(k: float, n: float, level: float) -> Estimate | None:
    """The exact interval, by quantiles of the beta distribution: at least `level` whatever the share, often far more.

    Clopper and Pearson 1934.
    """
    share = _share(k, n)
    if share is None:
        return None
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if share == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if share == 1 else float(betaincinv(k + 1, n - k, 1 - tail))
    return Estimate(low, high, "clopper_pearson", _error(share, n))


def wald(k: float, n: float, level: float) -> Estimate | None:
    """The share ± z standard errors, cut off at 0 and 1 (Laplace 1812): a point for 0 of 20, which is its fault."""
    share = _share(k, n)
    if share is None:
        return None
    se = _error(share, n)
    half = normal_quantile(level) * se
    return clamped(Estimate(share - half, share + half, "wald", se), 0.0, 1.0)


def promoters(up: float, down: float, n: float, level: float) -> Estimate | None:
    """The interval of (up - down) / n, variance p + d - (p - d)^2 over n, clamped to what it can reach.

    Where all answers are of one class the estimated variance is 0: three pseudo-answers, one of each class, are added
    (adjusted Wald).
    """
    if n <= 0:
        return None
    se = _difference_error(up, down, n)
    centre, width, method = (up - down) / n, se, "nps"
    if se == 0:
        centre, width, method = (up - down) / (n + 3), _difference_error(up + 1, down + 1, n + 3), "adjusted"
    half = normal_quantile(level) * width
    return Estimate(max(-1.0, centre - half), min(1.0, centre + half), method, se)


def _difference_error(up: float, down: float, n: float) -> float:
    p, d = up / n, down / n
    return sqrt(max(0.0, p + d - (p - d) ** 2) / n)


def _share(k: float, n: float) -> float | None:
    if n <= 0:
        return None
    if not 0 <= k <= n * (1 + _SLACK):
        raise ValueError(f"{k} is no part of {n}")
    return min(1.0, k / n)


def _error(share: float, n: float) -> float:
    return sqrt(share * (1 - share) / n)
