"""What surrounds the trees of one run: the zone, the instants, and how references are spelled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kpispec.calendar_spec import CalendarSpec
from kpispec.catalog.calendars import closed_days
from kpispec.formula.tree import Name
from kpispec.plan.layout import PERIOD
from kpispec.plan.model import Request
from kpispec.sql import grains
from kpispec.sql.business import business_macro, business_seconds, business_statements
from kpispec.sql.lower import Setting, quoted
from kpispec.sql.text import defines
from kpispec.sql.worktime import FIRST, LAST, worktime
from kpispec.sql.zones import as_local, as_utc, local_bounds

# Offsets are spelled out for the years that exports speak of; outside, the engine's own table is asked row by row.
YEARS_BACK = 6
# The years whose weeks are looked up faster than others by the business time of a calendar.
BUSINESS_YEARS_BACK = 10


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Conversions between UTC and the project's wall clock, and period keys, as SQL."""

    request: Request

    def local(self, sql: str) -> str:
        return as_local(sql, self.request.timezone)

    def utc(self, sql: str) -> str:
        return as_utc(sql, self.request.timezone)

    def reach(self) -> tuple[date, date]:
        """The days for which the zone's clock changes are spelled out."""
        day = self.request.as_of_day
        return date(day.year - YEARS_BACK, 1, 1), day + timedelta(days=400)

    def setting(self, name: Callable[[Name], str]) -> Setting:
        return Setting(name=name, local=self.local, utc=self.utc, instants=self._instants(), business=self.business)

    def _instants(self) -> tuple[tuple[str, str], ...]:
        """The instants that functions without arguments name, those of the period by the key of the row's period."""
        as_of, key = instant(self.request.as_of), quoted(PERIOD)
        if self.request.grain == "all":
            start, end = "cast(null as timestamp)", as_of
        else:
            start, end = (self._first_instant(k) for k in (key, f"({key} + 1)"))
        until = f"least({end}, {as_of})"
        return ("as_of", as_of), ("period_start", start), ("period_end", end), ("observed_until", until)

    def _first_instant(self, key: str) -> str:
        return self.utc(f"cast({self.first_day(key)} as timestamp)")

    def period_key(self, local: str, grain: str | None = None) -> str:
        """The key of the period that holds a local timestamp or day, of the grain asked for where none is given."""
        return grains.period_key(local, grain or self.request.grain, self.request.grains)

    def first_day(self, key: str, grain: str | None = None) -> str:
        """The first local day of the period of a key."""
        return grains.first_day(key, grain or self.request.grain, self.request.grains)

    def fiscal_year_start(self, local: str) -> str:
        """The first day of the fiscal year that holds a local timestamp or day."""
        return grains.fiscal_year_start(local, self.request.grains)

    def business(self, start: str, end: str, calendar: str | None) -> str:
        """The seconds of working time between two instants, by the project's own calendar where none is named."""
        found = self.request.calendars.get(calendar)
        if found is None or found.hours is None:
            return f"cast(error('no calendar with hours is called {calendar or 'the own'}') as double)"
        return business_seconds(found.id, start, end)

    def statements(self, text: str) -> tuple[str, ...]:
        """The statements that the functions above rely on, as far as a text names what they define."""
        named = [g for g in grains.period_macros(self.request.grains) if any(defines(s, text) for s in g)]
        asked = (c for c in self.request.calendars.all if f"{business_macro(c.id)}(" in text)
        return tuple(s for group in (*named, *map(self._business, asked)) for s in group)

    def _business(self, calendar: CalendarSpec) -> tuple[str, ...]:
        day, zone = self.request.as_of_day, calendar.timezone or self.request.timezone
        near = date(day.year - BUSINESS_YEARS_BACK, 1, 1), day + timedelta(days=400)
        assert calendar.hours is not None
        closed = closed_days(calendar, FIRST.year, LAST.year)
        return business_statements(calendar.id, worktime(calendar.hours, zone, closed, near))

    def midnight(self, day: date) -> str:
        """The instant at which a local day begins."""
        return instant(local_bounds(day, self.request.timezone))


def instant(moment: datetime) -> str:
    """An instant as a UTC timestamp literal."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return f"timestamp '{aware.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def column_name(name: Name) -> str:
    return quoted(".".join((*name.path, name.name)))
