"""What kpispec knows of an engine: it describes bound data, runs statements, and fails with one kind of error."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kpispec.project_spec import Attachment, Binding
from kpispec.sql.relations import Raw


class Failure(StrEnum):
    """Why the outside world did not give what was asked for."""

    UNREADABLE = "unreadable"  # no such file, not a regular one, cut short, not of its format
    ENCODING = "encoding"
    RAGGED = "ragged"  # a row with more or fewer cells than the header
    CHANGED = "changed"  # a file is not the one that was pinned, or changed while it was read
    MISSING = "missing"  # a table or sheet that does not exist, a library that is not installed
    MEMORY = "memory"
    OTHER = "other"


class EngineError(Exception):
    """A failure of data or engine. `message` and `help` are for people, `detail` holds the engine's own words."""

    def __init__(
        self,
        kind: Failure,
        message: str,
        *,
        help: str | None = None,
        detail: str = "",
        path: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.help = help
        self.detail = detail
        self.path = path
        self.line = line


class Format(StrEnum):
    """How the rows of a source are stored."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    SHEET = "sheet"
    DUCKDB = "duckdb"
    SQLITE = "sqlite"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One source of a binding. `shown` is how people see it and how SQL names it; `table` is of a database."""

    path: Path
    shown: str
    format: Format
    table: str | None = None
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain Python values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one statement cost: CPU seconds over all threads, and the rows it gave or stored."""

    sql: str
    cpu: float
    rows: int


class Engine(Protocol):
    """A session. `attach` and `describe` come first, then `lock`, then `run`; `close` leaves nothing behind."""

    name: str
    version: str

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The statements run so far."""
        ...

    def attach(self, attachment: Attachment, root: Path) -> None:
        """Make a database's tables readable under the attachment's name."""
        ...

    def describe(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        """The bound rows as a relation, and their columns."""
        ...

    def lock(self) -> None:
        """From here on only the files described so far can be read, and nothing can be set."""
        ...

    def run(self, *statements: str) -> Table:
        """Run statements in order; the rows of the last one."""
        ...

    def define(self, *statements: str) -> None:
        """Run statements that define names for others to use; those that stand already as they are need not be."""
        ...

    def close(self) -> None: ...
