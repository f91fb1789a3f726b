"""DuckDB's words turned into an EngineError: which file, which line, what to do about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kpispec.engine.base import EngineError, Failure, InputFile
from kpispec.project_spec import Attachment

_FETCH = "fetch the file again"
_SAY_ENCODING = "say which it is: `encoding: cp1252` (or latin-1, utf-16, ...) beside `from`"


@dataclass(frozen=True, slots=True)
class _Known:
    """A failure told by a pattern in DuckDB's words.

    `message` and `help` take `{file}` and the pattern's groups; the group `line`, where there is one, is a line number.
    """

    pattern: str
    kind: Failure
    message: str
    help: str | None = None


# The first that fits is taken.
_KNOWN: tuple[_Known, ...] = (
    _Known(
        r"File is not latin-1 encoded",
        Failure.ENCODING,
        "{file} is not latin-1: it has bytes from 0x80 to 0x9f, which latin-1 leaves without a character",
        "write `encoding: cp1252`, which is the variant of Windows",
    ),
    _Known(
        r"Invalid unicode|not utf-8 encoded",
        Failure.ENCODING,
        "{file} is not in the encoding that it is read in",
        _SAY_ENCODING,
    ),
    _Known(
        r"CSV Error on Line: (?P<line>\d+).*?Expected Number of Columns: (?P<wanted>\d+) Found: (?P<found>\d+)",
        Failure.RAGGED,
        "{file}, line {line}, has {found} cells where the header has {wanted}",
        "mend the line, or allow a few such rows with `on_bad_rows: {{max: 10}}` beside `from`",
    ),
    _Known(
        r"CSV Error on Line: (?P<line>\d+).*?[Mm]aximum line size",
        Failure.RAGGED,
        "{file}, line {line}, is longer than two million bytes: a quotation mark may not be closed",
        "mend the line",
    ),
    _Known(
        r"CSV Error on Line: (?P<line>\d+).*?unterminated quote",
        Failure.RAGGED,
        "{file}, line {line}, opens a quotation that is not closed as it should be",
        "mend the quotation marks: one inside a quoted cell is written twice",
    ),
    _Known(
        r"CSV Parser state machine reached an invalid state",
        Failure.RAGGED,
        "{file} cannot be read as CSV: it mixes line ends, or its quotation marks do not pair",
        "save it again with one kind of line end",
    ),
    _Known(
        r"(?i)gzip|zstd",
        Failure.UNREADABLE,
        "{file} is cut short or damaged: its compressed data does not end where it should",
        _FETCH,
    ),
    _Known(
        r"Malformed JSON in file .*?at byte (?P<byte>\d+) in (?P<place>(?:line|record/value) \d+): (?P<why>[^\n.]+)",
        Failure.UNREADABLE,
        "{file} is no valid JSON, at byte {byte} of {place}: {why}",
        "mend the file, or fetch it again if it is cut short",
    ),
    _Known(
        r"No magic bytes found|[Pp]arquet|TProtocolException|Invalid thrift",
        Failure.UNREADABLE,
        "{file} cannot be read as Parquet: it is damaged, cut short or of another format",
        _FETCH,
    ),
    _Known(
        r"Table with name (?P<table>[^\s!]+) does not exist",
        Failure.MISSING,
        "there is no table `{table}`",
        "name it as the database does, with its schema if it has one: `name.schema.table`",
    ),
    _Known(
        r"not a valid DuckDB database|[Cc]annot open database|older DuckDB|newer version of DuckDB",
        Failure.UNREADABLE,
        "{file} cannot be opened as a DuckDB database",
        "check the path, and that this version of DuckDB can read it",
    ),
    _Known(
        r"No files found that match the pattern \"(?P<path>[^\"]+)\"",
        Failure.UNREADABLE,
        "there is no file `{path}`",
        "was it moved during the run?",
    ),
    _Known(
        r"Error when converting column \"(?P<column>[^\"]+)\"\. Could not convert string \"(?P<value>[^\"]*)\"",
        Failure.OTHER,
        "a cell of `{column}` is not what the `sql:` that reads it takes it for: `{value}`",
        "mend the cell, or say in the SELECT what it stands for",
    ),
    _Known(
        r"Conversion Error: [^\n]*?[\"'](?P<value>[^\"'\n]*)[\"'][^\n]* casting from source column (?P<column>\w+)",
        Failure.OTHER,
        "a cell of `{column}` is not what the `sql:` that reads it takes it for: `{value}`",
        "mend the cell, or say in the SELECT what it stands for",
    ),
    _Known(
        r"Out of Memory|failed to (?:allocate|offload|pin)",
        Failure.MEMORY,
        "the memory limit does not suffice for this query",
        "raise it with `--memory-limit`, or lower `--threads`",
    ),
)


def translated(error: Exception, files: Iterable[InputFile]) -> EngineError:
    """The failure behind an exception of DuckDB, with its own words as detail."""
    words = str(error).strip()
    shown = _shown(words, tuple(files))
    for known in _KNOWN:
        found = re.search(known.pattern, words, re.DOTALL)
        if found is None:
            continue
        terms = {"file": f"`{shown}`" if shown else "the file", **found.groupdict()}
        line = int(terms["line"]) if "line" in terms else None
        help = known.help.format(**terms) if known.help else None
        return EngineError(known.kind, known.message.format(**terms), help=help, detail=words, path=shown, line=line)
    first = words.splitlines()[0] if words else type(error).__name__
    return EngineError(Failure.OTHER, f"DuckDB gave up: {first}", detail=words, path=shown)


def database_path(attachment: Attachment, root: Path) -> Path:
    """The file of an attached database; an error where there is none."""
    name = attachment.name
    if not attachment.path:
        help = "mend what is said of it there"
        raise EngineError(
            Failure.MISSING, f"`{name}` is not attached: its entry under `attach` has a mistake", help=help
        )
    path = root / attachment.path
    if not path.is_file():
        what = "is no file" if path.exists() else "is not there"
        message = f"`{attachment.path}`, which `attach` names for `{name}`, {what}"
        raise EngineError(Failure.UNREADABLE, message, help="check the path: it begins at the folder of `kpispec.yml`")
    return path


def not_a_database(attachment: Attachment, detail: str) -> EngineError:
    """The failure of a file under `attach` that DuckDB does not open."""
    message = (
        f"`{attachment.path}`, which `attach` names for `{attachment.name}`, cannot be opened as a DuckDB database"
    )
    help = "check the path, and that this version of DuckDB can read it"
    return EngineError(Failure.UNREADABLE, message, help=help, detail=detail, path=attachment.path)


_NO_COLUMN = re.compile(r"(?:column named|[Rr]eferenced column) \"(?P<column>[^\"]+)\"")


def in_select(error: EngineError) -> EngineError:
    """A failure of a binding's own `sql:`, in words about what it says and not about the run."""
    missing = _NO_COLUMN.search(error.detail)
    if missing is not None:
        message = f"its `sql:` reads a column `{missing['column']}` that is not there"
        return EngineError(
            Failure.MISSING, message, help="check the files' columns, or change the SELECT", detail=error.detail
        )
    if "No files found" in error.detail:
        error.help = "put it there, or change the path in the SELECT"
    return error


def _shown(words: str, files: tuple[InputFile, ...]) -> str | None:
    """The file that an error is about, as people see it; the only one where the error names none."""
    named = [f.shown for f in files if str(f.path) in words or f.shown in words]
    if named:
        return max(named, key=len)
    return files[0].shown if len(files) == 1 else None
