"""Spreadsheets (xlsx, xls, xlsb, ods) and SQLite tables as rows of text, which are then read as a CSV file would be.

DuckDB reads both through extensions that it fetches from the network, so these are read here. A cell that the sheet
types is written as its ISO or plain decimal form, so that the one way of checking text serves all formats.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from kpispec.engine.base import EngineError, Failure, Format, InputFile
from kpispec.project_spec import Binding

Row = tuple[str | None, ...]


def table_rows(file: InputFile, binding: Binding) -> Iterator[Row]:
    """The rows of a sheet or of a SQLite table, header first."""
    decimal = binding.decimal or "."
    if file.format is Format.SQLITE:
        return sqlite_rows(file.path, file.shown, file.table or "", decimal)
    return sheet_rows(file.path, file.shown, binding.sheet, binding.skip, decimal)


def sheet_rows(path: Path, shown: str, sheet: str | None, skip: int, decimal: str) -> Iterator[Row]:
    """The rows of a sheet, header first, rows without any cell left out. `sheet` is a name or a number from 1."""
    try:
        from python_calamine import CalamineError, load_workbook
    except ImportError:
        raise EngineError(
            Failure.MISSING,
            f"reading `{shown}` needs python-calamine, which is not installed",
            help='install it with `pip install "kpispec[excel]"`',
            path=shown,
        ) from None
    try:
        book = load_workbook(path)
        found = book.get_sheet_by_name(_sheet_name(book.sheet_names, sheet, shown))
        rows = found.to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise EngineError(
            Failure.UNREADABLE, f"`{shown}` cannot be read as a spreadsheet", detail=str(error), path=shown
        ) from None
    for row in rows[skip:]:
        cells = tuple(cell_text(cell, decimal) for cell in row)
        if any(cells):
            yield cells


def sqlite_rows(path: Path, shown: str, table: str, decimal: str) -> Iterator[Row]:
    """The rows of a SQLite table or view, header first."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = lambda raw: raw.decode("utf-8", "strict")
        quoted = '"' + table.replace('"', '""') + '"'
        known = connection.execute("select name from sqlite_master where type in ('table', 'view')").fetchall()
        if table.lower() not in {name.lower() for (name,) in known}:
            raise _no_table(shown, table, [name for (name,) in known])
        cursor = connection.execute(f"select * from {quoted}")
        yield tuple(str(column[0]) for column in cursor.description)
        for row in cursor:
            yield tuple(cell_text(cell, decimal) for cell in row)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise EngineError(
            Failure.UNREADABLE, f"`{shown}` cannot be read as a SQLite database", detail=str(error), path=shown
        ) from None
    finally:
        connection.close()


def cell_text(cell: object, decimal: str = ".") -> str | None:
    """A typed cell as it would stand in a CSV file whose decimal mark is `decimal`; None where it is empty."""
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return _number_text(cell).replace(".", decimal)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return _number_text(cell.total_seconds()).replace(".", decimal)
        case bytes():
            return cell.hex()
        case _:
            return str(cell)


def _number_text(number: float) -> str:
    """Without the `.0` that spreadsheets put on every whole number."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _sheet_name(names: list[str], wanted: str | None, shown: str) -> str:
    if wanted is None and names:
        return names[0]
    if wanted in names:
        return wanted
    if wanted is not None and wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    listed = ", ".join(f"`{name}`" for name in names) or "no sheet"
    raise EngineError(Failure.MISSING, f"`{shown}` has no sheet `{wanted}`", help=f"it has {listed}", path=shown)


def _no_table(shown: str, table: str, known: list[str]) -> EngineError:
    listed = ", ".join(f"`{name}`" for name in known) or "no table"
    return EngineError(Failure.MISSING, f"`{shown}` has no table `{table}`", help=f"it has {listed}", path=shown)
