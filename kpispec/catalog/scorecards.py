"""Scorecards checked: every entry is a KPI, every segment a dimension, and no KPI stands without its guard rails."""

from collections.abc import Mapping, Set
from types import MappingProxyType

from kpispec.catalog.model import Dataset
from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings
from kpispec.spec import KpiSpec, ScorecardSpec

_NO_SPECS: Mapping[str, KpiSpec] = MappingProxyType({})


def check_scorecard(
    card: ScorecardSpec,
    defined: set[str],
    datasets: Mapping[str, Dataset],
    findings: Findings,
    *,
    specs: Mapping[str, KpiSpec] = _NO_SPECS,
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
    _read_alone(card, specs, findings)
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


def _read_alone(card: ScorecardSpec, specs: Mapping[str, KpiSpec], findings: Findings) -> None:
    """A note for each entry whose `read_with` is not on the card: speed is not shown without quality."""
    shown = {local(entry.kpi.value) for section in card.sections for entry in section.kpis}
    for number, section in enumerate(card.sections):
        for entry in section.kpis:
            spec = specs.get(local(entry.kpi.value))
            named = dict.fromkeys(local(t.value) for t in spec.read_with) if spec is not None else {}
            absent = [f"`{id}`" for id in named if id not in shown and id in specs]
            if absent:
                listed = ", ".join(absent)
                findings.add(
                    "read-alone",
                    f"`{entry.kpi.value}` should be read with {listed}, which the scorecard does not show",
                    subject=f"scorecard.{card.id}.sections.{number}",
                    span=entry.kpi.span,
                    help=f"list {listed} too, or take it out of `read_with`",
                )


def check_companions(spec: KpiSpec, defined: Set[str], findings: Findings) -> None:
    """Findings for `drivers` and `read_with` that name no KPI."""
    for key, named in (("drivers", spec.drivers), ("read_with", spec.read_with)):
        for text in named:
            if local(text.value) not in defined:
                unknown(
                    "unknown-kpi",
                    f"`{key}` names `{text.value}`, and no document defines that KPI",
                    text,
                    defined - {spec.id},
                    f"kpi.{spec.id}.{key}",
                    findings,
                    f"define `kpi: {local(text.value)}`, or take it off the list",
                )


def local(reference: str) -> str:
    """The id in a reference, without its pack: `customer_service.nps` is `nps`."""
    return reference.rpartition(".")[2]
