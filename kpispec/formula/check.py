"""The check of an expression: names bound, macros expanded, every node typed, every mistake a finding."""

from dataclasses import replace

from kpispec.diagnostics import Findings
from kpispec.formula.cautions import caution
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.invocation import invoked, unknown_function
from kpispec.formula.macros import expand, substitute
from kpispec.formula.operators import (
    NUMERIC,
    OPEN,
    Clash,
    agreed,
    arithmetic,
    common,
    incomparable,
    instant,
    joined,
    kind,
    miscast,
    not_a_condition,
    shown,
)
from kpispec.formula.placement import enter, place_input, place_rows
from kpispec.formula.scope import Context, Scope, Symbol, flat, symbol_of
from kpispec.formula.tree import (
    Between,
    Binary,
    CalendarInterval,
    Call,
    Case,
    Cast,
    Expr,
    In,
    Is,
    Like,
    Name,
    Null,
    Type,
    Unary,
    When,
    children,
    rebuild,
    walk,
)
from kpispec.units import Unit

__all__ = ["Scope", "Symbol", "aggregates", "check", "check_unit", "names", "substitute"]

MAX_DEPTH = 100  # of a tree whose macros are expanded


def check(expr: Expr, scope: Scope, subject: str, findings: Findings) -> Expr | None:
    """The tree with macros expanded and every node typed; `None` where something is wrong with it.

    A date that meets a timestamp comes back inside a cast to the instant of its local midnight.
    """
    context = Context(scope, expr.place.origin, subject, findings)
    typed = _typed(expr, context)
    if not context.failed and scope.kind == "formula":
        _result(typed, context)
    if context.failed:
        return None
    caution(typed, context)
    return typed


def aggregates(expr: Expr) -> tuple[Call, ...]:
    """The aggregates of an expression, in the order they are written."""
    if isinstance(expr, Call) and expr.window is None and _is_aggregate(expr):
        return (expr,)
    return tuple(call for child in children(expr) for call in aggregates(child))


def _is_aggregate(call: Call) -> bool:
    function = FUNCTIONS.get(call.name)
    return function is not None and function.kind == "aggregate"


def names(expr: Expr) -> frozenset[str]:
    """The names that an expression reads, those of joins with what stands before the dot."""
    return frozenset(flat(e) for e in walk(expr) if isinstance(e, Name))


def check_unit(expr: Expr, unit: Unit, subject: str, findings: Findings) -> bool:
    """Whether the result of a checked formula can be in a unit: a duration only in a unit of time."""
    if expr.type is not Type.DURATION or unit.family == "duration":
        return True
    findings.add(
        "unit-mismatch",
        f"the formula gives a duration, and the unit is `{unit.name}`",
        subject=subject,
        span=expr.place.span,
        help="set `unit` to `s`, `min`, `h` or `d`, or divide by a duration such as `1 h` for a number",
    )
    return False


def _result(expr: Expr, context: Context) -> None:
    if (
        isinstance(expr, CalendarInterval)
        or expr.type not in OPEN | NUMERIC | {Type.DURATION}
        or isinstance(expr, Null)
    ):
        cures = {
            Type.BOOLEAN: "count where it is true: `100 * count_if(c) / count(c)`",
            Type.DATE: "subtract another date for a duration",
            Type.TIMESTAMP: "subtract another timestamp for a duration",
        }
        help = cures.get(expr.type, "end in a number or a duration")
        context.report(
            "argument-type", f"a formula gives a number or a duration, and this is {kind(expr)}", expr.place, help
        )


def _typed(expr: Expr, context: Context) -> Expr:
    """The expression with types. A wrong node is reported, and of unknown type: nothing follows from it."""
    context.budget -= 1
    context.depth += 1
    if context.budget < 0 or context.depth > MAX_DEPTH:
        _too_large(expr, context)
    else:
        expr = _by_form(expr, context)
    context.depth -= 1
    return expr


def _too_large(expr: Expr, context: Context) -> None:
    if not context.failed:
        message = "with its functions written out the expression is too large"
        context.report(
            "too-large", message, expr.place, "call fewer functions inside each other, or split it into several KPIs"
        )
    context.failed = True


def _by_form(expr: Expr, context: Context) -> Expr:
    match expr:
        case Name():
            return _name(expr, context)
        case Call():
            return _call(expr, context)
        case _:
            operands = rebuild(expr, lambda e: _typed(e, context))
    if isinstance(operands, Case | Cast | Is):
        for step in children(operands):
            if isinstance(step, CalendarInterval):
                context.clash(
                    Clash("a step of the calendar is no value", "add it to a date: `d + interval 1 month`", step)
                )
    if isinstance(operands, Case):
        return _case(operands, context)
    outcome = _operator(operands, context)
    if isinstance(outcome, Clash):
        context.clash(outcome)
        return replace(operands, type=Type.UNKNOWN)
    return outcome


def _operator(expr: Expr, context: Context) -> Expr | Clash:
    match expr:
        case Unary():
            return _unary(expr)
        case Binary(op="and" | "or" as op, left=left, right=right):
            wrong = not_a_condition(left, f"`{op}`") or not_a_condition(right, f"`{op}`")
            return wrong or replace(expr, type=Type.BOOLEAN)
        case Binary(op="+" | "-" | "*" | "/" | "%"):
            return arithmetic(expr)
        case Binary(op="||"):
            return joined(expr)
        case Binary(op=op, left=left, right=right):
            first, second = agreed((left, right))
            return incomparable(op, left, right) or replace(expr, left=first, right=second, type=Type.BOOLEAN)
        case Between(operand=x, low=low, high=high):
            x, low, high = agreed((x, low, high))
            wrong = incomparable(">=", expr.operand, expr.low) or incomparable("<=", expr.operand, expr.high)
            return wrong or replace(expr, operand=x, low=low, high=high, type=Type.BOOLEAN)
        case In():
            return _in(expr)
        case Like(operand=x, pattern=pattern):
            return _not_text(x) or _not_text(pattern) or replace(expr, type=Type.BOOLEAN)
        case Is(operand=x, what=what):
            wrong = None if what == "null" else not_a_condition(x, f"`is {what}`")
            return wrong or replace(expr, type=Type.BOOLEAN)
        case Cast():
            return _cast(expr, context)
        case _:
            return expr


def _unary(expr: Unary) -> Expr | Clash:
    x = expr.operand
    if expr.op == "not":
        return not_a_condition(x, "`not`") or replace(expr, type=Type.BOOLEAN)
    if isinstance(x, CalendarInterval):
        return Clash("a step of the calendar has no sign", "subtract it: `d - interval 1 month`", x)
    if x.type in NUMERIC | OPEN | {Type.DURATION}:
        return replace(expr, type=x.type)
    message = f"`{expr.op}` takes numbers and durations, and `{shown(x)}` is {kind(x)}"
    help = f"write `not {shown(x)}`" if x.type is Type.BOOLEAN else "remove the sign"
    return Clash(message, help, x)


def _in(expr: In) -> Expr | Clash:
    for item in expr.items:
        if isinstance(item, Null):
            return Clash(
                "a null in a list equals nothing", f"write `{shown(expr.operand)} is null` beside the list", item
            )
        wrong = incomparable("=", expr.operand, item)
        if wrong is not None:
            return wrong
    operand, *items = agreed((expr.operand, *expr.items))
    return replace(expr, operand=operand, items=tuple(items), type=Type.BOOLEAN)


def _not_text(expr: Expr) -> Clash | None:
    if expr.type in OPEN | {Type.STRING} and not isinstance(expr, CalendarInterval):
        return None
    help = f"compare it with a value, or convert it: `cast({shown(expr)} as string)`"
    return Clash(f"`like` takes texts, and `{shown(expr)}` is {kind(expr)}", help, expr)


def _cast(expr: Cast, context: Context) -> Expr | Clash:
    if expr.target is Type.INTEGER:
        of = expr.operand
        inner = shown(of) if of.type in NUMERIC | OPEN else f"cast({shown(of)} as number)"
        help = (
            f"write `if({shown(of)}, 1, 0)`"
            if of.type is Type.BOOLEAN
            else f"write `floor({inner})`, `ceil({inner})` or `round({inner})`"
        )
        context.report("cast-to-integer", "a cast to integer does not say how it rounds", expr.place, help)
        return replace(expr, type=Type.INTEGER)
    return miscast(expr) or replace(expr, type=expr.target)


def _case(expr: Case, context: Context) -> Expr:
    for when in expr.whens:
        test = when.condition
        wrong = not_a_condition(test, "`when`") if expr.operand is None else incomparable("=", expr.operand, test)
        if wrong is not None:
            context.clash(wrong)
    results = [when.result for when in expr.whens] + ([] if expr.otherwise is None else [expr.otherwise])
    type = common([r.type for r in results])
    if type is None:
        first, other = next((a, b) for a in results for b in results if common([a.type, b.type]) is None)
        message = f"the branches of `case` give {kind(first)} and {kind(other)}"
        context.report("argument-type", message, other.place, f"give each branch {kind(first)}, as `{shown(first)}` is")
        return replace(expr, type=Type.UNKNOWN)
    if type is not Type.TIMESTAMP:
        return replace(expr, type=type)
    whens = tuple(When(w.condition, instant(w.result)) for w in expr.whens)
    otherwise = None if expr.otherwise is None else instant(expr.otherwise)
    return replace(expr, whens=whens, otherwise=otherwise, type=type)


def _name(expr: Name, context: Context) -> Expr:
    symbol = symbol_of(expr, context)
    if symbol is None:
        return expr
    fits = place_input(expr, symbol, context)
    return replace(expr, name=flat(expr), path=(), type=symbol.type) if fits else expr


def _call(expr: Call, context: Context) -> Expr:
    function = FUNCTIONS.get(expr.name)
    if function is None and expr.name in context.scope.macros:
        return _macro(expr, context)
    if function is None:
        unknown_function(expr, context)
    before = (context.aggregate, context.muted)
    enter(expr, function, context)
    typed = _call_parts(expr, context)
    context.aggregate, context.muted = before
    if function is None:
        return typed
    place_rows(typed, function, context)
    return invoked(typed, function, context)


def _call_parts(expr: Call, context: Context) -> Call:
    typed = rebuild(expr, lambda e: _typed(e, context))
    assert isinstance(typed, Call)
    if typed.filter is not None:
        wrong = not_a_condition(typed.filter, "`filter`")
        if wrong is not None:
            context.clash(wrong)
    return typed


def _macro(expr: Call, context: Context) -> Expr:
    macro = context.scope.macros[expr.name]
    if macro.body is None:
        context.failed = True
        return expr
    if expr.distinct or expr.filter is not None or expr.window is not None or expr.ignore_nulls:
        message = f"`{expr.name}` takes arguments only: no `distinct`, `filter`, `over` or `ignore nulls`"
        context.report("formula-syntax", message, expr.place, f"write `{macro.signature}`")
        return expr
    if len(expr.args) != len(macro.args):
        plural = "" if len(macro.args) == 1 else "s"
        message = f"`{expr.name}` takes {len(macro.args)} argument{plural}, and is given {len(expr.args)}"
        context.report("argument-count", message, expr.place, f"write `{macro.signature}`")
        return expr
    above = _above(expr, context)
    if expr.name in above:
        chain = " -> ".join((*above[above.index(expr.name) :], expr.name))
        context.report(
            "function-cycle", f"functions call each other in a circle: {chain}", expr.place, "end the circle"
        )
        return expr
    before = (context.site, context.macros)
    context.site = context.site or expr.place
    context.macros = (*above, expr.name)
    body = _typed(expand(expr, macro), context)
    context.site, context.macros = before
    return body


def _above(expr: Call, context: Context) -> tuple[str, ...]:
    """The macros in whose bodies a call is written. One that came in as an argument is written further out."""
    for at, name in enumerate(context.macros):
        body = context.scope.macros[name].body
        if body is not None and body.place.origin is expr.place.origin:
            return context.macros[: at + 1]
    return ()
