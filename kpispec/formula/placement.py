"""Where inputs, aggregates and windows may stand."""

from kpispec.formula.operators import shown
from kpispec.formula.scope import AGGREGATING, Context, Symbol
from kpispec.formula.signature import Function
from kpispec.formula.tree import Call, Name, Type, walk

_OVER = "over (partition by .. order by ..)"


def place_input(name: Name, symbol: Symbol, context: Context) -> bool:
    """Whether an input is where it may be: one of rows inside an aggregate, the value of a KPI outside."""
    if context.scope.kind not in AGGREGATING or context.muted or symbol.broken:
        return True
    if symbol.row and context.aggregate is None:
        _outside(name, symbol, context)
        return False
    if not symbol.row and not symbol.constant and context.aggregate is not None:
        message = f"`{name.name}` is the value of a KPI, which is already an aggregate"
        help = f"use `{name.name}` outside of `{context.aggregate.name}`"
        context.report("nested-aggregate", message, name.place, help)
        return False
    return True


def _outside(name: Name, symbol: Symbol, context: Context) -> None:
    if name.name not in context.misplaced:
        context.misplaced.add(name.name)
        gives = (
            "the formula gives one" if context.scope.kind == "formula" else "with `per` there is one for all of a unit"
        )
        message = f"`{name.name}` has a value on every row, and {gives}"
        context.report(
            "input-outside-aggregate", message, name.place, f"aggregate it: {_aggregated(name.name, symbol.type)}"
        )


def _aggregated(name: str, type: Type) -> str:
    if type is Type.BOOLEAN:
        return f"`100 * count_if({name}) / count({name})`"
    if type in (Type.STRING, Type.DATE, Type.TIMESTAMP):
        return f"`count({name})` or `count(distinct {name})`"
    return f"`avg({name})`, `sum({name})` or `count({name})`"


def enter(call: Call, function: Function | None, context: Context) -> None:
    """Note that what follows is inside the call, and whether the call may stand where it does."""
    if function is None or (function.kind == "scalar" and (call.window is not None or call.filter is not None)):
        context.muted = True
        return
    if function.kind == "scalar":
        return
    if context.aggregate is not None:
        _nested(call, context.aggregate, context)
    else:
        _admit(call, function, context)
    context.aggregate = call


def _nested(call: Call, outer: Call, context: Context) -> None:
    if outer in context.nesting:
        return
    context.nesting.append(outer)
    message = f"`{call.name}` stands inside `{outer.name}`"
    help = f"take one of the two away: `{outer.name}` is left with a single value"
    context.report("nested-aggregate", message, call.place, help)


def _admit(call: Call, function: Function, context: Context) -> None:
    kind = context.scope.kind
    windowed = call.window is not None or function.kind == "window"
    if kind == "function":
        return
    if windowed and kind != "computed":
        message = f"`{call.name}` over a window stands outside a computed column of a data set"
        help = "declare a column of the data set with this as its `expr`, and use the column here"
        context.report("window-not-allowed", message, call.place, help)
    elif call.window is None and kind == "computed":
        help = f"say over which rows: `{shown(call)} {_OVER}`"
        rule = "window-not-allowed" if function.kind == "window" else "aggregate-in-row"
        context.report(rule, f"`{call.name}` does not say over which rows", call.place, help)
    elif not windowed and kind not in AGGREGATING:
        message = f"`{call.name}` aggregates rows, and an expression over a data set sees one row"
        context.report("aggregate-in-row", message, call.place, "move it into the formula of the KPI")


def place_rows(call: Call, function: Function, context: Context) -> None:
    """An aggregate reads one row set. One that names no input can only mean the only row set there is.

    An input without a row set could not be bound: that is said elsewhere, and it goes with any.
    """
    if function.kind != "aggregate" or context.scope.kind not in AGGREGATING or context.muted:
        return
    inside = {node.name for node in walk(call) if isinstance(node, Name)}
    rows = {name: s.row_set for name, s in sorted(context.scope.symbols.items()) if s.row}
    read = {name: row_set for name, row_set in rows.items() if name in inside}
    if not rows:
        message = f"`{shown(call)}` has no rows to read: no input is of rows"
        context.report("mixed-row-sets", message, call.place, "declare an input such as `ticket: tickets.ticket_id`")
    elif not read:
        _which_rows(call, _first_of_each(rows), context)
    else:
        _mixed(call, _first_of_each(read), context)
    _weighed(call, tuple(read or rows), context)


def _first_of_each(rows: dict[str, str | None]) -> dict[str, str]:
    """Row sets, each with the first input of it."""
    first: dict[str, str] = {}
    for name, row_set in rows.items():
        if row_set is not None:
            first.setdefault(row_set, name)
    return first


def _mixed(call: Call, read: dict[str, str], context: Context) -> None:
    if len(read) < 2:
        return
    (first, one), (second, two), *_ = read.items()
    message = f"`{call.name}` reads two row sets: `{one}` is of `{first}`, `{two}` of `{second}`"
    help = "an aggregate reads one row set: move the difference into a condition, as in `count_if(a and b)`"
    context.report("mixed-row-sets", message, call.place, help)


def _which_rows(call: Call, rows: dict[str, str], context: Context) -> None:
    if len(rows) < 2:
        return
    message = f"`{shown(call)}` does not say which rows: the inputs are of {len(rows)} row sets"
    named = ", ".join(f"`count({name})`" for name in rows.values())
    context.report("mixed-row-sets", message, call.place, f"name an input: {named}")


def _weighed(call: Call, names: tuple[str, ...], context: Context) -> None:
    """Rows count in one way: inputs of one row set that are weighed differently leave open in which."""
    symbols = {name: context.scope.symbols[name] for name in names}
    known = {name: s for name, s in symbols.items() if s.row_set is not None}
    first: dict[str | None, str] = {}
    for name, symbol in known.items():
        first.setdefault(symbol.weight, name)
    if len(first) < 2 or len({s.row_set for s in known.values()}) > 1:
        return
    (one, a), (two, b), *_ = first.items()
    by = [f"by `{weight}`" if weight else "by nothing" for weight in (one, two)]
    message = f"`{shown(call)}` does not say what its rows weigh: `{a}` is weighed {by[0]}, `{b}` {by[1]}"
    weight = one or two
    help = f"weigh them alike: `weight: {{{a}: {weight}, {b}: {weight}}}`"
    if not any(isinstance(node, Name) and node.name in symbols for node in walk(call)):
        help += f"; or name an input: `count({a})`"
    context.report("mixed-weights", message, call.place, help)
