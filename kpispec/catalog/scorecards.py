"""Scorecards checked: every entry is a KPI, every segment a dimension."""

from collections.abc import Mapping

from kpispec.catalog.model import Dataset
from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings
from kpispec.spec import ScorecardSpec


def check_scorecard(
    card: ScorecardSpec,
    defined: set[str],
    datasets: Mapping[str, Dataset],
    findings: Findings,
    *,
    all_read: bool = True,
) -> None:
    """Findings for entries that no document defines and segments that no data set declares as a dimension.

    `all_read=False`: a data set could not be read, and might declare what the others do not.
    """
    for number, section in enumerate(card.sections):
        for entry in section.kpis:
            if entry.kpi.value not in defined:
                unknown(
                    "unknown-scorecard-entry",
                    f"scorecard `{card.id}` lists `{entry.kpi.value}`, and no document defines that KPI",
                    entry.kpi,
                    defined,
                    f"scorecard.{card.id}.sections.{number}",
                    findings,
                    f"define `kpi: {entry.kpi.value}`, or take it off the list",
                )
    dimensions = {c.name for d in datasets.values() for c in d.spec.columns if c.dimension}
    open_ended = not all_read or any(not d.spec.declared for d in datasets.values())
    for segment in card.segments:
        for name in [] if open_ended else segment.value.split(","):
            if name.strip() not in dimensions:
                unknown(
                    "unknown-dimension",
                    f"no data set declares `{name.strip()}` as a dimension",
                    segment,
                    dimensions,
                    f"scorecard.{card.id}.segments",
                    findings,
                    f"set `dimension: true` on column `{name.strip()}`",
                )
