"""What a plan shares and leaves out."""

from datetime import date

import pytest

from kpispec.formula.tree import Name, walk
from kpispec.plan.ingredients import Spread
from kpispec.plan.layout import set_mask

TICKETS = """
dataset: tickets
time: at
columns:
  at: {type: timestamp}
  ch: {type: string, dimension: true}
  region: {type: string, dimension: true}
  wait: {type: number, range: [0, null]}
  score: {type: integer, range: [0, 10]}
  unread: {type: string}
---
dataset: bills
columns:
  amount: {type: number}
---
kpi: share
inputs: {x: tickets.score}
formula: 100 * count_if(x >= 9) / count(x)
direction: higher_is_better
---
kpi: net
inputs: {s: tickets.score}
formula: (count_if(s >= 9) - count_if(s <= 6)) / count(s)
direction: higher_is_better
---
kpi: phone_share
inputs: {all: {kpi: share}, phone: {kpi: share, where: ch = 'phone'}}
formula: phone - all
direction: higher_is_better
---
kpi: billed
inputs: {x: bills.amount}
formula: sum(x)
direction: higher_is_better
"""
DATA = {"tickets": "at,ch,region,wait,score,unread\n2026-01-05 10:00:00,a,n,1,9,x\n", "bills": "amount\n3\n"}


@pytest.fixture
def planned(workbench):
    project = workbench(TICKETS, DATA)

    def plan(*names, **options):
        return project.run(*names, as_of="2026-06-01", **options).outcome.plan

    return plan


def test_kpis_share_the_terms_they_have_in_common(planned):
    plan = planned("share", "net")
    (scan,) = plan.scans
    counted = [t for t in scan.terms if t.term.function == "count" and t.used_by == ("share", "net")]
    assert {tuple(w.place.text.replace("s ", "x ") for w in t.term.where) for t in counted} >= {("x >= 9",), ()}
    assert len({t.term for t in scan.terms}) == len(scan.terms)


def test_a_scan_reads_the_columns_that_something_needs(planned):
    assert planned("share", by=["ch"]).scans[0].columns == ("score", "at", "ch")
    assert "unread" not in str(planned("share").scans[0].columns)


def test_a_kpi_that_another_narrows_is_a_measure_of_its_own(planned):
    plan = planned("phone_share")
    assert [m.id for m in plan.measures] == ["share", "share__where_1", "phone_share"]
    assert plan.measure("phone_share").upstream == (("all", "share", None), ("phone", "share__where_1", None))
    assert len(plan.scans) == 1


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({"at": "2026-03", "compare": ()}, (date(2026, 3, 1), date(2026, 4, 1))),
        ({"at": "2026-03"}, (date(2025, 3, 1), date(2026, 4, 1))),
        ({"at": "2026-Q1"}, (date(2025, 1, 1), date(2026, 4, 1))),
        ({"at": "2020-W53"}, (date(2020, 12, 21), date(2021, 1, 4))),
        ({"at": "2026-03-01"}, (date(2025, 3, 1), date(2026, 3, 2))),
        ({"first": date(2026, 2, 10), "compare": ()}, (date(2026, 2, 1), date(2026, 7, 1))),
        ({}, (None, None)),
        ({"period": "all"}, (None, None)),
    ],
)
def test_only_the_days_that_a_period_or_its_comparison_can_reach_are_read(planned, options, days):
    scan = planned("share", **options).scans[0]
    assert (scan.first_day, scan.last_day) == days


def test_a_data_set_without_a_clock_has_one_period_only(planned):
    plan = planned("billed", "share", period="month")
    assert [(u.kpi, u.status, u.code) for u in plan.unavailable] == [("billed", "error", "no-clock")]
    assert planned("billed").request.grain == "all"


def test_the_number_of_a_segmentation_has_a_bit_for_each_dimension_it_lacks():
    assert set_mask(("a", "b", "c"), ()) == 0b111
    assert set_mask(("a", "b", "c"), ("a", "c")) == 0b010
    assert set_mask((), ()) == 0


SHAPES = {
    "100 * count_if(x >= 9) / count(x)": "wilson",
    "100 * count_if(x >= 9 and x < 12) / count(x >= 9 and x < 12)": "wilson",
    "count_if(x >= 9 and x < 10) / count_if(x >= 9)": "wilson",
    "count_if(x = 10) / count_if(x >= 9)": "wilson",
    "1 - count_if(x in (9, 10)) / count(*)": "wilson",
    "count_if(x >= 9) / count_if(x >= 10)": "delta",  # not a part of it
    "(count_if(x >= 9) - count_if(x <= 6)) / count(x)": "delta",
    "avg(x) / 2": "t",
    "sum(x) / count(x)": "t",
    "sum(x) / count(*)": "delta",
    "3 - 2 * median(x)": "order_statistics",
    "sum(x) / 3": "delta",
    "avg(x) / avg(y)": "delta",
    "count(x)": "garwood",
    "count(distinct x)": "garwood",
    "count(*) / count(distinct x)": "delta",
    "100 * km_share(y, x >= 9, 4)": "kaplan_meier",
    "round(avg(x))": "not-smooth",
    "max(x)": "no-method",
    "median(x) / median(y)": "no-method",
    "approx_count_distinct(x)": "no-method",
    "count(distinct x) / count(distinct y)": "several-units",
}


def test_a_kpi_has_an_interval_by_the_shape_of_its_formula_or_a_reason_why_not(workbench):
    documents = TICKETS.split("---\nkpi", maxsplit=1)[0] + "---\n"
    documents += "---\n".join(
        f"kpi: shape_{i}\ninputs: {{x: tickets.score, y: tickets.wait}}\nformula: {formula}\n"
        "direction: higher_is_better\n"
        for i, formula in enumerate(SHAPES)
    )
    asked = [f"shape_{i}" for i in range(len(SHAPES))]
    plan = workbench(documents, DATA).run(*asked, period="all", as_of="2026-06-01").outcome.plan
    found = [m.spread.method if isinstance(m.spread, Spread) else m.spread.code for m in plan.measures]
    assert dict(zip(SHAPES, found, strict=True)) == SHAPES


def moments(workbench, formula, more=""):
    documents = TICKETS.split("---\nkpi", maxsplit=1)[0] + "---\n"
    documents += f"kpi: it\n{more}inputs: {{x: tickets.score, y: tickets.wait}}\nformula: {formula}\n"
    project = workbench(documents + "direction: higher_is_better\n", DATA)
    plan = project.run("it", period="all", as_of="2026-06-01").outcome.plan
    (measure,) = plan.measures
    read = {n.name for t in (measure.value, measure.n) for n in walk(t) if isinstance(n, Name)}
    added = [t.term for s in plan.scans for t in s.terms if t.term.reject is None and t.name not in read]
    return [t for t in added if t.function != "count"]  # whether there is anything to sum is counted for the status


@pytest.mark.parametrize(
    ("formula", "added"),
    [
        ("100 * count_if(x >= 9) / count(x)", 0),
        ("(count_if(x >= 9) - count_if(x <= 6)) / count(x)", 0),
        ("count(x) - 2 * count_if(x = 3)", 0),
        ("avg(x) + 1", 1),
        ("sum(x) / sum(y)", 3),
        ("sum(x) filter (where y > 1) / count(x)", 1),
        ("sum_if(x, y > 1) / sum(x)", 2),
    ],
)
def test_second_moments_are_added_only_where_no_term_holds_them(workbench, formula, added):
    assert len(moments(workbench, formula)) == added


def test_a_weighted_balance_adds_three(workbench):
    formula = "(count_if(x >= 9) - count_if(x <= 6)) / count(x)"
    assert [t.function for t in moments(workbench, formula, "weight: wait\n")] == ["products"] * 3
