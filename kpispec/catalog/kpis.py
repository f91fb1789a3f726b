"""KPIs bound: inputs to data sets and other KPIs, formulas checked, circles refused."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from kpispec.catalog.datasets import Macros, checked_filters, row_scope
from kpispec.catalog.inputs import bind_rows, check_window_of, read_offset, read_window, row_set_name
from kpispec.catalog.judging import Judgement, judge_spec
from kpispec.catalog.model import BoundKpi, BoundRows, Catalog, Dataset, Kpi
from kpispec.catalog.names import closest, unknown
from kpispec.catalog.params import Params, read_params, with_params
from kpispec.diagnostics import Findings
from kpispec.formula.check import aggregates, check, names
from kpispec.formula.extent import is_amount
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Expr, Type
from kpispec.spec import BenchmarkSpec, KpiInput, KpiSpec, RowInput


def in_order(specs: Mapping[str, KpiSpec], findings: Findings) -> tuple[KpiSpec, ...]:
    """Each KPI after those it is computed from; circles are findings and left out, as is what hangs on them."""
    ordered: list[KpiSpec] = []
    waiting = dict(specs)
    while waiting:
        ready = [s for s in waiting.values() if not (_upstream(s) & waiting.keys())]
        if not ready:
            _circles(waiting, findings)
            return tuple(ordered)
        ordered += ready
        for spec in ready:
            del waiting[spec.id]
    return tuple(ordered)


def _upstream(spec: KpiSpec) -> set[str]:
    return {i.kpi.value for i in spec.inputs if isinstance(i, KpiInput)}


def _circles(waiting: Mapping[str, KpiSpec], findings: Findings) -> None:
    """One finding for each circle, at the input that closes it."""
    seen: set[str] = set()
    for start in sorted(waiting):
        path: list[str] = []
        at = start
        while at not in path and at not in seen and at in waiting:
            path.append(at)
            at = min(_upstream(waiting[at]) & waiting.keys(), default="")
        if at in path:
            _circle(path[path.index(at) :], waiting, findings)
        seen.update(path)


def _circle(circle: list[str], waiting: Mapping[str, KpiSpec], findings: Findings) -> None:
    start = circle.index(min(circle))
    chain = [*circle[start:], *circle[:start]]
    last = waiting[chain[-1]]
    closing = next(i for i in last.inputs if isinstance(i, KpiInput) and i.kpi.value == chain[0])
    findings.add(
        "cycle",
        f"KPIs are computed from each other in a circle: {' -> '.join([*chain, chain[0]])}",
        subject=f"kpi.{last.id}.inputs.{closing.name}",
        span=closing.kpi.span,
        help="compute one of them from rows",
    )


def bind_kpi(
    spec: KpiSpec,
    datasets: Mapping[str, Dataset],
    written: Set[tuple[str, str]],
    done: Mapping[str, Kpi],
    macros: Macros,
    benchmarks: Mapping[str, BenchmarkSpec | None],
    extends: bool,
    judged: bool,
    findings: Findings,
) -> Kpi | None:
    """The KPI bound, or `None` after a finding of its own or of one it is computed from.

    `written` holds kind and id of all documents, those that could not be read too: naming one is no mistake.
    `judged=False` leaves bands and figures alone, where the unit that they are in is not known.
    """
    before = findings.errors
    rows, kpis, broken = [], [], False
    params = read_params(spec, findings)
    for item in spec.inputs:
        bound: BoundRows | BoundKpi | None
        if isinstance(item, RowInput):
            bound = bind_rows(spec, item, params, datasets, written, macros, findings)
            rows += [bound] if bound else []
        else:
            bound = _bind_kpi_input(spec, item, params, datasets, written, done, macros, findings)
            kpis += [bound] if bound else []
        broken = broken or bound is None
    subject = f"kpi.{spec.id}.formula"
    formula = parse(spec.formula, subject, findings)
    if formula is not None:
        scope = _scope(spec, rows, kpis, done, macros)
        formula = check(with_params(formula, params), scope, subject, findings)
    if formula is not None:
        _unused(spec, spec.formula.value, extends, findings)
    _weighed(spec, findings)
    judgement = judge_spec(spec, formula, benchmarks, findings) if judged else None
    if broken or formula is None or judgement is None or findings.errors > before or not _limited(spec):
        return None
    return _kpi(spec, formula, rows, kpis, judgement, _paced(formula, rows, kpis, done))


def _weighed(spec: KpiSpec, findings: Findings) -> None:
    """A map of weights names inputs of rows, as KPIs have none to weigh."""
    weighable = [item.name for item in spec.inputs if isinstance(item, RowInput)]
    for name, column in spec.weight:
        if name and name not in weighable:
            known = any(item.name == name for item in spec.inputs)
            message = f"`weight` names `{name}`, which {'reads a KPI' if known else 'no input declares'}"
            help = "remove it: what that KPI weighs, it says itself" if known else None
            help = help or closest(name, weighable) or "name an input of rows"
            findings.add("unknown-input", message, subject=f"kpi.{spec.id}.weight", span=column.span, help=help)


def _limited(spec: KpiSpec) -> bool:
    """Whether the limits of n that are written could be read: what cannot has its finding."""
    written = dict(spec.spans)
    limits = (("min_n", spec.min_n), ("suppress_below", spec.suppress_below))
    return all(limit is not None or key not in written for key, limit in limits)


def rebind(spec: KpiSpec, catalog: Catalog) -> Kpi | None:
    """A changed KPI of a catalogue that is whole, bound in it; `None` where the change is a mistake that has a finding.

    Inputs that the KPI had no use for before stay left out.
    """
    written = {*(("dataset", id) for id in catalog.datasets), *(("kpi", id) for id in catalog.kpis)}
    findings = Findings()
    kpi = bind_kpi(
        spec,
        catalog.datasets,
        written,
        catalog.kpis,
        catalog.macros,
        catalog.benchmarks,
        extends=True,
        judged=True,
        findings=findings,
    )
    if kpi is None or findings.errors:
        return None
    read = catalog.kpis[spec.id]
    names = {*(r.spec.name for r in read.rows), *(k.spec.name for k in read.kpis)}
    rows = tuple(r for r in kpi.rows if r.spec.name in names)
    return replace(kpi, rows=rows, kpis=tuple(k for k in kpi.kpis if k.spec.name in names))


def _paced(formula: Expr, rows: Sequence[BoundRows], kpis: Sequence[BoundKpi], done: Mapping[str, Kpi]) -> bool:
    """Whether it is a bare count or sum, or reads what enters or leaves in the period, or so many periods."""
    if is_amount(formula, {k.spec.name for k in kpis if done[k.kpi].paced}):
        return True
    windows = [*(r.window for r in rows), *(k.window for k in kpis)]
    return any(r.when in ("entered", "left") for r in rows) or any(w and w.unit == "period" for w in windows)


def _kpi(
    spec: KpiSpec, formula: Expr, rows: list[BoundRows], kpis: list[BoundKpi], judgement: Judgement, paced: bool
) -> Kpi:
    return Kpi(
        spec=spec,
        formula=formula,
        rows=tuple(rows),
        kpis=tuple(kpis),
        unit=judgement.unit,
        bands=judgement.bands,
        direction=judgement.direction,
        targets=judgement.targets,
        benchmarks=judgement.benchmarks,
        by=judgement.by,
        paced=paced,
    )


def _bind_kpi_input(
    spec: KpiSpec,
    item: KpiInput,
    params: Params,
    datasets: Mapping[str, Dataset],
    written: Set[tuple[str, str]],
    done: Mapping[str, Kpi],
    macros: Macros,
    findings: Findings,
) -> BoundKpi | None:
    subject = f"kpi.{spec.id}.inputs.{item.name}"
    if ("kpi", item.kpi.value) not in written:
        unknown(
            "unknown-kpi",
            f"no document defines KPI `{item.kpi.value}`",
            item.kpi,
            {id for kind, id in written if kind == "kpi"} - {spec.id},
            subject,
            findings,
            f"define `kpi: {item.kpi.value}`, or name one that exists",
        )
        return None
    if item.kpi.value not in done:
        return None
    where = []
    before = findings.errors
    for id in rows_below(item.kpi.value, done):
        scope = row_scope(datasets[id], macros)
        where.append((id, checked_filters(item.where, scope, f"{subject}.where", findings, params)))
    offset = read_offset(item.offset, f"{subject}.offset", findings)
    window = read_window(item.window, params, f"{subject}.window", findings)
    if window is not None:
        check_window_of(item, done[item.kpi.value], done, subject, findings)
    return BoundKpi(item, item.kpi.value, tuple(where), offset, window) if findings.errors == before else None


def rows_below(id: str, done: Mapping[str, Kpi]) -> tuple[str, ...]:
    """The data sets behind a KPI, through other KPIs too."""
    found = {r.dataset: None for r in done[id].rows}
    for upstream in done[id].kpis:
        found.update(dict.fromkeys(rows_below(upstream.kpi, done)))
    return tuple(found)


def _scope(
    spec: KpiSpec, rows: list[BoundRows], kpis: list[BoundKpi], done: Mapping[str, Kpi], macros: Macros
) -> Scope:
    symbols = {
        r.spec.name: Symbol(
            type=r.expr.type, row=True, row_set=row_set_name(r), weight=r.weight.place.text if r.weight else None
        )
        for r in rows
    }
    for bound in kpis:
        kind = done[bound.kpi].formula.type
        symbols[bound.spec.name] = Symbol(type=Type.NUMBER if kind is Type.INTEGER else kind, row=False)
    for item in spec.inputs:  # what could not be bound has its finding already
        symbols.setdefault(item.name, Symbol(type=Type.UNKNOWN, row=isinstance(item, RowInput), broken=True))
    return Scope(symbols=symbols, kind="formula", noun="input", macros=macros)


def _unused(spec: KpiSpec, formula: str, extends: bool, findings: Findings) -> None:
    if extends:
        return
    parsed = parse(spec.formula, "", Findings())
    used = names(parsed) if parsed is not None else frozenset()
    for item in spec.inputs:
        if item.name not in used and "count(*)" not in formula.replace(" ", ""):
            findings.add(
                "unused-input",
                f"the formula does not use input `{item.name}`",
                subject=f"kpi.{spec.id}.inputs.{item.name}",
                span=item.span,
                help="remove it, or use it in `formula`",
            )
    _unused_params(spec, findings)


def _unused_params(spec: KpiSpec, findings: Findings) -> None:
    read = [spec.formula, *spec.where]
    for item in spec.inputs:
        read += [*item.where, *([item.window] if item.window is not None else [])]
        if isinstance(item, RowInput):
            read += [item.expr, *([item.settles_after] if item.settles_after is not None else [])]
    limits = (span.text for key, span in spec.spans if key in ("min_n", "suppress_below"))
    used = {word for text in (*(t.value for t in read), *limits) for word in re.findall(r"\w+", text.lower())}
    for name, _ in spec.params:
        if name.value not in used:
            findings.add(
                "unused-input",
                f"nothing uses param `{name.value}`",
                subject=f"kpi.{spec.id}.params.{name.value}",
                span=name.span,
                help="remove it, or write it where its value stands",
            )


def without_unused(kpi: Kpi) -> Kpi:
    """The KPI with the inputs that its formula reads; one that extends another may have dropped some.

    A `count(*)` reads rows without naming an input: those of the others, or else of all.
    """
    used = names(kpi.formula)
    rows = tuple(r for r in kpi.rows if r.spec.name in used)
    if not rows and aggregates(kpi.formula):
        rows = kpi.rows
    return replace(kpi, rows=rows, kpis=tuple(k for k in kpi.kpis if k.spec.name in used))
