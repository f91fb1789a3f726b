"""`calendar:` documents."""

from dataclasses import replace
from datetime import date

from kpispec.calendar_spec import CalendarSpec, Days, Holidays
from kpispec.source import Span, Text
from kpispec.syntax.fiscal import grains
from kpispec.syntax.hours import hours
from kpispec.syntax.nodes import Document, Map, Node, Seq
from kpispec.syntax.project import zone
from kpispec.syntax.read import Route, day, items, text

_LEAP_YEAR = "2024"


def calendar(document: Document, route: Route) -> CalendarSpec:
    node, before = document.node, len(route.findings)
    found = CalendarSpec(
        id=document.id,
        span=document.span,
        timezone=zone(node.get("timezone"), route.to("timezone")),
        hours=hours(node.get("hours"), route.to("hours")),
        holidays=_holidays(node.get("holidays"), route.to("holidays")),
        grains=grains(node, route),
        library=document.library,
    )
    return found if len(route.findings) == before else replace(found, sound=False)


def _holidays(node: Node | None, route: Route) -> Holidays:
    if isinstance(node, Seq):
        days, yearly = _days(node, route)
        return Holidays(days=days, yearly=yearly)
    if not isinstance(node, Map):
        return Holidays()
    country, subdivision = text(node.get("country")), text(node.get("subdivision"))
    if country is None:
        for key in ("subdivision", "not"):
            value = node.get(key)
            if value is not None:
                message = f"`{key}` says something of a country's holidays, and no country is named"
                route.say("missing-key", message, value.span, "add `country: FR`, or remove it")
    days, yearly = _days(node.get("dates"), route.to("dates"))
    kept, kept_yearly = _days(node.get("not"), route.to("not"))
    return Holidays(country, subdivision, days, yearly, kept, kept_yearly, _places(node.get("not")))


def _places(node: Node | None) -> tuple[Span, ...]:
    """Where days stand, in the order of `_days`: those of every year last."""
    found = sorted(items(node), key=_of_every_year)
    return tuple(item.span for item in found)


def _days(node: Node | None, route: Route) -> tuple[Days, tuple[tuple[int, int], ...]]:
    """Days and stretches of days, and those that come back every year."""
    dated, yearly = [], []
    for number, item in enumerate(items(node)):
        on = item.get("on") if isinstance(item, Map) else item
        written = text(on)
        if written is not None and _of_every_year(item):
            yearly.append(_yearly(written, route.to(number)))
        else:
            dated.append(_dated(item, on, route.to(number)))
    return tuple(d for d in dated if d is not None), tuple(y for y in yearly if y is not None)


def _of_every_year(item: Node) -> bool:
    written = text(item.get("on") if isinstance(item, Map) else item)
    return written is not None and len(written.value) == len("12-24")


def _dated(node: Node, on: Node | None, route: Route) -> tuple[date, date] | None:
    if isinstance(node, Map) and on is None:
        return _stretch(node, route)
    found = day(on, route)
    return None if found is None else (found, found)


def _yearly(written: Text, route: Route) -> tuple[int, int] | None:
    try:
        found = date.fromisoformat(f"{_LEAP_YEAR}-{written.value}")
    except ValueError:
        help = "write month and day: `12-24` is Christmas Eve"
        route.say("bad-value", f"no year has a day `{written.value}`", written.span, help)
        return None
    return found.month, found.day


def _stretch(node: Map, route: Route) -> tuple[date, date] | None:
    first, last = day(node.get("from"), route.to("from")), day(node.get("to"), route.to("to"))
    if first is None or last is None:
        return None
    if last < first:
        route.say("bad-value", "the days end before they begin", node.span, "write a day after `from`")
        return None
    return first, last
