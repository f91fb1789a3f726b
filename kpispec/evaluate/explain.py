"""Why a value changed: the split of the change between two periods into mix and rate, or why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite

from kpispec.evaluate.apportion import as_doubles
from kpispec.evaluate.changes import earlier
from kpispec.evaluate.digits import rounded
from kpispec.evaluate.judge import Judge
from kpispec.evaluate.report import ChangeSplit, Reading, Reason, Segment, SplitPart, Status
from kpispec.evaluate.split import Component, Sums, components
from kpispec.plan.ingredients import Split, Unsplit
from kpispec.plan.model import Measure

_NEAR = Fraction(1, 10**9)  # how far sums of doubles may be from their total


def explained(judge: Judge, measure: Measure, reading: Reading, names: tuple[str, ...]) -> tuple[ChangeSplit, ...]:
    """The change of a reading of the whole against each of the periods named, by each dimension it is cut by."""
    cuts = [(cut, segments) for cut, segments in judge.cells.segments if cut]
    return tuple(
        _Explaining(judge, measure, reading, cut, segments).against(name) for name in names for cut, segments in cuts
    )


@dataclass(frozen=True, slots=True)
class _Explaining:
    judge: Judge
    measure: Measure
    reading: Reading
    cut: tuple[str, ...]
    segments: tuple[Segment, ...]

    def against(self, name: str) -> ChangeSplit:
        request, now = self.judge.plan.request, self.reading
        key = earlier(name, request, now.period.key)
        there = key is not None and key in self.judge.cells.periods
        before = self.judge.reading(self.measure, key, ()) if key is not None and there else None
        base = ChangeSplit(
            compare=name,
            by=self.cut,
            before=request.period_of(key) if key is not None else None,
            after=now.period,
            value_before=before.value if before is not None else None,
            value_after=now.value,
        )
        reason = next(self._reasons(before), None)
        if reason is not None or before is None or before.value is None or now.value is None:
            return replace(base, reason=reason)
        return self._split(base, before.period.key, rounded(now.value - before.value))

    def _reasons(self, before: Reading | None) -> Iterator[Reason]:
        """Why there is no split, as far as can be said before sums are looked at."""
        split = self.measure.split
        if isinstance(split, Unsplit):
            yield _not(split.code, *split.values)
        yield from self._of_dimensions()
        yield from (r for r in self.reading.reasons if r.code == "running")
        if any(r is not None and r.status is Status.SUPPRESSED for r in (before, self.reading)):
            yield _not("split-hidden")
        if before is None or before.value is None or self.reading.value is None or split is None:
            yield _not("split-no-value")
        elif any(self._hidden(r.period.key) for r in (before, self.reading)):
            yield _not("split-hidden")

    def _of_dimensions(self) -> Iterator[Reason]:
        """Dimensions that a data set lacks, or by which an input is not to be cut."""
        split = self.measure.split
        for id, whole in self.measure.scans:
            scan = self.judge.plan.scan(id)
            for dimension in (d for d in self.cut if scan is not None and d not in (*whole, *scan.dimensions)):
                owner = ("dataset", scan.dataset.id if scan is not None else id)
                yield _not("dimension-missing", ("dimension", dimension), owner)
        shared = [d for d in self.cut if isinstance(split, Split) and d in split.whole]
        yield from (_not("split-whole", ("dimension", d)) for d in shared)
        if not self.judge.plan.covers_set(self.measure, self.cut):
            yield _not("split-no-value")

    def _hidden(self, key: int) -> bool:
        return any(self.judge.withheld.has(self.measure, key, s) for s in self.segments)

    def _split(self, base: ChangeSplit, key: int, delta: float) -> ChangeSplit:
        """The parts of a change; a reason where segments are no parts of the whole."""
        whole, sums = self._sums((), key), {s: self._sums(s, key) for s in self.segments}
        found = {s: own for s, own in sums.items() if own is not None and not own.empty}
        if whole is None or None in sums.values() or not _add_up(list(found.values()), whole):
            return replace(base, reason=_not("split-overlap"))
        made = dict(zip(found, components(list(found.values())), strict=True))
        below = next((s for s, c in made.items() if c.weight_before < 0 or c.weight_after < 0), None)
        if below is not None:
            named = ", ".join(f"{name} = {'not given' if value is None else value}" for name, value in below)
            return replace(base, reason=_not("split-negative", ("segment", named)))
        ordered = sorted(made.items(), key=lambda item: -abs(item[1].mix + item[1].rate))
        pairs, change = as_doubles([(c.mix, c.rate) for _, c in ordered], delta)
        parts = tuple(_part(s, c, *pair) for (s, c), pair in zip(ordered, pairs, strict=True))
        return replace(base, delta=change, parts=parts)

    def _sums(self, segment: Segment, key: int) -> Sums | None:
        """The sums of a segment in both periods, in the KPI's unit; `None` where they are no finite numbers."""
        then, now = self._side(segment, key), self._side(segment, self.reading.period.key)
        return None if then is None or now is None else Sums(*then, *now)

    def _side(self, segment: Segment, key: int) -> tuple[Fraction, Fraction] | None:
        split, terms = self.measure.split, self.judge.cells.sums.get((key, segment), {})
        if not isinstance(split, Split):
            return None
        top, bottom = _total(split.top, terms), _total(split.bottom, terms)
        if top is None or bottom is None:
            return None
        return (top + split.offset * bottom) / Fraction(self.measure.factor), bottom


def _total(factors: tuple[tuple[str, Fraction], ...], terms: Mapping[str, float | None]) -> Fraction | None:
    """A sum of terms, at the digits that all runs agree on. A term over no rows adds nothing."""
    values = [(factor, terms.get(name) or 0.0) for name, factor in factors]
    if not all(isfinite(value) for _, value in values):
        return None
    return sum((factor * Fraction(rounded(value)) for factor, value in values), Fraction(0))


def _add_up(parts: Sequence[Sums], whole: Sums) -> bool:
    """Whether the segments are parts of the whole, above and below, then and now: a unit may be in several."""
    if not whole.bottom_before or not whole.bottom_after:
        return False
    totals = zip(*(p.all for p in parts), strict=True) if parts else [()] * 4
    return all(
        abs(sum(own, Fraction(0)) - all_) <= _NEAR * sum(abs(x) for x in (*own, all_))
        for own, all_ in zip(totals, whole.all, strict=True)
    )


def _part(segment: Segment, found: Component, mix: float, rate: float) -> SplitPart:
    rates = [None if r is None else rounded(float(r)) for r in (found.rate_before, found.rate_after)]
    weights = [rounded(float(w)) for w in (found.weight_before, found.weight_after)]
    return SplitPart(segment, weights[0], weights[1], rates[0], rates[1], mix, rate)


def _not(code: str, *values: tuple[str, object]) -> Reason:
    return Reason(Status.NOT_AVAILABLE, code, values)
