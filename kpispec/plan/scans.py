"""The scans of a plan: one for all inputs whose rows are placed alike, one for the units of each KPI."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kpispec.catalog.model import BoundRows, Catalog, Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Expr, Name, Type
from kpispec.plan.columns import beside, besides_of, columns_behind, ends_of, known_types
from kpispec.plan.linear import Rows
from kpispec.plan.model import EVER, TALLY, Bound, Member, Placement, Request, Scan, Tally, Term, UnitValue
from kpispec.plan.placing import Placed, placement_of, scan_id, settled, weighed
from kpispec.plan.terms import Context, TermTable, conjunction
from kpispec.windows import Length, window_start

Reject = tuple[str, str]  # (column, reason)


@dataclass(slots=True)
class _Rows:
    """Rows of a data set placed one way, and the names that something reads of them."""

    dataset: str
    placement: Placement
    used: dict[str, None] = field(default_factory=dict)
    lapsed: dict[tuple[tuple[Expr, ...], Reject | None], str] = field(default_factory=dict)


@dataclass(slots=True)
class _Member:
    rows: _Rows
    keys: tuple[str, ...]
    values: list[UnitValue] = field(default_factory=list)


@dataclass(slots=True)
class _Units:
    members: dict[str, _Member] = field(default_factory=dict)
    tallies: dict[tuple[str, tuple[Expr, ...], Reject | None], str] = field(default_factory=dict)

    def tallied(self, source: str) -> Iterator[Tally]:
        """What is counted of the rows of one member."""
        return (Tally(name, where, reject) for (s, where, reject), name in self.tallies.items() if s == source)


@dataclass(slots=True)
class ScanTable:
    """Scans by id, in the order they are first read."""

    catalog: Catalog
    bound: Mapping[str, Bound]
    request: Request
    table: TermTable
    rows: dict[str, _Rows] = field(default_factory=dict)
    units: dict[str, _Units] = field(default_factory=dict)
    order: dict[str, None] = field(default_factory=dict)

    # inputs

    def placed(
        self, kpi: Kpi, measure: str, narrowing: Mapping[str, tuple[Expr, ...]], frame: Length | None
    ) -> tuple[Placed, ...]:
        """The row inputs of a KPI, each over its scan."""
        return tuple(self._placed(rows, measure, narrowing.get(rows.dataset, ()), frame) for rows in kpi.rows)

    def _placed(self, rows: BoundRows, measure: str, narrowed: tuple[Expr, ...], frame: Length | None) -> Placed:
        dataset = self.catalog.datasets[rows.dataset]
        placement = placement_of(rows, dataset, frame)
        where = self._where(rows, dataset, placement, narrowed)
        whole = self._whole(rows)
        if rows.per:
            return self._unit(rows, measure, dataset, placement, where, whole)
        id = scan_id(dataset, placement)
        self.order[id] = None
        found = self.rows.setdefault(id, _Rows(dataset.id, placement))
        found.used.update(dict.fromkeys(_used(rows, where)))
        return Placed(rows.spec.name, id, rows.expr, where, id, placement, where, whole, rows.weight, rows.unit)

    def _where(
        self, rows: BoundRows, dataset: Dataset, placement: Placement, narrowed: tuple[Expr, ...]
    ) -> tuple[Expr, ...]:
        more = [weighed(rows.weight)] if rows.weight is not None else []
        waiting = settled(rows, placement.clock, self.type_of(dataset, placement.clock))
        more += [waiting] if waiting is not None else []
        return conjunction((*rows.where, *narrowed, *more))

    def _whole(self, rows: BoundRows) -> tuple[str, ...]:
        asked = self.request.dimensions
        return asked if rows.whole is None else tuple(d for d in asked if d in rows.whole)

    def _unit(
        self,
        rows: BoundRows,
        measure: str,
        dataset: Dataset,
        placement: Placement,
        where: tuple[Expr, ...],
        whole: tuple[str, ...],
    ) -> Placed:
        """An input of one value a unit: a column of the table of units that the KPI's inputs of these keys share."""
        keys = "_".join(key.replace(".", "_") for key in rows.per)
        id = f"{measure}__per_{keys}" + ("__of_the_whole" if rows.whole != () else "")
        self.order[id] = None
        units = self.units.setdefault(id, _Units())
        source = scan_id(dataset, placement)
        member = units.members.setdefault(source, _Member(_Rows(dataset.id, placement), rows.per))
        member.rows.used.update(dict.fromkeys((*_used(rows, where), *rows.per)))
        name = rows.spec.name
        tests = [(f"{name}__rejected_{i}", test) for i, (_, test) in enumerate(rows.rejects, 1)]
        member.values.extend(UnitValue(n, e, where) for n, e in ((name, rows.expr), *tests))
        value = Name(name, place=rows.expr.place, type=rows.expr.type)
        return Placed(name, id, value, (), source, placement, where, whole)

    def counted(self, placed: Placed, where: tuple[Expr, ...], reject: Reject | None) -> Term:
        """A term that counts rows of an input in the scan that reads them, which may be one of units."""
        used = dict.fromkeys([n for w in where for n in sorted(names(w))] + ([reject[0]] if reject else []))
        if placed.scan not in self.units:
            self.rows[placed.scan].used.update(used)
            return Term(placed.scan, "count", (), where, reject)
        units = self.units[placed.scan]
        units.members[placed.source].rows.used.update(used)
        name = units.tallies.setdefault((placed.source, where, reject), f"tally__{len(units.tallies) + 1}")
        return Term(placed.scan, TALLY, (Name(name, place=placed.expr.place, type=Type.INTEGER),))

    def lapsed(self, placed: Placed, where: tuple[Expr, ...], reject: Reject | None) -> tuple[str, str]:
        """The scan and the name of a count of the rows of an input that are no interval, or whose end is rejected."""
        units = self.units.get(placed.scan)
        rows = units.members[placed.source].rows if units is not None else self.rows[placed.scan]
        rows.used.update(dict.fromkeys(n for w in where for n in sorted(names(w))))
        return placed.scan, rows.lapsed.setdefault((where, reject), f"{placed.source}__lapsed_{len(rows.lapsed) + 1}")

    def of(self, context: Context, rows: BoundRows) -> Placed:
        return next(p for p in context.inputs if p.name == rows.spec.name)

    def row_sets(self) -> dict[str, Rows]:
        """The rows behind each scan, for whether two of them may share some."""
        found = {id: Rows(id, (rows.dataset,), (rows.placement,)) for id, rows in self.rows.items()}
        for id, units in self.units.items():
            members = [m.rows for m in units.members.values()]
            datasets = tuple(dict.fromkeys(r.dataset for r in members))
            found[id] = Rows(id, datasets, tuple(r.placement for r in members), per=True)
        return found

    def read(self, id: str, names: Iterable[str]) -> None:
        """Columns that something else than inputs reads of a scan of rows."""
        if id in self.rows:
            self.rows[id].used.update(dict.fromkeys(names))

    def type_of(self, dataset: Dataset, name: str | None) -> Type:
        return Type.UNKNOWN if name is None else known_types(dataset, self.bound).get(name, Type.UNKNOWN)

    def read_columns(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """For each scan of rows, its data set and the bound columns that it reads."""
        for id, rows in sorted(self.rows.items(), key=lambda item: not item[1].placement.plain):
            if rows.placement.plain:
                yield id, rows.dataset, self._columns(self.catalog.datasets[rows.dataset], rows)

    # scans

    def made(self, earliest: int | None) -> tuple[Scan, ...]:
        """The scans, whose terms are complete now. `earliest` is the first period that is computed."""
        return tuple(
            self._scan_of_units(id, earliest) if id in self.units else self._scan(id, self.rows[id], earliest)
            for id in self.order
        )

    def _scan_of_units(self, id: str, earliest: int | None) -> Scan:
        members = []
        for source, member in self.units[id].members.items():
            scan = self._scan(f"{id}__{source}", member.rows, earliest)
            members.append(Member(scan, member.keys, tuple(member.values), tuple(self.units[id].tallied(source))))
        first = members[0].scan
        sets = tuple(s for s in first.sets if all(s in m.scan.sets for m in members))
        terms = self.table.of(id)
        return Scan(id, first.dataset, (), None, Type.UNKNOWN, sets, terms, members=tuple(members))

    def _scan(self, id: str, rows: _Rows, earliest: int | None) -> Scan:
        dataset, placement = self.catalog.datasets[rows.dataset], rows.placement
        types = known_types(dataset, self.bound)
        clock = placement.clock if placement.clock in types else None
        own = dataset.spec.clock.value if dataset.spec.clock is not None else None
        first, last = self._days(placement, earliest)
        terms = self.table.of(id)
        used = (
            *self._read(dataset, rows),
            *(n for t in terms for e in (*t.term.args, *t.term.where) for n in names(e)),
        )
        return Scan(
            id=id,
            dataset=dataset,
            columns=self._columns(dataset, rows),
            clock=clock,
            clock_type=types.get(clock, Type.UNKNOWN) if clock is not None else Type.UNKNOWN,
            sets=self._sets(dataset, tuple(dict.fromkeys(t.term.whole for t in terms))),
            terms=terms,
            first_day=first,
            last_day=last,
            first_period=earliest if self.request.grain != "all" else None,
            covers=self._covers(dataset, placement),
            placement=placement,
            lapsed=tuple(Tally(name, *counted) for counted, name in rows.lapsed.items()),
            known_type=types.get(own, Type.UNKNOWN) if own is not None else Type.UNKNOWN,
            end_type=ends_of(dataset, self.bound)[1],
            besides=tuple(
                beside(dataset, join, brought, self.catalog.datasets, self.bound)
                for join, brought in besides_of(dataset, used, self.catalog.datasets)
            ),
        )

    def _covers(self, dataset: Dataset, placement: Placement) -> tuple[int | None, int | None]:
        """The periods that a data set is declared to cover, where it is. Intervals are known up to as-of."""
        request, declared = self.request, dataset.spec.covers
        if request.covered:
            return EVER
        running = request.key_of(request.as_of_day)
        first = None if declared.first is None else request.key_of(declared.first)
        last = None if declared.last is None else request.key_of(declared.last)
        to_as_of = declared.to_as_of or (placement.until is not None and last is None)
        return first, running if to_as_of else last

    def _read(self, dataset: Dataset, rows: _Rows) -> tuple[str, ...]:
        """The names that a scan reads: those of its inputs, its filters, clocks and dimensions."""
        used = dict(rows.used)
        used.update(dict.fromkeys(n for e in dataset.where for n in sorted(names(e))))
        spec, placement = dataset.spec, rows.placement
        ends = (spec.interval.start.value, spec.interval.end.value) if spec.interval is not None else ()
        clocks = (spec.clock.value if spec.clock is not None else None, placement.clock, placement.until)
        lasting = placement.until is not None or spec.time is None  # an end tells how new the data is
        used.update(dict.fromkeys(c for c in (*clocks, *(ends if lasting else ())) if c is not None))
        used.update(dict.fromkeys(d for d in self.request.dimensions if self._is_dimension(dataset, d)))
        return tuple(used)

    def _columns(self, dataset: Dataset, rows: _Rows) -> tuple[str, ...]:
        present = self.bound[dataset.id].columns
        return tuple(c for c in columns_behind(dataset, self._read(dataset, rows)) if c in present)

    def _sets(self, dataset: Dataset, wholes: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        """The segmentations that this data set can give, those without the dimensions it is not cut by included."""
        cut = {d for d in self.request.dimensions if self._is_dimension(dataset, d)}
        asked = [tuple(d for d in s if d not in whole) for whole in ((), *wholes) for s in self.request.sets]
        return tuple(dict.fromkeys(s for s in asked if set(s) <= cut))

    def _is_dimension(self, dataset: Dataset, name: str) -> bool:
        column = dataset.spec.column(name)
        known = name in known_types(dataset, self.bound) and self._fed(dataset, name)
        return known and (column.dimension if column is not None else not dataset.spec.declared)

    def _fed(self, dataset: Dataset, name: str) -> bool:
        """Whether the bound data has all that a name comes from, in the data sets of joins too."""
        if any(c not in self.bound[dataset.id].columns for c in columns_behind(dataset, [name])):
            return False
        for join, brought in besides_of(dataset, [name], self.catalog.datasets):
            other = self.catalog.datasets[join.dataset]
            if other.id not in self.bound or not all(self._fed(other, b) for b in brought):
                return False
        return True

    def _days(self, placement: Placement, earliest: int | None) -> tuple[date | None, date | None]:
        """The days that the periods computed can reach, with the windows that end in them."""
        request = self.request
        if request.grain == "all" or request.grains.spelled(request.grain) is not None:
            return None, None  # what lies outside of the periods that a calendar spells out is counted
        last = request.reach[1]
        end = None if last is None else request.period_of(last).end
        if earliest is None:
            return None, end
        first = request.period_of(earliest)
        if placement.reach is None:
            return first.start, end
        return window_start(placement.reach, first, request.grains), end


def _used(rows: BoundRows, where: tuple[Expr, ...]) -> tuple[str, ...]:
    trees = [rows.expr, *where, *(t for _, t in rows.rejects)]
    trees += [e for e in (rows.weight, rows.unit) if e is not None]
    return tuple(sorted({n for e in trees for n in names(e)}))
