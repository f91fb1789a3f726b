"""The grammar of a function call and of what SQL lets stand around it."""

from collections.abc import Callable

from kpispec.formula.cursor import Cursor
from kpispec.formula.scan import Token, Unreadable
from kpispec.formula.tree import Call, Expr, FrameBound, OrderItem, Place, Star, Window

Expression = Callable[[Cursor], Expr]

# Calls that other dialects write with words between the parentheses.
_OTHER_GRAMMAR: dict[str, str] = {
    "extract": "write `year(d)`, `month(d)`, `hour(d)`",
    "try_cast": "write `cast(x as number)`: what cannot be read is null",
    "convert": "write `cast(x as type)`",
    "safe_cast": "write `cast(x as number)`: what cannot be read is null",
}


def call(cursor: Cursor, name: Token, expression: Expression) -> Call:
    """A call whose name has been read; the opening parenthesis comes next."""
    if name.text in _OTHER_GRAMMAR:
        message = f"`{cursor.text(name)}` is not a function of the language"
        raise Unreadable(message, name.start, name.end, _OTHER_GRAMMAR[name.text], rule="unknown-function")
    opening = cursor.take()
    distinct = cursor.accept("distinct")
    if distinct is not None and cursor.sees(")"):
        raise cursor.missing()
    args = () if cursor.sees(")") else _arguments(cursor, name, expression)
    ignore_nulls = _nulls(cursor)
    if cursor.sees("order"):
        help = "aggregates take no order: write `arg_max(x, by)` for the last value, `arg_min(x, by)` for the first"
        raise Unreadable("`order by` cannot stand here", cursor.next.start, cursor.next.end, help)
    cursor.close(opening, cursor.text(name))
    condition = _filter(cursor, expression) if cursor.sees("filter") else None
    ignore_nulls = _nulls(cursor) or ignore_nulls
    window = _over(cursor, expression) if cursor.sees("over") else None
    where = Place(cursor.origin, name.start, name.end)
    return Call(
        name=name.text,
        args=args,
        distinct=distinct is not None,
        filter=condition,
        ignore_nulls=ignore_nulls,
        window=window,
        place=cursor.place(name.start),
        name_place=where,
    )


def _arguments(cursor: Cursor, name: Token, expression: Expression) -> tuple[Expr, ...]:
    if cursor.sees("*"):
        return (_star(cursor, name),)
    args = [expression(cursor)]
    while cursor.accept(","):
        args.append(expression(cursor))
    return tuple(args)


def _star(cursor: Cursor, name: Token) -> Star:
    star = cursor.take()
    if name.text != "count" or not cursor.sees(")"):
        help = "only `count(*)` takes a star; name the input instead"
        raise Unreadable("`*` has nothing on its left", star.start, star.end, help)
    return Star(place=cursor.place(star.start))


def _nulls(cursor: Cursor) -> bool:
    if not cursor.sees("ignore", "respect"):
        return False
    word = cursor.take()
    cursor.expect("nulls", word, f"write `{word.text} nulls`")
    return word.text == "ignore"


def _filter(cursor: Cursor, expression: Expression) -> Expr:
    word = cursor.take()
    opening = cursor.expect("(", word, "write `filter (where ...)`")
    cursor.expect("where", word, "write `filter (where ...)`")
    condition = expression(cursor)
    cursor.close(opening, "filter")
    return condition


def _over(cursor: Cursor, expression: Expression) -> Window:
    word = cursor.take()
    opening = cursor.expect("(", word, "write `over (partition by .. order by ..)`")
    partition: tuple[Expr, ...] = ()
    if cursor.sees("partition"):
        cursor.expect("by", cursor.take(), "write `partition by ...`")
        partition = _list(cursor, expression)
    order: tuple[OrderItem, ...] = ()
    if cursor.sees("order"):
        cursor.expect("by", cursor.take(), "write `order by ...`")
        order = _order(cursor, expression)
    frame = _frame(cursor) if cursor.sees("rows", "range") else None
    cursor.close(opening, "over")
    return Window(partition, order, frame)


def _list(cursor: Cursor, expression: Expression) -> tuple[Expr, ...]:
    items = [expression(cursor)]
    while cursor.accept(","):
        items.append(expression(cursor))
    return tuple(items)


def _order(cursor: Cursor, expression: Expression) -> tuple[OrderItem, ...]:
    items = [_order_item(cursor, expression)]
    while cursor.accept(","):
        items.append(_order_item(cursor, expression))
    return tuple(items)


def _order_item(cursor: Cursor, expression: Expression) -> OrderItem:
    expr = expression(cursor)
    descending = cursor.accept("desc") is not None
    if not descending:
        cursor.accept("asc")
    nulls = cursor.accept("nulls")
    if nulls is None:
        return OrderItem(expr, descending)
    if not cursor.sees("first", "last"):
        raise Unreadable("`nulls` needs `first` or `last`", nulls.start, nulls.end, "write `nulls last`")
    return OrderItem(expr, descending, cursor.take().text == "first")


def _frame(cursor: Cursor) -> tuple[FrameBound, FrameBound]:
    word = cursor.take()
    if word.text == "range":
        help = "write `rows between .. and ..`, which counts rows"
        raise Unreadable("`range` frames are not part of the language", word.start, word.end, help)
    if not cursor.accept("between"):
        return _bound(cursor, word), FrameBound("current")
    first = _bound(cursor, word)
    cursor.expect("and", word, "write `rows between .. and ..`")
    return first, _bound(cursor, word)


_BOUND_HELP = "write `unbounded preceding`, `3 preceding`, `current row`, `1 following` or `unbounded following`"


def _bound(cursor: Cursor, frame: Token) -> FrameBound:
    if cursor.sees("current"):
        cursor.expect("row", cursor.take(), "write `current row`")
        return FrameBound("current")
    token = cursor.take()
    whole = token.kind == "number" and token.text.isdecimal() and len(token.text) < 10
    if not whole and (token.kind, token.text) != ("name", "unbounded"):
        at = frame if token.kind == "end" else token
        raise Unreadable("the frame's bound cannot be read", at.start, at.end, _BOUND_HELP)
    if not cursor.sees("preceding", "following"):
        raise Unreadable(f"`{cursor.text(token)}` needs a side", token.start, token.end, _BOUND_HELP)
    return FrameBound(cursor.take().text, int(token.text) if whole else None)
