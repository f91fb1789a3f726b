"""What the documents say, typed. Built by `syntax.build` from documents whose `extends` are already flattened.

Every `Text` keeps its place in the file; `node` leads to the rest. Empty tuples and `None` mean that nothing is said.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kpispec.source import Span, Text

Direction = Literal["higher_is_better", "lower_is_better", "closer_to_target"]


@dataclass(frozen=True, slots=True)
class Localized:
    """A human text by language. A plain string stands under the empty tag: the project's default language."""

    texts: tuple[tuple[str, str], ...]

    def get(self, language: str, default: str = "") -> str:
        """The text in a language, else in its base language, the default's, or the first one written."""
        table = dict(self.texts)
        for tag in (language, language.partition("-")[0], "", default):
            if tag in table:
                return table[tag]
        return self.texts[0][1] if self.texts else ""

    def speaks(self, language: str) -> bool:
        table = dict(self.texts)
        return "" in table or language in table or language.partition("-")[0] in table


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds as written (`0 s`, `10`); `None` on a side that is open."""

    low: Text | None
    high: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Checks:
    """Promises about the cells of a column or the values of a row input. A cell that breaks one is rejected."""

    type: str | None = None
    range: Range | None = None
    values: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()  # raw code -> reason
    not_null: bool = False
    fail: bool = False  # `invalid: fail`


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    name: str
    span: Span
    checks: Checks = Checks()
    optional: bool = False
    dimension: bool = False
    label: Localized | None = None
    description: Localized | None = None
    value_labels: tuple[tuple[str, Localized], ...] = ()
    expr: Text | None = None  # a computed column
    unit: Text | None = None
    keep_empty: bool = False  # `empty: keep`


@dataclass(frozen=True, slots=True)
class Covers:
    first: date | None = None
    last: date | None = None
    to_as_of: bool = False


@dataclass(frozen=True, slots=True)
class IntervalSpec:
    """The columns between whose moments a row is in force: from `start`, up to before `end`."""

    start: Text
    end: Text


@dataclass(frozen=True, slots=True)
class JoinSpec:
    """At most one row of another data set beside each row. `on` pairs our column with theirs."""

    name: str
    span: Span
    dataset: Text
    on: tuple[tuple[Text, Text], ...]
    at: Text | None = None  # our column that says which row of an interval data set is meant


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    id: str
    span: Span
    columns: tuple[ColumnSpec, ...] = ()
    label: Localized | None = None
    description: Localized | None = None
    grain: str | None = None
    key: tuple[Text, ...] = ()
    time: Text | None = None
    interval: IntervalSpec | None = None
    where: tuple[Text, ...] = ()
    joins: tuple[JoinSpec, ...] = ()
    every: Text | None = None  # a grain: rows are one a period
    max_age: Text | None = None  # a duration: `2 days`
    covers: Covers = Covers()
    declared: bool = True  # False: known by its binding only
    library: str | None = None

    def column(self, name: str) -> ColumnSpec | None:
        return next((c for c in self.columns if c.name == name.lower()), None)

    @property
    def clock(self) -> Text | None:
        """The column that places a row where nothing else is said: `time`, else where the interval begins."""
        return self.time if self.time is not None or self.interval is None else self.interval.start

    def join(self, name: str) -> JoinSpec | None:
        return next((j for j in self.joins if j.name == name), None)


@dataclass(frozen=True, slots=True)
class RowInput:
    """Values of rows: a column (`expr` is then its name) or a row expression over a data set."""

    name: str
    span: Span
    dataset: Text
    expr: Text
    where: tuple[Text, ...] = ()
    checks: Checks = Checks()
    when: Text | None = None  # a column, or a word of `WHENS`
    per: tuple[Text, ...] = ()
    window: Text | None = None
    settles_after: Text | None = None
    whole: bool = False  # cut by no dimension
    whole_of: tuple[Text, ...] = ()  # not cut by these


WHENS = ("at_start", "at_end", "entered", "left", "in_force")


@dataclass(frozen=True, slots=True)
class KpiInput:
    """The value of another KPI, its row inputs narrowed by `where`, of an earlier period, or over a longer time."""

    name: str
    span: Span
    kpi: Text
    where: tuple[Text, ...] = ()
    offset: Text | None = None
    window: Text | None = None


InputSpec = RowInput | KpiInput


@dataclass(frozen=True, slots=True)
class BandSet:
    """Bands as written, for the whole (`segment` empty) or for a segment."""

    good: Text | None = None
    watch: Text | None = None
    bad: Text | None = None
    span: Span | None = None
    segment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImproveSpec:
    by: Text
    of: Text  # `previous_year`, `previous_period`, or a period as people type it


@dataclass(frozen=True, slots=True)
class TargetSpec:
    first: date
    last: date | None
    value: Text | None  # an amount, with or without a unit: `82`, `4 h`; or else there is `improve`
    span: Span
    source: str | None = None
    review_by: date | None = None
    segment: tuple[tuple[str, str], ...] = ()
    improve: ImproveSpec | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkRef:
    """An entry of a benchmark document."""

    set: Text
    entry: Text


@dataclass(frozen=True, slots=True)
class BenchmarkFigure:
    """An outside figure: a value, or a range with both ends."""

    span: Span
    label: Localized | None = None
    value: Text | None = None
    low: Text | None = None
    high: Text | None = None
    unit: Text | None = None
    source: str | None = None
    year: int | None = None
    url: str | None = None
    industry: str | None = None
    region: str | None = None
    n: int | None = None
    variant: str | None = None
    expires: date | None = None
    entry: str | None = None  # its key in a benchmark document


@dataclass(frozen=True, slots=True)
class Lifecycle:
    state: str | None = None
    version: str | None = None
    since: date | None = None
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """`accept`: a bad status taken on knowingly, until a day."""

    until: date
    reason: str
    ticket: str | None
    by: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class ProcessChange:
    """From `first` on the figures come about in another way: what was usual before says nothing of them."""

    first: date
    label: Localized
    span: Span


@dataclass(frozen=True, slots=True)
class GivenRows:
    """Rows of a data set, or of a row input by its name. A cell is text as written with its resolved value."""

    name: Text
    rows: tuple[tuple[tuple[str, Text | None, bool], ...], ...]  # (column, text or None for null, quoted)
    span: Span


@dataclass(frozen=True, slots=True)
class GivenValue:
    """The value of a KPI input."""

    name: Text
    value: Text | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one segment must give. `value` is a constant expression, `None` with `null_value` for null."""

    span: Span
    value: Text | None = None
    null_value: bool = False
    low: Text | None = None
    high: Text | None = None
    status: str | None = None
    n: int | None = None
    tolerance: float | None = None
    rejected: tuple[tuple[str, int], ...] | None = None
    segment: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class TestSpec:
    __test__ = False  # not pytest's

    name: str
    span: Span
    given: tuple[GivenRows | GivenValue, ...]
    expect: tuple[Expectation, ...]
    by: tuple[str, ...] = ()
    period: Text | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class KpiSpec:
    id: str
    span: Span
    inputs: tuple[InputSpec, ...]
    formula: Text
    label: Localized
    unit: Text | None = None
    direction: Direction | None = None
    direction_span: Span | None = None
    decimals: int | None = None
    compact: bool = False
    question: Localized | None = None
    description: Localized | None = None
    business_owner: str | None = None
    technical_owner: str | None = None
    lifecycle: Lifecycle = Lifecycle()
    tags: tuple[str, ...] = ()
    where: tuple[Text, ...] = ()
    params: tuple[tuple[Text, Text], ...] = ()  # (name, constant as written); see `quoted_params`
    quoted_params: frozenset[str] = frozenset()  # those written as texts, between quotes or not a number or duration
    weight: tuple[tuple[str, Text], ...] = ()  # (input, column); the empty input is every one
    sample_unit: Text | None = None
    min_n: int | None = None
    suppress_below: int | None = None
    period: str | None = None
    thresholds: tuple[BandSet, ...] = ()  # the first is the whole's, the rest are `by:`
    targets: tuple[TargetSpec, ...] = ()
    benchmarks: tuple[BenchmarkFigure | BenchmarkRef, ...] = ()
    process_changes: tuple[ProcessChange, ...] = ()  # in the order of their days
    accept: Waiver | None = None
    judge: Literal["point", "confident"] = "point"
    confidence: Literal["auto", "none", "bootstrap"] = "auto"
    level: float = 0.95
    reading_level: str | None = None  # who reads it: strategic, tactical, operational
    perspective: str | None = None
    population: Literal["sample", "complete"] = "sample"
    variant: str | None = None
    caveats: tuple[Localized, ...] = ()
    references: tuple[str, ...] = ()
    read_with: tuple[Text, ...] = ()
    drivers: tuple[Text, ...] = ()
    tests: tuple[TestSpec, ...] = ()
    library: str | None = None
    spans: tuple[tuple[str, Span], ...] = field(default=(), repr=False)  # top-level key -> its value's place

    def input(self, name: str) -> InputSpec | None:
        return next((i for i in self.inputs if i.name == name), None)

    def at(self, key: str) -> Span:
        """The place of a top-level key's value; the document's own where the key is not written."""
        return dict(self.spans).get(key, self.span)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    id: str
    span: Span
    args: tuple[str, ...]
    formula: Text
    description: Localized | None = None
    tests: tuple[TestSpec, ...] = ()
    library: str | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkSpec:
    id: str
    span: Span
    entries: tuple[tuple[str, BenchmarkFigure], ...]
    label: Localized | None = None
    library: str | None = None

    def entry(self, name: str) -> BenchmarkFigure | None:
        return dict(self.entries).get(name)


@dataclass(frozen=True, slots=True)
class ScorecardEntry:
    kpi: Text
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Section:
    label: Localized
    kpis: tuple[ScorecardEntry, ...]
    span: Span
    level: str | None = None
    perspective: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ScorecardSpec:
    id: str
    span: Span
    label: Localized
    sections: tuple[Section, ...]
    period: str = "month"
    period_at: Text | None = None  # as written
    history: int = 24
    compare: tuple[str, ...] = ("previous_period", "same_period_last_year")
    segments: tuple[Text, ...] = ()
    description: Localized | None = None
    library: str | None = None
