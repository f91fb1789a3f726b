"""What the engine gave back, read into cells: one a measure, period and segment, and facts about each data set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kpispec.plan.layout import (
    PERIOD,
    SET,
    fatal_column,
    has_column,
    n_column,
    part_column,
    reject_column,
    seen_column,
    set_mask,
    zero_column,
)
from kpispec.plan.model import Measure, Plan
from kpispec.plan.split import split_terms

Segment = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure in one period and segment, as computed. `parts` are the ingredients of its interval: counts, or moments
    in what the formula gives before it is converted to the unit.
    """

    value: float | None
    n: int | None
    seen: int
    zero: bool
    parts: Mapping[str, float | None]
    ranks: "Ranks | None"
    rejected: tuple[tuple[str, int], ...]
    fatal: int = 0  # rejected cells that are an error


@dataclass(frozen=True, slots=True)
class Ranks:
    """Order statistics near the two ends of a quantile's interval: values by rank, from 1."""

    values: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a scan saw of its data set. `first` and `last` are period keys; clock values are local to the zone."""

    rows: int
    oldest: datetime | None
    newest: datetime | None
    first: int | None
    last: int | None
    undated: Mapping[str, int]  # term -> rows without a clock that it counts
    rejected: tuple[tuple[str, int], ...] = ()  # "column: reason"
    lapsed: Mapping[str, int] = field(default_factory=dict)  # name -> rows that have no known interval


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells of a run, and the segments it holds, in the order they are shown: the null value last."""

    table: Mapping[tuple[str, int, Segment], Cell]
    periods: tuple[int, ...]
    segments: tuple[tuple[tuple[str, ...], tuple[Segment, ...]], ...]  # (dimensions, segments)
    owners: Mapping[Segment, frozenset[str]] = field(default_factory=dict)  # the data sets that have a segment
    sums: Mapping[tuple[int, Segment], Mapping[str, float | None]] = field(default_factory=dict)  # terms of splits

    def get(self, measure: str, period: int, segment: Segment) -> Cell | None:
        return self.table.get((measure, period, segment))


def read(plan: Plan, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Cells:
    """The result of the combine, decoded by the names of its columns."""
    at = {name: index for index, name in enumerate(columns)}
    dimensions = plan.request.dimensions
    sets = {set_mask(dimensions, s): s for s in plan.request.sets}
    table: dict[tuple[str, int, Segment], Cell] = {}
    periods: dict[int, None] = {}
    segments: dict[tuple[str, ...], dict[Segment, None]] = {s: {} for s in plan.request.sets}
    owners: dict[Segment, frozenset[str]] = {}
    sums: dict[tuple[int, Segment], Mapping[str, float | None]] = {}
    summed = [(term, at[term]) for term in split_terms(plan)]
    for row in rows:
        cut = sets[_int(row[at[SET]])]
        segment = tuple((d, _text(row[at[d]])) for d in cut)
        key = _int(row[at[PERIOD]])
        periods[key] = None
        segments[cut][segment] = None
        owners.setdefault(segment, frozenset(s.id for s in plan.scans if row[at[has_column(s.id)]]))
        for measure in plan.measures:
            table[measure.id, key, segment] = _cell(measure, row, at)
        sums[key, segment] = {term: _number(row[place]) for term, place in summed}
    ordered = tuple((cut, tuple(sorted(found, key=_segment_order))) for cut, found in segments.items())
    return Cells(table, tuple(sorted(periods)), ordered, owners, sums)


def _segment_order(segment: Segment) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for _, value in segment)


def _cell(measure: Measure, row: Sequence[object], at: Mapping[str, int]) -> Cell:
    def number(column: str) -> float | None:
        return _number(row[at[column]]) if column in at else None

    n = number(n_column(measure.id))
    parts = {p: number(part_column(measure.id, p)) for p in _scalar_parts(measure)}
    ranked = any(name == "ranks" for name, _ in measure.parts)
    around = row[at[part_column(measure.id, "ranks")]] if ranked else None
    counts = ((reason, int(number(reject_column(measure, reason)) or 0)) for reason, _ in measure.rejects)
    return Cell(
        value=number(measure.id),
        n=None if n is None else int(n),
        seen=int(number(seen_column(measure.id)) or 0),
        zero=bool(row[at[zero_column(measure.id)]]) if zero_column(measure.id) in at else False,
        parts=parts,
        ranks=_ranks(around),
        rejected=tuple((reason, count) for reason, count in counts if count),
        fatal=int(number(fatal_column(measure.id)) or 0),
    )


def _scalar_parts(measure: Measure) -> Iterator[str]:
    yield from (name for name, _ in measure.parts if name != "ranks")


def _ranks(raw: object) -> Ranks | None:
    """From a flat list rank, value, rank, value ... as the scan hands it back."""
    if not isinstance(raw, list):
        return None
    pairs = zip(raw[::2], raw[1::2], strict=True)
    return Ranks({int(rank): float(value) for rank, value in pairs if rank is not None and value is not None})


def _number(raw: object) -> float | None:
    return float(raw) if isinstance(raw, int | float) else None


def _int(raw: object) -> int:
    assert isinstance(raw, int)
    return raw


def _text(raw: object) -> str | None:
    return None if raw is None else str(raw)
