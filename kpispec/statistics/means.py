"""Means: Student's interval, the paired comparison, and what to do where no spread was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from kpispec.statistics.estimate import Estimate, clamped, normal_quantile

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


def moments(values: Sequence[float]) -> tuple[float, float, int]:
    """Mean, standard deviation (n - 1 below; 0 for one value) and n, as `mean` takes them. `ValueError` for none."""
    n = len(values)
    if n == 0:
        raise ValueError("no values have no mean")
    centre = fsum(values) / n
    return centre, sqrt(fsum((x - centre) ** 2 for x in values) / max(1, n - 1)), n


def mean(value: float, sd: float, n: float, level: float) -> Estimate | None:
    """Student's interval of a mean, sd with n - 1 below. `None` for fewer than two values."""
    if n < 2:
        return None
    from scipy.special import stdtrit

    se = sd / sqrt(n)
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * se
    return Estimate(value - half, value + half, "t", se)


def adjusted(value: float, n: float, low: float, high: float, level: float, variance: float = 0.0) -> Estimate | None:
    """The adjusted Wald interval of a mean that can reach from `low` to `high`, cut off there.

    Three pseudo-answers are added to the n, one at each end of the reach and one in its middle, so that answers that
    are all alike do not claim to know everything. `variance` is that of the n answers, over n; `se` is that of the
    n + 3. For promoters (high), passives and detractors (low) it adds one to each class. `None` at n = 0, `ValueError`
    for a reach that is none. After Agresti and Coull 1998; for the Net Promoter Score Rocks 2016, T = 3.
    """
    if not low < high:
        raise ValueError(f"nothing reaches from {low} to {high}")
    if n <= 0:
        return None
    middle = (low + high) / 2
    centre = (n * value + low + middle + high) / (n + 3)
    added = (low - centre) ** 2 + (middle - centre) ** 2 + (high - centre) ** 2
    squares = n * (variance + (value - centre) ** 2) + added
    se = sqrt(squares) / (n + 3)
    half = normal_quantile(level) * se
    return clamped(Estimate(centre - half, centre + half, "adjusted", se), low, high)


@dataclass(frozen=True, slots=True)
class Paired:
    """Two answers of each respondent: the mean of first less second, and Student's test that it is 0.

    `t` and `p` are `None` where all differences are equal, so that there is no spread to hold them against.
    """

    mean: float
    df: int
    t: float | None
    p: float | None
    interval: Estimate


def paired_t(first: Sequence[float | None], second: Sequence[float | None], level: float) -> Paired | None:
    """Student's paired comparison of two equally long lists; a pair with a `None` does not count (Student 1908).

    `None` for fewer than two pairs, `ValueError` for lists of different length.
    """
    differences = paired_differences(first, second)
    if len(differences) < 2:
        return None
    centre, sd, n = moments(differences)
    found = mean(centre, sd, n, level)
    assert found is not None
    t, p = (None, None) if sd == 0 else _t_test(centre / (sd / sqrt(n)), n - 1)
    return Paired(centre, n - 1, t, p, found)


def paired_differences(first: Sequence[float | None], second: Sequence[float | None]) -> list[float]:
    """First less second, of the pairs that have both. `ValueError` for lists of different length."""
    return [a - b for a, b in zip(first, second, strict=True) if a is not None and b is not None]


def _t_test(t: float, df: int) -> tuple[float, float]:
    from scipy.special import stdtr

    return t, 2 * float(stdtr(df, -abs(t)))
