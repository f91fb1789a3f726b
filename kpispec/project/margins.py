"""How many answers it takes for a value to be known within a margin: from the data at hand, and before there is any."""

from dataclasses import dataclass
from math import ceil

from kpispec.catalog.model import Kpi
from kpispec.evaluate.report import KpiReport, Reading, Report
from kpispec.render.format import Figures
from kpispec.render.lines import figures_of, segment_words, segments_of
from kpispec.render.wording import words
from kpispec.statistics import normal_quantile
from kpispec.units import POINTS, Unit, convert, parse_amount

_SLACK = 1e-9  # a whole number of answers is not rounded up for the last digits of a double


@dataclass(frozen=True, slots=True)
class Need:
    """A segment's answers and margin now, and how many answers the margin asked for takes; `None` where unknown."""

    segment: tuple[tuple[str, str | None], ...]
    n: int | None
    half: float | None
    needed: int | None


def margin_of(text: str, unit: Unit) -> float | None:
    """A margin as written, in a unit; a margin of percentages may be in points. `None` for anything else."""
    amount = parse_amount(text)
    if amount is None or amount.number <= 0:
        return None
    if amount.unit == POINTS and unit.family == "percent":
        return amount.number
    return convert(amount, unit)


def answers_for(variance: float, margin: float, level: float) -> int:
    """The answers that give a mean of this variance a margin (Cochran 1977): (z / margin)^2 times the variance."""
    return ceil(variance * (normal_quantile(level) / margin) ** 2 - _SLACK)


def at_most(kpi: Kpi, margin: float) -> int | None:
    """Before any answer is known: half of them at each end of what the unit can reach."""
    low, high = kpi.unit.reach if None not in kpi.unit.reach else kpi.unit.usual
    if low is None or high is None:
        return None
    return answers_for(((high - low) / 2) ** 2, margin, kpi.spec.level)


def need(kpi: Kpi, reading: Reading, margin: float) -> Need:
    """What a reading tells of it: its variance for one answer, by its standard error or else by its interval."""
    z, interval, se = normal_quantile(kpi.spec.level), reading.interval, reading.se
    half = None
    if interval is not None and interval.low is not None and interval.high is not None:
        half = (interval.high - interval.low) / 2
    if not se and half is not None:
        se = half / z
    known = se is not None and bool(reading.n)
    needed = answers_for((reading.n or 0) * se * se, margin, kpi.spec.level) if se is not None and known else None
    return Need(reading.segment, reading.n, half, needed)


def margins_text(kpi: Kpi, found: KpiReport | None, report: Report | None, margin: float) -> str:
    """What a margin takes, as lines: in general, then for the whole and each segment of the headline's period."""
    level = f"{kpi.spec.level * 100:g} %"
    figures = Figures(kpi.unit.name, "en", kpi.spec.decimals, False) if found is None else figures_of(found, "en")
    lines = [f"Answers needed for a margin of ±{figures.value(margin)} ({level})"]
    most = at_most(kpi, margin)
    if most is not None:
        lines.append(f"  {most:,} at most, before anything is known of the answers")
    if found is None or report is None or found.headline is None or found.headline.value is None:
        return "\n".join([*lines, "  no value yet tells how much the answers differ"])
    readings = (found.headline, *(r for r in segments_of(found) if r.segment))
    rows = [_row(need(kpi, r, margin), report, figures) for r in readings]
    heads = ("", "answers now", "margin now", "needed")
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(4)]
    for row in (heads, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _row(found: Need, report: Report, figures: Figures) -> tuple[str, str, str, str]:
    shown = segment_words(found.segment, report, words("en"))
    named = ", ".join(f"{name} = {text}" for (name, _), text in zip(found.segment, shown, strict=True))
    half = "" if found.half is None else f"±{figures.value(found.half)}"
    needed = "not known" if found.needed is None else f"{found.needed:,}"
    return named or "whole", "" if found.n is None else f"{found.n:,}", half, needed
