"""Business time laid out: from weekly hours, closed days and a zone's clock changes to weeks that repeat.

An instant is worked when the clock on the wall shows a time within the hours of its day, and the day is not closed. So
what is worked is exact whatever the clocks do: 00:00-24:00 has 23 hours on the day that summer time begins, and hours
that the clock shows twice count twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from kpispec.calendar_spec import Hours
from kpispec.sql.zones import clock_changes, first_offset

DAY = 86_400
WEEK = 7 * DAY
FIRST, LAST = date(1970, 1, 1), date(2101, 1, 1)  # the years known: from the first instant of FIRST to that of LAST
_EPOCH = datetime(1970, 1, 1)

Piece = tuple[int, int]  # [start, end) in seconds


@dataclass(frozen=True, slots=True)
class Worktime:
    """What is worked, week by week from `origin` on (seconds since 1970, UTC), weeks of one course sharing a shape.

    `weeks` holds the shape of each week, those that the near weeks have coming first; `shapes` the shapes of their
    seven days, `days` what is worked in each of those, in seconds since its start. `near` are the first and the last
    week, excluded, that most rows are expected to lie in.
    """

    origin: int
    weeks: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    days: tuple[tuple[Piece, ...], ...]
    near: tuple[int, int]

    @property
    def near_shapes(self) -> int:
        """How many shapes, counted from the first, the near weeks have."""
        return 1 + max(self.weeks[slice(*self.near)])

    def of_day(self, shape: int) -> int:
        """How much is worked on a day of a shape."""
        return sum(end - start for start, end in self.days[shape])

    def of_week(self, shape: int) -> int:
        return sum(self.of_day(day) for day in self.shapes[shape])

    @property
    def most_pieces(self) -> int:
        return max(len(pieces) for pieces in self.days)


@lru_cache(maxsize=16)
def worktime(hours: Hours, zone: str, closed: frozenset[date], near: tuple[date, date]) -> Worktime:
    """The weeks of the years known. `near` are the days between which most rows are expected."""
    pieces = worked(hours, zone, closed)
    origin = -3 * DAY - _seconds_of_zone(zone)  # a Monday, at about its local midnight
    days: dict[tuple[Piece, ...], int] = {}
    by_day = [days.setdefault(tuple(found), len(days)) for found in _by_day(pieces, origin)]
    by_week = [tuple(by_day[at : at + 7]) for at in range(0, len(by_day), 7)]
    first, last = (min(max((_days(day) * DAY - origin) // WEEK, 0), len(by_week) - 1) for day in near)
    shapes: dict[tuple[int, ...], int] = {}
    for week in (*by_week[first : last + 1], *by_week):
        shapes.setdefault(week, len(shapes))
    weeks = tuple(shapes[week] for week in by_week)
    return Worktime(origin, weeks, tuple(shapes), tuple(days), (first, last + 1))


def worked(hours: Hours, zone: str, closed: Collection[date]) -> tuple[Piece, ...]:
    """The stretches of time worked in the years known, in seconds since 1970 (UTC), in order and apart."""
    shut = {_days(day) for day in closed}
    found: list[Piece] = []
    for start, end, offset in _stretches(zone):
        for piece in _worked_between(hours, shut, start + offset, end + offset):
            _append(found, (piece[0] - offset, piece[1] - offset))
    return tuple(found)


def _worked_between(hours: Hours, shut: Collection[int], start: int, end: int) -> Iterable[Piece]:
    """What is worked between two readings of one clock, in seconds of that clock."""
    for day in range(start // DAY, -(-end // DAY)):
        for opens, closes in () if day in shut else hours[(day + 3) % 7]:
            piece = max(day * DAY + opens, start), min(day * DAY + closes, end)
            if piece[0] < piece[1]:
                yield piece


def _append(found: list[Piece], piece: Piece) -> None:
    if found and found[-1][1] == piece[0]:
        found[-1] = found[-1][0], piece[1]
    else:
        found.append(piece)


def _stretches(zone: str) -> Iterable[tuple[int, int, int]]:
    """The years known, cut at the zone's clock changes: start, end and the offset of local clocks in between."""
    start = _days(FIRST) * DAY
    offset = int(first_offset(zone, FIRST).total_seconds())
    for change in clock_changes(zone, FIRST, LAST):
        at = int((change.at - _EPOCH).total_seconds())
        yield start, at, offset
        start, offset = at, int(change.offset.total_seconds())
    yield start, _days(LAST) * DAY, offset


def _by_day(pieces: Iterable[Piece], origin: int) -> list[list[Piece]]:
    """The pieces by the day since the origin, cut where a day ends; whole weeks of them."""
    weeks = -(-(_days(LAST) * DAY - origin) // WEEK)
    days: list[list[Piece]] = [[] for _ in range(7 * weeks)]
    for start, end in pieces:
        at = start
        while at < end:
            day = (at - origin) // DAY
            midnight = origin + day * DAY
            until = min(end, midnight + DAY)
            days[day].append((at - midnight, until - midnight))
            at = until
    return days


def _seconds_of_zone(zone: str) -> int:
    return int(first_offset(zone, date(2026, 1, 1)).total_seconds())


def _days(day: date) -> int:
    return day.toordinal() - FIRST.toordinal()
