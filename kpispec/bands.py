"""Bands: which values of an indicator are good, worth watching, or bad."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import inf, isfinite
from typing import Literal

from kpispec.bounds import Band, Bounds, parse_band, significant
from kpispec.diagnostics import Findings, Related
from kpispec.source import Text
from kpispec.spec import Direction
from kpispec.units import NUMBER, Unit

__all__ = ["Band", "Bands", "Bounds", "Direction", "Verdict", "check_bands", "parse_band"]

Verdict = Literal["good", "watch", "bad"]


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of an indicator in its unit, as written. What no band names is `watch`."""

    good: Band | None
    watch: Band | None
    bad: Band | None
    direction: Direction | None
    unit: Unit = NUMBER

    @property
    def named(self) -> tuple[tuple[Verdict, Band], ...]:
        pairs: tuple[tuple[Verdict, Band | None], ...] = (("good", self.good), ("watch", self.watch), ("bad", self.bad))
        return tuple((verdict, band) for verdict, band in pairs if band is not None)

    def judge(self, value: float | None) -> Verdict | None:
        """The band of a value at 12 significant digits; `None` without bands, or for what is no finite number."""
        if value is None or not isfinite(value) or not self.named:
            return None
        exact = significant(value)
        return next((verdict for verdict, band in self.named if band.holds(exact)), "watch")

    def cuts(self) -> tuple[float, ...]:
        """The bounds between two different bands, in order: a value near one could as well be on its other side.

        The far end of a band that goes as far as the unit does (the 100 of `[80, 100]`) divides nothing.
        """
        ranges = [bounds for _, band in self.named for bounds in band.ranges]
        ends = sorted({end for bounds in ranges for end in bounds.ends})
        inner = {end for bounds in ranges for end in self._inner(bounds)}
        edges = [-inf, *ends, inf]
        middles = [_between(a, b) for a, b in pairwise(edges)]
        return tuple(
            end
            for end, below, above in zip(ends, middles, middles[1:], strict=False)
            if end in inner and len({self.judge(below), self.judge(end), self.judge(above)}) > 1
        )

    def _inner(self, bounds: Bounds) -> tuple[float, ...]:
        outer = self.unit.reach if None in (bounds.low, bounds.high) else self.unit.usual
        return tuple(end for end in bounds.ends if end not in outer)


def _between(low: float, high: float) -> float:
    if low == -inf:
        return 0.0 if high == inf else high - abs(high) - 1
    return low + abs(low) + 1 if high == inf else (low + high) / 2


def check_bands(
    good: Text | None,
    watch: Text | None,
    bad: Text | None,
    direction: Direction | None,
    unit: Unit,
    subject: str,
    findings: Findings,
) -> Bands | None:
    """The bands with the direction they say where none is given; `None` where something is wrong with them.

    Without any band the result judges nothing, and its direction is the one given.
    """
    before = findings.errors
    texts = {"good": good, "watch": watch, "bad": bad}
    read = {name: parse_band(t, unit, f"{subject}.{name}", findings) if t else None for name, t in texts.items()}
    if findings.errors > before:
        return None
    bands = Bands(read["good"], read["watch"], read["bad"], direction, unit)
    if not bands.named:
        return bands
    if _overlap(bands, subject, findings) or _hole(bands, unit, subject, findings):
        return None
    return _directed(bands, unit, subject, findings)


def _overlap(bands: Bands, subject: str, findings: Findings) -> bool:
    for (first, one), (second, two) in combinations(bands.named, 2):
        shared = next((s for a in one.ranges for b in two.ranges if (s := a.meet(b)) is not None), None)
        if shared is None:
            continue
        findings.add(
            "overlapping-bands",
            f"`{first}: {one.text.value}` and `{second}: {two.text.value}` both claim {shared.words}",
            subject=f"{subject}.{second}",
            span=two.text.span,
            help="let one of them begin where the other ends, as in `[45, 55)` beside `>= 55`",
            related=(Related(f"`{first}` is here", one.text.span),),
        )
        return True
    return False


def _hole(bands: Bands, unit: Unit, subject: str, findings: Findings) -> bool:
    """With all three bands given, each value that the unit usually takes belongs to one."""
    if len(bands.named) < 3:
        return False
    hole = next(_gaps(sorted((r for _, b in bands.named for r in b.ranges), key=Bounds.order), unit), None)
    if hole is None:
        return False
    last = bands.named[-1][1].text
    findings.add(
        "band-hole",
        f"no band says what {hole.words} is",
        subject=subject,
        span=last.span,
        help="widen one of the bands, or leave out `watch`: it is what the two others do not name",
    )
    return True


def _gaps(ranges: list[Bounds], unit: Unit) -> Iterator[Bounds]:
    low, closed = unit.usual[0], True
    for each in ranges:
        hole = Bounds(low, each.low, closed, not each.low_closed)
        if each.low is not None and not hole.empty:
            yield hole
        if each.high is None:
            return
        low, closed = each.high, not each.high_closed
    rest = Bounds(low, unit.usual[1], closed, True)
    if not rest.empty:
        yield rest


def _directed(bands: Bands, unit: Unit, subject: str, findings: Findings) -> Bands | None:
    said = _said(bands, unit)
    given = bands.direction
    first = bands.named[0][1].text
    if said is None and given is None:
        findings.add(
            "missing-direction",
            "the bands do not say which direction is better",
            subject=subject,
            span=first.span,
            help="add `direction: higher_is_better`, `lower_is_better` or `closer_to_target`",
        )
        return None
    wrong = _against(bands, given, said)
    if wrong is not None:
        findings.add("bands-against-direction", wrong, subject=subject, span=first.span, help=_cure(given, said))
        return None
    return Bands(bands.good, bands.watch, bands.bad, given or said, unit)


# Whether the good band goes on downwards and upwards, and what that says.
_GOOD_SIDE: dict[tuple[bool, bool], Direction] = {(False, True): "higher_is_better", (True, False): "lower_is_better"}


def _said(bands: Bands, unit: Unit) -> Direction | None:
    """The direction that the bands say: good above or below the others, or, alone, the side that it is open to."""
    if bands.good is not None:
        for other in (bands.bad, bands.watch):
            if other is None:
                continue
            if bands.good.above(other):
                return "higher_is_better"
            if other.above(bands.good):
                return "lower_is_better"
            return "closer_to_target"
        return _GOOD_SIDE.get(bands.good.open_sides(unit), "closer_to_target")
    if bands.bad is None:
        return None
    down, up = bands.bad.open_sides(unit)
    return _GOOD_SIDE.get((up, down), "closer_to_target")


def _against(bands: Bands, given: Direction | None, said: Direction | None) -> str | None:
    """What is wrong between the bands and the direction, or between the bands themselves."""
    if given is not None and said is not None and given != said:
        target = bands.good is not None and given == "closer_to_target" and len(bands.good.ranges) == 1
        bounded = (
            target and bands.good is not None and None not in (bands.good.ranges[0].low, bands.good.ranges[0].high)
        )
        if not bounded:
            return f"`direction` is `{given}`, and the bands say `{said}`"
    direction = given or said
    if bands.good is None or bands.watch is None or bands.bad is None or direction == "closer_to_target":
        return None
    rising = direction == "higher_is_better"
    ladder = (bands.bad, bands.watch, bands.good) if rising else (bands.good, bands.watch, bands.bad)
    if ladder[1].above(ladder[0]) and ladder[2].above(ladder[1]):
        return None
    return "`watch` does not lie between `good` and `bad`"


def _cure(given: Direction | None, said: Direction | None) -> str:
    if given is not None and said is not None and given != said:
        return f"write `direction: {said}`, or turn the bands round"
    return "order the bands: good, then watch, then bad"
