"""What a cell of the data says, as SQL: text to a typed value, and one engine type to another.

A cell that does not say what its column promises becomes null, never the nearest thing: `8.5` is no integer,
`1_000` and `2026-02-30` are nothing, a time of day is no date. Every expression here is null for null.
"""

import re
from dataclasses import dataclass
from datetime import date

from kpispec.formula.tree import Type
from kpispec.sql.lower import text_literal
from kpispec.sql.zones import as_utc, is_utc

_INTEGER = r"[+-]?[0-9]+([.]0*)?([eE][+]?[0-9]+)?"
_EXPONENT = "([eE][+-]?[0-9]+)?"
_CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_LOCAL = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{_CLOCK}"
_OFFSET = rf"{_CLOCK} ?(Z|UTC|[+-][0-9]{{2}}(:?[0-9]{{2}})?)"
_MIDNIGHT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00([.]0+)?)?"
_TRUE = "('true', 't', 'yes', 'y', '1')"
_FALSE = "('false', 'f', 'no', 'n', '0')"

# The first directive of a time of day ends the part of a `date_format` that is a date.
_TIME_PART = re.compile(r"[\sT]*%-?[HIMSfp].*$")
_SPACES = "[ \u00a0\u202f]"

INTEGERS = frozenset(
    {
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    }
)
FLOATS = frozenset({"FLOAT", "DOUBLE"})
INSTANTS = frozenset({"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"})
CLOCKS = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATETIME"})


@dataclass(frozen=True, slots=True)
class Notation:
    """How a binding's cells are written. `first` and `last` bound the years the zone's rules are spelled out."""

    zone: str = "UTC"
    first: date = date(2000, 1, 1)
    last: date = date(2040, 1, 1)
    decimal: str = "."
    thousands: str | None = None
    date_format: str | None = None


def type_of(engine_type: str) -> Type | None:
    """What a column of an engine type is, `None` for what has no place in a row expression: lists, structs, blobs."""
    name = engine_type.upper()
    if name in INTEGERS:
        return Type.INTEGER
    if name in FLOATS or name.startswith("DECIMAL"):
        return Type.NUMBER
    if name in INSTANTS or name in CLOCKS:
        return Type.TIMESTAMP
    if name.startswith("ENUM") or name in ("UUID", "JSON"):
        return Type.STRING
    return {"VARCHAR": Type.STRING, "BOOLEAN": Type.BOOLEAN, "DATE": Type.DATE}.get(name)


def needs_local_step(kind: Type, notation: Notation) -> bool:
    """Whether text becomes a timestamp in two steps: read as a local clock, then moved to UTC."""
    return kind is Type.TIMESTAMP and not is_utc(notation.zone) and "%z" not in (notation.date_format or "")


def typed_text(kind: Type, cell: str, notation: Notation) -> str:
    """The value of a text cell, trimmed and not empty; a timestamp without offset stays a local clock reading."""
    match kind:
        case Type.INTEGER:
            digits = _digits(cell, notation)
            return (
                f"case when regexp_full_match({digits}, {text_literal(_INTEGER)}) then try_cast({digits} as bigint) end"
            )
        case Type.NUMBER:
            return _number(cell, notation)
        case Type.BOOLEAN:
            return f"case when lower({cell}) in {_TRUE} then true when lower({cell}) in {_FALSE} then false end"
        case Type.DATE:
            return _formatted(cell, notation, _iso_date(cell), as_date=True)
        case Type.TIMESTAMP:
            return _formatted(
                cell, notation, _iso_clock(cell, with_offset=not needs_local_step(kind, notation)), as_date=False
            )
        case _:
            return cell


def instant_of_text(cell: str, local: str, notation: Notation) -> str:
    """The instant of a text cell whose local clock reading, where it has no offset, is the column `local`."""
    moved = as_utc(local, notation.zone)
    return f"case when {local} is not null then {moved} {_offset_branch(cell)} end"


def converted(kind: Type, engine_type: str, cell: str, notation: Notation) -> str | None:
    """A typed cell as a value of a column's type; `None` where no cell of the one can be the other."""
    name = engine_type.upper()
    found = type_of(name)
    match kind, found:
        case _, None:
            return None
        case Type.STRING, Type.STRING:
            return cell if name == "VARCHAR" else f"cast({cell} as varchar)"
        case Type.STRING, _:
            return f"cast({cell} as varchar)"
        case Type.NUMBER, Type.INTEGER | Type.NUMBER:
            # Arithmetic of FLOAT loses digits, of DECIMAL and narrow integers it overflows.
            return cell if name in ("DOUBLE", "BIGINT") else f"cast({cell} as double)"
        case (Type.INTEGER, Type.INTEGER) | (Type.BOOLEAN, Type.BOOLEAN):
            return cell
        case Type.DATE, Type.DATE:
            return cell
        case Type.INTEGER, Type.NUMBER:
            return f"case when {cell} = trunc({cell}) then try_cast({cell} as bigint) end"
        case Type.INTEGER, Type.BOOLEAN:
            return f"cast({cell} as integer)"
        case Type.BOOLEAN, Type.INTEGER | Type.NUMBER:
            return f"case when {cell} = 1 then true when {cell} = 0 then false end"
        case Type.TIMESTAMP, Type.DATE | Type.TIMESTAMP:
            return _instant(name, cell, notation)
        case Type.DATE, Type.TIMESTAMP:
            return _day(name, cell, notation)
        case _:
            return None


def local_clock(engine_type: str, cell: str, zone: str) -> str:
    """A raw timestamp as people of the zone read it, so that all raw timestamps of a binding are of one kind."""
    if engine_type.upper() in INSTANTS:
        return f"timezone({text_literal(zone)}, {cell})"
    return cell


def _instant(name: str, cell: str, notation: Notation) -> str:
    if name in INSTANTS:
        return f"timezone('UTC', {cell})"
    clock = cell if name == "TIMESTAMP" else f"cast({cell} as timestamp)"
    return as_utc(clock, notation.zone)


def _day(name: str, cell: str, notation: Notation) -> str:
    clock = local_clock(name, cell, notation.zone)
    return f"case when {clock} = date_trunc('day', {clock}) then cast({clock} as date) end"


def _digits(cell: str, notation: Notation) -> str:
    """A number as the engine reads it: without thousands separators, with a decimal point."""
    if notation.thousands is None and notation.decimal == ".":
        return cell
    point = re.escape(notation.decimal)
    if notation.thousands is None:
        return _with_point(cell, f"[+-]?[0-9]*({point}[0-9]*)?{_EXPONENT}", cell, notation.decimal)
    separator = _SPACES if notation.thousands.isspace() else re.escape(notation.thousands)
    shape = f"[+-]?([0-9]*|[0-9]{{1,3}}({separator}[0-9]{{3}})+)({point}[0-9]*)?{_EXPONENT}"
    bare = f"regexp_replace({cell}, {text_literal(separator)}, '', 'g')"
    return _with_point(cell, shape, bare, notation.decimal)


def _with_point(cell: str, shape: str, bare: str, decimal: str) -> str:
    pointed = bare if decimal == "." else f"replace({bare}, {text_literal(decimal)}, '.')"
    return f"case when regexp_full_match({cell}, {text_literal(shape)}) then {pointed} end"


def _number(cell: str, notation: Notation) -> str:
    if notation.thousands is None and notation.decimal == ".":
        # DuckDB reads `1_000` as a thousand and `+-5` as minus five.
        plain = f"not contains({cell}, '_') and not starts_with({cell}, '+-')"
        return f"case when {plain} then try_cast({cell} as double) end"
    return f"try_cast({_digits(cell, notation)} as double)"


def _iso_date(cell: str) -> str:
    return (
        f"case when {cell} like '____-__-__' then try_cast({cell} as date) "
        f"when regexp_full_match({cell}, {text_literal(_MIDNIGHT)}) then try_cast({cell} as date) end"
    )


def _iso_clock(cell: str, *, with_offset: bool) -> str:
    # Nineteen characters of this shape hold no offset, and are what most exports write: no regular expression.
    plain = f"when {cell} like '____-__-__ __:__:__' then try_cast({cell} as timestamp)"
    other = f"when regexp_full_match({cell}, {text_literal(_LOCAL)}) then try_cast({cell} as timestamp)"
    offset = f" {_offset_branch(cell)}" if with_offset else ""
    return f"case {plain} {other}{offset} end"


def _offset_branch(cell: str) -> str:
    # A cast to `timestamp` would ignore the offset; one to `timestamptz` does not take a space before it.
    bare = f"regexp_replace({cell}, ' ([-+Z])', '\\1')"
    return (
        f"when regexp_full_match({cell}, {text_literal(_OFFSET)}) then timezone('UTC', try_cast({bare} as timestamptz))"
    )


def _formatted(cell: str, notation: Notation, iso: str, *, as_date: bool) -> str:
    """By `date_format` first, with or without its time of day, then as ISO 8601 where the two cannot be confused."""
    written = notation.date_format
    if written is None:
        return iso
    if "%z" in written and not as_date:
        return _by_format(cell, written, notation, as_date=False)  # an instant: nothing without an offset is one
    formats = dict.fromkeys((written, _TIME_PART.sub("", written)))
    reads = [_by_format(cell, form, notation, as_date=as_date) for form in formats if form]
    if not written.startswith("%Y-"):
        reads.append(iso)
    return reads[0] if len(reads) == 1 else f"coalesce({', '.join(reads)})"


def _by_format(cell: str, form: str, notation: Notation, *, as_date: bool) -> str:
    clock = f"try_strptime({cell}, {text_literal(form)})"
    if "%z" in form:
        clock = f"timezone({text_literal(notation.zone if as_date else 'UTC')}, {clock})"
    conditions = []
    if "%Y" in form:
        # DuckDB takes `26` for the year 26.
        conditions.append(f"{clock} >= timestamp '1000-01-01'")
    if as_date and _TIME_PART.search(form):
        conditions.append(f"{clock} = date_trunc('day', {clock})")
    value = f"cast({clock} as date)" if as_date else clock
    return f"case when {' and '.join(conditions)} then {value} end" if conditions else value
