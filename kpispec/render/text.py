"""The report on a terminal: one aligned table, readable without colour."""

import unicodedata
from collections.abc import Sequence
from textwrap import wrap

from kpispec.evaluate.report import KpiReport, Report, Status
from kpispec.render.findings import visible
from kpispec.render.format import NOTHING
from kpispec.render.lines import HEADINGS, RIGHT, Line, figures_of, lines
from kpispec.render.splits import SPLIT_HEADINGS, split_table, split_title
from kpispec.render.wording import Words, words

__all__ = ["render_table", "visible"]

_COLOURS = {Status.GOOD: "36", Status.WATCH: "33", Status.BAD: "1;31", Status.ERROR: "31"}
_DIM, _BOLD = "2", "1"
_LEAST = {"KPI": 16, "Segment": 10, "Status": 10, "Change": 10}  # the least width of columns that may wrap
_EASY = {"KPI": 24, "Segment": 18, "Status": 12, "Change": 10}  # what they should have before others stand beside them
_DISPENSABLE = ("Interval", "Change")  # left out, in this order, where the terminal is too narrow
_GAP = "  "


def render_table(report: Report, *, language: str, width: int, colour: bool = False) -> str:
    """Every reading of the report, one a line, then the splits of changes. A KPI's name stands at its first line only.

    On a terminal too narrow for what cannot be left out, lines run over rather than lose a figure.
    """
    say = words(language).say
    heads = [say(heading) for heading in HEADINGS]
    body = [_safe(line) for line in lines(report, language)]
    longest = [_longest(i, body, heads) for i in range(len(heads))]
    columns = _columns(body, longest, width)
    widths = _widths(columns, longest, width)
    shown = _row([heads[i] for i in columns], columns, widths, [_BOLD] * len(columns) if colour else None)
    above = ""
    for line in body:
        cells = ["" if i == 0 and line.cells[0] == above else line.cells[i] for i in columns]
        above = line.cells[0]
        paint = [_COLOURS.get(line.status, _DIM) if HEADINGS[i] == "Status" else "" for i in columns]
        shown += _row(cells, columns, widths, paint if colour else None)
    for kpi in report.kpis:
        shown += _splits(report, kpi, words(language), colour)
    return "".join(line + "\n" for line in shown)


def _splits(report: Report, kpi: KpiReport, say: Words, colour: bool) -> list[str]:
    """The splits of a KPI's changes, each under its title."""
    shown: list[str] = []
    for split in kpi.splits:
        label = kpi.spec.label.get(say.language) or kpi.spec.id
        title = visible(f"{label}, {', '.join(split.by)}. {split_title(split, figures_of(kpi, say.language), say)}")
        table = split_table(split, kpi, report, say)
        shown += ["", f"\x1b[{_BOLD}m{title}\x1b[0m" if colour else title]
        if table.total is None:
            shown.append(table.sentence)
            continue
        rows = [[say.say(h) for h in SPLIT_HEADINGS], *(line.cells for line in (*table.lines, table.total))]
        shown += _aligned([[visible(cell) for cell in row] for row in rows])
    return shown


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns: names at the start, figures at the end."""
    widths = [max(_cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    fills = [[" " * (wide - _cells(cell)) for cell, wide in zip(row, widths, strict=True)] for row in rows]
    return [
        _GAP.join([row[0] + fill[0], *(f + cell for cell, f in zip(row[1:], fill[1:], strict=True))])
        for row, fill in zip(rows, fills, strict=True)
    ]


def _safe(line: Line) -> Line:
    """The line with control characters spelled out, so that a label cannot steer a terminal."""
    return Line(line.status, line.segment, tuple(visible(cell) for cell in line.cells))


def _longest(column: int, body: Sequence[Line], heads: Sequence[str]) -> int:
    return max(_cells(heads[column]), max((_cells(line.cells[column]) for line in body), default=0))


def _columns(body: Sequence[Line], longest: Sequence[int], width: int) -> list[int]:
    """The columns that say something, fewer where they would not fit."""
    columns = [i for i in range(len(HEADINGS)) if any(line.cells[i] not in ("", NOTHING) for line in body)] or [0]
    for heading in _DISPENSABLE:
        if _total([min(longest[i], _EASY.get(HEADINGS[i], longest[i])) for i in columns]) <= width:
            break
        columns = [i for i in columns if HEADINGS[i] != heading]
    return columns


def _widths(columns: Sequence[int], longest: Sequence[int], width: int) -> list[int]:
    """Each column as wide as it needs; where that is too much, the widest of those that wrap give way."""
    widths = [longest[i] for i in columns]
    least = [min(longest[i], _LEAST.get(HEADINGS[i], longest[i])) for i in columns]
    while _total(widths) > width and widths != least:
        spare = [wide > low for wide, low in zip(widths, least, strict=True)]
        widths[max(range(len(widths)), key=lambda i: (spare[i], widths[i]))] -= 1
    return widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _row(cells: Sequence[str], columns: Sequence[int], widths: Sequence[int], paint: Sequence[str] | None) -> list[str]:
    """A row as lines, one or more where a cell wraps."""
    stacks = [
        wrap(cell, wide) if _cells(cell) > wide and HEADINGS[i] in _LEAST else [cell]
        for cell, i, wide in zip(cells, columns, widths, strict=True)
    ]
    result = []
    for level in range(max(len(stack) for stack in stacks)):
        parts = []
        for at, (stack, i, wide) in enumerate(zip(stacks, columns, widths, strict=True)):
            text = stack[level] if level < len(stack) else ""
            fill = " " * (wide - _cells(text))
            drawn = f"\x1b[{paint[at]}m{text}\x1b[0m" if paint and paint[at] and text else text
            parts.append(fill + drawn if HEADINGS[i] in RIGHT else drawn + fill)
        result.append(_GAP.join(parts).rstrip())
    return result


def _cells(text: str) -> int:
    """The columns that a text takes on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
