"""Which types go together under the operators, what comes of it, and what to write where they do not."""

from dataclasses import dataclass
from datetime import date

from kpispec.formula.tree import Binary, CalendarInterval, Cast, Duration, Expr, Null, Number, String, Type

NUMERIC = frozenset({Type.INTEGER, Type.NUMBER})
MOMENTS = frozenset({Type.DATE, Type.TIMESTAMP})
OPEN = frozenset({Type.UNKNOWN, Type.NULL})
LOGICAL = OPEN | {Type.BOOLEAN}

DAY = 86_400

_KIND: dict[Type, str] = {
    Type.STRING: "text",
    Type.INTEGER: "a number",
    Type.NUMBER: "a number",
    Type.BOOLEAN: "true or false",
    Type.DATE: "a date",
    Type.TIMESTAMP: "a timestamp",
    Type.DURATION: "a duration",
    Type.NULL: "null",
    Type.UNKNOWN: "of a type that only the data can tell",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """Types that do not go together: what to say at `at`, and the characters to write there instead."""

    message: str
    help: str
    at: Expr
    replacement: str | None = None


def kind(expr: Expr) -> str:
    return "a step of the calendar" if isinstance(expr, CalendarInterval) else _KIND[expr.type]


def shown(expr: Expr) -> str:
    """The user's words for an expression, on one line and not too long."""
    words = " ".join(expr.place.text.split())
    return words if len(words) <= 60 else words[:57] + "..."


def common(types: list[Type]) -> Type | None:
    """The one type that values of several can be taken for; `None` where there is none."""
    known = set(types) - OPEN
    if not known:
        return Type.UNKNOWN if Type.UNKNOWN in types or not types else Type.NULL
    if len(known) == 1:
        return known.pop()
    if known <= NUMERIC:
        return Type.NUMBER
    return Type.TIMESTAMP if known <= MOMENTS else None


def instant(expr: Expr) -> Expr:
    """A date as the instant of its local midnight, said by a cast; anything else as it is."""
    if expr.type is not Type.DATE:
        return expr
    return Cast(operand=expr, target=Type.TIMESTAMP, type=Type.TIMESTAMP, place=expr.place)


def agreed(exprs: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Dates made instants where they meet timestamps."""
    types = {e.type for e in exprs}
    return tuple(instant(e) for e in exprs) if types >= MOMENTS else exprs


def incomparable(operator: str, left: Expr, right: Expr) -> Clash | None:
    """Why two values cannot be compared, `None` where they can."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, CalendarInterval):
            help = "compare with a duration such as `30 days`"
            return Clash("a step of the calendar has no fixed length to compare", help, side)
        if isinstance(side, Null) and not operator.startswith("is"):
            return _null_comparison(operator, other, side)
    if common([left.type, right.type]) is not None:
        return None
    message = f"`{shown(left)}` is {kind(left)} and `{shown(right)}` is {kind(right)}, which do not compare"
    return _advice(message, left, right) or _advice(message, right, left) or Clash(message, _CAST, right)


_CAST = "compare values of one type, or convert one with `cast(x as type)`"


def _null_comparison(operator: str, other: Expr, null: Expr) -> Clash:
    test = "is not null" if operator == "<>" else "is null"
    return Clash(f"`{operator} null` is never true", f"write `{shown(other)} {test}`", null)


def _advice(message: str, one: Expr, two: Expr) -> Clash | None:
    """The cure where `one` is the value that is written wrong."""
    if isinstance(one, String) and two.type is not Type.BOOLEAN:
        return _text_advice(message, one, two)
    if isinstance(one, Number) and two.type is Type.STRING:
        help = f"write `'{one.text}'` if the values are text, or give their column a number's type"
        return Clash(message, help, one, f"'{one.text}'")
    if isinstance(one, Number) and two.type is Type.DURATION:
        return Clash(
            message, f"give it a unit: `{one.text} s`, `{one.text} min`, `{one.text} h`, `{one.text} days`", one
        )
    if two.type is Type.DURATION and one.type in NUMERIC:
        return Clash(message, f"divide the duration for a number: `({shown(two)}) / 1 h`", two)
    if two.type is Type.BOOLEAN:
        return Clash(message, f"write `{shown(two)}` or `not {shown(two)}` alone", one)
    return None


def _text_advice(message: str, one: String, two: Expr) -> Clash | None:
    value = one.value.strip()
    if two.type in NUMERIC:
        number = value if value.replace(".", "", 1).isdecimal() and value.isascii() else None
        help = f"write `{number}` without quotes" if number else f"`{shown(two)}` is a number: write one here"
        return Clash(message, help, one, number)
    if two.type in MOMENTS:
        day = value if _is_day(value) else None
        return Clash(message, f"write `date '{day or '2026-01-31'}'`", one, f"date '{day}'" if day else None)
    if two.type is Type.DURATION:
        return Clash(message, "write a duration without quotes, such as `4 h`", one)
    return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_LETTER: dict[Type, str] = {
    Type.INTEGER: "n",
    Type.NUMBER: "n",
    Type.DURATION: "d",
    Type.DATE: "m",
    Type.TIMESTAMP: "m",
    Type.UNKNOWN: "?",
    Type.NULL: "?",
}

# Operands (n a number, d a duration, m a date or timestamp) and what comes of them.
_RESULTS: dict[str, Type] = {
    **dict.fromkeys(("n+n", "n-n", "n*n", "n%n", "n/n", "d/d"), Type.NUMBER),
    **dict.fromkeys(("d+d", "d-d", "m-m", "d*n", "n*d", "d/n"), Type.DURATION),
    **dict.fromkeys(("m+d", "d+m", "m-d"), Type.TIMESTAMP),
}


def arithmetic(expr: Binary) -> Binary | Clash:
    """A sum, difference, product, quotient or rest with its type, its operands made to agree."""
    left, right = expr.left, expr.right
    steps = [e for e in (left, right) if isinstance(e, CalendarInterval)]
    if steps:
        return _calendar(expr, steps[0])
    letters = [_LETTER.get(left.type), _LETTER.get(right.type)]
    if None in letters:
        return _no_arithmetic(expr)
    if "?" in letters:
        return _typed(expr, left, right, Type.UNKNOWN)
    result = _RESULTS.get(f"{letters[0]}{expr.op}{letters[1]}")
    if result is None:
        return _no_arithmetic(expr)
    if result is Type.NUMBER and expr.op != "/" and left.type is right.type is Type.INTEGER:
        return _typed(expr, left, right, Type.INTEGER)
    if result is Type.TIMESTAMP:
        return _shifted(expr)
    left, right = agreed((left, right))
    return _typed(expr, left, right, result)


def _typed(expr: Binary, left: Expr, right: Expr, type: Type) -> Binary:
    return Binary(op=expr.op, left=left, right=right, type=type, place=expr.place)


def _shifted(expr: Binary) -> Binary:
    """A moment and a duration: a date stays one where the duration is written in whole days."""
    moment, step = (expr.left, expr.right) if expr.left.type in MOMENTS else (expr.right, expr.left)
    if moment.type is Type.DATE and isinstance(step, Duration) and step.seconds % DAY == 0:
        return _typed(expr, expr.left, expr.right, Type.DATE)
    return _typed(expr, instant(expr.left), instant(expr.right), Type.TIMESTAMP)


def _calendar(expr: Binary, step: Expr) -> Binary | Clash:
    other = expr.right if step is expr.left else expr.left
    allowed = expr.op == "+" or (expr.op == "-" and step is expr.right)
    if not allowed or (other.type not in MOMENTS | OPEN) or isinstance(other, CalendarInterval):
        help = "for a fixed length write `30 days`"
        return Clash("a step of the calendar is only added to a date or timestamp, or subtracted", help, step)
    return _typed(expr, expr.left, expr.right, other.type)


def _no_arithmetic(expr: Binary) -> Clash:
    left, right = expr.left, expr.right
    for side in (left, right):
        if side.type is Type.BOOLEAN:
            help = f"`count_if({shown(side)})` counts where it is true; for 1 and 0 write `if({shown(side)}, 1, 0)`"
            return Clash(f"`{expr.op}` takes no conditions, and `{shown(side)}` is true or false", help, side)
        if side.type is Type.STRING:
            help = "texts are joined by `||`" if expr.op == "+" else f"convert it: `cast({shown(side)} as number)`"
            if expr.op == "-" and left.type is right.type:
                help = f"convert both, for a duration `cast({shown(side)} as timestamp)`, for numbers `as number`"
            return Clash(f"`{expr.op}` takes no text, and `{shown(side)}` is text", help, side)
    message = f"`{shown(left)}` is {kind(left)} and `{shown(right)}` is {kind(right)}: `{expr.op}` does not take them"
    return Clash(message, _unfit(expr), expr)


def _unfit(expr: Binary) -> str:
    types = {expr.left.type, expr.right.type}
    number = next((e for e in (expr.left, expr.right) if isinstance(e, Number)), None)
    if number is not None and types & MOMENTS and expr.op in "+-":
        return f"say of what: `{number.text} {'day' if number.text == '1' else 'days'}`, `{number.text} h`"
    if number is not None and Type.DURATION in types and expr.op in "+-":
        return f"give the number a unit: `{number.text} s`, `{number.text} h`"
    if types <= MOMENTS:
        return "two instants are subtracted: `b - a` is the time between them"
    return "divide a duration for a number: `x / 1 h`"


def joined(expr: Binary) -> Binary | Clash:
    """`||` of two texts."""
    sides = (expr.left, expr.right)
    if all(s.type is Type.BOOLEAN for s in sides):
        return Clash("`||` joins texts", "between conditions write `or`", expr)
    for side in sides:
        if side.type not in OPEN | {Type.STRING} or isinstance(side, CalendarInterval):
            help = f"convert it: `cast({shown(side)} as string)`"
            return Clash(f"`||` joins texts, and `{shown(side)}` is {kind(side)}", help, side)
    return _typed(expr, expr.left, expr.right, Type.STRING)


def not_a_condition(expr: Expr, where: str) -> Clash | None:
    """Why an expression is neither true nor false, `None` where it is."""
    if expr.type in LOGICAL and not isinstance(expr, CalendarInterval):
        return None
    cures = {
        Type.STRING: f"compare it: `{shown(expr)} = 'value'`",
        Type.DURATION: f"compare it: `{shown(expr)} <= 4 h`",
    }
    default = f"compare it: `{shown(expr)} > 0`" if expr.type in NUMERIC else f"test it: `{shown(expr)} is not null`"
    message = f"{where} takes conditions, and `{shown(expr)}` is {kind(expr)}"
    return Clash(message, cures.get(expr.type, default), expr)


_CASTS: dict[Type, frozenset[Type]] = {
    Type.STRING: frozenset({Type.NUMBER, Type.BOOLEAN, Type.DATE, Type.TIMESTAMP, Type.STRING}),
    Type.INTEGER: frozenset({Type.NUMBER, Type.STRING}),
    Type.NUMBER: frozenset({Type.NUMBER, Type.STRING}),
    Type.BOOLEAN: frozenset({Type.BOOLEAN, Type.STRING}),
    Type.DATE: frozenset({Type.DATE, Type.TIMESTAMP, Type.STRING}),
    Type.TIMESTAMP: frozenset({Type.DATE, Type.TIMESTAMP, Type.STRING}),
    Type.DURATION: frozenset(),
}


def miscast(expr: Cast) -> Clash | None:
    """Why a value cannot be converted, `None` where it can. Casts to integer are the checker's own affair."""
    of = expr.operand
    if of.type in OPEN or expr.target in _CASTS[of.type]:
        return None
    words = shown(of)
    cures = {
        Type.BOOLEAN: f"write `if({words}, 1, 0)`",
        Type.DURATION: f"divide it: `({words}) / 1 h` is a number of hours",
        Type.DATE: f"subtract another date: `({words} - b) / 1 day` is a number of days",
        Type.TIMESTAMP: f"subtract another timestamp: `({words} - b) / 1 h` is a number of hours",
    }
    help = cures.get(of.type, f"compare it, as in `{words} = 1`" if expr.target is Type.BOOLEAN else "remove the cast")
    return Clash(f"`{words}` is {kind(of)}, which does not convert to {expr.target}", help, expr)
