"""Geometry of the small charts: figures in, coordinates as text out. Markup and colour live in the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kpispec.render.scales import Figure, Linear, Span, Tick, coordinate, path_of, points_of, ticks
from kpispec.render.zones import NO_MARKS, NO_ZONES, Marks, Zones, apart, marks_of

SPARK = (156.0, 40.0)
TREND = (622.0, 214.0)
BULLET = (216.0, 26.0)
DOTS = (160.0, 16.0)

_LEFT, _RIGHT, _TOP, _BOTTOM = 76.0, 158.0, 20.0, 28.0  # margins of the trend


@dataclass(frozen=True, slots=True)
class Spark:
    line: str
    tail: str  # the way to a point of a period still running
    alone: str  # points without neighbours
    target: str
    last: tuple[str, str]
    open_last: bool
    xs: str
    limits: Marks = NO_MARKS


@dataclass(frozen=True, slots=True)
class Trend:
    line: str
    tail: str
    dots: str
    fog: str  # the confidence band
    whiskers: str  # the confidence intervals, where the band is that of the limits
    target: str
    sides: tuple[tuple[str, str, str], ...]  # y, figure and word of what stands at the end of a line
    last: tuple[str, str]
    last_label: tuple[str, str, str]
    open_last: bool
    ticks: tuple[tuple[str, str, str], ...]  # y of the line, y of its text, text
    labels: tuple[tuple[str, str], ...]  # x, text
    xs: str
    limits: Marks = NO_MARKS
    cuts: tuple[tuple[str, str, str, bool], ...] = ()  # a process change: x, x of its text, text, whether it ends there
    left: str = coordinate(_LEFT)
    right: str = coordinate(TREND[0] - _RIGHT)
    side: str = coordinate(TREND[0] - _RIGHT + 8)  # where `sides` begin
    foot: str = coordinate(TREND[1] - _BOTTOM)


@dataclass(frozen=True, slots=True)
class Bullet:
    bands: tuple[tuple[str, str, str], ...]  # tone, x, width
    zero: str | None
    bar: tuple[str, str] | None
    dot: str | None
    fog: tuple[str, str] | None
    target: str | None
    mark: str | None  # the outside figure
    mark_range: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    line: tuple[str, str] | None


def spark(
    values: Sequence[Figure], targets: Sequence[Figure], *, open_last: bool, zones: Zones = NO_ZONES
) -> Spark | None:
    """The course of a KPI, gaps left open, in its natural limits.

    Without limits its target is drawn, where it does not flatten the line.
    """
    seen = [v for v in values if v is not None]
    if not seen:
        return None
    width, height = SPARK
    low, high = min(seen), max(seen)
    goals = [t for t in targets if t is not None]
    near = not zones.zones and goals and max(high, *goals) - min(low, *goals) <= 2.5 * (high - low)
    if near:
        low, high = min(low, *goals), max(high, *goals)
    low, high = min([low, *zones.ends]), max([high, *zones.ends])
    x = Linear(0, len(values) - 1, 4, width - 7)
    y = Linear(low, high, height - 5, 5)
    points = points_of(values, x, y)
    last = max(i for i, v in enumerate(values) if v is not None)
    solid = _hide(points, last) if open_last else points
    return Spark(
        line=path_of(solid),
        tail=_tail(points, last) if open_last else "",
        alone=_alone(solid),
        target=_steps(targets, x, y) if near else "",
        last=_at(points, last),
        open_last=open_last,
        xs=_xs(len(values), x),
        limits=marks_of(zones, x, y, points, last),
    )


def trend(
    values: Sequence[Figure],
    intervals: Sequence[Span | None],
    targets: Sequence[Figure],
    labels: Sequence[str],
    *,
    words: Sequence[str],
    tick: Tick,
    open_last: bool,
    zones: Zones = NO_ZONES,
) -> Trend | None:
    """The same course with its axis and target, its limits, and confidence intervals: a band where there are no limits.

    `words[i]` is the value i as it is written.
    """
    if all(v is None for v in values):
        return None
    x, y, marks = _axes([*values, *zones.ends], intervals, targets, tick, len(values))
    # Whole pixels of height: no eye tells them apart, and the page has to stay light.
    points = [None if p is None else (p[0], float(round(p[1]))) for p in points_of(values, x, y)]
    last = max(i for i, v in enumerate(values) if v is not None)
    solid = _hide(points, last) if open_last else points
    final = points[last] or (0.0, 0.0)
    return Trend(
        line=path_of(solid),
        tail=_tail(points, last) if open_last else "",
        dots="".join(f"M{coordinate(p[0])} {coordinate(p[1])}h0" for p in solid if p),
        fog="" if zones.zones else _fog(intervals, x, y),
        whiskers=_whiskers(intervals, x, y) if zones.zones else "",
        target=_steps(targets, x, y),
        sides=apart(zones.labels, y, TREND[1] - _BOTTOM),
        last=_at(points, last),
        last_label=(coordinate(final[0] + 4), coordinate(_label_height(points, last)), words[last]),
        open_last=open_last,
        ticks=tuple((coordinate(y(t)), coordinate(y(t) + 4), tick.write(t)) for t in marks),
        labels=tuple((coordinate(x(i)), labels[i]) for i in _labelled(len(values))),
        xs=_xs(len(values), x),
        limits=marks_of(zones, x, y, points, last),
        cuts=_cuts(zones, x),
    )


def _label_height(points: Sequence[Span | None], last: int) -> float:
    """Above the last point, or below it where the line comes down to it."""
    final, before = points[last], next((p for p in reversed(points[:last]) if p), None)
    at = final[1] if final else 0.0
    down = before is not None and before[1] < at - 2
    return min(at + 20, TREND[1] - _BOTTOM - 4) if down else at - 10


def _cuts(zones: Zones, x: Linear) -> tuple[tuple[str, str, str, bool], ...]:
    """Process changes, before the first period of the new process; past the middle their text ends there."""
    found = []
    for index, text in zones.changes:
        at, late = x(index - 0.5), index > x.high / 2
        found.append((coordinate(at), coordinate(at - 5 if late else at + 5), text, late))
    return tuple(found)


def _whiskers(intervals: Sequence[Span | None], x: Linear, y: Linear) -> str:
    spans = ((x(i), span) for i, span in enumerate(intervals) if span is not None)
    ends = ((at, round(y(low)), round(y(high))) for at, (low, high) in spans)  # of a thin line: whole pixels will do
    return "".join(f"M{coordinate(at)} {low}V{high}" for at, low, high in ends)


def _axes(
    values: Sequence[Figure], intervals: Sequence[Span | None], targets: Sequence[Figure], tick: Tick, count: int
) -> tuple[Linear, Linear, list[float]]:
    """The scales of a trend and the marks of its vertical one: all that is drawn lies between them."""
    width, height = TREND
    drawn = [v for v in (*values, *targets) if v is not None] + [end for span in intervals if span for end in span]
    low, high = min(drawn), max(drawn)
    pad = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    marks = ticks(low - pad / 4, high + pad / 4, tick.seconds)
    x = Linear(0, count - 1, _LEFT + 6, width - _RIGHT - 8)
    y = Linear(min(low - pad, marks[0]), max(high + pad, marks[-1]), height - _BOTTOM, _TOP)
    return x, y, marks


def bullet(
    scale: Span,
    bands: Sequence[tuple[str, Figure, Figure]],
    value: Figure,
    interval: tuple[Figure, Figure] | None,
    target: Figure,
    mark: tuple[Figure, Figure, Figure] = (None, None, None),
) -> Bullet:
    """A value among its bands: a bar from zero, or a dot where the scale leaves zero out."""
    low, high = scale
    x = Linear(low, high, 1, BULLET[0] - 1)
    with_zero = low <= 0 <= high
    bar = dot = None
    if value is not None:
        start, end = sorted((x(0), x(value)))
        bar = (coordinate(start), coordinate(max(1.5, end - start))) if with_zero else None
        dot = coordinate(x(value))
    shown = [(tone, x(low if a is None else a), x(high if b is None else b)) for tone, a, b in bands]
    single, first, last = mark
    return Bullet(
        bands=tuple(
            (tone, coordinate(a), coordinate(b - a)) for tone, a, b in sorted(shown, key=lambda s: s[1]) if b > a
        ),
        zero=coordinate(x(0)) if with_zero and low < 0 else None,
        bar=bar,
        dot=dot,
        fog=None if interval is None else _stretch(x, interval, scale),
        target=None if target is None else coordinate(x(target)),
        mark=None if single is None else coordinate(x(single)),
        mark_range=None if first is None or last is None else _stretch(x, (first, last), scale),
    )


def bullet_scale(figures: Sequence[float], reach: Span | None) -> Span:
    """One scale for all segments and periods of a KPI, wide enough for its bounds and everything seen.

    The whole reach of the unit where the figures take up a quarter of it; from zero where they are well above it;
    else closely around them.
    """
    low, high = min(figures), max(figures)
    if reach is not None and (low < reach[0] or high > reach[1]):
        reach = None
    if reach is not None and high - low >= (reach[1] - reach[0]) / 4:
        return reach
    if low >= 0 and low <= 0.8 * high and reach is None:
        return (0.0, high * 1.12)
    pad = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    wide = (low - pad, high + pad)
    return wide if reach is None else (max(reach[0], wide[0]), min(reach[1], wide[1]))


def dots(
    values: Sequence[Figure], intervals: Sequence[Span | None], whole: Figure
) -> tuple[list[Dot | None], str | None]:
    """Values of segments on a common scale with their intervals, and where the whole stands."""
    seen = [v for v in (*values, whole) if v is not None]
    if not seen:
        return [None for _ in values], None
    ends = [end for span in intervals if span for end in span]
    low, high = min([*seen, *ends]), max([*seen, *ends])
    pad = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    x = Linear(low - pad, high + pad, 4, DOTS[0] - 4)
    placed = [
        None
        if v is None
        else Dot(coordinate(x(v)), None if span is None else (coordinate(x(span[0])), coordinate(x(span[1]))))
        for v, span in zip(values, intervals, strict=True)
    ]
    return placed, None if whole is None else coordinate(x(whole))


def _alone(points: Sequence[Span | None]) -> str:
    padded = [None, *points, None]
    lonely = (p for a, p, b in zip(padded, padded[1:], padded[2:], strict=False) if p and not a and not b)
    return "".join(f"M{coordinate(p[0])} {coordinate(p[1])}h0" for p in lonely)


def _hide(points: list[Span | None], last: int) -> list[Span | None]:
    return [*points[:last], None, *points[last + 1 :]]


def _tail(points: Sequence[Span | None], last: int) -> str:
    return path_of(points[max(0, last - 1) : last + 1])


def _at(points: Sequence[Span | None], index: int) -> tuple[str, str]:
    point = points[index]
    return ("0", "0") if point is None else (coordinate(point[0]), coordinate(point[1]))


def _xs(count: int, x: Linear) -> str:
    return " ".join(coordinate(x(i)) for i in range(count))


def _steps(targets: Sequence[Figure], x: Linear, y: Linear) -> str:
    """A level from half a step before its first period to half a step after its last."""
    half = (x.end - x.start) / max(1, len(targets) - 1) / 2 if len(targets) > 1 else 8.0
    parts, pen = [], "M"
    for i, target in enumerate(targets):
        if target is None:
            pen = "M"
            continue
        level = coordinate(y(target))
        parts.append(f"{pen}{coordinate(x(i) - half)} {level}H{coordinate(x(i) + half)}")
        pen = "L"
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    """Steps of one level drawn as a single stroke."""
    merged: list[str] = []
    for part in parts:
        level = part.split(" ")[1].split("H")[0]
        if merged and part.startswith("L") and merged[-1].split(" ")[1].split("H")[0] == level:
            merged[-1] = merged[-1].rsplit("H", 1)[0] + "H" + part.rsplit("H", 1)[1]
        else:
            merged.append(part)
    return "".join(merged)


def _fog(intervals: Sequence[Span | None], x: Linear, y: Linear) -> str:
    parts: list[str] = []
    run: list[tuple[float, Span]] = []
    for i, span in enumerate([*intervals, None]):
        if span is not None:
            run.append((x(i), span))
            continue
        if len(run) == 1:
            at, only = run[0]
            run = [(at - 3, only), (at + 3, only)]
        if run:
            there = [(at, y(high)) for at, (_, high) in run]
            back = [(at, y(low)) for at, (low, _) in reversed(run)]
            parts.append(path_of([*there, *back]) + "Z")
        run = []
    return "".join(parts)


def _stretch(x: Linear, span: tuple[Figure, Figure], scale: Span) -> tuple[str, str]:
    low = x(scale[0] if span[0] is None else span[0])
    high = x(scale[1] if span[1] is None else span[1])
    return coordinate(low), coordinate(max(1.5, high - low))


def _labelled(count: int) -> list[int]:
    """At most five places along the axis, the last one among them."""
    step = max(1, ceil(count / 5))
    return [i for i in range(count) if (count - 1 - i) % step == 0]
