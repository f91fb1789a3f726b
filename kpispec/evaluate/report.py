"""The report model: what a run found, judged, ready for any renderer. No renderer computes, no pass before words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import fsum

from kpispec.bounds import Bounds
from kpispec.evaluate.process import Process, Signal
from kpispec.evaluate.scores import CardScore
from kpispec.periods import Period
from kpispec.plan.ingredients import Without
from kpispec.spec import BenchmarkFigure, DatasetSpec, KpiSpec, Localized, ScorecardSpec


class Status(StrEnum):
    """In order: the first that applies is the one shown."""

    ERROR = "error"
    NOT_AVAILABLE = "not_available"
    NO_DATA = "no_data"
    UNDEFINED = "undefined"
    SUPPRESSED = "suppressed"
    TOO_FEW = "too_few"
    STALE = "stale"
    PARTIAL = "partial"
    NOT_JUDGED = "not_judged"
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    WAIVED = "waived"

    @property
    def rated(self) -> bool:
        return self in (Status.GOOD, Status.WATCH, Status.BAD, Status.WAIVED)


Segment = tuple[tuple[str, str | None], ...]  # () is the whole; None is "not given"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a reading is what it is: a code with what a sentence about it needs. Codes and values:

    engine-failed(message) · upstream(kpi, status) · column-missing(dataset, columns) · not-bound(dataset) ·
    dimension-missing(dimension, dataset) · not-computed(message) · no-rows() · before-data(first: date) ·
    not-loaded(last: date) · no-clock(dataset) · invalid-cells(columns, count: int) ·
    denominator-zero() · not-finite() · too-few(n: int, min_n: int) ·
    stale(newest: date, age_days: int, max_age_days: float) · running(elapsed: int, days: int) · no-bands() ·
    settling(settles_days: float) · window-cut(there: int, wanted: int, periods) · too-fine(dataset, every, period) ·
    offset-not-whole(offset, period) ·
    other-period(period) · suppressed() · whole-bands() · bound-unknown(bound) · waived(until: date, reason)

    Of a change that is not split: split-shape() · split-sum() · split-function(function) · split-earlier() ·
    split-whole(dimension) · split-overlap() · split-negative(segment) · split-hidden() · split-no-value()
    """

    status: Status
    code: str
    values: tuple[tuple[str, object], ...] = ()

    def get(self, name: str) -> object:
        return dict(self.values)[name]


@dataclass(frozen=True, slots=True)
class Interval:
    """Confidence bounds in the KPI's unit; `None` is an open side. `method`: wilson t order_statistics nps ..."""

    low: float | None
    high: float | None
    level: float


@dataclass(frozen=True, slots=True)
class BandText:
    """The bands in force, as written (`>= 80`), and as closed or open bounds in the KPI's unit."""

    good: str | None
    watch: str | None
    bad: str | None
    good_ranges: tuple[Bounds, ...] = ()
    watch_ranges: tuple[Bounds, ...] = ()
    bad_ranges: tuple[Bounds, ...] = ()


@dataclass(frozen=True, slots=True)
class ImproveReading:
    """How a target came about: so much better, as written, than a baseline, which was this value."""

    by: str
    of: str
    baseline: float


@dataclass(frozen=True, slots=True)
class TargetReading:
    """The target in force. `segment` are the dimensions that it names."""

    value: float
    first: date
    last: date | None
    source: str | None
    segment: Segment = ()
    improve: ImproveReading | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkReading:
    """`value`, or `low` and `high`, in the KPI's unit."""

    figure: BenchmarkFigure
    value: float | None
    low: float | None
    high: float | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Against another period: its value, this one minus it, and whether the difference is more than noise.

    `significant` is `None` where the uncertainty of one side is not known. `better` follows the direction; None when
    unchanged or undirected. `elapsed`: of a period still running, as many of its days, held against as many of the
    other one. `interval` is that of the difference. `p_adjusted` makes up for how many segments were compared at once.
    """

    against: Period
    value: float | None
    delta: float | None
    significant: bool | None
    better: bool | None
    z: float | None = None
    elapsed: int | None = None
    interval: Interval | None = None
    p: float | None = None
    p_adjusted: float | None = None
    method: str | None = None  # wald | newcombe | conditional | hybrid


@dataclass(frozen=True, slots=True)
class SplitPart:
    """What a segment brought to a change. Rates are its own values, `None` where it has none in a period."""

    segment: Segment
    weight_before: float  # its share of the denominator
    weight_after: float
    rate_before: float | None
    rate_after: float | None
    mix_effect: float
    rate_effect: float

    @property
    def total(self) -> float:
        return self.mix_effect + self.rate_effect


@dataclass(frozen=True, slots=True)
class ChangeSplit:
    """The change of a value split by segments, the greatest parts first; without parts where a reason says why.

    Effects, and all sums of them, are doubles that add up to `delta` without rounding.
    """

    compare: str  # previous_period, same_period_last_year
    by: tuple[str, ...]
    before: Period | None
    after: Period
    value_before: float | None
    value_after: float | None
    delta: float | None = None
    parts: tuple[SplitPart, ...] = ()
    reason: Reason | None = None

    @property
    def mix_effect(self) -> float | None:
        return None if self.delta is None else fsum(p.mix_effect for p in self.parts)

    @property
    def rate_effect(self) -> float | None:
        return None if self.delta is None else fsum(p.rate_effect for p in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """One KPI, period and segment."""

    kpi: str
    period: Period
    segment: Segment
    value: float | None
    unit: str
    n: int | None
    interval: Interval | None
    method: str  # wilson | t | garwood | order_statistics | kaplan_meier | feldt | delta | adjusted | bootstrap | none
    status: Status
    uncertain: bool = False
    reasons: tuple[Reason, ...] = ()
    bands: BandText | None = None
    target: TargetReading | None = None
    benchmarks: tuple[BenchmarkReading, ...] = ()
    compare: tuple[tuple[str, Change], ...] = ()  # previous_period, same_period_last_year, others
    rejected: tuple[tuple[str, int], ...] = ()  # reason -> count; `undated` among them
    score: float | None = None  # 0 at the bad bound to 10 at the good one; of rated values with both bounds
    without: Without | None = None  # why there is no interval beside a value
    effective_n: float | None = None  # of weighted answers, after Kish
    se: float | None = None  # the value's standard error, where its method has one

    @property
    def design_effect(self) -> float | None:
        """How many weighted answers tell as much as one of equal weight (Kish)."""
        return self.n / self.effective_n if self.n is not None and self.effective_n else None

    @property
    def reason(self) -> Reason | None:
        """The reason of the status shown."""
        return next((r for r in self.reasons if r.status is self.status), None)

    def change(self, name: str) -> Change | None:
        return dict(self.compare).get(name)


@dataclass(frozen=True, slots=True)
class SourceFact:
    """One input file of a data set."""

    path: str
    bytes: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """What was read of a data set."""

    dataset: DatasetSpec
    rows: int | None
    first: datetime | None  # oldest and newest clock value, local to the project's zone
    last: datetime | None
    age_days: float | None  # from `last` to as_of
    max_age_days: float | None
    stale: bool
    files: tuple[SourceFact, ...]
    rejected: tuple[tuple[str, int], ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class KpiReport:
    """A KPI with all its readings. `headline` is of the last complete period, whole."""

    spec: KpiSpec
    place: str  # specs/nps.yml:12
    unit: str
    direction: str | None
    sql: str  # its own statements for the same request, after the report's `shared_sql`
    formula: str  # as written
    datasets: tuple[str, ...]
    headline: Reading | None
    history: tuple[Reading, ...]  # whole, oldest first, holes included
    segments: tuple[Reading, ...]  # of the headline's period, one dimension each or crossed
    message: str | None = None  # of an `error`
    splits: tuple[ChangeSplit, ...] = ()  # of the headline's changes, where asked for
    process: Process | None = None
    signal: Signal | None = None  # what the headline is a signal of, by rule 1 or 3
    signal_better: bool | None = None  # whether that is good news; None where nobody says which way is better


@dataclass(frozen=True, slots=True)
class Reproduction:
    command: str
    spec_hash: str
    data_hash: str
    git_commit: str | None
    git_dirty: bool
    kpispec_version: str
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    label: Localized | None
    values: tuple[tuple[str | None, Localized | None], ...]  # in order shown; None last


@dataclass(frozen=True, slots=True)
class Report:
    """A run, judged. `scorecard` is None for a bare `run` of KPIs."""

    project: str
    language: str
    timezone: str
    as_of: datetime
    grain: str
    period: Period | None  # the headline's
    scorecard: ScorecardSpec | None
    kpis: tuple[KpiReport, ...]  # in the scorecard's order
    dimensions: tuple[Dimension, ...]
    freshness: tuple[Freshness, ...]
    reproduction: Reproduction
    errors: tuple[Reason, ...] = ()
    score: CardScore | None = None  # of a scorecard: its headlines' scores
    shared_sql: str = ""  # what the statements of all KPIs name: conversions between clocks, attached databases

    def kpi(self, id: str) -> KpiReport | None:
        return next((k for k in self.kpis if k.spec.id == id), None)
