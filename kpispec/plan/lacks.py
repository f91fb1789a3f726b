"""What the bound data lacks for a KPI: a data set, a clock, columns, or rows as fine as the periods asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpispec.catalog.model import BoundRows, Catalog, Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Expr
from kpispec.plan.columns import besides_of, columns_behind, names_beside
from kpispec.plan.model import Bound, Request, Unavailable
from kpispec.plan.placing import placement_of
from kpispec.windows import in_periods

# Which grains are made of whole periods of another.
_MADE_OF = {
    "day": ("day", "week", "month", "quarter", "year", "all"),
    "week": ("week", "all"),
    "month": ("month", "quarter", "year", "all"),
    "quarter": ("quarter", "year", "all"),
    "year": ("year", "all"),
}

Narrowing = tuple[tuple[str, tuple[Expr, ...]], ...]


@dataclass(frozen=True, slots=True)
class Lacks:
    catalog: Catalog
    bound: Mapping[str, Bound]
    request: Request

    def of(self, kpi: Kpi, narrowing: Narrowing) -> Unavailable | None:
        """Why a KPI cannot be planned over the bound data; `None` where it can."""
        for item in kpi.kpis:
            if item.offset is not None and in_periods(self.request.grain, item.offset) is None:
                values = (("offset", item.offset.words), ("period", self.request.grain))
                return Unavailable(kpi.id, "not_available", "offset-not-whole", values)
        for rows in kpi.rows:
            lack = self._of_rows(kpi, rows, dict(narrowing).get(rows.dataset, ()))
            if lack is not None:
                return lack
        return None

    def _of_rows(self, kpi: Kpi, rows: BoundRows, narrowed: tuple[Expr, ...]) -> Unavailable | None:
        dataset = self.catalog.datasets[rows.dataset]
        if rows.dataset not in self.bound:
            return Unavailable(kpi.id, "not_available", "not-bound", (("dataset", rows.dataset),))
        clock = placement_of(rows, dataset, None).clock
        if clock is None and self.request.grain != "all":
            return Unavailable(kpi.id, "error", "no-clock", (("dataset", rows.dataset),))
        every = dataset.spec.every
        if every is not None and self.request.grain not in _MADE_OF.get(every.value, (self.request.grain,)):
            values = (("dataset", rows.dataset), ("every", every.value), ("period", self.request.grain))
            return Unavailable(kpi.id, "not_available", "too-fine", values)
        used = sorted({n for e in (*_trees(rows), *narrowed, *dataset.where) for n in names(e)})
        used += [*rows.per, *([clock] if clock is not None and (self.request.grain != "all" or rows.when) else [])]
        if rows.when is not None and dataset.spec.interval is not None and rows.when != clock:
            used.append(dataset.spec.interval.end.value)
        return next(self._missing(kpi, dataset, tuple(used)), None)

    def _missing(self, kpi: Kpi, dataset: Dataset, used: tuple[str, ...]) -> Iterator[Unavailable]:
        """The columns that names need and the data lacks, those of joined data sets included."""
        if dataset.id not in self.bound:
            yield Unavailable(kpi.id, "not_available", "not-bound", (("dataset", dataset.id),))
            return
        present = self.bound[dataset.id].columns
        missing = [c for c in columns_behind(dataset, used) if c not in present]
        if missing:
            optional = all(c is not None and c.optional for c in map(dataset.spec.column, missing))
            status = "not_available" if optional else "error"
            values = (("dataset", dataset.id), ("columns", tuple(missing)))
            yield Unavailable(kpi.id, status, "column-missing", values)
        for join, brought in besides_of(dataset, used, self.catalog.datasets):
            other = self.catalog.datasets[join.dataset]
            yield from self._missing(kpi, other, names_beside(join, brought, other))


def _trees(rows: BoundRows) -> tuple[Expr, ...]:
    more = tuple(e for e in (rows.weight, rows.unit) if e is not None)
    return (rows.expr, *rows.where, *more)
