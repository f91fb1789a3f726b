"""Joins bound: whose rows stand beside those of a data set, and which names that adds."""

from collections.abc import Iterator, Mapping, Set

from kpispec.catalog.clocks import check_moment, unknown_column
from kpispec.catalog.model import Dataset, Join
from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings
from kpispec.formula.scope import ANY_COLUMN
from kpispec.formula.tree import Type
from kpispec.source import Text
from kpispec.spec import DatasetSpec, JoinSpec

Names = tuple[tuple[str, Type], ...]


def in_join_order(specs: Mapping[str, DatasetSpec]) -> tuple[DatasetSpec, ...]:
    """Each data set after those it joins. Of a circle, one comes before what it joins, and sees less of it."""
    ordered: dict[str, DatasetSpec] = {}
    waiting = dict(specs)
    while waiting:
        ready = [s for s in waiting.values() if not ({j.dataset.value for j in s.joins} - {s.id}) & waiting.keys()]
        for spec in ready or list(waiting.values())[:1]:
            ordered[spec.id] = waiting.pop(spec.id)
    return tuple(ordered.values())


def bind_joins(
    spec: DatasetSpec, others: Mapping[str, Dataset], written: Set[str], findings: Findings
) -> tuple[Join, ...]:
    """The joins that name what exists; a mistake in one is a finding, and it is left out.

    `written` are the ids of all data sets, those still to be bound and those that could not be read too.
    """
    found = []
    for join in spec.joins:
        subject = f"dataset.{spec.id}.joins.{join.name}"
        other = others.get(join.dataset.value)
        if other is None:
            _no_dataset(join, spec, written, subject, findings)
        elif _sound(join, spec, other.spec, subject, findings):
            on = tuple((ours.value, theirs.value) for ours, theirs in join.on)
            found.append(Join(join.name, other.id, on, join.at.value if join.at is not None else None))
    return tuple(found)


def _no_dataset(
    join: JoinSpec,
    spec: DatasetSpec,
    written: Set[str],
    subject: str,
    findings: Findings,
) -> None:
    named = join.dataset
    if named.value in written:
        message = f"data set `{spec.id}` joins `{named.value}`, which joins it in turn"
        help = "remove one of the joins, or declare a second data set for one side"
        findings.add("cycle", message, subject=subject, span=named.span, help=help)
        return
    message = f"no document declares data set `{named.value}`, and no binding names it"
    known, cure = written - {spec.id}, f"add a `dataset: {named.value}` document"
    unknown("unknown-dataset", message, named, known, subject, findings, cure)


def _sound(join: JoinSpec, spec: DatasetSpec, other: DatasetSpec, subject: str, findings: Findings) -> bool:
    before = findings.errors
    for ours, theirs in join.on:
        for side, named in ((spec, ours), (other, theirs)):
            if side.declared and side.column(named.value) is None:
                unknown_column(side, named, f"{subject}.on", findings)
        _same_type(spec, ours, other, theirs, subject, findings)
    if join.at is not None and spec.declared:
        check_moment(spec, join.at, f"{subject}.at", "`at`", findings)
    if other.interval is not None and join.at is None and spec.clock is None:
        message = f"rows of data set `{other.id}` are in force over a time, and those of `{spec.id}` have no clock"
        help = f"name the moment that counts: add `at:` to join `{join.name}`, or `time:` to data set `{spec.id}`"
        findings.add("missing-when", message, subject=subject, span=join.span, help=help)
    if spec.column(join.name) is not None:
        message = f"`{join.name}` is a join and a column of data set `{spec.id}`"
        findings.add("duplicate-id", message, subject=subject, span=join.span, help="give the join another name")
    return findings.errors == before


def _same_type(
    spec: DatasetSpec, ours: Text, other: DatasetSpec, theirs: Text, subject: str, findings: Findings
) -> None:
    mine, its = spec.column(ours.value), other.column(theirs.value)
    kinds = (mine.checks.type if mine else None, its.checks.type if its else None)
    if None in kinds or kinds[0] == kinds[1] or set(kinds) <= {"integer", "number"}:
        return
    findings.add(
        "argument-type",
        f"`{ours.value}` is declared as {kinds[0]}, and `{theirs.value}` of `{other.id}` as {kinds[1]}",
        subject=f"{subject}.on",
        span=ours.span,
        help="declare both as the same type",
    )


def joined_names(spec: DatasetSpec, others: Mapping[str, Dataset]) -> Names:
    """The names that joins add, those of joins of what is joined included: `account.customer.region`."""
    return tuple(name for join in spec.joins for name in _brought(join, others))


def _brought(join: JoinSpec, others: Mapping[str, Dataset]) -> Iterator[tuple[str, Type]]:
    other = others.get(join.dataset.value)
    if other is None:
        return
    computed = {name: expr.type for name, expr in other.computed}
    for column in other.spec.columns:
        declared = Type(column.checks.type) if column.checks.type else None
        yield f"{join.name}.{column.name}", declared or computed.get(column.name) or Type.UNKNOWN
    for name, type in other.joined:
        yield f"{join.name}.{name}", type
    if not other.spec.declared:
        yield f"{join.name}.{ANY_COLUMN}", Type.UNKNOWN


def with_joined(id: str, datasets: Mapping[str, Dataset]) -> Iterator[str]:
    """A data set and those that it joins, through their joins too."""
    yield id
    for join in datasets[id].joins:
        yield from with_joined(join.dataset, datasets)
