"""Calendar periods by grain: integer keys that count them, their local days, and the ones they are compared with.

Keys: day = days since 1970-01-01, week = ISO weeks since the Monday 1970-01-05, month = 12 * year + month - 1,
quarter = 4 * year + quarter - 1, year = the year, all = 0. So are fiscal_period, fiscal_quarter and fiscal_year, with
the fiscal year's number in the place of the year; periods that a calendar names are counted from 1.
"""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

GRAINS = ("day", "week", "month", "quarter", "year", "all")
FIRST_DAY = date(1970, 1, 1)
FIRST_MONDAY = date(1970, 1, 5)


FISCAL_GRAINS = ("fiscal_period", "fiscal_quarter", "fiscal_year")
CALENDAR_GRAINS = ("calendar_week",)
_PER_YEAR = {"fiscal_period": 12, "fiscal_quarter": 4, "fiscal_year": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) in local days of the project's zone. Grain `all` has neither. `key` orders periods of one grain.

    `names` are what a calendar calls it, by language; a grain of every calendar has none.
    """

    grain: str  # day week month quarter year all, or a calendar's
    key: int
    start: date | None
    end: date | None
    complete: bool = True
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredPeriods:
    """Periods of a grain that a calendar spells out, without gaps: `starts` are their first days, `end` follows all.

    `first` is the key of the first one. `names` are empty, or of each period by language.
    """

    grain: str
    first: int
    starts: tuple[date, ...]
    end: date
    names: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def last(self) -> int:
        return self.first + len(self.starts) - 1

    def key_of(self, day: date) -> int:
        """The key of the period that holds a day; the one before the first, or after the last, for a day outside."""
        if day >= self.end:
            return self.last + 1
        return self.first + bisect_right(self.starts, day) - 1

    def first_day(self, key: int) -> date:
        """The first day of a period; that after the last one is `end`, and so is the limit of what lies beyond."""
        at = key - self.first
        if at < 0:
            return date.min
        return self.starts[at] if at < len(self.starts) else self.end if at == len(self.starts) else date.max


@dataclass(frozen=True, slots=True)
class Grains:
    """The grains that a calendar adds to those of every calendar.

    `fiscal_start` is the month and day on which a fiscal year begins, `None` where there is none or it is spelled
    out in `declared`. A fiscal year has the number of the calendar year in which it ends; `by_start`: begins.
    `week_start` is the weekday, 0 for Monday, on which a `calendar_week` begins; `None` where there is no calendar.
    """

    fiscal_start: tuple[int, int] | None = None
    by_start: bool = False
    week_start: int | None = None
    declared: tuple[DeclaredPeriods, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every grain there is."""
        fiscal = FISCAL_GRAINS if self.fiscal_start is not None else ()
        weeks = CALENDAR_GRAINS if self.week_start is not None else ()
        return tuple(dict.fromkeys((*GRAINS[:-1], *weeks, *fiscal, *(d.grain for d in self.declared), "all")))

    def spelled(self, grain: str) -> DeclaredPeriods | None:
        """The periods of a grain that the calendar spells out; `None` for one that follows from a rule."""
        return next((d for d in self.declared if d.grain == grain), None)

    @property
    def examples(self) -> str:
        """How periods are written, in words."""
        forms = ["2026", "2026-Q3", "2026-03", "2026-W07", "2026-03-15"]
        forms += ["FY2026-Q3"] if "fiscal_quarter" in self.names else []
        forms += [d.names[0][0][1] for d in self.declared if d.names]
        return f"{', '.join(f'`{form}`' for form in forms[:-1])} or `{forms[-1]}`"

    @property
    def first_week(self) -> date:
        """The first day of the calendar week whose key is 0."""
        return FIRST_MONDAY + timedelta(days=self.week_start or 0)

    @property
    def fiscal_shift(self) -> int:
        """What is added to `12 * year + month - 1` for the key of the fiscal period that begins in a month."""
        month, day = self.fiscal_start or (1, 1)
        ahead = 0 if self.by_start or (month, day) == (1, 1) else 12
        return ahead - (month - 1)

    @property
    def fiscal_day(self) -> int:
        """The day of the month on which fiscal periods begin."""
        return (self.fiscal_start or (1, 1))[1]


EVERY_CALENDAR = Grains()


_KEYS: dict[str, Callable[[date], int]] = {
    "day": lambda d: (d - FIRST_DAY).days,
    "week": lambda d: (d - FIRST_MONDAY).days // 7,
    "month": lambda d: d.year * 12 + d.month - 1,
    "quarter": lambda d: d.year * 4 + (d.month - 1) // 3,
    "year": lambda d: d.year,
    "all": lambda _day: 0,
}

_STARTS: dict[str, Callable[[int], date]] = {
    "day": lambda k: FIRST_DAY + timedelta(days=k),
    "week": lambda k: FIRST_MONDAY + timedelta(days=7 * k),
    "month": lambda k: date(k // 12, k % 12 + 1, 1),
    "quarter": lambda k: date(k // 4, k % 4 * 3 + 1, 1),
    "year": lambda k: date(k, 1, 1),
}

_YEAR_STEP = {"month": 12, "quarter": 4, "year": 1, "calendar_week": 52}


def key_of(day: date, grain: str, grains: Grains = EVERY_CALENDAR) -> int:
    """The key of the period of a grain that holds a day; a calendar may end before it, or begin after it."""
    spelled = grains.spelled(grain)
    if spelled is not None:
        return spelled.key_of(day)
    if grain in _PER_YEAR:
        begun = day.year * 12 + day.month - 1 - (day.day < grains.fiscal_day)
        return (begun + grains.fiscal_shift) // (12 // _PER_YEAR[grain])
    if grain == "calendar_week":
        return (day - grains.first_week).days // 7
    return _KEYS[grain](day)


def first_day(grain: str, key: int, grains: Grains = EVERY_CALENDAR) -> date:
    """The first day of the period of a key. Grain `all` has none."""
    spelled = grains.spelled(grain)
    if spelled is not None:
        return spelled.first_day(key)
    if grain in _PER_YEAR:
        month = key * (12 // _PER_YEAR[grain]) - grains.fiscal_shift
        return date(month // 12, month % 12 + 1, grains.fiscal_day)
    if grain == "calendar_week":
        return grains.first_week + timedelta(weeks=key)
    return _STARTS[grain](key)


def period_of(grain: str, key: int, as_of_day: date | None = None, grains: Grains = EVERY_CALENDAR) -> Period:
    """The period of a key. It is complete when `as_of_day` (the local day of as-of) is at or past its end."""
    if grain == "all":
        return Period("all", 0, None, None)
    start, end = first_day(grain, key, grains), first_day(grain, key + 1, grains)
    spelled = grains.spelled(grain)
    named = spelled is not None and 0 <= key - spelled.first < len(spelled.names)
    names = spelled.names[key - spelled.first] if spelled is not None and named else ()
    return Period(grain, key, start, end, as_of_day is None or as_of_day >= end, names)


def fiscal_year_start(day: date, grains: Grains = EVERY_CALENDAR) -> date | None:
    """The first day of the fiscal year that holds a day: 1 January where nothing else is said.

    `None` for a day outside of the years that a calendar spells out.
    """
    spelled = grains.spelled("fiscal_year")
    if spelled is not None and not spelled.starts[0] <= day < spelled.end:
        return None
    return first_day("fiscal_year", key_of(day, "fiscal_year", grains), grains)


def year_before(grain: str, key: int, grains: Grains = EVERY_CALENDAR) -> int | None:
    """The key of the same period a year earlier: the same ISO week (none for a week 53), the 28th for 29 February.

    For a calendar week it is the one 52 weeks before; for a period that a calendar names, the one of the same number
    in the fiscal year before.
    """
    if grain in _PER_YEAR:
        return _declared_only(key - _PER_YEAR[grain], grains.spelled(grain))
    spelled = grains.spelled(grain)
    if spelled is not None:
        return _same_number(spelled, key, grains)
    if grain in _YEAR_STEP:
        return key - _YEAR_STEP[grain]
    start = _STARTS[grain](key) if grain != "all" else None
    if start is None:
        return None
    if grain == "week":
        return _week_before(start)
    day = min(start.day, monthrange(start.year - 1, start.month)[1])
    return key_of(start.replace(year=start.year - 1, day=day), "day")


def _declared_only(key: int, spelled: DeclaredPeriods | None) -> int | None:
    return key if spelled is None or spelled.first <= key <= spelled.last else None


def _same_number(spelled: DeclaredPeriods, key: int, grains: Grains) -> int | None:
    years = [key_of(start, "fiscal_year", grains) for start in spelled.starts]
    at = key - spelled.first
    if not 0 <= at < len(years):
        return None
    number = at - years.index(years[at])
    earlier = [place for place, year in enumerate(years) if year == years[at] - 1]
    return spelled.first + earlier[number] if number < len(earlier) else None


def _week_before(monday: date) -> int | None:
    iso = monday.isocalendar()
    try:
        return key_of(date.fromisocalendar(iso.year - 1, iso.week, 1), "week")
    except ValueError:
        return None


_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(\d{4})")),
    ("quarter", re.compile(r"(\d{4})-?[Qq]([1-4])")),
    ("week", re.compile(r"(\d{4})-?[Ww](\d{2})")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("calendar_week", re.compile(r"(\d{4})-(\d{2})-(\d{2})/P7D")),
    ("fiscal_year", re.compile(r"FY ?(\d{4})")),
    ("fiscal_quarter", re.compile(r"FY ?(\d{4})-?Q([1-4])")),
    ("fiscal_period", re.compile(r"FY ?(\d{4})-?P(0[1-9]|1[0-2])")),
)


def parse_period(text: str, grains: Grains = EVERY_CALENDAR) -> Period | None:
    """`2026`, `2026-Q3`, `2026-W07`, `2026-03`, `2026-03-15`, `FY2026-Q3`, or what a calendar calls one of its own.

    `None` for anything else: impossible dates, and periods that the calendar does not have.
    """
    written = text.strip()
    for grain, form in _FORMS:
        found = form.fullmatch(written)
        if found and grain in grains.names:
            return _parsed(grain, [int(part) for part in found.groups()], grains)
    return _called(written.casefold(), grains)


def _parsed(grain: str, parts: list[int], grains: Grains) -> Period | None:
    if grain in _PER_YEAR:
        key = parts[0] * _PER_YEAR[grain] + (parts[1] - 1 if len(parts) > 1 else 0)
        return _period_or_none(grain, key, grains)
    try:
        match grain:
            case "quarter":
                day = date(parts[0], parts[1] * 3 - 2, 1)
            case "week":
                day = date.fromisocalendar(parts[0], parts[1], 1)
            case _:
                day = date(*[*parts, 1, 1][:3])
        found = period_of(grain, key_of(day, grain, grains), grains=grains)
    except ValueError:
        return None
    return found if grain != "calendar_week" or found.start == day else None


def _period_or_none(grain: str, key: int, grains: Grains) -> Period | None:
    if _declared_only(key, grains.spelled(grain)) is None:
        return None
    try:
        return period_of(grain, key, grains=grains)
    except ValueError:
        return None


def _called(name: str, grains: Grains) -> Period | None:
    for declared in grains.declared:
        for at, names in enumerate(declared.names):
            if name in {text.casefold() for _, text in names}:
                return period_of(declared.grain, declared.first + at, grains=grains)
    return None


def written(period: Period) -> str:
    """A period as people type it: `2026-03`, `2026-W07`, `2026-Q3`, `FY2026-P07`, `all`."""
    start = period.start
    if start is None:
        return "all"
    if period.names:
        return period.names[0][1]
    if period.grain in _PER_YEAR:
        year, number = divmod(period.key, _PER_YEAR[period.grain])
        return f"FY{year:04}" + {"fiscal_quarter": f"-Q{number + 1}", "fiscal_period": f"-P{number + 1:02}"}.get(
            period.grain, ""
        )
    iso = start.isocalendar()
    return {
        "day": start.isoformat(),
        "week": f"{iso.year}-W{iso.week:02}",
        "calendar_week": f"{start.isoformat()}/P7D",
        "month": f"{start.year:04}-{start.month:02}",
        "quarter": f"{start.year:04}-Q{(start.month + 2) // 3}",
        "year": f"{start.year:04}",
    }[period.grain]
