"""Intervals, tests and sizes of samples, as plain functions of counts, moments or values; they know nothing of KPIs.

A level is a number between 0 and 1 (0.95). `None` means that the data cannot tell; a `ValueError`, that the arguments
contradict each other. Figures come back in the unit in which they were given.
"""

from kpispec.statistics.changes import Difference, change_z, difference, hybrid, newcombe, two_proportions
from kpispec.statistics.estimate import Estimate, clamped, normal_quantile, p_value
from kpispec.statistics.means import Paired, adjusted, deviation, mean, moments, paired_differences, paired_t
from kpispec.statistics.quantiles import RankBounds, quantile_interval, quantile_ranks, rank_bounds
from kpispec.statistics.shares import agresti_coull, clopper_pearson, promoters, wald, wilson

__all__ = [
    "Difference",
    "Estimate",
    "Paired",
    "RankBounds",
    "adjusted",
    "agresti_coull",
    "change_z",
    "clamped",
    "clopper_pearson",
    "deviation",
    "difference",
    "hybrid",
    "mean",
    "moments",
    "newcombe",
    "normal_quantile",
    "p_value",
    "paired_differences",
    "paired_t",
    "promoters",
    "quantile_interval",
    "quantile_ranks",
    "rank_bounds",
    "two_proportions",
    "wald",
    "wilson",
]
