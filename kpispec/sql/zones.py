"""Local clocks and instants. In the engine a timestamp is a naive UTC instant; here is the SQL from one to the other.

DuckDB's `timezone()` asks ICU for every row. Over the years that the data is likely to hold, a CASE over the zone's own
clock changes gives the same answer at a fifth of the cost; what lies outside still goes to `timezone()`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_UTC_NAMES = frozenset({"utc", "etc/utc", "gmt", "etc/gmt", "zulu", "etc/zulu", "universal", "z"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """From the instant `at` (naive UTC) on, local clocks show `at + offset`; before it they showed `at + before`."""

    at: datetime
    before: timedelta
    offset: timedelta


def is_utc(zone: str) -> bool:
    return zone.lower() in _UTC_NAMES


@lru_cache(maxsize=64)
def clock_changes(zone: str, first: date, last: date) -> tuple[ClockChange, ...]:
    """The changes of a zone's offset between two dates, oldest first. Two changes within one day are seen as one."""
    info = ZoneInfo(zone)
    found: list[ClockChange] = []
    instant, end = _midnight(first), _midnight(last)
    before = _offset(info, instant)
    while instant < end:
        following = instant + _DAY
        offset = _offset(info, following)
        if offset != before:
            found.append(ClockChange(_change_between(info, instant, following), before, offset))
        instant, before = following, offset
    return tuple(found)


def to_utc(sql: str, zone: str, first: date, last: date) -> str:
    """SQL for the instant of a naive local timestamp.

    A local time that a clock change skips moves forward, one that occurs twice is the later. `sql` is written many
    times, so it should be a column. `first` and `last` bound the rows answered without `timezone()`.
    """
    if is_utc(zone):
        return sql
    changes = clock_changes(zone, first, last)
    # Both rules come to one bound: a local time belongs to the new offset from the first clock reading it gives.
    steps = [(change.at + change.offset, -change.offset) for change in changes]
    exact = f"epoch_us(timezone({_text(zone)}, {sql})) - epoch_us({sql})"
    return _shifted(sql, -first_offset(zone, first), steps, exact, first, last)


def to_local(sql: str, zone: str, first: date, last: date) -> str:
    """SQL for the local clock reading of a naive UTC instant. `sql` is written many times, so it should be a column."""
    if is_utc(zone):
        return sql
    steps = [(change.at, change.offset) for change in clock_changes(zone, first, last)]
    exact = f"epoch_us(timezone({_text(zone)}, timezone('UTC', {sql}))) - epoch_us({sql})"
    return _shifted(sql, first_offset(zone, first), steps, exact, first, last)


def as_utc(sql: str, zone: str) -> str:
    """The instant of a naive local timestamp, through the macro that `macros` defines."""
    return sql if is_utc(zone) else f"{_macro('utc_from', zone)}({sql})"


def as_local(sql: str, zone: str) -> str:
    """The local clock reading of a naive UTC instant, through the macro that `macros` defines."""
    return sql if is_utc(zone) else f"{_macro('local_in', zone)}({sql})"


def macros(zone: str, first: date, last: date) -> tuple[str, ...]:
    """The statements that define a zone's two conversions, so that queries name them instead of spelling them out."""
    if is_utc(zone):
        return ()
    both = (("utc_from", to_utc), ("local_in", to_local))
    return tuple(
        f"create or replace temporary macro {_macro(word, zone)}(clock) as\n{spell('clock', zone, first, last)}"
        for word, spell in both
    )


def _macro(word: str, zone: str) -> str:
    return f"{word}__" + re.sub("[^a-z0-9]+", "_", zone.lower())


def local_bounds(start: date, zone: str) -> datetime:
    """The first instant (naive UTC) of a local day, also where a clock change skips or repeats midnight."""
    info = ZoneInfo(zone)
    midnight = datetime(start.year, start.month, start.day, tzinfo=info)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(info).date() < start:
        instant = midnight.replace(fold=1).astimezone(UTC)
    return instant.replace(tzinfo=None)


def instant_of(local: datetime, zone: str) -> datetime:
    """The naive UTC instant of a naive local clock reading, by the rules of `to_utc`."""
    info = ZoneInfo(zone)
    early, late = (local.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
    # In a gap fold 0 keeps the offset from before the change, which is the later instant; in an overlap fold 1 is.
    return max(early, late).replace(tzinfo=None)


def _shifted(
    sql: str, start: timedelta, steps: list[tuple[datetime, timedelta]], exact: str, first: date, last: date
) -> str:
    whens = [f"when {sql} < {_moment(_midnight(first))} or {sql} >= {_moment(_midnight(last))} then {exact}"]
    whens += [f"when {sql} >= {_moment(at)} then {_microseconds(shift)}" for at, shift in reversed(steps)]
    lines = "\n  ".join([*whens, f"else {_microseconds(start)}"])
    return f"make_timestamp(epoch_us({sql}) + case\n  {lines}\nend)"


def first_offset(zone: str, first: date) -> timedelta:
    """How far local clocks are ahead of UTC when a day begins in UTC."""
    return _offset(ZoneInfo(zone), _midnight(first))


def _change_between(info: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The second at which the offset changes, known to change once in between."""
    before = _offset(info, early)
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(info, early + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    return early + timedelta(seconds=high)


def _offset(info: ZoneInfo, instant: datetime) -> timedelta:
    return instant.replace(tzinfo=UTC).astimezone(info).utcoffset() or timedelta(0)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _moment(instant: datetime) -> str:
    return f"timestamp '{instant:%Y-%m-%d %H:%M:%S}'"


def _microseconds(span: timedelta) -> str:
    return str(span // timedelta(microseconds=1))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
