"""Natural limits drawn: a band for each stretch of a course, its signals, and labels that keep apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpispec.render.scales import Linear, Span, coordinate

_LINE = 14.0  # from one label to the next


@dataclass(frozen=True, slots=True)
class Zone:
    """Limits from the index `first` to `last` of a course."""

    first: int
    last: int
    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at the end of a line: its figure as written, and what it is."""

    value: float
    text: str
    word: str


@dataclass(frozen=True, slots=True)
class Zones:
    """The limits of a course, the indexes of its signals and of its runs, and where its process changed."""

    zones: tuple[Zone, ...] = ()
    signals: tuple[int, ...] = ()
    runs: tuple[int, ...] = ()
    labels: tuple[Label, ...] = ()
    changes: tuple[tuple[int, str], ...] = ()

    @property
    def ends(self) -> list[float]:
        return [end for zone in self.zones for end in (zone.low, zone.high)]


NO_ZONES = Zones()


@dataclass(frozen=True, slots=True)
class Band:
    x: str
    y: str
    width: str
    height: str
    mean: str  # the way of the line in its middle
    edges: str


@dataclass(frozen=True, slots=True)
class Marks:
    """Limits drawn, and the ways of the dots that stand out; the last point has a mark of its own."""

    bands: tuple[Band, ...] = ()
    signals: str = ""
    runs: str = ""
    last: str = ""  # signal, run or nothing


NO_MARKS = Marks()


def marks_of(zones: Zones, x: Linear, y: Linear, points: Sequence[Span | None], last: int) -> Marks:
    return Marks(
        bands=tuple(_band(zone, x, y) for zone in zones.zones),
        signals=_dots((i for i in zones.signals if i != last), points),
        runs=_dots((i for i in zones.runs if i != last), points),
        last="signal" if last in zones.signals else "run" if last in zones.runs else "",
    )


def _band(zone: Zone, x: Linear, y: Linear) -> Band:
    """From half a step before its first period to half a step after its last, and a little past the ends."""
    room = 4.0 if zone.first == 0 else 0.0
    start, end = x(zone.first - 0.5) - room, x(zone.last + 0.5) + (4.0 if zone.last >= x.high else 0.0)
    top, middle, foot = (coordinate(y(v)) for v in (zone.high, zone.mean, zone.low))
    left, right = coordinate(start), coordinate(end)
    return Band(
        x=left,
        y=top,
        width=coordinate(end - start),
        height=coordinate(max(1.0, y(zone.low) - y(zone.high))),
        mean=f"M{left} {middle}H{right}",
        edges=f"M{left} {top}H{right}M{left} {foot}H{right}",
    )


def _dots(indexes: Iterable[int], points: Sequence[Span | None]) -> str:
    """Points of a course as dots: ways of no length, whose round ends are seen."""
    places = (points[i] for i in indexes)
    return "".join(f"M{coordinate(p[0])} {coordinate(p[1])}h0" for p in places if p is not None)


def apart(labels: Iterable[Label], y: Linear, foot: float) -> tuple[tuple[str, str, str], ...]:
    """Labels at the height of their values, pushed down and up again until no two are nearer than a line."""
    placed = [(y(label.value), label) for label in sorted(labels, key=lambda label: -label.value)]
    heights: list[float] = []
    for at, _label in placed:
        heights.append(max(at, heights[-1] + _LINE) if heights else at)
    over = max(0.0, heights[-1] - foot) if heights else 0.0
    for i in reversed(range(len(heights))):
        room = foot if i == len(heights) - 1 else heights[i + 1] - _LINE
        heights[i] = min(heights[i], room) if over else heights[i]
    return tuple(
        (coordinate(height + 4), label.text, label.word) for height, (_at, label) in zip(heights, placed, strict=True)
    )
