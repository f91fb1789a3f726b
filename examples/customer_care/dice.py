"""Chance that falls alike on every machine: `random()` only, then plain arithmetic."""

import random
from collections.abc import Callable, Sequence
from math import sqrt

# A table of quantiles holds a value for each of these shares; between two of them it is a straight line.
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1.0)


class Dice:
    """A stream of chances. Only `random()` is used: the one method Python promises never to change."""

    def __init__(self, seed: int) -> None:
        self.roll: Callable[[], float] = random.Random(seed).random

    def chance(self, share: float) -> bool:
        return self.roll() < share

    def below(self, number: int) -> int:
        return int(self.roll() * number)

    def count(self, mean: float) -> int:
        """A whole number around a mean: three uniform draws make it spread about as far as arrivals do."""
        spread = (self.roll() + self.roll() + self.roll() - 1.5) * 1.15
        return max(0, int(mean + spread * sqrt(mean) * 1.7 + self.roll()))

    def pick(self, weights: dict[str, float]) -> str:
        left = self.roll() * sum(weights.values())
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return next(iter(weights))

    def quantile(self, values: Sequence[float]) -> float:
        share = self.roll()
        upper = next(i for i, s in enumerate(SHARES) if share < s)
        step = (share - SHARES[upper - 1]) / (SHARES[upper] - SHARES[upper - 1])
        return values[upper - 1] + step * (values[upper] - values[upper - 1])
