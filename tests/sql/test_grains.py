"""Periods of calendars in SQL, against the same arithmetic in plain Python."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from kpispec.calendar_spec import CalendarSpec
from kpispec.catalog.calendars import Calendars
from kpispec.periods import FISCAL_GRAINS, DeclaredPeriods, Grains, first_day, fiscal_year_start, key_of
from kpispec.plan.model import Request
from kpispec.source import Text
from kpispec.sql import grains as sql
from kpispec.sql.setting import Clockwork
from kpispec.windows import parse_offset, shifted

FIRST, LAST = date(2019, 12, 20), date(2026, 2, 10)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]

SEASONS = DeclaredPeriods(
    "season", 1, (date(2020, 3, 1), date(2020, 6, 15), date(2020, 9, 1), date(2020, 12, 1)), date(2021, 3, 1)
)
CASES = [
    *(Grains((month, day), by_start) for month, day, by_start in ((1, 1, False), (4, 1, False), (4, 6, True))),
    Grains((10, 1), week_start=6),
    Grains(declared=(SEASONS,)),
]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        yield found


@pytest.mark.parametrize("grains", CASES, ids=lambda g: f"{g.fiscal_start}{g.by_start}")
def test_keys_and_first_days_agree_with_python(connection, grains):
    connection.execute("create or replace table days as select unnest(?::date[]) as d", [DAYS])
    for group in sql.period_macros(grains):
        for statement in group:
            connection.execute(statement)
    for grain in [g for g in grains.names if g in (*FISCAL_GRAINS, "season", "calendar_week")]:
        key = sql.period_key("d", grain, grains)
        found = connection.execute(f"select d, {key}, {sql.first_day(f'({key})', grain, grains)} from days").fetchall()
        spelled = grains.spelled(grain)
        for day, got, start in found:
            inside = spelled is None or spelled.starts[0] <= day < spelled.end
            assert got == (key_of(day, grain, grains) if inside else None), day
            assert start == (first_day(grain, got, grains) if inside else None), day
            assert not inside or start <= day < first_day(grain, got + 1, grains)


def test_the_day_after_the_last_period_is_where_the_next_would_begin(connection):
    for group in sql.period_macros(Grains(declared=(SEASONS,))):
        for statement in group:
            connection.execute(statement)
    ends = connection.execute(f"select {sql.first_day('5', 'season', Grains(declared=(SEASONS,)))}").fetchone()
    assert ends == (date(2021, 3, 1),)


@pytest.mark.parametrize("grain", ["fiscal_period", "fiscal_quarter", "fiscal_year", "calendar_week", "season"])
def test_a_year_earlier_is_the_same_in_sql_and_in_python(connection, grain):
    """By rule and, for seasons, by the number in the fiscal year."""
    spec = CalendarSpec("office", Text.of("office").span, grains=Grains((10, 1), week_start=6, declared=(SEASONS,)))
    calendars = Calendars((spec,), "office")
    as_of = datetime(2021, 1, 1, tzinfo=UTC)
    request = Request(grain, as_of, as_of.date(), calendars=calendars)
    offset = parse_offset("-1 year")
    for day in (date(2020, 3, 1), date(2020, 11, 30), date(2021, 2, 14)):
        key = request.key_of(day)
        found = connection.execute(f"select {Clockwork(request).shifted(str(key), offset)}").fetchone()
        assert found == (shifted(grain, key, offset, request.grains),) == (request.year_before(key),)


@pytest.mark.parametrize(
    ("grain", "offset", "day", "earlier"),
    [
        ("month", "-1 quarter", date(2024, 5, 1), date(2024, 2, 1)),
        ("quarter", "-12 months", date(2024, 4, 1), date(2023, 4, 1)),
        ("quarter", "-3 months", date(2024, 4, 1), date(2024, 1, 1)),
        ("quarter", "-4 months", date(2024, 4, 1), None),
        ("year", "-8 quarters", date(2024, 1, 1), date(2022, 1, 1)),
        ("year", "-1 quarter", date(2024, 1, 1), None),
        ("week", "-14 days", date(2024, 3, 4), date(2024, 2, 19)),
        ("week", "-10 days", date(2024, 3, 4), None),
        ("week", "-24 months", date(2024, 3, 4), date(2022, 3, 7)),
        ("week", "-1 year", date(2020, 12, 28), None),
        ("calendar_week", "-7 days", date(2024, 3, 3), date(2024, 2, 25)),
        ("day", "-12 months", date(2024, 2, 29), date(2023, 2, 28)),
        ("day", "-1 week", date(2024, 3, 1), date(2024, 2, 23)),
        ("month", "-30 days", date(2024, 5, 1), None),
        ("fiscal_quarter", "-12 months", date(2024, 4, 1), date(2023, 4, 1)),
    ],
)
def test_an_offset_counts_by_what_it_comes_to_however_it_is_written(connection, grain, offset, day, earlier):
    spec = CalendarSpec("office", Text.of("office").span, grains=Grains((10, 1), week_start=6))
    request = Request(grain, datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1), calendars=Calendars((spec,), "office"))
    key, wanted = request.key_of(day), None if earlier is None else request.key_of(earlier)
    length = parse_offset(offset)
    assert shifted(grain, key, length, request.grains) == wanted
    found = connection.execute(f"select {Clockwork(request).shifted(str(key), length)}").fetchone()
    assert found == (wanted,)


@pytest.mark.parametrize("grains", CASES[:4], ids=lambda g: f"{g.fiscal_start}{g.by_start}")
def test_the_fiscal_year_of_a_day_begins_on_the_declared_day(connection, grains):
    connection.execute("create or replace table days as select unnest(?::date[]) as d", [DAYS])
    for day, start in connection.execute(f"select d, {sql.fiscal_year_start('d', grains)} from days").fetchall():
        assert start == fiscal_year_start(day, grains)
        assert (start.month, start.day) == grains.fiscal_start
        assert start <= day < start.replace(year=start.year + 1)
