"""A KPI in words: what it asks, how it is computed and judged, what it reads and what reads it."""

import re
from collections.abc import Iterator

from kpispec.catalog.model import Catalog, Kpi
from kpispec.project.load import Loaded
from kpispec.spec import KpiInput, KpiSpec, RowInput


def explain_kpi(loaded: Loaded, id: str, language: str) -> str:
    """A page of plain text about a KPI."""
    catalog = loaded.catalog
    spec = catalog.specs[id]
    kpi = catalog.kpis.get(id)
    parts = [
        _head(spec, language),
        _computed(spec, catalog),
        _judged(spec, kpi),
        _responsible(spec),
        _around(spec, catalog),
    ]
    if kpi is None:
        parts.append("This definition has findings: `kpispec validate` shows them.")
    return "\n\n".join(p for p in parts if p)


def _head(spec: KpiSpec, language: str) -> str:
    lines = [f"{spec.label.get(language)} ({spec.id})"]
    for text in (spec.question, spec.description):
        if text is not None:
            lines.append(" ".join(text.get(language).split()))
    lines.append(f"defined in {spec.span.file.path}:{spec.span.line}")
    return "\n".join(lines)


def _computed(spec: KpiSpec, catalog: Catalog) -> str:
    lines = ["How it is computed", f"  formula  {' '.join(spec.formula.value.split())}"]
    for item in spec.inputs:
        if isinstance(item, KpiInput):
            lines.append(f"  {item.name}: the value of KPI {item.kpi.value}" + _where([t.value for t in item.where]))
            lines += [f"    {line}" for line in _moved(item)]
            continue
        filters = [t.value for t in (*spec.where, *item.where)]
        lines.append(
            f"  {item.name}: {' '.join(item.expr.value.split())}, of the rows of {item.dataset.value}" + _where(filters)
        )
        lines += [f"    {line}" for line in (*_placed(item), *_joined(item, catalog))]
        lines += [f"    {line}" for line in _promises(item.dataset.value, item.expr.value, catalog)]
    if spec.min_n is not None:
        lines.append(f"  fewer than {spec.min_n} values are shown without a status")
    return "\n".join(lines)


def _moved(item: KpiInput) -> Iterator[str]:
    if item.offset is not None:
        yield f"of an earlier period: {item.offset.value}"
    if item.window is not None:
        yield f"over a longer time up to the period's end: {item.window.value}"


def _placed(item: RowInput) -> Iterator[str]:
    """Which rows stand in a period and in a segment, and what makes one value of them."""
    if item.when is not None:
        yield f"placed in a period by {item.when.value}"
    if item.window is not None:
        yield f"rows of a longer time up to the period's end: {item.window.value}"
    if item.settles_after is not None:
        yield f"rows younger than {item.settles_after.value} are left out"
    if item.per:
        yield f"one value for each {', '.join(t.value for t in item.per)}"
    if item.whole:
        yield "not cut by segments"
    if item.whole_of:
        yield f"not cut by {', '.join(t.value for t in item.whole_of)}"


def _joined(item: RowInput, catalog: Catalog) -> Iterator[str]:
    """The rows that stand beside, of the joins that the input reads itself."""
    found = catalog.datasets.get(item.dataset.value)
    texts = (item.expr, *item.where)
    for join in found.spec.joins if found is not None else ():
        if any(re.search(rf"(?i)\b{join.name}\.", text.value) for text in texts):
            on = " and ".join(
                ours.value if ours.value == its.value else f"{ours.value} = {its.value}" for ours, its in join.on
            )
            yield f"{join.name}: the row of {join.dataset.value} with the same {on}"


def _where(filters: list[str]) -> str:
    return " where " + " and ".join(" ".join(f.split()) for f in filters) if filters else ""


def _promises(dataset: str, name: str, catalog: Catalog) -> Iterator[str]:
    found = catalog.datasets.get(dataset)
    column = found.spec.column(name) if found is not None else None
    if column is None:
        return
    checks = column.checks
    if checks.type is not None:
        yield f"a cell must be {checks.type}"
    if checks.range is not None:
        low, high = (b.value if b is not None else "any" for b in (checks.range.low, checks.range.high))
        yield f"in the range {low} to {high}"
    for code, reason in checks.missing:
        yield f"{code} stands for: {reason}"


def _judged(spec: KpiSpec, kpi: Kpi | None) -> str:
    lines = ["How it is judged"]
    if kpi is not None:
        lines.append(f"  unit {kpi.unit.name}" + (f", {kpi.direction.replace('_', ' ')}" if kpi.direction else ""))
    for bands in spec.thresholds:
        named = (("good", bands.good), ("watch", bands.watch), ("bad", bands.bad))
        segment = ", ".join(f"{d} {v}" for d, v in bands.segment)
        written = "; ".join(f"{name} {text.value}" for name, text in named if text is not None)
        lines.append(f"  {segment + ': ' if segment else ''}{written}")
    for target in spec.targets:
        end = f" to {target.last.isoformat()}" if target.last is not None else ""
        segment = ", ".join(f"{d} {v}" for d, v in target.segment)
        wanted = target.value.value if target.value is not None else ""
        if target.improve is not None:
            wanted = f"better by {target.improve.by.value} than {target.improve.of.value.replace('_', ' ')}"
        lines.append(
            f"  target {segment + ': ' if segment else ''}{wanted} from {target.first.isoformat()}{end}"
            + (f" ({target.source})" if target.source else "")
        )
    for benchmark in kpi.benchmarks if kpi is not None else ():
        figure = benchmark.figure
        value = f"{benchmark.value:g}" if benchmark.value is not None else f"{benchmark.low:g} to {benchmark.high:g}"
        lines.append(f"  benchmark {value}, {figure.source} {figure.year}")
    return "\n".join(lines) if len(lines) > 1 else ""


def _responsible(spec: KpiSpec) -> str:
    lines = []
    if spec.business_owner or spec.technical_owner:
        lines.append("owner  " + ", ".join(o for o in (spec.business_owner, spec.technical_owner) if o))
    if spec.lifecycle.state is not None:
        version = f", version {spec.lifecycle.version}" if spec.lifecycle.version else ""
        lines.append(f"state  {spec.lifecycle.state}{version}")
    if spec.tags:
        lines.append("tags   " + ", ".join(spec.tags))
    return "\n".join(lines)


def _around(spec: KpiSpec, catalog: Catalog) -> str:
    """Lineage both ways, in words."""
    lines = ["What it reads, and what reads it"]
    reads = dict.fromkeys(i.kpi.value if isinstance(i, KpiInput) else i.dataset.value for i in spec.inputs)
    lines.append("  reads    " + ", ".join(reads))
    users = [
        s.id
        for s in catalog.specs.values()
        if any(isinstance(i, KpiInput) and i.kpi.value == spec.id for i in s.inputs)
    ]
    cards = [
        c.id for c in catalog.scorecards.values() if any(e.kpi.value == spec.id for s in c.sections for e in s.kpis)
    ]
    if users:
        lines.append("  read by  " + ", ".join(users))
    if cards:
        lines.append("  shown on " + ", ".join(cards))
    return "\n".join(lines)
