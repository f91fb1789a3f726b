"""From a checked tree to DuckDB's SQL. Rules of null, empty and rounding that DuckDB does not share are set here.

Timestamps are naive and in UTC inside the engine, durations are seconds as doubles. A part of a timestamp (its hour,
its day) is that of the project's zone, so the parts go through `Setting.local`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kpispec.formula.tree import (
    Between,
    Binary,
    Boolean,
    CalendarInterval,
    Call,
    Case,
    Cast,
    Duration,
    Expr,
    FrameBound,
    In,
    Is,
    Like,
    Moment,
    Name,
    Null,
    Number,
    Star,
    String,
    Type,
    Unary,
    Window,
)

SQL_TYPES = {
    Type.STRING: "varchar",
    Type.INTEGER: "bigint",
    Type.NUMBER: "double",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.TIMESTAMP: "timestamp",
    Type.DURATION: "double",
}

_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "not": 3,
    "compare": 4,
    "||": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
    "sign": 8,
    "atom": 9,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a tree needs to know of its surroundings to be printed.

    `name` prints a reference; `local` turns a UTC timestamp into the project's wall clock, `utc` the other way;
    `zoned` turns an engine's timestamp with a zone into what timestamps are here.
    `business` is the working time between two instants by a calendar, the project's own for `None`.
    `period_start`, `period_end`, `as_of` print the instants of those functions, as UTC timestamps.
    """

    name: Callable[[Name], str]
    local: Callable[[str], str] = lambda sql: sql
    utc: Callable[[str], str] = lambda sql: sql
    instants: tuple[tuple[str, str], ...] = ()
    zoned: Callable[[str], str] = lambda sql: f"timezone('UTC', {sql})"
    business: Callable[[str, str, str | None], str] = lambda _start, _end, _calendar: "null::double"


def quoted(name: str) -> str:
    """An identifier, always quoted: a column may be called `order`."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def lower(expr: Expr, setting: Setting) -> str:
    """The SQL of a checked tree."""
    return _lower(expr, setting)[0]


def at_least(expr: Expr, setting: Setting, level: int = 7) -> str:
    sql, own = _lower(expr, setting)
    return sql if own >= level else f"({sql})"


def _lower(expr: Expr, setting: Setting) -> tuple[str, int]:
    atom = _PRECEDENCE["atom"]
    match expr:
        case Name():
            return setting.name(expr), atom
        case Unary() | Binary():
            return _operator(expr, setting)
        case Between() | In() | Like() | Is():
            return _predicate(expr, setting), _PRECEDENCE["compare"]
        case Case():
            return _case(expr, setting), atom
        case Cast():
            return _cast(expr, setting), atom
        case Call():
            return _call(expr, setting)
        case Moment():
            return _moment(expr, setting), atom
        case _:
            return _literal(expr), atom


def _literal(expr: Number | String | Boolean | Null | Star | Duration | CalendarInterval) -> str:
    match expr:
        case Number(text=text):
            return text
        case String(value=value):
            return text_literal(value)
        case Boolean(value=flag):
            return "true" if flag else "false"
        case Null():
            return "null"
        case Star():
            return "*"
        case Duration(seconds=seconds):
            return number_literal(seconds)
        case CalendarInterval(months=months):
            return f"interval '{months} months'"


def number_literal(value: float) -> str:
    """A number as SQL, without an exponent where it is whole."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _moment(expr: Moment, setting: Setting) -> str:
    """A written timestamp is an instant: with an offset it says so, without one it is on the project's clock."""
    if expr.type is Type.DATE:
        return f"date '{expr.value}'"
    if datetime.fromisoformat(expr.value).tzinfo is not None:
        return setting.zoned(f"timestamptz '{expr.value}'")
    return setting.utc(f"timestamp '{expr.value}'")


# operators ----------------------------------------------------------------------------------------------------------


def _operator(expr: Unary | Binary, setting: Setting) -> tuple[str, int]:
    if isinstance(expr, Unary):
        if expr.op == "not":
            level = _PRECEDENCE["not"]
            return f"not {at_least(expr.operand, setting, level)}", level
        level = _PRECEDENCE["sign"]
        return f"{expr.op}{_wide(expr.operand, setting, level + 1)}", level
    if expr.op in ("+", "-") and _is_time(expr):
        return _time_arithmetic(expr, setting)
    if expr.op in ("/", "%"):
        return _division(expr, setting)
    level = _PRECEDENCE.get(expr.op, _PRECEDENCE["compare"])
    left_level = level + 1 if level == _PRECEDENCE["compare"] else level
    right_level = level if expr.op in ("and", "or", "+", "||") else level + 1
    if expr.op in ("+", "-", "*"):
        left = _wide(expr.left, setting, left_level)
        side = _wide if isinstance(expr.left, Number) else at_least
        return f"{left} {expr.op} {side(expr.right, setting, right_level)}", level
    left, right = at_least(expr.left, setting, left_level), at_least(expr.right, setting, right_level)
    return f"{left} {expr.op} {right}", level


def _wide(expr: Expr, setting: Setting, level: int) -> str:
    """An operand whose arithmetic is that of 64 bits: a file's small integers would overflow at 127."""
    narrow = isinstance(expr, Name) and not expr.path and expr.type is Type.INTEGER
    return f"cast({lower(expr, setting)} as bigint)" if narrow else at_least(expr, setting, level)


def _division(expr: Binary, setting: Setting) -> tuple[str, int]:
    """Division by zero is null, whatever the engine makes of it."""
    level = _PRECEDENCE[expr.op]
    left = at_least(expr.left, setting, level)
    if isinstance(expr.right, Number | Duration) and _constant(expr.right) != 0:
        return f"{left} {expr.op} {at_least(expr.right, setting, level + 1)}", level
    return f"{left} {expr.op} nullif({lower(expr.right, setting)}, 0)", level


def _constant(expr: Number | Duration) -> float:
    return float(expr.text) if isinstance(expr, Number) else expr.seconds


_TIMES = (Type.DATE, Type.TIMESTAMP)


def _is_time(expr: Binary) -> bool:
    return expr.left.type in _TIMES or expr.right.type in _TIMES


def _time_arithmetic(expr: Binary, setting: Setting) -> tuple[str, int]:
    """Instants less instants are seconds elapsed; instants and durations are instants; months go by the calendar."""
    left, right = expr.left, expr.right
    if left.type in _TIMES and right.type in _TIMES:
        return _elapsed(left, right, setting), _PRECEDENCE["atom"]
    moment, step = (left, right) if left.type in _TIMES else (right, left)
    base = at_least(moment, setting, _PRECEDENCE["+"])
    if isinstance(step, CalendarInterval):
        return _calendar_step(moment, f" {expr.op} {lower(step, setting)}", setting), _PRECEDENCE["atom"]
    if moment.type is Type.DATE and expr.type is Type.DATE:
        days = f"cast(round({lower(step, setting)} / 86400) as integer)"
        days = number_literal(step.seconds / 86400) if isinstance(step, Duration) else days
        return f"{base} {expr.op} {days}", _PRECEDENCE["+"]
    if isinstance(step, Duration):
        amount = f"interval '{number_literal(step.seconds)} seconds'"
    else:
        amount = f"to_microseconds(cast({at_least(step, setting, _PRECEDENCE['*'])} * 1e6 as bigint))"
    return f"{base} {expr.op} {amount}", _PRECEDENCE["+"]


def _elapsed(left: Expr, right: Expr, setting: Setting) -> str:
    if left.type is Type.DATE and right.type is Type.DATE:
        return f"({at_least(left, setting, 6)} - {at_least(right, setting, 7)}) * 86400.0"
    ends = [_instant(side, setting) for side in (left, right)]
    return f"(epoch_us({ends[0]}) - epoch_us({ends[1]})) / 1e6"


def _instant(expr: Expr, setting: Setting) -> str:
    """A day stands for its local midnight where it meets an instant."""
    if expr.type is Type.DATE:
        return setting.utc(f"cast({lower(expr, setting)} as timestamp)")
    return lower(expr, setting)


def _calendar_step(moment: Expr, step: str, setting: Setting) -> str:
    if moment.type is Type.DATE:
        return f"cast({at_least(moment, setting, 6)}{step} as date)"
    return setting.utc(f"({setting.local(lower(moment, setting))}{step})")


# predicates ---------------------------------------------------------------------------------------------------------


def _predicate(expr: Between | In | Like | Is, setting: Setting) -> str:
    level = _PRECEDENCE["compare"] + 1
    subject = at_least(expr.operand, setting, level)
    negation = "not " if expr.negated else ""
    match expr:
        case Between(low=low, high=high):
            return f"{subject} {negation}between {at_least(low, setting, level)} and {at_least(high, setting, level)}"
        case In(items=items):
            return f"{subject} {negation}in ({', '.join(lower(i, setting) for i in items)})"
        case Like(pattern=pattern, escape=escape, insensitive=insensitive):
            word = "ilike" if insensitive else "like"
            ending = f" escape {lower(escape, setting)}" if escape is not None else ""
            return f"{subject} {negation}{word} {at_least(pattern, setting, level)}{ending}"
        case Is(what=what):
            return f"{subject} is {negation}{what}"


def _case(expr: Case, setting: Setting) -> str:
    parts = ["case"]
    if expr.operand is not None:
        parts.append(lower(expr.operand, setting))
    for when in expr.whens:
        parts.append(f"when {lower(when.condition, setting)} then {lower(when.result, setting)}")
    if expr.otherwise is not None:
        parts.append(f"else {lower(expr.otherwise, setting)}")
    return " ".join([*parts, "end"])


def _cast(expr: Cast, setting: Setting) -> str:
    inner = lower(expr.operand, setting)
    if expr.operand.type is Type.TIMESTAMP and expr.target in (Type.DATE, Type.STRING):
        inner = setting.local(inner)
    if expr.operand.type is Type.DATE and expr.target is Type.TIMESTAMP:
        return setting.utc(f"cast({inner} as timestamp)")
    if expr.operand.type is Type.STRING and expr.target is Type.TIMESTAMP:
        return setting.utc(f"try_cast({inner} as timestamp)")
    if expr.operand.type is Type.STRING:
        return f"try_cast({inner} as {SQL_TYPES[expr.target]})"
    return f"cast({inner} as {SQL_TYPES[expr.target]})"


# calls --------------------------------------------------------------------------------------------------------------

# Parts of a date or of a local wall clock; the first argument is taken to the project's zone.
LOCAL_PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "day": "day",
    "hour": "hour",
    "minute": "minute",
    "second": "second",
    "isodow": "isodow",
    "week": "week",
    "isoyear": "isoyear",
    "dayofyear": "dayofyear",
}

# `{0}` is the first argument, `{all}` all of them. What is not listed keeps its name.
SPELLINGS: dict[str, str] = {
    "mod": "{0} % nullif({1}, 0)",
    "if": "case when {0} then {1} else {2} end",
    "ln": "case when {0} > 0 then ln({0}) end",
    "log10": "case when {0} > 0 then log10({0}) end",
    "sqrt": "case when {0} >= 0 then sqrt({0}) end",
    "count_if": "coalesce(count_if({all}), 0)",
    "sum_if": "coalesce(sum(case when {1} then {0} end), 0)",
}

_LOOSE = {name for name, spelling in SPELLINGS.items() if "%" in spelling}


def _call(expr: Call, setting: Setting) -> tuple[str, int]:
    instants = dict(setting.instants)
    if expr.name in instants:
        return instants[expr.name], _PRECEDENCE["atom"]
    if expr.name in LOCAL_PARTS:
        return f"{LOCAL_PARTS[expr.name]}({_wall_clock(expr.args[0], setting)})", _PRECEDENCE["atom"]
    if expr.name == "date_trunc":
        return _truncated(expr, setting), _PRECEDENCE["atom"]
    if expr.name == "date_diff":
        ends = ", ".join(_wall_clock(a, setting) for a in expr.args[1:])
        return f"date_diff({lower(expr.args[0], setting)}, {ends})", _PRECEDENCE["atom"]
    args = [lower(a, setting) for a in expr.args]
    if expr.name == "business_seconds":
        named = expr.args[2] if len(expr.args) == 3 else None
        calendar = named.value if isinstance(named, String) else None
        return setting.business(args[0], args[1], calendar), _PRECEDENCE["atom"]
    if expr.name == "try_strptime":
        read = f"try_strptime({args[0]}, {args[1]})"
        return (setting.zoned(read) if "%z" in args[1] else setting.utc(read)), _PRECEDENCE["atom"]
    if expr.name == "round" and expr.args[0].type is not Type.INTEGER:
        args[0] = f"cast({args[0]} as double)"
    spelled = SPELLINGS.get(expr.name)
    if spelled is not None and expr.window is None and expr.filter is None:
        level = _PRECEDENCE["%"] if expr.name in _LOOSE else _PRECEDENCE["atom"]
        return spelled.format(*(f"({a})" if level < 9 else a for a in args), all=", ".join(args)), level
    return _plain_call(expr, args, setting), _PRECEDENCE["atom"]


def _wall_clock(expr: Expr, setting: Setting) -> str:
    sql = lower(expr, setting)
    return setting.local(sql) if expr.type is Type.TIMESTAMP else sql


def _truncated(expr: Call, setting: Setting) -> str:
    unit, moment = expr.args
    cut = f"date_trunc({lower(unit, setting)}, {_wall_clock(moment, setting)})"
    return setting.utc(cut) if moment.type is Type.TIMESTAMP else f"cast({cut} as date)"


def _plain_call(expr: Call, args: list[str], setting: Setting) -> str:
    inside = ("distinct " if expr.distinct else "") + ", ".join(args)
    inside += " ignore nulls" if expr.ignore_nulls else ""
    sql = f"{expr.name}({inside})"
    if expr.filter is not None:
        sql += f" filter (where {lower(expr.filter, setting)})"
    if expr.window is None:
        return sql
    over = f"{sql} over ({_window(expr.window, setting)})"
    return _keyless_is_null(expr.window, over, setting)


def _keyless_is_null(window: Window, over: str, setting: Setting) -> str:
    """A row without a partition key belongs to nobody: DuckDB would make one customer of all those without id."""
    if not window.partition:
        return over
    keys = " and ".join(f"{at_least(k, setting, 5)} is not null" for k in window.partition)
    return f"case when {keys} then {over} end"


def _window(window: Window, setting: Setting) -> str:
    parts = []
    if window.partition:
        parts.append("partition by " + ", ".join(lower(e, setting) for e in window.partition))
    if window.order:
        parts.append(
            "order by " + ", ".join(_order_item(o.expr, o.descending, o.nulls_first, setting) for o in window.order)
        )
    if window.frame is not None:
        parts.append(f"rows between {_bound(window.frame[0])} and {_bound(window.frame[1])}")
    return " ".join(parts)


def _order_item(expr: Expr, descending: bool, nulls_first: bool | None, setting: Setting) -> str:
    sql = lower(expr, setting) + (" desc" if descending else "")
    return sql + {True: " nulls first", False: " nulls last", None: ""}[nulls_first]


def _bound(bound: FrameBound) -> str:
    if bound.kind == "current":
        return "current row"
    return f"{'unbounded' if bound.rows is None else bound.rows} {bound.kind}"
