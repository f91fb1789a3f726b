"""SQL that reads text files, strictly and as text, and the way of other rows into one."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from kpispec.engine.base import EngineError, Failure, Format, InputFile
from kpispec.engine.dialect import Dialect, distinct
from kpispec.engine.sheets import Row
from kpispec.sql.lower import text_literal
from kpispec.sql.relations import RawColumn, RawFile

# The reader is told everything: one ragged row makes a guessing one see a single column.
STRICT = "auto_detect = false"


def csv_relation(paths: list[str], found: list[Dialect], encoding: str | None) -> str:
    """One `read_csv` for the files that share a header, a union by name where there are several headers."""
    groups: dict[Dialect, list[str]] = {}
    for path, one in zip(paths, found, strict=True):
        groups.setdefault(one, []).append(path)
    reads = [_read_csv(group, one, encoding) for one, group in groups.items()]
    if len(reads) == 1:
        return reads[0]
    union = "\n  union all by name\n  ".join(f"select * from {read}" for read in reads)
    return f"(\n  {union}\n)"


def csv_columns(found: list[Dialect]) -> tuple[RawColumn, ...]:
    """The columns of all files, in the order in which they are met, whatever their case."""
    names: dict[str, str] = {}
    for one in found:
        for name in one.names:
            names.setdefault(name.lower(), name)
    return tuple(RawColumn(name, "VARCHAR") for name in names.values())


def differing(files: tuple[InputFile, ...], found: list[Dialect]) -> tuple[RawFile, ...]:
    """What each file has, where they do not all have the same columns."""
    if len({frozenset(name.lower() for name in one.names) for one in found}) == 1:
        return ()
    return tuple(RawFile(file.shown, csv_columns([one])) for file, one in zip(files, found, strict=True))


def listed(paths: Iterable[str]) -> str:
    """A list of texts as SQL."""
    return f"[{', '.join(text_literal(path) for path in paths)}]"


def label(files: tuple[InputFile, ...]) -> str:
    """What messages call the files."""
    first = files[0]
    inner = f"#{first.table}" if first.table and first.format is not Format.ATTACHED else ""
    return f"{first.shown}{inner}" if len(files) == 1 else f"{first.shown}{inner} and {len(files) - 1} more"


def write_rows(rows: Iterator[Row], target: Path, shown: str) -> Dialect:
    """Write rows, header first, as CSV: empty cells as nothing, all others quoted."""
    header = next(rows, None)
    if header is None:
        raise EngineError(
            Failure.UNREADABLE,
            f"`{shown}` has no header: it is empty",
            help="give it a first row with the names of its columns",
            path=shown,
        )
    names = distinct(cell or "" for cell in header)
    with target.open("w", encoding="utf-8", newline="") as out:
        out.writelines(",".join(map(_quoted, row)) + "\n" for row in chain([names], rows))
    return Dialect(",", names)


def _quoted(cell: str | None) -> str:
    return "" if cell is None else '"' + cell.replace('"', '""') + '"'


def _read_csv(paths: list[str], found: Dialect, encoding: str | None) -> str:
    columns = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in found.names)
    options = [
        listed(paths),
        f"columns = {{{columns}}}",
        "header = true",
        STRICT,
        f"delim = {text_literal(found.delimiter)}",
        "quote = '\"'",
        "escape = '\"'",
        "allow_quoted_nulls = false",  # `""` is an empty text, which `empty: keep` keeps
    ]
    options += [f"skip = {found.skip}"] if found.skip else []
    options += [f"encoding = {text_literal(encoding)}"] if encoding else []
    return f"read_csv({', '.join(options)})"
