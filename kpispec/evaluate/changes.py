"""A reading against the period before and the same one a year earlier: how far apart, and whether that is noise."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kpispec.catalog.model import Kpi
from kpispec.evaluate.intervals import rounded
from kpispec.evaluate.judge import Judge
from kpispec.evaluate.report import Change, Reading
from kpispec.evaluate.statistics import change_z, normal_quantile
from kpispec.periods import Period
from kpispec.plan.model import Measure, Request

_NONE: Mapping[str, Judge] = MappingProxyType({})
COMPARISONS = ("previous_period", "same_period_last_year")


def earlier(name: str, request: Request, key: int) -> int | None:
    """The key of the period that a comparison looks at."""
    if request.grain == "all":
        return None
    return request.period_before(key) if name == "previous_period" else request.year_before(key)


def compared(
    judge: Judge,
    measure: Measure,
    reading: Reading,
    names: tuple[str, ...],
    elapsed: Mapping[str, Judge] = _NONE,
) -> Reading:
    """The reading with its changes.

    A period that is still running is not held against whole ones, but against the same part of them: `elapsed` has
    judges of runs that saw no more of the earlier period than there is of this one.
    """
    found = []
    for name in names:
        if reading.period.complete:
            change = _change(judge, measure, reading, name)
        else:
            change = _so_far(judge, elapsed[name], measure, reading, name) if name in elapsed else None
        if change is not None:
            found.append((name, change))
    return replace(reading, compare=tuple(found))


def _change(judge: Judge, measure: Measure, reading: Reading, name: str) -> Change | None:
    request = judge.plan.request
    key = earlier(name, request, reading.period.key)
    if key is None:
        return None
    against = request.period_of(key)
    before = judge.reading(measure, key, reading.segment) if key in judge.cells.periods else None
    error = judge.standard_error(measure, key, reading.segment) if before is not None else None
    return _between(judge, measure, reading, before, error, against)


def _so_far(judge: Judge, then: Judge, measure: Measure, reading: Reading, name: str) -> Change | None:
    """Against the same part of an earlier period, as it was known then; only of the whole."""
    request = judge.plan.request
    key = earlier(name, request, reading.period.key)
    own = then.plan.measure(measure.kpi.id)
    start = reading.period.start
    if key is None or own is None or start is None or reading.segment or key not in then.cells.periods:
        return None
    part = then.reading(own, key, ())
    if _leaves_few(judge, measure, key, part):
        return None
    change = _between(judge, measure, reading, part, then.standard_error(own, key, ()), request.period_of(key))
    days = (request.as_of_day - start).days
    return replace(change, elapsed=days)


def _leaves_few(judge: Judge, measure: Measure, key: int, part: Reading) -> bool:
    """Whether the whole period less its part would tell of fewer than may be shown."""
    least = measure.kpi.spec.suppress_below
    whole = judge.reading(measure, key, ()) if key in judge.cells.periods else None
    if least is None or whole is None or whole.n is None or part.n is None:
        return False
    return 0 < whole.n - part.n < least


def _between(
    judge: Judge, measure: Measure, reading: Reading, before: Reading | None, error: float | None, against: Period
) -> Change:
    if before is None or before.value is None or reading.value is None:
        return Change(against, before.value if before is not None else None, None, None, None)
    delta = rounded(reading.value - before.value)
    z = change_z(delta, judge.standard_error(measure, reading.period.key, reading.segment), error)
    significant = None if z is None else abs(z) > normal_quantile(measure.kpi.spec.level)
    return Change(against, before.value, delta, significant, better(measure.kpi, reading, before), z)


def better(kpi: Kpi, now: Reading, before: Reading) -> bool | None:
    """Whether one value is better than another; `None` where they are equal or nobody says which way is better."""
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
