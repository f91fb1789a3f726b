"""Which readings are withheld: those of too few, and as many more as keep them from being worked out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from kpispec.catalog.model import Segment
from kpispec.evaluate.table import Cell, Cells
from kpispec.plan.model import Measure, Plan
from kpispec.windows import shifted

_NONE: frozenset[Segment] = frozenset()


@dataclass(slots=True)
class Withheld:
    """The segments withheld of each measure and period of a run, found once."""

    plan: Plan
    cells: Cells
    _found: dict[tuple[str, int], frozenset[Segment]] = field(default_factory=dict)

    def has(self, measure: Measure, key: int, segment: Segment) -> bool:
        return segment in self.segments(measure, key)

    def segments(self, measure: Measure, key: int) -> frozenset[Segment]:
        """Those with an n below the KPI's limit or withheld of a KPI it reads, and their complements."""
        at = (measure.id, key)
        if at not in self._found:
            self._found[at] = self._withheld(measure, key)
        return self._found[at]

    def _withheld(self, measure: Measure, key: int) -> frozenset[Segment]:
        above = self._passed_on(measure, key)
        least = measure.kpi.spec.suppress_below
        if least is None:
            return above
        table = dict(self._own(measure, key))
        own = frozenset(s for s, cell in table.items() if _small(cell, least))
        if not own and not above:
            return _NONE
        return _protected({s: cell.n or 0 for s, cell in table.items()}, own | above, least)

    def _passed_on(self, measure: Measure, key: int) -> frozenset[Segment]:
        found = _NONE
        request = self.plan.request
        for _, id, offset in measure.upstream:
            upstream = self.plan.measure(id)
            at = key if offset is None else shifted(request.grain, key, offset, request.grains)
            if upstream is not None and at is not None:
                found |= self.segments(upstream, at)
        return found

    def _own(self, measure: Measure, key: int) -> Iterator[tuple[Segment, Cell]]:
        """The cells in which the measure has something to say."""
        for cut, segments in self.cells.segments:
            for segment in segments if self.plan.covers_set(measure, cut) else ():
                cell = self.cells.get(measure.id, key, segment)
                if cell is not None and (cell.value is not None or cell.n):
                    yield segment, cell


def _small(cell: Cell, least: int) -> bool:
    """A value of fewer than the limit, and a count of a few behind a value that does not exist."""
    return cell.n is not None and cell.n < least and (cell.value is not None or cell.n > 0)


def _protected(table: Mapping[Segment, int], hidden: frozenset[Segment], least: int) -> frozenset[Segment]:
    """With more segments withheld, until none can be had as a sum less the rest. `table` has the n of each.

    A sum that is shown keeps at least two parts withheld, that are together as many as the limit; one that is withheld
    keeps at least one, since its parts would add up to it. What one sum asks for may leave another open, so it is gone
    through until nothing changes.
    """
    sums = tuple(_sums(table))
    before: frozenset[Segment] | None = None
    while hidden != before:
        before = hidden
        for whole, parts in sums:
            more = _next(whole, parts, table, hidden, least)
            hidden |= {more} if more is not None else _NONE
    return hidden


def _sums(table: Mapping[Segment, int]) -> Iterator[tuple[Segment, tuple[Segment, ...]]]:
    """Each segment with the segments that add up to it, by each finer cut."""
    cuts = dict.fromkeys(_cut(segment) for segment in table)
    for coarse in cuts:
        for fine in cuts:
            if set(coarse) < set(fine):
                yield from _parts(coarse, (s for s in table if _cut(s) == fine), table)


def _parts(
    coarse: tuple[str, ...], finer: Iterable[Segment], table: Mapping[Segment, int]
) -> Iterator[tuple[Segment, tuple[Segment, ...]]]:
    def whole(segment: Segment) -> Segment:
        values = dict(segment)
        return tuple((name, values[name]) for name in coarse)

    def order(segment: Segment) -> tuple[tuple[bool, str], ...]:
        return tuple((value is None, value or "") for _, value in segment)

    ordered = sorted(finer, key=lambda s: (order(whole(s)), order(s)))
    for found, parts in groupby(ordered, key=whole):
        if found in table:
            yield found, tuple(parts)


def _cut(segment: Segment) -> tuple[str, ...]:
    return tuple(name for name, _ in segment)


def _next(
    whole: Segment, parts: tuple[Segment, ...], table: Mapping[Segment, int], hidden: frozenset[Segment], least: int
) -> Segment | None:
    """What to withhold next: the smallest part that is shown and holds anything, else the sum itself."""
    kept = [s for s in parts if s in hidden]
    guarded = len(kept) > 1 and sum(table[s] for s in kept) >= least
    enough = bool(kept) if whole in hidden else guarded or not kept
    if enough:
        return None
    shown = [s for s in parts if s not in hidden and table[s] > 0]
    return min(shown, key=lambda s: table[s], default=None if whole in hidden else whole)
