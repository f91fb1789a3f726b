"""KPIs over the survey, each twice: as a document, and as plain Python over rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from typing import NamedTuple

from survey import SPEC, Row


class Figure(NamedTuple):
    """`seen` is how many values all aggregates together saw; none means that there was nothing to compute from."""

    value: float | None
    n: int
    seen: int


Rows = list[Row]


def everything(_: Row) -> bool:
    return True


def nothing(_: Row) -> None:
    return None


@dataclass(frozen=True)
class Indicator:
    """`kept` is the filter of the KPI's rows; `own` are rejects of an input's own checks."""

    id: str
    document: str
    reads: tuple[str, ...]
    figure: Callable[[Rows], Figure]
    kept: Callable[[Row], bool | None] = everything
    own: Callable[[Row], str | None] = nothing
    min_n: int = 0
    bands: Callable[[float], str] | None = None
    counts: bool = field(default=False)  # whether it is 0, not null, where nothing was


def values(rows: Rows, name: str) -> list[float]:
    return [getattr(r, name) for r in rows if getattr(r, name) is not None]


def of(found: list[float], figure: Callable[[list[float]], float | None]) -> Figure:
    return Figure(figure(found) if found else None, len(found), len(found))


def quantile(found: list[float], p: float) -> float:
    """Interpolated between neighbours (type 7)."""
    ordered = sorted(found)
    place = (len(ordered) - 1) * p
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


def discrete(found: list[float], p: float) -> float:
    """The smallest value that at least the share p does not pass."""
    ordered = sorted(found)
    return ordered[max(0, ceil(len(ordered) * p) - 1)]


def variance(found: list[float], less: int) -> float | None:
    if len(found) <= less:
        return None
    middle = sum(found) / len(found)
    return sum((x - middle) ** 2 for x in found) / (len(found) - less)


def deviation(found: list[float]) -> float | None:
    square = variance(found, 1)
    return None if square is None else sqrt(square)


def net(rows: Rows) -> Figure:
    scores = values(rows, "score")
    up, down = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
    return of(scores, lambda found: 100 * (up - down) / len(found))


def net_judged(value: float) -> str:
    return "good" if value >= 30 else "bad" if value < 0 else "watch"


def per_solved(rows: Rows) -> Figure:
    costs, solved = values(rows, "cost"), values(rows, "solved")
    value = sum(costs) / sum(solved) if costs and sum(solved) else None
    return Figure(value, sum(solved), len(costs) + len(solved))


def refunds(rows: Rows) -> Figure:
    found = [r.cost for r in rows if r.solved and r.cost is not None]
    return Figure(sum(found), len(found), len(found))


def at_extreme(rows: Rows, sign: int) -> Figure:
    pairs = [(sign * r.wait, r.cost) for r in rows if r.wait is not None and r.cost is not None]
    return Figure(max(pairs)[1] if pairs else None, len(pairs), len(pairs))


def any_solved(rows: Rows) -> Figure:
    known = values(rows, "solved")
    return Figure((1 if any(known) else 0) if known else None, len(known), len(known))


def quick(rows: Rows) -> Figure:
    waits = [r.wait for r in rows if r.wait is not None]
    return Figure(sum(w <= 60 for w in waits), sum(w <= 60 for w in waits), sum(w <= 60 for w in waits))


def minutes(rows: Rows) -> Figure:
    return of([r.wait / 60 for r in rows if r.wait is not None and r.wait / 60 <= 5], lambda x: sum(x) / len(x))


def customers(rows: Rows) -> Figure:
    known = values(rows, "customer")
    return Figure(len(set(known)), len(known), len(known))


def mixed(rows: Rows) -> Figure:
    """Two aggregates of the same rows, with operators whose order matters."""
    costs, waits = values(rows, "cost"), values(rows, "wait")
    value = 3 * (len(costs) % 4) - (2 - (5 - len(waits)))
    return Figure(value, min(len(costs), len(waits)), len(costs) + len(waits))


def counted(found: list[float]) -> float:
    return len(found)


def score_kpi(formula: str) -> str:
    return f"inputs: {{x: contacts.score}}\nformula: {formula}\n"


INDICATORS = (
    Indicator(
        "answers",
        score_kpi("count(x)"),
        ("score",),
        lambda rows: Figure(len(values(rows, "score")), *[len(values(rows, "score"))] * 2),
        counts=True,
    ),
    Indicator(
        "contact_count",
        "inputs: {x: contacts.id}\nformula: count(*)\n",
        ("id",),
        lambda rows: Figure(len(rows), len(rows), len(rows)),
        counts=True,
    ),
    Indicator(
        "cost_total",
        "inputs: {x: contacts.cost}\nformula: sum(x)\n",
        ("cost",),
        lambda rows: of(values(rows, "cost"), sum),
    ),
    Indicator(
        "refund_total",
        "inputs: {x: contacts.cost, c: contacts.solved}\nformula: sum_if(x, c)\n",
        ("cost", "solved"),
        refunds,
        counts=True,
    ),
    Indicator(
        "score_mean",
        score_kpi("avg(x)"),
        ("score",),
        lambda rows: of(values(rows, "score"), lambda x: sum(x) / len(x)),
        min_n=3,
    ),
    Indicator(
        "cost_least",
        "inputs: {x: contacts.cost}\nformula: min(x)\n",
        ("cost",),
        lambda rows: of(values(rows, "cost"), min),
    ),
    Indicator(
        "wait_most",
        "inputs: {x: contacts.wait}\nformula: max(x)\n",
        ("wait",),
        lambda rows: of(values(rows, "wait"), max),
    ),
    Indicator(
        "customer_count",
        "inputs: {x: contacts.customer}\nformula: count(distinct x)\n",
        ("customer",),
        customers,
        counts=True,
    ),
    Indicator(
        "net_score",
        score_kpi("100 * (count_if(x >= 9) - count_if(x <= 6)) / count(x)")
        + 'unit: points\nthresholds: {good: ">= 30", bad: "< 0"}\n',
        ("score",),
        net,
        bands=net_judged,
    ),
    Indicator(
        "solved_share",
        "inputs: {x: contacts.solved}\nformula: 100 * count_if(x) / count(x)\nunit: percent\n",
        ("solved",),
        lambda rows: of(values(rows, "solved"), lambda x: 100 * sum(x) / len(x)),
    ),
    Indicator(
        "wait_p90",
        "inputs: {x: contacts.wait}\nformula: quantile_cont(x, 0.9)\n",
        ("wait",),
        lambda rows: of(values(rows, "wait"), lambda x: quantile(x, 0.9)),
    ),
    Indicator(
        "wait_median",
        "inputs: {x: contacts.wait}\nformula: median(x)\n",
        ("wait",),
        lambda rows: of(values(rows, "wait"), lambda x: quantile(x, 0.5)),
    ),
    Indicator(
        "wait_disc",
        "inputs: {x: contacts.wait}\nformula: quantile_disc(x, 0.75)\n",
        ("wait",),
        lambda rows: of(values(rows, "wait"), lambda x: discrete(x, 0.75)),
    ),
    Indicator(
        "cost_sd",
        "inputs: {x: contacts.cost}\nformula: stddev_samp(x)\n",
        ("cost",),
        lambda rows: of(values(rows, "cost"), deviation),
    ),
    Indicator(
        "score_var",
        score_kpi("var_pop(x)"),
        ("score",),
        lambda rows: of(values(rows, "score"), lambda x: variance(x, 0)),
    ),
    Indicator(
        "cost_at_longest",
        "inputs: {x: contacts.cost, w: contacts.wait}\nformula: arg_max(x, w)\n",
        ("cost", "wait"),
        lambda rows: at_extreme(rows, 1),
    ),
    Indicator(
        "cost_at_shortest",
        "inputs: {x: contacts.cost, w: contacts.wait}\nformula: arg_min(x, w)\n",
        ("cost", "wait"),
        lambda rows: at_extreme(rows, -1),
    ),
    Indicator(
        "any_solved",
        "inputs: {x: contacts.solved}\nformula: case when bool_or(x) then 1 when not bool_or(x) then 0 end\n",
        ("solved",),
        any_solved,
    ),
    Indicator(
        "cost_per_solved",
        "inputs: {x: contacts.cost, c: contacts.solved}\nformula: sum(x) / count_if(c)\n",
        ("cost", "solved"),
        per_solved,
    ),
    Indicator(
        "quick_count",
        "inputs: {x: contacts.wait}\nformula: count(x) filter (where x <= 60)\n",
        ("wait",),
        quick,
        counts=True,
    ),
    Indicator(
        "minutes_mean",
        "inputs:\n  x: {dataset: contacts, expr: wait / 60, range: [null, 5]}\nformula: avg(x)\n",
        ("wait",),
        minutes,
        own=lambda row: "out_of_range" if row.wait is not None and row.wait / 60 > 5 else None,
    ),
    Indicator(
        "phone_cost",
        "where: ch = 'phone'\ninputs: {x: contacts.cost}\nformula: avg(x)\n",
        ("cost",),
        lambda rows: of(values(rows, "cost"), lambda x: sum(x) / len(x)),
        kept=lambda row: row.ch == "phone",
    ),
    Indicator(
        "other_count",
        "where: ch <> 'phone' or ch is null\ninputs: {x: contacts.id}\nformula: count(x)\n",
        ("id",),
        lambda rows: Figure(len(rows), len(rows), len(rows)),
        kept=lambda row: row.ch != "phone",
        counts=True,
    ),
    Indicator(
        "satisfied_cost",
        "inputs: {x: {dataset: contacts, expr: cost, where: score >= 9}}\nformula: sum(x)\n",
        ("cost",),
        lambda rows: of(values(rows, "cost"), sum),
        kept=lambda row: row.score is not None and row.score >= 9,
    ),
    Indicator(
        "odd_one",
        "inputs: {x: contacts.cost, w: contacts.wait}\nformula: 3 * (count(x) % 4) - (2 - (5 - count(w)))\n",
        ("cost", "wait"),
        mixed,
        counts=True,
    ),
)

DOCUMENTS = "\n---\n".join(
    [
        SPEC,
        *(
            f"kpi: {i.id}\n{i.document}direction: higher_is_better\n" + (f"min_n: {i.min_n}\n" if i.min_n else "")
            for i in INDICATORS
        ),
    ]
)
