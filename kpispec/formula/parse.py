"""From the text of a formula, filter or row expression to its tree. The grammar is a part of SQL's expressions."""

from kpispec.diagnostics import Finding, Findings, Fix
from kpispec.formula.calls import call
from kpispec.formula.cursor import BINARY_WORDS, MAX_DEPTH, Cursor, too_large
from kpispec.formula.literals import literal
from kpispec.formula.scan import Token, Unreadable, scan
from kpispec.formula.tree import Between, Binary, Case, Cast, Expr, In, Is, Like, Name, Type, Unary, When, children
from kpispec.source import Span, Text
from kpispec.words import RESERVED

# How tightly operators bind, loosest first. `not` is a prefix between `and` and `is`.
_OR, _AND, _NOT, _IS, _COMPARE, _TEST, _CONCAT, _ADD, _MULTIPLY, _SIGN = range(1, 11)
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_LEVELS: dict[str, int] = {
    "or": _OR,
    "and": _AND,
    "is": _IS,
    **dict.fromkeys(_COMPARISONS, _COMPARE),
    **dict.fromkeys(("between", "in", "like", "ilike"), _TEST),
    "||": _CONCAT,
    **dict.fromkeys("+-", _ADD),
    **dict.fromkeys("*/%", _MULTIPLY),
}
_NEGATABLE = ("between", "in", "like", "ilike")

_TYPES: dict[str, Type] = {
    **dict.fromkeys(("string", "text", "varchar", "char"), Type.STRING),
    **dict.fromkeys(("integer", "int", "bigint", "smallint", "hugeint"), Type.INTEGER),
    **dict.fromkeys(("number", "double", "float", "real", "numeric", "decimal"), Type.NUMBER),
    **dict.fromkeys(("boolean", "bool"), Type.BOOLEAN),
    "date": Type.DATE,
    "timestamp": Type.TIMESTAMP,
}


def parse(text: Text, subject: str, findings: Findings, *, quoted_names: bool = False) -> Expr | None:
    """The tree of an expression, untyped. What cannot be read is one finding, at the characters that are wrong.

    `quoted_names`: a double-quoted word is the name of a raw column, as bindings have it.
    """
    try:
        cursor = Cursor(text, scan(text.value), quoted_names)
        expr = _expression(cursor)
        if cursor.next.kind != "end":
            raise cursor.stray()
        _measure(expr)
    except Unreadable as wrong:
        _report(wrong, text, subject, findings)
        return None
    return expr


def _report(wrong: Unreadable, text: Text, subject: str, findings: Findings) -> None:
    span = text.at(wrong.start, wrong.end)
    if any(f.rule == "unquoted-operator" and f.span is not None and f.span.start == span.start for f in findings):
        return  # YAML has stumbled over the same character
    if not text.value and any(_is_empty(f, span) for f in findings):
        return
    fix = None
    if wrong.fix is not None and span.text == text.value[wrong.start : wrong.end]:
        title, replacement, safe = wrong.fix
        fix = Fix(title, replacement, span, safe)
    findings.add(wrong.rule, wrong.message, subject=subject, span=span, help=wrong.help, fix=fix)


def _is_empty(finding: Finding, span: Span) -> bool:
    """Whether a finding says already that nothing is written at a place, or under the key before it."""
    said = finding.span
    if finding.rule != "bad-value" or said is None or said.file != span.file or said.start > span.start:
        return False
    return not span.file.text[said.end : span.start].strip(" \r\n:'\"|>-+")


def _measure(expr: Expr) -> None:
    """Refuse a tree too deep to walk: a chain of fifty sums is one, though no parenthesis shows it."""
    level: tuple[Expr, ...] = (expr,)
    for _ in range(MAX_DEPTH):
        level = tuple(child for parent in level for child in children(parent))
        if not level:
            return
    raise too_large("is nested too deeply; levels up to", MAX_DEPTH, expr.place.start, expr.place.end)


def _expression(cursor: Cursor, loosest: int = _OR) -> Expr:
    cursor.deeper()
    start = cursor.next.start
    left = _prefix(cursor, loosest)
    while (level := _level(cursor)) >= loosest:
        left = _infix(cursor, left, start, level)
    cursor.shallower()
    return left


def _level(cursor: Cursor) -> int:
    """How tightly the next operator binds; 0 where none comes."""
    if cursor.sees("not"):
        return _TEST if cursor.sees_then("not", *_NEGATABLE) else 0
    return _LEVELS.get(cursor.next.text, 0) if cursor.next.kind in ("name", "operator") else 0


def _prefix(cursor: Cursor, loosest: int) -> Expr:
    token = cursor.next
    if cursor.sees("not"):
        if loosest > _NOT:
            raise Unreadable("`not` after an operator", token.start, token.end, "put it into parentheses: `(not x)`")
        cursor.take()
        operand = _expression(cursor, _NOT)
        return Unary(op="not", operand=operand, place=cursor.place(token.start))
    if cursor.sees("-", "+") and cursor.last is None and cursor.after.kind == "end":
        raise cursor.missing()
    if cursor.sees("-", "+"):
        cursor.take()
        operand = _expression(cursor, _SIGN)
        return Unary(op=token.text, operand=operand, place=cursor.place(token.start))
    return _primary(cursor)


def _infix(cursor: Cursor, left: Expr, start: int, level: int) -> Expr:
    if level == _TEST:
        return _test(cursor, left, start)
    operator = cursor.take()
    if level == _IS:
        return _is(cursor, left, start, operator)
    right = _expression(cursor, level + 1)
    if level == _COMPARE and _level(cursor) == _COMPARE:
        second = cursor.next
        help = "join two comparisons with `and`, or write `x between 1 and 5`"
        raise Unreadable("a comparison of a comparison", second.start, second.end, help)
    return Binary(op=operator.text, left=left, right=right, place=cursor.place(start))


def _test(cursor: Cursor, left: Expr, start: int) -> Expr:
    negated = cursor.accept("not") is not None
    word = cursor.take()
    if word.text == "in":
        items = _items(cursor, word)
        return In(operand=left, items=items, negated=negated, place=cursor.place(start))
    first = _expression(cursor, _CONCAT)
    if word.text == "between":
        cursor.expect("and", word, "write `x between 1 and 5`")
        high = _expression(cursor, _CONCAT)
        return Between(operand=left, low=first, high=high, negated=negated, place=cursor.place(start))
    escape = _expression(cursor, _CONCAT) if cursor.accept("escape") else None
    insensitive = word.text == "ilike"
    place = cursor.place(start)
    return Like(operand=left, pattern=first, escape=escape, insensitive=insensitive, negated=negated, place=place)


def _items(cursor: Cursor, word: Token) -> tuple[Expr, ...]:
    opening = cursor.expect("(", word, "write `x in (1, 2)`")
    if cursor.sees(")"):
        raise Unreadable("`in ()` holds nothing", opening.start, cursor.next.end, "name the values: `x in (1, 2)`")
    items = [_expression(cursor)]
    while cursor.accept(","):
        items.append(_expression(cursor))
    cursor.close(opening, "in")
    return tuple(items)


def _is(cursor: Cursor, left: Expr, start: int, word: Token) -> Expr:
    negated = cursor.accept("not") is not None
    if cursor.sees("null", "true", "false"):
        what = cursor.take().text
        return Is(operand=left, what=what, negated=negated, place=cursor.place(start))
    if not cursor.sees("distinct"):
        help = "write `is null`, `is true`, `is false`, `is distinct from y`, or compare with `=`"
        raise Unreadable(f"`{cursor.text(word)}` cannot be completed", word.start, word.end, help)
    cursor.expect("from", cursor.take(), "write `is distinct from y`")
    right = _expression(cursor, _COMPARE)
    op = "is not distinct from" if negated else "is distinct from"
    return Binary(op=op, left=left, right=right, place=cursor.place(start))


def _primary(cursor: Cursor) -> Expr:
    token = cursor.next
    if cursor.sees("("):
        return _group(cursor)
    if cursor.sees("case"):
        return _case(cursor)
    if cursor.sees("cast"):
        return _cast(cursor)
    found = literal(cursor)
    if found is not None:
        return found
    if token.kind == "quoted":
        return _quoted(cursor)
    if token.kind != "name":
        raise cursor.missing()
    if token.text in RESERVED:
        raise _reserved(cursor)
    return _named(cursor)


def _group(cursor: Cursor) -> Expr:
    opening = cursor.take()
    if cursor.sees(")"):
        raise Unreadable("`()` holds nothing", opening.start, cursor.next.end, "write a value between them")
    inside = _expression(cursor)
    if cursor.sees(","):
        help = "parentheses hold one value here; a list stands after `in`"
        raise Unreadable("a list stands where one value is expected", cursor.next.start, cursor.next.end, help)
    cursor.close(opening)
    return inside


def _case(cursor: Cursor) -> Case:
    word = cursor.take()
    operand = None if cursor.sees("when") else _expression(cursor)
    whens: list[When] = []
    if not cursor.sees("when"):
        cursor.expect("when", word, "write `case when .. then .. else .. end`")
    while cursor.sees("when"):
        branch = cursor.take()
        condition = _expression(cursor)
        cursor.expect("then", branch, "write `when .. then ..`")
        whens.append(When(condition, _expression(cursor)))
    otherwise = _expression(cursor) if cursor.accept("else") else None
    cursor.expect("end", word, "close it with `end`")
    return Case(operand=operand, whens=tuple(whens), otherwise=otherwise, place=cursor.place(word.start))


def _cast(cursor: Cursor) -> Cast:
    word = cursor.take()
    opening = cursor.expect("(", word, "write `cast(x as type)`")
    operand = _expression(cursor)
    cursor.expect("as", word, "write `cast(x as type)`")
    named = cursor.next
    if named.kind != "name" or named.text not in _TYPES:
        at = named if named.kind != "end" else word
        help = "the types are `string`, `number`, `boolean`, `date`, `timestamp`"
        raise Unreadable(f"`{cursor.text(at)}` is no type to cast to", at.start, at.end, help)
    cursor.take()
    if cursor.sees("("):
        help = "write `number`; `round(x, 2)` keeps two decimals"
        raise Unreadable("types take no precision", cursor.next.start, cursor.next.end, help)
    cursor.close(opening, cursor.text(word))
    return Cast(operand=operand, target=_TYPES[named.text], place=cursor.place(word.start))


def _quoted(cursor: Cursor) -> Expr:
    token = cursor.take()
    if cursor.quoted_names:
        return Name(name=token.text, quoted=True, place=cursor.place(token.start))
    text = "'" + token.text.replace("'", "''") + "'"
    fix = (f"replace by `{text}`", text, False)
    message = "double quotes name a raw column, which only a binding may do"
    raise Unreadable(message, token.start, token.end, f"for a text write `{text}`; names stand without quotes", fix)


def _reserved(cursor: Cursor) -> Unreadable:
    token = cursor.next
    if token.text in ("select", "with", "exists", "from"):
        help = "read the rows through `inputs`, and aggregate them in the formula"
        return Unreadable("an expression cannot hold a query", token.start, token.end, help)
    if token.text == "distinct":
        help = "`distinct` comes first: `count(distinct x)`"
        return Unreadable("`distinct` cannot stand here", token.start, token.end, help)
    if token.text in BINARY_WORDS:
        return cursor.missing()
    if cursor.last is None or cursor.last.text == "(" or cursor.after.kind == "end":
        name = cursor.text(token)
        help = (
            f'write `"{name}"` for the raw column' if cursor.quoted_names else "give the input or column another name"
        )
        return Unreadable(f"`{name}` is a word of the language, not a name", token.start, token.end, help)
    return cursor.missing()


def _named(cursor: Cursor) -> Expr:
    first = cursor.take()
    if cursor.sees("("):
        return call(cursor, first, _expression)
    parts = [first.text]
    while cursor.accept("."):
        if cursor.next.kind != "name" or cursor.next.text in RESERVED:
            at = cursor.last or first
            raise Unreadable(f"`{first.text}.` names nothing", first.start, at.end, "write `join.column`")
        parts.append(cursor.take().text)
    if cursor.sees("("):
        at = cursor.last or first
        help = "functions are called by their name alone"
        raise Unreadable(f"`{'.'.join(parts)}` cannot be called", first.start, at.end, help)
    return Name(name=parts[-1], path=tuple(parts[:-1]), place=cursor.place(first.start))
