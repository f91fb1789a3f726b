"""What stands beside a value: the target in force, the benchmarks, the bands."""

from datetime import date

from kpispec.bands import Bands
from kpispec.bounds import Bounds
from kpispec.catalog.model import Kpi
from kpispec.evaluate.report import BandText, BenchmarkReading, TargetReading
from kpispec.spec import BandSet


def target_in_force(kpi: Kpi, day: date) -> TargetReading | None:
    """The target of a day; targets run until their `to` or the next `from`."""
    started = [t for t in kpi.targets if t.spec.first <= day]
    if not started:
        return None
    target = max(started, key=lambda t: t.spec.first)
    if target.spec.last is not None and target.spec.last < day:
        return None
    return TargetReading(target.value, target.spec.first, target.spec.last, target.spec.source)


def benchmarks_of(kpi: Kpi, day: date) -> tuple[BenchmarkReading, ...]:
    return tuple(
        BenchmarkReading(b.figure, b.value, b.low, b.high, b.figure.expires is not None and b.figure.expires < day)
        for b in kpi.benchmarks
    )


def band_text(judged_by: tuple[Bands, BandSet] | None) -> BandText | None:
    """The bands in force, as written and as bounds in the KPI's unit. A `watch` that is not written is the rest."""
    if judged_by is None:
        return None
    bands, written = judged_by
    good = bands.good.ranges if bands.good is not None else ()
    bad = bands.bad.ranges if bands.bad is not None else ()
    return BandText(
        good=written.good.value if written.good else None,
        watch=written.watch.value if written.watch else None,
        bad=written.bad.value if written.bad else None,
        good_ranges=good,
        watch_ranges=bands.watch.ranges if bands.watch is not None else _rest((*good, *bad)),
        bad_ranges=bad,
    )


def _rest(taken: tuple[Bounds, ...]) -> tuple[Bounds, ...]:
    """What lies between, below and above the ranges that are taken."""
    found = []
    low, closed = None, True
    for each in sorted(taken, key=Bounds.order):
        gap = Bounds(low, each.low, closed, not each.low_closed)
        if each.low is not None and not gap.empty:
            found.append(gap)
        if each.high is None:
            return tuple(found)
        low, closed = each.high, not each.high_closed
    return (*found, Bounds(low, None, closed, True))
