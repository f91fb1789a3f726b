"""Warnings about expressions that are right, and rarely what was meant."""

from collections.abc import Iterator

from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.operators import shown
from kpispec.formula.scope import Context
from kpispec.formula.tree import Binary, Call, Expr, In, Is, Name, Type, children, walk

_FILLING = ("coalesce", "if")


def caution(expr: Expr, context: Context) -> None:
    """The warnings of an expression without errors."""
    if context.scope.filter:
        _dropped_nulls(expr, context)
    for node in walk(expr):
        if not isinstance(node, Call) or not _own(node, context):
            continue
        if node.filter is not None:
            _dropped_nulls(node.filter, context)
        if node.name == "date_diff":
            _boundaries(node, context)
    if context.scope.kind == "formula":
        for call in _null_sums(expr):
            if _own(call, context):
                _null_sum(call, context)


def _dropped_nulls(condition: Expr, context: Context) -> None:
    known = {e.operand for e in walk(condition) if isinstance(e, Is) and e.what == "null" and e.negated}
    for node in walk(condition):
        match node:
            case Binary(op="<>", left=left, right=right):
                for side, other in ((left, right), (right, left)):
                    if _may_be_null(side, context) and side not in known:
                        help = f"to keep them write `{shown(side)} is distinct from {shown(other)}`"
                        _report_drop(node, side, "`<>`", help, context)
            case In(operand=side, negated=True) if _may_be_null(side, context) and side not in known:
                help = f"to keep them write `({shown(node)} or {shown(side)} is null)`"
                _report_drop(node, side, "`not in`", help, context)
            case _:
                pass


def _may_be_null(expr: Expr, context: Context) -> bool:
    """A column that may be empty, or a function of one that passes null on."""
    match expr:
        case Name(path=()):
            symbol = context.scope.symbols.get(expr.name.lower())
            return symbol is not None and symbol.nullable and not symbol.constant
        case Call(name=name, args=args) if name not in _FILLING and FUNCTIONS[name].kind == "scalar":
            return any(_may_be_null(a, context) for a in args)
        case _:
            return False


def _own(expr: Expr, context: Context) -> bool:
    """Whether the user wrote it here: a macro's body is warned of where it is defined."""
    return expr.place.origin is context.origin


def _report_drop(node: Expr, side: Expr, operator: str, help: str, context: Context) -> None:
    message = f"{operator} drops the rows where `{shown(side)}` is null"
    context.report("nullable-comparison", message, node.place, help)


def _boundaries(call: Call, context: Context) -> None:
    unit, first, second = call.args
    if shown(unit) == "'day'" and first.type is second.type is Type.DATE:
        return
    message = f"`date_diff` counts the boundaries of {shown(unit)} between two instants, not the time elapsed"
    context.report(
        "date-diff-counts-boundaries",
        message,
        call.place,
        f"for the time elapsed write `{shown(second)} - {shown(first)}`",
    )


def _null_sums(expr: Expr) -> Iterator[Call]:
    """Filtered sums that nothing makes 0 where no row matches."""
    if isinstance(expr, Call) and expr.name in _FILLING:
        return
    if isinstance(expr, Call) and expr.name == "sum" and expr.filter is not None:
        yield expr
    for child in children(expr):
        yield from _null_sums(child)


def _null_sum(call: Call, context: Context) -> None:
    assert call.filter is not None
    instead = f"sum_if({shown(call.args[0])}, {shown(call.filter)})"
    message = "a filtered sum is null where no row matches"
    context.report("sum-filter-null", message, call.place, f"for 0 there write `{instead}`", instead)
