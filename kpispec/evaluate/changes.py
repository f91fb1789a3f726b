"""A reading against the period before and the same one a year earlier: how far apart, and whether that is noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from types import MappingProxyType

from kpispec.catalog.model import Kpi
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.intervals import interval_of
from kpispec.evaluate.judge import Judge
from kpispec.evaluate.report import Change, Reading
from kpispec.periods import Period
from kpispec.plan.ingredients import Without
from kpispec.plan.model import Measure, Request
from kpispec.statistics import Estimate, change_z, difference, holm, hybrid, normal_quantile, p_value, rate_ratio

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
    return _between(judge, measure, reading, judge, (measure, before) if before is not None else None, against)


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
    change = _between(judge, measure, reading, then, (own, part), request.period_of(key))
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
    judge: Judge,
    measure: Measure,
    reading: Reading,
    then: Judge,
    before: tuple[Measure, Reading] | None,
    against: Period,
) -> Change:
    earlier_one = before[1] if before is not None else None
    if before is None or earlier_one is None or earlier_one.value is None or reading.value is None:
        return Change(against, earlier_one.value if earlier_one is not None else None, None, None, None)
    delta = rounded(reading.value - earlier_one.value)
    found = _tested(measure.kpi, reading, earlier_one) or _Test()
    if reading.method == earlier_one.method == "garwood":
        counts = _counted(judge, measure, reading), _counted(then, *before)
        found = replace(found, p=_of_counts(*counts), method="conditional")
    significant = _significant(found, measure.kpi.spec.level)
    improved = better(measure.kpi, reading, earlier_one)
    return Change(
        against,
        earlier_one.value,
        delta,
        significant,
        improved,
        found.z,
        interval=interval_of(measure.kpi, found.interval),
        p=found.p,
        method=found.method,
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """Whether two readings differ: the interval of the difference, and the p-value that goes with it."""

    interval: Estimate | None = None
    p: float | None = None
    z: float | None = None
    method: str | None = None


def _tested(kpi: Kpi, now: Reading, before: Reading) -> _Test | None:
    """By the standard errors of both; shares, and what has an interval alone, by their intervals."""
    assert now.value is not None
    assert before.value is not None
    level = kpi.spec.level
    if now.method not in _BY_INTERVALS and before.method not in _BY_INTERVALS and now.se and before.se:
        found = difference(now.value, now.se, before.value, before.se, level)
        return _Test(found.interval, found.p, found.z, "wald")
    ours, theirs = _around(now), _around(before)
    interval = hybrid(now.value, ours, before.value, theirs) if ours is not None and theirs is not None else None
    if interval is None:
        return None
    shares = now.method == before.method == "wilson"
    z = change_z(now.value - before.value, now.se, before.se)
    return _Test(interval, _implied(now.value - before.value, interval, level), z, "newcombe" if shares else "hybrid")


def _around(reading: Reading) -> Estimate | None:
    found = reading.interval
    return None if found is None else Estimate(found.low, found.high, reading.method, reading.se)


# An interval that lies lopsided around its value tells more than the standard error.
_BY_INTERVALS = ("wilson", "garwood", "adjusted")


def _implied(delta: float, interval: Estimate, level: float) -> float | None:
    """The p-value of no difference that an interval implies: the one at whose level it would end at zero."""
    end = interval.low if delta > 0 else interval.high
    if delta == 0:
        return 1.0
    reach = None if end is None else abs(delta - end)
    return p_value(delta / reach * normal_quantile(level)) if reach else None


def _counted(judge: Judge, measure: Measure, reading: Reading) -> tuple[float, float] | None:
    """Events and exposure behind a rate."""
    cell = judge.cells.get(measure.id, reading.period.key, reading.segment)
    k, exposure = (cell.parts.get("k"), cell.parts.get("exposure", 1.0)) if cell is not None else (None, None)
    return None if k is None or exposure is None else (k, exposure)


def _of_counts(now: tuple[float, float] | None, before: tuple[float, float] | None) -> float | None:
    """The exact test of two rates, given both counts together."""
    if now is None or before is None:
        return None
    found = rate_ratio(int(now[0]), now[1], int(before[0]), before[1], 0.95)
    return found.p if found is not None else None


def _significant(found: _Test, level: float) -> bool | None:
    if found.p is not None:
        return found.p < 1 - level
    if found.interval is None:
        return None
    low, high = found.interval.low, found.interval.high
    return (low is not None and low > 0) or (high is not None and high < 0)


def against_others(measure: Measure, reading: Reading, whole: Reading) -> Reading:
    """The reading of a segment with its difference from all other rows, where the value is a mean over rows.

    What the others are follows from the whole and the segment: their number, their sum and their sum of squares.
    """
    spread = measure.spread
    if isinstance(spread, Without) or not spread.mean:
        return reading
    if measure.upstream or measure.kpi.spec.suppress_below is not None:
        return reading  # of what is withheld somewhere, nothing is worked out here
    own, all_ = _moments(reading), _moments(whole)
    if own is None or all_ is None or reading.value is None or all_[0] - own[0] < 1 or own[0] < 1:
        return reading
    n, total, squares = (a - b for a, b in zip(all_, own, strict=True))
    value = rounded(total / n)
    variances = [max(0.0, q / m - (t / m) ** 2) / m for m, t, q in (own, (n, total, squares))]
    found = difference(reading.value, sqrt(variances[0]), value, sqrt(variances[1]), measure.kpi.spec.level)
    change = Change(
        reading.period,
        value,
        rounded(reading.value - value),
        None if found.p is None else found.p < 1 - measure.kpi.spec.level,
        better(measure.kpi, reading, replace(reading, value=value)),
        found.z,
        interval=interval_of(measure.kpi, found.interval) if found.p is not None else None,
        p=found.p,
        method="wald",
    )
    return replace(reading, compare=(*reading.compare, ("others", change)))


def _moments(reading: Reading) -> tuple[float, float, float] | None:
    """How many values a mean is of, their sum and their sum of squares, by its standard error."""
    if reading.value is None or reading.se is None or not reading.n:
        return None
    n, value = float(reading.n), reading.value
    variance = reading.se**2 * (n - 1 if reading.method == "t" else n)
    return n, n * value, n * (variance + value * value)


def corrected(readings: Sequence[Reading], level: float) -> tuple[Reading, ...]:
    """Readings of segments that are compared at once: of all changes called real, at most 5 % err anywhere (Holm)."""
    names = dict.fromkeys(name for r in readings for name, _ in r.compare)
    found = list(readings)
    for name in names:
        tested = [(i, c) for i, r in enumerate(found) if (c := r.change(name)) is not None and c.p is not None]
        for (i, change), p in zip(tested, holm([c.p or 0.0 for _, c in tested]), strict=True):
            found[i] = _with(found[i], name, replace(change, p_adjusted=p, significant=p < 1 - level))
    return tuple(found)


def _with(reading: Reading, name: str, change: Change) -> Reading:
    return replace(reading, compare=tuple((n, change if n == name else c) for n, c in reading.compare))


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
