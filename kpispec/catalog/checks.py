"""The promises of a row input (`range`, `values`, `missing`), turned into its expression and its reject conditions."""

from datetime import date

from kpispec.diagnostics import Findings
from kpispec.formula.tree import (
    Between,
    Binary,
    Boolean,
    Call,
    Case,
    Duration,
    Expr,
    In,
    Is,
    Moment,
    Number,
    Place,
    String,
    Type,
    Unary,
    When,
)
from kpispec.source import Text
from kpispec.spec import ColumnSpec, Range, RowInput
from kpispec.units import duration_seconds

Rejects = tuple[tuple[str, Expr], ...]


def excused(column: ColumnSpec | RowInput | None) -> frozenset[str]:
    """The reasons of the codes that are declared to stand for a missing value: counted, but no promise is broken."""
    return frozenset(reason for _, reason in column.checks.missing) if column is not None else frozenset()


def checked_input(item: RowInput, expr: Expr, subject: str, findings: Findings) -> tuple[Expr, Rejects]:
    """The expression with its rejected values null, and when each reason applies. Reasons exclude each other."""
    tests: list[tuple[str, Expr]] = [("wrong_type", t) for t in _mistyped(item, expr, subject, findings)]
    if item.checks.not_null:
        tests.append(("missing_value", Is(expr, "null", place=expr.place, type=Type.BOOLEAN)))
    for code, reason in item.checks.missing:
        tests.append((reason, _equals(expr, code)))
    if item.checks.range is not None:
        outside = _outside(expr, item.checks.range, subject, findings)
        tests += [("out_of_range", outside)] if outside is not None else []
    if item.checks.values:
        items = tuple(String(v, place=expr.place, type=Type.STRING) for v in item.checks.values)
        tests.append(("not_in_values", In(expr, items, negated=True, place=expr.place, type=Type.BOOLEAN)))
    if not tests:
        return expr, ()
    return _kept(expr, [t for _, t in tests]), _exclusive(tests)


def _mistyped(item: RowInput, expr: Expr, subject: str, findings: Findings) -> tuple[Expr, ...]:
    """When a value is not of the type that the input promises; a type that no value can have is a finding."""
    wanted = Type(item.checks.type) if item.checks.type is not None else expr.type
    if expr.type in (wanted, Type.UNKNOWN) or (expr.type, wanted) == (Type.INTEGER, Type.NUMBER):
        return ()
    if (expr.type, wanted) == (Type.NUMBER, Type.INTEGER):
        whole = Call("floor", (expr,), place=expr.place, type=Type.INTEGER)
        return (Binary("<>", expr, whole, place=expr.place, type=Type.BOOLEAN),)
    findings.add(
        "argument-type",
        f"`type: {wanted}` is promised, and the values are of type {expr.type}",
        subject=f"{subject}.type",
        span=item.span,
        help=f"write `type: {expr.type}`, or an `expr` that gives another type",
    )
    return ()


def _kept(expr: Expr, tests: list[Expr]) -> Expr:
    rejected = _any(tests)
    return Case(None, (When(_not_true(rejected), expr),), None, place=expr.place, type=expr.type)


def _not_true(test: Expr) -> Expr:
    return Is(test, "true", negated=True, place=test.place, type=Type.BOOLEAN)


def _any(tests: list[Expr]) -> Expr:
    found = tests[0]
    for test in tests[1:]:
        found = Binary("or", found, test, place=test.place, type=Type.BOOLEAN)
    return found


def _exclusive(tests: list[tuple[str, Expr]]) -> Rejects:
    """Each test without the rows that an earlier one took."""
    found: list[tuple[str, Expr]] = []
    for index, (reason, test) in enumerate(tests):
        earlier = [t for _, t in tests[:index]]
        own = test
        if earlier:
            own = Binary("and", test, _not_true(_any(earlier)), place=test.place, type=Type.BOOLEAN)
        found.append((reason, own))
    return tuple(found)


def _equals(expr: Expr, code: str) -> Expr:
    return Binary("=", expr, _literal(code, expr), place=expr.place, type=Type.BOOLEAN)


def _literal(written: str, like: Expr) -> Expr:
    place: Place = like.place
    if like.type is Type.STRING:
        return String(written, place=place, type=Type.STRING)
    if like.type is Type.BOOLEAN:
        return Boolean(written.lower() in ("true", "1", "yes"), place=place, type=Type.BOOLEAN)
    try:
        float(written)
    except ValueError:
        return String(written, place=place, type=Type.STRING)
    if written.startswith("-"):
        return Unary("-", Number(written[1:], place=place, type=Type.NUMBER), place=place, type=Type.NUMBER)
    return Number(written, place=place, type=Type.NUMBER)


def _outside(expr: Expr, range: Range, subject: str, findings: Findings) -> Expr | None:
    low = _bound(expr, range.low, subject, findings) if range.low is not None else None
    high = _bound(expr, range.high, subject, findings) if range.high is not None else None
    if low is not None and high is not None:
        return Between(expr, low, high, negated=True, place=expr.place, type=Type.BOOLEAN)
    if low is not None:
        return Binary("<", expr, low, place=expr.place, type=Type.BOOLEAN)
    if high is not None:
        return Binary(">", expr, high, place=expr.place, type=Type.BOOLEAN)
    return None


def _bound(expr: Expr, written: Text, subject: str, findings: Findings) -> Expr | None:
    if expr.type is Type.DURATION:
        amount = duration_seconds(written.value) if written.value != "0" else 0.0
        if amount is not None:
            return Duration(amount, place=expr.place, type=Type.DURATION)
    elif expr.type in (Type.DATE, Type.TIMESTAMP):
        day = _day(written.value)
        if day is not None:
            return Moment(day, place=expr.place, type=expr.type)
    else:
        try:
            float(written.value)
            return _literal(written.value, expr)
        except ValueError:
            pass
    findings.add(
        "unit-mismatch",
        f"the bound `{written.value}` does not fit a value of type {expr.type}",
        subject=f"{subject}.range",
        span=written.span,
        help=_EXAMPLES.get(expr.type, "write a plain number"),
    )
    return None


_EXAMPLES = {
    Type.DURATION: "write a duration, for example `0 s` or `8 h`",
    Type.DATE: "write a day, for example `2026-01-31`",
    Type.TIMESTAMP: "write a day, for example `2026-01-31`",
}


def _day(written: str) -> str | None:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None
