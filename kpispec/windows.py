"""Stretches of time beside the period: windows that end where it ends, and offsets to an earlier one."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from kpispec.periods import EVERY_CALENDAR, Grains, Period, first_day, fiscal_year_start, key_of, year_before

UNITS = ("period", "day", "week", "month", "quarter", "year")
TO_DATE = ("month_to_date", "quarter_to_date", "year_to_date")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7, "calendar_week": 7}


@dataclass(frozen=True, slots=True)
class Length:
    """So many units; `count` is 1 for the units that end in `to_date` and for `all`. An offset counts below zero."""

    count: int
    unit: str

    @property
    def words(self) -> str:
        if self.unit in TO_DATE or self.unit == "all":
            return self.unit
        return f"{self.count} {self.unit}" + ("" if abs(self.count) == 1 else "s")

    @property
    def slug(self) -> str:
        """The words as part of an id."""
        return self.words.replace("-", "minus_").replace(" ", "_")


_COUNTED = re.compile(r"(-?\d+) +([a-z]+?)s?")


def parse_window(text: str) -> Length | None:
    """`12 months`, `2 periods`, `year_to_date`, `all`; `None` for anything else."""
    if text in TO_DATE or text == "all":
        return Length(1, text)
    found = _counted(text)
    return found if found is not None and found.count > 0 else None


def parse_offset(text: str) -> Length | None:
    """`-1 period`, `-2 years`; `None` for anything else."""
    found = _counted(text)
    return found if found is not None and found.count < 0 else None


def _counted(text: str) -> Length | None:
    found = _COUNTED.fullmatch(text.strip())
    if found is None or found[2] not in UNITS:
        return None
    return Length(int(found[1]), found[2])


def shifted(grain: str, key: int, offset: Length, grains: Grains = EVERY_CALENDAR) -> int | None:
    """The key of the period an offset leads to; `None` where the calendar has none, or the offset is no whole number
    of periods.
    """
    steps = in_periods(grain, offset)
    if steps is None:
        return None
    match steps.unit:
        case "period":
            return key + steps.count
        case "month":
            return key_of(months_after(first_day(grain, key, grains), steps.count), grain)
        case _ if grain == "week":
            return _weeks(first_day(grain, key, grains), steps)
        case _:
            return _years(grain, key, steps, grains)


def in_periods(grain: str, offset: Length) -> Length | None:
    """An offset as periods of a grain; by day as months too, by week and by a calendar's own periods as years.

    `None` where it does not lead from a period to another one: a month from weeks, two weeks from months.
    """
    if offset.unit == "period":
        return None if grain == "all" else offset
    if offset.unit in DAYS:
        days = offset.count * DAYS[offset.unit]
        return Length(days // DAYS[grain], "period") if grain in DAYS and days % DAYS[grain] == 0 else None
    months = offset.count * MONTHS[offset.unit]
    if grain == "day":
        return Length(months, "month")
    if grain in MONTHS:
        return Length(months // MONTHS[grain], "period") if months % MONTHS[grain] == 0 else None
    return Length(months // 12, "year") if months % 12 == 0 and grain != "all" else None


def _years(grain: str, key: int, offset: Length, grains: Grains) -> int | None:
    at: int | None = key
    for _ in range(-offset.count):
        at = None if at is None else year_before(grain, at, grains)
    return at


def _weeks(monday: date, offset: Length) -> int | None:
    iso = monday.isocalendar()
    try:
        return key_of(date.fromisocalendar(iso.year + offset.count, iso.week, 1), "week")
    except ValueError:
        return None


def months_after(day: date, months: int) -> date:
    """So many months later on the calendar, the day clipped to the month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def window_start(length: Length, period: Period, grains: Grains = EVERY_CALENDAR) -> date | None:
    """The first day of a window that ends with a period; `None` where it has none."""
    if period.start is None or period.end is None or length.unit == "all":
        return None
    if length.unit == "period":
        return first_day(period.grain, period.key - length.count + 1, grains)
    if length.unit in MONTHS:
        return months_after(period.end, -length.count * MONTHS[length.unit])
    if length.unit in TO_DATE:
        return to_date_start(length.unit, period.end - timedelta(days=1), grains)
    return period.end - timedelta(days=length.count * (7 if length.unit == "week" else 1))


def to_date_start(unit: str, day: date, grains: Grains = EVERY_CALENDAR) -> date:
    """The first day of the month, quarter or (fiscal) year that holds a day."""
    if unit == "year_to_date":
        return fiscal_year_start(day, grains) or date(day.year, 1, 1)
    month = day.month if unit == "month_to_date" else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)
