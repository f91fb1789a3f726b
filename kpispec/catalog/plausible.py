"""Warnings about judging that is right as it is written, and rarely what was meant."""

from kpispec.catalog.model import Kpi
from kpispec.diagnostics import Findings
from kpispec.formula.extent import is_count, is_share
from kpispec.source import Span


def check_plausible(kpi: Kpi, findings: Findings) -> None:
    """Bounds of what is paced that do not say for which period they are; a unit that the formula contradicts."""
    _period(kpi, findings)
    _share(kpi, findings)
    _counted_time(kpi, findings)


def _period(kpi: Kpi, findings: Findings) -> None:
    bounded = kpi.bands is not None or kpi.by or kpi.targets
    if kpi.spec.period is None and kpi.paced and bounded:
        key = "thresholds" if kpi.spec.thresholds else "targets"
        findings.add(
            "period-needed",
            f"`{kpi.id}` depends on how long the period is, and nothing says for which period its {key} are meant",
            subject=f"kpi.{kpi.id}.{key}",
            span=_first_line(kpi.spec.at(key)),
            help="add `period: month`, or the period that they are meant for",
        )


def _share(kpi: Kpi, findings: Findings) -> None:
    if kpi.unit.family in ("percent", "points") and is_share(kpi.formula):
        findings.add(
            "share-not-percent",
            f"the formula gives at most 1, and the unit is `{kpi.unit.name}`",
            subject=f"kpi.{kpi.id}.formula",
            span=kpi.spec.formula.span,
            help=f"nothing is scaled: write `100 * {_grouped(kpi.spec.formula.value)}`",
        )


def _counted_time(kpi: Kpi, findings: Findings) -> None:
    if kpi.unit.family == "duration" and is_count(kpi.formula):
        findings.add(
            "unit-mismatch",
            f"the formula counts, and the unit is `{kpi.unit.name}`",
            subject=f"kpi.{kpi.id}.unit",
            span=kpi.spec.at("unit"),
            help="set `unit: count`",
        )


def _grouped(formula: str) -> str:
    words = " ".join(formula.split())
    return f"({words})" if " + " in words or " - " in words else words


def _first_line(span: Span) -> Span:
    """Where a map begins: a finding about all of it need not show it whole."""
    text = span.file.text[span.start : span.end]
    line = text.partition("\n")[0].rstrip()
    return Span(span.file, span.start, span.start + len(line))
