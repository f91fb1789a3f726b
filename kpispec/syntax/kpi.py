"""`kpi:` documents."""

import re
from dataclasses import replace
from typing import Literal, cast

from kpispec.source import Text
from kpispec.spec import Direction, InputSpec, KpiInput, KpiSpec, Lifecycle, Localized, RowInput, Waiver
from kpispec.syntax.cases import tests
from kpispec.syntax.dataset import checks
from kpispec.syntax.figures import benchmarks, process_changes, targets, thresholds
from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar
from kpispec.syntax.read import (
    Route,
    allowed_name,
    day,
    entries,
    flag,
    integer,
    items,
    listed,
    localized,
    number,
    part,
    text,
    texts,
    words,
)
from kpispec.syntax.shapes import NAME
from kpispec.units import duration_seconds


def kpi(document: Document, route: Route) -> KpiSpec | None:
    """`None` where an input or the formula cannot be read; what is wrong with the rest is said all the same."""
    node = document.node
    formula, inputs = text(node.get("formula")), _inputs(node.get("inputs"), route.to("inputs"))
    owner, direction = node.get("owner"), node.get("direction")
    made = KpiSpec(
        id=document.id,
        span=document.span,
        inputs=inputs or (),
        formula=formula or Text("", document.span),
        label=localized(node.get("label")) or in_words(document.id),
        unit=text(node.get("unit")),
        direction=_direction(direction),
        direction_span=direction.span if direction is not None else None,
        decimals=integer(node.get("decimals")),
        compact=flag(node.get("compact")),
        question=localized(node.get("question")),
        description=localized(node.get("description")),
        business_owner=words(owner.get("business")) if isinstance(owner, Map) else None,
        technical_owner=words(owner.get("technical")) if isinstance(owner, Map) else None,
        lifecycle=_lifecycle(node.get("lifecycle"), route.to("lifecycle")),
        tags=listed(node.get("tags")),
        where=texts(node.get("where")),
        params=tuple((e.key.text, e.value.text) for e in entries(node.get("params")) if isinstance(e.value, Scalar)),
        quoted_params=_quoted(node.get("params")),
        weight=_weight(node.get("weight")),
        sample_unit=text(node.get("sample_unit")),
        variant=words(node.get("variant")),
        caveats=tuple(c for c in map(localized, items(node.get("caveats"))) if c is not None),
        references=listed(node.get("references")),
        read_with=texts(node.get("read_with")),
        drivers=texts(node.get("drivers")),
        tests=tests(node.get("tests"), route.to("tests")),
        library=document.library,
        spans=tuple((e.name, e.value.span) for e in node.entries),
    )
    made = _judged(made, node, route)
    return made if formula is not None and inputs is not None else None


def _judged(made: KpiSpec, node: Map, route: Route) -> KpiSpec:
    """The KPI with what its values are judged by."""
    return replace(
        made,
        min_n=_least(node, "min_n", route),
        suppress_below=_least(node, "suppress_below", route),
        period=words(node.get("period")),
        thresholds=thresholds(node.get("thresholds")),
        targets=targets(node.get("targets"), route.to("targets")),
        benchmarks=benchmarks(node.get("benchmarks"), route.to("benchmarks")),
        process_changes=process_changes(node.get("process_changes"), route.to("process_changes")),
        accept=_waiver(node.get("accept"), route.to("accept")),
        judge="confident" if words(node.get("judge")) == "confident" else "point",
        confidence=_method(node.get("confidence")),
        level=_confidence_level(node) or 0.95,
        reading_level=None if number(node.get("level")) is not None else words(node.get("level")),
        perspective=words(node.get("perspective")),
        population="complete" if words(node.get("population")) == "complete" else "sample",
    )


def _quoted(node: Node | None) -> frozenset[str]:
    """The params whose constant is a text: between quotes, or no number, duration or truth value."""
    return frozenset(e.name for e in entries(node) if isinstance(e.value, Scalar) and _is_text(e.value))


def _is_text(node: Scalar) -> bool:
    return isinstance(node.value, str) and (node.quoted or duration_seconds(node.value) is None)


def _weight(node: Node | None) -> tuple[tuple[str, Text], ...]:
    if isinstance(node, Map):
        named = ((e.name, text(e.value)) for e in node.entries)
        return tuple((name, column) for name, column in named if column is not None)
    column = text(node)
    return () if column is None else (("", column),)


def _least(node: Map, key: str, route: Route) -> int | None:
    """A whole number, or the param that holds one."""
    written = node.get(key)
    named = words(written)
    params = node.get("params")
    odd = isinstance(written, Scalar) and not written.quoted and not re.match(NAME, named or "")
    if named is None or integer(written) is not None or odd:  # what is no name and no number has its finding
        return integer(written)
    value = params.get(named) if isinstance(params, Map) else None
    found = integer(value)
    if found is None and written is not None:
        message = f"`{key}` names `{named}`, which is no param that holds a whole number"
        route.to(key).say("wrong-type", message, written.span, "write a whole number, or add it under `params`")
    return found


def _method(node: Node | None) -> Literal["auto", "none", "bootstrap"]:
    word = words(node.get("method")) if isinstance(node, Map) else words(node)
    return "none" if word == "none" else "bootstrap" if word == "bootstrap" else "auto"


def _confidence_level(node: Map) -> float | None:
    """Beside `confidence`, or as a number under `level`, where a word says who reads the KPI."""
    confidence = node.get("confidence")
    own = number(confidence.get("level")) if isinstance(confidence, Map) else None
    return own or number(node.get("level"))


def in_words(id: str) -> Localized:
    """The label of something that has none: its id in words."""
    return Localized((("", id.replace("_", " ").capitalize()),))


def _direction(node: Node | None) -> Direction | None:
    word = words(node)
    return cast("Direction", word) if word in ("higher_is_better", "lower_is_better", "closer_to_target") else None


def _inputs(node: Node | None, route: Route) -> tuple[InputSpec, ...] | None:
    read = [_input(entry, route.to(entry.name)) for entry in entries(node)]
    found = tuple(i for i in read if i is not None)
    return found if found and len(found) == len(read) else None


def _input(entry: Entry, route: Route) -> InputSpec | None:
    if not allowed_name(entry.key, "input", route):
        return None
    name, node = entry.name.lower(), entry.value
    match node:
        case Scalar(value=str()):
            return _column_input(name, entry, node.text)
        case Map():
            return _mapped_input(name, entry, node)
        case _:
            return None


def _column_input(name: str, entry: Entry, written: Text) -> RowInput | None:
    dot = written.value.find(".")
    if dot < 1 or dot == len(written.value) - 1:
        return None
    dataset, column = part(written, 0, dot), part(written, dot + 1, len(written.value))
    return RowInput(name, entry.key.span, dataset, column)


def _mapped_input(name: str, entry: Entry, node: Map) -> InputSpec | None:
    dataset, expr, other = text(node.get("dataset")), text(node.get("expr")), text(node.get("kpi"))
    if other is not None:
        offset, window = text(node.get("offset")), text(node.get("window"))
        return KpiInput(name, entry.key.span, other, texts(node.get("where")), offset, window)
    if dataset is None or expr is None:
        return None
    whole = node.get("whole")
    return RowInput(
        name=name,
        span=entry.key.span,
        dataset=dataset,
        expr=expr,
        where=texts(node.get("where")),
        checks=checks(node),
        when=text(node.get("when")),
        per=texts(node.get("per")),
        window=text(node.get("window")),
        settles_after=text(node.get("settles_after")),
        whole=flag(whole),
        whole_of=() if isinstance(whole, Scalar) else texts(whole),
    )


def _lifecycle(node: Node | None, route: Route) -> Lifecycle:
    if not isinstance(node, Map):
        return Lifecycle()
    return Lifecycle(
        state=words(node.get("state")),
        version=words(node.get("version")),
        since=day(node.get("since"), route.to("since")),
        review_by=day(node.get("review_by"), route.to("review_by")),
    )


def _waiver(node: Node | None, route: Route) -> Waiver | None:
    if not isinstance(node, Map):
        return None
    until, reason = day(node.get("until"), route.to("until")), words(node.get("reason"))
    if until is None or reason is None:
        return None
    return Waiver(until, reason, words(node.get("ticket")), words(node.get("by")), node.span)
