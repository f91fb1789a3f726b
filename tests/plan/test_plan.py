"""What a plan shares and leaves out."""

from datetime import date

import pytest

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


def test_a_kpi_has_an_interval_by_the_shape_of_its_formula(workbench):
    shapes = {
        "100 * count_if(x >= 9) / count(x)": "wilson",
        "100 * count_if(x >= 9 and x < 12) / count(x >= 9 and x < 12)": "wilson",
        "count_if(x >= 9 and x < 10) / count_if(x >= 9)": "wilson",
        "(count_if(x >= 9) - count_if(x <= 6)) / count(x)": "nps",
        "(count_if(x >= 6) - count_if(x <= 6)) / count(x)": None,  # 6 is both
        "count_if(x >= 9) / count_if(x >= 10)": None,  # not a part of it
        "avg(x) / 2": "t",
        "median(x)": "order_statistics",
        "sum(x) / 3": None,
        "avg(x) / avg(y)": None,
    }
    documents = TICKETS.split("---\nkpi", maxsplit=1)[0] + "---\n"
    documents += "---\n".join(
        f"kpi: shape_{i}\ninputs: {{x: tickets.score, y: tickets.wait}}\nformula: {formula}\n"
        "direction: higher_is_better\n"
        for i, formula in enumerate(shapes)
    )
    plan = (
        workbench(documents, DATA)
        .run(*(f"shape_{i}" for i in range(len(shapes))), period="all", as_of="2026-06-01")
        .outcome.plan
    )
    found = {m.id: m.spread.method if m.spread else None for m in plan.measures}
    assert list(found.values()) == list(shapes.values())
