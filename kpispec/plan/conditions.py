"""What conditions on one row say of each other: one holds only where another does, or never where it does.

Both answers are safe: `False` may also mean that it could not be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kpispec.formula.constants import constant
from kpispec.formula.tree import Between, Binary, Boolean, Call, Expr, In, Is, Like, String, Type, Unary

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_ARITHMETIC = ("+", "-", "*", "/", "%")
_NULL_SAFE = ("coalesce", "greatest", "least", "if", "nullif")


def parts_of(condition: Expr) -> tuple[Expr, ...]:
    """The conditions that an `and` holds together."""
    if isinstance(condition, Binary) and condition.op == "and":
        return (*parts_of(condition.left), *parts_of(condition.right))
    return (condition,)


def implied(condition: Expr, given: Iterable[Expr]) -> bool:
    """Whether a condition is true wherever all of `given` are."""
    given = tuple(given)
    if condition in given:
        return True
    match condition:
        case Is(operand=x, what="null", negated=True):
            return any(needs(g, x) for g in given) or (x.type is Type.BOOLEAN and implied(x, given))
        case Binary(op="and", left=a, right=b):
            return implied(a, given) and implied(b, given)
        case Binary(op="or", left=a, right=b) if implied(a, given) or implied(b, given):
            return True
        case _:
            wider = _reach(condition)
            return wider is not None and any(
                (r := _reach(g)) is not None and r[0] == wider[0] and r[1].within(wider[1]) for g in given
            )


def needs(condition: Expr, value: Expr) -> bool:
    """Whether a condition is only ever true where the value is not null."""
    match condition:
        case Binary(op="and", left=a, right=b):
            return needs(a, value) or needs(b, value)
        case Binary(op="or", left=a, right=b):
            return needs(a, value) and needs(b, value)
        case Binary(op=op, left=a, right=b) if op in _COMPARISONS:
            return strict(a, value) or strict(b, value)
        case Between(operand=x) | In(operand=x) | Like(operand=x):
            return strict(x, value)
        case Is(operand=x, what=what, negated=negated):
            return strict(x, value) and (what != "null") != negated
        case Unary(op="not", operand=x):
            return strict(x, value)
        case _:
            return condition == value


def strict(expr: Expr, value: Expr) -> bool:
    """Whether an expression is null wherever the value is: it is the value, or arithmetic on it."""
    if expr == value:
        return True
    match expr:
        case Binary(op=op, left=a, right=b) if op in (*_ARITHMETIC, *_COMPARISONS):
            return strict(a, value) or strict(b, value)
        case Unary(operand=x):
            return strict(x, value)
        case Between(operand=x) | In(operand=x) | Like(operand=x):
            return strict(x, value)
        case Call(name=name, args=args) if name not in _NULL_SAFE:
            return any(strict(a, value) for a in args)
        case _:
            return False


def disjoint(first: Iterable[Expr], second: Iterable[Expr]) -> bool:
    """Whether two lists of conditions are never true together."""
    return any(_exclude(a, b) for f in first for s in second for a in parts_of(f) for b in parts_of(s))


def _exclude(first: Expr, second: Expr) -> bool:
    if _opposite(first, second) or _opposite(second, first):
        return True
    if isinstance(first, Binary) and first.op == "or":
        return disjoint((first.left,), (second,)) and disjoint((first.right,), (second,))
    if isinstance(second, Binary) and second.op == "or":
        return disjoint((first,), (second.left,)) and disjoint((first,), (second.right,))
    ours, theirs = _reach(first), _reach(second)
    return ours is not None and theirs is not None and ours[0] == theirs[0] and not ours[1].meets(theirs[1])


def _opposite(first: Expr, second: Expr) -> bool:
    """Whether the second is false or null wherever the first is true, by their form."""
    match second:
        case Unary(op="not", operand=x):
            return x == first
        case Is(operand=x, what="null", negated=False):
            return needs(first, x)
        case Boolean(value=False):
            return True
        case Is(operand=x, what="false", negated=False):
            return x == first
        case _:
            return False


# values of one expression -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Numbers from low to high, ends in or out."""

    low: float
    high: float
    low_in: bool
    high_in: bool

    def meets(self, other: "_Reach") -> bool:
        if isinstance(other, _Values):
            return other.meets(self)
        low, low_out = max((self.low, not self.low_in), (other.low, not other.low_in))
        high, high_in = min((self.high, self.high_in), (other.high, other.high_in))
        return low < high or (low == high and not low_out and high_in)

    def within(self, other: "_Reach") -> bool:
        if isinstance(other, _Values):
            return self.low == self.high and other.holds(self.low)
        above = self.low > other.low or (self.low == other.low and (other.low_in or not self.low_in))
        below = self.high < other.high or (self.high == other.high and (other.high_in or not self.high_in))
        return above and below

    def holds(self, value: float | str) -> bool:
        if isinstance(value, str):
            return False
        return (self.low < value or (self.low == value and self.low_in)) and (
            value < self.high or (value == self.high and self.high_in)
        )


@dataclass(frozen=True, slots=True)
class _Values:
    values: frozenset[float | str]

    def holds(self, value: float | str) -> bool:
        return value in self.values

    def meets(self, other: "_Reach") -> bool:
        return any(other.holds(v) for v in self.values)

    def within(self, other: "_Reach") -> bool:
        return all(other.holds(v) for v in self.values)


_Reach = _Stretch | _Values
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_INFINITE = float("inf")


def _reach(part: Expr) -> tuple[Expr, _Reach] | None:
    """The expression a condition is about, and the values of it for which the condition can be true."""
    match part:
        case Between(operand=x, low=low, high=high, negated=False):
            a, b = constant(low), constant(high)
            return None if a is None or b is None else (x, _Stretch(a, b, True, True))
        case In(operand=x, items=items, negated=False):
            found = [_literal(i) for i in items]
            return None if None in found else (x, _Values(frozenset(v for v in found if v is not None)))
        case Binary(op=op, left=x, right=bound) if op in _MIRROR and _literal(bound) is not None:
            return _bounded(op, x, bound)
        case Binary(op=op, left=bound, right=x) if op in _MIRROR and _literal(bound) is not None:
            return _bounded(_MIRROR[op], x, bound)
        case _:
            return None


def _literal(expr: Expr) -> float | str | None:
    return expr.value if isinstance(expr, String) else constant(expr)


def _bounded(op: str, expr: Expr, bound: Expr) -> tuple[Expr, _Reach] | None:
    value = _literal(bound)
    if op == "=" and value is not None:
        return expr, _Values(frozenset((value,)))
    if value is None or isinstance(value, str):
        return None
    if op in ("<", "<="):
        return expr, _Stretch(-_INFINITE, value, False, op == "<=")
    return expr, _Stretch(value, _INFINITE, op == ">=", False)
