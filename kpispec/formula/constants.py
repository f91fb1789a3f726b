"""The value of an expression that reads no data: `200 / 3`, `-99`, `4 h`."""

from math import isfinite

from kpispec.formula.tree import Binary, Duration, Expr, Number, Unary


def constant(expr: Expr) -> float | None:
    """The value, durations in seconds; `None` where the expression reads data, calls a function or divides by zero."""
    value = _value(expr)
    return value if value is not None and isfinite(value) else None


def _value(expr: Expr) -> float | None:
    match expr:
        case Number(text=text):
            return float(text)
        case Duration(seconds=seconds):
            return seconds
        case Unary(op="-" | "+" as op, operand=operand):
            value = _value(operand)
            return value if value is None or op == "+" else -value
        case Binary(op=op, left=left, right=right):
            return _combined(op, _value(left), _value(right))
        case _:
            return None


def _combined(op: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None
        case _:
            return None
