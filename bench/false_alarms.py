"""How often natural limits cry wolf: the table of `kpispec/evaluate/process.py`, simulated with the rules in there.

    python bench/false_alarms.py [COURSES]

Courses of independent normal values. `next` judges the point right after a baseline, whose last three points the
third rule looks at too; `locked` the sixth one after it. Seeded, so that the same call prints the same table.
"""

import random
import sys
from collections.abc import Iterator
from itertools import pairwise

from kpispec.evaluate.process import Limits, Point, signals_of

LENGTHS = range(6, 25)
COURSES = 200_000
SEED = 20260801


def rates(baseline: int, courses: int, ahead: int, seed: int = SEED) -> tuple[float, float]:
    """The share of courses whose point `ahead` of the baseline is a signal by rule 1, and by rule 1 or 3."""
    luck = random.Random(seed + 100 * baseline + ahead)
    outside = either = 0
    for _ in range(courses):
        rules = _last([luck.gauss(0, 1) for _ in range(baseline + ahead)], baseline)
        outside += 1 in rules
        either += bool({1, 3} & set(rules))
    return outside / courses, either / courses


def _last(values: list[float], baseline: int) -> tuple[int, ...]:
    """The rules by which the last value stands out: for rules 1 and 3 the last four tell."""
    base = values[:baseline]
    moving = sum(abs(b - a) for a, b in pairwise(base)) / (baseline - 1)
    limits = Limits(sum(base) / baseline, 0.0, 0.0, moving, baseline)
    found = signals_of([Point(i, v) for i, v in enumerate(values[-4:])], limits)
    return next((s.rules for s in found if s.key == 3), ())


def table(courses: int) -> Iterator[str]:
    for baseline in LENGTHS:
        figures = [f"{rate:.4f}" for ahead in (1, 6) for rate in rates(baseline, courses, ahead)]
        yield f"{baseline:>8}  " + "  ".join(figures)


if __name__ == "__main__":
    print("baseline  next: 1  1 or 3  locked: 1  1 or 3")
    for line in table(int(sys.argv[1]) if len(sys.argv) > 1 else COURSES):
        print(line, flush=True)
