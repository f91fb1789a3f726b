"""The promises of a column as SQL: the value that keeps them all, and a condition for each way of breaking one."""

import sys
from dataclasses import dataclass
from datetime import datetime

from kpispec.diagnostics import Findings
from kpispec.formula.tree import Type
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec
from kpispec.sql.cells import Notation
from kpispec.sql.lower import text_literal
from kpispec.sql.zones import instant_of
from kpispec.units import convert, parse_amount, parse_unit

_NUMERIC = (Type.INTEGER, Type.NUMBER)
_GREATEST = repr(sys.float_info.max)


@dataclass(frozen=True, slots=True)
class Cell:
    """A typed cell as the relation gives it: `value` is an identifier.

    `raw` names what stood in the cell, where a value may be null although something did. `text` says that it is text.
    `blank` says that an empty text counts as nothing.
    """

    value: str
    kind: Type
    floating: bool = False
    raw: str | None = None
    text: bool = False
    blank: bool = False

    @property
    def empty(self) -> str:
        """The condition that nothing stands in the cell."""
        if self.blank:
            return f"coalesce({self.value}, '') = ''"
        return f"{self.raw or self.value} is null"


@dataclass(frozen=True, slots=True)
class _Codes:
    """The `missing` codes of one reason: constants of the column's type, texts, and whether the empty cell is one."""

    reason: str
    typed: tuple[str, ...]
    texts: tuple[str, ...]
    empty: bool


def checked(
    cell: Cell, spec: ColumnSpec, notation: Notation, findings: Findings
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The column's value, null where a promise is broken, and (reason, condition) for each; see `SourceColumn`."""
    checks = spec.checks
    codes = _codes(cell, checks, notation)
    bounds = _bounds(cell, spec, notation, findings)
    allowed = tuple(item for v in checks.values if (item := _constant(cell.kind, v, notation)) is not None)
    known = _not_missing(cell, codes)
    inside = _inside(cell.value, bounds)
    finite = f"isfinite({cell.value})" if cell.floating else None
    filled = f"{cell.value} <> ''" if cell.blank else None
    value, unlisted = _listed(cell, allowed)

    rejects = [(c.reason, _is_missing(cell, c)) for c in codes]
    if cell.raw is not None:
        rejects.append(("wrong_type", _wrong_type(cell, codes)))
    if finite:
        rejects.append(("not_finite", f"not {finite}"))
    if inside:
        rejects.append(("out_of_range", _all(f"not ({inside})", finite, *known)))
    if unlisted:
        rejects.append(("not_in_values", _all(unlisted, inside, finite, filled, *known)))
    if checks.not_null and not any(c.empty for c in codes):
        rejects.append(("missing_value", cell.empty))

    # Two closed ends keep NaN, which is greater than any number, and the infinities out. So does a list of values.
    kept = _inside(cell.value, _closed(bounds)) if finite and not allowed else inside
    needed = [*_reachable(known, codes, bounds), kept]
    if not any(needed):
        return (f"nullif({value}, '')" if filled and not allowed else value), tuple(rejects)
    return f"case when {_all(*needed, None if allowed else filled)} then {value} end", tuple(rejects)


def _listed(cell: Cell, allowed: tuple[str, ...]) -> tuple[str, str | None]:
    """The value where it is one of `allowed`, else null, and the condition that it is none of them.

    A text is picked from the list by its position: over the dictionary of a Parquet column DuckDB calls a function once
    for each distinct text, but decides IN and CASE row by row (5 ns against 30).
    """
    if not allowed:
        return cell.value, None
    if cell.kind is Type.STRING:
        texts = f"[{', '.join(allowed)}]"
        picked = f"{texts}[list_position({texts}, {cell.value})]"
        return picked, f"{cell.value} is not null and {picked} is null"
    condition = f"{cell.value} in ({', '.join(allowed)})"
    return f"case when {condition} then {cell.value} end", f"not ({condition})"


def _codes(cell: Cell, checks: Checks, notation: Notation) -> tuple[_Codes, ...]:
    found: list[_Codes] = []
    for reason in dict.fromkeys(reason for _, reason in checks.missing):
        written = [code for code, why in checks.missing if why == reason]
        constants = {code: _code_constant(cell.kind, code, notation) for code in written if code}
        typed = tuple(constant for constant in constants.values() if constant is not None)
        texts = tuple(text_literal(code) for code, constant in constants.items() if constant is None and cell.text)
        found.append(_Codes(reason, typed, texts, "" in written))
    return tuple(c for c in found if c.typed or c.texts or c.empty)


def _code_constant(kind: Type, code: str, notation: Notation) -> str | None:
    """A code as a constant of the column's type. On a boolean a code is only ever text: `n` may stand for no answer."""
    return None if kind is Type.BOOLEAN else _constant(kind, code, notation)


def _constant(kind: Type, text: str, notation: Notation) -> str | None:
    """A constant of a type as SQL; `None` where the text is none."""
    match kind:
        case Type.STRING:
            return text_literal(text)
        case Type.INTEGER | Type.NUMBER:
            amount = parse_amount(text)
            return _figure(amount.number) if amount is not None and amount.unit is None else None
        case Type.BOOLEAN:
            return text.lower() if text.lower() in ("true", "false") else None
        case Type.DATE:
            day = _moment(text)
            return f"date '{day:%Y-%m-%d}'" if day is not None else None
        case _:
            moment = _moment(text)
            return f"timestamp '{instant_of(moment, notation.zone)}'" if moment is not None else None


def _figure(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def _is_missing(cell: Cell, codes: _Codes) -> str:
    ways = []
    if codes.typed:
        ways.append(f"{cell.value} in ({', '.join(codes.typed)})")
    if codes.texts:
        ways.append(f"{cell.raw} in ({', '.join(codes.texts)})")
    if codes.empty:
        ways.append(cell.empty)
    return " or ".join(ways)


def _not_missing(cell: Cell, codes: tuple[_Codes, ...]) -> list[str]:
    """Conditions that a value, which is there, is none of the codes."""
    typed = [constant for c in codes for constant in c.typed]
    texts = [text for c in codes for text in c.texts if cell.kind is Type.BOOLEAN or any(map(str.isdigit, text))]
    conditions = [f"{cell.value} not in ({', '.join(typed)})"] if typed else []
    return conditions + ([f"{cell.raw} not in ({', '.join(texts)})"] if texts else [])


def _reachable(known: list[str], codes: tuple[_Codes, ...], bounds: tuple[str | None, str | None]) -> list[str]:
    """`known`, without what the range says already: codes are usually chosen outside of it."""
    low, high = (None if bound is None else _plain_number(bound) for bound in bounds)
    figures = [_plain_number(constant) for c in codes for constant in c.typed]
    outside = [
        figure is not None and ((low is not None and figure < low) or (high is not None and figure > high))
        for figure in figures
    ]
    return known[1:] if figures and all(outside) else known


def _plain_number(constant: str) -> float | None:
    try:
        return float(constant)
    except ValueError:
        return None


def _wrong_type(cell: Cell, codes: tuple[_Codes, ...]) -> str:
    texts = [text for c in codes for text in c.texts]
    excluded = f"{cell.raw} not in ({', '.join(texts)})" if texts else None
    return _all(f"{cell.raw} is not null", f"{cell.value} is null", excluded)


def _bounds(cell: Cell, spec: ColumnSpec, notation: Notation, findings: Findings) -> tuple[str | None, str | None]:
    """The ends of `range` as constants; an end that cannot be read is a finding and stays open."""
    written = spec.checks.range
    if written is None or cell.kind in (Type.STRING, Type.BOOLEAN):
        return None, None
    low = _bound(cell, spec, written.low, notation, findings)
    return low, _bound(cell, spec, written.high, notation, findings)


def _bound(cell: Cell, spec: ColumnSpec, written: Text | None, notation: Notation, findings: Findings) -> str | None:
    if written is None:
        return None
    constant = _constant(cell.kind, written.value, notation) or _measured(cell, spec, written.value)
    if constant is None:
        kind = "a number" if cell.kind in _NUMERIC else f"a {cell.kind.value}"
        findings.add(
            "bad-value",
            f"`{written.value}` is no bound of `{spec.name}`, which is {kind}",
            subject=f"column.{spec.name}.range",
            span=written.span,
            help="write a bound of the column's type, or `null` for an open end",
        )
    return constant


def _measured(cell: Cell, spec: ColumnSpec, text: str) -> str | None:
    """A bound with a unit, in the column's unit; durations without one are seconds."""
    amount = parse_amount(text)
    unit = parse_unit(spec.unit.value if spec.unit else "s")
    if cell.kind not in _NUMERIC or amount is None or unit is None:
        return None
    number = convert(amount, unit)
    return None if number is None else _figure(number)


def _closed(bounds: tuple[str | None, str | None]) -> tuple[str, str]:
    """The bounds of a floating column with an open end closed at the greatest number there is."""
    low, high = bounds
    return low or f"-{_GREATEST}", high or _GREATEST


def _inside(value: str, bounds: tuple[str | None, str | None]) -> str | None:
    match bounds:
        case (None, None):
            return None
        case (low, None):
            return f"{value} >= {low}"
        case (None, high):
            return f"{value} <= {high}"
        case (low, high):
            return f"{value} between {low} and {high}"


def _all(*conditions: str | None) -> str:
    return " and ".join(c for c in conditions if c)
