"""What intervals cost: the same KPIs with them and without, in turns."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpispec.catalog.model import Kpi
from kpispec.plan.model import Plan
from kpispec.project.load import Loaded
from timing import Spread, generated, spread

TEN = (
    "nps_score",
    "csat_pct",
    "csat_mean",
    "ticket_count",
    "fcr",
    "handle_time",
    "cost_total",
    "cost_per_ticket",
    "reply_within_hour",
    "escalation_share",
)
SCORECARD = (
    *TEN,
    "csat_index",
    "csat_top_box",
    "csat_balance",
    "solved_share",
    "unsolved_per_1000",
    "escalated_cost_share",
    "cost_per_hour",
    "reply_mean",
    "resolution_mean",
    "resolved_in_a_day",
)
SHARES = ("nps_score", "csat_pct", "fcr", "reply_within_hour", "escalation_share", "csat_balance", "solved_share")
SETS = {
    "a scorecard of twenty KPIs": SCORECARD,
    "the same and a p90": (*SCORECARD, "reply_p90"),
    "shares and balances alone": SHARES,
    "a p90 with its order statistics": ("reply_p90",),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds are medians; `moments` are the second moments that intervals add to the query."""

    kpis: str
    moments: int
    with_intervals: float
    without: float
    ratio: Spread

    @property
    def a_moment(self) -> float | None:
        return (self.ratio.median - 1) / self.moments if self.moments else None


def costs(loaded: Loaded, pairs: int, threads: int) -> tuple[Cost, ...]:
    return tuple(_cost(loaded, title, kpis, pairs, threads) for title, kpis in SETS.items())


def _cost(loaded: Loaded, title: str, kpis: Sequence[str], pairs: int, threads: int) -> Cost:
    plain = _without(loaded)
    moments = _moments(generated(loaded, kpis, threads)[1].plan)
    generated(plain, kpis, threads)
    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(pairs):
        runs = ((ours, loaded), (theirs, plain))
        for into, project in runs if round_ % 2 == 0 else reversed(runs):
            into.append(generated(project, kpis, threads)[0])
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Cost(title, moments, statistics.median(ours), statistics.median(theirs), spread(ratios))


def _without(loaded: Loaded) -> Loaded:
    """The same project, whose KPIs ask for no interval."""
    kpis: Mapping[str, Kpi] = {
        id: replace(kpi, spec=replace(kpi.spec, confidence="none")) for id, kpi in loaded.catalog.kpis.items()
    }
    return replace(loaded, catalog=replace(loaded.catalog, kpis=kpis))


def _moments(plan: Plan) -> int:
    return sum(1 for scan in plan.scans for t in scan.terms if t.term.function == "products")


def markdown(found: Sequence[Cost]) -> str:
    lines = [
        "| intervals | second moments | with, CPU s | without, CPU s | ratio, 95 % | a moment |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for cost in found:
        each = "" if cost.a_moment is None else f"{100 * cost.a_moment:.1f} %"
        cells = (cost.kpis, cost.moments, f"{cost.with_intervals:.2f}", f"{cost.without:.2f}", cost.ratio, each)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)
