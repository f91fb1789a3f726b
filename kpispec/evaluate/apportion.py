"""Rounding that keeps sums: parts in whole steps that add up to their total in whole steps."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, frexp

_DIGITS = 53  # of a double's significand


def apportioned(parts: Sequence[Fraction], total: int) -> list[int]:
    """Each part rounded down or up, so that they add up to the total: those with the largest remainders go up.

    Parts that are whole stay. Where the total is not theirs, the greatest part takes the difference.
    """
    down = [floor(p) for p in parts]
    remainders = [p - d for p, d in zip(parts, down, strict=True)]
    lacking = total - sum(down)
    if not 0 <= lacking <= sum(1 for r in remainders if r):
        return apportioned(_corrected(parts, total), total) if parts else []
    up = sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:lacking]
    return [d + (i in up) for i, d in enumerate(down)]


def _corrected(parts: Sequence[Fraction], total: int) -> list[Fraction]:
    greatest = max(range(len(parts)), key=lambda i: (abs(parts[i]), -i))
    rest = total - sum(parts)
    return [p + rest if i == greatest else p for i, p in enumerate(parts)]


def as_doubles(pairs: Sequence[tuple[Fraction, Fraction]], total: float) -> tuple[list[tuple[float, float]], float]:
    """Pairs and their total as doubles on one grid of powers of two: they, and sums of them, add up without rounding.

    The total is the double given, or as near to it as the grid of the greatest part allows.
    """
    flat = [part for pair in pairs for part in pair]
    sums = [a + b for a, b in pairs] + [sum((p[i] for p in pairs), Fraction(0)) for i in (0, 1)]
    most = max(abs(x) for x in (*flat, *sums, Fraction(total)))
    exponent = frexp(float(most))[1] - _DIGITS
    while most:
        step = Fraction(2) ** exponent
        steps = apportioned([part / step for part in flat], round(Fraction(total) / step))
        made = list(zip(steps[::2], steps[1::2], strict=True))
        if _fits(made):
            return [(float(a * step), float(b * step)) for a, b in made], float(sum(steps) * step)
        exponent += 1
    return [(0.0, 0.0) for _ in pairs], 0.0


def _fits(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether all numbers, and their sums by pair and by place, are whole numbers of a double."""
    sums = [a + b for a, b in pairs] + [sum(p[i] for p in pairs) for i in (0, 1)] + [sum(a + b for a, b in pairs)]
    return all(abs(x) <= 2**_DIGITS for x in (*(x for pair in pairs for x in pair), *sums))
