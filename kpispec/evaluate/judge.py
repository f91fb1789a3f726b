"""From cells to readings: the status that applies first, the interval, the target and benchmarks in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpispec.bands import Bands
from kpispec.bounds import Figure
from kpispec.catalog.model import Improvement, Kpi, Segment
from kpispec.evaluate.beside import band_text, benchmark_to_meet, benchmarks_of, target_in_force
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.intervals import estimate_of, interval_of, is_uncertain
from kpispec.evaluate.report import Reading, Reason, Status, TargetReading
from kpispec.evaluate.scores import score_of
from kpispec.evaluate.table import Cell, Cells, DatasetFacts
from kpispec.evaluate.withheld import Withheld
from kpispec.periods import Period
from kpispec.plan.ingredients import Without
from kpispec.plan.model import Measure, Plan
from kpispec.spec import BandSet
from kpispec.statistics import Estimate
from kpispec.units import duration_seconds
from kpispec.windows import Length, shifted, window_start


@dataclass(slots=True)
class Judge:
    """Judges the cells of one run. Readings are kept, since a KPI over KPIs takes on the status of those it reads.

    `baselines` are judges of runs over single periods that targets improve on, by grain and key.
    """

    plan: Plan
    cells: Cells
    facts: Mapping[str, DatasetFacts]
    baselines: Mapping[tuple[str, int], "Judge"] = field(default_factory=dict)
    _readings: dict[tuple[str, int, Segment], Reading] = field(default_factory=dict)
    _errors: dict[tuple[str, int, Segment], float | None] = field(default_factory=dict)
    _taken: dict[tuple[int, tuple[tuple[Figure, float], ...]], Bands] = field(default_factory=dict)
    _cuts: dict[int, tuple[float, ...]] = field(default_factory=dict)
    _hidden: Withheld | None = None

    @property
    def withheld(self) -> Withheld:
        if self._hidden is None:
            self._hidden = Withheld(self.plan, self.cells)
        return self._hidden

    def reading(self, measure: Measure, key: int, segment: Segment) -> Reading:
        """The reading of a measure; a hole of the table is a reading with its reason."""
        at = (measure.id, key, segment)
        if at not in self._readings:
            self._readings[at] = self._judged(measure, key, segment)
        return self._readings[at]

    def standard_error(self, measure: Measure, key: int, segment: Segment) -> float | None:
        """The standard error of a reading's value, in its unit; `None` where no method gives one."""
        self.reading(measure, key, segment)
        return self._errors.get((measure.id, key, segment))

    def figure(self, measure: Measure, key: int | None, segment: Segment) -> float | None:
        """A value to hold others against: `None` where it is withheld, was not computed, or rests on broken cells."""
        cell = None if key is None or not self._cut(measure, segment) else self.cells.get(measure.id, key, segment)
        if key is None or cell is None or cell.value is None or cell.fatal:
            return None
        return None if self.withheld.has(measure, key, segment) else rounded(cell.value)

    def _judged(self, measure: Measure, key: int, segment: Segment) -> Reading:
        kpi, request = measure.kpi, self.plan.request
        period = request.period_of(key)
        cell = self.cells.get(measure.id, key, segment) if self._cut(measure, segment) else None
        broken, hidden = _broken(measure, cell), self.withheld.has(measure, key, segment)
        found = None if cell is None or cell.value is None or broken is not None else rounded(cell.value)
        value = None if hidden else found
        estimate = estimate_of(measure, cell) if cell is not None and value is not None else None
        self._errors[measure.id, key, segment] = estimate.se if isinstance(estimate, Estimate) else None
        target = target_in_force(
            kpi, self._last_day(period), segment, lambda i: self._baseline(measure, i, key, segment)
        )
        written, bands, lacking = self._bands(measure, key, segment, target)
        uncertain = bands is not None and not lacking and is_uncertain(self._cuts_of(bands), estimate)
        reasons = (broken,) if broken is not None else self._reasons(measure, period, segment, cell, found, lacking)
        status = reasons[0].status if reasons else _banded(kpi, bands.judge(value) if bands else None, uncertain)
        waiver = self._waiver(kpi, status)
        return Reading(
            kpi=kpi.id,
            period=period,
            segment=segment,
            value=value,
            unit=kpi.unit.name,
            n=cell.n if cell is not None and not hidden else None,
            interval=interval_of(kpi, estimate),
            method=estimate.method if isinstance(estimate, Estimate) else "none",
            without=estimate if isinstance(estimate, Without) else None,
            effective_n=_effective(cell) if value is not None else None,
            se=estimate.se if isinstance(estimate, Estimate) else None,
            status=Status.WAIVED if waiver is not None else status,
            uncertain=uncertain and value is not None,
            reasons=(*reasons, waiver) if waiver is not None else reasons,
            bands=band_text(bands, written),
            target=target,
            benchmarks=benchmarks_of(kpi, request.as_of_day),
            rejected=() if hidden else self._rejected(measure, cell, segment),
            score=_scored(bands, value, status),
        )

    # what a value is held against

    def _bands(
        self, measure: Measure, key: int, segment: Segment, target: TargetReading | None
    ) -> tuple[BandSet | None, Bands | None, Figure | None]:
        """The bands in force as written and at the figures they follow, and the first figure that is not known."""
        judged_by = measure.kpi.judged_by(segment)
        if judged_by is None:
            return None, None, None
        bands, written = judged_by
        figures: dict[Figure, float] = {}
        for needed in bands.needs:
            value = self._followed(needed, measure, key, segment, target, bands)
            if value is None:
                return written, bands, needed
            figures[needed] = value
        at = (id(bands), tuple(figures.items()))
        if at not in self._taken:
            self._taken[at] = bands.at(figures) if figures else bands
        return written, self._taken[at], None

    def _followed(
        self, figure: Figure, measure: Measure, key: int, segment: Segment, target: TargetReading | None, bands: Bands
    ) -> float | None:
        match figure:
            case "target":
                return target.value if target is not None else None
            case "benchmark":
                return benchmark_to_meet(measure.kpi, bands.direction, self.plan.request.as_of_day)
            case "previous":
                return self._earlier(measure, "previous_period", key, segment)

    def _baseline(self, measure: Measure, improve: Improvement, key: int, segment: Segment) -> float | None:
        """The value to improve on. What is paced is held against a period of its own length only."""
        if improve.period is None:
            return self._earlier(measure, improve.of, key, segment)
        grain = improve.period.grain
        here = grain == self.plan.request.grain and improve.period.key in self.cells.periods
        judge = self if here else self.baselines.get((grain, improve.period.key))
        if judge is None or (measure.kpi.paced and grain != self.plan.request.grain):
            return None
        own = judge.plan.measure(measure.kpi.id) if measure.id == self.plan.request.measure_of(measure.kpi.id) else None
        return judge.figure(own, improve.period.key, segment) if own is not None else None

    def _earlier(self, measure: Measure, which: str, key: int, segment: Segment) -> float | None:
        """The value of the period before, or of the same one a year earlier."""
        request = self.plan.request
        if request.grain == "all":
            return None
        return self.figure(measure, request.year_before(key) if which == "previous_year" else key - 1, segment)

    def _cuts_of(self, bands: Bands) -> tuple[float, ...]:
        """The bounds between different bands, found once for each set of bands: those that are kept in `_taken`."""
        if id(bands) not in self._cuts:
            self._cuts[id(bands)] = bands.cuts()
        return self._cuts[id(bands)]

    def _rejected(self, measure: Measure, cell: Cell | None, segment: Segment) -> tuple[tuple[str, int], ...]:
        """Rejects by reason. Rows without a clock or interval are in no period, so the whole of each one names them."""
        if cell is None:
            return ()
        if segment:
            return cell.rejected
        request = self.plan.request
        reason = "undated" if request.grains.spelled(request.grain) is None else "in_no_period"
        undated = ((reason, self.facts[scan].undated.get(term, 0)) for scan, term in measure.undated)
        lapsed = ((reason, self.facts[scan].lapsed.get(name, 0)) for reason, scan, name in measure.lapsed)
        found = dict(cell.rejected)
        for reason, count in (*undated, *lapsed):
            found[reason] = found.get(reason, 0) + count
        return tuple((reason, count) for reason, count in found.items() if count)

    def _cut(self, measure: Measure, segment: Segment) -> bool:
        return self.plan.covers_set(measure, tuple(d for d, _ in segment))

    def _last_day(self, period: Period) -> date:
        return self.plan.request.as_of_day if period.end is None else period.end - timedelta(days=1)

    def _waiver(self, kpi: Kpi, status: Status) -> Reason | None:
        accepted = kpi.spec.accept
        if accepted is None or status is not Status.BAD or accepted.until < self.plan.request.as_of_day:
            return None
        said = ", ".join(text for text in (accepted.reason, accepted.ticket, accepted.by) if text)
        return Reason(Status.WAIVED, "waived", (("until", accepted.until), ("reason", said)))

    # reasons, in the order of the statuses

    def _reasons(
        self,
        measure: Measure,
        period: Period,
        segment: Segment,
        cell: Cell | None,
        value: float | None,
        lacking: Figure | None,
    ) -> tuple[Reason, ...]:
        """All that apply. Of what is withheld nothing is said that rests on its n or its value."""
        hidden = self.withheld.has(measure, period.key, segment)
        passed = self._passed_on(measure, period, segment)
        found = [
            self._lacking_dimension(measure, segment),
            self._empty(measure, period, segment, cell) if value is None else None,
            Reason(Status.SUPPRESSED, "suppressed") if hidden and not any(_suppressed(r) for r in passed) else None,
            None if hidden else _too_few(measure.kpi, cell),
            *passed,
            self._stale(measure, period),
            self._running(period),
            self._settling(measure, period),
            self._half_covered(measure, period),
            _unjudged(measure.kpi, period, segment, lacking),
        ]
        reasons = [r for r in found if r is not None]
        return tuple(sorted(dict.fromkeys(reasons), key=lambda r: list(Status).index(r.status)))

    def _lacking_dimension(self, measure: Measure, segment: Segment) -> Reason | None:
        if self._cut(measure, segment):
            return None
        for id, whole in measure.scans:
            scan = self.plan.scan(id)
            for dimension, _ in segment:
                if scan is None or (dimension not in scan.dimensions and dimension not in whole):
                    values = (("dimension", dimension), ("dataset", scan.dataset.id if scan is not None else id))
                    return Reason(Status.NOT_AVAILABLE, "dimension-missing", values)
        return None

    def _empty(self, measure: Measure, period: Period, segment: Segment, cell: Cell | None) -> Reason:
        upstream = self._null_input(measure, period, segment)
        if upstream is not None:
            return Reason(upstream.status, "upstream", (("kpi", upstream.kpi), ("status", upstream.status)))
        if cell is None or cell.seen == 0:
            return self._no_data(measure, period)
        if cell.zero:
            return Reason(Status.UNDEFINED, "denominator-zero")
        return Reason(Status.UNDEFINED, "not-finite")

    def _null_input(self, measure: Measure, period: Period, segment: Segment) -> Reading | None:
        """The input that has no value. One that only withholds its own did not make this one null."""
        for _, id, offset in measure.upstream:
            upstream, key = self.plan.measure(id), self._looked_at(period, offset)
            if upstream is not None and key is not None:
                reading = self.reading(upstream, key, segment)
                if reading.value is None and reading.status is not Status.SUPPRESSED:
                    return reading
        return None

    def _looked_at(self, period: Period, offset: Length | None) -> int | None:
        """The period that an input reads; `None` where the calendar has none."""
        request = self.plan.request
        return period.key if offset is None else shifted(request.grain, period.key, offset, request.grains)

    def _no_data(self, measure: Measure, period: Period) -> Reason:
        for id, _ in measure.scans:
            facts = self.facts[id]
            if facts.first is not None and period.key < facts.first and facts.oldest is not None:
                return Reason(Status.NO_DATA, "before-data", (("first", facts.oldest.date()),))
            if facts.last is not None and period.key > facts.last and facts.newest is not None:
                return Reason(Status.NO_DATA, "not-loaded", (("last", facts.newest.date()),))
        return Reason(Status.NO_DATA, "no-rows")

    def _passed_on(self, measure: Measure, period: Period, segment: Segment) -> list[Reason]:
        """What is computed from something withheld, old or not complete is so too; few answers are not passed on."""
        found: list[Reason] = []
        for _, id, offset in measure.upstream:
            upstream, key = self.plan.measure(id), self._looked_at(period, offset)
            reading = self.reading(upstream, key, segment) if upstream is not None and key is not None else None
            for reason in reading.reasons if reading is not None else ():
                if reading is not None and _suppressed(reason):
                    values = (("kpi", reading.kpi), ("status", Status.SUPPRESSED))
                    found.append(Reason(Status.SUPPRESSED, "upstream", values))
                elif reason.status in (Status.STALE, Status.PARTIAL):
                    found.append(reason)
        first = {reason.status: reason for reason in reversed(found)}
        return list(first.values())

    def _stale(self, measure: Measure, period: Period) -> Reason | None:
        for id, _ in measure.scans:
            scan = self.plan.scan(id)
            limit = scan.dataset.spec.max_age if scan is not None else None
            longest = duration_seconds(limit.value) if limit is not None else None
            newest = self.facts[id].newest
            if longest is None or newest is None:
                continue
            age = (self._judged_at(period) - newest).total_seconds()
            if age > longest:
                days = (("newest", newest.date()), ("age_days", int(age // 86400)), ("max_age_days", longest / 86400))
                return Reason(Status.STALE, "stale", days)
        return None

    def _judged_at(self, period: Period) -> datetime:
        """The end of the period or as-of, whichever is earlier, as a local wall clock."""
        now = local_as_of(self.plan)
        return now if period.end is None else min(now, datetime(period.end.year, period.end.month, period.end.day))

    def _running(self, period: Period) -> Reason | None:
        if period.complete or period.start is None or period.end is None:
            return None
        elapsed = max(0, (self.plan.request.as_of_day - period.start).days)
        values = (("elapsed", elapsed), ("days", (period.end - period.start).days))
        return Reason(Status.PARTIAL, "running", values)

    def _settling(self, measure: Measure, period: Period) -> Reason | None:
        """A period whose last rows may still change is not complete."""
        if not measure.settles or not period.complete or period.end is None:
            return None
        end = datetime(period.end.year, period.end.month, period.end.day)
        if local_as_of(self.plan) >= end + timedelta(seconds=measure.settles):
            return None
        return Reason(Status.PARTIAL, "settling", (("settles_days", measure.settles / 86400),))

    def _half_covered(self, measure: Measure, period: Period) -> Reason | None:
        """A window that reaches to before the data begins."""
        for id, _ in measure.scans:
            scan = self.plan.scan(id)
            rows = (scan, *(m.scan for m in scan.members)) if scan is not None else ()
            for each in rows:
                reach = each.placement.reach
                reason = self._cut_window(reach, self.facts[id].first, period) if reach is not None else None
                if reason is not None:
                    return reason
        return None

    def _cut_window(self, reach: Length, first: int | None, period: Period) -> Reason | None:
        request = self.plan.request
        start = window_start(reach, period, request.grains)
        if start is None or first is None or request.grain == "all":
            return None
        wanted, there = period.key - request.key_of(start) + 1, period.key - first + 1
        if there >= wanted:
            return None
        values = (("there", max(there, 0)), ("wanted", wanted), ("periods", request.grain))
        return Reason(Status.PARTIAL, "window-cut", values)


def local_as_of(plan: Plan) -> datetime:
    """As-of on the project's wall clock, without a zone."""
    moment = plan.request.as_of
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(plan.request.timezone)).replace(tzinfo=None)


def _broken(measure: Measure, cell: Cell | None) -> Reason | None:
    """Cells that break a promise whose breach is an error leave no value to judge."""
    if cell is None or not cell.fatal:
        return None
    names = ", ".join(dict.fromkeys(name for name, _ in measure.fatal))
    return Reason(Status.ERROR, "invalid-cells", (("columns", names), ("count", cell.fatal)))


def _effective(cell: Cell | None) -> float | None:
    """Kish's effective number of answers: as many of equal weight would tell as much."""
    weights, squares = (cell.parts.get(p) if cell is not None else None for p in ("weights", "weights_squared"))
    return rounded(weights * weights / squares) if weights is not None and squares else None


def _too_few(kpi: Kpi, cell: Cell | None) -> Reason | None:
    least = kpi.spec.min_n
    if least is None or cell is None or cell.value is None or cell.n is None or cell.n >= least:
        return None
    return Reason(Status.TOO_FEW, "too-few", (("n", cell.n), ("min_n", least)))


def _suppressed(reason: Reason) -> bool:
    return reason.status is Status.SUPPRESSED


def _unjudged(kpi: Kpi, period: Period, segment: Segment, lacking: Figure | None) -> Reason | None:
    if kpi.judged_by(segment) is None:
        return Reason(Status.NOT_JUDGED, "no-bands" if kpi.bands is None else "whole-bands")
    if kpi.spec.period is not None and kpi.spec.period != period.grain:
        return Reason(Status.NOT_JUDGED, "other-period", (("period", kpi.spec.period),))
    return Reason(Status.NOT_JUDGED, "bound-unknown", (("bound", lacking),)) if lacking is not None else None


def _scored(bands: Bands | None, value: float | None, status: Status) -> float | None:
    """The score of a rated value: nothing that is not judged counts."""
    score = score_of(bands, value) if bands is not None and value is not None and status.rated else None
    return None if score is None else rounded(score)


def _banded(kpi: Kpi, band: str | None, uncertain: bool) -> Status:
    if band is None or (uncertain and kpi.spec.judge == "confident"):
        return Status.WATCH
    return Status(band)
