"""CPU seconds of the statements of a run, and medians of ratios with their intervals."""

import statistics
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from math import comb

from kpispec.project.asked import Asked, request_of
from kpispec.project.binding import open_engine
from kpispec.project.load import Loaded
from kpispec.project.run import Outcome, execute

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with its 95 % interval by order statistics."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


def spread(ratios: Sequence[float]) -> Spread:
    """Median and the narrowest symmetric pair of order statistics that holds it with 95 %, which takes six ratios."""
    ordered, n = sorted(ratios), len(ratios)
    below, tail = 0, 1 / 2**n
    while 2 * tail <= 0.05:
        below += 1
        tail += comb(n, below) / 2**n
    first = max(below - 1, 0)
    return Spread(statistics.median(ordered), ordered[first], ordered[n - 1 - first])


def generated(loaded: Loaded, kpis: Sequence[str], threads: int) -> tuple[float, Outcome]:
    """CPU seconds of all statements that kpispec ran for the KPIs, in a session of their own."""
    asked = Asked(as_of=AS_OF, period="month", by=("channel",))
    request = request_of(loaded, asked, kpis, None)
    with closing(open_engine(loaded, threads=threads, memory_limit=None)) as engine:
        outcome = execute(loaded, kpis, request, engine)
    if outcome.failed or outcome.plan.unavailable:
        sys.exit(f"kpispec could not compute {[*outcome.failed, *outcome.plan.unavailable]}")
    return sum(timing.cpu for timing in outcome.timings), outcome
