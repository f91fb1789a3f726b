"""A call against the table of functions: how many arguments, of which types, with what around them."""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches

from kpispec.formula.constants import constant
from kpispec.formula.foreign import FOREIGN
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.operators import NUMERIC, OPEN, Clash, agreed, common, incomparable, kind, shown
from kpispec.formula.scope import Context, surely
from kpispec.formula.signature import ACCEPTED, BOOLEANS, Function, Param
from kpispec.formula.tree import (
    Boolean,
    CalendarInterval,
    Call,
    Duration,
    Expr,
    Moment,
    Name,
    Null,
    Number,
    Star,
    String,
    Type,
    Unary,
)


def unknown_function(call: Call, context: Context) -> None:
    place = call.name_place or call.place
    message = f"`{call.name}` is not a function of the language"
    same, cure = FOREIGN.get(call.name, (None, None))
    if cure is not None:
        context.report("unknown-function", message, place, cure, same, safe=same is not None)
        return
    known = sorted({*FUNCTIONS, *context.scope.macros, *FOREIGN})
    close = get_close_matches(call.name, known, 3, 0.7)
    if close and close[0] in FOREIGN:
        context.report("unknown-function", message, place, FOREIGN[close[0]][1])
        return
    close = [name for name in close if name not in FOREIGN]
    help = f"did you mean `{close[0]}`?" if close else "the functions are listed in docs/reference/functions.md"
    context.report("unknown-function", message, place, help, close[0] if close else None, safe=surely(call.name, close))


def invoked(call: Call, function: Function, context: Context) -> Expr:
    """The call with its type; of unknown type where it is wrong."""
    fits = _surroundings(call, function, context) and _count(call, function, context)
    if not fits or not _arguments(call, function, context):
        return replace(call, type=Type.UNKNOWN)
    args = call.args
    if function.result == "common":
        args = _shared(call, function, context)
    return replace(call, args=args, type=_result(function, args))


def _surroundings(call: Call, function: Function, context: Context) -> bool:
    """What SQL lets stand around a call, where it means something."""
    name = call.name
    wrong = (
        (call.distinct and name != "count", "distinct", "only `count(distinct x)` takes it"),
        (
            call.filter is not None and function.kind != "aggregate",
            "filter",
            "only aggregates take a filter; use `case when`",
        ),
        (
            call.filter is not None and not function.filterable,
            "filter",
            f"join the conditions with `and` inside `{name}`",
        ),
        (call.window is not None and function.kind == "scalar", "over", f"`{name}` looks at one row only"),
        (call.ignore_nulls and function.kind != "window", "ignore nulls", "aggregates skip nulls anyway"),
        (call.ignore_nulls and not function.params, "ignore nulls", f"`{name}` reads no value"),
        (call.distinct and call.window is not None, "distinct", "a window counts rows, not different values"),
    )
    found = next(((what, cure) for is_wrong, what, cure in wrong if is_wrong), None)
    if found is not None:
        context.report("formula-syntax", f"`{name}` takes no `{found[0]}`", call.place, found[1])
        return False
    if function.ordered and call.window is not None and not call.window.order:
        message = f"`{name}` depends on an order, and `over (...)` gives none"
        context.report(
            "formula-syntax", message, call.place, "add `order by` with the column that says what comes first"
        )
        return False
    if name == "business_seconds" and context.scope.kind == "binding":
        message = f"`{name}` reads instants, and a binding reads what the clock on the wall shows"
        help = "bind the two columns, and write this in an input or a computed column of the data set"
        context.report("unknown-function", message, call.place, help)
        return False
    return _placed_in_time(call, function, context)


def _placed_in_time(call: Call, function: Function, context: Context) -> bool:
    """Whether a function of the period, or of the interval of a row, stands where there is one."""
    name = call.name
    if name == "days_in_force":
        message = f"`{name}()` needs rows that are in force over a time, and here there are none"
        help = "use it in the `expr` of an input, of a data set that has an `interval: {from: ..., to: ...}`"
        context.report("needs-interval", message, call.place, help)
        return False
    if function.in_period and context.scope.kind in ("computed", "binding"):
        message = f"`{name}()` is not known here: this is read once for all periods"
        context.report("unknown-function", message, call.place, "move it into the `expr` or `where` of an input")
        return False
    return True


def _count(call: Call, function: Function, context: Context) -> bool:
    given = len(call.args)
    if function.least <= given and (function.most is None or given <= function.most):
        return True
    least, most = function.least, function.most
    takes = f"at least {least}" if most is None else str(least) if most == least else f"{least} to {most}"
    plural = "" if takes == "1" else "s"
    message = f"`{call.name}` takes {takes} argument{plural}, and is given {given}"
    help = f"write `{function.signature}`"
    if call.name == "count" and given == 0:
        help = "write `count(*)` for rows, `count(x)` for answers"
    elif call.name == "count" and call.distinct:
        help = "write `count(distinct x)`, of two texts `count(distinct x || y)`"
    elif call.name == "sum" and given == 2:
        help = "write `sum_if(x, c)` for a sum with a condition"
    context.report("argument-count", message, call.place, help)
    return False


def _param(function: Function, at: int) -> Param:
    return function.params[min(at, len(function.params) - 1)]


def _arguments(call: Call, function: Function, context: Context) -> bool:
    for at, arg in enumerate(call.args):
        wrong = _unfit(call, arg, _param(function, at), context)
        if wrong is not None:
            context.clash(wrong)
            return False
    special = _SPECIAL.get(call.name)
    wrong = special(call) if special is not None else None
    if wrong is not None:
        context.clash(wrong)
    return wrong is None


def _unfit(call: Call, arg: Expr, param: Param, context: Context) -> Clash | None:
    if isinstance(arg, Star):
        return None
    if isinstance(arg, CalendarInterval) or arg.type not in param.accepts | OPEN:
        return _wrong_type(call, arg, param)
    if not param.constant:
        return None
    if not _is_constant(arg, context):
        message = f"`{call.name}` takes a constant `{param.name}`, and `{shown(arg)}` is none"
        return Clash(message, f"write the value itself, as in `{FUNCTIONS[call.name].example}`", arg)
    if param.words and isinstance(arg, String) and arg.value not in param.words:
        words = ", ".join(f"`'{w}'`" for w in param.words)
        close = get_close_matches(arg.value.lower(), param.words, 1, 0.6)
        help = f"did you mean `'{close[0]}'`?" if close else f"write one of {words}"
        return Clash(
            f"`{shown(arg)}` is no {param.name} of `{call.name}`", help, arg, f"'{close[0]}'" if close else None
        )
    return None


def _is_constant(arg: Expr, context: Context) -> bool:
    if isinstance(arg, Name):
        symbol = context.scope.symbols.get(arg.name)
        return symbol is not None and (symbol.constant or context.scope.kind == "function")
    inner = arg.operand if isinstance(arg, Unary) else arg
    return isinstance(inner, Number | String | Duration | Boolean | Moment | Null) or constant(arg) is not None


def _wrong_type(call: Call, arg: Expr, param: Param) -> Clash:
    words = shown(arg)
    message = f"`{call.name}` takes {ACCEPTED[param.accepts]}, and `{words}` is {kind(arg)}"
    help = f"write `{FUNCTIONS[call.name].signature}`"
    if param.accepts == BOOLEANS:
        help = f"give it a condition such as `{words} {'>= 9' if arg.type in NUMERIC else 'is not null'}`"
    elif arg.type is Type.BOOLEAN:
        shares = {"avg": f"write `100 * count_if({words}) / count({words})`", "sum": f"write `count_if({words})`"}
        help = shares.get(call.name, f"for 1 and 0 write `if({words}, 1, 0)`")
    elif arg.type is Type.STRING:
        untold = call.name in ("min", "max", "arg_min", "arg_max")
        help = (
            "raw text does not leave the data: count it, or cut it by a dimension"
            if untold
            else f"convert it: `cast({words} as number)`, or give its column a number's type"
        )
    elif arg.type is Type.DURATION:
        help = f"divide it for a number: `({words}) / 1 h`"
    elif arg.type in (Type.DATE, Type.TIMESTAMP):
        help = "subtract another one for a duration: `b - a`"
    elif param.accepts == frozenset({Type.STRING}):
        help = f"convert it: `cast({words} as string)`"
    return Clash(message, help, arg)


def _shared(call: Call, function: Function, context: Context) -> tuple[Expr, ...]:
    """The arguments, those that must agree made to; a finding where they cannot."""
    free = tuple(a for at, a in enumerate(call.args) if _param(function, at).accepts != BOOLEANS)
    lead = call.args[: len(call.args) - len(free)]
    if common([a.type for a in free]) is None:
        first, other = next((a, b) for a in free for b in free if common([a.type, b.type]) is None)
        message = (
            f"`{call.name}` takes values of one type: `{shown(first)}` is {kind(first)}, `{shown(other)}` {kind(other)}"
        )
        wrong = incomparable("=", first, other)
        context.report("argument-type", message, other.place, wrong.help if wrong is not None else None)
    return (*lead, *agreed(free))


def _result(function: Function, args: tuple[Expr, ...]) -> Type:
    if isinstance(function.result, Type):
        return function.result
    values = [a.type for at, a in enumerate(args) if not _param(function, at).constant]
    match function.result:
        case "same":
            return values[0]
        case "real":
            if function.name == "round" and len(args) == 1:
                return Type.INTEGER
            return Type.NUMBER if values[0] in NUMERIC else values[0]
        case "common":
            free = [a.type for at, a in enumerate(args) if _param(function, at).accepts != BOOLEANS]
            return common(free) or Type.UNKNOWN


def _share(call: Call) -> Clash | None:
    p = constant(call.args[1])
    if p is None or 0 <= p <= 1:
        return None
    likely = f": likely `{p / 100:g}`" if 2 <= p <= 100 else ""
    return Clash(
        f"`{shown(call.args[1])}` is no share",
        f"`p` lies between 0 and 1{likely}",
        call.args[1],
        f"{p / 100:g}" if likely else None,
    )


def _no_longer(call: Call) -> Clash | None:
    """A replacement that is longer, nested, would build texts without end."""
    _, old, new = call.args
    if not isinstance(old, String) or not isinstance(new, String) or len(new.value) <= len(old.value):
        return None
    return Clash("the replacement is longer than the text it replaces", "replace by something shorter", new)


def _digits(call: Call) -> Clash | None:
    digits = constant(call.args[1]) if len(call.args) == 2 else 0
    if digits is None or -15 <= digits <= 15:
        return None
    return Clash(f"`{shown(call.args[1])}` is no number of digits", "write a whole number from -15 to 15", call.args[1])


def _like_first(at: int) -> Callable[[Call], Clash | None]:
    def unlike(call: Call) -> Clash | None:
        if len(call.args) <= at or isinstance(call.args[at], Null):
            return None
        return incomparable("=", call.args[0], call.args[at])

    return unlike


_SPECIAL: dict[str, Callable[[Call], Clash | None]] = {
    "quantile_cont": _share,
    "quantile_disc": _share,
    "replace": _no_longer,
    "round": _digits,
    "nullif": _like_first(1),
    "lead": _like_first(2),
    "lag": _like_first(2),
}
