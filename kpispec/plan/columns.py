"""What names of a data set come from: bound columns, and the rows that joins put beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpispec.catalog.model import Dataset, Join
from kpispec.formula.check import names
from kpispec.formula.tree import Expr, Name, Null, Type
from kpispec.plan.model import Beside, Bound
from kpispec.plan.rewrite import transform

UNMATCHED = "unmatched__"  # of a join: the row names another one, and there is none


def closure(dataset: Dataset, used: Iterable[str]) -> tuple[str, ...]:
    """The names, and all that they come from: through computed columns, and the keys of joins."""
    computed = dict(dataset.computed)
    found: dict[str, None] = {}
    waiting = list(used)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        join = joined_by(dataset, name)
        if join is not None:
            waiting += _keys(dataset, join)
        elif name in computed:
            waiting += sorted(names(computed[name]))
    return tuple(found)


def columns_behind(dataset: Dataset, used: Iterable[str]) -> tuple[str, ...]:
    """The bound columns that names of a data set come from, through computed columns and the keys of joins."""
    computed = {name for name, _ in dataset.computed}
    return tuple(n for n in closure(dataset, used) if n not in computed and joined_by(dataset, n) is None)


def joined_by(dataset: Dataset, name: str) -> Join | None:
    """The join that brings a name: `customer` for `customer.region`."""
    first, dot, _ = name.partition(".")
    return dataset.join(first) if dot else None


def _keys(dataset: Dataset, join: Join) -> list[str]:
    at = join.at or (dataset.spec.clock.value if dataset.spec.clock is not None else None)
    return [ours for ours, _ in join.on] + ([at] if at is not None else [])


def besides_of(
    dataset: Dataset, used: Iterable[str], datasets: Mapping[str, Dataset]
) -> tuple[tuple[Join, tuple[str, ...]], ...]:
    """The joins that names need, each with the names it has to bring."""
    wanted: dict[str, dict[str, None]] = {}
    for name in closure(dataset, used):
        join = joined_by(dataset, name)
        if join is not None and join.dataset in datasets:
            rest = name.partition(".")[2]
            wanted.setdefault(join.name, {}).update({rest: None} if rest != UNMATCHED else {})
    return tuple((join, tuple(wanted[join.name])) for join in dataset.joins if join.name in wanted)


def beside(
    ours: Dataset,
    join: Join,
    brought: tuple[str, ...],
    datasets: Mapping[str, Dataset],
    bound: Mapping[str, Bound],
) -> Beside:
    """The rows of a joined data set, with all that its own filters, clock and interval read."""
    dataset = datasets[join.dataset]
    read = names_beside(join, brought, dataset)
    present = bound[dataset.id].columns
    inner = tuple(beside(dataset, j, b, datasets, bound) for j, b in besides_of(dataset, read, datasets))
    clock = dataset.spec.clock.value if dataset.spec.clock is not None else None
    at = join.at or (ours.spec.clock.value if ours.spec.clock is not None else None)
    return Beside(
        join=join,
        dataset=dataset,
        columns=tuple(c for c in columns_behind(dataset, read) if c in present),
        names=brought,
        clock_type=type_of(dataset, clock, bound),
        ends=ends_of(dataset, bound),
        besides=inner,
        at=(at, type_of(ours, at, bound)) if at is not None and dataset.spec.interval is not None else None,
    )


def names_beside(join: Join, brought: tuple[str, ...], dataset: Dataset) -> tuple[str, ...]:
    """All names that are read of a joined data set."""
    read = [*brought, *(theirs for _, theirs in join.on)]
    read += sorted({n for w in dataset.where for n in names(w)})
    read += [c.value for c in (dataset.spec.clock,) if c is not None]
    if dataset.spec.interval is not None:
        read += [dataset.spec.interval.start.value, dataset.spec.interval.end.value]
    return tuple(dict.fromkeys(read))


def fitted(dataset: Dataset, bound: Bound) -> Dataset:
    """The data set over the columns that the data has: in its own filters an optional one that is absent is null."""
    absent = {c.name for c in dataset.spec.columns if c.optional and c.expr is None and c.name not in bound.columns}
    if not absent:
        return dataset

    def null(expr: Expr) -> Expr | None:
        missing = isinstance(expr, Name) and expr.name in absent
        return Null(place=expr.place, type=expr.type) if missing else None

    return replace(dataset, where=tuple(transform(w, null) for w in dataset.where))


def type_of(dataset: Dataset, name: str | None, bound: Mapping[str, Bound]) -> Type:
    """The type of a bound or computed column; unknown where there is none."""
    if name is None:
        return Type.UNKNOWN
    facts = bound[dataset.id].columns.get(name)
    return facts.type if facts is not None else dict(known_types(dataset, bound)).get(name, Type.UNKNOWN)


def ends_of(dataset: Dataset, bound: Mapping[str, Bound]) -> tuple[Type, Type]:
    """The types of the moments between which a row is in force."""
    interval = dataset.spec.interval
    if interval is None:
        return Type.UNKNOWN, Type.UNKNOWN
    return type_of(dataset, interval.start.value, bound), type_of(dataset, interval.end.value, bound)


def known_types(dataset: Dataset, bound: Mapping[str, Bound]) -> dict[str, Type]:
    """The types of all names of a data set that the bound data can give."""
    found = {name: facts.type for name, facts in bound[dataset.id].columns.items()}
    return found | {name: expr.type for name, expr in dataset.computed} | dict(dataset.joined)
