"""Whether the items of a battery measure one thing: Cronbach's alpha (1951) with Feldt's interval (1965)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isnan
from typing import Literal

from kpispec.statistics.estimate import Estimate
from kpispec.statistics.means import moments

_NOISE = 1e-12  # sums that do not vary still seem to, by the last digits of what cancels out

Answers = Sequence[float | None]  # of one respondent, an item each; `None` or NaN is no answer


def cronbach_alpha(item_variances: Sequence[float], total_variance: float) -> float | None:
    """Alpha of k items by their variances and that of the respondents' sums, all with n - 1 below, or all with n.

    At most 1, and below 0 where the items contradict each other. `None` for fewer than two items, and where the sums do
    not vary.
    """
    k = len(item_variances)
    if k < 2 or total_variance <= 0:
        return None
    return k / (k - 1) * (1 - fsum(item_variances) / total_variance)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Alpha of a battery, the respondents and items it rests on, and Feldt's interval."""

    alpha: float
    n: int
    items: int
    interval: Estimate | None


def battery_alpha(
    rows: Sequence[Answers], level: float, missing: Literal["listwise", "pairwise"] = "listwise"
) -> Reliability | None:
    """Alpha of a matrix: a row a respondent, a column an item.

    `listwise` leaves out who did not answer every item; `pairwise` takes each covariance over those who answered both
    items, and n is everybody (as pingouin does). `None` for fewer than two items or respondents, and where the sums do
    not vary; `ValueError` for rows of different length.
    """
    answered = [[None if x is None or isnan(x) else x for x in row] for row in rows]
    if len({len(row) for row in answered}) > 1:
        raise ValueError("rows of different length")
    if missing == "listwise":
        answered = [row for row in answered if None not in row]
    items = len(answered[0]) if answered else 0
    if len(answered) < 2 or items < 2:
        return None
    columns = list(zip(*answered, strict=True))
    variances = [_covariance(column, column) for column in columns]
    shared = fsum(_covariance(a, b) for at, a in enumerate(columns) for b in columns[:at])
    total = fsum(variances) + 2 * shared
    alpha = cronbach_alpha(variances, total) if total > _NOISE * fsum(variances) else None
    if alpha is None:
        return None
    return Reliability(alpha, len(answered), items, feldt(alpha, len(answered), items, level))


def feldt(alpha: float, n: float, items: float, level: float) -> Estimate | None:
    """The interval of alpha over n respondents and k items, by the F distribution (Feldt 1965).

    (1 - alpha) over what it would be for everybody is F with n - 1 and (n - 1)(k - 1) degrees. `None` for fewer than
    two items or respondents. It is not symmetric, so there is no standard error.
    """
    if n < 2 or items < 2:
        return None
    from scipy.special import fdtri

    degrees, tail = (n - 1, (n - 1) * (items - 1)), (1 - level) / 2
    low = 1 - (1 - alpha) * float(fdtri(*degrees, 1 - tail))
    return Estimate(low, 1 - (1 - alpha) * float(fdtri(*degrees, tail)), "feldt", None)


def _covariance(first: Answers, second: Answers) -> float:
    """With n - 1 below, over the rows that have both; 0 for a single one."""
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if len(both) < 2:
        return 0.0
    (a, _, n), (b, _, _) = (moments(side) for side in zip(*both, strict=True))
    return fsum((x - a) * (y - b) for x, y in both) / (n - 1)
