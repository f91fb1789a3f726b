"""What stands in files that nobody described: columns with their types, values and doubts, from their first rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpispec.engine.base import Engine, EngineError, Failure, InputFile
from kpispec.engine.files import resolve
from kpispec.formula.tree import Type
from kpispec.project.naming import column_names, one_line
from kpispec.project.sniff import Encoding, guessed_encoding
from kpispec.project_spec import Binding
from kpispec.sql.cells import Notation, type_of, typed_text
from kpispec.sql.lower import quoted, text_literal
from kpispec.sql.relations import Raw, RawColumn

SAMPLE = 50_000  # rows that are looked at
FEW = 24  # distinct values that are listed
_TRIED = 1_000  # different cells of a column on which formats of dates are tried
_MOST = 0.98  # a column is of a type that at least this share of its cells has
_MANY = 0.8  # ... or this one, where few words stand for the rest
_FEW_WORDS = 2
_OLDEST = "1905"  # spreadsheets write a time of day as one of 1899, 1900 or 1904

# Tried in this order; the first of those that read the most cells is taken. `None` is ISO 8601.
_DATE_FORMATS: tuple[str | None, ...] = (
    None,
    *(
        f"{day}{clock}"
        for day in ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
        for clock in ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
    ),
)
_TWINS = ("%d/%m/%Y", "%m/%d/%Y")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sample.

    `unread` counts filled cells that are not of the type. `values` are all where few. `last` is the latest date that
    is not in the future, as text.
    """

    raw: str
    name: str
    type: Type
    filled: int = 0
    distinct: int = 0
    unread: int = 0
    values: tuple[tuple[str, int], ...] = ()
    last: str = ""

    @property
    def numeric(self) -> bool:
        return self.type in (Type.INTEGER, Type.NUMBER)

    @property
    def dated(self) -> bool:
        return self.type in (Type.DATE, Type.TIMESTAMP)


@dataclass(frozen=True, slots=True)
class Profile:
    """The files of one binding. `rows` are those looked at: all of them unless `cut`."""

    source: str
    rows: int
    cut: bool
    columns: tuple[Column, ...]
    encoding: Encoding | None = None
    decimal: str | None = None
    date_format: str | None = None
    either_order: bool = False  # every date can be read day first and month first
    clocks_only: tuple[str, ...] = ()  # raw names: times of day on a made-up day
    nested: tuple[str, ...] = ()  # raw names: lists, maps and the like, which no column can hold


@dataclass(frozen=True, slots=True)
class _Counts:
    """Cells of a column: filled, different, and of each type; `timed` ones hold a colon, `pointed` ones a dot."""

    filled: int = 0
    distinct: int = 0
    boolean: int = 0
    integer: int = 0
    number: int = 0
    comma: int = 0
    dateish: int = 0
    timed: int = 0
    pointed: int = 0

    def mostly(self, count: int) -> bool:
        return self.filled > 0 and count >= _MOST * self.filled


def profiled(source: str, root: Path, engine: Engine, today: date) -> Profile:
    """Look at the files that a source names, relative to `root`. Raises EngineError where they are no table."""
    files = resolve((source,), root)
    encoding = guessed_encoding(files[0]) if files else None
    binding = Binding("rows", sources=(source,), encoding=encoding.name if encoding else None)
    raw = engine.describe(binding, files)
    nested = tuple(c.name for c in raw.columns if not raw.text and type_of(c.type) is None)
    raw = replace(raw, columns=tuple(c for c in raw.columns if c.name not in nested))
    _must_be_table(raw, files)
    looked = _Look(engine, quoted(f"cells of {source}"), raw, today)
    return replace(looked.profile(source, looked.gather(), encoding), nested=nested)


def _must_be_table(raw: Raw, files: Sequence[InputFile]) -> None:
    """Raise EngineError for a file whose first line is no header, or whose columns stand apart by blanks alone."""
    names = [c.name for c in raw.columns]
    if not names or raw.empty:
        raise EngineError(
            Failure.UNREADABLE, f"`{raw.label}` has no columns", help="name a file with rows", path=raw.label
        )
    if not raw.text:
        return
    if len(names) == 1 and len(names[0].split()) > 1 and files[0].path.suffix.lower() in (".txt", ".dat", ".csv"):
        raise EngineError(
            Failure.UNREADABLE,
            f"the columns of `{raw.label}` are separated by blanks, not by a character of their own: "
            f"its first line is `{one_line(names[0])}`",
            help="write it again with commas or tabs between the columns, and name the new file",
            path=raw.label,
        )
    if names and all(_like_a_value(name) for name in names):
        raise EngineError(
            Failure.UNREADABLE,
            f"`{raw.label}` has no header: its first line is `{one_line(', '.join(names))}`",
            help="give it a first line with the names of its columns",
            path=raw.label,
        )


def _like_a_value(name: str) -> bool:
    """Whether a header's cell is rather a number or a date than a name."""
    return any(c.isdigit() for c in name) and not any(c.isalpha() for c in name)


@dataclass(frozen=True, slots=True)
class _Look:
    """The different cells of each column with their number, in a table: every question is asked of few cells."""

    engine: Engine
    table: str
    raw: Raw
    today: date

    def gather(self) -> int:
        """Fill the table from the first rows; how many these are."""
        cells = ", ".join(f"cast({quoted(c.name)} as varchar) as {quoted(c.name)}" for c in self.raw.columns)
        rows = f"(select {cells} from {self.raw.relation} limit {SAMPLE + 1})"
        long = f"(unpivot {rows} on columns(*) into name raw value written)"
        sql = f"select raw, nullif(trim(written), '') as cell, count(*) as n from {long} group by all"
        self.engine.run(f"create temp table {self.table} as select * from ({sql}) where cell is not null")
        counted = f"select count(*) from (select 1 from {self.raw.relation} limit {SAMPLE + 1})"
        return _whole(self.engine.run(counted).rows[0][0])

    def profile(self, source: str, rows: int, encoding: Encoding | None) -> Profile:
        counts = self._counts()
        comma = any(c.mostly(c.comma) and not c.mostly(c.number) for c in counts.values())
        form, either, reads = self._dates([raw for raw, c in counts.items() if c.mostly(c.dateish)])
        clocks = tuple(raw for raw, (_, _, last) in reads.items() if last < _OLDEST)
        columns = self._columns(counts, {raw: r for raw, r in reads.items() if raw not in clocks}, comma)
        used = any(c.dated for c in columns)
        return Profile(
            source=source,
            rows=min(rows, SAMPLE),
            cut=rows > SAMPLE,
            columns=columns,
            encoding=encoding,
            decimal="," if comma else None,
            date_format=form if used else None,
            either_order=either and used,
            clocks_only=clocks,
        )

    def _counts(self) -> dict[str, _Counts]:
        number, comma = Notation(), Notation(decimal=",")
        bare = f"not regexp_full_match(cell, {text_literal('[+-]?0[0-9]+.*')})"
        dateish = text_literal(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{2,4}.*")
        conditions = (
            "true",
            f"{typed_text(Type.BOOLEAN, 'cell', number)} is not null",
            f"{bare} and {typed_text(Type.INTEGER, 'cell', number)} is not null",
            f"{bare} and {typed_text(Type.NUMBER, 'cell', number)} is not null",
            f"{bare} and {typed_text(Type.NUMBER, 'cell', comma)} is not null",
            f"regexp_full_match(cell, {dateish})",
            "contains(cell, ':')",
            "contains(cell, '.')",
        )
        filled, *others = (f"coalesce(sum(n) filter (where {c}), 0)" for c in conditions)
        sql = f"select raw, {filled}, count(*), {', '.join(others)} from {self.table} group by raw"
        found = {str(raw): _Counts(*(_whole(v) for v in row)) for raw, *row in self._rows(sql)}
        return {c.name: found.get(c.name, _Counts()) for c in self.raw.columns}

    def _dates(self, columns: Sequence[str]) -> tuple[str | None, bool, dict[str, tuple[int, int, str]]]:
        """The format that reads most, and whether day and month could change places under it.

        Beside them what it reads of each column: cells that are days, cells that are days or clocks, the last of them.
        """
        if not columns:
            return None, False, {}
        tried = {form: self._read_as(form, columns, cells=_TRIED) for form in _DATE_FORMATS}
        best = max(tried, key=lambda form: _dated(tried[form]))
        found = self._read_as(best, columns)
        twin = None if best is None else best.replace(*_TWINS)
        either = twin != best and _dated(self._read_as(twin, columns)) == _dated(found)
        return best, either, found

    def _read_as(
        self, form: str | None, columns: Sequence[str], cells: int | None = None
    ) -> dict[str, tuple[int, int, str]]:
        """What a format reads of each column, or of so many different cells of it, taken from all over."""
        some = f" qualify row_number() over (partition by raw order by hash(cell)) <= {cells}" if cells else ""
        notation = Notation(date_format=form)
        day, clock = (typed_text(kind, "cell", notation) for kind in (Type.DATE, Type.TIMESTAMP))
        listed = ", ".join(text_literal(c) for c in columns)
        sql = f"select raw, n, {day} as day, {clock} as clock from {self.table} where raw in ({listed}){some}"
        latest = f"coalesce(max(clock) filter (where clock <= date '{self.today}'), max(clock))"
        counted = f"sum(n) filter (where day is not null), sum(n) filter (where clock is not null), {latest}"
        rows = self._rows(f"select raw, {counted} from ({sql}) group by raw")
        return {str(raw): (_whole(days), _whole(clocks), str(last or "")) for raw, days, clocks, last in rows}

    def _columns(
        self, counts: dict[str, _Counts], reads: dict[str, tuple[int, int, str]], comma: bool
    ) -> tuple[Column, ...]:
        values = self._values()
        found = []
        for raw, name in zip(self.raw.columns, column_names(tuple(counts)), strict=True):
            own, few = counts[raw.name], tuple(values.get(raw.name, ()))
            dates = reads.get(raw.name, (0, 0, ""))
            read = (_typed(own, comma, dates) or _coded(own, few)) if self._is_text(raw) else None
            kind, cells = read or (type_of(raw.type) or Type.STRING, own.filled)
            found.append(Column(raw.name, name, kind, own.filled, own.distinct, own.filled - cells, few, dates[2]))
        return tuple(found)

    def _is_text(self, column: RawColumn) -> bool:
        return self.raw.text or column.type == "VARCHAR"

    def _values(self) -> dict[str, list[tuple[str, int]]]:
        few = f"select raw from {self.table} group by raw having count(*) <= {FEW}"
        sql = f"select raw, cell, n from {self.table} where raw in ({few}) order by n desc, cell"
        found: dict[str, list[tuple[str, int]]] = {}
        for raw, cell, cells in self._rows(sql):
            found.setdefault(str(raw), []).append((str(cell), _whole(cells)))
        return found

    def _rows(self, sql: str) -> Sequence[tuple[object, ...]]:
        return self.engine.run(sql).rows


def _dated(read: dict[str, tuple[int, int, str]]) -> int:
    return sum(clocks for _, clocks, _ in read.values())


def _typed(counts: _Counts, comma: bool, dates: tuple[int, int, str]) -> tuple[Type, int] | None:
    """The type that most cells of a text column have, and how many have it."""
    days, clocks, _ = dates
    number = counts.comma if comma else counts.number
    # Codes may be written as 4.0; where there are many values, the next row may well hold 4.5.
    whole = counts.integer if counts.distinct <= FEW or (counts.integer == number and not counts.pointed) else 0
    logical = counts.boolean if counts.boolean == counts.filled and counts.integer == 0 else 0
    read = (
        (Type.BOOLEAN, logical),
        (Type.INTEGER, whole),
        (Type.NUMBER, number),
        (Type.DATE, days if days == clocks and not counts.timed else 0),
        (Type.TIMESTAMP, clocks),
    )
    return next(((kind, cells) for kind, cells in read if counts.mostly(cells)), None)


def _coded(counts: _Counts, values: tuple[tuple[str, int], ...]) -> tuple[Type, int] | None:
    """A code for answers in which one or two words stand for none: `1` to `5`, and `Blank`."""
    words = [value for value, _ in values if whole_number(value) is None]
    few = 0 < len(words) <= _FEW_WORDS and counts.integer >= _MANY * counts.filled
    return (Type.INTEGER, counts.integer) if few else None


def whole_number(text: str) -> int | None:
    """The integer that a cell holds, written `4`, `-1` or `4.0`."""
    found = re.fullmatch(r"([+-]?[0-9]+)([.]0*)?", text)
    return None if found is None else int(found[1])


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float | Decimal) else 0
