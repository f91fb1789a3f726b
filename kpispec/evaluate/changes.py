"""A reading against the period before and the same one a year earlier: how far apart, and whether that is noise."""

from dataclasses import replace

from kpispec.catalog.model import Kpi
from kpispec.evaluate.intervals import rounded
from kpispec.evaluate.judge import Judge
from kpispec.evaluate.report import Change, Reading, Segment
from kpispec.evaluate.statistics import change_z, normal_quantile
from kpispec.plan.model import Measure, Request

COMPARISONS = ("previous_period", "same_period_last_year")


def earlier(name: str, request: Request, key: int) -> int | None:
    """The key of the period that a comparison looks at."""
    if request.grain == "all":
        return None
    return request.period_before(key) if name == "previous_period" else request.year_before(key)


def compared(judge: Judge, measure: Measure, reading: Reading, names: tuple[str, ...]) -> Reading:
    """The reading with its changes. A period that is still running is not held against whole ones."""
    if not reading.period.complete:
        return reading
    found = []
    for name in names:
        change = _change(judge, measure, reading, name)
        if change is not None:
            found.append((name, change))
    return replace(reading, compare=tuple(found))


def _change(judge: Judge, measure: Measure, reading: Reading, name: str) -> Change | None:
    request = judge.plan.request
    key = earlier(name, request, reading.period.key)
    if key is None:
        return None
    against = request.period_of(key)
    before = _reading(judge, measure, key, reading.segment)
    if before is None or before.value is None or reading.value is None:
        return Change(against, before.value if before is not None else None, None, None, None)
    delta = rounded(reading.value - before.value)
    z = change_z(
        delta,
        judge.standard_error(measure, reading.period.key, reading.segment),
        judge.standard_error(measure, key, reading.segment),
    )
    significant = None if z is None else abs(z) > normal_quantile(measure.kpi.spec.level)
    return Change(against, before.value, delta, significant, _better(measure.kpi, reading, before), z)


def _reading(judge: Judge, measure: Measure, key: int, segment: Segment) -> Reading | None:
    return judge.reading(measure, key, segment) if key in judge.cells.periods else None


def _better(kpi: Kpi, now: Reading, before: Reading) -> bool | None:
    if now.value is None or before.value is None or now.value == before.value:
        return None
    match kpi.direction:
        case "higher_is_better":
            return now.value > before.value
        case "lower_is_better":
            return now.value < before.value
        case "closer_to_target":
            middle = _wanted(now)
            return None if middle is None else abs(now.value - middle) < abs(before.value - middle)
        case _:
            return None


def _wanted(reading: Reading) -> float | None:
    """The value to come close to: the target in force, else the middle of the good band."""
    if reading.target is not None:
        return reading.target.value
    for good in reading.bands.good_ranges if reading.bands is not None else ():
        if good.low is not None and good.high is not None:
            return (good.low + good.high) / 2
    return None
