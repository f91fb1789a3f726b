"""Cells worth trying in the rows of a test: those around the constants that a KPI compares with, and nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpispec.catalog.model import Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Duration, Expr, Moment, Number, String, Type, walk
from kpispec.project.same import domain_of_column

MOST = 9  # cells of a column
MONDAY = datetime(2026, 1, 5, 10)


@dataclass(frozen=True, slots=True)
class Constants:
    """What trees compare with, durations in seconds."""

    figures: tuple[float, ...]
    texts: tuple[str, ...]
    durations: tuple[float, ...]
    moments: tuple[str, ...]


def constants(kpis: Iterable[Kpi], datasets: Iterable[Dataset]) -> Constants:
    """The constants in all that KPIs and the filters of their data sets say, in a stable order."""
    nodes = [n for kpi in kpis for tree in _trees(kpi) for n in walk(tree)]
    nodes += [n for dataset in datasets for tree in dataset.where for n in walk(tree)]
    return Constants(
        tuple(dict.fromkeys(float(n.text) for n in nodes if isinstance(n, Number))),
        tuple(dict.fromkeys(n.value for n in nodes if isinstance(n, String))),
        tuple(dict.fromkeys(n.seconds for n in nodes if isinstance(n, Duration))),
        tuple(dict.fromkeys(n.value for n in nodes if isinstance(n, Moment))),
    )


def _trees(kpi: Kpi) -> list[Expr]:
    trees = [kpi.formula]
    for rows in kpi.rows:
        trees += [rows.expr, *rows.where]
    return trees + [w for k in kpi.kpis for _, where in k.where for w in where]


def columns_of(dataset: Dataset, kpis: Iterable[Kpi]) -> dict[str, Type]:
    """The columns of a data set that KPIs read, the joined and computed ones by their own names, with their types."""
    read: dict[str, None] = {}
    for kpi in kpis:
        for rows in kpi.rows:
            if rows.dataset == dataset.id:
                trees = [rows.expr, *rows.where, *(e for e in (rows.weight, rows.unit) if e is not None)]
                read.update(dict.fromkeys([*rows.per, *(n for t in trees for n in sorted(names(t)))]))
        for upstream in kpi.kpis:
            where = dict(upstream.where).get(dataset.id, ())
            read.update(dict.fromkeys(n for t in where for n in sorted(names(t))))
    read.update(dict.fromkeys(n for t in dataset.where for n in sorted(names(t))))
    types = {**dict(dataset.joined), **{n: e.type for n, e in dataset.computed}}
    for column in dataset.spec.columns:
        if column.checks.type is not None:
            types[column.name] = Type(column.checks.type)
    return {name: types.get(name, Type.UNKNOWN) for name in read if name in types}


def cells(name: str, kind: Type, dataset: Dataset, found: Constants) -> tuple[str | None, ...]:
    """The cells to try in a column, an empty one among them."""
    match kind:
        case Type.BOOLEAN:
            return "true", "false", None
        case Type.INTEGER | Type.NUMBER:
            return (*_figures(name, kind, dataset, found), None)
        case Type.DATE | Type.TIMESTAMP:
            return (*_moments(kind, found), None)
        case _:
            return (*_texts(name, dataset, found), None)


def _figures(name: str, kind: Type, dataset: Dataset, found: Constants) -> list[str]:
    column = dataset.spec.column(name)
    domain = domain_of_column(column) if column is not None else None
    low, high = (domain.low, domain.high) if domain is not None else (None, None)
    near = [f + d for f in found.figures for d in (0, 1, -1)]
    near += [s + d for s in found.durations for d in (0, 1, -1)]
    wanted = [2.0, 1.0, 5.0, *near, *(e for e in (low, high) if e is not None)]
    fit = [f for f in wanted if (low is None or f >= low) and (high is None or f <= high)]
    whole = [f for f in fit if kind is not Type.INTEGER or f == int(f)]
    return [f"{f:.12g}" for f in dict.fromkeys(whole)][: MOST + 3]


def _texts(name: str, dataset: Dataset, found: Constants) -> list[str]:
    column = dataset.spec.column(name)
    allowed = column.checks.values if column is not None else ()
    known = [t for t in found.texts if not allowed or t in allowed]
    return list(dict.fromkeys([*known, *(allowed[:3] or ("a", "b"))]))[:MOST]


def _moments(kind: Type, found: Constants) -> list[str]:
    steps = [timedelta(seconds=s + d) for s in found.durations for d in (0, -1, 1)]
    steps += [timedelta(days=d) for d in (0, 1, 2)] + [timedelta(hours=h) for h in (1, 3)]
    named = [datetime.fromisoformat(m) + timedelta(days=d) for m in found.moments for d in (0, 1, -1)]
    moments = [*named, *(MONDAY + step for step in steps)]
    if kind is Type.DATE:
        return list(dict.fromkeys(m.date().isoformat() for m in moments))[:MOST]
    return list(dict.fromkeys(m.isoformat(sep=" ") for m in moments))[:MOST]


def values(found: Constants) -> tuple[str | None, ...]:
    """What to try for the value of a KPI input."""
    near = [f + d for f in found.figures for d in (0, 1)]
    figures = dict.fromkeys([6.0, 2.0, 5.0, 0.0, *near])
    return (*(f"{f:.12g}" for f in figures), None)[:MOST]
