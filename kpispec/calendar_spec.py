"""What `calendar:` documents say, typed: working hours, holidays, and the periods of a fiscal year."""

from dataclasses import dataclass
from datetime import date

from kpispec.periods import EVERY_CALENDAR, Grains
from kpispec.source import Span, Text

# By weekday, Monday first: what is worked, [opens, closes) in seconds since midnight, in order and apart.
Hours = tuple[tuple[tuple[int, int], ...], ...]
Days = tuple[tuple[date, date], ...]  # from the first to the last day, that one included


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days without business. `yearly` are months and days; `kept` are worked in spite of `country`.

    `kept_at` are the places of `kept`, then of `kept_yearly`.
    """

    country: Text | None = None
    subdivision: Text | None = None
    days: Days = ()
    yearly: tuple[tuple[int, int], ...] = ()
    kept: Days = ()
    kept_yearly: tuple[tuple[int, int], ...] = ()
    kept_at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """Where something that cannot be read is left out, `sound` is false: what depends on it says nothing new.

    `hours` are `None` where no working hours are declared. `timezone` is the project's where it says none.
    """

    id: str
    span: Span
    timezone: str | None = None
    hours: Hours | None = None
    holidays: Holidays = Holidays()
    grains: Grains = EVERY_CALENDAR
    library: str | None = None
    sound: bool = True
