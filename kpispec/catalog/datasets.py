"""Data sets bound: filters and computed columns checked against the columns they read."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from kpispec.catalog.clocks import check_clocks, unknown_column
from kpispec.catalog.joins import bind_joins, joined_names
from kpispec.catalog.model import Catalog, Dataset
from kpispec.catalog.params import NO_PARAMS, Params, with_params
from kpispec.diagnostics import Findings
from kpispec.formula.check import check, names
from kpispec.formula.macros import Macro
from kpispec.formula.operators import not_a_condition
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Expr, Type
from kpispec.source import Text
from kpispec.spec import ColumnSpec, DatasetSpec
from kpispec.syntax.shapes import DURATION
from kpispec.units import duration_seconds

Macros = Mapping[str, Macro]


def bind_dataset(
    spec: DatasetSpec, others: Mapping[str, Dataset], written: Set[str], macros: Macros, findings: Findings
) -> Dataset:
    """The data set with what could be checked of it; a broken filter or computed column is a finding and left out.

    `others` are the data sets bound before it: those that it joins are among them, unless they join it in turn.
    `written` are the ids of all.
    """
    check_clocks(spec, findings)
    _keys(spec, findings)
    _ages(spec, findings)
    made = Dataset(spec, joins=bind_joins(spec, others, written, findings), joined=joined_names(spec, others))
    made = replace(made, computed=_computed(made, macros, findings))
    where = checked_filters(spec.where, row_scope(made, macros), f"dataset.{spec.id}.where", findings)
    return replace(made, where=where)


def rebind_dataset(spec: DatasetSpec, catalog: Catalog) -> Dataset | None:
    """A changed data set of a catalogue that is whole; `None` where the change is a mistake that has a finding."""
    findings = Findings()
    found = bind_dataset(spec, catalog.datasets, catalog.datasets.keys(), catalog.macros, findings)
    return None if findings.errors else found


def row_scope(dataset: Dataset, macros: Macros) -> Scope:
    """The names that a row expression over a data set may use."""
    spec, computed = dataset.spec, {name: expr.type for name, expr in dataset.computed}
    symbols = {c.name: _symbol(c, computed.get(c.name)) for c in spec.columns}
    symbols |= {name: Symbol(type=type, row=True) for name, type in dataset.joined}
    return Scope(symbols=symbols, kind="row", noun="column", macros=macros, dataset=spec.id, open=not spec.declared)


def _symbol(column: ColumnSpec, computed: Type | None) -> Symbol:
    declared = Type(column.checks.type) if column.checks.type else None
    return Symbol(type=declared or computed or Type.UNKNOWN, row=True, nullable=not column.checks.not_null)


def checked_filters(
    texts: Iterable[Text], scope: Scope, subject: str, findings: Findings, params: Params = NO_PARAMS
) -> tuple[Expr, ...]:
    """Filters parsed and checked; each must be a condition."""
    found = []
    scope = replace(scope, filter=True)
    for text in texts:
        expr = parse(text, subject, findings)
        typed = check(with_params(expr, params), scope, subject, findings) if expr is not None else None
        if typed is None:
            continue
        if typed.type not in (Type.BOOLEAN, Type.UNKNOWN, Type.NULL):
            _not_a_condition(typed, subject, findings)
            continue
        found.append(typed)
    return tuple(found)


def _not_a_condition(expr: Expr, subject: str, findings: Findings) -> None:
    clash = not_a_condition(expr, "a filter")
    if clash is not None:
        span = clash.at.place.span
        findings.add("argument-type", clash.message, subject=subject, span=span, help=clash.help)


def _keys(spec: DatasetSpec, findings: Findings) -> None:
    for key in spec.key if spec.declared else ():
        if spec.column(key.value) is None:
            unknown_column(spec, key, f"dataset.{spec.id}.key", findings)


def _ages(spec: DatasetSpec, findings: Findings) -> None:
    if spec.max_age is None or not re.match(DURATION, spec.max_age.value) or duration_seconds(spec.max_age.value):
        return
    findings.add(
        "bad-value",
        f"`{spec.max_age.value}` is not a duration",
        subject=f"dataset.{spec.id}.freshness",
        span=spec.max_age.span,
        help="write a number and `h`, `days` or `weeks`: `2 days`",
    )


def _computed(dataset: Dataset, macros: Macros, findings: Findings) -> tuple[tuple[str, Expr], ...]:
    """Computed columns, each after those it reads. A circle is one finding."""
    spec = dataset.spec
    parsed: dict[str, Expr] = {}
    for column in spec.columns:
        if column.expr is not None:
            expr = parse(column.expr, f"dataset.{spec.id}.columns.{column.name}", findings)
            if expr is not None:
                parsed[column.name] = expr
    ordered = _in_order(spec, parsed, findings)
    done: dict[str, Expr] = {}
    for name in ordered:
        base = row_scope(replace(dataset, computed=tuple(done.items())), macros)
        scope = replace(base, kind="computed")
        typed = check(parsed[name], scope, f"dataset.{spec.id}.columns.{name}", findings)
        if typed is not None:
            done[name] = typed
    return tuple(done.items())


def _in_order(spec: DatasetSpec, parsed: Mapping[str, Expr], findings: Findings) -> list[str]:
    ordered: list[str] = []
    waiting = dict(parsed)
    while waiting:
        ready = [n for n, e in waiting.items() if not (names(e) & waiting.keys())]
        if not ready:
            _circle(spec, sorted(waiting), findings)
            break
        for name in ready:
            ordered.append(name)
            del waiting[name]
    return ordered


def _circle(spec: DatasetSpec, columns: list[str], findings: Findings) -> None:
    column = spec.column(columns[0])
    findings.add(
        "cycle",
        f"computed columns of data set `{spec.id}` read each other in a circle: {', '.join(columns)}",
        subject=f"dataset.{spec.id}.columns.{columns[0]}",
        span=column.expr.span if column is not None and column.expr is not None else spec.span,
        help="let one of them read raw columns only",
    )
