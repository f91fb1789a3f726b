"""Local clocks and instants, against zoneinfo in plain Python."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from kpispec.sql.zones import clock_changes, instant_of, local_bounds, to_local, to_utc

# Summer time, half-hour zones, half-hour summer time, changes at midnight, a skipped day, no changes at all.
ZONES = (
    "Europe/Paris",
    "America/New_York",
    "America/Havana",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
FIRST, LAST = date(2009, 1, 1), date(2022, 6, 1)
BEYOND = date(2005, 1, 1), date(2026, 1, 1)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        found.execute("set timezone = 'UTC'")
        yield found


def moments(zone: str) -> list[datetime]:
    """Random moments, and those around every clock change as UTC and as both local readings."""
    source = random.Random(zone)
    start, seconds = datetime(2005, 1, 1), 21 * 365 * 86400
    found = [start + timedelta(seconds=source.randrange(seconds)) for _ in range(500)]
    for change in clock_changes(zone, *BEYOND):
        for base in (change.at, change.at + change.before, change.at + change.offset):
            found += [base + timedelta(seconds=s) for s in (-3600, -1800, -1, 0, 1, 1799, 1800, 3599, 3600)]
    return found


def later_instant(local: datetime, zone: str) -> datetime:
    """What the language says: a skipped time moves forward, one that occurs twice is the later."""
    both = [local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [at for at in both if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    if real:
        return max(real).replace(tzinfo=None)
    # Skipped: the clock reading that is as far past the gap, which the offset before the change gives.
    return both[0].replace(tzinfo=None)


def local_reading(instant: datetime, zone: str) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize("zone", ZONES)
def test_sql_agrees_with_zoneinfo_inside_and_outside_of_the_spelled_years(connection, zone):
    given = moments(zone)
    connection.execute("create or replace temp table given as select unnest(?::timestamp[]) as t", [given])
    rows = connection.execute(
        f"select t, {to_utc('t', zone, FIRST, LAST)}, {to_local('t', zone, FIRST, LAST)} from given"
    ).fetchall()
    assert len(rows) == len(given)
    assert [(t, utc) for t, utc, _ in rows] == [(t, later_instant(t, zone)) for t, _, _ in rows]
    assert [(t, local) for t, _, local in rows] == [(t, local_reading(t, zone)) for t, _, _ in rows]


@pytest.mark.parametrize("zone", ZONES)
def test_a_literal_of_a_local_time_moves_as_the_column_does(zone):
    for local in moments(zone):
        assert instant_of(local, zone) == later_instant(local, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_at_the_first_instant_that_shows_its_date(zone):
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(366)]
    days += [change.at.date() for change in clock_changes(zone, *BEYOND)]
    for day in days:
        start = local_bounds(day, zone)
        assert local_reading(start, zone).date() >= day
        assert local_reading(start - timedelta(seconds=1), zone).date() < day


def test_utc_needs_no_sql():
    assert to_utc('"t"', "UTC", FIRST, LAST) == '"t"'
    assert to_local('"t"', "Etc/UTC", FIRST, LAST) == '"t"'


def test_null_stays_null(connection):
    sql = f"select {to_utc('t', 'Europe/Paris', FIRST, LAST)} from (select cast(null as timestamp) as t)"
    assert connection.execute(sql).fetchall() == [(None,)]


def test_the_years_in_reach_are_written_out_one_change_a_line():
    sql = to_local("t", "Europe/Paris", date(2026, 1, 1), date(2027, 1, 1))
    assert [line.strip() for line in sql.splitlines()[2:]] == [
        "when t >= timestamp '2026-10-25 01:00:00' then 3600000000",
        "when t >= timestamp '2026-03-29 01:00:00' then 7200000000",
        "else 3600000000",
        "end)",
    ]
