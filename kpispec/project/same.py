"""The form of a KPI: two with one form give the same on every row that the data sets allow."""

from dataclasses import fields

from kpispec.catalog.model import BoundKpi, BoundRows, Catalog, Kpi
from kpispec.formula.equivalent import Domain, Domains, canonical, never_null
from kpispec.formula.tree import Expr
from kpispec.plan.conditions import parts_of
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, DatasetSpec


def form_of_body(body: Expr) -> object:
    return canonical(body, {})


def form_of_kpi(kpi: Kpi, catalog: Catalog) -> object:
    """What a KPI computes and how it is judged, in one form for all ways to write it."""
    inputs = {r.spec.name: d for r in kpi.rows if (d := _domain_of_input(r, catalog)) is not None}
    rows = tuple(_form_of_rows(r, _domains(catalog.datasets[r.dataset].spec)) for r in kpi.rows)
    upstream = tuple((k.spec.name, *_rest(k, "spec")) for k in kpi.kpis)
    bands = tuple(_written(t) for b in kpi.spec.thresholds for t in (b.good, b.watch, b.bad))
    return canonical(kpi.formula, inputs), rows, upstream, bands


def _written(text: Text | None) -> str | None:
    return text.value if text is not None else None


def _form_of_rows(rows: BoundRows, domains: Domains) -> object:
    where = frozenset(canonical(part, domains) for w in rows.where for part in parts_of(w))
    rejects = tuple((reason, canonical(test, domains)) for reason, test in rows.rejects)
    rest = _rest(rows, "spec", "expr", "where", "rejects")
    return rows.spec.name, canonical(rows.expr, domains), where, rejects, rest


def _rest(bound: BoundRows | BoundKpi, *but: str) -> tuple[object, ...]:
    """All else that is known of an input."""
    return tuple(getattr(bound, f.name) for f in fields(bound) if f.name not in but)


def _domains(spec: DatasetSpec) -> Domains:
    return {c.name: d for c in spec.columns if (d := domain_of_column(c)) is not None}


def domain_of_column(column: ColumnSpec) -> Domain | None:
    """The values that pass a column's checks; a computed column makes no promise that is kept."""
    if column.expr is not None:
        return None
    return _domain(column.checks)


def _domain(checks: Checks) -> Domain | None:
    if checks.type == "string" and checks.values:
        return Domain(values=checks.values)
    if checks.type not in ("integer", "number"):
        return None
    low = _number(checks.range.low) if checks.range is not None else None
    high = _number(checks.range.high) if checks.range is not None else None
    return Domain(low=low, high=high, whole=checks.type == "integer")


def _number(text: Text | None) -> float | None:
    try:
        return float(text.value) if text is not None else None
    except ValueError:
        return None


def _domain_of_input(rows: BoundRows, catalog: Catalog) -> Domain | None:
    """That of the column that an input names; what the input's own checks reject is not among it either."""
    if never_null(rows.expr):
        return Domain(known=True)
    column = catalog.datasets[rows.dataset].spec.column(rows.spec.expr.value)
    return domain_of_column(column) if column is not None else None
