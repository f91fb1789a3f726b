"""The tests inside documents: rows given, values expected."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from kpispec.source import Span, Text
from kpispec.spec import Expectation, GivenRows, GivenValue, TestSpec
from kpispec.syntax.nodes import Entry, Map, Node, Scalar, Seq
from kpispec.syntax.read import Route, entries, integer, items, listed, maps, number, text, words

_DATED = re.compile(r"[\dQqWw-]+")
_PERIOD = re.compile(r"(\d{4})(?:-Q([1-4])|-W(\d\d)|-(\d\d)(?:-(\d\d))?)?")
Cell = tuple[str, Text | None, bool]


def tests(node: Node | None, route: Route) -> tuple[TestSpec, ...]:
    read = (_test(item, position, route.to(position)) for position, item in maps(node))
    return tuple(test for test in read if test is not None)


def _test(node: Map, position: int, route: Route) -> TestSpec | None:
    given, expect = node.get("given"), node.get("expect")
    if not isinstance(given, Map) or expect is None:
        return None
    name, before = words(node.get("name")) or f"test {position + 1}", len(route.findings)
    by = listed(node.get("by"))
    made = TestSpec(
        name=name,
        span=_first(node),
        given=tuple(_given(entry, route.to("given")) for entry in given.entries),
        expect=tuple(_expected(expect, by, route.to("expect"))),
        by=by,
        period=_period(node.get("period"), route.to("period")),
        as_of=_as_of(node.get("as_of"), route.to("as_of")),
    )
    return made if len(route.findings) == before else None


def _first(node: Map) -> Span:
    """The test's name, else its first key."""
    name = node.get("name")
    return name.span if name is not None else node.entries[0].key.span


def _unreadable(route: Route, reason: str, span: Span, help: str) -> None:
    route.say("unreadable-test", reason, span, help)


def _given(entry: Entry, route: Route) -> GivenRows | GivenValue:
    name = entry.key.text
    match entry.value:
        case Seq():
            rows = (_row(item, entry.name) for item in entry.value.items)
            if len({isinstance(item, Map) for item in entry.value.items}) > 1:
                reason = f"the rows of `{entry.name}` are partly maps and partly single values"
                _unreadable(route, reason, entry.value.span, "write every row as a map: `{column: value}`")
            return GivenRows(name, tuple(rows), entry.value.span)
        case _:
            return GivenValue(name, text(entry.value))


def _row(item: Node, name: str) -> tuple[Cell, ...]:
    """A row; a single value is that of the column or input which gives the rows their name."""
    if isinstance(item, Scalar):
        return ((name.lower(), text(item), item.quoted),)
    if not entries(item):
        return ()
    return tuple((e.name.lower(), text(e.value), isinstance(e.value, Scalar) and e.value.quoted) for e in entries(item))


def _expected(node: Node, by: tuple[str, ...], route: Route) -> Iterator[Expectation]:
    if isinstance(node, Seq) != bool(by):
        reason = (
            "`expect` is a list, and no `by` says what it is cut by"
            if not by
            else "`by` cuts the value, and `expect` is one value"
        )
        help = "add `by: [DIMENSION]`" if not by else "write a list: `[{segment: {DIMENSION: ...}, value: ...}]`"
        _unreadable(route, reason, node.span, help)
        return
    seen: set[tuple[tuple[str, str | None], ...]] = set()
    for position, item in enumerate(items(node) if by else (node,)):
        made = _expectation(item)
        wrong = _wrong_segment(made, by, seen)
        if wrong:
            _unreadable(route.to(position), *wrong)
        seen.add(made.segment)
        yield made


def _wrong_segment(
    made: Expectation, by: tuple[str, ...], seen: set[tuple[tuple[str, str | None], ...]]
) -> tuple[str, Span, str] | None:
    names = {name for name, _ in made.segment}
    if by and made.segment and names != set(by):
        wanted = ", ".join(f"{name}: ..." for name in by)
        return "this segment does not name the dimensions of `by`", made.span, f"write `segment: {{{wanted}}}`"
    if not by and names:
        return "a segment is expected, and no `by` says what the value is cut by", made.span, "add `by: [DIMENSION]`"
    if made.segment in seen:
        return "this segment is expected twice", made.span, "keep one of the two"
    return None


def _expectation(node: Node) -> Expectation:
    if not isinstance(node, Map):
        return Expectation(node.span, text(node), null_value=isinstance(node, Scalar) and node.value is None)
    value = node.get("value")
    rejected = node.get("rejected")
    counts = tuple((e.name, integer(e.value) or 0) for e in entries(rejected))
    return Expectation(
        span=value.span if value is not None else node.span,
        value=text(value),
        null_value=isinstance(value, Scalar) and value.value is None,
        low=text(node.get("low")),
        high=text(node.get("high")),
        status=words(node.get("status")),
        n=integer(node.get("n")),
        tolerance=number(node.get("tolerance")),
        rejected=None if rejected is None else counts,
        segment=tuple((e.name, words(e.value)) for e in entries(node.get("segment"))),
    )


def _period(node: Node | None, route: Route) -> Text | None:
    """The period as written. Whether a calendar has one that is called so is seen once it is known."""
    found = text(node)
    if found is None or not _DATED.fullmatch(found.value) or _is_period(found.value):
        return found
    help = "write `2026`, `2026-Q3`, `2026-03`, `2026-W07` or `2026-03-15`"
    _unreadable(route, f"`{found.value}` is not a period", found.span, help)
    return None


def _is_period(written: str) -> bool:
    found = _PERIOD.fullmatch(written)
    if not found:
        return False
    year, _, week, month, of_month = (None if group is None else int(group) for group in found.groups())
    try:
        if week is not None:
            date.fromisocalendar(year or 1, week, 1)
        else:
            date(year or 0, 1 if month is None else month, 1 if of_month is None else of_month)
    except ValueError:
        return False
    return True


def _as_of(node: Node | None, route: Route) -> str | None:
    found = text(node)
    if found is None:
        return None
    try:
        datetime.fromisoformat(found.value)
    except ValueError:
        help = "write `2026-03-31` or `2026-03-31T12:00`"
        _unreadable(route, f"`{found.value}` is not a moment", found.span, help)
    return found.value
