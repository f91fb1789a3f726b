"""The relation of a source: nested selects that bring each column from the file's cell to a typed value.

A cell's text is trimmed in one select and typed in the next, because DuckDB computes an expression again for each place
that an alias of the same select stands for. A file whose columns all serve as they are gets no select at all.
"""

from dataclasses import dataclass, replace

from kpispec.formula.tree import Type
from kpispec.sql.cells import FLOATS, Notation, converted, instant_of_text, needs_local_step, typed_text
from kpispec.sql.checks import Cell
from kpispec.sql.lower import quoted

Step = tuple[tuple[str, str], ...]  # (alias, SQL over the aliases of the steps before)


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a column's cells come from: SQL over the raw columns, the engine's type of it, and what it shall be.

    `plain` says that the SQL is the name of a raw column and nothing else.
    """

    name: str
    sql: str
    engine_type: str
    kind: Type
    plain: bool
    keep_empty: bool = False


@dataclass(frozen=True, slots=True)
class Layered:
    """The aliases that a column needs, innermost select first, and the cell that they end in."""

    name: str
    steps: tuple[Step, ...]
    cell: Cell


def layered(bound: Bound, notation: Notation) -> Layered:
    """The steps of one column; none where the raw column serves as it is."""
    if bound.engine_type == "VARCHAR" and bound.kind is not Type.STRING:
        return _from_text(bound, notation)
    value, raw = quoted(bound.name), quoted(f"{bound.name}__raw")
    same = converted(bound.kind, bound.engine_type, bound.sql, notation) == bound.sql
    blank = bound.engine_type == "VARCHAR" and not bound.keep_empty
    floating = bound.kind is Type.NUMBER and bound.engine_type.upper() in FLOATS
    cell = Cell(value, bound.kind, floating=floating, blank=blank and bound.kind is Type.STRING)
    if same and bound.plain:
        return Layered(bound.name, (), replace(cell, value=bound.sql))
    if same:
        return Layered(bound.name, (((value, bound.sql),),), cell)
    typed = converted(bound.kind, bound.engine_type, raw, notation) or raw
    kept = replace(cell, raw=raw) if _may_fail(bound) else cell
    return Layered(bound.name, (((raw, bound.sql),), ((value, typed),)), kept)


def relation(base: str, columns: tuple[Layered, ...]) -> tuple[str, tuple[Layered, ...]]:
    """SQL that may follow FROM, and the columns with their cells named as it names them."""
    depth = max((len(column.steps) for column in columns), default=0)
    if depth == 0:
        return base, columns
    columns = tuple(column if column.steps else _renamed(column) for column in columns)
    sql = base
    for level in range(depth):
        items = [item for column in columns for item in _items(column, level)]
        listed = _indented("\n" + ",\n".join(items), 4)
        sql = f"(\n  select{listed}\n  from {_indented(sql, 2)}\n)"
    return sql, columns


def _from_text(bound: Bound, notation: Notation) -> Layered:
    value, raw, local = (quoted(bound.name + suffix) for suffix in ("", "__raw", "__local"))
    cell = Cell(value, bound.kind, floating=bound.kind is Type.NUMBER, raw=raw, text=True)
    trimmed: Step = ((raw, f"nullif(trim({bound.sql}), '')"),)
    typed = typed_text(bound.kind, raw, notation)
    if not needs_local_step(bound.kind, notation):
        return Layered(bound.name, (trimmed, ((value, typed),)), cell)
    return Layered(bound.name, (trimmed, ((local, typed),), ((value, instant_of_text(raw, local, notation)),)), cell)


def _may_fail(bound: Bound) -> bool:
    """Whether a conversion can turn something into nothing."""
    return bound.kind is not Type.STRING and bound.kind is not Type.TIMESTAMP


def _renamed(column: Layered) -> Layered:
    value = quoted(column.name)
    return replace(column, steps=(((value, column.cell.value),),), cell=replace(column.cell, value=value))


def _items(column: Layered, level: int) -> list[str]:
    """What a select of a level lists for a column: what is carried from the one inside, and what is new."""
    carried = [alias for step in column.steps[:level] for alias, _ in step]
    new = column.steps[level] if level < len(column.steps) else ()
    return carried + [alias if alias == sql else f"{sql} as {alias}" for alias, sql in new]


def _indented(sql: str, by: int) -> str:
    return sql.replace("\n", "\n" + " " * by)
