"""Intervals, tests and sizes of samples, as plain functions of counts, moments or values; they know nothing of KPIs.

A level is a number between 0 and 1 (0.95). `None` means that the data cannot tell; a `ValueError`, that the arguments
contradict each other. Figures come back in the unit in which they were given.
"""

from kpispec.statistics.changes import Difference, change_z, difference, hybrid, newcombe, two_proportions
from kpispec.statistics.estimate import Estimate, clamped, normal_quantile, p_value
from kpispec.statistics.means import Paired, adjusted, deviation, mean, moments, paired_differences, paired_t
from kpispec.statistics.multiplicity import benjamini_hochberg, holm
from kpispec.statistics.nps import nps_adjusted, nps_interval, nps_score, nps_variance, nps_wald
from kpispec.statistics.quadrants import ImportancePerformance, Quadrant, importance_performance
from kpispec.statistics.quantiles import RankBounds, quantile_interval, quantile_ranks, rank_bounds
from kpispec.statistics.ranks import RankTest, mann_whitney, wilcoxon
from kpispec.statistics.rates import RateRatio, binomial_p, e_test, garwood, rate_ratio
from kpispec.statistics.reliability import Reliability, battery_alpha, cronbach_alpha, feldt
from kpispec.statistics.samples import sample_for_mean, sample_for_share
from kpispec.statistics.shares import agresti_coull, clopper_pearson, promoters, wald, wilson
from kpispec.statistics.survival import Step, SurvivalQuantile, kaplan_meier, log_log, survival_quantile
from kpispec.statistics.weights import Kish, WeightedMean, kish, weighted_mean

__all__ = [
    "Difference",
    "Estimate",
    "ImportancePerformance",
    "Kish",
    "Paired",
    "Quadrant",
    "RankBounds",
    "RankTest",
    "RateRatio",
    "Reliability",
    "Step",
    "SurvivalQuantile",
    "WeightedMean",
    "adjusted",
    "agresti_coull",
    "battery_alpha",
    "benjamini_hochberg",
    "binomial_p",
    "change_z",
    "clamped",
    "clopper_pearson",
    "cronbach_alpha",
    "deviation",
    "difference",
    "e_test",
    "feldt",
    "garwood",
    "holm",
    "hybrid",
    "importance_performance",
    "kaplan_meier",
    "kish",
    "log_log",
    "mann_whitney",
    "mean",
    "moments",
    "newcombe",
    "normal_quantile",
    "nps_adjusted",
    "nps_interval",
    "nps_score",
    "nps_variance",
    "nps_wald",
    "p_value",
    "paired_differences",
    "paired_t",
    "promoters",
    "quantile_interval",
    "quantile_ranks",
    "rank_bounds",
    "rate_ratio",
    "sample_for_mean",
    "sample_for_share",
    "survival_quantile",
    "two_proportions",
    "wald",
    "weighted_mean",
    "wilcoxon",
    "wilson",
]
