"""What the indicators of `examples/customer_care` are, computed a second time by plain Python.

A reading is a value and its n. Months are texts such as `2026-08`; a segment is `()` or `((dimension, value),)`.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from oracle_rows import DECLARED, READERS, Cell, Row

MONTHS = tuple(f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(8, 32))

Segment = tuple[tuple[str, str | None], ...]
Reading = tuple[float | None, int]
Fold = Callable[[Sequence[Row]], Reading]


def numbers(rows: Sequence[Row], column: str) -> list[float]:
    cells = (row.cells[column] for row in rows)
    return [float(cell) for cell in cells if isinstance(cell, int | float)]


def share(column: str, true: Callable[[float], bool] = bool) -> Fold:
    """Per hundred of the known cells."""

    def fold(rows: Sequence[Row]) -> Reading:
        known = numbers(rows, column)
        return (100 * sum(map(true, known)) / len(known) if known else None), len(known)

    return fold


def balance(column: str, top: float, bottom: float) -> Fold:
    def fold(rows: Sequence[Row]) -> Reading:
        known = numbers(rows, column)
        net = sum(x >= top for x in known) - sum(x <= bottom for x in known)
        return (100 * net / len(known) if known else None), len(known)

    return fold


def quantile(column: str, at: float, scale: float = 1) -> Fold:
    """Between the two nearest ranks, by straight line."""

    def fold(rows: Sequence[Row]) -> Reading:
        known = sorted(numbers(rows, column))
        if not known:
            return None, 0
        rank = at * (len(known) - 1)
        low, high = known[math.floor(rank)], known[math.ceil(rank)]
        return scale * (low + (rank - math.floor(rank)) * (high - low)), len(known)

    return fold


def mean(column: str, scale: float = 1) -> Fold:
    def fold(rows: Sequence[Row]) -> Reading:
        known = numbers(rows, column)
        return (scale * math.fsum(known) / len(known) if known else None), len(known)

    return fold


def total(column: str) -> Fold:
    def fold(rows: Sequence[Row]) -> Reading:
        known = numbers(rows, column)
        return (math.fsum(known) if known else None), len(known)

    return fold


def stock(column: str) -> Fold:
    """Added up over the segments of one month, which is one value."""

    def fold(rows: Sequence[Row]) -> Reading:
        known = numbers(rows, column)
        return (math.fsum(known) if known else None), min(len(known), 1)

    return fold


def count(column: str) -> Fold:
    def fold(rows: Sequence[Row]) -> Reading:
        known = sum(row.cells[column] is not None for row in rows)
        return float(known), known

    return fold


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregate: its rows, the columns whose rejects it reports, how it folds."""

    dataset: str
    fold: Fold
    reads: tuple[str, ...] = ()
    keep: Callable[[Row], bool] = lambda _row: True


def only(first: Reading) -> Reading:
    return first


def ratio(scale: float) -> Callable[[Reading, Reading], Reading]:
    def divide(over: Reading, under: Reading) -> Reading:
        return (scale * over[0] / under[0] if over[0] is not None and under[0] else None), under[1]

    return divide


def difference(left: Reading, right: Reading) -> Reading:
    known = left[0] is not None and right[0] is not None
    return (left[0] - right[0] if known else None), min(left[1], right[1])  # type: ignore[operator]


def kept(opening: Reading, acquired: Reading, closing: Reading) -> Reading:
    if opening[0] is None or acquired[0] is None or closing[0] is None or not opening[0]:
        return None, opening[1]
    return 100 * (closing[0] - acquired[0]) / opening[0], opening[1]


def survey(kind: str, column: str, fold: Fold) -> Part:
    return Part("survey_answers", fold, (column,), lambda row: row.cells["survey_kind"] == kind)


def _is(column: str) -> Callable[[Row], bool]:
    return lambda row: row.cells[column] is not None and row.cells[column] is not False


NPS = balance("recommend", 9, 6)
COST, RECEIVED = Part("complaints", total("cost"), ("cost",)), Part("complaints", count("complaint_id"))
OPENING, LOST = Part("period_counts", stock("opening")), Part("period_counts", total("lost"))
ACQUIRED, CLOSING = Part("period_counts", total("acquired")), Part("period_counts", total("closing"))
REPLY = ("first_reply_at", "wait")

KPIS: dict[str, tuple[Callable[..., Reading], *tuple[Part, ...]]] = {
    "recommendation": (only, Part("survey_answers", NPS, ("recommend",))),
    "nps": (only, survey("cold", "recommend", NPS)),
    "nps_hot_cold_gap": (difference, *(survey(kind, "recommend", NPS) for kind in ("hot", "cold"))),
    "retention_rate": (kept, OPENING, ACQUIRED, CLOSING),
    "churn_rate": (ratio(100), LOST, OPENING),
    "csat_pct": (only, survey("hot", "satisfaction", share("satisfaction", lambda x: x >= 4))),
    "csat_mean": (only, survey("hot", "satisfaction", mean("satisfaction"))),
    "net_satisfaction": (only, survey("hot", "satisfaction", balance("satisfaction", 4, 2))),
    "fcr_survey": (only, survey("hot", "solved", share("solved"))),
    "shop_smile_rate": (ratio(100), Part("shop_votes", total("pleased")), Part("shop_votes", total("votes"))),
    "first_reply_p90": (only, Part("tickets", quantile("wait", 0.9), REPLY)),
    "first_reply_median": (only, Part("tickets", quantile("wait", 0.5, 60), REPLY)),
    "video_first_reply": (
        only,
        Part("tickets", quantile("wait", 0.5, 60), REPLY, lambda row: row.cells["channel"] == "video"),
    ),
    "resolution_time_mean": (only, Part("tickets", mean("spent"), ("resolved_at",))),
    "handle_time_mean": (only, Part("tickets", mean("handling_s", 1 / 60), ("handling_s",))),
    "one_touch_rate": (only, Part("tickets", share("once"), ("agent_replies",), _is("resolved_at"))),
    "recontact_7d": (only, Part("tickets", share("again"), (), _is("customer_id"))),
    "escalation_rate": (only, Part("tickets", share("escalated"), ("escalated",))),
    "complaint_count": (only, RECEIVED),
    "complaints_per_1000": (ratio(1000), Part("complaints", count("complaint_id"), (), _is("written")), OPENING),
    "complaint_answer_rate": (only, Part("complaints", share("answered"), ("answered_at",))),
    "complaint_cost": (only, COST),
    "complaint_cost_per_complaint": (ratio(1), COST, RECEIVED),
}
OVER_KPIS = ("nps_hot_cold_gap", "complaint_cost_per_complaint")


@cache
def rows_of(dataset: str) -> tuple[Row, ...]:
    return tuple(READERS[dataset]())


@cache
def covered(dataset: str) -> tuple[str, str]:
    months = [row.month for row in rows_of(dataset) if row.month]
    return min(months), max(months)


def cut_by(kpi: str) -> tuple[str, ...]:
    """The dimensions that every data set of a KPI has."""
    return tuple(d for d in ("channel", "region") if all(d in DECLARED[part.dataset] for part in KPIS[kpi][1:]))


def segments(kpi: str) -> tuple[Segment, ...]:
    """The whole, then the values declared or seen of each dimension; `None` is a value where a row lacks one."""
    found: list[Segment] = [()]
    for dimension in cut_by(kpi):
        parts = KPIS[kpi][1:]
        names: set[Cell] = {name for part in parts for name in DECLARED[part.dataset][dimension]}
        names |= {row.cells[dimension] for part in parts for row in rows_of(part.dataset) if row.month}
        found += [((dimension, None if name is None else str(name)),) for name in names]
    return tuple(found)


def readings(kpi: str) -> dict[tuple[str, Segment], Reading]:
    """Every month and segment of a KPI; a month that a data set does not cover has no value."""
    combine, *parts = KPIS[kpi]
    cells = [_cells(part) for part in parts]
    found = {}
    for month in MONTHS:
        for segment in segments(kpi):
            pairs = zip(parts, cells, strict=True)
            found[month, segment] = combine(*(_fold(part, at, month, segment) for part, at in pairs))
    return found


def _cells(part: Part) -> dict[tuple[str, Segment], list[Row]]:
    found: dict[tuple[str, Segment], list[Row]] = {}
    for row in rows_of(part.dataset):
        if row.month and part.keep(row):
            for segment in ((), *(((d, row.cells[d]),) for d in DECLARED[part.dataset])):
                found.setdefault((row.month, segment), []).append(row)  # type: ignore[arg-type]
    return found


def _fold(part: Part, cells: dict[tuple[str, Segment], list[Row]], month: str, segment: Segment) -> Reading:
    first, last = covered(part.dataset)
    return part.fold(cells.get((month, segment), [])) if first <= month <= last else (None, 0)


def rejects(kpi: str) -> dict[str, Counter[str]]:
    """Rejected cells of the columns a KPI reads, by month and reason, among the rows it keeps."""
    found: dict[str, Counter[str]] = {}
    for part in KPIS[kpi][1:]:
        for row in rows_of(part.dataset):
            if row.month and part.keep(row):
                found.setdefault(row.month, Counter()).update(row.rejects[c] for c in part.reads if c in row.rejects)
    return found


def undated(kpi: str) -> int:
    """Rows that a KPI keeps and that have no clock."""
    return sum(row.month is None and part.keep(row) for part in KPIS[kpi][1:] for row in rows_of(part.dataset))
