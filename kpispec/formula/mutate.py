"""Small changes of an expression's text, one at a time: each is a mistake that a test should notice.

Changes are made in the text as written, so that they can be shown and typed in; what they make is parsed and checked
like anything a person wrote, and most nonsense falls there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from kpispec.formula.tree import (
    Between,
    Binary,
    Boolean,
    CalendarInterval,
    Call,
    Case,
    Duration,
    Expr,
    In,
    Is,
    Like,
    Moment,
    Number,
    Place,
    Star,
    String,
    Unary,
    children,
    walk,
)
from kpispec.source import Span, Text

OTHER_TEXT = "'~'"  # a text that no data holds
SHORT = 60  # characters that can be read at a glance


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the characters [start, end) to `put`. `shown` is the part of the text that says what it is about."""

    text: Text
    start: int
    end: int
    put: str
    shown: tuple[int, int]

    @property
    def changed(self) -> Text:
        value = self.text.value[: self.start] + self.put + self.text.value[self.end :]
        return Text(value, self.text.span, (self.text.span.start,) * len(value))

    @property
    def before(self) -> str:
        return _one_line(self.text.value[self.shown[0] : self.shown[1]])

    @property
    def after(self) -> str:
        """What stands in the place of `before`, without the parentheses that hold a change of `and` together."""
        first, last = self.shown
        inside = self.text.value[first : self.start] + self.put + self.text.value[self.end : last]
        whole = (self.start, self.end) == self.shown
        return _one_line(inside[1:-1] if whole and inside.startswith("(") and inside.endswith(")") else inside)

    @property
    def span(self) -> Span:
        return self.text.at(self.start, max(self.end, self.start + 1))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def edits(expr: Expr, rows: str | None = None) -> Iterator[Edit]:
    """The changes of a parsed expression. `rows` is an input that `count(*)` may become a count of."""
    seen: set[str] = set()
    around = {id(child): node for node in walk(expr) for child in children(node)}
    for node in walk(expr):
        for edit in _of(node, rows):
            if edit.changed.value not in seen and edit.changed.value != edit.text.value:
                seen.add(edit.changed.value)
                yield _shown_with(edit, around.get(id(node))) if isinstance(node, _CONSTANTS) else edit


_CONSTANTS = (Number, Duration, CalendarInterval, String, Boolean, Moment)


def _shown_with(edit: Edit, around: Expr | None) -> Edit:
    """A constant says little alone: it is shown with what it stands in, where that is short."""
    if around is None or around.place.end - around.place.start > SHORT:
        return edit
    return replace(edit, shown=(around.place.start, around.place.end))


def negated(expr: Expr) -> Edit:
    """The opposite of a condition."""
    return _whole(expr.place, f"(not ({expr.place.text}))")


def _of(node: Expr, rows: str | None) -> Iterator[Edit]:
    match node:
        case Number():
            yield from _number(node)
        case Duration() | CalendarInterval():
            yield from _amounts(node.place)
        case String():
            yield _whole(node.place, OTHER_TEXT)
        case Boolean(value=value):
            yield _whole(node.place, "false" if value else "true")
        case Moment():
            yield from _moment(node)
        case Unary(op="not" | "-", operand=x):
            yield _whole(node.place, f"({x.place.text})")
        case Binary():
            yield from _binary(node)
        case Between() | In() | Like() | Is():
            yield from _test(node)
        case Case():
            yield from _case(node)
        case Call():
            yield from _call(node, rows)


def _whole(place: Place, put: str) -> Edit:
    return Edit(place.origin, place.start, place.end, put, (place.start, place.end))


def _inside(place: Place, start: int, end: int, put: str) -> Edit:
    """A change of characters of the text, shown with the whole expression that they stand in."""
    return Edit(place.origin, start, end, put, (place.start, place.end))


# constants ----------------------------------------------------------------------------------------------------------


def _number(node: Number) -> Iterator[Edit]:
    value = float(node.text)
    step = 0.1 if 0 < value < 1 else 1
    for changed in (value + step, value - step, *((1.0,) if value == 100 else ())):
        yield _whole(node.place, _figure(changed))


def _figure(value: float) -> str:
    text = f"{value:.12g}"
    return f"({text})" if value < 0 else text


_DIGITS = re.compile(r"\d+(\.\d+)?")


def amounts(text: Text, start: int = 0, end: int | None = None) -> Iterator[Edit]:
    """The first number between two characters, one up and one down; never below zero."""
    end = len(text.value) if end is None else end
    found = _DIGITS.search(text.value, start, end)
    if found is None:
        return
    value = float(found.group())
    for changed in (value + 1, value - 1):
        if changed >= 0:
            yield Edit(text, found.start(), found.end(), _figure(changed), (start, end))


def _amounts(place: Place) -> Iterator[Edit]:
    return amounts(place.origin, place.start, place.end)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _moment(node: Moment) -> Iterator[Edit]:
    found = _DAY.search(node.place.origin.value, node.place.start, node.place.end)
    if found is None:
        return
    day = date.fromisoformat(found.group())
    for days in (1, -1):
        put = (day + timedelta(days=days)).isoformat()
        yield _inside(node.place, found.start(), found.end(), put)


# operators ----------------------------------------------------------------------------------------------------------

# operator -> how it is written, and what takes its place
_OPERATORS: dict[str, tuple[str, str]] = {
    ">=": (">=", ">"),
    ">": (">", ">="),
    "<=": ("<=", "<"),
    "<": ("<", "<="),
    "=": ("==?", "<>"),
    "<>": ("<>|!=", "="),
    "+": (r"\+", "-"),
    "-": ("-", "+"),
    "*": (r"\*", "/"),
    "/": ("/", "*"),
    "and": (r"\band\b", "or"),
    "or": (r"\bor\b", "and"),
    "is distinct from": (r"\bis\s+distinct\b", "is not distinct"),
    "is not distinct from": (r"\bis\s+not\s+distinct\b", "is distinct"),
}


def _binary(node: Binary) -> Iterator[Edit]:
    if node.op not in _OPERATORS:
        return
    written, put = _OPERATORS[node.op]
    text = node.place.origin.value
    found = re.compile(written, re.IGNORECASE).search(text, node.left.place.end, node.right.place.start)
    if found is None:
        return
    if node.op in ("and", "or"):  # which bind differently
        inside = text[node.place.start : found.start()] + put + text[found.end() : node.place.end]
        yield _whole(node.place, f"({inside})")
    else:
        yield _inside(node.place, found.start(), found.end(), put)


_NOT = re.compile(r"\bnot\s+", re.IGNORECASE)
_TEST_WORD = re.compile(r"\b(between|in|like|ilike)\b", re.IGNORECASE)
_IS = re.compile(r"\bis\s+", re.IGNORECASE)


def _test(node: Between | In | Like | Is) -> Iterator[Edit]:
    text, place = node.place.origin.value, node.place
    if node.negated:
        found = _NOT.search(text, node.operand.place.end, place.end)
        at = (found.start(), found.end(), "") if found is not None else None
    else:
        found = (_IS if isinstance(node, Is) else _TEST_WORD).search(text, node.operand.place.end, place.end)
        start = 0 if found is None else found.end() if isinstance(node, Is) else found.start()
        at = (start, start, "not ") if found is not None else None
    if at is not None:
        yield _inside(place, *at)
    if isinstance(node, In) and len(node.items) > 1:
        for this, following in pairwise(node.items):
            yield _inside(place, this.place.start, following.place.start, "")
        yield _inside(place, node.items[-2].place.end, node.items[-1].place.end, "")


def _case(node: Case) -> Iterator[Edit]:
    text = node.place.origin.value
    results = [w.result for w in node.whens] + ([node.otherwise] if node.otherwise is not None else [])
    for one, other in pairwise(results):
        between = text[one.place.end : other.place.start]
        yield _inside(node.place, one.place.start, other.place.end, other.place.text + between + one.place.text)
    if node.otherwise is not None:
        end = node.whens[-1].result.place.end
        if text[end : node.otherwise.place.start].strip().lower() == "else":
            yield _inside(node.place, end, node.otherwise.place.end, "")


# calls --------------------------------------------------------------------------------------------------------------

_NAMES: dict[str, str] = {
    "sum": "avg",
    "avg": "sum",
    "min": "max",
    "max": "min",
    "arg_min": "arg_max",
    "arg_max": "arg_min",
    "bool_and": "bool_or",
    "bool_or": "bool_and",
    "stddev_samp": "stddev_pop",
    "stddev_pop": "stddev_samp",
    "var_samp": "var_pop",
    "var_pop": "var_samp",
    "quantile_cont": "quantile_disc",
    "quantile_disc": "quantile_cont",
    "greatest": "least",
    "least": "greatest",
    "floor": "ceil",
    "ceil": "floor",
}
_CONDITIONS: dict[str, int] = {"count_if": 0, "bool_and": 0, "bool_or": 0, "sum_if": 1}


def _call(node: Call, rows: str | None) -> Iterator[Edit]:
    named = node.name_place
    if named is not None and node.name in _NAMES:
        yield _inside(node.place, named.start, named.end, _NAMES[node.name])
    at = _CONDITIONS.get(node.name)
    if at is not None and at < len(node.args):
        argument = node.args[at].place
        yield _inside(node.place, argument.start, argument.end, f"not ({argument.text})")
    if node.name == "count":
        yield from _count(node, rows)
    if node.name == "median" and named is not None:
        end = node.args[0].place.end if node.args else named.end
        moved = f"quantile_cont{node.place.origin.value[named.end : end]}, 0.6"
        yield _inside(node.place, named.start, end, moved)
    yield from _choice(node)
    yield from _unfiltered(node)


_DISTINCT = re.compile(r"\bdistinct\s+", re.IGNORECASE)


def _count(node: Call, rows: str | None) -> Iterator[Edit]:
    if not node.args:
        return
    counted = node.args[0].place
    if isinstance(node.args[0], Star):
        if rows is not None:
            yield _inside(node.place, counted.start, counted.end, rows)
    elif node.distinct:
        found = _DISTINCT.search(node.place.origin.value, node.place.start, counted.start)
        if found is not None:
            yield _inside(node.place, found.start(), found.end(), "")
    else:
        yield _inside(node.place, counted.start, counted.end, f"distinct {counted.text}")
        yield _inside(node.place, counted.start, counted.end, "*")


def _choice(node: Call) -> Iterator[Edit]:
    if node.name in ("coalesce", "nullif") and len(node.args) >= 2:
        kept = node.args[0] if len(node.args) == 2 else None
        if kept is not None:
            yield _whole(node.place, f"({kept.place.text})")
        else:
            yield _inside(node.place, node.args[-2].place.end, node.args[-1].place.end, "")
    if node.name == "if" and len(node.args) == 3:
        one, other = node.args[1].place, node.args[2].place
        between = node.place.origin.value[one.end : other.start]
        yield _inside(node.place, one.start, other.end, other.text + between + one.text)


_FILTER = re.compile(r"\s*\bfilter\s*\(\s*where\b", re.IGNORECASE)


def _unfiltered(node: Call) -> Iterator[Edit]:
    if node.filter is None or node.window is not None:
        return
    text, start = node.place.origin.value, max((a.place.end for a in node.args), default=node.place.start)
    found = _FILTER.search(text, start, node.filter.place.start)
    if found is not None:
        yield _inside(node.place, found.start(), node.place.end, "")
