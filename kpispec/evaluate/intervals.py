"""The interval of a cell by its measure's method, in the KPI's unit, clamped to what the unit can reach."""

from dataclasses import replace

from kpispec import statistics
from kpispec.catalog.model import Kpi
from kpispec.evaluate.report import Interval
from kpispec.evaluate.table import Cell
from kpispec.plan.model import Measure
from kpispec.statistics import Estimate

SIGNIFICANT_DIGITS = 12


def rounded(value: float) -> float:
    """A value at the digits at which it is judged and shown, so that the threads' order of adding cannot show."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def estimate_of(measure: Measure, cell: Cell) -> Estimate | None:
    """The interval of a cell in the KPI's unit, clamped to what the unit can reach."""
    spread = measure.spread
    if spread is None:
        return None
    found = _ESTIMATES[spread.method](measure, cell)
    if found is None:
        return None
    return _clamped(measure.kpi, _scaled(found, spread.scale / measure.factor))


def _wilson(measure: Measure, cell: Cell) -> Estimate | None:
    k, n = cell.parts["k"], cell.parts["n"]
    return None if k is None or n is None else statistics.wilson(k, n, measure.kpi.spec.level)


def _mean(measure: Measure, cell: Cell) -> Estimate | None:
    total, squares, n = cell.parts["sum"], cell.parts["squares"], cell.parts["n"]
    if total is None or squares is None or n is None or n < 2:
        return None
    sd = statistics.deviation(total, squares, n)
    return None if sd is None else statistics.mean(total / n, sd, n, measure.kpi.spec.level)


def _promoters(measure: Measure, cell: Cell) -> Estimate | None:
    up, down, n = cell.parts["up"], cell.parts["down"], cell.parts["n"]
    if up is None or down is None or n is None:
        return None
    return statistics.promoters(up, down, n, measure.kpi.spec.level)


def _order_statistics(measure: Measure, cell: Cell) -> Estimate | None:
    n, spread = cell.parts["n"], measure.spread
    if n is None or cell.ranks is None or spread is None or spread.p is None:
        return None
    low, high = statistics.quantile_ranks(int(n), spread.p, measure.kpi.spec.level)
    values = cell.ranks.values
    return Estimate(values.get(low), values.get(high), "order_statistics", None)


_ESTIMATES = {"wilson": _wilson, "t": _mean, "nps": _promoters, "order_statistics": _order_statistics}


def _scaled(found: Estimate, scale: float) -> Estimate:
    low = None if found.low is None else found.low * scale
    high = None if found.high is None else found.high * scale
    if scale < 0:
        low, high = high, low
    return Estimate(low, high, found.method, None if found.se is None else found.se * abs(scale))


def _clamped(kpi: Kpi, found: Estimate) -> Estimate:
    least, most = kpi.unit.reach
    low = found.low if found.low is None or least is None else max(found.low, least)
    high = found.high if found.high is None or most is None else min(found.high, most)
    return replace(found, low=low, high=high)


def interval_of(kpi: Kpi, found: Estimate | None) -> Interval | None:
    if found is None or (found.low is None and found.high is None):
        return None
    low = None if found.low is None else rounded(found.low)
    high = None if found.high is None else rounded(found.high)
    return Interval(low, high, kpi.spec.level)


def is_uncertain(cuts: tuple[float, ...], found: Estimate | None) -> bool:
    """Whether the interval holds a bound between two bands. An open side holds every bound beyond the other."""
    if found is None:
        return False
    low = float("-inf") if found.low is None else found.low
    high = float("inf") if found.high is None else found.high
    return any(low < cut < high for cut in cuts)
