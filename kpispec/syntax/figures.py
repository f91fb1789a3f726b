"""What stands beside a value: bands, targets and benchmarks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise

from kpispec.diagnostics import Related
from kpispec.periods import parse_period
from kpispec.source import Span
from kpispec.spec import BandSet, BenchmarkFigure, BenchmarkRef, ImproveSpec, ProcessChange, TargetSpec
from kpispec.syntax.nodes import Map, Node
from kpispec.syntax.read import Route, day, entries, integer, localized, maps, text, words


def thresholds(node: Node | None) -> tuple[BandSet, ...]:
    """The whole's bands first, then those of segments. Empty where no bands are written."""
    if not isinstance(node, Map):
        return ()
    segments = (replace(_bands(item), segment=segment(item.get("segment"))) for _, item in maps(node.get("by")))
    return (_bands(node), *segments)


def _bands(node: Map) -> BandSet:
    return BandSet(text(node.get("good")), text(node.get("watch")), text(node.get("bad")), node.span)


def segment(node: Node | None) -> tuple[tuple[str, str], ...]:
    return tuple((e.name, words(e.value) or "") for e in entries(node))


def targets(node: Node | None, route: Route) -> tuple[TargetSpec, ...]:
    """In order of their first day. Two for the same segment in force on one day are a finding."""
    read = (_target(item, route.to(number)) for number, item in maps(node))
    found = sorted((t for t in read if t is not None), key=lambda t: (t.first, t.span.start))
    for segment in dict.fromkeys(frozenset(t.segment) for t in found):
        _overlaps([t for t in found if frozenset(t.segment) == segment], route)
    return tuple(found)


def _overlaps(found: Iterable[TargetSpec], route: Route) -> None:
    for earlier, later in pairwise(found):
        if earlier.first == later.first or (earlier.last is not None and earlier.last >= later.first):
            first, second = sorted((earlier, later), key=lambda t: t.span.start)
            route.say(
                "overlapping-targets",
                f"two targets are in force on {later.first.isoformat()}",
                second.span,
                "end the first before the second begins, or leave out its `to`",
                (Related("the other target", first.span),),
            )


def _target(node: Map, route: Route) -> TargetSpec | None:
    first, value = day(node.get("from"), route.to("from")), text(node.get("value"))
    last = day(node.get("to"), route.to("to"))
    improve = _improve(node.get("improve"))
    if first is None or (value is None and improve is None):
        return None
    if last is not None and last < first:
        route.say("bad-value", "the target ends before it begins", node.span, "write a `to` that is not before `from`")
    return TargetSpec(
        first=first,
        last=last,
        value=value,
        span=node.span,
        source=words(node.get("source")),
        review_by=day(node.get("review_by"), route.to("review_by")),
        segment=segment(node.get("segment")),
        improve=improve,
    )


def _improve(node: Node | None) -> ImproveSpec | None:
    if not isinstance(node, Map):
        return None
    by, of = text(node.get("by")), text(node.get("of"))
    return ImproveSpec(by, of) if by is not None and of is not None else None


def process_changes(node: Node | None, route: Route) -> tuple[ProcessChange, ...]:
    """In the order of their days. Two on one day are a finding: the limits can begin anew there once."""
    read = (_process_change(item, route.to(number)) for number, item in maps(node))
    found = sorted((c for c in read if c is not None), key=lambda c: (c.first, c.span.start))
    for earlier, later in pairwise(found):
        if earlier.first == later.first:
            message = f"two process changes begin on {later.first.isoformat()}"
            related = (Related("the other change", earlier.span),)
            route.say("bad-value", message, later.span, "tell of both in one `label`", related)
    return tuple(found)


def _process_change(node: Map, route: Route) -> ProcessChange | None:
    at, label = text(node.get("at")), localized(node.get("label"))
    if at is None or label is None:
        return None
    period = parse_period(at.value)
    if period is None or period.start is None:
        message, help = f"`{at.value}` is no period", "write `2025-12`, `2025-12-15`, `2025-Q4`, `2025-W07` or `2025`"
        route.to("at").say("bad-value", message, at.span, help)
        return None
    return ProcessChange(period.start, label, node.span)


def benchmarks(node: Node | None, route: Route) -> tuple[BenchmarkFigure | BenchmarkRef, ...]:
    read = (_benchmark(item, route.to(number)) for number, item in maps(node))
    return tuple(b for b in read if b is not None)


def _benchmark(node: Map, route: Route) -> BenchmarkFigure | BenchmarkRef | None:
    if node.get("set") is None:
        return figure(node, node.span, route)
    chosen, entry = text(node.get("set")), text(node.get("entry"))
    return BenchmarkRef(chosen, entry) if chosen and entry else None


def figure(node: Map, place: Span, route: Route, common: Map | None = None) -> BenchmarkFigure:
    """An outside figure; what it does not say itself, the benchmark document says for all."""

    def get(key: str) -> Node | None:
        own = node.get(key)
        return own if own is not None or common is None else common.get(key)

    _require_source(get("source"), get("year"), place, route)
    made = BenchmarkFigure(
        span=place,
        label=localized(node.get("label")),
        value=text(node.get("value")),
        low=text(node.get("low")),
        high=text(node.get("high")),
        unit=text(get("unit")),
        source=words(get("source")),
        year=integer(get("year")),
        url=words(get("url")),
        industry=words(get("industry")),
        region=words(get("region")),
        n=integer(get("n")),
        variant=words(get("variant")),
        expires=_expires(get("expires"), route),
    )
    _require_figure(made, route)
    return made


def _expires(node: Node | None, route: Route) -> date | None:
    return day(node, route.to("expires"))


def _require_source(source: Node | None, year: Node | None, place: Span, route: Route) -> None:
    absent = [f"`{key}`" for key, node in (("source", source), ("year", year)) if node is None]
    if absent:
        message = f"this benchmark has no {' and no '.join(absent)}"
        help = "say who published the figure and which year it is of: `source: ...`, `year: 2024`"
        route.say("benchmark-without-source", message, place, help)


def _require_figure(made: BenchmarkFigure, route: Route) -> None:
    both_ends = made.low is not None and made.high is not None
    if made.value is None and not both_ends:
        route.say(
            "missing-key",
            "this benchmark has no figure",
            made.span,
            "write `value: ...`, or `low: ...` and `high: ...`",
        )
    elif made.value is not None and (made.low or made.high):
        route.say("bad-value", "this benchmark has a value and a range", made.span, "keep `value`, or `low` and `high`")
