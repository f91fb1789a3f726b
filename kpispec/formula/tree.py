"""The tree of a formula or row expression: kpispec's own, with the place of every node in the text it came from.

`start` and `end` are offsets into the text that was parsed; `origin` is that text, so that a node of an expanded macro
still points at the characters of the macro's own document. `type` is unknown until `formula.check` has seen the node.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kpispec.source import Span, Text


class Type(StrEnum):
    """What a value is. UNKNOWN stands for a column whose type only the data can tell: it fits everywhere."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"  # seconds, as a double
    NULL = "null"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    origin: Text
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.origin.at(self.start, self.end)

    @property
    def text(self) -> str:
        return self.origin.value[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    place: Place = field(compare=False, repr=False)
    type: Type = field(default=Type.UNKNOWN, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Base):
    """A number as written, without sign: `0.9`, `1e3`, `4`."""

    text: str


@dataclass(frozen=True, slots=True)
class String(Base):
    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Base):
    value: bool


@dataclass(frozen=True, slots=True)
class Null(Base):
    pass


@dataclass(frozen=True, slots=True)
class Duration(Base):
    """`4 h`, `interval 1 day`, `interval '90' minute`: a fixed number of seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CalendarInterval(Base):
    """`interval 3 month`, `interval 1 year`: only ever added to a moment, by the calendar, the day clipped."""

    months: int


@dataclass(frozen=True, slots=True)
class Moment(Base):
    """`date '2026-01-01'` or `timestamp '2026-01-01 08:00'`; `type` says which. `value` is valid ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Base):
    """An input, a column, a param, or an argument of a function document. Lower case."""

    name: str
    path: tuple[str, ...] = ()  # `customer.region` is Name("region", ("customer",))
    quoted: bool = False  # a raw column's name as written, capitals and all: only in bindings


@dataclass(frozen=True, slots=True)
class Star(Base):
    """The `*` of `count(*)`."""


@dataclass(frozen=True, slots=True)
class Unary(Base):
    """`-x`, `+x`, `not x`."""

    op: str
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Binary(Base):
    """`+ - * / %`, `= <> < <= > >=`, `and or`, `||`, `is distinct from`, `is not distinct from`."""

    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Between(Base):
    operand: "Expr"
    low: "Expr"
    high: "Expr"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Base):
    operand: "Expr"
    items: tuple["Expr", ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Base):
    operand: "Expr"
    pattern: "Expr"
    escape: "Expr | None" = None
    insensitive: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Is(Base):
    """`x is [not] null`, `x is [not] true`, `x is [not] false`."""

    operand: "Expr"
    what: str  # "null" | "true" | "false"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class When:
    condition: "Expr"
    result: "Expr"


@dataclass(frozen=True, slots=True)
class Case(Base):
    """`case [operand] when .. then .. [else ..] end`."""

    operand: "Expr | None"
    whens: tuple[When, ...]
    otherwise: "Expr | None"


@dataclass(frozen=True, slots=True)
class Cast(Base):
    operand: "Expr"
    target: Type


@dataclass(frozen=True, slots=True)
class OrderItem:
    expr: "Expr"
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class FrameBound:
    """`unbounded preceding`, `3 preceding`, `current row`, `1 following`, `unbounded following`."""

    kind: str  # "preceding" | "following" | "current"
    rows: int | None = None  # None: unbounded (or the current row)


@dataclass(frozen=True, slots=True)
class Window:
    partition: tuple["Expr", ...]
    order: tuple[OrderItem, ...]
    frame: tuple[FrameBound, FrameBound] | None = None  # of `rows between`


@dataclass(frozen=True, slots=True)
class Call(Base):
    """`name(args)`, with what SQL lets stand around it."""

    name: str
    args: tuple["Expr", ...]
    distinct: bool = False
    filter: "Expr | None" = None
    ignore_nulls: bool = False
    window: Window | None = None
    name_place: Place | None = field(default=None, compare=False, repr=False, kw_only=True)


Expr = (
    Number
    | String
    | Boolean
    | Null
    | Duration
    | CalendarInterval
    | Moment
    | Name
    | Star
    | Unary
    | Binary
    | Between
    | In
    | Like
    | Is
    | Case
    | Cast
    | Call
)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside one, in the order they are written."""
    match expr:
        case Unary(operand=x) | Is(operand=x) | Cast(operand=x):
            return (x,)
        case Binary(left=a, right=b):
            return (a, b)
        case Between(operand=x, low=a, high=b):
            return (x, a, b)
        case In(operand=x, items=items):
            return (x, *items)
        case Like(operand=x, pattern=p, escape=e):
            return (x, p) if e is None else (x, p, e)
        case Case():
            return _case_children(expr)
        case Call():
            return _call_children(expr)
        case _:
            return ()


def _case_children(expr: Case) -> tuple[Expr, ...]:
    inside = [] if expr.operand is None else [expr.operand]
    for when in expr.whens:
        inside += [when.condition, when.result]
    return tuple(inside if expr.otherwise is None else [*inside, expr.otherwise])


def _call_children(expr: Call) -> tuple[Expr, ...]:
    inside = list(expr.args)
    if expr.filter is not None:
        inside.append(expr.filter)
    if expr.window is not None:
        inside += [*expr.window.partition, *(item.expr for item in expr.window.order)]
    return tuple(inside)


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression with each of those directly inside it changed."""
    match expr:
        case Unary(operand=x) | Is(operand=x) | Cast(operand=x):
            return replace(expr, operand=change(x))
        case Binary(left=a, right=b):
            return replace(expr, left=change(a), right=change(b))
        case Between(operand=x, low=a, high=b):
            return replace(expr, operand=change(x), low=change(a), high=change(b))
        case In(operand=x, items=items):
            return replace(expr, operand=change(x), items=tuple(change(i) for i in items))
        case Like(operand=x, pattern=p, escape=e):
            return replace(expr, operand=change(x), pattern=change(p), escape=None if e is None else change(e))
        case Case():
            return _rebuild_case(expr, change)
        case Call():
            return _rebuild_call(expr, change)
        case _:
            return expr


def _rebuild_case(expr: Case, change: Callable[[Expr], Expr]) -> Case:
    operand = None if expr.operand is None else change(expr.operand)
    whens = tuple(When(change(w.condition), change(w.result)) for w in expr.whens)
    otherwise = None if expr.otherwise is None else change(expr.otherwise)
    return replace(expr, operand=operand, whens=whens, otherwise=otherwise)


def _rebuild_call(expr: Call, change: Callable[[Expr], Expr]) -> Call:
    args = tuple(change(a) for a in expr.args)
    condition = None if expr.filter is None else change(expr.filter)
    window = expr.window
    if window is not None:
        order = tuple(replace(item, expr=change(item.expr)) for item in window.order)
        window = replace(window, partition=tuple(change(e) for e in window.partition), order=order)
    return replace(expr, args=args, filter=condition, window=window)


def walk(expr: Expr) -> "tuple[Expr, ...]":
    """The expression and everything inside it, outermost first."""
    found: list[Expr] = [expr]
    for child in children(expr):
        found += walk(child)
    return tuple(found)
