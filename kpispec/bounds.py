"""One band: its text, and the values it holds in the indicator's unit, or how they follow from a figure known later."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias

from kpispec.source import Text
from kpispec.units import Unit

Figure = Literal["target", "benchmark", "previous"]
FIGURES: tuple[Figure, ...] = ("target", "benchmark", "previous")


def significant(value: float) -> float:
    """A value at the 12 significant digits at which it is judged."""
    return float(f"{value:.12g}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Values from low to high; `None` is unbounded; closed says that the end itself belongs."""

    low: float | None
    high: float | None
    low_closed: bool = True
    high_closed: bool = True

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.low_closed and self.high_closed))

    @property
    def ends(self) -> tuple[float, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)

    @property
    def words(self) -> str:
        """The values in words: `80`, `45 to 55`, `80 and above`."""
        if self.low is None and self.high is None:
            return "every value"
        if self.low is None:
            return f"{self.high:.12g} and below" if self.high_closed else f"what is below {self.high:.12g}"
        if self.high is None:
            return f"{self.low:.12g} and above" if self.low_closed else f"what is above {self.low:.12g}"
        return f"{self.low:.12g}" if self.low == self.high else f"{self.low:.12g} to {self.high:.12g}"

    def order(self) -> tuple[float, bool]:
        """To sort by the lower end."""
        return (float("-inf") if self.low is None else self.low, not self.low_closed)

    def holds(self, value: float) -> bool:
        """Whether a value lies inside, ends taken at the digits at which values are judged."""
        if self.low is not None:
            low = significant(self.low)
            if value < low or (value == low and not self.low_closed):
                return False
        if self.high is not None:
            high = significant(self.high)
            if value > high or (value == high and not self.high_closed):
                return False
        return True

    def meet(self, other: "Bounds") -> "Bounds | None":
        """The values that both hold, `None` where there is none."""
        lower, upper = max((self, other), key=Bounds.order), min((self, other), key=Bounds.upper_order)
        shared = Bounds(lower.low, upper.high, lower.low_closed, upper.high_closed)
        return None if shared.empty else shared

    def upper_order(self) -> tuple[float, bool]:
        """To sort by the upper end."""
        return (float("inf") if self.high is None else self.high, self.high_closed)

    def above(self, other: "Bounds") -> bool:
        """Whether every value here is greater than every value there."""
        if self.low is None or other.high is None:
            return False
        return self.low > other.high or (self.low == other.high and not (self.low_closed and other.high_closed))


@dataclass(frozen=True, slots=True)
class Follow:
    """A bound that follows a figure: `factor` of it, plus `margin` of its size, plus an amount in the KPI's unit."""

    of: Figure
    factor: float = 1.0
    margin: float = 0.0
    plus: float = 0.0

    @property
    def scales(self) -> bool:
        """Whether it grows with the figure in proportion, so that one positive figure tells of all."""
        return self.plus == 0

    def at(self, figure: float) -> float:
        return self.factor * figure + self.margin * abs(figure) + self.plus


Edge: TypeAlias = float | Follow | None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A range of which at least one end follows a figure."""

    low: Edge
    high: Edge
    low_closed: bool = True
    high_closed: bool = True

    @property
    def followed(self) -> tuple[Follow, ...]:
        return tuple(end for end in (self.low, self.high) if isinstance(end, Follow))

    def at(self, figures: Mapping[Figure, float]) -> Bounds:
        return Bounds(_end(self.low, figures), _end(self.high, figures), self.low_closed, self.high_closed)


def _end(edge: Edge, figures: Mapping[Figure, float]) -> float | None:
    return edge.at(figures[edge.of]) if isinstance(edge, Follow) else edge


@dataclass(frozen=True, slots=True)
class Band:
    """A band as written, and its ranges in the indicator's unit: one, or two for `outside`.

    One that follows a figure has `sketches` instead, and ranges once it is taken `at` that figure.
    """

    text: Text
    ranges: tuple[Bounds, ...]
    sketches: tuple[Sketch, ...] = ()

    @property
    def needs(self) -> frozenset[Figure]:
        """The figures that have to be known before a value can be held against it."""
        return frozenset(follow.of for sketch in self.sketches for follow in sketch.followed)

    def at(self, figures: Mapping[Figure, float]) -> Self:
        """The band with its ends; a range that the figures leave empty is gone."""
        if not self.sketches:
            return self
        ranges = (sketch.at(figures) for sketch in self.sketches)
        return replace(self, ranges=tuple(r for r in ranges if not r.empty), sketches=())

    def holds(self, value: float) -> bool:
        return any(r.holds(value) for r in self.ranges)

    def above(self, other: Self) -> bool:
        return all(a.above(b) for a in self.ranges for b in other.ranges)

    def open_sides(self, unit: Unit) -> tuple[bool, bool]:
        """Whether the band goes on downwards and upwards, as far as values of the unit usually go."""
        low, high = self.ranges[0].low, self.ranges[-1].high
        down = low is None or (unit.usual[0] is not None and low <= unit.usual[0])
        up = high is None or (unit.usual[1] is not None and high >= unit.usual[1])
        return down, up
