"""The tests inside specs, run: given rows become tiny data sets, and the KPI goes through plan, SQL and judge."""

from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from kpispec.catalog.joins import with_joined
from kpispec.catalog.model import BoundRows, Catalog, Dataset, Kpi
from kpispec.diagnostics import Findings
from kpispec.engine.base import Engine, EngineError, Failure
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.judge import Judge
from kpispec.evaluate.report import Reading, Reason, Segment, Status
from kpispec.evaluate.table import DatasetFacts, read
from kpispec.formula.constants import constant as constant_of
from kpispec.formula.macros import substitute
from kpispec.formula.parse import parse
from kpispec.formula.scope import ANY_COLUMN
from kpispec.formula.tree import Duration, Expr, Name, Null, Number, Type, Unary
from kpispec.periods import parse_period, period_of
from kpispec.plan.model import Bound, ColumnFacts, Measure, Plan, Request
from kpispec.plan.plan import plan
from kpispec.project.chosen import Chosen, own
from kpispec.project.expectations import compared, named
from kpispec.project.function_trials import function_case
from kpispec.project.run import check_joins
from kpispec.project_spec import Binding
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, DatasetSpec, FunctionSpec, GivenRows, GivenValue, KpiSpec, TestSpec
from kpispec.sql.lower import lower, quoted, text_literal
from kpispec.sql.relations import Raw, RawColumn, Source
from kpispec.sql.script import script
from kpispec.sql.setting import Clockwork
from kpispec.sql.sources import source
from kpispec.units import duration_seconds

LATER = datetime(2100, 1, 1, tzinfo=UTC)  # as-of of a test that says none: every row is past


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of a KPI and what became of it. `failures` are sentences; none means that it passed."""

    kpi: KpiSpec | FunctionSpec
    test: TestSpec
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def trials(catalog: Catalog, engine: Engine, zone: str, wanted: Chosen | None = None) -> Iterator[Trial]:
    """Run the tests of the KPIs and functions wanted, by default of all of the project's own."""
    wanted = wanted if wanted is not None else own(catalog)
    for kpi in catalog.kpis.values():
        if kpi.id in wanted.kpis:
            for test in kpi.spec.tests:
                yield Trial(kpi.spec, test, _failures(catalog, kpi, test, engine, zone))
    for function in catalog.functions.values():
        if function.id in wanted.functions and function.id in catalog.macros:
            yield from function_trials(catalog, function, engine, zone)


def trials_on(
    catalog: Catalog, engines: Sequence[Engine], zone: str, wanted: Chosen | None = None
) -> tuple[Trial, ...]:
    """The same trials in the same order, shared out among engines that work at the same time."""
    wanted = wanted if wanted is not None else own(catalog)
    ids = [id for id in (*catalog.kpis, *catalog.functions) if id in wanted.kpis | wanted.functions]
    shares = [frozenset(ids[start :: len(engines)]) for start in range(len(engines))]
    parts = [Chosen(wanted.kpis & share, wanted.functions & share) for share in shares]
    with ThreadPoolExecutor(len(engines)) as pool:
        found = pool.map(lambda part, engine: list(trials(catalog, engine, zone, part)), parts, engines)
    place = {id: number for number, id in enumerate(ids)}
    return tuple(sorted((t for part in found for t in part), key=lambda t: place[t.kpi.id]))


def function_trials(catalog: Catalog, spec: FunctionSpec, engine: Engine, zone: str) -> Iterator[Trial]:
    """Run the tests of a function document."""
    for test in spec.tests:
        case = function_case(catalog, spec, test)
        if case.kpi is None:
            yield Trial(spec, test, (case.mistake,))
        else:
            yield Trial(spec, test, _failures(case.catalog, case.kpi, case.test, engine, zone))


def _failures(catalog: Catalog, kpi: Kpi, test: TestSpec, engine: Engine, zone: str) -> tuple[str, ...]:
    return verdicts(catalog, (kpi,), test, engine, zone)[0]


def verdicts(
    catalog: Catalog, kpis: Sequence[Kpi], test: TestSpec, engine: Engine, zone: str
) -> tuple[tuple[str, ...], ...]:
    """What a test says of each of several KPIs that read the same inputs, all computed in one go.

    Their ids differ, and the types of their inputs do not. Where one of them cannot be run, it is found by halves.
    """
    try:
        found = Stage(catalog, kpis, test, zone).readings(engine)
    except EngineError as error:
        if len(kpis) == 1:
            return ((f"it could not be run: {error.message}",),)
        middle = len(kpis) // 2
        halves = (verdicts(catalog, half, test, engine, zone) for half in (kpis[:middle], kpis[middle:]))
        return tuple(verdict for half in halves for verdict in half)
    return tuple(_verdict(test, readings) for readings in found)


def _verdict(test: TestSpec, readings: Mapping[Segment, Reading]) -> tuple[str, ...]:
    found = [line for e in test.expect for line in compared(e, readings.get(e.segment))]
    if test.by:
        expected = {e.segment for e in test.expect}
        found += [
            f"{named(s)} is there and not expected"
            for s, reading in readings.items()
            if s not in expected and (reading.n or reading.value is not None)
        ]
    return tuple(found)


class Stage:
    """The catalogue of one test: KPIs with what is given put in the place of what they read.

    All read the inputs of the first, which are of the same types in each.
    """

    def __init__(self, catalog: Catalog, kpis: Sequence[Kpi], test: TestSpec, zone: str) -> None:
        self.test = test
        self.zone = zone
        self.rows = [g for g in test.given if isinstance(g, GivenRows)]
        values = [g for g in test.given if isinstance(g, GivenValue)]
        self.kpis = tuple(_with_values(_lean(kpi, test), values) for kpi in kpis)
        self.kpi = self.kpis[0]
        self.tables: dict[str, list[Mapping[str, Text | None]]] = {}
        self.datasets: dict[str, Dataset] = {}
        self.request = self._request(catalog)
        self._collect(catalog)
        self.kpis = tuple(replace(k, rows=tuple(self._staged(r, catalog) for r in k.rows)) for k in self.kpis)
        self.catalog = replace(
            catalog,
            kpis={**catalog.kpis, **{k.id: k for k in self.kpis}},
            datasets={**catalog.datasets, **self.datasets},
        )

    def _collect(self, catalog: Catalog) -> None:
        """The rows given, by data set; rows under an input's name are those of its data set."""
        for id in _behind(self.kpi, catalog):
            self.tables[id] = []
            self.datasets[id] = catalog.datasets[id]
        for given in self.rows:
            input = self.kpi.row(given.name.value)
            id = given.name.value if given.name.value in self.tables else input.dataset if input is not None else ""
            if not id:
                raise EngineError(Failure.OTHER, f"`{given.name.value}` is neither a data set nor an input of rows")
            own = {given.name.value: _value_of(given.name.value)} if id != given.name.value else {}
            for row in given.rows:
                self.tables.setdefault(id, []).append({own.get(column, column): text for column, text, _ in row})
        as_rows = {g.name.value for g in self.rows}
        for id, rows in self.tables.items():
            if rows and id not in as_rows:  # values of inputs are their row set as it is
                self.datasets[id] = replace(self.datasets[id], where=())
            self.datasets[id] = _as_given(
                self.datasets[id], {c for row in rows for c in row}, self._inputs(id), self.test.by
            )

    def _inputs(self, dataset: str) -> dict[str, Type]:
        rows = [r for r in self.kpi.rows if r.dataset == dataset]
        return {name: r.expr.type for r in rows for name in (r.spec.name, _value_of(r.spec.name))}

    def _staged(self, rows: BoundRows, catalog: Catalog) -> BoundRows:
        """An input whose values are given stands for its row set as it is: neither expression nor filter applies."""
        given = {c for row in self.tables[rows.dataset] for c in row}
        is_column = catalog.datasets[rows.dataset].spec.column(rows.spec.name) is not None
        value = _value_of(rows.spec.name) if _value_of(rows.spec.name) in given else rows.spec.name
        if value not in given or (value == rows.spec.name and is_column):
            return rows
        name = Name(value, place=rows.expr.place, type=rows.expr.type)
        return replace(rows, expr=name, where=(), rejects=(), when=None, per=(), window=None, settles=0.0, unit=None)

    def _request(self, catalog: Catalog) -> Request:
        written, grains = self.test.period, catalog.calendars.grains
        period = parse_period(written.value, grains) if written is not None else None
        if self.test.as_of is not None:
            as_of = datetime.fromisoformat(self.test.as_of)
            as_of = as_of if as_of.tzinfo is not None else as_of.replace(tzinfo=ZoneInfo(self.zone))
        elif period is not None and period.end is not None:
            as_of = datetime.combine(period.end, time(), ZoneInfo(self.zone))
        else:
            as_of = LATER
        return Request(
            grain=period.grain if period is not None else "all",
            as_of=as_of,
            as_of_day=as_of.astimezone(ZoneInfo(self.zone)).date(),
            timezone=self.zone,
            first=period.key if period is not None else None,
            last=period.key if period is not None else None,
            sets=((), tuple(self.test.by)) if self.test.by else ((),),
            history=False,
            rejects=any(e.rejected is not None for e in self.test.expect),
            covered=True,
            calendars=catalog.calendars,
        )

    def readings(self, engine: Engine) -> tuple[dict[Segment, Reading], ...]:
        """The readings of each KPI by segment, in the period of the test."""
        sources = {id: self._source(id) for id in self.tables}
        bound = {
            id: Bound({c.name: ColumnFacts(c.type, tuple(r for r, _ in c.rejects)) for c in found.columns})
            for id, found in sources.items()
        }
        planned = plan(self.catalog, [k.id for k in self.kpis], bound, self.request)
        measures = [planned.measure(k.id) for k in self.kpis]
        if any(m is None for m in measures):
            lack = planned.unavailable[0]
            raise _unplannable(lack.code, dict(lack.values))
        if not planned.scans:
            return tuple({(): _without_rows(planned, m, engine)} for m in measures if m is not None)
        read_of = planned.columns_read()
        statements = script(planned, {id: self._source(id, columns) for id, columns in read_of.items()}, views=False)
        engine.define(*statements.setup)
        check_joins(statements, engine)
        engine.run(*(s for _, group in (*statements.scans, *statements.draws) for s in group))
        table = engine.run(statements.combine)
        cells = read(planned, table.columns, table.rows)
        judge = Judge(planned, cells, {s.id: DatasetFacts(0, None, None, None, None, {}) for s in planned.scans})
        return tuple(self._judged(judge, m) for m in measures if m is not None)

    def _judged(self, judge: Judge, measure: Measure) -> dict[Segment, Reading]:
        key = self.request.first or 0
        wanted = [tuple(self.test.by)] if self.test.by else [()]
        segments = [s for cut, found in judge.cells.segments if cut in wanted for s in found]
        return {s: judge.reading(measure, key, s) for s in segments}

    def _source(self, id: str, only: Set[str] | None = None) -> Source:
        dataset = self.datasets[id]
        stored = [c.name for c in dataset.spec.columns if c.expr is None]
        columns = tuple(dict.fromkeys(c for c in stored if only is None or c in only))
        if not columns and only is not None:  # the rows are counted, and none of their cells is read
            return self._source(id)
        if not columns:  # no document declares it, and the test gives none of its rows
            return Source("(select 1 as one where false)", ())
        raw = Raw(id, _values(columns, self.tables[id]), tuple(RawColumn(c, "VARCHAR") for c in columns), True)
        first, last = Clockwork(self.request).reach()
        found = source(
            Binding(id),
            dataset.spec,
            raw,
            zone=self.zone,
            first=first,
            last=last,
            lower=lambda _text: None,
            findings=Findings(),
            only=only,
        )
        if found is None:  # the rows are counted, and none of their cells is read
            return self._source(id)
        return found


def _lean(kpi: Kpi, test: TestSpec) -> Kpi:
    """The KPI without its confidence interval, where the test does not look at it."""
    looked_at = kpi.spec.judge == "confident" or any(e.low is not None or e.high is not None for e in test.expect)
    return kpi if looked_at else replace(kpi, spec=replace(kpi.spec, confidence="none"))


def _unplannable(code: str, values: Mapping[str, object]) -> EngineError:
    words = ", ".join(f"{k} {v}" for k, v in values.items())
    return EngineError(Failure.OTHER, f"{code.replace('-', ' ')} ({words})")


def _behind(kpi: Kpi, catalog: Catalog) -> tuple[str, ...]:
    found = {id: None for r in kpi.rows for id in with_joined(r.dataset, catalog.datasets)}
    for upstream in kpi.kpis:
        found.update(dict.fromkeys(_behind(catalog.kpis[upstream.kpi], catalog)))
    return tuple(found)


def _with_values(kpi: Kpi, given: list[GivenValue]) -> Kpi:
    """The KPI with constants in the place of the KPI inputs that are given."""
    values: dict[str, Expr] = {}
    for item in given:
        upstream = kpi.upstream(item.name.value)
        if upstream is not None:
            values[item.name.value] = _constant(item.value, kpi.formula)
    kept = tuple(k for k in kpi.kpis if k.spec.name not in values)
    return replace(kpi, formula=substitute(kpi.formula, values), kpis=kept)


def _constant(text: Text | None, like: Expr) -> Expr:
    if text is None:
        return Null(place=like.place, type=Type.NUMBER)
    parsed = parse(text, "", Findings())
    value = constant_of(parsed) if parsed is not None else None
    if value is None:
        return Null(place=like.place, type=Type.NUMBER)
    if isinstance(parsed, Duration):
        return Duration(value, place=like.place, type=Type.DURATION)
    number = Number(repr(abs(value)), place=like.place, type=Type.NUMBER)
    return Unary("-", number, place=like.place, type=Type.NUMBER) if value < 0 else number


def _value_of(input: str) -> str:
    """The column of values given under an input's name, which may be that of a column too."""
    return f"{input}__given"


def _as_given(dataset: Dataset, given: set[str], inputs: Mapping[str, Type], by: tuple[str, ...]) -> Dataset:
    """The data set with the columns that rows give: a computed one is then not computed, an input is a plain value."""
    spec = dataset.spec
    told = {name.partition(".")[0] for name in given if "." in name}  # joins whose columns stand in the rows
    dataset = replace(dataset, joins=tuple(j for j in dataset.joins if j.name not in told))
    joined = {
        name: type for name, type in dataset.joined if name.partition(".")[0] in told and not name.endswith(ANY_COLUMN)
    }
    inputs, given = {**joined, **inputs}, given | joined.keys()
    computed = tuple((n, e) for n, e in dataset.computed if n not in given)
    still = {n for n, _ in computed}
    columns = [c if c.name in still else replace(c, expr=None) for c in spec.columns]
    for name in sorted(given | {clock.value for clock in _clocks(spec)}):
        if all(c.name != name for c in columns):
            columns.append(replace(_value_column(name, inputs.get(name), spec), dimension=name in by))
    return replace(dataset, spec=replace(spec, columns=tuple(columns), declared=True), computed=computed)


def _clocks(spec: DatasetSpec) -> tuple[Text, ...]:
    ends = (spec.interval.start, spec.interval.end) if spec.interval is not None else ()
    return tuple(c for c in (spec.time, *ends) if c is not None)


def _value_column(name: str, type: Type | None, spec: DatasetSpec) -> ColumnSpec:
    kinds = {Type.DURATION: "number", Type.UNKNOWN: None, Type.NULL: None, None: None}
    return ColumnSpec(name, spec.span, Checks(type=kinds.get(type, type.value if type is not None else None)))


def _values(columns: tuple[str, ...], rows: list[Mapping[str, Text | None]]) -> str:
    """Rows as a relation of texts; no rows are an empty relation."""
    names = ", ".join(quoted(c) for c in columns)
    nulls = ", ".join("cast(null as varchar)" for _ in columns)
    if not rows:
        return f"(select * from (values ({nulls})) t({names}) where false)"
    lines = ",\n  ".join("(" + ", ".join(_cell(row.get(c)) for c in columns) + ")" for row in rows)
    return f"(select * from (values ({nulls}),\n  {lines}) t({names}) offset 1)"


def _cell(text: Text | None) -> str:
    if text is None:
        return "null"
    seconds = duration_seconds(text.value)
    return text_literal(text.value if seconds is None else repr(seconds))


def _without_rows(planned: Plan, measure: Measure, engine: Engine) -> Reading:
    """A KPI all of whose inputs are given as values: its formula is a constant."""
    kpi = measure.kpi
    setting = Clockwork(planned.request).setting(lambda name: quoted(name.name))
    found = engine.run(f"select cast({lower(measure.value, setting)} as double)").rows[0][0]
    raw = found if isinstance(found, float) else None
    value = None if raw is None else rounded(raw / measure.factor)
    band = kpi.bands.judge(value) if kpi.bands is not None else None
    zero = Reason(Status.UNDEFINED, "denominator-zero")
    status = Status(band) if band is not None else Status.UNDEFINED if value is None else Status.NOT_JUDGED
    reasons = (zero,) if value is None else ()
    return Reading(kpi.id, period_of("all", 0), (), value, kpi.unit.name, None, None, "none", status, reasons=reasons)
