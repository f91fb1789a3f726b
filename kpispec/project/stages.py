"""The intermediate forms of a run as JSON: what `compile --stage` prints."""

import json
from datetime import date

from kpispec.catalog.model import Catalog, Join
from kpispec.formula.tree import Expr, Name, walk
from kpispec.plan.ingredients import Spread, Without
from kpispec.plan.model import Beside, NamedTerm, Plan, Scan
from kpispec.source import Span
from kpispec.spec import KpiInput, RowInput


def stage_json(stage: str, catalog: Catalog, plan: Plan) -> str:
    """The catalogue's KPIs and data sets that a plan reads, or the plan itself."""
    document = _plan(plan) if stage == "plan" else _catalog(catalog, plan)
    return json.dumps(document, ensure_ascii=False, indent=2)


def _catalog(catalog: Catalog, plan: Plan) -> object:
    kpis = {m.kpi.id: m.kpi for m in plan.measures}
    return {
        "schema": "kpispec-catalog/1",
        "kpis": [
            {
                "kpi": kpi.id,
                "formula": kpi.formula.place.text,
                "unit": kpi.unit.name,
                "direction": kpi.direction,
                "inputs": [
                    {
                        "name": r.spec.name,
                        "dataset": r.dataset,
                        "expr": r.spec.expr.value,
                        "type": r.spec.checks.type or r.expr.type.value,
                        "where": [w.place.text for w in r.where],
                        **_keys(r.spec),
                    }
                    for r in kpi.rows
                ]
                + [
                    {"name": u.spec.name, "kpi": u.kpi, "where": [t.value for t in u.spec.where], **_keys(u.spec)}
                    for u in kpi.kpis
                ],
                "place": _plain(kpi.spec.span),
            }
            for kpi in kpis.values()
        ],
        "datasets": [
            {
                "dataset": d.id,
                "columns": [{"name": c.name, "type": c.checks.type} for c in d.spec.columns],
                "joins": [_join(j) for j in d.joins],
            }
            for d in {s.dataset.id: s.dataset for s in plan.scans}.values()
        ],
        "documents": len(catalog.documents),
    }


def _keys(item: RowInput | KpiInput) -> dict[str, object]:
    """What an input says of periods, units and segments, as written; what it does not say is left out."""
    found: dict[str, object] = {"window": item.window.value if item.window is not None else None}
    if isinstance(item, KpiInput):
        found["offset"] = item.offset.value if item.offset is not None else None
    else:
        found |= {
            "when": item.when.value if item.when is not None else None,
            "per": [t.value for t in item.per] or None,
            "settles_after": item.settles_after.value if item.settles_after is not None else None,
            "whole": item.whole or [t.value for t in item.whole_of] or None,
        }
    return {key: value for key, value in found.items() if value is not None}


def _join(join: Join) -> dict[str, object]:
    return {"join": join.name, "dataset": join.dataset, "on": dict(join.on), "at": join.at}


def _read(scan: Scan) -> dict[str, object]:
    """Which rows a period reads, and what stands beside each."""
    reach = scan.placement.reach
    return {
        "clock": scan.clock,
        "when": scan.placement.mode,
        "window": reach.words if reach is not None else None,
        "joins": [_beside(b) for b in scan.besides],
    }


def _beside(beside: Beside) -> dict[str, object]:
    further = [_beside(b) for b in beside.besides]
    return {**_join(beside.join), "columns": list(beside.columns), "joins": further}


def _plan(plan: Plan) -> object:
    return {
        "schema": "kpispec-plan/1",
        "grain": plan.request.grain,
        "periods": [plan.request.first, plan.request.last],
        "sets": [list(s) for s in plan.request.sets],
        "scans": [_scan(s) for s in plan.scans],
        "measures": [
            {
                "measure": m.id,
                "kpi": m.kpi.id,
                "value": _terms_in(m.value),
                "n": _terms_in(m.n) if m.n is not None else [],
                "interval": m.spread.method if isinstance(m.spread, Spread) else None,
                "no_interval": m.spread.code if isinstance(m.spread, Without) else None,
                "reads": [id for _, id, _ in m.upstream],
                "window": m.frame.words if m.frame is not None else None,
                "offsets": {name: offset.words for name, _, offset in m.upstream if offset is not None},
            }
            for m in plan.measures
        ],
        "unavailable": [{"kpi": u.kpi, "status": u.status, "code": u.code} for u in plan.unavailable],
    }


def _scan(scan: Scan) -> object:
    return {
        "scan": scan.id,
        "dataset": scan.dataset.id,
        "columns": list(scan.columns),
        **_read(scan),
        "members": [
            {
                "dataset": m.scan.dataset.id,
                "per": list(m.keys),
                "columns": list(m.scan.columns),
                **_read(m.scan),
            }
            for m in scan.members
        ],
        "sets": [list(cut) for cut in scan.sets],
        "days": [_plain(scan.first_day), _plain(scan.last_day)],
        "terms": [_term(t) for t in scan.terms],
    }


def _term(named: NamedTerm) -> object:
    term = named.term
    return {
        "term": named.name,
        "function": term.function,
        "of": [a.place.text for a in term.args],
        "where": [w.place.text for w in term.where],
        "rejects": list(term.reject) if term.reject is not None else None,
        "used_by": [u for u in named.used_by if u],
    }


def _terms_in(tree: Expr) -> list[str]:
    """The terms and measures a tree reads, in order."""
    return list(dict.fromkeys(e.name for e in walk(tree) if isinstance(e, Name)))


def _plain(value: Span | date | None) -> str | None:
    if isinstance(value, Span):
        return f"{value.file.path}:{value.line}:{value.column}"
    return None if value is None else value.isoformat()
