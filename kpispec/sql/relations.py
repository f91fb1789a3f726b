"""What stands behind a data set: the rows as an engine found them, and the same rows typed and checked."""

from dataclasses import dataclass

from kpispec.formula.tree import Type


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column as the file has it: its name without surrounding blanks, and the engine's type.

    `guess` is what the text of an undeclared column turned out to be, once `inferred` has been told.
    """

    name: str
    type: str
    guess: Type | None = None


@dataclass(frozen=True, slots=True)
class RawFile:
    """The columns of one file among several."""

    path: str
    columns: tuple[RawColumn, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """What an engine found behind a binding.

    `relation` may follow FROM. `text` says that every column is text as written, as in CSV, JSON and sheets.
    `setup` has been run on the connection and must be before the relation is read elsewhere (an ATTACH).
    `skipped` rows were left out as the binding's `on_bad_rows` allows. `empty`: no row, and so no name.
    """

    label: str
    relation: str
    columns: tuple[RawColumn, ...]
    text: bool = False
    files: tuple[RawFile, ...] = ()
    setup: tuple[str, ...] = ()
    skipped: int = 0
    copies: tuple[tuple[str, str], ...] = ()  # (path of a temporary copy in the relation, the file it was made from)
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A column that is not converted: rows may be grouped by it before it is checked. `size` is how many values a
    declared range of integers holds.

    `given` is what stands in the relation; `sql` and `rejects` are as those of the column, over the column's own name.
    """

    given: str
    size: int | None
    sql: str
    rejects: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of a source. `sql` is null where the cell is empty or rejected.

    `rejects` are (reason, condition) in order. At most one is true for a row; null means false. `given` is what stands
    in the cell, where every value that is rejected shows by its absence: counting both tells how many were.
    """

    name: str
    sql: str
    type: Type
    rejects: tuple[tuple[str, str], ...] = ()
    given: str | None = None
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A data set's rows: SQL that may follow FROM, and its columns. `absent` are declared ones that the data lacks."""

    relation: str
    columns: tuple[SourceColumn, ...]
    absent: tuple[str, ...] = ()

    def column(self, name: str) -> SourceColumn | None:
        return next((c for c in self.columns if c.name == name), None)
