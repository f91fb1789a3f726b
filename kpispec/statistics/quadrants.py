"""Importance against performance: what to work on first (Martilla and James 1977)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Literal

Quadrant = Literal["concentrate_here", "keep_up", "low_priority", "possible_overkill"]
_QUADRANTS: dict[tuple[bool, bool], Quadrant] = {  # important, performing well
    (True, False): "concentrate_here",
    (True, True): "keep_up",
    (False, False): "low_priority",
    (False, True): "possible_overkill",
}


@dataclass(frozen=True, slots=True)
class ImportancePerformance:
    """Where the axes cross, and the quadrant of each item."""

    importance: float
    performance: float
    quadrants: dict[str, Quadrant]


def importance_performance(items: Mapping[str, tuple[float, float]]) -> ImportancePerformance | None:
    """The quadrants of items by mean importance and mean performance, the axes crossing at the grand means.

    An item on an axis is important, or does well. The quadrants are relative: a battery of good items has its worst.
    `None` without items.
    """
    if not items:
        return None
    importance = fsum(i for i, _ in items.values()) / len(items)
    performance = fsum(p for _, p in items.values()) / len(items)
    placed = {name: _QUADRANTS[i >= importance, p >= performance] for name, (i, p) in items.items()}
    return ImportancePerformance(importance, performance, placed)
