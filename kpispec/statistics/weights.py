"""Means of weighted answers, and what the weights cost (Kish 1965)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from kpispec.statistics.estimate import Estimate, normal_quantile


@dataclass(frozen=True, slots=True)
class Kish:
    """Of n weighted answers: how many unweighted ones tell as much, and n over that, the design effect (1 or more)."""

    n: int
    effective: float
    design_effect: float


def kish(weights: Sequence[float]) -> Kish | None:
    """(Σw)² / Σw² and n over it. `None` where all weights are 0 or there are none, `ValueError` for one below 0."""
    if any(w < 0 for w in weights):
        raise ValueError("a weight below 0")
    squares = fsum(w * w for w in weights)
    if squares == 0:
        return None
    effective = fsum(weights) ** 2 / squares
    return Kish(len(weights), effective, len(weights) / effective)


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """A mean of weighted answers, what its weights cost, and its interval with the standard error."""

    value: float
    kish: Kish
    interval: Estimate


def weighted_mean(values: Sequence[float], weights: Sequence[float], level: float) -> WeightedMean | None:
    """The mean Σwx / Σw of answers, its linearised standard error √Σw²(x - mean)² / Σw, and the normal interval.

    The weights are those of a ratio estimate (Horvitz and Thompson 1952; Taylor's linearisation), no counts. `None` as
    for `kish`; `ValueError` for a weight below 0 and for lists of different length.
    """
    pairs = list(zip(values, weights, strict=True))
    cost = kish(weights)
    if cost is None:
        return None
    whole = fsum(weights)
    value = fsum(w * x for x, w in pairs) / whole
    se = sqrt(fsum((w * (x - value)) ** 2 for x, w in pairs)) / whole
    half = normal_quantile(level) * se
    return WeightedMean(value, cost, Estimate(value - half, value + half, "delta", se))
