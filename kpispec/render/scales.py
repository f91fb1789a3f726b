"""What charts are drawn by: scales, coordinates as text, the marks of an axis, ways through points.

Coordinates are rounded to a tenth and written by one function, so that the same figures give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Protocol

_CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)

Figure = float | None
Span = tuple[float, float]


def coordinate(x: float) -> str:
    """One decimal, no `-0`, no trailing `.0`."""
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class Linear:
    """A straight scale that holds what lies outside at its ends; the middle where the domain is one value."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high != self.low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


class Tick(Protocol):
    """How an axis writes its figures; `seconds` is a duration's unit in seconds, None for other units."""

    @property
    def seconds(self) -> float | None: ...

    def write(self, value: float) -> str: ...


def ticks(low: float, high: float, seconds: float | None = None, count: int = 6) -> list[float]:
    """Round figures between two ends: 1, 2, 2.5, 5 times a power of ten, or steps of a clock."""
    if seconds is not None:
        raw = (high - low) * seconds / count
        clock = next((s for s in _CLOCK_STEPS if s >= raw), None) or ceil(raw / 86400) * 86400
        step = clock / seconds
    else:
        raw = (high - low) / count
        power = 10.0 ** floor(log10(raw)) if raw > 0 else 1.0
        step = next(m * power for m in (1, 2, 2.5, 5, 10, 20) if m * power >= raw - 1e-12)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(step * i, 10) for i in range(first, last + 1)] or [low, high]


def points_of(values: Sequence[Figure], x: Linear, y: Linear) -> list[Span | None]:
    return [None if v is None else (x(i), y(v)) for i, v in enumerate(values)]


def path_of(points: Sequence[Span | None]) -> str:
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{coordinate(point[0])} {coordinate(point[1])}")
        pen = "L"
    return "".join(parts)
