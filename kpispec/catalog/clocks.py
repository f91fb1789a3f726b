"""The columns that place a row in time: clocks and intervals."""

from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings
from kpispec.source import Text
from kpispec.spec import DatasetSpec


def check_clocks(spec: DatasetSpec, findings: Findings) -> None:
    """`time` and the ends of `interval` name columns that hold moments, the ends of one type."""
    if not spec.declared:
        return
    if spec.time is not None:
        check_moment(spec, spec.time, f"dataset.{spec.id}.time", "`time`", findings)
    if spec.interval is None:
        return
    ends = (spec.interval.start, spec.interval.end)
    sound = [check_moment(spec, end, f"dataset.{spec.id}.interval", "`interval`", findings) for end in ends]
    first, last = (spec.column(end.value) for end in ends)
    if all(sound) and first is not None and last is not None and _differ(first.checks.type, last.checks.type):
        findings.add(
            "wrong-type",
            f"`{first.name}` is declared as {first.checks.type}, and `{last.name}` as {last.checks.type}",
            subject=f"dataset.{spec.id}.interval",
            span=ends[1].span,
            help="declare both ends as date, or both as timestamp",
        )


def _differ(first: str | None, last: str | None) -> bool:
    return first is not None and last is not None and first != last


def check_moment(spec: DatasetSpec, named: Text, subject: str, key: str, findings: Findings) -> bool:
    """Whether a text names a declared column that can hold a date or a timestamp; a finding where it does not."""
    column = spec.column(named.value)
    if column is None:
        unknown_column(spec, named, subject, findings)
        return False
    if column.checks.type in ("date", "timestamp", None):
        return True
    findings.add(
        "wrong-type",
        f"{key} names `{named.value}`, which is declared as {column.checks.type}",
        subject=subject,
        span=named.span,
        help="name a column of type date or timestamp",
    )
    return False


def unknown_column(spec: DatasetSpec, named: Text, subject: str, findings: Findings) -> None:
    unknown(
        "unknown-column",
        f"data set `{spec.id}` declares no column `{named.value}`",
        named,
        (c.name for c in spec.columns),
        subject,
        findings,
        f"declare `{named.value}` under `columns` of data set `{spec.id}`",
    )
