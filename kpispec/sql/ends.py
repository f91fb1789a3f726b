"""Ends of intervals that a rejected cell hides: nobody knows when such a row is over, so it is in force at no time."""

from collections.abc import Iterator

from kpispec.catalog.checks import excused
from kpispec.catalog.model import Dataset
from kpispec.plan.columns import columns_behind
from kpispec.sql.lower import quoted, text_literal
from kpispec.sql.relations import Source
from kpispec.sql.text import Column

LOST = "lost__end"  # of a row: the reason for which a cell behind its end is rejected


def lost_end(dataset: Dataset, source: Source) -> Column | None:
    """The reason for which the end of a row is not known, as a column beside the typed cells; `None`: no cell can fail.

    A code that is declared to stand for a missing value is no failure, and an end that is missing is still to come.
    """
    found = tuple(_reasons(dataset, source))
    if not found:
        return None
    cases = " ".join(f"when {condition} then {text_literal(reason)}" for reason, condition in found)
    return Column(f"case {cases} end", LOST)


def known_end(end: str) -> str:
    """The condition that an end is there, or is missing as it may be."""
    return f"({quoted(end)} is not null or {quoted(LOST)} is null)"


def _reasons(dataset: Dataset, source: Source) -> Iterator[tuple[str, str]]:
    interval = dataset.spec.interval
    if interval is None:
        return
    for name in columns_behind(dataset, [interval.end.value]):
        column, declared = source.column(name), excused(dataset.spec.column(name))
        yield from (r for r in (column.rejects if column is not None else ()) if r[0] not in declared)
