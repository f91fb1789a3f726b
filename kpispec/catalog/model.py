"""The catalogue: every document of a project, flattened, checked, and bound to the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpispec.bands import Bands
from kpispec.catalog.calendars import NO_CALENDARS, Calendars
from kpispec.formula.macros import Macro
from kpispec.formula.tree import Expr, Type
from kpispec.periods import Period
from kpispec.spec import (
    BandSet,
    BenchmarkFigure,
    BenchmarkSpec,
    DatasetSpec,
    Direction,
    FunctionSpec,
    KpiInput,
    KpiSpec,
    RowInput,
    ScorecardSpec,
    TargetSpec,
)
from kpispec.syntax.nodes import Document
from kpispec.units import Unit
from kpispec.windows import Length


@dataclass(frozen=True, slots=True)
class Join:
    """The row of another data set beside each row: `on` pairs our names with theirs.

    `at` is our moment at which their row is in force, where theirs is a data set of intervals.
    """

    name: str
    dataset: str
    on: tuple[tuple[str, str], ...]
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set with its filters and computed columns checked; `computed` is in the order they build on each other.

    `joined` are the names that its joins add, such as `customer.region`: in trees they are names without a path.
    """

    spec: DatasetSpec
    where: tuple[Expr, ...] = ()
    computed: tuple[tuple[str, Expr], ...] = ()
    joins: tuple[Join, ...] = ()
    joined: tuple[tuple[str, Type], ...] = ()

    @property
    def id(self) -> str:
        return self.spec.id

    def join(self, name: str) -> Join | None:
        return next((j for j in self.joins if j.name == name), None)


@dataclass(frozen=True, slots=True)
class BoundRows:
    """A row input: `expr` over the data set's columns, its own checks applied, for the rows that `where` keeps.

    `rejects` are (reason, condition) pairs of the input's own checks; the columns' are the data set's affair.
    `when` is the column that places a row, or a word of `spec.WHENS`; the data set's clock where it is `None`.
    With `per`, `expr` and `rejects` hold aggregates, over the rows of one unit.
    """

    spec: RowInput
    dataset: str
    expr: Expr
    where: tuple[Expr, ...]
    rejects: tuple[tuple[str, Expr], ...] = ()
    when: str | None = None
    per: tuple[str, ...] = ()
    window: Length | None = None
    settles: float = 0.0  # seconds
    whole: tuple[str, ...] | None = ()  # dimensions it is not cut by; `None` is all of them
    weight: Expr | None = None
    unit: Expr | None = None  # the sample unit of a row


@dataclass(frozen=True, slots=True)
class BoundKpi:
    """The value of another KPI. `where` holds, per data set that KPI reads, the filters that narrow it here."""

    spec: KpiInput
    kpi: str
    where: tuple[tuple[str, tuple[Expr, ...]], ...] = ()
    offset: Length | None = None
    window: Length | None = None


Segment = tuple[tuple[str, str | None], ...]  # () is the whole; None is "not given"


@dataclass(frozen=True, slots=True)
class Improvement:
    """How much better than a baseline: a share of its size where `relative`, else an amount in the KPI's unit.

    The baseline is the period before, the same period a year earlier, or the one that `period` says.
    """

    by: float
    relative: bool
    of: str
    period: Period | None = None

    def over(self, baseline: float, direction: Direction | None) -> float:
        """The value to reach; better is less only where less is better."""
        step = self.by * abs(baseline) if self.relative else self.by
        return baseline - step if direction == "lower_is_better" else baseline + step


@dataclass(frozen=True, slots=True)
class Target:
    """A value in the KPI's unit, or an improvement."""

    spec: TargetSpec
    value: float | None
    improve: Improvement | None = None

    def matches(self, segment: Segment) -> bool:
        return set(self.spec.segment) <= set(segment)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure in the KPI's unit: `value`, or `low` and `high`."""

    figure: BenchmarkFigure
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class SegmentBands:
    """Bands that take the place of the whole's where every dimension of `segment` matches."""

    segment: tuple[tuple[str, str], ...]
    bands: Bands
    written: BandSet

    def matches(self, segment: Segment) -> bool:
        return set(self.segment) <= set(segment)


@dataclass(frozen=True, slots=True)
class Kpi:
    spec: KpiSpec
    formula: Expr
    rows: tuple[BoundRows, ...]
    kpis: tuple[BoundKpi, ...]
    unit: Unit
    bands: Bands | None
    direction: Direction | None
    targets: tuple[Target, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    by: tuple[SegmentBands, ...] = ()
    paced: bool = False  # how large it is depends on how long the period is: a count, a sum, what leaves in it

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def looks_back(self) -> bool:
        """Whether a value is held against that of an earlier period."""
        bands = [b for b in (self.bands, *(entry.bands for entry in self.by)) if b is not None]
        improving = any(t.improve is not None and t.improve.period is None for t in self.targets)
        return improving or any("previous" in b.needs for b in bands)

    def judged_by(self, segment: Segment) -> tuple[Bands, BandSet] | None:
        """The bands of a segment: those naming most of its dimensions, else the whole's, unless it is paced."""
        fitting = [b for b in self.by if b.matches(segment)]
        if fitting:
            best = max(fitting, key=lambda b: len(b.segment))
            return best.bands, best.written
        if self.paced and segment:
            return None
        return (self.bands, self.spec.thresholds[0]) if self.bands is not None else None

    def row(self, name: str) -> BoundRows | None:
        return next((r for r in self.rows if r.spec.name == name), None)

    def upstream(self, name: str) -> BoundKpi | None:
        return next((k for k in self.kpis if k.spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """`kpis` holds those without an error, in an order in which each comes after those it is computed from."""

    datasets: Mapping[str, Dataset]
    kpis: Mapping[str, Kpi]
    functions: Mapping[str, FunctionSpec]
    macros: Mapping[str, Macro]
    benchmarks: Mapping[str, BenchmarkSpec]
    scorecards: Mapping[str, ScorecardSpec]
    documents: tuple[Document, ...]  # flattened
    specs: Mapping[str, KpiSpec]  # every KPI that could be read, those with findings included
    calendars: Calendars = NO_CALENDARS
