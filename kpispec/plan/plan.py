"""From the catalogue, what is asked for, and the columns at hand to the plan: one scan a row set, shared terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kpispec.catalog.model import BoundKpi, Catalog, Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Expr, Type
from kpispec.plan.alpha import alpha_of
from kpispec.plan.columns import fitted
from kpispec.plan.ingredients import Spread, Without
from kpispec.plan.lacks import Lacks
from kpispec.plan.linear import Line, atoms, line_of
from kpispec.plan.linked import Delta
from kpispec.plan.model import Bound, Measure, Plan, Request, Term, Unavailable
from kpispec.plan.placing import Placed
from kpispec.plan.rejects import Rejects
from kpispec.plan.resample import draws_of, resampled, undrawn
from kpispec.plan.rewrite import Formula
from kpispec.plan.scans import ScanTable
from kpispec.plan.split import with_splits
from kpispec.plan.spread import Shapes
from kpispec.plan.terms import Aggregate, Context, TermTable, calls_of, conjunction, decompose
from kpispec.windows import Length, shifted

Narrowing = tuple[tuple[str, tuple[Expr, ...]], ...]
Key = tuple[str, Narrowing, Length | None]


def plan(
    catalog: Catalog, ids: Iterable[str], bound: Mapping[str, Bound], request: Request, where: Narrowing = ()
) -> Plan:
    """The plan for KPIs of the catalogue, all narrowed by `where` (filters per data set).

    Those that the bound data cannot feed are listed as unavailable.
    """
    datasets = {id: fitted(d, bound[id]) if id in bound else d for id, d in catalog.datasets.items()}
    planner = _Planner(replace(catalog, datasets=datasets), bound, request, _merged((), where))
    asked = [planner.measure(catalog.kpis[id], planner.base) for id in ids]
    totals = planner.reject_totals() if request.reject_totals else ()
    earliest = planner.earliest()
    scans = planner.scans.made(earliest)
    seen = {m.id for m in asked if m is not None}
    measures = tuple(m if m.id in seen else undrawn(m) for m in planner.measures.values())
    measures = tuple(with_splits(measures, planner.table)) if request.split else measures
    return Plan(request, scans, measures, planner.unavailable(), totals, earliest)


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    bound: Mapping[str, Bound]
    request: Request
    base: Narrowing = ()
    table: TermTable = field(default_factory=TermTable)
    measures: dict[Key, Measure] = field(default_factory=dict)
    lacking: dict[Key, Unavailable] = field(default_factory=dict)
    offsets: dict[tuple[Length, ...], None] = field(default_factory=dict)  # chains that lead to earlier periods
    lines: dict[str, Line] = field(default_factory=dict)  # by measure
    scans: ScanTable = field(init=False)

    def __post_init__(self) -> None:
        self.scans = ScanTable(self.catalog, self.bound, self.request, self.table)

    # KPIs

    def measure(
        self, kpi: Kpi, narrowing: Narrowing, frame: Length | None = None, back: tuple[Length, ...] = ()
    ) -> Measure | None:
        """The measure of a KPI under the filters that narrow it, planned once; `None` where data is lacking.

        `frame` is the window that takes the place of the period. `back` are the offsets by which it is looked at.
        """
        self.offsets[back] = None
        key = (kpi.id, narrowing, frame)
        upstream: dict[str, tuple[Measure, Length | None]] = {}
        for item in kpi.kpis:
            found = self._upstream(kpi, item, key, back)
            if found is None:
                return None
            upstream[item.spec.name] = (found, item.offset)
        if key in self.measures or key in self.lacking:
            return self.measures.get(key)
        lack = Lacks(self.catalog, self.bound, self.request).of(kpi, narrowing)
        if lack is not None:
            self.lacking[key] = lack
            return None
        self.measures[key] = self._planned(self._id(key), kpi, key, upstream)
        return self.measures[key]

    def _upstream(self, kpi: Kpi, item: BoundKpi, key: Key, back: tuple[Length, ...]) -> Measure | None:
        """The measure that a KPI input reads."""
        narrowed = _merged(key[1], item.where)
        frame = item.window or key[2]
        further = (*back, item.offset) if item.offset is not None else back
        found = self.measure(self.catalog.kpis[item.kpi], narrowed, frame, further)
        if found is None:
            status = self.lacking[item.kpi, narrowed, frame].status
            values = (("kpi", item.kpi), ("status", status))
            self.lacking[key] = Unavailable(kpi.id, status, "upstream", values)
        return found

    def _id(self, key: Key) -> str:
        kpi, narrowing, frame = key
        if narrowing == self.base and frame is None:
            return self.request.measure_of(kpi)
        named = kpi if frame is None else f"{kpi}__{frame.slug}"
        if narrowing == self.base:
            return named
        others = sum(1 for id, where, over in self.measures if id == kpi and where != self.base and over == frame)
        return f"{named}__where_{others + 1}"

    def _planned(self, id: str, kpi: Kpi, key: Key, upstream: Mapping[str, tuple[Measure, Length | None]]) -> Measure:
        placed = self.scans.placed(kpi, id, dict(key[1]), key[2])
        context = Context(id, placed, self.table)
        made: dict[Expr, Aggregate] = {call: decompose(call, context) for call in calls_of(kpi.formula)}
        formula = Formula(kpi.formula, made, upstream)
        rejects = Rejects(kpi, context, self.scans, self.bound)
        value = formula.over_terms(kpi.formula)
        self.lines[id] = line_of(value, self._own_line(kpi, value, placed), upstream, self.lines)
        below = [m for m, _ in upstream.values()]
        own = [(p.scan, p.whole) for p in placed]
        return Measure(
            id=id,
            kpi=kpi,
            value=value,
            n=formula.n(),
            seen=formula.seen(),
            zero=formula.denominators(),
            spread=self._spread(kpi, id, context),
            factor=kpi.unit.factor if kpi.formula.type is Type.DURATION else 1.0,
            rejects=rejects.by_reason() if self.request.rejects else (),
            fatal=rejects.fatal(),
            undated=rejects.undated(self.request) if self.request.rejects else (),
            lapsed=rejects.lapsed() if self.request.rejects else (),
            datasets=tuple(dict.fromkeys([r.dataset for r in kpi.rows] + [d for m in below for d in m.datasets])),
            scans=tuple(dict.fromkeys(own + [s for m in below for s in m.scans])),
            upstream=tuple((name, m.id, offset) for name, (m, offset) in upstream.items()),
            frame=key[2],
            settles=max([r.settles for r in kpi.rows] + [m.settles for m in below], default=0.0),
        )

    def _own_line(self, kpi: Kpi, value: Expr, placed: tuple[Placed, ...]) -> Line:
        found = _own_line(kpi, value, placed, self.catalog.datasets)
        return replace(found, draws=draws_of(kpi, placed, self.catalog.datasets, self.bound))

    def _spread(self, kpi: Kpi, id: str, context: Context) -> Spread | Without:
        if kpi.spec.confidence == "bootstrap":
            return self._resampled(id)
        alpha = alpha_of(kpi) if self.lines[id].lack is None else None
        if alpha is not None:
            counts = (("items", alpha.items), ("respondents", alpha.respondents))
            return Spread("feldt", 1.0, tuple((name, decompose(call, context).value) for name, call in counts))
        delta = Delta(kpi, id, self.table, self.request, self.scans.row_sets())
        return Shapes(kpi, id, self.table, delta).spread(self.lines[id])

    def _resampled(self, id: str) -> Spread | Without:
        datasets = {scan: rows.datasets for scan, rows in self.scans.row_sets().items()}
        found = resampled(id, self.lines[id], self.table, datasets)
        for draw in found.resampled.draws if isinstance(found, Spread) and found.resampled is not None else ():
            self.scans.read(draw.scan, draw.unit)
        return found

    def earliest(self) -> int | None:
        """The first period that is asked for, compared with, or read through an offset."""
        first = self.request.reach[0]
        if first is None or self.request.grain == "all":
            return first
        return min((k for chain in self.offsets for k in self._back(first, chain)), default=first)

    def _back(self, first: int, chain: tuple[Length, ...]) -> Iterable[int]:
        at: int | None = first
        yield first
        for offset in chain:
            # The weeks of a year differ by one: the earliest of the neighbours is early enough for all of them.
            near = () if at is None else (at, at + 1)
            led = (shifted(self.request.grain, k, offset, self.request.grains) for k in near)
            at = min((k for k in led if k is not None), default=None)
            if at is not None:
                yield at

    # what the data lacks

    def unavailable(self) -> tuple[Unavailable, ...]:
        """The KPIs that could not be planned, under what was asked for; a narrowed one is the matter of its reader."""
        return tuple(lack for (_, where, frame), lack in self.lacking.items() if where == self.base and frame is None)

    def reject_totals(self) -> tuple[tuple[str, str, str, str], ...]:
        """Terms that count the rejects of every column read, whatever the KPI: once for each data set."""
        found = []
        done: set[tuple[str, str, str]] = set()
        for scan, dataset, columns in self.scans.read_columns():
            for column in columns:
                for reason in self.bound[dataset].columns[column].reasons:
                    if (dataset, column, reason) not in done:
                        done.add((dataset, column, reason))
                        term = Term(scan, "count", (), (), reject=(column, reason))
                        found.append((scan, column, reason, self.table.name(term, "")))
        return tuple(found)


def _own_line(kpi: Kpi, value: Expr, placed: tuple[Placed, ...], datasets: Mapping[str, Dataset]) -> Line:
    """What is known of the rows that a KPI reads itself."""
    own = tuple(a.name for a in atoms(value))
    settled = frozenset(own) if kpi.spec.population == "complete" else frozenset()
    units = tuple((p.scan, p.unit) for p in placed if p.unit is not None)
    crossing = next((r for r in kpi.rows if r.per and r.unit is not None and names(r.unit) != set(r.per)), None)
    given = next((r.dataset for r in kpi.rows if datasets[r.dataset].spec.every is not None), None)
    lack = None
    if kpi.spec.confidence == "none":
        lack = Without("not-asked")
    elif given is not None:
        lack = Without("one-a-period", (("dataset", given),))
    elif crossing is not None:
        lack = Without("units-cross", (("unit", kpi.spec.sample_unit.value if kpi.spec.sample_unit else ""),))
    return Line(value, settled, units, lack)


def _merged(outer: Narrowing, inner: Narrowing) -> Narrowing:
    table = dict(outer)
    for dataset, where in inner:
        table[dataset] = conjunction((*table.get(dataset, ()), *where))
    return tuple(sorted(((d, w) for d, w in table.items() if w), key=lambda item: item[0]))
