"""Figures, durations and days in the words of a locale. The only place that turns a number into text for people.

Babel supplies the symbols; the rounding is ours (half away from zero, as the language's `round`), so that a page does
not depend on a library's habit. Every space inside a figure is a no-break one, the minus is U+2212, and -0 is 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import floor, log10
from statistics import median

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_datetime, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal, get_currency_symbol, parse_pattern

from kpispec.periods import Period, written
from kpispec.units import NUMBER, Unit, parse_unit

NBSP, MINUS, NOTHING = "\u00a0", "\u2212", "\u2013"
MOST_DECIMALS = 6

_DECIMALS: dict[str, int] = {"percent": 1, "points": 1, "per": 2, "count": 0, "currency": 2}
_DAY_LETTER = {"fr": "j", "de": "T", "it": "g", "nl": "d"}
_POINT = {"fr": "pt", "en": "pp"}


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag. Plain `en` is international English (31 August 2026), and so is an unknown tag."""
    tag = "en-001" if language in ("", "en") else language
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en-001", sep="-")


@lru_cache(maxsize=256)
def unit_of(text: str) -> Unit:
    """The unit of a text; a plain number for one that the language does not know."""
    return parse_unit(text) or NUMBER


def family(unit: str) -> str:
    """percent, points, duration, count, number, score, currency or per (a rate)."""
    return unit_of(unit).family.split(" ")[0]


def seconds_of(unit: str) -> float | None:
    """A duration's unit in seconds; None for other units."""
    return unit_of(unit).factor if family(unit) == "duration" else None


@dataclass(frozen=True, slots=True)
class Figures:
    """How the figures of one KPI are written: the same unit and decimals wherever they stand."""

    unit: str
    language: str
    decimals: int | None = None
    compact: bool = False

    def value(self, value: float | None, cuts: Sequence[float] = ()) -> str:
        """The value with its unit; more digits where fewer would put it on the other side of one of `cuts`."""
        if value is None:
            return NOTHING
        return self._signed(value, _wrap(self._plain(abs(value), [abs(c) for c in cuts if c * value >= 0]), self))

    def delta(self, value: float | None) -> str:
        """A difference with its sign: points for percentages and scores of points, the unit for the rest."""
        if value is None:
            return NOTHING
        digits = self._plain(abs(value), ())
        text = digits + NBSP + self._point() if family(self.unit) in ("percent", "points") else _wrap(digits, self)
        sign = "" if self.vanishes(value) else MINUS if value < 0 else "+"
        return sign + text

    def step(self, delta: float) -> Fraction:
        """What the last digit of a difference stands for, where it is written: of a duration, its smaller unit."""
        if family(self.unit) != "duration":
            decimals = self.decimals if self.decimals is not None else usual_decimals(self.unit, abs(delta))
            return Fraction(1, 10**decimals)
        factor = unit_of(self.unit).factor
        seconds = abs(delta) * factor
        last = (
            Fraction(1, 10 ** _second_digits(seconds, self.decimals)) if seconds < 60 else Fraction(_step(seconds, 2))
        )
        return last / Fraction(factor)

    def stepped(self, steps: int, step: Fraction) -> str:
        """A difference of so many steps with all of its digits, so that such differences add up as they are written."""
        value = abs(steps) * step
        if family(self.unit) == "duration":
            seconds, smallest = value * Fraction(unit_of(self.unit).factor), step * Fraction(unit_of(self.unit).factor)
            whole = smallest.denominator == 1
            decimals = 0 if whole else len(str(smallest.denominator)) - 1
            plain = number(rounded(float(seconds), decimals), self.language) + NBSP + "s"
            text = _spell(float(seconds), 4, self.language, 0) if whole else plain
        else:
            plain = number(rounded(float(value), len(str(step.denominator)) - 1), self.language)
            pointed = family(self.unit) in ("percent", "points")
            text = plain + NBSP + self._point() if pointed else _wrap(plain, self)
        return ("" if not steps else MINUS if steps < 0 else "+") + text

    def range(self, low: float | None, high: float | None) -> str:
        """`77.4 – 80.8%`: the unit once. An open side leaves a comparison."""
        if low is None or high is None:
            side = (">=", low) if low is not None else ("<=", high)
            return NOTHING if side[1] is None else comparison(side[0]) + NBSP + self.value(side[1])
        prefix, suffix = affixes(self.unit, self.language)
        same = self.decimals if self.decimals is not None else usual_decimals(self.unit, max(abs(low), abs(high)))
        alike = Figures(self.unit, self.language, None if family(self.unit) == "duration" else same, self.compact)
        first, last = alike._bare(low), alike._bare(high)
        if family(self.unit) == "duration":
            first = _without_shared_unit(first, last)
        return f"{prefix}{first} {NOTHING} {last}{suffix}"

    def tick(self, value: float) -> str:
        """A bound, a target, an axis: as few decimals as say it exactly; one more than usual for a computed one."""
        if family(self.unit) == "duration":
            return self.value(value)
        decimals = exact_decimals(value)
        if decimals == MOST_DECIMALS:
            usual = self.decimals if self.decimals is not None else usual_decimals(self.unit, abs(value))
            decimals = min(usual + 1, MOST_DECIMALS)
        if family(self.unit) == "currency" and decimals == 1:
            decimals = 2
        return Figures(self.unit, self.language, decimals).value(value)

    def vanishes(self, value: float) -> bool:
        """True when the value is written with zeros only."""
        return not any(c in "123456789" for c in self._plain(abs(value), ()))

    def _point(self) -> str:
        if family(self.unit) == "points":
            return "pt"
        return _POINT.get(locale_of(self.language).language, "pp")

    def _signed(self, value: float, text: str) -> str:
        return MINUS + text if value < 0 and any(c in "123456789" for c in text) else text

    def _bare(self, value: float) -> str:
        return self._signed(value, self._plain(abs(value), ()))

    def _plain(self, magnitude: float, cuts: Sequence[float]) -> str:
        """The digits of a value that is not negative, without its unit (a duration keeps its units)."""
        if family(self.unit) == "duration":
            factor = unit_of(self.unit).factor
            return _duration(magnitude * factor, [c * factor for c in cuts], self.language, self.decimals)
        if self.compact and magnitude >= 10_000:
            text = format_compact_decimal(magnitude, locale=locale_of(self.language), fraction_digits=1)
            return text.replace(" ", NBSP)
        decimals = self.decimals if self.decimals is not None else usual_decimals(self.unit, magnitude)
        return number(_apart(magnitude, cuts, decimals), self.language)


def format_value(value: float | None, unit: str, language: str, decimals: int | None = None) -> str:
    """One figure with its unit; an en dash for none."""
    return Figures(unit, language, decimals).value(value)


def percentage(share: float, language: str) -> str:
    """A share of one as a percentage: the level of an interval."""
    return Figures("percent", language, exact_decimals(100 * share)).value(100 * share)


def number(value: Decimal | int, language: str) -> str:
    """A rounded number with the locale's grouping and decimal sign, all of its decimals kept."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=locale_of(language)).replace("-", MINUS)


def rounded(value: float, decimals: int) -> Decimal:
    """Half away from zero at 12 significant digits, never a negative zero."""
    step = Decimal(1).scaleb(-decimals)
    result = Decimal(f"{value:.12g}").quantize(step, rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def usual_decimals(unit: str, magnitude: float) -> int:
    """Decimals of a unit when the spec names none and nothing is known of the KPI's other values."""
    kind = family(unit)
    if kind == "score":
        low, high = unit_of(unit).reach
        return 2 if (high or 0.0) - (low or 0.0) <= 20 else 1
    if kind == "currency":
        return 0 if magnitude >= 10_000 else 2
    if kind in _DECIMALS:
        return _DECIMALS[kind]
    return 2 if magnitude < 100 else 1 if magnitude < 1000 else 0


def steady_decimals(unit: str, values: Iterable[float | None]) -> int | None:
    """Decimals for all figures of a KPI: one more than usual when its periods differ by less than the usual step.

    Of a duration, those of its seconds: none once the KPI is about minutes. None where the usual ones do.
    """
    seen = [v for v in values if v is not None]
    if family(unit) == "duration":
        return 0 if seen and max(abs(v) for v in seen) * unit_of(unit).factor >= 60 else None
    if family(unit) == "count" or not seen:
        return None
    usual = usual_decimals(unit, max(abs(v) for v in seen))
    steps = [abs(b - a) for a, b in pairwise(seen) if a != b]
    if len(steps) < 6:
        return usual
    needed = -floor(log10(median(steps)))
    return min(max(usual, needed), usual + 2)


def exact_decimals(value: float) -> int:
    """As few decimals as write the value exactly, at most six."""
    return next((d for d in range(MOST_DECIMALS) if float(rounded(value, d)) == float(f"{value:.12g}")), MOST_DECIMALS)


@lru_cache(maxsize=256)
def affixes(unit: str, language: str) -> tuple[str, str]:
    """What stands before and after the digits of a unit: `("", "\u00a0%")`, `("€", "")`."""
    locale = locale_of(language)
    match family(unit):
        case "percent":
            pattern = locale.percent_formats[None]
            return pattern.prefix[0], pattern.suffix[0]
        case "currency":
            symbol = get_currency_symbol(unit, locale=locale)
            pattern = parse_pattern(locale.currency_formats["standard"].pattern)
            gap = NBSP if symbol[-1:].isalpha() and pattern.prefix[0] else ""
            return pattern.prefix[0].replace("¤", symbol + gap), pattern.suffix[0].replace("¤", symbol)
        case _:
            return "", ""


def comparison(operator: str) -> str:
    """The sign of a comparison for people."""
    return {">=": "≥", "<=": "≤", "=": "=", "<>": "≠"}.get(operator, operator)


def format_day(day: date, language: str) -> str:
    """`31 August 2026`."""
    text = babel_date(day, "long", locale=locale_of(language))
    return "1er" + text.removeprefix("1") if text.startswith("1 ") and language.startswith("fr") else text


def format_instant(instant: datetime, language: str) -> str:
    """Day and minute, in the zone that the instant is given in; the day alone for midnight."""
    locale = locale_of(language)
    if (instant.hour, instant.minute) == (0, 0):
        return format_day(instant.date(), language)
    return f"{format_day(instant.date(), language)}, {format_datetime(instant, 'HH:mm', locale=locale)}"


def format_period(period: Period, language: str, *, short: bool = False) -> str:
    """`August 2026`, `Q3 2026`, `W07 2026`; the empty text for the period of all rows."""
    if period.start is None:
        return ""
    locale, start = locale_of(language), period.start
    if period.names:
        return _called(dict(period.names), locale.language)
    match period.grain:
        case "day":
            return babel_date(start, "medium" if short else "long", locale=locale)
        case "week":
            year, week, _ = start.isocalendar()
            return f"{'S' if locale.language == 'fr' else 'W'}{week:02d} {year}"
        case "quarter":
            return format_skeleton("yQQQ" if short else "yQQQQ", start, locale=locale)
        case "year":
            return str(start.year)
        case "calendar_week":
            day = babel_date(start, "medium", locale=locale)
            return f"semaine du {day}" if locale.language == "fr" else f"week of {day}"
        case "fiscal_year" | "fiscal_quarter" | "fiscal_period":
            return _fiscal(written(period), locale.language)
        case _:
            return format_skeleton("yMMM" if short else "yMMMM", start, locale=locale)


def _called(names: Mapping[str, str], language: str) -> str:
    """What a calendar calls a period, in a language if it says so in it."""
    return next((names[tag] for tag in (language, "", "en") if tag in names), next(iter(names.values())))


def _fiscal(words: str, language: str) -> str:
    """`FY2026-Q3` as people read it: `Q3 FY2026`, in French `T3 ex. 2026`."""
    year, _, part = words.partition("-")
    if language == "fr":
        year, part = year.replace("FY", "ex." + NBSP), part.replace("Q", "T")
    return f"{part} {year}".strip()


def format_days(days: float, language: str) -> str:
    """An age: days and hours under three days, whole days past that."""
    return _duration(days * 86400 if days < 3 else floor(days) * 86400.0, (), language, None)


def _wrap(digits: str, figures: Figures) -> str:
    prefix, suffix = affixes(figures.unit, figures.language)
    return prefix + digits + suffix


def _apart(value: float, cuts: Iterable[float], decimals: int) -> Decimal:
    """The value rounded, with more decimals until it stands on its own side of every cut."""
    exact = Decimal(f"{value:.12g}")
    bounds = [Decimal(f"{cut:.12g}") for cut in cuts]
    for digits in range(decimals, MOST_DECIMALS + 1):
        shown = rounded(value, digits)
        if all((shown > b) - (shown < b) == (exact > b) - (exact < b) for b in bounds):
            return shown
    return rounded(value, decimals)


def _duration(seconds: float, cuts: Sequence[float], language: str, decimals: int | None) -> str:
    """The two largest units of a time that is not negative: three, then four, where two would cross a cut."""
    for parts in (2, 3, 4):
        shown = _to_parts(seconds, parts)
        if all((shown > c) - (shown < c) == (seconds > c) - (seconds < c) for c in cuts):
            break
    return _spell(seconds if seconds < 60 else shown, parts, language, decimals)


def _to_parts(seconds: float, parts: int) -> float:
    """Seconds rounded to the last of `parts` units counted from the largest that is not zero."""
    if seconds < 60:
        return seconds
    step = _step(seconds, parts)
    return floor(seconds / step + 0.5) * step


def _step(seconds: float, parts: int) -> float:
    """The last of `parts` units counted from the largest that is not zero."""
    steps = [86400.0, 3600.0, 60.0, 1.0]
    first = next((i for i, step in enumerate(steps) if seconds >= step), 3)
    return steps[min(first + parts - 1, 3)]


def _second_digits(seconds: float, decimals: int | None) -> int:
    """The decimals of less than a minute."""
    return decimals if decimals is not None else 0 if seconds >= 10 or seconds == 0 else 1 if seconds >= 1 else 2


def _spell(seconds: float, parts: int, language: str, decimals: int | None) -> str:
    if seconds < 60:
        shown = rounded(seconds, _second_digits(seconds, decimals))
        if shown < 60:
            return number(shown, language) + NBSP + "s"
        seconds = 60.0
    day = _DAY_LETTER.get(locale_of(language).language, "d")
    rest, words = int(seconds), []
    for step, letter in ((86400, day), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, step)
        words.append((count, letter))
    first = next(i for i, (count, _) in enumerate(words) if count)
    kept = words[first : first + parts]
    while kept[-1][0] == 0:
        kept.pop()
    return NBSP.join(
        f"{number(count, language) if i == 0 else f'{count:02d}' if unit in ('min', 's') else count}{NBSP}{unit}"
        for i, (count, unit) in enumerate(kept)
    )


def _without_shared_unit(first: str, last: str) -> str:
    """`5 h 11` before `5 h 30 min`: the unit that both end in stands once."""
    head, _, unit = first.rpartition(NBSP)
    same = last.endswith(NBSP + unit) and first.count(NBSP) == last.count(NBSP)
    return head if same else first
