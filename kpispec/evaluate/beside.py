"""What stands beside a value: the target in force, the benchmarks, the bands and the figures that they follow."""

from collections.abc import Callable, Iterable
from datetime import date

from kpispec.bands import Bands
from kpispec.bounds import Bounds
from kpispec.catalog.model import Benchmark, Improvement, Kpi, Segment, Target
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.report import BandText, BenchmarkReading, ImproveReading, TargetReading
from kpispec.spec import BandSet, Direction

Baseline = Callable[[Improvement], float | None]


def target_in_force(kpi: Kpi, day: date, segment: Segment, baseline: Baseline) -> TargetReading | None:
    """The target of a day and segment: of those in force, the one that names most of the segment's dimensions.

    `None` too where it improves on a baseline that is not known.
    """
    fitting = [t for t in kpi.targets if t.matches(segment) and (t.spec.segment or not (kpi.paced and segment))]
    running = _in_force(fitting, day)
    if not running:
        return None
    target = max(running, key=lambda t: len(t.spec.segment))
    spec, improve, value = target.spec, target.improve, target.value
    how = None
    if improve is not None and spec.improve is not None:
        before = baseline(improve)
        if before is None:
            return None
        value = rounded(improve.over(before, kpi.direction))
        how = ImproveReading(spec.improve.by.value, spec.improve.of.value, before)
    return None if value is None else TargetReading(value, spec.first, spec.last, spec.source, spec.segment, how)


def _in_force(targets: Iterable[Target], day: date) -> list[Target]:
    """One a segment at most: targets run until their `to` or the next `from` of the same segment."""
    latest: dict[frozenset[tuple[str, str]], Target] = {}
    for target in sorted(targets, key=lambda t: t.spec.first):
        if target.spec.first <= day:
            latest[frozenset(target.spec.segment)] = target
    return [t for t in latest.values() if t.spec.last is None or t.spec.last >= day]


def benchmarks_of(kpi: Kpi, day: date) -> tuple[BenchmarkReading, ...]:
    return tuple(BenchmarkReading(b.figure, b.value, b.low, b.high, _expired(b, day)) for b in kpi.benchmarks)


def benchmark_to_meet(kpi: Kpi, direction: Direction | None, day: date) -> float | None:
    """The first benchmark, of a range the end that is harder to reach: its middle where it is to come close to.

    An expired one is not known any more.
    """
    first = kpi.benchmarks[0] if kpi.benchmarks else None
    if first is None or _expired(first, day):
        return None
    if first.low is None or first.high is None:
        return first.value
    match direction:
        case "higher_is_better":
            return first.high
        case "lower_is_better":
            return first.low
        case _:
            return (first.low + first.high) / 2


def _expired(benchmark: Benchmark, day: date) -> bool:
    return benchmark.figure.expires is not None and benchmark.figure.expires < day


def band_text(bands: Bands | None, written: BandSet | None) -> BandText | None:
    """The bands in force, as written and as bounds in the KPI's unit. A `watch` that is not written is the rest.

    Bands that follow a figure not known have no bounds.
    """
    if bands is None or written is None:
        return None
    good = bands.good.ranges if bands.good is not None else ()
    bad = bands.bad.ranges if bands.bad is not None else ()
    watch = bands.watch.ranges if bands.watch is not None else _rest((*good, *bad))
    return BandText(
        good=written.good.value if written.good else None,
        watch=written.watch.value if written.watch else None,
        bad=written.bad.value if written.bad else None,
        good_ranges=good,
        watch_ranges=() if bands.needs else watch,
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
