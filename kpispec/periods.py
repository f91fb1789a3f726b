"""Calendar periods by grain: integer keys that count them, their local days, and the ones they are compared with.

Keys: day = days since 1970-01-01, week = ISO weeks since the Monday 1970-01-05, month = 12 * year + month - 1,
quarter = 4 * year + quarter - 1, year = the year, all = 0.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

GRAINS = ("day", "week", "month", "quarter", "year", "all")
FIRST_DAY = date(1970, 1, 1)
FIRST_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) in local days of the project's zone. Grain `all` has neither. `key` orders periods of one grain."""

    grain: str  # day week month quarter year all
    key: int
    start: date | None
    end: date | None
    complete: bool = True


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

_YEAR_STEP = {"month": 12, "quarter": 4, "year": 1}


def key_of(day: date, grain: str) -> int:
    """The key of the period of a grain that holds a day."""
    return _KEYS[grain](day)


def period_of(grain: str, key: int, as_of_day: date | None = None) -> Period:
    """The period of a key. It is complete when `as_of_day` (the local day of as-of) is at or past its end."""
    if grain == "all":
        return Period("all", 0, None, None)
    start, end = _STARTS[grain](key), _STARTS[grain](key + 1)
    return Period(grain, key, start, end, as_of_day is None or as_of_day >= end)


def year_before(grain: str, key: int) -> int | None:
    """The key of the same period a year earlier: the same ISO week (none for a week 53), the 28th for 29 February."""
    if grain in _YEAR_STEP:
        return key - _YEAR_STEP[grain]
    start = _STARTS[grain](key) if grain != "all" else None
    if start is None:
        return None
    if grain == "week":
        return _week_before(start)
    day = min(start.day, monthrange(start.year - 1, start.month)[1])
    return key_of(start.replace(year=start.year - 1, day=day), "day")


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
)


def parse_period(text: str) -> Period | None:
    """`2026`, `2026-Q3`, `2026-W07`, `2026-03`, `2026-03-15`; `None` for anything else, impossible dates included."""
    for grain, form in _FORMS:
        found = form.fullmatch(text.strip())
        if found:
            return _parsed(grain, [int(part) for part in found.groups()])
    return None


def _parsed(grain: str, parts: list[int]) -> Period | None:
    try:
        match grain:
            case "quarter":
                day = date(parts[0], parts[1] * 3 - 2, 1)
            case "week":
                day = date.fromisocalendar(parts[0], parts[1], 1)
            case _:
                day = date(*[*parts, 1, 1][:3])
        return period_of(grain, key_of(day, grain))
    except ValueError:
        return None


def written(period: Period) -> str:
    """A period as people type it: `2026-03`, `2026-W07`, `2026-Q3`, `all`."""
    start = period.start
    if start is None:
        return "all"
    iso = start.isocalendar()
    return {
        "day": start.isoformat(),
        "week": f"{iso.year}-W{iso.week:02}",
        "month": f"{start.year:04}-{start.month:02}",
        "quarter": f"{start.year:04}-Q{(start.month + 2) // 3}",
        "year": f"{start.year:04}",
    }[period.grain]
