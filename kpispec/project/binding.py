"""Bindings opened: files found and described, cells typed and checked, expressions of bindings lowered."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from kpispec.catalog.model import Catalog
from kpispec.diagnostics import Findings
from kpispec.engine.base import Engine, EngineError, Failure, InputFile
from kpispec.engine.files import resolve
from kpispec.formula.check import check
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Name, Type
from kpispec.plan.model import Bound, ColumnFacts, Plan, Request
from kpispec.project.load import Loaded
from kpispec.project_spec import Binding
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, DatasetSpec
from kpispec.sql.cells import local_clock, type_of
from kpispec.sql.lower import Setting, lower, quoted
from kpispec.sql.relations import Raw, Source, SourceColumn
from kpispec.sql.script import Script, script
from kpispec.sql.setting import Clockwork
from kpispec.sql.sources import inference_sql, inferred, source


@dataclass(slots=True)
class Opened:
    """The data sets of a run: their sources, and the failures of those that could not be opened."""

    sources: dict[str, Source] = field(default_factory=dict)
    files: dict[str, tuple[InputFile, ...]] = field(default_factory=dict)
    setup: list[str] = field(default_factory=list)
    failures: dict[str, EngineError] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    skipped: dict[str, int] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)  # temporary copy -> the file it was made from
    zones: tuple[str, ...] = ()  # of bindings that have one of their own
    makers: dict[str, Callable[..., Source | None]] = field(default_factory=dict)

    def script(self, planned: Plan) -> Script:
        """The statements of a plan over these sources."""
        return script(planned, self.narrowed(planned), self.zones)

    def shown(self, sql: str) -> str:
        """SQL for people: files are named as they know them, where the engine reads a temporary copy of one."""
        named = [file for copy, file in self.copies.items() if copy in sql]
        for copy, file in self.copies.items():
            sql = sql.replace(copy, file)
        return "".join(f"-- {file} is read through a copy that DuckDB understands\n" for file in named) + sql

    def described(self, catalog: Catalog) -> dict[str, DatasetSpec]:
        """The undeclared data sets, with the columns that their data was found to have."""
        found = {}
        for id, found_source in self.sources.items():
            spec = catalog.datasets[id].spec
            if not spec.declared:
                columns = (_described(c, spec) for c in found_source.columns)
                found[id] = replace(spec, columns=tuple(columns))
        return found

    def narrowed(self, planned: Plan) -> dict[str, Source]:
        """The sources of a plan, with the columns that its scans read and no others."""
        found = {}
        for id, columns in planned.columns_read().items():
            made = self.makers[id](findings=Findings(), only=columns)
            found[id] = made if made is not None else self.sources[id]
        return found

    @property
    def bound(self) -> Mapping[str, Bound]:
        return {
            id: Bound({c.name: ColumnFacts(c.type, tuple(reason for reason, _ in c.rejects)) for c in found.columns})
            for id, found in self.sources.items()
        }


def _described(column: SourceColumn, spec: DatasetSpec) -> ColumnSpec:
    kind = None if column.type is Type.UNKNOWN else column.type.value
    return ColumnSpec(column.name, spec.span, Checks(type=kind), dimension=True)


def open_bindings(loaded: Loaded, wanted: Iterable[str], request: Request, engine: Engine) -> Opened:
    """The wanted data sets that have a binding, described and typed. A failure leaves the others whole."""
    opened = Opened(zones=loaded.project.zones)
    bindings = [b for b in map(loaded.project.binding, wanted) if b is not None]
    unattached = _attach(loaded, bindings, engine)
    for binding in bindings:
        try:
            for name in _read_of(binding, unattached):
                raise unattached[name]
            _open(loaded, binding, request, engine, opened)
        except EngineError as error:
            opened.failures[binding.dataset] = error
    engine.lock()
    return opened


def _attach(loaded: Loaded, bindings: Iterable[Binding], engine: Engine) -> dict[str, EngineError]:
    """Attach the databases that bindings read; why some of them cannot be is the failure of the data sets behind."""
    failures = {}
    read = {name for b in bindings for name in _read_of(b, [a.name for a in loaded.project.attach])}
    for attachment in loaded.project.attach:
        if attachment.name in read:
            try:
                engine.attach(attachment, loaded.root)
            except EngineError as error:
                failures[attachment.name] = error
    return failures


def _read_of(binding: Binding, databases: Iterable[str]) -> Iterator[str]:
    """Those of the attached databases that a binding names, or that its `sql:` may name."""
    for name in databases:
        if binding.sql is not None:
            found = re.search(rf"\b{re.escape(name)}\b", binding.sql.value, re.IGNORECASE) is not None
        else:
            found = any(source.lower().startswith(f"{name.lower()}.") for source in binding.sources)
        if found:
            yield name


def _open(loaded: Loaded, binding: Binding, request: Request, engine: Engine, opened: Opened) -> None:
    id, catalog = binding.dataset, loaded.catalog
    attached = [a.name for a in loaded.project.attach]
    files = resolve(binding.sources, loaded.root, attached=attached) if binding.sql is None else ()
    raw = engine.describe(binding, files)
    opened.files[id] = files
    opened.setup += raw.setup
    opened.skipped[id] = raw.skipped
    opened.copies.update(raw.copies)
    inference = inference_sql(raw, binding) if not catalog.datasets[id].spec.declared else None
    if inference is not None:
        raw = inferred(raw, engine.run(inference).rows[0])
    first, last = reach_of(request)
    before = opened.findings.errors
    make = partial(
        source,
        binding,
        catalog.datasets[id].spec,
        raw,
        zone=request.timezone,
        first=first,
        last=last,
        lower=RawLowering(raw, catalog.macros, request, binding.timezone or request.timezone, opened.findings).lower,
    )
    found = make(findings=opened.findings)
    if found is not None:
        opened.sources[id] = found
        opened.makers[id] = make
    elif opened.findings.errors == before:
        raise EngineError(Failure.MISSING, f"`{raw.label}` has no column that data set `{id}` could use")


def reach_of(request: Request) -> tuple[date, date]:
    """The days for which a zone's clock changes are spelled out."""
    return Clockwork(request).reach()


@dataclass(frozen=True, slots=True)
class RawLowering:
    """Expressions of a binding, over the raw columns of its file. Their timestamps are on the binding's clock."""

    raw: Raw
    macros: Mapping[str, Macro]
    request: Request
    zone: str
    findings: Findings

    def lower(self, text: Text) -> tuple[str, Type] | None:
        """The SQL and type of an expression; a mistake in it is a finding."""
        parsed = parse(text, "data", self.findings, quoted_names=True)
        if parsed is None:
            return None
        symbols = {c.name.lower(): Symbol(type=self._type(c.type), row=True) for c in self.raw.columns}
        scope = Scope(symbols=symbols, kind="binding", noun="column", macros=self.macros)
        typed = check(parsed, scope, "data", self.findings)
        if typed is None:
            return None
        as_of = self.request.as_of.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        instants = (("as_of", f"timestamp '{as_of.isoformat(sep=' ')}'"),)
        setting = Setting(self._name, instants=instants, zoned=partial(local_clock, "TIMESTAMPTZ", zone=self.zone))
        return lower(typed, setting), typed.type

    def _type(self, engine_type: str) -> Type:
        return Type.STRING if self.raw.text else (type_of(engine_type) or Type.UNKNOWN)

    def _name(self, name: Name) -> str:
        named = [c for c in self.raw.columns if c.name.lower() == name.name.lower()]
        column = next((c for c in named if c.name == name.name), named[0])
        return local_clock(column.type, quoted(column.name), self.zone)


def open_engine(loaded: Loaded, *, threads: int | None, memory_limit: str | None, few_rows: bool = False) -> Engine:
    """The engine that the project or the command line names. `few_rows`: it is for the tests inside specs."""
    from kpispec.engine.duckdb import DuckDB

    return DuckDB(
        Path(loaded.root),
        memory_limit=memory_limit or loaded.project.memory_limit,
        threads=threads or loaded.project.threads,
        few_rows=few_rows,
    )
