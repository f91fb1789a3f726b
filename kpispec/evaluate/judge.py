"""From cells to readings: the status that applies first, the interval, the target and benchmarks in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpispec.bands import Bands
from kpispec.catalog.model import Kpi
from kpispec.evaluate.beside import band_text, benchmarks_of, target_in_force
from kpispec.evaluate.intervals import estimate_of, interval_of, is_uncertain, rounded
from kpispec.evaluate.report import Reading, Reason, Segment, Status
from kpispec.evaluate.table import Cell, Cells, DatasetFacts
from kpispec.periods import Period
from kpispec.plan.model import Measure, Plan
from kpispec.units import duration_seconds


@dataclass(slots=True)
class Judge:
    """Judges the cells of one run. Readings are kept, since a KPI over KPIs takes on the status of those it reads."""

    plan: Plan
    cells: Cells
    facts: Mapping[str, DatasetFacts]
    _readings: dict[tuple[str, int, Segment], Reading] = field(default_factory=dict)
    _errors: dict[tuple[str, int, Segment], float | None] = field(default_factory=dict)
    _cuts: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def _cuts_of(self, bands: Bands) -> tuple[float, ...]:
        """The bounds between different bands, found once for each set of bands."""
        if id(bands) not in self._cuts:
            self._cuts[id(bands)] = bands.cuts()
        return self._cuts[id(bands)]

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

    def _judged(self, measure: Measure, key: int, segment: Segment) -> Reading:
        kpi, request = measure.kpi, self.plan.request
        period = request.period_of(key)
        cell = self.cells.get(measure.id, key, segment) if self._cut(measure, segment) else None
        broken = _broken(measure, cell)
        value = None if cell is None or cell.value is None or broken is not None else rounded(cell.value)
        estimate = estimate_of(measure, cell) if cell is not None and value is not None else None
        self._errors[measure.id, key, segment] = estimate.se if estimate is not None else None
        reasons = (broken,) if broken is not None else self._reasons(measure, period, segment, cell, value)
        judged_by = kpi.judged_by(segment)
        bands = judged_by[0] if judged_by is not None else None
        band = bands.judge(value) if bands is not None else None
        uncertain = bands is not None and is_uncertain(self._cuts_of(bands), estimate)
        status = reasons[0].status if reasons else _banded(kpi, band, uncertain)
        waiver = self._waiver(kpi, status)
        return Reading(
            kpi=kpi.id,
            period=period,
            segment=segment,
            value=value,
            unit=kpi.unit.name,
            n=cell.n if cell is not None else None,
            interval=interval_of(kpi, estimate),
            method=estimate.method if estimate is not None else "none",
            status=Status.WAIVED if waiver is not None else status,
            uncertain=uncertain and value is not None,
            reasons=(*reasons, waiver) if waiver is not None else reasons,
            bands=band_text(judged_by),
            target=target_in_force(kpi, self._last_day(period)),
            benchmarks=benchmarks_of(kpi, request.as_of_day),
            rejected=self._rejected(measure, cell, segment),
        )

    def _rejected(self, measure: Measure, cell: Cell | None, segment: Segment) -> tuple[tuple[str, int], ...]:
        """Rejects by reason. Rows without a clock are in no period, so the whole of each one names them."""
        if cell is None:
            return ()
        undated = sum(self.facts[d].undated.get(term, 0) for d, term in measure.undated) if not segment else 0
        if not undated:
            return cell.rejected
        request = self.plan.request
        reason = "undated" if request.grains.spelled(request.grain) is None else "in_no_period"
        return (*cell.rejected, (reason, undated))

    def _cut(self, measure: Measure, segment: Segment) -> bool:
        return self.plan.covers_set(measure, tuple(d for d, _ in segment))

    def _last_day(self, period: Period) -> date:
        return self.plan.request.as_of_day if period.end is None else period.end - timedelta(days=1)

    def _waiver(self, kpi: Kpi, status: Status) -> Reason | None:
        accepted = kpi.spec.accept
        if accepted is None or status is not Status.BAD or accepted.until < self.plan.request.as_of_day:
            return None
        return Reason(Status.WAIVED, "waived", (("until", accepted.until), ("reason", accepted.reason)))

    # reasons, in the order of the statuses

    def _reasons(
        self, measure: Measure, period: Period, segment: Segment, cell: Cell | None, value: float | None
    ) -> tuple[Reason, ...]:
        found = [
            self._lacking_dimension(measure, segment),
            self._empty(measure, period, segment, cell) if value is None else None,
            _too_few(measure.kpi, cell),
            self._passed_on(measure, period, segment),
            self._stale(measure, period),
            self._running(period),
            _unjudged(measure.kpi, period, segment),
        ]
        reasons = [r for r in found if r is not None]
        return tuple(sorted(dict.fromkeys(reasons), key=lambda r: list(Status).index(r.status)))

    def _lacking_dimension(self, measure: Measure, segment: Segment) -> Reason | None:
        if self._cut(measure, segment):
            return None
        for dataset in measure.datasets:
            scan = self.plan.scan(dataset)
            for dimension, _ in segment:
                if scan is None or dimension not in scan.dimensions:
                    values = (("dimension", dimension), ("dataset", dataset))
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
        for _, id in measure.upstream:
            upstream = self.plan.measure(id)
            if upstream is not None:
                reading = self.reading(upstream, period.key, segment)
                if reading.value is None:
                    return reading
        return None

    def _no_data(self, measure: Measure, period: Period) -> Reason:
        for dataset in measure.datasets:
            facts = self.facts[dataset]
            if facts.first is not None and period.key < facts.first and facts.oldest is not None:
                return Reason(Status.NO_DATA, "before-data", (("first", facts.oldest.date()),))
            if facts.last is not None and period.key > facts.last and facts.newest is not None:
                return Reason(Status.NO_DATA, "not-loaded", (("last", facts.newest.date()),))
        return Reason(Status.NO_DATA, "no-rows")

    def _passed_on(self, measure: Measure, period: Period, segment: Segment) -> Reason | None:
        """Stale inputs make what is computed from them stale; partial periods are everyone's anyway."""
        for _, id in measure.upstream:
            upstream = self.plan.measure(id)
            found = self.reading(upstream, period.key, segment).reasons if upstream is not None else ()
            stale = next((r for r in found if r.status is Status.STALE), None)
            if stale is not None:
                return stale
        return None

    def _stale(self, measure: Measure, period: Period) -> Reason | None:
        for id in measure.datasets:
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


def _too_few(kpi: Kpi, cell: Cell | None) -> Reason | None:
    least = kpi.spec.min_n
    if least is None or cell is None or cell.value is None or cell.n is None or cell.n >= least:
        return None
    return Reason(Status.TOO_FEW, "too-few", (("n", cell.n), ("min_n", least)))


def _unjudged(kpi: Kpi, period: Period, segment: Segment) -> Reason | None:
    if kpi.judged_by(segment) is None:
        return Reason(Status.NOT_JUDGED, "no-bands")
    if kpi.spec.period is not None and kpi.spec.period != period.grain:
        return Reason(Status.NOT_JUDGED, "other-period", (("period", kpi.spec.period),))
    return None


def _banded(kpi: Kpi, band: str | None, uncertain: bool) -> Status:
    if band is None or (uncertain and kpi.spec.judge == "confident"):
        return Status.WATCH
    return Status(band)
