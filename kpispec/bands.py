"""Bands: which values of an indicator are good, worth watching, or bad."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from math import inf, isfinite
from types import MappingProxyType
from typing import Literal, Self, TypeAlias

from kpispec.bandtext import parse_band
from kpispec.bounds import FIGURES, Band, Bounds, Figure, Follow, significant
from kpispec.diagnostics import Findings, Related
from kpispec.source import Text
from kpispec.spec import Direction
from kpispec.units import NUMBER, Unit

__all__ = ["Band", "Bands", "Bounds", "Direction", "Verdict", "check_bands", "parse_band"]

Verdict = Literal["good", "watch", "bad"]

# The figures that a KPI has, with their values as far as the documents say them.
Known: TypeAlias = Mapping[Figure, tuple[float, ...]]
_NOTHING_KNOWN: Known = MappingProxyType({"previous": ()})


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

    @property
    def needs(self) -> tuple[Figure, ...]:
        """The figures that some band follows, and that have to be known before a value is judged."""
        return tuple(f for f in FIGURES if any(f in band.needs for _, band in self.named))

    def at(self, figures: Mapping[Figure, float]) -> Self:
        """The bands with their ends, where they follow figures."""
        good, watch, bad = (band.at(figures) if band else None for band in (self.good, self.watch, self.bad))
        return replace(self, good=good, watch=watch, bad=bad)

    def judge(self, value: float | None) -> Verdict | None:
        """The band of a value at 12 significant digits; `None` without bands, or for what is no finite number.

        Figures that bands follow can come to lie so that two claim one value: the worse counts.
        """
        if value is None or not isfinite(value) or not self.named or self.needs:
            return None
        exact = significant(value)
        return next((verdict for verdict, band in reversed(self.named) if band.holds(exact)), "watch")

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
    known: Known = _NOTHING_KNOWN,
) -> Bands | None:
    """The bands with the direction they say where none is given; `None` where something is wrong with them.

    Without any band the result judges nothing, and its direction is the one given. Bands that follow figures are
    checked at the values that are `known`, else, where that tells of all values, at one made up.
    """
    before = findings.errors
    texts = {"good": good, "watch": watch, "bad": bad}
    read = {name: parse_band(t, unit, f"{subject}.{name}", findings) if t else None for name, t in texts.items()}
    if findings.errors > before:
        return None
    bands = Bands(read["good"], read["watch"], read["bad"], direction, unit)
    if not bands.named:
        return bands
    return _follows(bands, known, subject, findings) if bands.needs else _sound(bands, subject, findings)


def _sound(bands: Bands, subject: str, findings: Findings, where: str = "") -> Bands | None:
    if _overlap(bands, subject, findings, where) or _hole(bands, bands.unit, subject, findings, where):
        return None
    return _directed(bands, bands.unit, subject, findings)


def _follows(bands: Bands, known: Known, subject: str, findings: Findings) -> Bands | None:
    """Bands that follow figures, checked as far as that can be decided."""
    _figureless(bands, known, subject, findings)
    settled = all(known.get(figure) for figure in bands.needs)
    made_up = {figure: (_middle(bands.unit),) for figure in bands.needs}
    if not settled and not _alike(bands):
        _undecided(bands, subject, findings)
        said = bands.direction or _said(bands.at({f: v[0] for f, v in made_up.items()}), bands.unit)
        return replace(bands, direction=said) if said else _directed(bands, bands.unit, subject, findings)
    values = [known.get(figure) or made_up[figure] for figure in bands.needs]
    for case in product(*values):
        figures = dict(zip(bands.needs, case, strict=True))
        where = " where " + " and ".join(f"`{figure}` is {value:.12g}" for figure, value in figures.items())
        at = bands.at(figures)
        if _unreachable(at, settled, subject, findings, where):
            return None
        sound = _sound(at, subject, findings, where)
        if sound is None:
            return None
        bands = replace(bands, direction=sound.direction)
    return bands


def _alike(bands: Bands) -> bool:
    """Whether all ends follow one figure in one manner, so that they lie to each other as at any positive value."""
    sketches = [sketch for _, band in bands.named for sketch in band.sketches]
    ends = [end for sketch in sketches for end in (sketch.low, sketch.high) if end is not None]
    follows = [end for end in ends if isinstance(end, Follow)]
    if any(band.ranges for _, band in bands.named) or len(follows) < len(ends) or len(bands.needs) > 1:
        return False
    return all(f.scales for f in follows) or all((f.factor, f.margin) == (1, 0) for f in follows)


def _middle(unit: Unit) -> float:
    """A value that the unit may well take."""
    low, high = unit.usual
    return 100.0 if low is None or high is None else low + 0.6 * (high - low)


def _figureless(bands: Bands, known: Known, subject: str, findings: Findings) -> None:
    cures = {"target": "add it under `targets`", "benchmark": "add it under `benchmarks`"}
    for verdict, band in bands.named:
        for figure in sorted(band.needs - known.keys()):
            findings.add(
                "bound-unknown",
                f"`{verdict}: {band.text.value}` follows a {figure}, and the KPI has none: nothing will be judged",
                subject=f"{subject}.{verdict}",
                span=band.text.span,
                help=cures.get(figure, "write the figure itself"),
            )


def _undecided(bands: Bands, subject: str, findings: Findings) -> None:
    """Bands of two kinds may come to cross; a single one has nothing to cross."""
    if len(bands.named) < 2:
        return
    (first, one), (last, two) = bands.named[0], bands.named[-1]
    findings.add(
        "mixed-bands",
        f"nothing says whether `{first}: {one.text.value}` and `{last}: {two.text.value}` can claim the same value",
        subject=subject,
        span=two.text.span,
        help="let all bands follow the same figure, or none; where two claim a value, the worse counts",
        related=(Related(f"`{first}` is here", one.text.span),),
    )


def _unreachable(bands: Bands, settled: bool, subject: str, findings: Findings, where: str) -> bool:
    """Whether some band holds nothing, or, at a figure that is `settled`, nothing that the unit can reach."""
    reach = Bounds(*bands.unit.reach) if settled else Bounds(None, None)
    for verdict, band in bands.named:
        if not any(r.meet(reach) is not None for r in band.ranges):
            findings.add(
                "unreachable-band",
                f"no value is `{band.text.value.strip()}`{where}",
                subject=f"{subject}.{verdict}",
                span=band.text.span,
                help="move the bound, or remove the band",
            )
            return True
    return False


def _overlap(bands: Bands, subject: str, findings: Findings, where: str = "") -> bool:
    for (first, one), (second, two) in combinations(bands.named, 2):
        shared = next((s for a in one.ranges for b in two.ranges if (s := a.meet(b)) is not None), None)
        if shared is None:
            continue
        findings.add(
            "overlapping-bands",
            f"`{first}: {one.text.value}` and `{second}: {two.text.value}` both claim {shared.words}{where}",
            subject=f"{subject}.{second}",
            span=two.text.span,
            help="let one of them begin where the other ends, as in `[45, 55)` beside `>= 55`",
            related=(Related(f"`{first}` is here", one.text.span),),
        )
        return True
    return False


def _hole(bands: Bands, unit: Unit, subject: str, findings: Findings, where: str = "") -> bool:
    """With all three bands given, each value that the unit usually takes belongs to one."""
    if len(bands.named) < 3:
        return False
    hole = next(_gaps(sorted((r for _, b in bands.named for r in b.ranges), key=Bounds.order), unit), None)
    if hole is None:
        return False
    last = bands.named[-1][1].text
    findings.add(
        "band-hole",
        f"no band says what {hole.words} is{where}",
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
