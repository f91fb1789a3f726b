"""The report on a terminal: one aligned table, readable without colour."""

from collections.abc import Sequence
from io import StringIO

from kpispec.evaluate.report import Report, Status
from kpispec.render.findings import visible
from kpispec.render.format import NOTHING
from kpispec.render.lines import HEADINGS, RIGHT, Line, lines
from kpispec.render.wording import words

_STYLES = {Status.GOOD: "cyan", Status.WATCH: "yellow", Status.BAD: "red bold", Status.ERROR: "red"}
_WRAPPED = {"KPI": 16, "Segment": 10, "Status": 10, "Change": 10}  # the least width of columns that may wrap
_DISPENSABLE = ("Interval", "Change")  # left out, in this order, where the terminal is too narrow
_GAP = 2


def render_table(report: Report, *, language: str, width: int, colour: bool = False) -> str:
    """Every reading of the report, one a line. A KPI's name stands at its first line only.

    On a terminal too narrow for what cannot be left out, lines run over rather than lose a figure.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    body = [_safe(line) for line in lines(report, language)]
    columns = _columns(body, width)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for i in columns:
        heading = HEADINGS[i]
        table.add_column(
            Text(words(language).say(heading)),
            justify="right" if heading in RIGHT else "left",
            overflow="fold" if heading in _WRAPPED else "ellipsis",
            no_wrap=heading not in _WRAPPED,
            min_width=_least(i, body),
        )
    above = ""
    for line in body:
        cells = ("" if line.cells[0] == above else line.cells[0], *line.cells[1:])
        above = line.cells[0]
        table.add_row(*(Text(cells[i], style=_STYLES.get(line.status, "dim") if i == 6 else "") for i in columns))
    out = StringIO()
    least = sum(_least(i, body) + _GAP for i in columns)
    Console(file=out, width=max(width, least), force_terminal=colour, no_color=not colour, highlight=False).print(table)
    return "".join(row.rstrip() + "\n" for row in out.getvalue().splitlines())


def _safe(line: Line) -> Line:
    """The line with control characters spelled out, so that a label cannot steer a terminal."""
    return Line(line.status, line.segment, tuple(visible(cell) for cell in line.cells))


def _columns(body: Sequence[Line], width: int) -> list[int]:
    """The columns that say something, fewer where they would not fit."""
    columns = [i for i in range(len(HEADINGS)) if any(line.cells[i] not in ("", NOTHING) for line in body)]
    for heading in _DISPENSABLE:
        if sum(_least(i, body) + _GAP for i in columns) - _GAP <= width:
            break
        columns = [i for i in columns if HEADINGS[i] != heading]
    return columns


def _least(column: int, body: Sequence[Line]) -> int:
    longest = max((len(line.cells[column]) for line in body), default=0)
    return min(longest, _WRAPPED.get(HEADINGS[column], longest))
