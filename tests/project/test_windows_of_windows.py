"""A window over a KPI that looks at other times by the calendar, against plain Python over the same rows."""

from datetime import date

import pytest

SPECS = """
dataset: orders
time: ordered_on
columns:
  ordered_on: {type: date}
  region: {type: string, dimension: true}
  amount: {type: number}
---
kpi: revenue
direction: higher_is_better
inputs: {amount: orders.amount}
formula: sum(amount)
---
kpi: largest
direction: higher_is_better
inputs: {amount: {dataset: orders, expr: amount, where: ordered_on >= cast(period_start() as date)}}
formula: max(amount)
---
kpi: growth
direction: higher_is_better
inputs: {now: {kpi: revenue}, before: {kpi: revenue, offset: -1 year}}
formula: now / before
---
kpi: share_of_quarter
direction: higher_is_better
inputs: {whole: {kpi: revenue}, quarter: {kpi: revenue, window: 3 months}, peak: {kpi: largest, offset: -6 months}}
formula: quarter / whole + peak
---
kpi: rolling_growth
direction: higher_is_better
inputs: {growth: {kpi: growth, window: 12 months}}
formula: growth
---
kpi: growth_a_month_before
direction: higher_is_better
inputs: {growth: {kpi: growth, window: 12 months, offset: -1 period}}
formula: growth
---
kpi: rolling_share
direction: higher_is_better
inputs: {share: {kpi: share_of_quarter, window: 12 months}}
formula: share
---
kpi: growth_to_date
direction: higher_is_better
inputs: {growth: {kpi: growth, window: year_to_date}}
formula: growth
"""
MONTHS = [(2023 + n // 12, 1 + n % 12) for n in range(36)]
ROWS = [
    (date(y, m, d), "north" if d < 12 else "south", 7 * y % 10 + m * d % 23 + 1) for y, m in MONTHS for d in (3, 17)
]


def amounts(end, months, region=None):
    """The amounts of so many months up to the end of one, by its number."""
    inside = {MONTHS[n] for n in range(max(0, end - months + 1), end + 1)}
    return [a for d, r, a in ROWS if (d.year, d.month) in inside and region in (None, r)]


def expected(name, n, region):
    def total(end, months):
        return sum(amounts(end, months, region))

    to_date = MONTHS[n][1]
    match name:
        case "rolling_growth":
            return total(n, 12) / total(n - 12, 12)
        case "growth_a_month_before":
            return total(n - 1, 12) / total(n - 13, 12)
        case "rolling_share":
            return total(n, 3) / total(n, 12) + max(amounts(n - 6, 12, region))
        case _:
            return total(n, to_date) / total(n - 12, to_date)


@pytest.mark.parametrize("name", ["rolling_growth", "growth_a_month_before", "rolling_share", "growth_to_date"])
@pytest.mark.parametrize("last", [30, 35])
def test_a_window_moves_with_what_is_read_by_the_calendar(workbench, name, last):
    text = "ordered_on,region,amount\n" + "".join(f"{d},{r},{a}\n" for d, r, a in ROWS)
    year, month = MONTHS[last]
    project = workbench(SPECS, {"orders": text})
    readings = project.run(name, at=f"{year}-{month:02}", as_of="2026-06-01", by=["region"]).readings
    found = {dict(r.segment).get("region"): r.value for r in readings}
    assert found == {region: pytest.approx(expected(name, last, region)) for region in (None, "north", "south")}


def test_a_window_that_reaches_before_the_data_says_so(workbench):
    text = "ordered_on,region,amount\n" + "".join(f"{d},{r},{a}\n" for d, r, a in ROWS)
    project = workbench(SPECS, {"orders": text})
    (reading,) = project.run("rolling_growth", at="2024-06", as_of="2026-06-01").readings
    assert (reading.status, reading.reason.code) == ("partial", "window-cut")
