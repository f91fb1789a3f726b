"""Which interval a formula has, read off its shape: a share, a mean, a quantile, or a difference of two shares.

A formula that is a constant times one of these has that one's interval, scaled. Any other shape has none here.
"""

from dataclasses import dataclass
from statistics import NormalDist

from kpispec.formula.constants import constant
from kpispec.formula.tree import Between, Binary, Call, Expr, In, Is, Like, Number, Star, Type, Unary
from kpispec.plan.model import Spread
from kpispec.plan.terms import Context, decompose, parts_of


@dataclass(frozen=True, slots=True)
class _Scaled:
    scale: float
    core: Expr


def spread_of(formula: Expr, context: Context, level: float) -> Spread | None:
    """How the interval of a checked formula is found, its ingredients planned as terms; `None` where none is known."""
    scaled = _unscaled(formula)
    core = scaled.core
    if isinstance(core, Call):
        return _of_call(core, scaled.scale, context, level)
    if not isinstance(core, Binary) or core.op != "/":
        return None
    top = _unscaled(core.left)
    bottom = _unscaled(core.right)
    if not isinstance(bottom.core, Call) or bottom.scale == 0:
        return None
    scale = scaled.scale * top.scale / bottom.scale
    if isinstance(top.core, Call):
        return _share(top.core, bottom.core, scale, context)
    if isinstance(top.core, Binary) and top.core.op == "-":
        return _difference(top.core, bottom.core, scale, context)
    return None


def _unscaled(expr: Expr) -> _Scaled:
    """A product or quotient with constants, as one factor and the rest."""
    if isinstance(expr, Binary) and expr.op in ("*", "/"):
        left, right = constant(expr.left), constant(expr.right)
        if left is not None and expr.op == "*":
            return _times(left, _unscaled(expr.right))
        if right is not None and right != 0:
            return _times(right if expr.op == "*" else 1 / right, _unscaled(expr.left))
        if expr.op == "/":
            return _lifted(expr)
    return _Scaled(1.0, expr)


def _lifted(expr: Binary) -> _Scaled:
    """`100 * k / n` is parsed as `(100 * k) / n`: the factor of the numerator is the quotient's."""
    top = _unscaled(expr.left)
    return _Scaled(top.scale, Binary("/", top.core, expr.right, place=expr.place, type=expr.type))


def _times(factor: float, scaled: _Scaled) -> _Scaled:
    return _Scaled(factor * scaled.scale, scaled.core)


def _of_call(call: Call, scale: float, context: Context, level: float) -> Spread | None:
    if call.distinct:
        return None
    if call.name == "avg":
        return _mean(call, scale, context)
    if call.name == "median":
        return _quantile(call, 0.5, scale, context, level)
    if call.name == "quantile_cont":
        p = constant(call.args[1])
        return None if p is None else _quantile(call, p, scale, context, level)
    return None


def _mean(call: Call, scale: float, context: Context) -> Spread:
    def term(name: str) -> Expr:
        aggregate = Call(name, call.args, filter=call.filter, place=call.place, type=call.type)
        return decompose(aggregate, context).value

    return Spread("t", scale, (("sum", term("sum")), ("squares", term("squares")), ("n", term("count"))))


def _quantile(call: Call, p: float, scale: float, context: Context, level: float) -> Spread | None:
    z = _number(NormalDist().inv_cdf(0.5 + level / 2), call)
    ranks = Call(
        "ranks_around", (call.args[0], _number(p, call), z), filter=call.filter, place=call.place, type=call.type
    )
    made = decompose(ranks, context)
    return Spread("order_statistics", scale, (("ranks", made.value), ("n", made.n)), p)


def _number(value: float, call: Call) -> Expr:
    return Number(repr(value), place=call.place, type=Type.NUMBER)


def _share(top: Call, bottom: Call, scale: float, context: Context) -> Spread | None:
    """A share k / n, where the rows of k are among those of n."""
    if top.name != "count_if" or not _within(top, bottom, context):
        return None
    parts = (("k", decompose(top, context).value), ("n", decompose(bottom, context).value))
    return Spread("wilson", scale, parts)


def _difference(top: Binary, bottom: Call, scale: float, context: Context) -> Spread | None:
    """(up - down) / n where up and down exclude each other and are both among the rows of n."""
    up, down = top.left, top.right
    if not (isinstance(up, Call) and isinstance(down, Call)) or (up.name, down.name) != ("count_if", "count_if"):
        return None
    if not (_within(up, bottom, context) and _within(down, bottom, context)):
        return None
    if not _disjoint(up.args[0], down.args[0]):
        return None
    parts = (
        ("up", decompose(up, context).value),
        ("down", decompose(down, context).value),
        ("n", decompose(bottom, context).value),
    )
    return Spread("nps", scale, parts)


def _within(top: Call, bottom: Call, context: Context) -> bool:
    """Whether every row that `top` counts is one that `bottom` counts."""
    if context.row_set(top) != context.row_set(bottom) or bottom.distinct:
        return False
    kept = {*parts_of(top.args[0]), *(parts_of(top.filter) if top.filter is not None else ())}
    if bottom.filter is not None and not set(parts_of(bottom.filter)) <= kept:
        return False
    if bottom.name == "count":
        counted = bottom.args[0] if bottom.args else None
        if counted is None or isinstance(counted, Star) or counted == top.args[0]:
            return True
        return any(_needs(part, counted) for part in kept)
    return bottom.name == "count_if" and set(parts_of(bottom.args[0])) <= kept


def _needs(condition: Expr, value: Expr) -> bool:
    """Whether a condition is only ever true where the value is not null."""
    match condition:
        case Binary(op="and", left=a, right=b):
            return _needs(a, value) or _needs(b, value)
        case Binary(op="or", left=a, right=b):
            return _needs(a, value) and _needs(b, value)
        case Binary(op=op, left=a, right=b) if op in _STRICT:
            return _strict(a, value) or _strict(b, value)
        case Between(operand=x) | In(operand=x) | Like(operand=x):
            return _strict(x, value)
        case Is(operand=x, what=what, negated=negated):
            return _strict(x, value) and (what != "null") != negated
        case Unary(op="not", operand=x):
            return _strict(x, value)
        case _:
            return condition == value


_STRICT = ("=", "<>", "<", "<=", ">", ">=")
_NULL_SAFE = ("coalesce", "greatest", "least", "if", "nullif")


def _strict(expr: Expr, value: Expr) -> bool:
    """Whether an expression is null wherever the value is: it is the value, or arithmetic on it."""
    if expr == value:
        return True
    match expr:
        case Binary(op=op, left=a, right=b) if op in ("+", "-", "*", "/", "%", *_STRICT):
            return _strict(a, value) or _strict(b, value)
        case Unary(operand=x):
            return _strict(x, value)
        case Between(operand=x) | In(operand=x) | Like(operand=x):
            return _strict(x, value)
        case Call(name=name, args=args) if name not in _NULL_SAFE:
            return any(_strict(a, value) for a in args)
        case _:
            return False


# disjointness -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reach:
    """The values of one expression for which a condition can be true: from low to high, ends in or out."""

    low: float
    high: float
    low_in: bool
    high_in: bool

    def meets(self, other: "_Reach") -> bool:
        low, low_in = max((self.low, not self.low_in), (other.low, not other.low_in))
        high, high_out = min((self.high, self.high_in), (other.high, other.high_in))
        return low < high or (low == high and not low_in and high_out)


def _disjoint(first: Expr, second: Expr) -> bool:
    """Whether two conditions are never true together, as far as intervals of one expression can tell."""
    ours, theirs = _reaches(first), _reaches(second)
    return any(e == f and not a.meets(b) for e, a in ours for f, b in theirs)


def _reaches(condition: Expr) -> list[tuple[Expr, _Reach]]:
    found = []
    for part in parts_of(condition):
        reach = _reach(part)
        if reach is not None:
            found.append(reach)
    return found


_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
_INFINITE = float("inf")


def _reach(part: Expr) -> tuple[Expr, _Reach] | None:
    match part:
        case Between(operand=x, low=low, high=high, negated=False):
            a, b = constant(low), constant(high)
            return None if a is None or b is None else (x, _Reach(a, b, True, True))
        case Binary(op=op, left=x, right=bound) if op in _MIRROR and constant(bound) is not None:
            return x, _half_line(op, constant(bound) or 0.0)
        case Binary(op=op, left=bound, right=x) if op in _MIRROR and constant(bound) is not None:
            return x, _half_line(_MIRROR[op], constant(bound) or 0.0)
        case _:
            return None


def _half_line(op: str, bound: float) -> _Reach:
    match op:
        case "=":
            return _Reach(bound, bound, True, True)
        case "<" | "<=":
            return _Reach(-_INFINITE, bound, False, op == "<=")
        case _:
            return _Reach(bound, _INFINITE, op == ">=", False)
