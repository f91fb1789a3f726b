"""A course as a process: the natural limits of single values, and which of them stand out.

The chart is that of individual values and moving ranges (XmR): W. A. Shewhart, *Economic Control of Quality of
Manufactured Product*, 1931; D. J. Wheeler, *Understanding Variation*, 1993. Its limits follow from how far neighbours
are apart, so that they hold for any unit and any formula, with an interval of its own or without.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, inf, isfinite, sqrt
from types import MappingProxyType

from kpispec.evaluate.digits import rounded
from kpispec.spec import ProcessChange

LEAST = 6  # points before the one judged; fewer say nothing of what is usual
BASELINE = 18  # points that limits are computed from where there are so many, and locked
TO_LIMITS = 2.66  # 3 / d2, d2 = 1.128 the mean range of two normal values in standard deviations
TO_CHANGE = 3.268  # D4 for two values: the upper limit of a moving range
RUN = 8  # points in a row on one side of the mean (rule 2)

# How often a point is a signal by rule 1 or 3 where nothing but chance is at work (normal values, independent of each
# other), by the length of the baseline: the point next to it, and one past a baseline that is locked. From
# `bench/false_alarms.py`, 200,000 courses for each figure; its standard error is 0.0003 at 0.02.
FALSE_ALARMS: Mapping[int, tuple[float, float]] = MappingProxyType(
    {
        6: (0.0480, 0.0678),
        7: (0.0398, 0.0547),
        8: (0.0339, 0.0476),
        9: (0.0298, 0.0410),
        10: (0.0265, 0.0370),
        11: (0.0236, 0.0325),
        12: (0.0224, 0.0295),
        13: (0.0205, 0.0269),
        14: (0.0192, 0.0252),
        15: (0.0181, 0.0234),
        16: (0.0166, 0.0220),
        17: (0.0162, 0.0205),
        18: (0.0147, 0.0197),
        19: (0.0143, 0.0188),
        20: (0.0134, 0.0180),
        21: (0.0131, 0.0173),
        22: (0.0126, 0.0159),
        23: (0.0123, 0.0154),
        24: (0.0112, 0.0148),
    }
)


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a complete period. Keys count the periods of a grain."""

    key: int
    value: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Mean and natural limits over `baseline` points; `low` and `high` end where the unit does."""

    mean: float
    low: float
    high: float
    moving_range: float  # the mean distance between neighbours
    baseline: int

    def passed_by(self, change: float) -> bool:
        """Whether a difference of two values is more than neighbours are usually apart."""
        return rounded(abs(change)) > rounded(TO_CHANGE * self.moving_range)

    def outside(self, value: float) -> bool:
        """Rule 1. It is held against where the limits would be if the unit went on."""
        return abs(self._sides(value, TO_LIMITS)) == 1

    def near(self, value: float) -> int:
        """1 where a value is nearer to the upper limit than to the mean or past it, -1 for the lower one, else 0."""
        return self._sides(value, TO_LIMITS / 2)

    def side(self, value: float) -> int:
        return self._sides(value, 0.0)

    def _sides(self, value: float, times: float) -> int:
        """Compared as values are shown: 12 digits of a value, not of its distance from the mean."""
        reach = times * self.moving_range
        return (value > rounded(self.mean + reach)) - (value < rounded(self.mean - reach))


@dataclass(frozen=True, slots=True)
class Signal:
    """A point that stands out, by which rules, and on which side of the mean."""

    key: int
    rules: tuple[int, ...]
    above: bool

    @property
    def strong(self) -> tuple[int, ...]:
        """The rules that count in a headline: a run of eight (rule 2) is seen too often where nothing happened."""
        return tuple(rule for rule in self.rules if rule != 2)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Periods from the key `first` on that one process made; `changes` are those it began with."""

    first: int
    changes: tuple[ProcessChange, ...] = ()
    limits: Limits | None = None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """The stretches of a course. `judged` is the key of the last point, which is in the stretch at `current`.

    `lacking` says why that one has no limits: `too_short`, `not_finite`. `warnings` say why its limits are not to be
    trusted: `autocorrelated`, `seasonal`. `earlier` counts its points before the one judged.
    """

    stretches: tuple[Stretch, ...]
    judged: int | None
    current: int
    lacking: str | None
    earlier: int
    warnings: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits | None:
        """Those that the last point is judged by."""
        return self.stretches[self.current].limits

    @property
    def signal(self) -> Signal | None:
        """What the last point is a signal of, by the rules that count in a headline."""
        found = self.signal_at(self.judged) if self.judged is not None else None
        return found if found is not None and found.strong else None

    def signal_at(self, key: int) -> Signal | None:
        return next((s for stretch in self.stretches for s in stretch.signals if s.key == key), None)


def process(
    points: Sequence[Point],
    starts: Sequence[tuple[int, tuple[ProcessChange, ...]]],
    reach: tuple[float | None, float | None],
    season: int | None,
) -> Process:
    """The limits and signals of a course. `starts` are the first keys of its stretches, the course's own first.

    The last point takes no part in the limits it is judged by. `season` is how many periods make a year or a week.
    """
    usable = [p for p in points if isfinite(p.value)]
    judged = usable[-1].key if usable else None
    ends = [first for first, _ in starts[1:]] + [inf]
    pieces = [[p for p in usable if first <= p.key < end] for (first, _), end in zip(starts, ends, strict=True)]
    current = max((i for i, piece in enumerate(pieces) if piece), default=0)
    stretches = []
    for i, ((first, changes), piece) in enumerate(zip(starts, pieces, strict=True)):
        limits = limits_of([p.value for p in (piece[:-1] if i == current else piece)], reach)
        stretches.append(Stretch(first, changes, limits, signals_of(piece, limits) if limits is not None else ()))
    earlier = max(0, len(pieces[current]) - 1)
    limits = stretches[current].limits
    return Process(
        stretches=tuple(stretches),
        judged=judged,
        current=current,
        lacking=None if limits is not None else "too_short" if earlier < LEAST else "not_finite",
        earlier=earlier,
        warnings=_warnings(pieces[current], season) if limits is not None else (),
    )


def limits_of(values: Sequence[float], reach: tuple[float | None, float | None] = (None, None)) -> Limits | None:
    """The limits over the first of some values; `None` for too few, or where they are past what a number can hold."""
    base = values[:BASELINE]
    if len(base) < LEAST:
        return None
    try:
        mean = rounded(fsum(base) / len(base))
        moving = rounded(fsum(abs(b - a) for a, b in pairwise(base)) / (len(base) - 1))
    except OverflowError:
        return None
    low, high = mean - TO_LIMITS * moving, mean + TO_LIMITS * moving
    if not (isfinite(low) and isfinite(high)):
        return None
    least, most = reach
    low, high = (low if least is None else max(low, least)), (high if most is None else min(high, most))
    return Limits(mean, rounded(low), rounded(high), moving, len(base))


def signals_of(points: Sequence[Point], limits: Limits) -> tuple[Signal, ...]:
    """The points of a stretch that stand out. Neighbours are those next to each other in it, whatever lies between."""
    values = [p.value for p in points]
    rules: dict[int, list[int]] = {i: [1] for i, v in enumerate(values) if limits.outside(v)}
    for rule, found in ((2, _runs(values, limits)), (3, _crowds(values, limits))):
        for i in sorted(found):
            rules.setdefault(i, []).append(rule)
    return tuple(Signal(points[i].key, tuple(rules[i]), limits.side(values[i]) > 0) for i in sorted(rules))


def _runs(values: Sequence[float], limits: Limits) -> set[int]:
    """Rule 2: eight or more in a row on one side of the mean. A value on the mean ends a run."""
    found: set[int] = set()
    run: list[int] = []
    side = 0
    for i, value in enumerate(values):
        here = limits.side(value)
        run = [*run, i] if here == side else [i]
        side = here
        if side and len(run) >= RUN:
            found.update(run)
    return found


def _crowds(values: Sequence[float], limits: Limits) -> set[int]:
    """Rule 3: of four in a row, the three or four that are nearer to the same limit than to the mean."""
    near = [limits.near(v) for v in values]
    found: set[int] = set()
    for start in range(len(near) - 3):
        four = range(start, start + 4)
        for side in (1, -1):
            close = [i for i in four if near[i] == side]
            if len(close) >= 3:
                found.update(close)
    return found


def expected_false_signals(processes: Iterable[Process]) -> tuple[int, float]:
    """How many courses are judged by limits, and how many of them are signals by chance alone."""
    judged = [(p.limits.baseline, p.earlier) for p in processes if p.limits is not None]
    return len(judged), sum(FALSE_ALARMS[baseline][earlier > baseline] for baseline, earlier in judged)


FOLLOWS = 0.3  # a correlation of neighbours from which limits are too narrow


def _warnings(points: Sequence[Point], season: int | None) -> tuple[str, ...]:
    """Why limits are not to be trusted. Neighbours are looked at in the baseline alone: a shift after it is news."""
    found = []
    if autocorrelation(points[:-1][:BASELINE]) > FOLLOWS:
        found.append("autocorrelated")
    if season is not None and is_seasonal(points, season):
        found.append("seasonal")
    return tuple(found)


def autocorrelation(points: Sequence[Point]) -> float:
    """The correlation of values with those of the period before (lag 1), 0 for a constant course."""
    scaled = _standing(points)
    total = fsum(v * v for v in scaled.values())
    products = fsum(v * scaled[key - 1] for key, v in scaled.items() if key - 1 in scaled)
    return products / total if total > 0 else 0.0


def is_seasonal(points: Sequence[Point], season: int) -> bool:
    """Whether values go with those one season before, over two seasons at least, once a straight trend is taken off.

    Visible is a correlation past twice its standard error in a course of chance, and past 0.3.
    """
    level = _level(points)
    pairs = [(v, level[key - season]) for key, v in level.items() if key - season in level]
    if len(pairs) < season or len(level) < 2 * season:
        return False
    return _correlation(pairs) > max(FOLLOWS, 2 / sqrt(len(pairs)))


def _standing(points: Sequence[Point]) -> dict[int, float]:
    """Distances from the mean by key, in parts of the largest, so that no product is past what a number can hold."""
    if not points:
        return {}
    mean = fsum(p.value / len(points) for p in points)
    away = {p.key: p.value - mean for p in points}
    most = max(abs(v) for v in away.values())
    return {key: v / most for key, v in away.items()} if 0 < most < inf else dict.fromkeys(away, 0.0)


def _level(points: Sequence[Point]) -> dict[int, float]:
    """Distances from the straight line through a course."""
    away = _standing(points)
    middle = fsum(away) / len(away) if away else 0.0
    width = fsum((key - middle) ** 2 for key in away)
    slope = fsum((key - middle) * v for key, v in away.items()) / width if width > 0 else 0.0
    return {key: v - slope * (key - middle) for key, v in away.items()}


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's, 0 where one side does not vary."""
    n = len(pairs)
    first, second = fsum(a for a, _ in pairs) / n, fsum(b for _, b in pairs) / n
    spread = fsum((a - first) ** 2 for a, _ in pairs) * fsum((b - second) ** 2 for _, b in pairs)
    return fsum((a - first) * (b - second) for a, b in pairs) / sqrt(spread) if spread > 0 else 0.0
