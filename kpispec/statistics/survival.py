"""Durations of which some are not over yet: Kaplan and Meier's curve (1958), with Greenwood's variance (1926)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from kpispec.statistics.estimate import Estimate, normal_quantile

_SLACK = 1e-12  # products of shares miss the share asked for by their last digits


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from a duration at which something closed: `share` is what is still open just after it.

    `greenwood` is the sum of d / (n (n - d)) so far, d of n at risk having closed, and `None` once nothing is open;
    `se` is `share` times its root.
    """

    time: float
    at_risk: int
    closed: int
    share: float
    greenwood: float | None

    @property
    def se(self) -> float | None:
        return None if self.greenwood is None else self.share * sqrt(self.greenwood)


def kaplan_meier(times: Sequence[float], closed: Sequence[bool | int]) -> tuple[Step, ...]:
    """The curve of durations and, for each, whether it is over; one that is not counts as at risk up to its duration.

    A step for each duration at which something closed, in order; none where nothing did. `ValueError` for lists of
    different length.
    """
    rows = sorted(zip(times, closed, strict=True))
    steps: list[Step] = []
    share, greenwood, at = 1.0, 0.0, 0
    while at < len(rows):
        time, at_risk, first = rows[at][0], len(rows) - at, at
        while at < len(rows) and rows[at][0] == time:
            at += 1
        over = sum(1 for _, is_closed in rows[first:at] if is_closed)
        if over:
            share *= 1 - over / at_risk
            greenwood += over / (at_risk * (at_risk - over)) if over < at_risk else 0.0
            steps.append(Step(time, at_risk, over, share, greenwood if over < at_risk else None))
    return tuple(steps)


def log_log(share: float, greenwood: float, level: float) -> Estimate | None:
    """The interval of the share still open by its log-log transform, which stays between 0 and 1.

    `greenwood` is the sum of d / (n (n - d)). `None` where everything or nothing is open, and where nothing closed.
    Kalbfleisch and Prentice 1980; the default of SAS and of statsmodels.
    """
    if not 0 < share < 1 or greenwood <= 0:
        return None
    low, high = _around(share, greenwood, level)
    return Estimate(low, high, "kaplan_meier", share * sqrt(greenwood))


@dataclass(frozen=True, slots=True)
class SurvivalQuantile:
    """The duration by which a share has closed, with its interval; `None` where the curve does not fall so far."""

    value: float | None
    low: float | None
    high: float | None


def survival_quantile(steps: Sequence[Step], p: float, level: float) -> SurvivalQuantile:
    """The duration by which the share p has closed, between the first at which that may be and the first past it.

    The value is where the curve first touches 1 - p. The interval holds the durations at which 1 - p is within the
    log-log interval of the share still open (Brookmeyer and Crowley 1982). Where the last case closes, the curve falls
    to 0 and has no interval, so that this bounds nothing; statsmodels takes it for an end. `ValueError` for a p that is
    no share.
    """
    if not 0 < p < 1:
        raise ValueError(f"quantile {p}")
    left = 1 - p
    value = next((s.time for s in steps if s.share <= left + _SLACK), None)
    bounds = [(s.time, _around(s.share, s.greenwood, level)) for s in steps if s.greenwood is not None]
    low = next((time for time, (least, _) in bounds if least <= left), None)
    high = next((time for time, (_, most) in bounds if most < left), None)
    return SurvivalQuantile(value, low, high)


def _around(share: float, greenwood: float, level: float) -> tuple[float, float]:
    power = exp(normal_quantile(level) * sqrt(greenwood) / -log(share))
    return share**power, share ** (1 / power)
