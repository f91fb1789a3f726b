"""What was left out of a KPI, and counted: rejected cells, unsettled rows, those without clock, key, weight, match."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from kpispec.catalog.checks import excused
from kpispec.catalog.model import BoundRows, Dataset, Join, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Binary, Expr, Is, Name, Type
from kpispec.plan.columns import UNMATCHED, closure, columns_behind, joined_by
from kpispec.plan.model import Bound, Request, Term
from kpispec.plan.placing import Placed, given, settled, weighed
from kpispec.plan.scans import Reject, ScanTable
from kpispec.plan.terms import Context, conjunction, either, together
from kpispec.spec import ColumnSpec, RowInput

Terms = tuple[str, ...]
Where = tuple[Expr, ...]
Whole = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is counted of the rows of a source: rejected cells of a column, or rows for which a condition is true."""

    source: str
    reason: str
    column: str | None = None
    condition: Expr | None = None


class Rejects:
    """The reject terms of one KPI. Terms of rows stand on the scans that its inputs read."""

    def __init__(self, kpi: Kpi, context: Context, scans: ScanTable, bound: Mapping[str, Bound]) -> None:
        self.kpi = kpi
        self.context = context
        self.scans = scans
        self.bound = bound

    def by_reason(self) -> tuple[tuple[str, Terms], ...]:
        """By reason, a term for each column or check: a cell that several inputs read is counted once."""
        found: dict[str, dict[str, None]] = {}
        counted: dict[_Counted, dict[Whole, list[Where]]] = {}
        for rows in self.kpi.rows:
            for reason, term in self._tests(rows):
                found.setdefault(reason, {})[self._name(term)] = None
            whole = self.scans.of(self.context, rows).whole
            for what, where in (*self._cells(rows, rows.expr), *self._rows_left_out(rows)):
                counted.setdefault(what, {}).setdefault(whole, []).append(where)
        for what, wheres in counted.items():
            for term in self._terms(what, wheres):
                found.setdefault(what.reason, {})[self._name(term)] = None
        return tuple((reason, tuple(terms)) for reason, terms in sorted(found.items()))

    def _terms(self, what: _Counted, wheres: Mapping[Whole, list[Where]]) -> Iterator[Term]:
        """A term for the inputs that are cut alike: what those of more of the whole count, the others do not."""
        for whole, own in wheres.items():
            where = either(own)
            larger = [either(found) for other, found in wheres.items() if set(other) > set(whole)]
            if () in larger or where in larger:
                continue
            yield self._count(what, (*where, *(_not_true(w) for w in larger)), whole)

    def _count(self, what: _Counted, where: Where, whole: Whole = ()) -> Term:
        """The term in a scan that reads the rows: where there is one, of the rows themselves rather than of units."""
        placed = min((p for p in self.context.inputs if p.source == what.source), key=lambda p: p.scan != p.source)
        kept = conjunction((*where, what.condition) if what.condition is not None else where)
        reject = (what.column, what.reason) if what.column is not None else None
        return replace(self.scans.counted(placed, kept, reject), whole=whole)

    def _name(self, term: Term) -> str:
        return self.context.table.name(term, self.context.kpi)

    def _cells(self, rows: BoundRows, *read: Expr) -> Iterator[tuple[_Counted, Where]]:
        """The cells behind expressions. A row without a weight is counted as that, whatever its cell says."""
        dataset, facts = self.scans.catalog.datasets[rows.dataset], self.bound[rows.dataset].columns
        placed = self.scans.of(self.context, rows)
        own = sorted({n for expr in read for n in names(expr) if joined_by(dataset, n) is None})
        for column in columns_behind(dataset, own):
            for reason in facts[column].reasons:
                yield _Counted(placed.source, reason, column), self._without_weight(rows, placed.kept)

    def _without_weight(self, rows: BoundRows, where: Where) -> Where:
        """The filters of an input without the one that leaves out rows without a weight: those are what is counted."""
        if rows.weight is None or (own := weighed(rows.weight)) in conjunction(rows.where):
            return where
        return tuple(w for w in where if w != own)

    def _tests(self, rows: BoundRows) -> Iterator[tuple[str, Term]]:
        """The input's own promises: conditions on rows, or values of units."""
        placed = self.scans.of(self.context, rows)
        for number, (reason, test) in enumerate(rows.rejects, 1):
            condition = test
            if rows.per:
                condition = Name(f"{rows.spec.name}__rejected_{number}", place=test.place, type=Type.BOOLEAN)
            yield reason, Term(placed.scan, "count", (), conjunction((*placed.where, condition)), whole=placed.whole)

    def _rows_left_out(self, rows: BoundRows) -> Iterator[tuple[_Counted, Where]]:
        placed, dataset = self.scans.of(self.context, rows), self.scans.catalog.datasets[rows.dataset]
        if rows.per:
            yield _Counted(placed.source, "no_key", condition=self._keyless(rows, dataset)), placed.kept
        if rows.weight is not None:
            heavy = weighed(rows.weight)
            light = Is(heavy, "true", negated=True, place=heavy.place, type=Type.BOOLEAN)
            yield _Counted(placed.source, "no_weight", condition=light), self._without_weight(rows, placed.kept)
        read = [*rows.per, *(n for e in (rows.expr, *placed.kept) for n in sorted(names(e)))]
        for join in _joins(dataset, read):
            flag = Name(f"{join.name}.{UNMATCHED}", place=rows.expr.place, type=Type.BOOLEAN)
            others = tuple(w for w in placed.kept if join not in _joins(dataset, sorted(names(w))))
            yield _Counted(placed.source, "unmatched", condition=flag), others
        waiting = self._wait(rows, placed)
        if waiting is not None:
            not_yet = Is(waiting, "true", negated=True, place=waiting.place, type=Type.BOOLEAN)
            yield _Counted(placed.source, "unsettled", condition=not_yet), self._without_wait(rows, placed)

    def _keyless(self, rows: BoundRows, dataset: Dataset) -> Expr:
        place, kinds = rows.expr.place, [self.scans.type_of(dataset, key) for key in rows.per]
        keys = [Name(key, place=place, type=kind) for key, kind in zip(rows.per, kinds, strict=True)]
        lacking: list[Expr] = [Is(key, "null", place=place, type=Type.BOOLEAN) for key in keys]
        return reduce(lambda a, b: Binary("or", a, b, place=place, type=Type.BOOLEAN), lacking)

    def _wait(self, rows: BoundRows, placed: Placed) -> Expr | None:
        """The condition that a row is old enough to be decided."""
        clock = placed.placement.clock
        return settled(rows, clock, self.scans.type_of(self.scans.catalog.datasets[rows.dataset], clock))

    def _without_wait(self, rows: BoundRows, placed: Placed) -> Where:
        """The filters of an input without that one: a row without a clock, or that is no interval, is of no age.

        What it weighs is not asked either: a row is counted once.
        """
        waiting = self._wait(rows, placed)
        return self._without_weight(rows, tuple(w for w in placed.kept if w != waiting))

    def fatal(self) -> tuple[tuple[str, str], ...]:
        """The rejects that `invalid: fail` makes an error, by the column or input that says so."""
        found: dict[tuple[str, str], None] = {}
        for rows in self.kpi.rows:
            dataset = self.scans.catalog.datasets[rows.dataset]
            terms = [(rows.spec.name, t) for r, t in self._tests(rows) if _fails(rows.spec, r)]
            for what, where in self._cells(rows, *(e for e in (rows.expr, rows.weight) if e is not None)):
                spec = dataset.spec.column(what.column or "")
                if spec is not None and _fails(spec, what.reason):
                    terms.append((spec.name, self._count(what, where, self.scans.of(self.context, rows).whole)))
            found.update({(name, self._name(term)): None for name, term in terms})
        return tuple(found)

    def undated(self, request: Request) -> tuple[tuple[str, str], ...]:
        """By scan, a term whose count over the rows without a period is that of the rows without a clock.

        What lasts and has no beginning is no interval; it may still lie outside of the periods that a calendar names.
        """
        if request.grain == "all":
            return ()
        listed = request.grains.spelled(request.grain) is not None
        wheres: dict[str, list[Where]] = {}
        for rows in self.kpi.rows:
            placed = self.scans.of(self.context, rows)
            if placed.placement.plain and (listed or placed.placement.until is None):
                wheres.setdefault(placed.source, []).append((*self._without_wait(rows, placed), *self._begun(rows)))
        terms = (self._count(_Counted(source, "undated"), either(found)) for source, found in wheres.items())
        return tuple((term.scan, self._name(term)) for term in terms)

    def _begun(self, rows: BoundRows) -> Where:
        """The condition that what lasts has a beginning, or, where it is placed by its end, an end."""
        placed = self.scans.of(self.context, rows)
        clock = placed.placement.clock if placed.placement.until is not None else None
        if clock is None:
            return ()
        kind = self.scans.type_of(self.scans.catalog.datasets[rows.dataset], clock)
        return (given(Name(clock, place=rows.expr.place, type=kind)),)

    def lapsed(self) -> tuple[tuple[str, str, str], ...]:
        """By reason and scan, the count of rows that are no interval, or whose end is rejected: once a data set."""
        found: dict[str, list[tuple[Placed, Where]]] = {}
        for rows in self.kpi.rows:
            placed = self.scans.of(self.context, rows)
            if placed.placement.until is not None:
                found.setdefault(rows.dataset, []).append((placed, self._without_wait(rows, placed)))
        counts = []
        for dataset, inputs in found.items():
            placed, where = inputs[0][0], either([w for _, w in inputs])
            counts.append(("no_interval", *self.scans.lapsed(placed, where, None)))
            for end in self._ends(dataset):
                counts.append((end[1], *self.scans.lapsed(placed, where, end)))
        return tuple(counts)

    def _ends(self, id: str) -> tuple[Reject, ...]:
        """The end of a data set's interval, with each reason for which a cell behind it can be rejected."""
        dataset = self.scans.catalog.datasets[id]
        interval, found = dataset.spec.interval, dict[str, None]()
        for name in columns_behind(dataset, [interval.end.value]) if interval is not None else ():
            declared = excused(dataset.spec.column(name))
            found.update({r: None for r in self.bound[id].columns[name].reasons if r not in declared})
        return tuple((interval.end.value, reason) for reason in found) if interval is not None else ()


def _fails(spec: ColumnSpec | RowInput | None, reason: str) -> bool:
    """Whether a reject is an error. A code that is declared to stand for a missing value breaks no promise."""
    return spec is not None and spec.checks.fail and reason not in excused(spec)


def _joins(dataset: Dataset, read: Iterable[str]) -> tuple[Join, ...]:
    """The joins behind names. A filter over one drops the rows without a match: they are counted whatever it says."""
    found = (joined_by(dataset, name) for name in closure(dataset, read))
    return tuple(dict.fromkeys(join for join in found if join is not None))


def _not_true(where: Where) -> Expr:
    whole = together(where)
    return Is(whole, "true", negated=True, place=whole.place, type=Type.BOOLEAN)
