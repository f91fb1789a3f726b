"""From a binding and what the engine found in its files to the relation that scans read: typed, checked columns.

The relation types the cells, where they are not typed already; the SQL of a column withholds what breaks a promise, and
its `rejects` count it by reason. A file whose types fit costs nothing but its checks.
"""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from kpispec.diagnostics import Findings
from kpispec.formula.parse import parse
from kpispec.formula.tree import Type
from kpispec.project_spec import Binding
from kpispec.source import Span, Text
from kpispec.spec import ColumnSpec, DatasetSpec
from kpispec.sql import cells
from kpispec.sql.cells import Notation
from kpispec.sql.checks import Cell, checked
from kpispec.sql.layers import Bound, layered, relation
from kpispec.sql.lower import quoted, text_literal
from kpispec.sql.relations import Code, Raw, RawColumn, RawFile, Source, SourceColumn

__all__ = ["Raw", "RawColumn", "RawFile", "Source", "SourceColumn", "inference_sql", "inferred", "source"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_LEADING_ZERO = "[+-]?0[0-9]+.*"
_NUMERIC = (Type.INTEGER, Type.NUMBER)

Lower = Callable[[Text], tuple[str, Type] | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A declared column and where its cells come from."""

    spec: ColumnSpec
    bound: Bound


def source(
    binding: Binding,
    dataset: DatasetSpec,
    raw: Raw,
    *,
    zone: str,
    first: date,
    last: date,
    lower: Lower,
    findings: Findings,
    only: Set[str] | None = None,
) -> Source | None:
    """The typed and checked rows of a data set, `None` where no column could be bound.

    A declared column that the data lacks is a finding, unless it is optional, and is left out. `zone` is the project's;
    `first` and `last` bound the years in which a local time is moved to UTC without asking the zone's table. `only`
    names the columns that are read: all of them by default.
    """
    notation = Notation(
        zone=binding.timezone or zone,
        first=first,
        last=last,
        decimal=binding.decimal or ".",
        thousands=binding.thousands,
        date_format=binding.date_format,
    )
    raw = _with_columns(raw, binding, dataset) if raw.empty else raw
    found: list[_Found] = []
    absent: list[str] = []
    for spec in _wanted(binding, dataset, raw):
        if only is not None and spec.name not in only:
            continue
        bound = _bind(spec, binding, raw, lower, findings)
        if bound is None:
            absent.append(spec.name)
        elif _fits(bound, spec, raw, binding, findings):
            found.append(_Found(spec, bound))
    return _source(found, raw, notation, tuple(absent), findings) if found else None


def inference_sql(raw: Raw, binding: Binding) -> str | None:
    """A query whose one row tells `inferred` what each text column holds; `None` where every column is typed."""
    if not raw.text or not raw.columns:
        return None
    notation = Notation(decimal=binding.decimal or ".", thousands=binding.thousands, date_format=binding.date_format)
    counts = [f"  {count}" for column in raw.columns for count in _guess_counts(column, notation)]
    listed = ",\n".join(counts)
    return f"select\n{listed}\nfrom {raw.relation}"


def inferred(raw: Raw, row: tuple[object, ...]) -> Raw:
    """`raw` with the guesses that the row of `inference_sql` supports: a type that every cell of the column has."""
    width = 1 + len(_GUESSES)
    columns = []
    for number, column in enumerate(raw.columns):
        filled, *fits = row[number * width : (number + 1) * width]
        guess = next((kind for kind, count in zip(_GUESSES, fits, strict=True) if filled and count == filled), None)
        columns.append(replace(column, guess=guess or Type.STRING))
    return replace(raw, columns=tuple(columns))


_GUESSES = (Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.DATE, Type.TIMESTAMP)


def _guess_counts(column: RawColumn, notation: Notation) -> list[str]:
    """How many cells are not empty, and how many are of each type. `007` is no number and `1` no boolean."""
    cell = f"nullif(trim({quoted(column.name)}), '')"
    counts = [f"count({cell})"]
    for kind in _GUESSES:
        typed = cells.typed_text(kind, cell, notation)
        if kind is Type.BOOLEAN:
            counts.append(f"count_if(lower({cell}) in ('true', 'false'))")
        elif kind in _NUMERIC:
            zero = f"regexp_full_match({cell}, {text_literal(_LEADING_ZERO)})"
            counts.append(f"count_if(isfinite(cast({typed} as double)) and not {zero})")
        else:
            counts.append(f"count({typed})")
    return counts


def _wanted(binding: Binding, dataset: DatasetSpec, raw: Raw) -> tuple[ColumnSpec, ...]:
    """The columns that the data must feed. Without a contract these are all that have a usable name."""
    if dataset.declared and dataset.columns:
        written = {name for name, _ in binding.columns}
        return tuple(c for c in dataset.columns if c.expr is None or c.name in written)
    span = binding.span or dataset.span
    names = dict.fromkeys([name for name, _ in binding.columns] + [c.name.lower() for c in raw.columns])
    return tuple(ColumnSpec(name, span) for name in names if _NAME.match(name))


def _with_columns(raw: Raw, binding: Binding, dataset: DatasetSpec) -> Raw:
    """A source without any row and without names, such as an empty JSON list, has every column that is asked for."""
    written = dict(binding.columns)
    names = [written[c.name].value if c.name in written else c.name for c in _wanted(binding, dataset, raw)]
    columns = tuple(RawColumn(name, "VARCHAR") for name in dict.fromkeys(names))
    listed = ", ".join(f"cast(null as varchar) as {quoted(c.name)}" for c in columns)
    return replace(raw, relation=f"(select {listed} where false)", columns=columns) if columns else raw


def _bind(spec: ColumnSpec, binding: Binding, raw: Raw, lower: Lower, findings: Findings) -> Bound | None:
    written = dict(binding.columns).get(spec.name)
    wanted = written.value if written else spec.name
    column = _raw_column(wanted, raw)
    if column is not None:
        if _declared(spec) is None and cells.type_of(column.type) is Type.INTEGER and column.type.upper() != "BIGINT":
            # Formulas do not know that this is an integer, so its arithmetic is widened here.
            return Bound(spec.name, f"cast({quoted(column.name)} as bigint)", "BIGINT", Type.INTEGER, plain=False)
        kind = _declared(spec) or column.guess or cells.type_of(column.type) or Type.STRING
        return Bound(spec.name, quoted(column.name), column.type, kind, plain=True, keep_empty=spec.keep_empty)
    if written is not None and not _names_a_column(written):
        return _expression(spec, written, lower, findings)
    if not spec.optional:
        _report_missing(spec, wanted, written, binding, raw, findings)
    return None


def _names_a_column(written: Text) -> bool:
    """Whether a column is bound to a heading, such as `N° client`, and not to an expression or an attempt at one."""
    words = written.value
    low = words.strip().lower()
    if low in ("true", "false"):  # the same for every row, where no column has this name
        return False
    if _NAME.match(low):
        return True
    return not _MARKS.search(words) and parse(written, "", Findings(), quoted_names=True) is None


_MARKS = re.compile(r"[\"'()=<>+*]")


def _raw_column(wanted: str, raw: Raw) -> RawColumn | None:
    """A raw column by its name, blanks around it aside: as written, else whatever its case."""
    name = " ".join(wanted.split())
    named = [(" ".join(c.name.split()), c) for c in raw.columns]
    exact = next((c for found, c in named if found == name), None)
    return exact or next((c for found, c in named if found.lower() == name.lower()), None)


def _expression(spec: ColumnSpec, written: Text, lower: Lower, findings: Findings) -> Bound | None:
    """A row expression over the raw columns; what it lacks has been reported by `lower`."""
    lowered = lower(written)
    if lowered is None:
        return None
    sql, kind = lowered
    engine_type = _ENGINE_TYPES.get(kind)
    if engine_type is None:
        findings.add(
            "bad-binding",
            f"`{spec.name}` is bound to a {kind.value}, which a column cannot hold",
            subject=f"data.{spec.name}",
            span=written.span,
            help="bind an expression that gives a string, a number, a boolean, a date or a timestamp",
        )
        return None
    wanted = _declared(spec) or kind
    return Bound(spec.name, sql, engine_type, wanted, plain=False, keep_empty=spec.keep_empty)


_ENGINE_TYPES = {
    Type.STRING: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}


def _declared(spec: ColumnSpec) -> Type | None:
    return Type(spec.checks.type) if spec.checks.type else None


def _report_missing(
    spec: ColumnSpec, wanted: str, written: Text | None, binding: Binding, raw: Raw, findings: Findings
) -> None:
    names = [c.name for c in raw.columns]
    close = get_close_matches(wanted.lower(), [n.lower() for n in names], n=1)
    near = next((n for n in names if close and n.lower() == close[0]), None)
    target = f"`{wanted}`" if written is None else f"`{wanted}`, which `{spec.name}` is bound to"
    listed = ", ".join(f"`{name}`" for name in names[:12]) + (" ..." if len(names) > 12 else "")
    cure = f"did you mean `{near}`?" if near else f"bind `{spec.name}` under `columns`, or mark it `optional: true`"
    span: Span | None = written.span if written else (binding.span or spec.span)
    findings.add(
        "missing-column",
        f"`{raw.label}` has no column {target}",
        subject=f"data.{binding.dataset}.{spec.name}",
        span=span,
        help=f"{cure}; it has {listed}" if names and near is None else cure,
    )


def _fits(bound: Bound, spec: ColumnSpec, raw: Raw, binding: Binding, findings: Findings) -> bool:
    """Whether every file has the column, of one type, and that type can be what is declared."""
    span, subject = binding.span or spec.span, f"data.{binding.dataset}.{spec.name}"
    if bound.plain and (odd := _odd_file(bound.sql, spec, raw)) is not None:
        findings.add("missing-column", odd, subject=subject, span=span, help="give every file the same columns")
        return False
    is_text = raw.text or bound.engine_type == "VARCHAR"
    if is_text or cells.converted(bound.kind, bound.engine_type, "x", Notation()) is not None:
        return True
    findings.add(
        "bad-binding",
        f"`{spec.name}` is declared {_article(bound.kind)}, but in `{raw.label}` it is "
        f"{_article(bound.engine_type.lower())}",
        subject=subject,
        span=span,
        help="declare the type that the data has, or bind an expression that converts it",
    )
    return False


def _article(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _odd_file(name: str, spec: ColumnSpec, raw: Raw) -> str | None:
    """What is wrong with the first file that lacks a column the others have, or has it of another type."""
    first: tuple[str, str] | None = None
    for file in raw.files:
        column = next((c for c in file.columns if quoted(c.name).lower() == name.lower()), None)
        if column is None and not spec.optional:
            return f"`{file.path}` has no column {_name_of(name)}, which other files of the binding have"
        if column is None:
            continue
        path, kind = first = first or (file.path, column.type)
        if not raw.text and cells.type_of(column.type) != cells.type_of(kind):
            return f"{_name_of(name)} is {column.type.lower()} in `{file.path}` and {kind.lower()} in `{path}`"
    return None


def _name_of(quoted: str) -> str:
    return "`" + quoted[1:-1].replace('""', '"') + "`"


def _source(found: list[_Found], raw: Raw, notation: Notation, absent: tuple[str, ...], findings: Findings) -> Source:
    sql, columns = relation(raw.relation, tuple(layered(f.bound, notation) for f in found))
    made = []
    for item, column in zip(found, columns, strict=True):
        value, rejects = checked(column.cell, item.spec, notation, findings)
        plain = column.cell.raw is None and not column.cell.blank
        given = column.cell.value if plain and rejects and not item.spec.checks.not_null else None
        code = _code(column.cell, item.spec, notation) if column.cell.raw is None else None
        made.append(SourceColumn(item.spec.name, value, item.bound.kind, rejects, given, code))
    return Source(sql, tuple(made), absent)


def _code(cell: Cell, spec: ColumnSpec, notation: Notation) -> Code | None:
    """The column as a code, where it is an integer, or a text that may be cut by."""
    if cell.kind not in (Type.INTEGER, Type.STRING):
        return None
    size = _size(spec) if cell.kind is Type.INTEGER else None
    value, rejects = checked(replace(cell, value=quoted(spec.name)), spec, notation, Findings())
    return Code(cell.value, size, value, rejects)


def _size(spec: ColumnSpec) -> int | None:
    """How many values the declared range of integers holds."""
    bounds = spec.checks.range
    if bounds is None or bounds.low is None or bounds.high is None:
        return None
    try:
        return int(bounds.high.value) - int(bounds.low.value) + 1
    except ValueError:
        return None
