"""The change of a ratio split into mix and rate by segment, in exact arithmetic.

E. M. Kitagawa, *Components of a difference between two rates*, Journal of the American Statistical Association 50,
1955.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Sums:
    """What a segment has above and below the fraction line, before and after."""

    top_before: Fraction
    bottom_before: Fraction
    top_after: Fraction
    bottom_after: Fraction

    @property
    def all(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        return self.top_before, self.bottom_before, self.top_after, self.bottom_after

    @property
    def empty(self) -> bool:
        return not any(self.all)


@dataclass(frozen=True, slots=True)
class Component:
    """A segment's share of the bottom, its own ratio where that exists, and its part of the change."""

    weight_before: Fraction
    weight_after: Fraction
    rate_before: Fraction | None
    rate_after: Fraction | None
    mix: Fraction
    rate: Fraction


def components(segments: Sequence[Sums]) -> list[Component]:
    """A component for each segment; all parts add up to the change of the ratio of the totals.

    Neither total of the bottom may be 0. A segment contributes how much its share of the whole's ratio has grown, less
    what the mean ratio of both periods would have brought with the new weight. What its own ratio does to that, at the
    mean of its weights, is its rate effect; the rest is mix, and all of it where it has no ratio in one of the periods.
    """
    totals = [sum(sides, Fraction(0)) for sides in zip(*(s.all for s in segments), strict=True)]
    top_before, before, top_after, after = totals
    mean = (top_before / before + top_after / after) / 2
    return [_component(s, before, after, mean) for s in segments]


def _component(sums: Sums, before: Fraction, after: Fraction, mean: Fraction) -> Component:
    w0, w1 = sums.bottom_before / before, sums.bottom_after / after
    r0 = sums.top_before / sums.bottom_before if sums.bottom_before else None
    r1 = sums.top_after / sums.bottom_after if sums.bottom_after else None
    whole = sums.top_after / after - sums.top_before / before - (w1 - w0) * mean
    rate = Fraction(0) if r0 is None or r1 is None else (w0 + w1) / 2 * (r1 - r0)
    return Component(w0, w1, r0, r1, whole - rate, rate)
