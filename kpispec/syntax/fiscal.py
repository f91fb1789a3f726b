"""The periods that a calendar adds: fiscal years, and periods that it names one by one."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kpispec.diagnostics import Related
from kpispec.periods import CALENDAR_GRAINS, FISCAL_GRAINS, GRAINS, DeclaredPeriods, Grains
from kpispec.source import Text
from kpispec.syntax.calendar_kind import MONTHS, PATTERNS, WEEKDAYS, YEAR_START
from kpispec.syntax.nodes import Entry, Map, Node
from kpispec.syntax.read import Route, day, entries, integer, items, localized, maps, text, words

_WEEK = timedelta(weeks=1)
_QUARTER = 13  # weeks
_LAST_OF_EVERY_MONTH = 28


def grains(node: Map, route: Route) -> Grains:
    """The grains of a calendar; what cannot be read has its finding and is left out."""
    spelled, named = node.get("fiscal_years"), node.get("fiscal_year_named")
    start = node.get("fiscal_year_start")
    if start is not None and spelled is not None:
        message = "`fiscal_year_start` and `fiscal_years` both say when a fiscal year begins"
        route.to("fiscal_year_start").say("bad-value", message, start.span, "keep one of the two")
    if named is not None and start is None:
        message = "`fiscal_year_named` says nothing without `fiscal_year_start`"
        route.to("fiscal_year_named").say("missing-key", message, named.span, "add `fiscal_year_start: april`")
    own = (named_periods(entry, route.to("periods").to(entry.name)) for entry in entries(node.get("periods")))
    week_start = words(node.get("week_start"))
    return Grains(
        fiscal_start=_year_start(text(start), route.to("fiscal_year_start")),
        by_start=words(named) == "start",
        week_start=WEEKDAYS.index(week_start) if week_start in WEEKDAYS else 0,
        declared=(*_fiscal_years(spelled, route.to("fiscal_years")), *(d for d in own if d is not None)),
    )


def _year_start(written: Text | None, route: Route) -> tuple[int, int] | None:
    if written is None or not re.search(YEAR_START, written.value):
        return None
    if written.value in MONTHS:
        return MONTHS.index(written.value) + 1, 1
    month, of_month = (int(part) for part in written.value.split("-"))
    if not (1 <= month <= len(MONTHS) and 1 <= of_month <= _LAST_OF_EVERY_MONTH):
        message = f"a fiscal year cannot begin on `{written.value}`"
        route.say(
            "bad-value", message, written.span, "write a month and a day that every month has: `04-01` to `04-28`"
        )
        return None
    return month, of_month


# years of weeks -----------------------------------------------------------------------------------------------------


def _fiscal_years(node: Node | None, route: Route) -> tuple[DeclaredPeriods, ...]:
    if not isinstance(node, Map):
        return ()
    pattern, first = words(node.get("pattern")), integer(node.get("first"))
    starts = _year_starts(node.get("starts"), route.to("starts"))
    if pattern not in PATTERNS or first is None or not starts:
        return ()
    end = starts[-1] + 4 * _QUARTER * _WEEK
    weeks = [int(part) for part in pattern.split("-")]
    steps = {
        "fiscal_period": [quarter * _QUARTER + sum(weeks[:at]) for quarter in range(4) for at in range(3)],
        "fiscal_quarter": [quarter * _QUARTER for quarter in range(4)],
        "fiscal_year": [0],
    }
    return tuple(
        DeclaredPeriods(grain, first * len(found), tuple(start + at * _WEEK for start in starts for at in found), end)
        for grain, found in steps.items()
    )


def _year_starts(node: Node | None, route: Route) -> tuple[date, ...]:
    """The first days of years; none where one is not 52 or 53 weeks after the one before."""
    found = [(day(item, route), item) for item in items(node)]
    for (start, _), (following, item) in pairwise(found):
        if start is None or following is None:
            continue
        length = (following - start).days
        if length not in (364, 371):
            likely = (start + 52 * _WEEK, start + 53 * _WEEK)
            message = f"the year from {start} would have {length} days: it has 52 or 53 weeks"
            help = f"begin the next one on {likely[0]} or {likely[1]}"
            route.say("uneven-periods", message, item.span, help)
            return ()
    starts = tuple(start for start, _ in found if start is not None)
    return starts if len(starts) == len(found) else ()


# periods with names -------------------------------------------------------------------------------------------------


def named_periods(entry: Entry, route: Route) -> DeclaredPeriods | None:
    if entry.name in (*GRAINS, *FISCAL_GRAINS, *CALENDAR_GRAINS, "period"):
        message = f"`{entry.name}` is a period of every calendar"
        route.say("bad-id", message, entry.key.span, "call the calendar's own periods something else")
        return None
    found = [_period(item, route.to(number)) for number, item in maps(entry.value)]
    whole = tuple(period for period in found if period is not None)
    if not whole or len(whole) < len(found) or not _even(whole, route) or _same_names(whole, route):
        return None
    end = whole[-1].last
    assert end is not None
    names = tuple(period.names for period in whole)
    return DeclaredPeriods(entry.name, 1, tuple(p.first for p in whole), end + timedelta(days=1), names)


@dataclass(frozen=True, slots=True)
class _Named:
    names: tuple[tuple[str, str], ...]
    first: date
    last: date | None
    node: Map


def _period(node: Map, route: Route) -> _Named | None:
    name, first = localized(node.get("name")), day(node.get("from"), route.to("from"))
    last = day(node.get("to"), route.to("to"))
    if name is None or first is None or (last is None and node.get("to") is not None):
        return None
    return _Named(name.texts, first, last, node)


def _even(periods: tuple[_Named, ...], route: Route) -> bool:
    """Whether each period ends where the next begins; the first that does not is a finding."""
    for period, following in zip(periods, (*periods[1:], None), strict=True):
        wrong = _misfit(period, following)
        if wrong is not None:
            message, help = wrong
            related = (Related("the next one", following.node.span),) if following is not None else ()
            route.say("uneven-periods", message, period.node.span, help, related)
            return False
    return True


def _misfit(period: _Named, following: _Named | None) -> tuple[str, str] | None:
    if period.last is not None and period.last < period.first:
        return "the period ends before it begins", f"write a `to` from {period.first} on"
    if following is None:
        return None if period.last is not None else ("the last period has no end", "add `to:` with its last day")
    before = following.first - timedelta(days=1)
    if following.first <= period.first:
        return f"the next period begins on {following.first}, not after this one", "write the periods in order"
    if period.last is None or period.last == before:
        return None
    gap = "days between them belong to none" if period.last < before else "both hold some days"
    return f"the period ends on {period.last}, the next begins on {following.first}: {gap}", f"write `to: {before}`"


def _same_names(periods: tuple[_Named, ...], route: Route) -> bool:
    """Whether two periods share a name: one could not be asked for by it."""
    seen: dict[str, _Named] = {}
    for period in periods:
        for name in {written.casefold() for _, written in period.names}:
            if name in seen:
                related = (Related("the other one", seen[name].node.span),)
                message = f"two periods are called `{dict(period.names)[period.names[0][0]]}`"
                route.say("duplicate-id", message, period.node.span, "give each its own name, with its year", related)
                return True
            seen[name] = period
    return False
