"""A report as an Excel workbook: the headline of every KPI on one sheet, all results on another."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kpispec.evaluate.report import KpiReport, Report
from kpispec.periods import written
from kpispec.render.machine import Cell, flat_rows
from kpispec.render.wording import words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDEST = 60


def _(message: str) -> str:
    return message


HEADINGS = (_("Indicator"), _("Period"), _("Status"), _("Value"), _("Unit"), _("Low"), _("High"), "n", _("Target"))


def write_xlsx(report: Report, target: Path, language: str) -> None:
    """Write the workbook. Numbers are numbers; text is text, whatever it begins with: no cell is ever a formula.

    Raises ImportError where xlsxwriter is not installed.
    """
    from xlsxwriter import Workbook

    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(str(target), safe) as book:
        title = report.scorecard.id if report.scorecard else report.project
        book.set_properties({"title": title, "created": report.as_of.date()})
        _sheet(book, words(language).say(_("Scorecard")), _headlines(report, language))
        rows = flat_rows(report)
        names = list(rows[0]) if rows else []
        _sheet(book, words(language).say(_("Results")), [names, *([row[n] for n in names] for row in rows)])


def _headlines(report: Report, language: str) -> list[Sequence[Cell]]:
    say = words(language).say
    return [[say(h) for h in HEADINGS], *(_headline(kpi, language) for kpi in report.kpis)]


def _headline(kpi: KpiReport, language: str) -> list[Cell]:
    reading, label = kpi.headline, kpi.spec.label.get(language)
    if reading is None:
        return [label, None, None, None, kpi.unit, None, None, None, None]
    interval = reading.interval
    return [
        label,
        written(reading.period),
        words(language).status(reading.status),
        reading.value,
        kpi.unit,
        interval.low if interval is not None else None,
        interval.high if interval is not None else None,
        reading.n,
        reading.target.value if reading.target is not None else None,
    ]


def _sheet(book: "Workbook", name: str, rows: Sequence[Sequence[Cell]]) -> None:
    sheet: Worksheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, bold if number == 0 else None)
    sheet.freeze_panes(1, 1)
    for column in range(len(rows[0]) if rows else 0):
        longest = max(len(str(row[column])) for row in rows if row[column] is not None)
        sheet.set_column(column, column, min(longest + 2, WIDEST))


def _write(sheet: "Worksheet", row: int, column: int, cell: Cell, form: object) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, cell, form)
        case int() | float():
            sheet.write_number(row, column, cell, form)
        case _:
            sheet.write_string(row, column, str(cell), form)
