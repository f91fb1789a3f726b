"""DuckDB: describes bound files as relations and runs statements. The only module that imports duckdb."""

import os
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from glob import has_magic
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from kpispec.engine.base import EngineError, Failure, Format, InputFile, Table, Timing
from kpispec.engine.dialect import Dialect, dialect
from kpispec.engine.encodings import check_zstd, codec_name, first_wrong_byte, native, text_lines, transcode
from kpispec.engine.errors import database_path, in_select, not_a_database, translated
from kpispec.engine.files import check_pinned
from kpispec.engine.reads import STRICT, csv_columns, csv_relation, differing, label, listed, write_rows
from kpispec.engine.sheets import table_rows
from kpispec.project_spec import Attachment, Binding
from kpispec.sql.lower import quoted, text_literal
from kpispec.sql.relations import Raw, RawColumn, RawFile

# DuckDB's own words: its lock-down settings are a second wall, not a sandbox. The first is the formula language.
_SETTINGS = (
    "set timezone = 'UTC'",
    "set enable_progress_bar = false",
    "set python_enable_replacements = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
)

_DEFINED = re.compile(r"(?:set variable|create or replace temporary macro) \w+")


class DuckDB:
    """A connection in memory with a temporary folder of its own (0700), gone when it is closed."""

    name = "duckdb"
    version = duckdb.__version__

    def __init__(
        self,
        root: Path,
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
        temp_dir: Path | None = None,
        few_rows: bool = False,
    ) -> None:
        """`few_rows`: statements run as they are written, since making them quicker takes longer than they do."""
        self._root = root.resolve()
        self._folder = Path(tempfile.mkdtemp(prefix="kpispec-", dir=temp_dir))
        self._sweep = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._connection = duckdb.connect()
        self._files: list[InputFile] = []
        self._attached: dict[str, Attachment] = {}
        self._timings: list[Timing] = []
        self._made = 0
        self._copies: dict[str, str] = {}  # temporary copy -> the file it was made from
        self._free_sql = False
        self._standing: dict[str, str] = {}  # what is defined -> the statement that did
        for setting in (*_SETTINGS, *self._chosen(memory_limit, threads, few_rows)):
            self._execute(setting)

    def _chosen(self, memory_limit: str | None, threads: int | None, few_rows: bool) -> Iterator[str]:
        yield f"set temp_directory = {text_literal(str(self._folder))}"
        yield f"set file_search_path = {text_literal(str(self._root))}"
        if memory_limit is not None:
            yield f"set memory_limit = {text_literal(memory_limit)}"
        if threads is not None:
            yield f"set threads = {threads}"
        if few_rows:
            yield "pragma disable_optimizer"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()
        self._sweep()

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The statements that `run` was given so far."""
        return tuple(self._timings)

    def attach(self, attachment: Attachment, root: Path) -> None:
        """Make a database readable under its name, never writable. SQLite is read table by table when described."""
        self._attached[attachment.name.lower()] = attachment
        if attachment.type == "postgres" and attachment.dsn_env:
            self._attach_postgres(attachment)
            return
        path = database_path(attachment, root)
        if attachment.type == "duckdb":
            try:
                self._execute(f"attach {text_literal(str(path))} as {quoted(attachment.name)} (read_only)")
            except EngineError as error:
                raise not_a_database(attachment, error.detail) from None

    def describe(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        """The rows behind a binding, whose `sources` were resolved to `files`. Raises EngineError."""
        if binding.sql is not None:
            self._free_sql = True
            return self._selected(binding.dataset, binding.sql.value)
        if not files:
            raise EngineError(Failure.UNREADABLE, f"data set `{binding.dataset}` is bound to no file")
        check_pinned(files, binding.sha256)
        self._files += files
        raw = self._relation(binding, files)
        return replace(raw, copies=tuple((copy, file) for copy, file in self._copies.items() if copy in raw.relation))

    def _selected(self, dataset: str, sql: str) -> Raw:
        try:
            return self._described(Raw(dataset, f"(\n{sql.strip().rstrip(';')}\n)", ()))
        except EngineError as error:
            raise in_select(error) from None

    def _relation(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        match files[0].format:
            case Format.CSV:
                return self._csv(binding, files)
            case Format.JSON:
                return self._json(files)
            case Format.PARQUET:
                return self._parquet(files)
            case Format.SHEET | Format.SQLITE:
                return self._rows(binding, files)
            case Format.DUCKDB | Format.ATTACHED:
                return self._table(binding, files)

    def lock(self) -> None:
        """Only the files described so far can be read from here on, and no setting changes.

        A binding's own `sql:` may read what it likes, as it is trusted like code; its files are not known.
        """
        paths = dict.fromkeys(path for file in self._files for path in (str(file.path), file.shown))
        if not self._free_sql:
            self._execute(f"set allowed_paths = {listed(paths)}")
            self._execute(f"set allowed_directories = [{text_literal(str(self._folder))}]")
            self._execute("set enable_external_access = false")
        self._execute("set lock_configuration = true")

    def run(self, *statements: str) -> Table:
        """Run statements in order and give the rows of the last. CPU time is that of all threads of the process."""
        table = Table((), ())
        for sql in statements:
            before = time.process_time()
            table = self._execute(sql)
            spent = time.process_time() - before
            self._timings.append(Timing(sql, spent, _row_count(table)))
        return table

    def define(self, *statements: str) -> None:
        """A definition is run where it, or one before it that it may build on, is not what stands."""
        changed = False
        for sql in statements:
            defined = _DEFINED.match(sql)
            name = defined.group() if defined is not None else sql
            changed = changed or self._standing.get(name) != sql
            if changed:
                self._standing.pop(name, None)
                self.run(sql)
                self._standing[name] = sql

    def _execute(self, sql: str) -> Table:
        try:
            result = self._connection.execute(sql)
            rows = result.fetchall()
        except duckdb.Error as error:
            raise self._failure(error) from None
        columns = tuple(str(column[0]) for column in result.description or ())
        return Table(columns, tuple(tuple(row) for row in rows))

    def _failure(self, error: duckdb.Error) -> EngineError:
        """What went wrong; for a wrong encoding the first byte that is, which DuckDB does not tell."""
        failure = translated(error, self._files)
        if failure.kind is not Failure.ENCODING:
            return failure
        file = next((f for f in self._files if f.shown == failure.path), None)
        if file is None or file.path.suffix.lower() == ".zst" or "latin-1" in failure.detail.split("\n")[0]:
            return failure
        return first_wrong_byte(file, "utf-8") or failure

    def _described(self, raw: Raw) -> Raw:
        rows = self._execute(f"describe select * from {raw.relation}").rows
        columns = tuple(RawColumn(str(row[0]), str(row[1])) for row in rows)
        return replace(raw, columns=columns)

    # text files

    def _csv(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        codec = codec_name(binding.encoding)
        read = [self._readable(file, codec) for file in files]
        found = [self._dialect(file, binding, codec) for file in read]
        encoding = native(codec) if native(codec) == "latin-1" else None
        relation = csv_relation([file.shown for file in read], found, encoding)
        return self._tolerant(binding, files, relation, found)

    def _readable(self, file: InputFile, codec: str) -> InputFile:
        """The file, or a copy of it in UTF-8 where DuckDB cannot read its encoding."""
        if file.path.suffix.lower() == ".zst":
            check_zstd(file)
            if native(codec) is None:
                raise EngineError(
                    Failure.ENCODING,
                    f"`{file.shown}` is compressed and in {codec}, which cannot be read together",
                    help="unpack the file",
                    path=file.shown,
                )
        if native(codec) is not None:
            return self._plain(file)
        target = self._new_path(".csv")
        transcode(file, codec, target)
        self._copies[str(target)] = file.shown
        return InputFile(target, str(target), Format.CSV, size=target.stat().st_size)

    def _plain(self, file: InputFile) -> InputFile:
        """The file, under another name where DuckDB would take its own for a glob."""
        if not has_magic(file.shown):
            return file
        target = self._new_path("".join(file.path.suffixes[-2:]))
        target.symlink_to(file.path)
        self._copies[str(target)] = file.shown
        linked = InputFile(file.path, str(target), file.format, file.table, file.size, file.mtime_ns, file.inode)
        self._files.append(linked)
        return linked

    def _new_path(self, suffix: str) -> Path:
        self._made += 1
        return self._folder / f"{self._made}{suffix}"

    def _dialect(self, file: InputFile, binding: Binding, codec: str) -> Dialect:
        # What was transcoded is UTF-8 now.
        zstd = file.path.suffix.lower() == ".zst"
        lines = self._zstd_lines(file) if zstd else text_lines(file, codec if native(codec) else "utf-8")
        return dialect(lines, file.shown, skip=binding.skip, delimiter=binding.delimiter, decimal=binding.decimal)

    def _zstd_lines(self, file: InputFile) -> Iterator[str]:
        sql = (
            f"select line from read_csv({text_literal(file.shown)}, columns = {{'line': 'VARCHAR'}}, header = false, "
            "auto_detect = false, delim = '\x01', quote = '', escape = '') limit 1000"
        )
        return (f"{line or ''}\n" for (line,) in self._execute(sql).rows)

    def _tolerant(self, binding: Binding, files: tuple[InputFile, ...], relation: str, found: list[Dialect]) -> Raw:
        """The relation as it is, or, where bad rows are allowed, its good rows in a table.

        DuckDB leaves out other rows when a query reads other columns: all are read at once, and the rows stay the same.
        """
        raw = Raw(label(files), relation, csv_columns(found), text=True, files=differing(files, found))
        if not binding.bad_rows:
            return raw
        self._made += 1
        table, rejects, scans = (f"{part}__{self._made}" for part in ("rows", "rejects", "scans"))
        storing = f"{STRICT}, store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{scans}'"
        self._execute(f"create temp table {quoted(table)} as from {relation.replace(STRICT, storing)}")
        return replace(raw, relation=quoted(table), skipped=self._skipped(quoted(rejects), binding, raw.label))

    def _skipped(self, rejects: str, binding: Binding, label: str) -> int:
        """How many lines were left out. One unclosed quotation swallows many: its lines are counted."""
        sql = f"select line, any_value(csv_line), any_value(error_message) from {rejects} group by all order by line"
        rows = self._execute(sql).rows
        lines = sum(max(1, str(text or "").rstrip("\n").count("\n") + 1) for _, text, _ in rows)
        if lines > binding.bad_rows:
            first, _, words = rows[0]
            raise EngineError(
                Failure.RAGGED,
                f"`{label}` has {lines} bad lines, the first is line {first}: `on_bad_rows` allows {binding.bad_rows}",
                help="mend the lines, or raise `max`",
                detail=str(words),
                path=label,
                line=int(str(first)),
            )
        return lines

    def _json(self, files: tuple[InputFile, ...]) -> Raw:
        """Every key as text: DuckDB would guess types from a sample, and fail on a later row of another type."""
        for file in files:
            if file.path.suffix.lower() == ".zst":
                check_zstd(file)
        shown = [self._plain(file).shown for file in files]
        paths = listed(shown)
        sample = f"(select * from read_json({paths}, sample_size = -1, maximum_depth = 1, union_by_name = true))"
        names = [c.name for c in self._described(Raw("", sample, ())).columns]
        empty = names == ["json"] and not self._execute(f"select 1 from {sample} limit 1").rows
        columns = tuple(RawColumn(name, "VARCHAR") for name in names)
        typed = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in names)
        relation = f"read_json({paths}, columns = {{{typed}}})"
        return Raw(label(files), relation, () if empty else columns, text=True, empty=empty)

    # typed files

    def _parquet(self, files: tuple[InputFile, ...]) -> Raw:
        shown = [self._plain(file).shown for file in files]
        each = [self._described(Raw("", f"read_parquet({text_literal(path)})", ())).columns for path in shown]
        if len({frozenset((c.name.lower(), c.type) for c in columns) for columns in each}) == 1:
            return Raw(label(files), f"read_parquet({listed(shown)})", each[0])
        # Without `union_by_name` the first file's types win, and 8.5 becomes 9.
        relation = f"read_parquet({listed(shown)}, union_by_name = true)"
        described = tuple(RawFile(file.shown, columns) for file, columns in zip(files, each, strict=True))
        return self._described(Raw(label(files), relation, (), files=described))

    def _table(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        if len(files) > 1:
            raise EngineError(
                Failure.UNREADABLE,
                f"data set `{binding.dataset}` is bound to several tables",
                help="bind one table, or write their union under `sql:`",
            )
        file = files[0]
        attachment = self._attached.get(str(file.path).lower()) if file.format is Format.ATTACHED else None
        if attachment is not None and attachment.type == "sqlite":
            path = (self._root / (attachment.path or "")).resolve()
            return self._rows(binding, (InputFile(path, attachment.path or "", Format.SQLITE, file.table),))
        alias, setup = str(file.path), ""
        if file.format is Format.DUCKDB:
            self._made += 1
            alias = f"{file.path.stem}__{self._made}"
            setup = f"attach {text_literal(str(file.path))} as {quoted(alias)} (read_only)"
            self._execute(setup)
        parts = [alias, *(file.table or "").split(".")]
        relation = ".".join(quoted(part) for part in parts)
        return self._described(Raw(label(files), relation, (), setup=(setup,) if setup else ()))

    def _attach_postgres(self, attachment: Attachment) -> None:
        dsn = os.environ.get(attachment.dsn_env or "")
        if not dsn:
            raise EngineError(
                Failure.MISSING,
                f"the environment has no `{attachment.dsn_env}`, which says where `{attachment.name}` is",
                help=f"set `{attachment.dsn_env}` to the connection string",
            )
        try:
            self._connection.execute("load postgres")
            self._connection.execute(
                f"attach {text_literal(dsn)} as {quoted(attachment.name)} (type postgres, read_only)"
            )
        except duckdb.Error as error:
            # DuckDB repeats the connection string in its message.
            words = str(error).replace(dsn, f"${attachment.dsn_env}")
            raise EngineError(
                Failure.MISSING,
                f"`{attachment.name}` cannot be attached",
                help="DuckDB's postgres extension must be installed on this machine: `install postgres` once in DuckDB",
                detail=words,
            ) from None

    # what is read here, row by row

    def _rows(self, binding: Binding, files: tuple[InputFile, ...]) -> Raw:
        """Sheets and SQLite tables, by way of CSV files in the temporary folder."""
        written = [(self._new_path(".csv"), file) for file in files]
        self._copies.update({str(target): file.shown for target, file in written})
        found = [write_rows(table_rows(file, binding), target, file.shown) for target, file in written]
        relation = csv_relation([str(target) for target, _ in written], found, None)
        return Raw(label(files), relation, csv_columns(found), text=True, files=differing(files, found))


def _row_count(table: Table) -> int:
    """Rows given, or stored by a CREATE TABLE AS, which answers with their number."""
    if table.columns == ("Count",) and len(table.rows) == 1 and isinstance(table.rows[0][0], int):
        return table.rows[0][0]
    return len(table.rows)
