"""Runs beside the one asked for: single periods that targets improve on, and the same part of earlier periods."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpispec.catalog.model import Catalog
from kpispec.evaluate.changes import COMPARISONS, earlier
from kpispec.evaluate.judge import Judge
from kpispec.periods import Period
from kpispec.plan.model import Request
from kpispec.project.run import Outcome

Runner = Callable[[Sequence[str], Request], Outcome]


@dataclass(frozen=True, slots=True)
class Sides:
    """`baselines` by grain and key; `elapsed` by the name of a comparison: the earlier period cut where this one is."""

    baselines: Mapping[tuple[str, int], Outcome] = field(default_factory=dict)
    elapsed: Mapping[str, Outcome] = field(default_factory=dict)


def side_runs(catalog: Catalog, ids: Sequence[str], outcome: Outcome, names: Sequence[str], run: Runner) -> Sides:
    """What else has to be run for the KPIs asked for. `names` are the comparisons shown."""
    request = outcome.plan.request
    running = request.period_of(request.last) if request.last is not None else None
    begun = running is not None and _begun(running, request) and _told(outcome, running.key)
    elapsed = _elapsed(ids, request, running, names, run) if running is not None and begun else {}
    return Sides(_baselines(catalog, ids, request, run), elapsed)


def _told(outcome: Outcome, key: int) -> bool:
    """Whether some KPI has a value for the whole of a period."""
    cells = (outcome.cells.get(measure.id, key, ()) for measure in outcome.plan.measures)
    return any(cell is not None and cell.value is not None for cell in cells)


def _baselines(
    catalog: Catalog, ids: Sequence[str], request: Request, run: Runner
) -> Mapping[tuple[str, int], Outcome]:
    wanted: dict[tuple[str, int], list[str]] = {}
    for id in ids:
        for target in catalog.kpis[id].targets if id in catalog.kpis else ():
            period = target.improve.period if target.improve is not None else None
            if period is not None and _past(period, request) and not _computed(period, request):
                wanted.setdefault((period.grain, period.key), []).append(id)
    return {at: run(list(dict.fromkeys(those)), _only(request, *at)) for at, those in wanted.items()}


def _past(period: Period, request: Request) -> bool:
    """A baseline that has not ended is none yet."""
    return period.end is not None and period.end <= request.as_of_day


def _computed(period: Period, request: Request) -> bool:
    """Whether the run asked for holds the period anyway."""
    first, _ = request.reach
    return period.grain == request.grain and (first is None or first <= period.key)


def _only(request: Request, grain: str, key: int) -> Request:
    """The same request for a single period, nothing compared."""
    return replace(request, grain=grain, first=key, last=key, history=False, reject_totals=False)


def _elapsed(
    ids: Sequence[str], request: Request, running: Period, names: Sequence[str], run: Runner
) -> Mapping[str, Outcome]:
    """The earlier periods of comparisons, each cut where the running one is."""
    found = {}
    for name in names if ids else ():
        key = earlier(name, request, running.key)
        cut = _cut(running, request.period_of(key), request) if key is not None and name in COMPARISONS else None
        if key is not None and cut is not None:
            then = replace(_only(request, request.grain, key), sets=((),), as_of=cut, as_of_day=cut.date())
            found[name] = run(ids, then)
    return found


def _begun(running: Period, request: Request) -> bool:
    """Whether a period is under way: begun, and not over."""
    if running.complete or running.start is None:
        return False
    return datetime.combine(running.start, time(), ZoneInfo(request.timezone)) < request.as_of


def _cut(running: Period, before: Period, request: Request) -> datetime | None:
    """The moment in an earlier period that is as far from its start as `as_of` is from that of the running one.

    Counted on the wall clock, so that three o'clock stays three o'clock; never past the earlier period's end.
    """
    if running.start is None or before.start is None or before.end is None:
        return None
    zone = ZoneInfo(request.timezone)
    local = request.as_of.astimezone(zone)
    days = (local.date() - running.start).days
    moment = datetime.combine(before.start + timedelta(days=days), local.time(), zone)
    return min(moment, datetime.combine(before.end, time(), zone))


def judge_of(outcome: Outcome) -> Judge:
    return Judge(outcome.plan, outcome.cells, outcome.facts)
