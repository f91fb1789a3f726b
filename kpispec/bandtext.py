"""Reading one band: what is written between the quotes, with a cure for what is not a band."""

import re
from dataclasses import dataclass
from typing import cast

from kpispec.bounds import Band, Bounds, Figure, Follow, Sketch
from kpispec.diagnostics import Findings
from kpispec.source import Span, Text
from kpispec.units import PERCENT, Amount, Unit, convert, parse_amount

_COMPARISON = re.compile(r"\s*(>=|<=|>|<)\s*([^<>=\s][^<>]*?)\s*", re.DOTALL)
_INTERVAL = re.compile(r"\s*(outside\s*)?([\[(])\s*([^,\[\]()]*?)\s*,\s*([^,\[\]()]*?)\s*([\])])\s*", re.DOTALL)
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
_FIGURES = "target|benchmark|previous"
_FOLLOWED = re.compile(
    rf"(?:({_NUMBER})\s*\*\s*|({_NUMBER})\s*%\s*of\s+)?({_FIGURES})(?:\s*\*\s*({_NUMBER}))?(?:\s*([+-])\s*(\S.*))?",
    re.DOTALL,
)
_WITHIN = re.compile(rf"\s*(outside|within)\s+(\S.*?)\s+of\s+({_FIGURES})\s*", re.DOTALL)
_RELATIVE = re.compile(rf"\b({_FIGURES})\b", re.IGNORECASE)
_SHAPES = 'a band is `">= 80"`, `"< 4 h"`, `"[45, 55)"`, `"outside [120, 900]"` or `">= 0.95 * target"`'
_RELATIVE_SHAPES = (
    '`">= target"`, `">= 0.95 * target"`, `"within 10 % of target"`; `benchmark` and `previous` stand so too'
)


def parse_band(text: Text, unit: Unit, subject: str, findings: Findings) -> Band | None:
    """A band in the indicator's unit; bounds may be written in any unit of the family, or follow a figure."""
    reader = _Reader(text, unit, subject, findings)
    comparison = _COMPARISON.fullmatch(text.value)
    interval = _INTERVAL.fullmatch(text.value)
    within = _WITHIN.fullmatch(text.value)
    if within is not None:
        return reader.within(within)
    if comparison is not None:
        return reader.comparison(comparison)
    if interval is not None:
        return reader.interval(interval)
    reader.unreadable()
    return None


@dataclass(frozen=True, slots=True)
class _Reader:
    """The reading of one band."""

    text: Text
    unit: Unit
    subject: str
    findings: Findings

    def report(self, rule: str, message: str, help: str, span: Span | None = None) -> None:
        self.findings.add(rule, message, subject=self.subject, span=span or self.text.span, help=help)

    def unreadable(self) -> None:
        written = " ".join(self.text.value.split())
        relative = f"one that follows a figure is written {_RELATIVE_SHAPES}" if _RELATIVE.search(written) else None
        self.report("band-syntax", f"the band `{written}` cannot be read", _likely(written) or relative or _SHAPES)

    def comparison(self, found: re.Match[str]) -> Band | None:
        bound = self.edge(found, 2)
        if bound is None:
            return None
        closed = found[1].endswith("=")
        upward = found[1][0] == ">"
        return self.band((Sketch(bound, None, low_closed=closed) if upward else Sketch(None, bound, True, closed),))

    def interval(self, found: re.Match[str]) -> Band | None:
        if not found[3] or not found[4] or "null" in (found[3].lower(), found[4].lower()):
            one = f'">= {found[3]}"' if found[3] and found[3].lower() != "null" else f'"<= {found[4] or 80}"'
            self.report("band-syntax", "an interval of a band has two ends", f"with one end write `{one}`")
            return None
        low, high = self.edge(found, 3), self.edge(found, 4)
        if low is None or high is None:
            return None
        inside = Sketch(low, high, found[2] == "[", found[5] == "]")
        if not inside.followed and inside.at({}).empty:
            self.empty(low == high, found)
            return None
        return self.band(_around(inside) if found[1] else (inside,))

    def within(self, found: re.Match[str]) -> Band | None:
        """So far on both sides of a figure, ends included."""
        amount, figure = self.amount(found, 2), cast("Figure", found[3])
        if amount is None:
            return None
        if amount.number < 0:
            self.report("band-syntax", f"`{found[2]}` is less than nothing", "write how far off is still inside")
            return None
        inside = Sketch(_shifted(Follow(figure), amount, -1), _shifted(Follow(figure), amount, 1))
        return self.band(_around(inside) if found[1] == "outside" else (inside,))

    def band(self, sketches: tuple[Sketch, ...]) -> Band | None:
        if any(sketch.followed for sketch in sketches):
            return Band(self.text, (), sketches)
        return self.reachable(tuple(sketch.at({}) for sketch in sketches))

    def edge(self, found: re.Match[str], group: int) -> float | Follow | None:
        """An end, plain or following a figure; `None` after a finding."""
        if not _RELATIVE.search(found[group]):
            return self.bound(found, group)
        parts = _FOLLOWED.fullmatch(found[group].lower())
        span = self.text.at(found.start(group), found.end(group))
        if parts is None or sum(part is not None for part in (parts[1], parts[2], parts[4])) > 1:
            self.report("band-syntax", f"`{found[group]}` cannot be read", f"write {_RELATIVE_SHAPES}", span)
            return None
        factor = float(parts[2]) / 100 if parts[2] is not None else float(parts[1] or parts[4] or 1)
        follow = Follow(cast("Figure", parts[3]), factor)
        if parts[5] is None:
            return follow
        amount = self.read(parts[6], span)
        return None if amount is None else _shifted(follow, amount, -1 if parts[5] == "-" else 1)

    def amount(self, found: re.Match[str], group: int) -> Amount | None:
        return self.read(found[group], self.text.at(found.start(group), found.end(group)))

    def read(self, written: str, span: Span) -> Amount | None:
        """How far off a figure, relative where it is in percent; `None` after a finding."""
        amount = parse_amount(written)
        if amount is None:
            self.report("band-syntax", f"`{written}` is no figure", _figure(written), span)
            return None
        if amount.unit == PERCENT:
            return amount
        value = difference(amount, self.unit)
        if value is None:
            self.elsewhere(written, amount, span)
            return None
        return Amount(value)

    def elsewhere(self, written: str, amount: Amount, span: Span) -> None:
        other = amount.unit.name if amount.unit is not None else ""
        message = f"`{written}` is in `{other}`, and the unit is `{self.unit.name}`"
        self.report("unit-mismatch", message, f"write the bound in `{self.unit.name}`", span)

    def empty(self, single: bool, found: re.Match[str]) -> None:
        help = f"write the smaller end first: `[{found[4]}, {found[3]}]`"
        if single:
            help = f"write `[{found[3]}, {found[4]}]` for this one value"
        self.report("unreachable-band", f"no value lies in `{self.text.value.strip()}`", help)

    def bound(self, found: re.Match[str], group: int) -> float | None:
        """An end in the indicator's unit; `None` after a finding."""
        written = found[group]
        span = self.text.at(found.start(group), found.end(group)) if written else self.text.span
        amount = parse_amount(written)
        if amount is None:
            self.report("band-syntax", f"`{written}` is no figure", _figure(written), span)
            return None
        value = convert(amount, self.unit)
        if value is None:
            self.elsewhere(written, amount, span)
            return None
        return value if self.fits(value, amount, written, span) else None

    def fits(self, value: float, amount: Amount, written: str, span: Span) -> bool:
        """Whether values of the unit can be there."""
        beyond = out_of_reach(value, amount, written, self.unit)
        if beyond is not None:
            self.report("band-out-of-reach", *beyond, span)
        return beyond is None

    def reachable(self, ranges: tuple[Bounds, ...]) -> Band | None:
        reach = Bounds(*self.unit.reach)
        if any(r.meet(reach) is not None for r in ranges):
            return Band(self.text, ranges)
        message = f"no value is `{self.text.value.strip()}`: `{self.unit.name}` takes {reach.words}"
        self.report("unreachable-band", message, "move the bound, or remove the band")
        return None


def out_of_reach(value: float, amount: Amount, written: str, unit: Unit) -> tuple[str, str] | None:
    """What is wrong with a figure that values of its unit cannot be, and the cure.

    A bare fraction of a percentage is taken for a share.
    """
    low, high = unit.reach
    if (low is not None and value < low) or (high is not None and value > high):
        reach = Bounds(low, high).words
        return f"`{written}` is out of reach: `{unit.name}` takes {reach}", f"write a figure of {reach}"
    if unit.family == "percent" and amount.unit is None and 0 < abs(value) < 1:
        likely = f"likely `{value * 100:.12g}`; if less than one percent is meant, write `{written} %`"
        return f"`{written}` is less than one percent", likely
    return None


def difference(amount: Amount, unit: Unit) -> float | None:
    """A distance between two values of a unit; points are those of percentages too. `None` for another family."""
    if amount.unit is not None and amount.unit.family == "points" and unit.family == "percent":
        return amount.number
    return convert(amount, unit)


def _shifted(follow: Follow, amount: Amount, sign: int) -> Follow:
    """A bound so far off the figure: a share of the figure's size where the amount is in percent."""
    if amount.unit == PERCENT:
        return Follow(follow.of, follow.factor, sign * amount.number / 100)
    return Follow(follow.of, follow.factor, plus=sign * amount.number)


def _around(inside: Sketch) -> tuple[Sketch, Sketch]:
    """What lies outside of a range."""
    below = Sketch(None, inside.low, high_closed=not inside.low_closed)
    return below, Sketch(inside.high, None, low_closed=not inside.high_closed)


_FIGURE = r"[+-]?[0-9.]+"
_MEANT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"=>\s*(.+)"), '">= {0}"'),
    (re.compile(r"=<\s*(.+)"), '"<= {0}"'),
    (re.compile(r"\u2265\s*(.+)"), '">= {0}"'),
    (re.compile(r"\u2264\s*(.+)"), '"<= {0}"'),
    (re.compile(r"(?:at least|min|minimum|from)\s+(.+)", re.IGNORECASE), '">= {0}"'),
    (re.compile(r"(?:at most|max|maximum|up to|until)\s+(.+)", re.IGNORECASE), '"<= {0}"'),
    (re.compile(r"(?:above|over|more than)\s+(.+)", re.IGNORECASE), '"> {0}"'),
    (re.compile(r"(?:below|under|less than)\s+(.+)", re.IGNORECASE), '"< {0}"'),
    (re.compile(r"between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE), '"[{0}, {1}]"'),
    (re.compile(rf"({_FIGURE})\s*(?:\.\.|-|\u2013|to)\s*({_FIGURE})"), '"[{0}, {1}]"'),
    (re.compile(r"\[\s*([^,;]+?)\s*;\s*([^,;]+?)\s*\]"), '"[{0}, {1}]"'),
    (re.compile(r"\[\s*([^,;]+?)\s*[,;]\s*([^,;]+?)\s*\["), '"[{0}, {1})"'),
    (re.compile(r"\]\s*([^,;]+?)\s*[,;]\s*([^,;]+?)\s*\]"), '"({0}, {1}]"'),
    (re.compile(r">=\s*(.+?)\s+and\s+<\s*([^=].*)", re.IGNORECASE), '"[{0}, {1})"'),
    (re.compile(r">=\s*(.+?)\s+and\s+<=\s*(.+)", re.IGNORECASE), '"[{0}, {1}]"'),
    (re.compile(r">\s*(.+?)\s+and\s+<\s*([^=].*)", re.IGNORECASE), '"({0}, {1})"'),
    (re.compile(r"==?\s*(.+)"), '"[{0}, {0}]"'),
    (re.compile(rf"({_FIGURE}(?:\s*[a-z%]+)?)"), '">= {0}"` or `"<= {0}"'),
)


def _likely(written: str) -> str | None:
    """What someone who wrote this most likely means."""
    for pattern, shape in _MEANT:
        found = pattern.fullmatch(written)
        if found is not None and all(parse_amount(figure) is not None for figure in found.groups()):
            return f"did you mean `{shape.format(*found.groups())}`?"
    return None


def _figure(written: str) -> str:
    grouped = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3})+)((?:\.[0-9]+)?\D*)", written)
    if grouped is not None:
        whole = grouped[1].replace(",", "")
        return f"write `{whole}{grouped[2]}`: thousands are not grouped, and the decimal sign is a point"
    comma = re.fullmatch(r"([0-9]+),([0-9]+)(.*)", written)
    if comma is not None:
        return f"write `{comma[1]}.{comma[2]}{comma[3]}`"
    if re.search(r"\band\b|\bor\b|[<>]", written):
        return _likely(written) or "for a range write `[45, 55)`"
    return "write a number, with a unit where it is another one than the KPI's: `80`, `4 h`"
