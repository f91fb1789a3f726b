"""`hours` of a calendar: what is worked on each day of the week."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpispec.calendar_spec import Hours
from kpispec.diagnostics import Related
from kpispec.source import Text
from kpispec.syntax.calendar_kind import GROUPS, HOURS, WEEKDAYS
from kpispec.syntax.nodes import Map, Node
from kpispec.syntax.read import Route, texts

_DAY = 86_400
_WEEK = 7 * _DAY
_EXAMPLE = "write when work begins and ends: `09:00-17:30`"


@dataclass(frozen=True, slots=True)
class _Shift:
    """[start, end) in seconds since Monday's midnight; one that ends past midnight belongs to the day it begins."""

    start: int
    end: int
    written: Text


def hours(node: Node | None, route: Route) -> Hours | None:
    """The hours by weekday, Monday first; `None` where there are none, or none that could be read."""
    if node is None:
        return None
    shifts = [shift for day, written in _by_weekday(node) for shift in _shifts(day, written, route)]
    if not shifts and all(w.value == "closed" for _, written in _by_weekday(node) for w in written):
        route.say("bad-value", "no day of the week has hours", node.span, "give one its own: `monday: 09:00-17:30`")
    if not shifts or _overlapping(shifts, route):
        return None
    return _split(shifts)


def _by_weekday(node: Node) -> Iterator[tuple[int, tuple[Text, ...]]]:
    """The hours written for each weekday: its own, else those of the smallest group that it is in."""
    if not isinstance(node, Map):
        yield from ((day, texts(node)) for day in GROUPS["weekdays"])
        return
    for day, name in enumerate(WEEKDAYS):
        groups = (group for group, days in GROUPS.items() if day in days)
        written = next((node.get(key) for key in (name, *groups) if node.get(key) is not None), None)
        yield day, texts(written)


def _shifts(day: int, written: Iterable[Text], route: Route) -> Iterator[_Shift]:
    written = tuple(written)
    if [text.value for text in written] == ["closed"]:
        return
    for text in written:
        ends = _ends(text, route)
        if ends is not None:
            yield _Shift(day * _DAY + ends[0], day * _DAY + ends[1], text)


def _ends(text: Text, route: Route) -> tuple[int, int] | None:
    """When work begins and ends, in seconds since midnight; one that cannot be read is a finding."""
    if not re.search(HOURS, text.value):
        return None  # it has its finding already
    if text.value == "closed":
        route.say("bad-value", "a day is closed, or has hours", text.span, "remove `closed`, or the hours beside it")
        return None
    opens, closes = (_seconds(part) for part in text.value.split("-"))
    if opens is None or closes is None or opens == _DAY:
        route.say("bad-value", f"`{text.value}` names a time that no clock shows", text.span, _EXAMPLE)
        return None
    if opens == closes:
        message = f"`{text.value}` begins and ends at the same time"
        route.say("bad-value", message, text.span, "write `00:00-24:00` for the whole day, or `closed`")
        return None
    return opens, closes + (_DAY if closes < opens else 0)


def _seconds(time: str) -> int | None:
    hour, minute = (int(part) for part in time.strip().split(":"))
    return hour * 3600 + minute * 60 if minute < 60 and (hour < 24 or (hour, minute) == (24, 0)) else None


def _overlapping(shifts: list[_Shift], route: Route) -> bool:
    """Whether two shifts share a time; each pair of texts is one finding."""
    ordered = sorted(shifts, key=lambda s: (s.start, s.end))
    first = ordered[0]
    said: set[tuple[int, int]] = set()
    following = (*ordered[1:], _Shift(first.start + _WEEK, first.end + _WEEK, first.written))
    for shift, later in zip(ordered, following, strict=True):
        places = shift.written.span.start, later.written.span.start
        if later.start < shift.end and places not in said:
            said |= {places, places[::-1]}
            name = WEEKDAYS[later.start // _DAY % 7].capitalize()
            message = f"on {name}, `{later.written.value}` begins before `{shift.written.value}` ends"
            related = (Related("the other hours", shift.written.span),)
            help = "let one end before the next begins"
            route.say("overlapping-hours", message, later.written.span, help, related)
    return bool(said)


def _split(shifts: list[_Shift]) -> Hours:
    """The shifts by the day on which each part of them is worked; parts that touch become one."""
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for shift in shifts:
        for day in range(shift.start // _DAY, (shift.end - 1) // _DAY + 1):
            midnight = day * _DAY
            piece = max(shift.start, midnight) - midnight, min(shift.end, midnight + _DAY) - midnight
            days[day % 7].append(piece)
    return tuple(_joined(sorted(pieces)) for pieces in days)


def _joined(pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for piece in pieces:
        if found and found[-1][1] == piece[0]:
            found[-1] = found[-1][0], piece[1]
        else:
            found.append(piece)
    return tuple(found)
