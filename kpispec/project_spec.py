"""What `kpispec.yml` says, typed: where documents and data are, and what computes."""

from dataclasses import dataclass
from typing import Literal

from kpispec.source import Span, Text

MOST_THREADS = 256  # a slip of the finger must not start tens of thousands
USUAL_PLACES = ("specs",)  # where documents are when the project file does not say


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a data set's rows are. `columns` maps a declared name to a raw name or a row expression, as text."""

    dataset: str
    span: Span | None = None
    sources: tuple[str, ...] = ()  # files, globs, or `attached.table`
    sql: Text | None = None
    columns: tuple[tuple[str, Text], ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_format: str | None = None
    sheet: str | None = None
    skip: int = 0
    timezone: str | None = None
    sha256: str | None = None
    bad_rows: int = 0  # `on_bad_rows: {max: 10}`


@dataclass(frozen=True, slots=True)
class Attachment:
    """A database. Where it is goes without saying only in one that has a finding: it cannot be attached."""

    name: str
    type: Literal["duckdb", "sqlite", "postgres"]
    path: str | None = None
    dsn_env: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """`kpispec.yml`."""

    name: str
    root: str
    specs: tuple[str, ...] = USUAL_PLACES
    library: tuple[str, ...] = ()
    language: str = "en"
    languages: tuple[str, ...] = ()
    timezone: str = "UTC"
    calendar: Text | None = None
    bindings: tuple[Binding, ...] = ()
    attach: tuple[Attachment, ...] = ()
    engine: str = "duckdb"
    memory_limit: str | None = None
    threads: int | None = None
    span: Span | None = None

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of bindings that have one of their own."""
        return tuple(dict.fromkeys(b.timezone for b in self.bindings if b.timezone is not None))

    def binding(self, dataset: str) -> Binding | None:
        return next((b for b in self.bindings if b.dataset == dataset), None)
