"""What the shape of a formula says of its values: whether they grow with what is counted, whether they are shares."""

from collections.abc import Callable, Set

from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Call, Case, Expr, Name, Unary

_COUNTS = frozenset({"count", "count_if", "approx_count_distinct"})
_AMOUNTS = _COUNTS | {"sum", "sum_if"}
_SAME_SIZE = frozenset({"coalesce", "round", "floor", "ceil", "abs"})

Span = tuple[float, float]


def is_amount(formula: Expr, amounts: Set[str] = frozenset()) -> bool:
    """Whether a formula gives a bare count or sum, scaled or added up: twice the period, about twice the value.

    `amounts` are the inputs that are such KPIs.
    """

    def grows(expr: Expr) -> bool:
        match expr:
            case Call(name=name, args=args):
                return name in _AMOUNTS or (name in _SAME_SIZE and grows(args[0]))
            case Name(name=name):
                return name in amounts
            case Unary(operand=operand):
                return grows(operand)
            case Binary(op="+" | "-", left=left, right=right):
                return grows(left) and grows(right)
            case Binary(op="*", left=left, right=right):
                return _scaled(left, right, grows) or _scaled(right, left, grows)
            case Binary(op="/", left=left, right=right):
                return _scaled(left, right, grows)
            case _:
                return False

    return grows(formula)


def _scaled(expr: Expr, factor: Expr, grows: Callable[[Expr], bool]) -> bool:
    return constant(factor) is not None and grows(expr)


def is_count(formula: Expr) -> bool:
    """Whether it is a count and nothing else."""
    return isinstance(formula, Call) and formula.name in _COUNTS


def is_share(formula: Expr) -> bool:
    """Whether it is a share of one, or a difference of two: between -1 and 1 whatever the rows."""
    span = _span(formula)
    return span is not None and -1 <= span[0] <= span[1] <= 1 and not _fixed(formula)


def _fixed(formula: Expr) -> bool:
    return constant(formula) is not None


def _span(expr: Expr) -> Span | None:
    """The ends between which a value must lie, as far as the formula alone says; `None` where it says nothing."""
    number = constant(expr)
    if number is not None:
        return number, number
    match expr:
        case Call(name="avg", args=(Case() as chosen,)):
            return _chosen(chosen)
        case Call(name="coalesce" | "round", args=(first, *_)):
            return _span(first)
        case Unary(op="-", operand=operand):
            span = _span(operand)
            return None if span is None else (-span[1], -span[0])
        case Binary(op="/", left=left, right=right):
            return _ratio(left, right)
        case Binary(op="+" | "-" | "*" as op, left=left, right=right):
            return _combined(op, _span(left), _span(right))
        case _:
            return None


def _chosen(case: Case) -> Span | None:
    """The values of a `case` between which its mean lies."""
    results = [when.result for when in case.whens] + ([case.otherwise] if case.otherwise is not None else [])
    values = [constant(result) for result in results]
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if known and len(known) == len(values) else None


def _ratio(left: Expr, right: Expr) -> Span | None:
    """Of rows counted under a condition to those counted without it: part of the whole."""
    if isinstance(left, Binary) and left.op == "-":
        parts = _ratio(left.left, right), _ratio(left.right, right)
        return _combined("-", *parts)
    whole = isinstance(right, Call) and right.name == "count" and right.filter is None and not right.distinct
    part = isinstance(left, Call) and left.name == "count_if"
    return (0.0, 1.0) if whole and part else None


def _combined(op: str, left: Span | None, right: Span | None) -> Span | None:
    if left is None or right is None:
        return None
    if op == "+":
        return left[0] + right[0], left[1] + right[1]
    if op == "-":
        return left[0] - right[1], left[1] - right[0]
    ends = [a * b for a in left for b in right]
    return min(ends), max(ends)
