"""The plan: which rows are scanned once for which terms, and how the terms make each KPI's value, n and interval.

Trees of a plan speak of three kinds of things, told apart by `Name.path`: columns of a data set (no path), terms of a
scan (`TERM`), and values of other measures (`MEASURE`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kpispec.catalog.calendars import NO_CALENDARS, Calendars
from kpispec.catalog.model import Dataset, Join, Kpi
from kpispec.formula.tree import Expr, Type
from kpispec.periods import Grains, Period, key_of, period_of, year_before
from kpispec.plan.draws import Resampled
from kpispec.plan.ingredients import NOT_ASKED, Split, Spread, Unsplit, Without
from kpispec.windows import Length

TERM = ("term",)
MEASURE = ("measure",)
MEASURE_N = ("n",)

EVER = (-(10**9), 10**9)  # the first and last period of what is taken to cover all

TALLY = "tally"  # of a scan of units: the rows counted in each, those without a key included

# Aggregates whose value over a union of groups follows from the groups' values.
ADDITIVE = frozenset({"count", "sum", "min", "max", "bool_and", "bool_or", "m2", "products"})


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A bound column as the source delivers it: its type and the reasons for which its cells may be rejected."""

    type: Type
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """What is known of a bound data set before anything is read: its columns."""

    columns: Mapping[str, ColumnFacts]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, every default already settled.

    `first` and `last` are keys of the grain, both included; `None` leaves the end to what the data covers. `sets` are
    the segmentations, the empty one (the whole) first. `as_of` is an aware instant, `as_of_day` its day in `timezone`.
    """

    grain: str
    as_of: datetime
    as_of_day: date
    timezone: str = "UTC"
    first: int | None = None
    last: int | None = None
    sets: tuple[tuple[str, ...], ...] = ((),)
    history: bool = True  # compare with the period before and the one a year earlier
    reject_totals: bool = False  # count rejects per data set too
    rejects: bool = True  # count what each KPI leaves out, by reason
    covered: bool = False  # every period is taken to be covered: in tests, where no rows means none happened
    calendars: Calendars = NO_CALENDARS
    split: bool = False  # ask for the sums of which a change's split is made

    @property
    def grains(self) -> Grains:
        """The periods there are: those of every calendar, and those that the project's own adds."""
        return self.calendars.grains

    def key_of(self, day: date) -> int:
        """The key of the period that holds a day."""
        return key_of(day, self.grain, self.grains)

    def period_of(self, key: int) -> Period:
        return period_of(self.grain, key, self.as_of_day, self.grains)

    def period_before(self, key: int) -> int | None:
        """The key of the period just before; `None` before the first one that a calendar spells out."""
        spelled = self.grains.spelled(self.grain)
        return None if spelled is not None and key <= spelled.first else key - 1

    def year_before(self, key: int) -> int | None:
        """The key of the same period a year earlier, where there is one."""
        return year_before(self.grain, key, self.grains)

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(d for s in self.sets for d in s))

    def measure_of(self, kpi: str) -> str:
        """The name of a KPI's own measure: its id, where no dimension asked for is called the same."""
        return f"{kpi}__kpi" if kpi in self.dimensions else kpi

    @property
    def reach(self) -> tuple[int | None, int | None]:
        """The periods to be computed: those asked for, and before them those they are compared with."""
        if self.first is None or not self.history or self.grain == "all":
            return self.first, self.last
        earlier = (self.first, self.period_before(self.first), self.year_before(self.first))
        return min(k for k in earlier if k is not None), self.last


@dataclass(frozen=True, slots=True)
class Placement:
    """Which rows a period reads.

    `at`: those whose clock is in it. `at_start` `at_end` `in_force`: those in force between `clock` and `until`.
    `window` is read in the place of the period, up to its end; `frame` takes the place of the period itself, so that it
    is what `period_start()` and the words of `when` mean too.
    """

    clock: str | None
    mode: str = "at"
    until: str | None = None  # where the interval ends; set for the words of `when`
    window: Length | None = None
    frame: Length | None = None

    @property
    def reach(self) -> Length | None:
        """The stretch that is read in the place of the period."""
        return self.window or self.frame

    @property
    def plain(self) -> bool:
        """Whether a row is in one period at most: that of its clock."""
        return self.mode == "at" and self.reach is None

    @property
    def words(self) -> str:
        parts = [self.mode if self.mode != "at" else f"by_{(self.clock or 'none').replace('.', '_')}"]
        parts += [f"over_{self.window.slug}"] if self.window is not None else []
        parts += [f"within_{self.frame.slug}"] if self.frame is not None else []
        return "_".join(parts)


@dataclass(frozen=True, slots=True)
class Term:
    """One aggregate over the rows of a scan for which all of `where` is true. `count` without argument counts rows.

    `zero` marks counts: 0, not null, where the period is covered and no row matches. `reject` terms read a column's
    reject flag instead of an expression. Segments are not cut by the dimensions of `whole`.
    """

    scan: str
    function: str
    args: tuple[Expr, ...] = ()
    where: tuple[Expr, ...] = ()
    reject: tuple[str, str] | None = None  # (column, reason)
    whole: tuple[str, ...] = ()

    @property
    def additive(self) -> bool:
        return self.function in ADDITIVE

    @property
    def zero(self) -> bool:
        return self.function in ("count", "count_distinct", "approx_count_distinct", TALLY)


@dataclass(frozen=True, slots=True)
class NamedTerm:
    name: str
    term: Term
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows of another data set that stand beside those of one, under the name of a join.

    `columns` are the bound columns read of it, `names` what is asked of each row; `besides` are its own joins. `at` is
    the moment of our rows at which one of a data set of intervals must be in force, with its type.
    """

    join: Join
    dataset: Dataset
    columns: tuple[str, ...]
    names: tuple[str, ...]
    clock_type: Type
    ends: tuple[Type, Type] = (Type.UNKNOWN, Type.UNKNOWN)  # of its interval: the types of its beginning and its end
    besides: "tuple[Beside, ...]" = ()
    at: tuple[str, Type] | None = None


@dataclass(frozen=True, slots=True)
class UnitValue:
    """A value of one unit: `expr` aggregates the unit's rows for which `where` is true; null where none is."""

    name: str
    expr: Expr
    where: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a unit's rows `where` keeps; with `reject`, those of them whose cell of a column is rejected."""

    name: str
    where: tuple[Expr, ...]
    reject: tuple[str, str] | None = None  # (column, reason)


@dataclass(frozen=True, slots=True)
class Member:
    """Rows that are summed up unit by unit: `keys` are the columns that name the unit in each of them."""

    scan: "Scan"
    keys: tuple[str, ...]
    values: tuple[UnitValue, ...]
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a data set. `columns` are the bound columns it reads, `dimensions` those of its `sets`.

    With `members`, a scan of units: what its terms read are the values of its members, matched by their keys.
    """

    id: str
    dataset: Dataset
    columns: tuple[str, ...]
    clock: str | None
    clock_type: Type
    sets: tuple[tuple[str, ...], ...]
    terms: tuple[NamedTerm, ...]
    first_day: date | None = None  # rows before are not needed
    last_day: date | None = None  # nor from this day on
    first_period: int | None = None  # that is computed
    covers: tuple[int | None, int | None] = (None, None)  # periods declared to be covered, where the data does not say
    placement: Placement = Placement(None)
    known_type: Type = Type.UNKNOWN  # of the data set's own clock
    end_type: Type = Type.UNKNOWN  # of the moment that ends its interval
    besides: tuple[Beside, ...] = ()
    members: tuple[Member, ...] = ()
    lapsed: tuple[Tally, ...] = ()  # counts of rows in no period: no interval, or with a `reject` of its end

    @property
    def datasets(self) -> tuple[str, ...]:
        """The data sets whose rows are read, those of joins aside."""
        return tuple(dict.fromkeys(m.scan.dataset.id for m in self.members)) or (self.dataset.id,)

    @property
    def wholes(self) -> tuple[tuple[str, ...], ...]:
        """The sets of dimensions that some of its terms are not cut by."""
        return tuple(dict.fromkeys(t.term.whole for t in self.terms))

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(d for s in self.sets for d in s))


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI, or a KPI narrowed by another's `where`, as a tree over terms and earlier measures.

    `id` names its columns in the result. `zero` are the denominators that make the value undefined when they are 0.
    `seen` counts the values its aggregates saw. `factor` divides a duration in seconds into the KPI's unit.
    """

    id: str
    kpi: Kpi
    value: Expr
    n: Expr | None
    seen: Expr | None
    zero: tuple[Expr, ...] = ()
    spread: Spread | Without = NOT_ASKED
    factor: float = 1.0
    rejects: tuple[tuple[str, tuple[str, ...]], ...] = ()  # reason -> terms
    fatal: tuple[tuple[str, str], ...] = ()  # (column or input, term) of rejects that are an error: `invalid: fail`
    undated: tuple[tuple[str, str], ...] = ()  # (scan, term): its count over the rows without a period
    lapsed: tuple[tuple[str, str, str], ...] = ()  # (reason, scan, name): its count of rows that have no known interval
    datasets: tuple[str, ...] = ()
    scans: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (scan, the dimensions it is not cut by)
    upstream: tuple[tuple[str, str, Length | None], ...] = ()  # (input, measure id, offset)
    frame: Length | None = None  # the window that takes the place of the period
    settles: float = 0.0  # seconds after a period's end until all its rows are decided
    split: Split | Unsplit | None = None  # where the request asks for it

    @property
    def parts(self) -> tuple[tuple[str, Expr], ...]:
        """The ingredients of its interval."""
        return self.spread.parts if isinstance(self.spread, Spread) else ()

    @property
    def resampled(self) -> Resampled | None:
        """What its interval is drawn from, where it is by resampling."""
        return self.spread.resampled if isinstance(self.spread, Spread) else None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A KPI that cannot be planned: the reason's code and values, as in `evaluate.report.Reason`."""

    kpi: str
    status: str  # "error" | "not_available"
    code: str
    values: tuple[tuple[str, object], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Plan:
    """Measures come after those they read. `reject_totals` are (data set, column, reason, term)."""

    request: Request
    scans: tuple[Scan, ...]
    measures: tuple[Measure, ...]
    unavailable: tuple[Unavailable, ...] = ()
    reject_totals: tuple[tuple[str, str, str, str], ...] = ()
    earliest: int | None = None  # the first period that something asked for looks at

    def measure(self, id: str) -> Measure | None:
        """A measure by its name, or by the id of the KPI that it is the whole of."""
        return next((m for m in self.measures if m.id in (id, self.request.measure_of(id))), None)

    @property
    def reach(self) -> tuple[int | None, int | None]:
        """The periods to be computed: those asked for, and before them those that they look back at."""
        return self.earliest, self.request.reach[1]

    def columns_read(self) -> dict[str, frozenset[str]]:
        """The bound columns that are read of each data set, those of joins included."""
        found: dict[str, set[str]] = {}
        for scan in self.scans:
            for rows in (scan, *(m.scan for m in scan.members)):
                found.setdefault(rows.dataset.id, set()).update(rows.columns)
                for beside in _all_besides(rows.besides):
                    found.setdefault(beside.dataset.id, set()).update(beside.columns)
        return {id: frozenset(columns) for id, columns in found.items()}

    def scan(self, id: str) -> Scan | None:
        return next((s for s in self.scans if s.id == id), None)

    def scans_of(self, dataset: str) -> tuple[Scan, ...]:
        """The scans that read a data set, the one by its own clock first."""
        found = [s for s in self.scans if dataset in s.datasets]
        return tuple(sorted(found, key=lambda s: s.id != dataset))

    def covers_set(self, measure: Measure, dimensions: tuple[str, ...]) -> bool:
        """Whether all rows of a measure can be cut by these dimensions, those aside that they are not to be cut by."""
        for id, whole in measure.scans:
            scan = self.scan(id)
            if scan is None or tuple(d for d in dimensions if d not in whole) not in scan.sets:
                return False
        return True


def _all_besides(besides: tuple[Beside, ...]) -> Iterator[Beside]:
    for beside in besides:
        yield beside
        yield from _all_besides(beside.besides)
