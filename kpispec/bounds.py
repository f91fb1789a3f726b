"""One band: its text, and the values it holds in the indicator's unit."""

import re
from dataclasses import dataclass
from typing import Self

from kpispec.diagnostics import Findings
from kpispec.source import Span, Text
from kpispec.units import Amount, Unit, convert, parse_amount


def significant(value: float) -> float:
    """A value at the 12 significant digits at which it is judged."""
    return float(f"{value:.12g}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Values from low to high; `None` is unbounded; closed says that the end itself belongs."""

    low: float | None
    high: float | None
    low_closed: bool = True
    high_closed: bool = True

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.low_closed and self.high_closed))

    @property
    def ends(self) -> tuple[float, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)

    @property
    def words(self) -> str:
        """The values in words: `80`, `45 to 55`, `80 and above`."""
        if self.low is None and self.high is None:
            return "every value"
        if self.low is None:
            return f"{self.high:.12g} and below" if self.high_closed else f"what is below {self.high:.12g}"
        if self.high is None:
            return f"{self.low:.12g} and above" if self.low_closed else f"what is above {self.low:.12g}"
        return f"{self.low:.12g}" if self.low == self.high else f"{self.low:.12g} to {self.high:.12g}"

    def order(self) -> tuple[float, bool]:
        """To sort by the lower end."""
        return (float("-inf") if self.low is None else self.low, not self.low_closed)

    def holds(self, value: float) -> bool:
        """Whether a value lies inside, ends taken at the digits at which values are judged."""
        if self.low is not None:
            low = significant(self.low)
            if value < low or (value == low and not self.low_closed):
                return False
        if self.high is not None:
            high = significant(self.high)
            if value > high or (value == high and not self.high_closed):
                return False
        return True

    def meet(self, other: "Bounds") -> "Bounds | None":
        """The values that both hold, `None` where there is none."""
        lower, upper = max((self, other), key=Bounds.order), min((self, other), key=Bounds.upper_order)
        shared = Bounds(lower.low, upper.high, lower.low_closed, upper.high_closed)
        return None if shared.empty else shared

    def upper_order(self) -> tuple[float, bool]:
        """To sort by the upper end."""
        return (float("inf") if self.high is None else self.high, self.high_closed)

    def above(self, other: "Bounds") -> bool:
        """Whether every value here is greater than every value there."""
        if self.low is None or other.high is None:
            return False
        return self.low > other.high or (self.low == other.high and not (self.low_closed and other.high_closed))


@dataclass(frozen=True, slots=True)
class Band:
    """A band as written, and its ranges in the indicator's unit: one, or two for `outside`."""

    text: Text
    ranges: tuple[Bounds, ...]

    def holds(self, value: float) -> bool:
        return any(r.holds(value) for r in self.ranges)

    def above(self, other: Self) -> bool:
        return all(a.above(b) for a in self.ranges for b in other.ranges)

    def open_sides(self, unit: Unit) -> tuple[bool, bool]:
        """Whether the band goes on downwards and upwards, as far as values of the unit usually go."""
        low, high = self.ranges[0].low, self.ranges[-1].high
        down = low is None or (unit.usual[0] is not None and low <= unit.usual[0])
        up = high is None or (unit.usual[1] is not None and high >= unit.usual[1])
        return down, up


_COMPARISON = re.compile(r"\s*(>=|<=|>|<)\s*([^<>=\s][^<>]*?)\s*", re.DOTALL)
_INTERVAL = re.compile(r"\s*(outside\s*)?([\[(])\s*([^,\[\]()]*?)\s*,\s*([^,\[\]()]*?)\s*([\])])\s*", re.DOTALL)
_RELATIVE = re.compile(r"\b(target|benchmark|previous)\b")
_SHAPES = 'a band is `">= 80"`, `"< 4 h"`, `"[45, 55)"` or `"outside [120, 900]"`'


def parse_band(text: Text, unit: Unit, subject: str, findings: Findings) -> Band | None:
    """A band in the indicator's unit; bounds may be written in any unit of the family."""
    reader = _Reader(text, unit, subject, findings)
    comparison = _COMPARISON.fullmatch(text.value)
    interval = _INTERVAL.fullmatch(text.value)
    if _RELATIVE.search(text.value.lower()):
        reader.relative()
        return None
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

    def relative(self) -> None:
        word = _RELATIVE.search(self.text.value.lower())
        known = word[0] if word is not None else "target"
        help = f"write the figure itself; to stand beside it, `{known}` is shown with the value anyway"
        self.report("band-syntax", f"bounds relative to `{known}` are not supported yet", help)

    def unreadable(self) -> None:
        written = " ".join(self.text.value.split())
        self.report("band-syntax", f"the band `{written}` cannot be read", _likely(written) or _SHAPES)

    def comparison(self, found: re.Match[str]) -> Band | None:
        bound = self.bound(found, 2)
        if bound is None:
            return None
        closed = found[1].endswith("=")
        upward = Bounds(bound, None, low_closed=closed)
        return self.reachable((upward if found[1][0] == ">" else Bounds(None, bound, high_closed=closed),))

    def interval(self, found: re.Match[str]) -> Band | None:
        if not found[3] or not found[4] or "null" in (found[3].lower(), found[4].lower()):
            one = f'">= {found[3]}"' if found[3] and found[3].lower() != "null" else f'"<= {found[4] or 80}"'
            self.report("band-syntax", "an interval of a band has two ends", f"with one end write `{one}`")
            return None
        low, high = self.bound(found, 3), self.bound(found, 4)
        if low is None or high is None:
            return None
        inside = Bounds(low, high, found[2] == "[", found[5] == "]")
        if inside.empty:
            self.empty(low, high, found)
            return None
        if not found[1]:
            return self.reachable((inside,))
        below = Bounds(None, low, high_closed=not inside.low_closed)
        return self.reachable((below, Bounds(high, None, low_closed=not inside.high_closed)))

    def empty(self, low: float, high: float, found: re.Match[str]) -> None:
        help = f"write the smaller end first: `[{found[4]}, {found[3]}]`"
        if low == high:
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
            other = amount.unit.name if amount.unit is not None else ""
            message = f"`{written}` is in `{other}`, and the unit is `{self.unit.name}`"
            self.report("unit-mismatch", message, f"write the bound in `{self.unit.name}`", span)
            return None
        return value if self.within(value, amount, written, span) else None

    def within(self, value: float, amount: Amount, written: str, span: Span) -> bool:
        """Whether values of the unit can be there. A bare fraction of a percentage is taken for a share."""
        low, high = self.unit.reach
        if (low is not None and value < low) or (high is not None and value > high):
            reach = Bounds(low, high).words
            self.report(
                "band-out-of-reach",
                f"`{written}` is out of reach: `{self.unit.name}` takes {reach}",
                f"write a bound of {reach}",
                span,
            )
            return False
        if self.unit.family == "percent" and amount.unit is None and 0 < abs(value) < 1:
            message = f"`{written}` is less than one percent"
            help = f"likely `{value * 100:.12g}`; if less than one percent is meant, write `{written} %`"
            self.report("band-out-of-reach", message, help, span)
            return False
        return True

    def reachable(self, ranges: tuple[Bounds, ...]) -> Band | None:
        reach = Bounds(*self.unit.reach)
        if any(r.meet(reach) is not None for r in ranges):
            return Band(self.text, ranges)
        message = f"no value is `{self.text.value.strip()}`: `{self.unit.name}` takes {reach.words}"
        self.report("unreachable-band", message, "move the bound, or remove the band")
        return None


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
    comma = re.fullmatch(r"([0-9]+),([0-9]+)(.*)", written)
    if comma is not None:
        return f"write `{comma[1]}.{comma[2]}{comma[3]}`"
    if re.search(r"\band\b|\bor\b|[<>]", written):
        return _likely(written) or "for a range write `[45, 55)`"
    return "write a number, with a unit where it is another one than the KPI's: `80`, `4 h`"
