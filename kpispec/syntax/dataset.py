"""`dataset:` documents, and the promises about values that columns and inputs share."""

from datetime import date

from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, Covers, DatasetSpec, IntervalSpec, JoinSpec, Localized, Range
from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar, Seq
from kpispec.syntax.read import Route, allowed_name, day, entries, flag, items, listed, localized, text, texts, words
from kpispec.syntax.shapes import TYPES


def dataset(document: Document, route: Route) -> DatasetSpec:
    node = document.node
    columns = (column(entry, route.to("columns")) for entry in entries(node.get("columns")))
    freshness = node.get("freshness")
    return DatasetSpec(
        id=document.id,
        span=document.span,
        columns=tuple(columns),
        label=localized(node.get("label")),
        description=localized(node.get("description")),
        grain=words(node.get("grain")),
        key=texts(node.get("key")),
        time=text(node.get("time")),
        interval=_interval(node.get("interval")),
        where=texts(node.get("where")),
        joins=tuple(j for j in map(_join, entries(node.get("joins"))) if j is not None),
        every=text(node.get("every")),
        max_age=text(freshness.get("max_age")) if isinstance(freshness, Map) else None,
        covers=_covers(node.get("covers"), route.to("covers")),
        library=document.library,
    )


def _interval(node: Node | None) -> IntervalSpec | None:
    start, end = (text(node.get(key)) if isinstance(node, Map) else None for key in ("from", "to"))
    return IntervalSpec(start, end) if start is not None and end is not None else None


def _join(entry: Entry) -> JoinSpec | None:
    node = entry.value
    if not isinstance(node, Map):
        return None
    other, pairs = text(node.get("dataset")), _pairs(node.get("on"))
    if other is None or not pairs:
        return None
    return JoinSpec(entry.name.lower(), entry.key.span, other, pairs, text(node.get("at")))


def _pairs(node: Node | None) -> tuple[tuple[Text, Text], ...]:
    """Our column and theirs; a name alone is that of both."""
    if isinstance(node, Map):
        named = ((e.key.text, text(e.value)) for e in node.entries)
        return tuple((ours, theirs) for ours, theirs in named if theirs is not None)
    return tuple((both, both) for both in texts(node))


def column(entry: Entry, route: Route) -> ColumnSpec:
    allowed_name(entry.key, "column", route.to(entry.name))
    node = entry.value if isinstance(entry.value, Map) else Map((), entry.value.span)
    return ColumnSpec(
        name=entry.name.lower(),
        span=entry.key.span,
        checks=checks(node),
        optional=flag(node.get("optional")),
        dimension=flag(node.get("dimension")),
        label=localized(node.get("label")),
        description=localized(node.get("description")),
        value_labels=_value_labels(node.get("values")),
        expr=text(node.get("expr")),
        unit=text(node.get("unit")),
        keep_empty=words(node.get("empty")) == "keep",
    )


def checks(node: Map) -> Checks:
    values = node.get("values")
    allowed = tuple(e.name for e in entries(values)) if isinstance(values, Map) else listed(values)
    missing = ((e.name, words(e.value) or "missing") for e in entries(node.get("missing")))
    return Checks(
        type=_type(words(node.get("type"))),
        range=_range(node.get("range")),
        values=allowed,
        missing=tuple(missing),
        not_null=flag(node.get("not_null")),
        fail=words(node.get("invalid")) == "fail",
    )


def _type(word: str | None) -> str | None:
    return word if word in TYPES else None


def _range(node: Node | None) -> Range | None:
    if not isinstance(node, Seq) or len(node.items) != 2:
        return None
    low, high = items(node)
    return Range(text(low), text(high), node.span)


def _value_labels(node: Node | None) -> tuple[tuple[str, Localized], ...]:
    if not isinstance(node, Map):
        return ()
    labels = ((e.name, localized(e.value)) for e in node.entries)
    return tuple((name, label) for name, label in labels if label is not None)


def _covers(node: Node | None, route: Route) -> Covers:
    if not isinstance(node, Map):
        return Covers()
    last = node.get("to")
    to_as_of = isinstance(last, Scalar) and last.text.value == "as_of"
    end: date | None = None if to_as_of else day(last, route.to("to"))
    first = day(node.get("from"), route.to("from"))
    if first and end and end < first and last:
        route.say("bad-value", "the data ends before it begins", last.span, "write a day after `from`")
    return Covers(first, end, to_as_of)
