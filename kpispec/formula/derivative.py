"""The derivative of a tree: how much its value moves with one of the names in it.

Pieces (`case`, `if`, `coalesce`, `greatest`, `least`, `abs`) have the derivative of the piece that is read; what falls
on the seam between two is left to the reader. What jumps (`round`, `floor`, `ceil`, `sign`, `mod`) has none.
"""

from collections.abc import Callable
from math import log

from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Call, Case, Cast, Expr, Is, Name, Number, Type, Unary, When, children, walk


def derivative(expr: Expr, by: Name) -> Expr | None:
    """The derivative of an expression by a name, simplified; `None` where it has none. See `rough`."""
    if not _reads(expr, by):
        return _number(0.0, expr)
    match expr:
        case Name():
            return _number(1.0, expr)
        case Unary(op="-" | "+" as op, operand=x):
            inner = derivative(x, by)
            return inner if inner is None or op == "+" else negative(inner)
        case Binary():
            return _of_binary(expr, by)
        case Cast(operand=x, target=Type.NUMBER):
            return derivative(x, by)
        case Case(operand=operand, whens=whens, otherwise=otherwise):
            results = [derivative(w.result, by) for w in whens]
            last = None if otherwise is None else derivative(otherwise, by)
            if any(r is None for r in results) or (otherwise is not None and last is None):
                return None
            pieces = tuple(When(w.condition, r) for w, r in zip(whens, results, strict=True) if r is not None)
            return Case(operand, pieces, last, place=expr.place, type=Type.NUMBER)
        case Call(name=name) if name in _CALLS:
            return _CALLS[name](expr, by)
        case _:
            return None


def rough(expr: Expr, by: Name) -> Expr | None:
    """The innermost part of an expression that has no derivative by a name; `None` where all have."""
    if derivative(expr, by) is not None:
        return None
    found = (rough(c, by) for c in _read_values(expr) if _reads(c, by))
    return next((part for part in found if part is not None), expr)


def _read_values(expr: Expr) -> tuple[Expr, ...]:
    """The parts whose values make up an expression's own; what only chooses between them is left out."""
    match expr:
        case Case(whens=whens, otherwise=otherwise):
            return (*(w.result for w in whens), *((otherwise,) if otherwise is not None else ()))
        case Call(name="if", args=args):
            return args[1:]
        case Call(name="nullif", args=args):
            return args[:1]
        case _:
            return children(expr)


def _reads(expr: Expr, by: Name) -> bool:
    return any(e == by for e in walk(expr))


def _number(value: float, like: Expr) -> Number | Unary:
    text = repr(int(abs(value))) if value == int(value) and abs(value) < 2**53 else repr(abs(value))
    number = Number(text, place=like.place, type=Type.NUMBER)
    return number if value >= 0 else Unary("-", number, place=like.place, type=Type.NUMBER)


# arithmetic, simplified ---------------------------------------------------------------------------------------------


def _binary(op: str, left: Expr, right: Expr) -> Expr:
    return Binary(op, left, right, place=left.place, type=Type.NUMBER)


def negative(expr: Expr) -> Expr:
    value = constant(expr)
    if value is not None:
        return _number(-value, expr)
    if isinstance(expr, Unary) and expr.op == "-":
        return expr.operand
    return Unary("-", expr, place=expr.place, type=Type.NUMBER)


def plus(left: Expr, right: Expr) -> Expr:
    a, b = constant(left), constant(right)
    if a == 0 or b == 0:
        return right if a == 0 else left
    if a is not None and b is not None:
        return _number(a + b, left)
    if isinstance(right, Unary) and right.op == "-":
        return _binary("-", left, right.operand)
    return _binary("+", left, right)


def minus(left: Expr, right: Expr) -> Expr:
    return plus(left, negative(right))


def times(left: Expr, right: Expr) -> Expr:
    a, b = constant(left), constant(right)
    if a is not None and b is not None:
        return _number(a * b, left)
    if a == 0 or b == 0:
        return _number(0.0, left)
    if a == 1 or b == 1:
        return right if a == 1 else left
    if a == -1 or b == -1:
        return negative(right if a == -1 else left)
    return _binary("*", left, right)


def over(left: Expr, right: Expr) -> Expr:
    if constant(left) == 0:
        return _number(0.0, left)
    return left if constant(right) == 1 else _binary("/", left, right)


def _of_binary(expr: Binary, by: Name) -> Expr | None:
    if expr.op not in ("+", "-", "*", "/"):
        return None
    a, b = expr.left, expr.right
    da, db = derivative(a, by), derivative(b, by)
    if da is None or db is None:
        return None
    match expr.op:
        case "+":
            return plus(da, db)
        case "-":
            return minus(da, db)
        case "*":
            return plus(times(da, b), times(a, db))
        case _:
            return _of_quotient(expr, da, db)


def _of_quotient(expr: Binary, da: Expr, db: Expr) -> Expr:
    """`(a / b)' = (a' - (a / b) b') / b`: the quotient stays whole, so that it is computed once."""
    if constant(db) == 0:
        return over(da, expr.right)
    return over(minus(da, times(expr, db)), expr.right)


# functions ----------------------------------------------------------------------------------------------------------


def _chain(outer: Callable[[Call], Expr]) -> "_Rule":
    """A function of one argument by the derivative of itself."""

    def rule(call: Call, by: Name) -> Expr | None:
        inner = derivative(call.args[0], by)
        return None if inner is None else times(outer(call), inner)

    return rule


def _power(call: Call, by: Name) -> Expr | None:
    base, exponent = call.args
    inner, moved = derivative(base, by), derivative(exponent, by)
    if inner is None or moved is None:
        return None
    lowered = Call("power", (base, minus(exponent, _number(1.0, call))), place=call.place, type=Type.NUMBER)
    along = times(times(exponent, lowered), inner)
    logarithm = Call("ln", (base,), place=call.place, type=Type.NUMBER)
    return along if constant(moved) == 0 else plus(along, times(times(call, logarithm), moved))


def _pieces(conditions: Callable[[Call], list[Expr]]) -> "_Rule":
    """One of the arguments is read: the first whose condition holds."""

    def rule(call: Call, by: Name) -> Expr | None:
        found = [derivative(a, by) for a in call.args]
        if any(f is None for f in found):
            return None
        whens = [When(c, f) for c, f in zip(conditions(call), found, strict=True) if f is not None]
        alike = {constant(w.result) for w in whens}
        if len(alike) == 1 and None not in alike:
            return whens[0].result
        return Case(None, tuple(whens), None, place=call.place, type=Type.NUMBER)

    return rule


def _is_read(call: Call) -> list[Expr]:
    return [Is(a, "null", negated=True, place=call.place, type=Type.BOOLEAN) for a in call.args]


def _is_extreme(call: Call) -> list[Expr]:
    return [Binary("=", a, call, place=call.place, type=Type.BOOLEAN) for a in call.args]


def _if(call: Call, by: Name) -> Expr | None:
    condition, *branches = call.args
    found = [derivative(b, by) for b in branches]
    if any(f is None for f in found):
        return None
    first, *last = [f for f in found if f is not None]
    return Case(None, (When(condition, first),), last[0] if last else None, place=call.place, type=Type.NUMBER)


def _first_argument(call: Call, by: Name) -> Expr | None:
    return derivative(call.args[0], by)


def _sign(call: Call) -> Expr:
    return Call("sign", call.args, place=call.place, type=Type.NUMBER)


_Rule = Callable[[Call, Name], Expr | None]

_CALLS: dict[str, _Rule] = {
    "sqrt": _chain(lambda call: over(_number(0.5, call), call)),
    "exp": _chain(lambda call: call),
    "ln": _chain(lambda call: over(_number(1.0, call), call.args[0])),
    "log10": _chain(lambda call: over(_number(1 / log(10), call), call.args[0])),
    "abs": _chain(_sign),
    "power": _power,
    "coalesce": _pieces(_is_read),
    "greatest": _pieces(_is_extreme),
    "least": _pieces(_is_extreme),
    "if": _if,
    "nullif": _first_argument,
}
