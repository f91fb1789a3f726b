"""The interval of a cell by its measure's method, in the KPI's unit, clamped to what the unit can reach."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import fsum, sqrt

from kpispec import statistics
from kpispec.catalog.model import Kpi
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.report import Interval
from kpispec.evaluate.table import Cell
from kpispec.plan.ingredients import Linked, Spread, Without
from kpispec.plan.model import Measure
from kpispec.plan.resample import LEAST_REPLICATES, MOST_UNITS, REPLICATES
from kpispec.statistics import Estimate


def estimate_of(measure: Measure, cell: Cell) -> Estimate | Without:
    """The interval of a cell in the KPI's unit, clamped to what the unit can reach; or why it has none."""
    spread = measure.spread
    if isinstance(spread, Without):
        return spread
    found = _ESTIMATES[spread.method](measure, spread, cell)
    if isinstance(found, Without):
        return _adjusted(measure, cell) if found.code == "alike" else found
    return _clamped(measure.kpi, _moved(found, spread, measure.factor))


def _wilson(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    k, n = cell.parts["k"], cell.parts["n"]
    found = None if k is None or n is None else statistics.wilson(k, n, measure.kpi.spec.level)
    return found or Without("few", (("n", 0),))


def _mean(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    total, squares, n = cell.parts["sum"], cell.parts["squares"], cell.parts["n"]
    if total is None or squares is None or n is None or n < 2:
        return Without("few", (("n", int(n or 0)),))
    sd = statistics.deviation(total, squares, n)
    if sd is None:
        return Without("digits")
    return statistics.mean(total / n, sd, n, measure.kpi.spec.level) or Without("few", (("n", int(n)),))


def _garwood(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    k, exposure = cell.parts["k"], cell.parts.get("exposure", 1.0)
    if k is None or exposure is None or exposure <= 0:
        return Without("few", (("n", 0),))
    return statistics.garwood(k, exposure, measure.kpi.spec.level) or Without("few", (("n", 0),))


def _order_statistics(measure: Measure, spread: Spread, cell: Cell) -> Estimate | Without:
    n = cell.parts["n"]
    if n is None or cell.ranks is None or spread.p is None:
        return Without("few", (("n", 0),))
    low, high = statistics.quantile_ranks(int(n), spread.p, measure.kpi.spec.level)
    values = cell.ranks.values
    if low not in values and high not in values:
        return Without("few", (("n", int(n)),))
    return Estimate(values.get(low), values.get(high), "order_statistics", None)


def _kaplan_meier(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    if "greenwood" not in cell.parts:
        low, high = cell.parts["low"], cell.parts["high"]
        return Without("few", (("n", cell.n or 0),)) if low is None and high is None else Estimate(low, high, KM, None)
    share, greenwood = cell.parts["share"], cell.parts["greenwood"]
    found = (
        None if share is None or greenwood is None else statistics.log_log(1 - share, greenwood, measure.kpi.spec.level)
    )
    if found is None or found.low is None or found.high is None:
        return Without("few", (("n", cell.n or 0),))
    return Estimate(1 - found.high, 1 - found.low, KM, found.se)


def _feldt(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    items, respondents = cell.parts["items"] or 0.0, cell.parts["respondents"] or 0.0
    if cell.value is None or items < 2 or respondents < 2:
        return Without("few", (("n", int(respondents)),))
    found = statistics.feldt(cell.value, respondents, items, measure.kpi.spec.level)
    return found or Without("few", (("n", int(respondents)),))


def _bootstrap(measure: Measure, _spread: Spread, cell: Cell) -> Estimate | Without:
    """The values between which the level's share of the replicates lies."""
    units, there = cell.parts["units"], int(cell.parts["replicates"] or 0)
    if units is not None and units > MOST_UNITS:
        return Without("too-many-units", (("units", int(units)), ("most", MOST_UNITS)))
    low, high = cell.parts["low"], cell.parts["high"]
    if low is None or high is None or there < LEAST_REPLICATES:
        return Without("few-replicates", (("there", there), ("of", REPLICATES)))
    if rounded(low) == rounded(high):
        return Without("replicates-alike")
    if not low <= (cell.value or 0.0) * measure.factor <= high:
        return Without("replicates-apart")
    return Estimate(low, high, "bootstrap", cell.parts["se"])


KM = "kaplan_meier"
LEAST_VARIANCE = 1e-13  # of the sizes that add up to it: below, what is left is noise of the doubles


def _delta(measure: Measure, spread: Spread, cell: Cell) -> Estimate | Without:
    """The value and its linearised standard error."""
    variance = 0.0
    for linked in spread.linked:
        part = _variance(linked, cell)
        if isinstance(part, Without):
            return part
        variance += part
    if variance <= 0:
        return Without("alike")
    value, se = cell.value or 0.0, sqrt(variance)
    half = statistics.normal_quantile(measure.kpi.spec.level) * se
    raw = value * measure.factor
    return Estimate(raw - half, raw + half, "delta", se)


def _variance(linked: Linked, cell: Cell) -> float | Without:
    d = [cell.parts[name] for name in linked.gradient]
    if any(x is None for x in d):
        return Without("not-differentiable")
    added = []
    for i, j, part in linked.moments:
        moment = cell.parts[part] or 0.0
        added.append((1.0 if i == j else 2.0) * (d[i] or 0.0) * (d[j] or 0.0) * moment)
    total, size = fsum(added), fsum(abs(x) for x in added)
    if total < LEAST_VARIANCE * size:
        return 0.0
    if linked.clusters is None:
        return total
    clusters = cell.parts[linked.clusters] or 0.0
    return total * clusters / (clusters - 1) if clusters > 1 else Without("few", (("n", int(clusters)),))


def _adjusted(measure: Measure, cell: Cell) -> Estimate | Without:
    """Where no answer differs from another: three more, one at each end of the unit and one in the middle."""
    unit, value, n = measure.kpi.unit, cell.value, cell.n
    low, high = unit.reach if None not in unit.reach else unit.usual
    if value is None or not n or low is None or high is None or not low <= value <= high:
        return Without("alike")
    found = statistics.adjusted(value, n, low, high, measure.kpi.spec.level)
    return replace(_clamped(measure.kpi, found), se=0.0) if found is not None else Without("alike")


_ESTIMATES: Mapping[str, Callable[[Measure, Spread, Cell], Estimate | Without]] = {
    "wilson": _wilson,
    "t": _mean,
    "garwood": _garwood,
    "order_statistics": _order_statistics,
    "kaplan_meier": _kaplan_meier,
    "feldt": _feldt,
    "delta": _delta,
    "bootstrap": _bootstrap,
}


def _moved(found: Estimate, spread: Spread, factor: float) -> Estimate:
    """In the KPI's unit: `shift + scale` times the method's figure, divided by the factor of its unit."""
    low, high = (None if x is None else (spread.shift + spread.scale * x) / factor for x in (found.low, found.high))
    if spread.scale < 0:
        low, high = high, low
    return Estimate(low, high, found.method, None if found.se is None else found.se * abs(spread.scale) / factor)


def _clamped(kpi: Kpi, found: Estimate) -> Estimate:
    least, most = kpi.unit.reach
    low = found.low if found.low is None or least is None else max(found.low, least)
    high = found.high if found.high is None or most is None else min(found.high, most)
    return replace(found, low=low, high=high)


def interval_of(kpi: Kpi, found: Estimate | Without | None) -> Interval | None:
    if found is None or isinstance(found, Without) or (found.low is None and found.high is None):
        return None
    low = None if found.low is None else rounded(found.low)
    high = None if found.high is None else rounded(found.high)
    return Interval(low, high, kpi.spec.level)


def is_uncertain(cuts: tuple[float, ...], found: Estimate | Without | None) -> bool:
    """Whether the interval holds a bound between two bands. An open side holds every bound beyond the other."""
    if found is None or isinstance(found, Without):
        return False
    low = float("-inf") if found.low is None else found.low
    high = float("inf") if found.high is None else found.high
    return any(low < cut < high for cut in cuts)
