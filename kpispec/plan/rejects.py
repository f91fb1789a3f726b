"""What was left out of a KPI, and counted: rejected cells, rows without a clock, a key or a match, unsettled ones."""

from collections.abc import Iterator, Mapping

from kpispec.catalog.model import BoundRows, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Expr, Is, Name, Type
from kpispec.plan.columns import UNMATCHED, closure, columns_behind, joined_by
from kpispec.plan.model import Bound, Request, Term
from kpispec.plan.placing import Placed, settled
from kpispec.plan.scans import ScanTable
from kpispec.plan.terms import Context, conjunction, either

Terms = tuple[str, ...]


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
        cells: dict[tuple[str, str, str], list[tuple[Expr, ...]]] = {}
        for rows in self.kpi.rows:
            for scan, where, reason, column in self._cells(rows):
                cells.setdefault((scan, column, reason), []).append(where)
            for reason, term in (*self._tests(rows), *self._rows_left_out(rows)):
                found.setdefault(reason, {})[self._name(term)] = None
        for (scan, column, reason), wheres in cells.items():
            term = Term(scan, "count", (), either(wheres), reject=(column, reason))
            found.setdefault(reason, {})[self._name(term)] = None
        return tuple((reason, tuple(terms)) for reason, terms in sorted(found.items()))

    def _name(self, term: Term) -> str:
        return self.context.table.name(term, self.context.kpi)

    def _cells(self, rows: BoundRows) -> Iterator[tuple[str, tuple[Expr, ...], str, str]]:
        if rows.per:
            return  # a unit's rows are not in the scan that its terms read
        dataset, facts = self.scans.catalog.datasets[rows.dataset], self.bound[rows.dataset].columns
        placed = self.scans.of(self.context, rows)
        read = sorted({n for e in (rows.expr, rows.weight) if e is not None for n in names(e)})
        for column in columns_behind(dataset, [n for n in read if joined_by(dataset, n) is None]):
            for reason in facts[column].reasons:
                yield placed.scan, self._without_weight(rows, placed.where), reason, column

    def _without_weight(self, rows: BoundRows, where: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The filters of an input without the one that leaves out rows without a weight: those are what is counted."""
        if rows.weight is None:
            return where
        own = names(rows.weight)
        return tuple(w for w in where if not (names(w) == own and w.place == rows.weight.place))

    def _tests(self, rows: BoundRows) -> Iterator[tuple[str, Term]]:
        """The input's own promises: conditions on rows, or values of units."""
        placed = self.scans.of(self.context, rows)
        for number, (reason, test) in enumerate(rows.rejects, 1):
            condition = test
            if rows.per:
                condition = Name(f"{rows.spec.name}__rejected_{number}", place=test.place, type=Type.BOOLEAN)
            yield reason, Term(placed.scan, "count", (), conjunction((*placed.where, condition)))

    def _rows_left_out(self, rows: BoundRows) -> Iterator[tuple[str, Term]]:
        placed = self.scans.of(self.context, rows)
        if rows.per:
            yield "no_key", Term(placed.scan, "keyless")
            return
        dataset = self.scans.catalog.datasets[rows.dataset]
        used = closure(dataset, sorted(names(rows.expr)))
        for join in dict.fromkeys(j for j in (joined_by(dataset, n) for n in used) if j is not None):
            flag = Name(f"{join.name}.{UNMATCHED}", place=rows.expr.place, type=Type.BOOLEAN)
            yield "unmatched", Term(placed.scan, "count", (), conjunction((*placed.where, flag)))
        waiting = self._wait(rows, placed.scan)
        if waiting is not None:
            not_yet = Is(waiting, "true", negated=True, place=waiting.place, type=Type.BOOLEAN)
            others = self._without_wait(rows, placed)
            yield "unsettled", Term(placed.scan, "count", (), conjunction((*others, not_yet)))

    def _wait(self, rows: BoundRows, scan: str) -> Expr | None:
        """The condition that a row is old enough to be decided."""
        clock = self.scans.placement(scan).clock
        return settled(rows, clock, self.scans.type_of(self.scans.catalog.datasets[rows.dataset], clock))

    def _without_wait(self, rows: BoundRows, placed: Placed) -> tuple[Expr, ...]:
        """The filters of an input without that one: a row without a clock is of no age."""
        waiting = self._wait(rows, placed.scan)
        return tuple(w for w in placed.where if w != waiting)

    def fatal(self) -> tuple[tuple[str, str], ...]:
        """The rejects that `invalid: fail` makes an error, by the column or input that says so."""
        found: dict[tuple[str, str], None] = {}
        for rows in self.kpi.rows:
            dataset = self.scans.catalog.datasets[rows.dataset]
            terms = [(rows.spec.name, t) for _, t in self._tests(rows)] if rows.spec.checks.fail else []
            for scan, where, reason, column in self._cells(rows):
                spec = dataset.spec.column(column)
                if spec is not None and spec.checks.fail:
                    terms.append((column, Term(scan, "count", (), where, reject=(column, reason))))
            found.update({(name, self._name(term)): None for name, term in terms})
        return tuple(found)

    def undated(self, request: Request) -> tuple[tuple[str, str], ...]:
        """By scan, a term whose count over the rows without a period is that of the rows without a clock."""
        if request.grain == "all":
            return ()
        wheres: dict[str, list[tuple[Expr, ...]]] = {}
        for rows in self.kpi.rows:
            placed = self.scans.of(self.context, rows)
            if not rows.per and self.scans.placement(placed.scan).plain:
                wheres.setdefault(placed.scan, []).append(self._without_wait(rows, placed))
        terms = ((scan, Term(scan, "count", (), either(found))) for scan, found in wheres.items())
        return tuple((scan, self._name(term)) for scan, term in terms)
