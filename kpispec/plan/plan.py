"""From the catalogue, what is asked for, and the columns at hand to the plan: one scan per data set, shared terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kpispec.catalog.model import BoundRows, Catalog, Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Expr, Type
from kpispec.plan.model import Bound, Measure, Plan, Request, Scan, Spread, Term, Unavailable
from kpispec.plan.rewrite import Formula
from kpispec.plan.spread import spread_of
from kpispec.plan.terms import Aggregate, Context, TermTable, calls_of, conjunction, decompose, either

EVER = (-(10**9), 10**9)

Narrowing = tuple[tuple[str, tuple[Expr, ...]], ...]


def plan(
    catalog: Catalog, ids: Iterable[str], bound: Mapping[str, Bound], request: Request, where: Narrowing = ()
) -> Plan:
    """The plan for KPIs of the catalogue, all narrowed by `where` (filters per data set).

    Those that the bound data cannot feed are listed as unavailable.
    """
    planner = _Planner(catalog, bound, request, _merged((), where))
    for id in ids:
        planner.measure(catalog.kpis[id], planner.base)
    totals = planner.reject_totals() if request.reject_totals else ()
    scans = tuple(planner.scan(catalog.datasets[d]) for d in planner.read)
    return Plan(request, scans, tuple(planner.measures.values()), planner.unavailable(), totals)


def columns_behind(dataset: Dataset, used: Iterable[str]) -> tuple[str, ...]:
    """The bound columns that names of a data set come from, through computed columns."""
    computed = dict(dataset.computed)
    found: dict[str, None] = {}
    waiting = list(used)
    done: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        if name in computed:
            waiting += sorted(names(computed[name]))
        else:
            found[name] = None
    return tuple(found)


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    bound: Mapping[str, Bound]
    request: Request
    base: Narrowing = ()
    table: TermTable = field(default_factory=TermTable)
    measures: dict[tuple[str, Narrowing], Measure] = field(default_factory=dict)
    lacking: dict[tuple[str, Narrowing], Unavailable] = field(default_factory=dict)
    read: dict[str, dict[str, None]] = field(default_factory=dict)  # data set -> names used

    # KPIs

    def measure(self, kpi: Kpi, narrowing: Narrowing) -> Measure | None:
        """The measure of a KPI under the filters that narrow it, planned once; `None` where data is lacking."""
        key = (kpi.id, narrowing)
        if key in self.measures or key in self.lacking:
            return self.measures.get(key)
        upstream: dict[str, Measure] = {}
        for item in kpi.kpis:
            narrowed = _merged(narrowing, item.where)
            found = self.measure(self.catalog.kpis[item.kpi], narrowed)
            if found is None:
                status = self.lacking[item.kpi, narrowed].status
                values = (("kpi", item.kpi), ("status", status))
                self.lacking[key] = Unavailable(kpi.id, status, "upstream", values)
                return None
            upstream[item.spec.name] = found
        lack = self._lack(kpi, narrowing)
        if lack is not None:
            self.lacking[key] = lack
            return None
        self.measures[key] = self._planned(self._id(kpi, narrowing), kpi, narrowing, upstream)
        return self.measures[key]

    def _id(self, kpi: Kpi, narrowing: Narrowing) -> str:
        if narrowing == self.base:
            return self.request.measure_of(kpi.id)
        others = sum(1 for id, where in self.measures if id == kpi.id and where != self.base)
        return f"{kpi.id}__where_{others + 1}"

    def _planned(self, id: str, kpi: Kpi, narrowing: Narrowing, upstream: Mapping[str, Measure]) -> Measure:
        context = Context(id, kpi.rows, narrowing, self.table)
        made: dict[Expr, Aggregate] = {call: decompose(call, context) for call in calls_of(kpi.formula)}
        formula = Formula(kpi.formula, made, upstream)
        for rows in kpi.rows:
            used = {n for e in (rows.expr, *context.conditions(rows)) for n in names(e)}
            self.read.setdefault(rows.dataset, {}).update(dict.fromkeys(sorted(used)))
        below = [d for m in upstream.values() for d in m.datasets]
        return Measure(
            id=id,
            kpi=kpi,
            value=formula.over_terms(kpi.formula),
            n=formula.n(),
            seen=formula.seen(),
            zero=formula.denominators(),
            spread=_spread(kpi, context),
            factor=kpi.unit.factor if kpi.formula.type is Type.DURATION else 1.0,
            rejects=self._rejects(kpi, context),
            fatal=self._fatal(kpi, context),
            undated=self._undated(kpi, context),
            datasets=tuple(dict.fromkeys([r.dataset for r in kpi.rows] + below)),
            upstream=tuple((name, m.id) for name, m in upstream.items()),
        )

    # what the data lacks

    def unavailable(self) -> tuple[Unavailable, ...]:
        """The KPIs that could not be planned, under what was asked for; a narrowed one is the matter of its reader."""
        return tuple(lack for (_, narrowing), lack in self.lacking.items() if narrowing == self.base)

    def _lack(self, kpi: Kpi, narrowing: Narrowing) -> Unavailable | None:
        for rows in kpi.rows:
            dataset = self.catalog.datasets[rows.dataset]
            if rows.dataset not in self.bound:
                return Unavailable(kpi.id, "not_available", "not-bound", (("dataset", rows.dataset),))
            if dataset.spec.time is None and self.request.grain != "all":
                return Unavailable(kpi.id, "error", "no-clock", (("dataset", rows.dataset),))
            lack = self._missing_columns(kpi, dataset, rows, dict(narrowing).get(rows.dataset, ()))
            if lack is not None:
                return lack
        return None

    def _missing_columns(
        self, kpi: Kpi, dataset: Dataset, rows: BoundRows, narrowed: tuple[Expr, ...]
    ) -> Unavailable | None:
        used = {n for e in (rows.expr, *rows.where, *narrowed, *dataset.where) for n in names(e)}
        if dataset.spec.time is not None and self.request.grain != "all":
            used.add(dataset.spec.time.value)
        present = self.bound[dataset.id].columns
        missing = [c for c in columns_behind(dataset, sorted(used)) if c not in present]
        if not missing:
            return None
        optional = all(c is not None and c.optional for c in map(dataset.spec.column, missing))
        status = "not_available" if optional else "error"
        return Unavailable(kpi.id, status, "column-missing", (("dataset", dataset.id), ("columns", tuple(missing))))

    # rejects

    def _rejects(self, kpi: Kpi, context: Context) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """By reason, a term for each column or check: a cell that several inputs read is counted once."""
        found: dict[str, dict[str, None]] = {}
        cells: dict[tuple[str, str, str], list[tuple[Expr, ...]]] = {}
        for rows in kpi.rows:
            where = context.conditions(rows)
            dataset, facts = self.catalog.datasets[rows.dataset], self.bound[rows.dataset].columns
            for column in columns_behind(dataset, sorted(names(rows.expr))):
                for reason in facts[column].reasons:
                    cells.setdefault((rows.dataset, column, reason), []).append(where)
            for reason, test in rows.rejects:
                term = Term(rows.dataset, "count", (), conjunction((*where, test)))
                found.setdefault(reason, {})[self.table.name(term, context.kpi)] = None
        for (id, column, reason), wheres in cells.items():
            term = Term(id, "count", (), either(wheres), reject=(column, reason))
            found.setdefault(reason, {})[self.table.name(term, context.kpi)] = None
        return tuple((reason, tuple(terms)) for reason, terms in sorted(found.items()))

    def _fatal(self, kpi: Kpi, context: Context) -> tuple[tuple[str, str], ...]:
        """The rejects that `invalid: fail` makes an error, by the column or input that says so."""
        found: dict[tuple[str, str], None] = {}
        for rows in kpi.rows:
            where, dataset = context.conditions(rows), self.catalog.datasets[rows.dataset]
            terms = [
                (rows.spec.name, Term(rows.dataset, "count", (), conjunction((*where, t)))) for _, t in rows.rejects
            ]
            terms = terms if rows.spec.checks.fail else []
            for column in columns_behind(dataset, sorted(names(rows.expr))):
                spec = dataset.spec.column(column)
                for reason in self.bound[dataset.id].columns[column].reasons if spec and spec.checks.fail else ():
                    terms.append((column, Term(dataset.id, "count", (), where, reject=(column, reason))))
            found.update({(name, self.table.name(term, context.kpi)): None for name, term in terms})
        return tuple(found)

    def _undated(self, kpi: Kpi, context: Context) -> tuple[tuple[str, str], ...]:
        if self.request.grain == "all":
            return ()
        wheres: dict[str, list[tuple[Expr, ...]]] = {}
        for rows in kpi.rows:
            wheres.setdefault(rows.dataset, []).append(context.conditions(rows))
        terms = ((id, Term(id, "count", (), either(found))) for id, found in wheres.items())
        return tuple((id, self.table.name(term, context.kpi)) for id, term in terms)

    def reject_totals(self) -> tuple[tuple[str, str, str, str], ...]:
        """Terms that count the rejects of every column read, whatever the KPI."""
        found = []
        for id in self.read:
            dataset = self.catalog.datasets[id]
            for column in self._columns(dataset):
                for reason in self.bound[id].columns[column].reasons:
                    term = Term(id, "count", (), (), reject=(column, reason))
                    found.append((id, column, reason, self.table.name(term, "")))
        return tuple(found)

    # scans

    def scan(self, dataset: Dataset) -> Scan:
        clock = dataset.spec.time.value if dataset.spec.time is not None else None
        columns = self._columns(dataset)
        present = clock is not None and clock in self._known(dataset)
        first, last = self._days()
        return Scan(
            dataset=dataset,
            columns=columns,
            clock=clock if present else None,
            clock_type=self._known(dataset)[clock] if present and clock is not None else Type.UNKNOWN,
            sets=self._sets(dataset),
            terms=self.table.of(dataset.id),
            first_day=first,
            last_day=last,
            covers=self._covers(dataset),
        )

    def _covers(self, dataset: Dataset) -> tuple[int | None, int | None]:
        """The periods that a data set is declared to cover, where it is."""
        request, declared = self.request, dataset.spec.covers
        if request.covered:
            return EVER
        running = request.key_of(request.as_of_day)
        first = None if declared.first is None else request.key_of(declared.first)
        last = None if declared.last is None else request.key_of(declared.last)
        return first, running if declared.to_as_of else last

    def _known(self, dataset: Dataset) -> dict[str, Type]:
        bound = {name: facts.type for name, facts in self.bound[dataset.id].columns.items()}
        return bound | {name: expr.type for name, expr in dataset.computed}

    def _columns(self, dataset: Dataset) -> tuple[str, ...]:
        used = dict(self.read[dataset.id])
        used.update(dict.fromkeys(n for e in dataset.where for n in sorted(names(e))))
        if dataset.spec.time is not None:
            used[dataset.spec.time.value] = None
        used.update(dict.fromkeys(d for s in self._sets(dataset) for d in s))
        present = self.bound[dataset.id].columns
        return tuple(c for c in columns_behind(dataset, used) if c in present)

    def _sets(self, dataset: Dataset) -> tuple[tuple[str, ...], ...]:
        """The segmentations that this data set can give."""
        cut = {d for d in self.request.dimensions if self._is_dimension(dataset, d)}
        return tuple(s for s in self.request.sets if set(s) <= cut)

    def _is_dimension(self, dataset: Dataset, name: str) -> bool:
        column = dataset.spec.column(name)
        known = name in self._known(dataset)
        return known and (column.dimension if column is not None else not dataset.spec.declared)

    def _days(self) -> tuple[date | None, date | None]:
        """The days that the periods asked for, and those they are compared with, can reach."""
        request = self.request
        if request.grain == "all" or request.grains.spelled(request.grain) is not None:
            return None, None  # what lies outside of the periods that a calendar spells out is counted
        first, last = request.reach
        start = None if first is None else request.period_of(first).start
        return start, None if last is None else request.period_of(last).end


def _spread(kpi: Kpi, context: Context) -> Spread | None:
    if kpi.spec.confidence == "none" or kpi.spec.population == "complete" or kpi.kpis:
        return None
    return spread_of(kpi.formula, context, kpi.spec.level)


def _merged(outer: Narrowing, inner: Narrowing) -> Narrowing:
    table = dict(outer)
    for dataset, where in inner:
        table[dataset] = conjunction((*table.get(dataset, ()), *where))
    return tuple(sorted(((d, w) for d, w in table.items() if w), key=lambda item: item[0]))
