"""The course of a KPI as a process: which readings are points of it, what its last one says, and each change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from kpispec.catalog.model import Kpi
from kpispec.evaluate.changes import better
from kpispec.evaluate.process import TO_LIMITS, Point, Process, Signal, process
from kpispec.evaluate.report import Change, KpiReport, Reading, Status
from kpispec.spec import ProcessChange
from kpispec.units import Unit

# How many periods of a grain make a year, or of days a week.
SEASONS = {"month": 12, "fiscal_period": 12, "quarter": 4, "fiscal_quarter": 4, "week": 52, "day": 7}
_NOT_JUDGED = (Status.ERROR, Status.TOO_FEW, Status.STALE, Status.PARTIAL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a change is more than noise (`None`: nobody can tell), and by what: `range`, `test` or `nothing`."""

    real: bool | None
    basis: str


def with_process(report: KpiReport, kpi: Kpi) -> KpiReport:
    """The report of a KPI with its process; its headline's signal with whether that is good news."""
    found = process_of(report.history, kpi.spec.process_changes, kpi.unit)
    head, signal = report.headline, found.signal if found is not None else None
    if found is None or head is None or signal is None or head.period.key != found.judged:
        return replace(report, process=found)
    limits = found.limits
    usual = replace(head, value=limits.mean) if limits is not None else head
    return replace(report, process=found, signal=signal, signal_better=better(kpi, head, usual))


def process_of(history: Sequence[Reading], changes: Sequence[ProcessChange], unit: Unit) -> Process | None:
    """The process behind a history; `None` where time does not pass: one period over all rows, or no period."""
    if not history or history[0].period.start is None:
        return None
    points = [Point(r.period.key, r.value) for r in history if r.value is not None and is_point(r)]
    season = SEASONS.get(history[0].period.grain)
    return process(points, _starts(history, changes), _reach(unit, points), season)


def is_point(reading: Reading) -> bool:
    """Whether a reading is of a complete period, with all its data and enough of it."""
    return reading.value is not None and reading.period.complete and reading.status not in _NOT_JUDGED


def judged_by_limits(kpi: KpiReport) -> bool:
    """Whether the headline is the point that the limits of the course judge."""
    known, head = kpi.process, kpi.headline
    return known is not None and known.limits is not None and head is not None and head.period.key == known.judged


def verdict(kpi: KpiReport, change: Change) -> Verdict:
    """Whether a change of the headline is more than noise.

    Where the limits of its course are to be trusted, by how far neighbours are usually apart, which holds the noise of
    the sample and all other; else by the test of the two values; where there is none, by the limits all the same.
    """
    known = kpi.process if judged_by_limits(kpi) and change.elapsed is None else None
    trusted = known is not None and (not known.warnings or change.significant is None)
    limits = known.limits if known is not None and trusted else None
    if limits is not None and change.delta is not None:
        return Verdict(limits.passed_by(change.delta), "range")
    return Verdict(change.significant, "nothing" if change.significant is None else "test")


def distance(kpi: KpiReport) -> float:
    """How far the headline is from the mean of its course, in standard deviations of single values."""
    limits = kpi.process.limits if kpi.process is not None else None
    if limits is None or kpi.headline is None or kpi.headline.value is None:
        return 0.0
    away = abs(kpi.headline.value - limits.mean)
    return away * 3 / TO_LIMITS / limits.moving_range if limits.moving_range > 0 else inf if away > 0 else 0.0


def _starts(
    history: Sequence[Reading], changes: Sequence[ProcessChange]
) -> list[tuple[int, tuple[ProcessChange, ...]]]:
    """The first key of each stretch: a change begins with the first period that starts on its day or after it."""
    first = history[0].period.key
    found: dict[int, tuple[ProcessChange, ...]] = {first: ()}
    for change in changes:
        later = (r.period.key for r in history if r.period.start is not None and r.period.start >= change.first)
        key = next(later, None)
        if key is not None and key != first:
            found[key] = (*found.get(key, ()), change)
    return sorted(found.items())


def _reach(unit: Unit, points: Sequence[Point]) -> tuple[float | None, float | None]:
    """Where the unit ends: for a percentage 0 and 100, unless the figure is one that has been past them."""
    low, high = unit.usual
    usual = all((low is None or p.value >= low) and (high is None or p.value <= high) for p in points)
    return unit.usual if usual else unit.reach


def said(signal: Signal) -> str:
    """The side of a signal in a word of results."""
    return "above" if signal.above else "below"
