"""The Net Promoter Score of counted answers, in points: -100 to 100."""

from math import sqrt

from kpispec.statistics.estimate import Estimate, clamped, normal_quantile
from kpispec.statistics.means import adjusted

REACH = (-100.0, 100.0)


def nps_score(promoters: float, passives: float, detractors: float) -> float | None:
    """The share of promoters less that of detractors, in points; `None` where nobody answered (Reichheld 2003)."""
    n = _answers(promoters, passives, detractors)
    return 100 * (promoters - detractors) / n if n > 0 else None


def nps_variance(promoters: float, detractors: float) -> float:
    """The variance p + d - (p - d)² of one answer that counts 1, 0 or -1, of the two shares (CRAN NPS, `npvar`).

    Times 100² it is in points². `ValueError` for shares below 0 or above 1 together.
    """
    if promoters < 0 or detractors < 0 or promoters + detractors > 1 + 1e-12:
        raise ValueError(f"shares {promoters} and {detractors} of one whole")
    return max(0.0, promoters + detractors - (promoters - detractors) ** 2)


def nps_wald(promoters: float, passives: float, detractors: float, level: float) -> Estimate | None:
    """The score ± z standard errors, beyond 100 points where the formula says so (CRAN NPS, `nps.se`).

    Where all answers are of one class it is a point: `nps_interval` is the one to show. `None` where nobody answered.
    """
    n = _answers(promoters, passives, detractors)
    score = nps_score(promoters, passives, detractors)
    if score is None:
        return None
    se = 100 * sqrt(nps_variance(promoters / n, detractors / n) / n)
    half = normal_quantile(level) * se
    return Estimate(score - half, score + half, "nps", se)


def nps_adjusted(promoters: float, passives: float, detractors: float, level: float) -> Estimate | None:
    """Wald's interval after one answer is added to each class (Rocks 2016, T = 3). `None` where nobody answered."""
    n = _answers(promoters, passives, detractors)
    score = nps_score(promoters, passives, detractors)
    if score is None:
        return None
    variance = 100**2 * nps_variance(promoters / n, detractors / n)
    return adjusted(score, n, *REACH, level, variance)


def nps_interval(promoters: float, passives: float, detractors: float, level: float) -> Estimate | None:
    """Wald's interval within -100 and 100, and the adjusted one where all answers are of one class.

    `None` where nobody answered.
    """
    found = nps_wald(promoters, passives, detractors, level)
    if found is None or found.se == 0:
        return nps_adjusted(promoters, passives, detractors, level)
    return clamped(found, *REACH)


def _answers(promoters: float, passives: float, detractors: float) -> float:
    if min(promoters, passives, detractors) < 0:
        raise ValueError(f"{promoters}, {passives} and {detractors} answers")
    return promoters + passives + detractors
