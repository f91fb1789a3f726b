"""How many answers a margin needs: half the width of the interval, in the unit of the figure."""

from math import ceil

from kpispec.statistics.estimate import normal_quantile


def sample_for_mean(variance: float, margin: float, level: float, population: float | None = None) -> int:
    """Answers so that a mean, or a score, stands within ± margin: variance · (z / margin)², rounded up.

    The variance is that of one answer, in the square of the margin's unit: of a Net Promoter Score in points
    100² · `nps_variance(p, d)`, at worst 10 000. Of a finite population fewer are needed. `ValueError` for a margin
    that is none, a variance below 0 or a population of nobody.
    """
    if variance < 0 or margin <= 0 or (population is not None and population <= 0):
        raise ValueError(f"a margin of {margin} at a variance of {variance} in {population}")
    needed = variance * (normal_quantile(level) / margin) ** 2
    if population is not None:
        needed = max(0.0, needed / (1 + (needed - 1) / population))
    return ceil(needed)


def sample_for_share(share: float, margin: float, level: float, population: float | None = None) -> int:
    """Answers so that a share, 0 to 1, stands within ± margin: z² p (1 - p) / margin², rounded up (Cochran 1963).

    `share` is what is expected; 0.5 is the worst. In a finite population n / (1 + (n - 1) / N) of those n are needed.
    `ValueError` for a share that is none and as for `sample_for_mean`.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"{share} is no share")
    return sample_for_mean(share * (1 - share), margin, level, population)
