"""What surrounds the trees of one run: the zone, the instants, and how references are spelled."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpispec.calendar_spec import CalendarSpec
from kpispec.catalog.calendars import closed_days
from kpispec.formula.tree import Name, Type
from kpispec.plan.layout import PERIOD
from kpispec.plan.model import Request
from kpispec.sql import grains
from kpispec.sql.business import business_macro, business_seconds, business_statements
from kpispec.sql.lower import Setting, quoted
from kpispec.sql.text import Column, defines, select
from kpispec.sql.worktime import FIRST, LAST, worktime
from kpispec.sql.zones import as_local, as_utc, instant_of, is_utc, local_bounds
from kpispec.windows import MONTHS, TO_DATE, Length, in_periods, months_after, shifted, to_date_start

# Offsets are spelled out for the years that exports speak of; outside, the engine's own table is asked row by row.
YEARS_BACK = 6
# The years whose weeks are looked up faster than others by the business time of a calendar.
BUSINESS_YEARS_BACK = 10


# How many periods before lies the one of a year earlier, for those of a calendar that follow from a rule.
_IN_A_YEAR = {"fiscal_period": 12, "fiscal_quarter": 4, "fiscal_year": 1, "calendar_week": 52}

_SIMPLE = re.compile(r""""[^"]*"|timestamp '[^']*'""")


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Conversions between UTC and the project's wall clock, and period keys, as SQL."""

    request: Request
    key: str = quoted(PERIOD)  # how the rows at hand spell their period

    def local(self, sql: str) -> str:
        return as_local(sql, self.request.timezone)

    def utc(self, sql: str) -> str:
        """The instant of a local clock reading. What is more than a column is named first: it is written many times."""
        zone = self.request.timezone
        if is_utc(zone) or _SIMPLE.fullmatch(sql):
            return as_utc(sql, zone)
        return f"list_transform([{sql}], lambda clock: {as_utc('clock', zone)})[1]"

    def reach(self) -> tuple[date, date]:
        """The days for which the zone's clock changes are spelled out."""
        day = self.request.as_of_day
        return date(day.year - YEARS_BACK, 1, 1), day + timedelta(days=400)

    def setting(self, name: Callable[[Name], str], frame: Length | None = None) -> Setting:
        """`frame` is the window that takes the place of the period."""
        instants = self._instants(frame)
        return Setting(name=name, local=self.local, utc=self.utc, instants=instants, business=self.business)

    def _instants(self, frame: Length | None) -> tuple[tuple[str, str], ...]:
        """The instants that functions without arguments name, those of the period by the key of the row's period."""
        as_of, key = instant(self.request.as_of), self.key
        if self.request.grain == "all":
            start, end = "cast(null as timestamp)", as_of
            if frame is not None and (first := self.first_moment(frame)) is not None:
                start = instant(first)
        else:
            start, end = (self._first_instant(k) for k in (key, f"({key} + 1)"))
            if frame is not None:
                day = self.window_start(frame, key)
                start = "cast(null as timestamp)" if day is None else self.utc(f"cast({day} as timestamp)")
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

    def window_start(self, length: Length, key: str) -> str | None:
        """The first local day of a window that ends with the period of a key; `None` where it has none."""
        end = self.first_day(f"({key} + 1)")
        match length.unit:
            case "all":
                return None
            case "period":
                return self.first_day(f"({key} - {length.count - 1})") if length.count > 1 else self.first_day(key)
            case "day" | "week":
                return f"({end} - {length.count * (7 if length.unit == 'week' else 1)})"
            case "year_to_date":
                return self.fiscal_year_start(f"({end} - 1)")
            case "quarter_to_date" | "month_to_date":
                return f"cast(date_trunc('{length.unit.removesuffix('_to_date')}', {end} - 1) as date)"
            case unit:
                return f"cast({end} - interval '{length.count * MONTHS[unit]} months' as date)"

    def first_moment(self, length: Length) -> datetime | None:
        """Where a window begins that ends at as-of, in the one period over all rows."""
        zone = ZoneInfo(self.request.timezone)
        now = self.request.as_of.astimezone(zone).replace(tzinfo=None)
        if length.unit in ("all", "period"):
            return None
        if length.unit in TO_DATE:
            day = to_date_start(length.unit, (now - timedelta(microseconds=1)).date(), self.request.grains)
            return local_bounds(day, self.request.timezone)
        if length.unit in MONTHS:
            day = months_after(now.date(), -length.count * MONTHS[length.unit])
            return instant_of(datetime.combine(day, now.time()), self.request.timezone)
        span = timedelta(days=length.count * (7 if length.unit == "week" else 1))
        return instant_of(now - span, self.request.timezone)

    def shifted(self, key: str, offset: Length) -> str:
        """The key of the period an offset leads to; null where the calendar has none. See `windows.shifted`."""
        grain, steps = self.request.grain, in_periods(self.request.grain, offset)
        if steps is None:
            return "null"
        match steps.unit:
            case "period":
                return f"{key} - {-steps.count}"
            case "month":
                return self.period_key(f"({self.first_day(key)} - interval '{-steps.count} months')")
            case _ if grain == "week":
                return _same_week(self.first_day(key), -steps.count)
            case _:
                return self._by_table(key, steps)

    def _by_table(self, key: str, offset: Length) -> str:
        """A calendar's own periods: the one of the same number, spelled out for those it declares."""
        request = self.request
        declared = request.grains.spelled(request.grain)
        if declared is None:
            return f"{key} - {-offset.count * _IN_A_YEAR[request.grain]}"
        pairs = (
            (k, shifted(request.grain, k, offset, request.grains)) for k in range(declared.first, declared.last + 1)
        )
        whens = " ".join(f"when {k} then {before}" for k, before in pairs if before is not None)
        return f"case {key} {whens} end" if whens else "null"

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

    def unseen(self, kind: Type) -> str:
        """The first moment, or day, that is not seen: those from as-of on."""
        request = self.request
        if kind is not Type.DATE:
            return instant(request.as_of)
        at_midnight = instant(request.as_of) == self.midnight(request.as_of_day)
        day = request.as_of_day if at_midnight else request.as_of_day + timedelta(days=1)
        return f"date '{day.isoformat()}'"

    def known_end(self, end: str, kind: Type) -> str:
        """The end of what is in force, so far as it is known: what ends at as-of or later still lasts."""
        return f"case when {end} < {self.unseen(kind)} then {end} end"

    def with_known_end(self, source: str, end: str, kind: Type) -> str:
        """The rows of a step, with their ends so far as they are known."""
        known = f"{self.known_end(quoted(end), kind)} as {quoted(end)}"
        return select([Column(f"* replace (\n    {known}\n  )", "*")], quoted(source))

    def midnight(self, day: date) -> str:
        """The instant at which a local day begins."""
        return instant(local_bounds(day, self.request.timezone))


def _same_week(monday: str, years: int) -> str:
    """The key of the week of the same ISO number so many years earlier: week 53 has none in most years."""
    year, week = f"(isoyear({monday}) - {years})", f"week({monday})"
    found = f"(cast(date_trunc('week', make_date({year}, 1, 4)) as date) + 7 * cast({week} - 1 as integer))"
    return f"case when isoyear({found}) = {year} then ({found} - date '1970-01-05') // 7 end"


def instant(moment: datetime) -> str:
    """An instant as a UTC timestamp literal."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return f"timestamp '{aware.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def column_name(name: Name) -> str:
    return quoted(".".join((*name.path, name.name)))
