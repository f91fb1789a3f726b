"""The library's loyalty indicators over real purchases give the figures worked out apart: CDNOW, 1997 and 1998."""

import json
from pathlib import Path

import pytest

import kpispec

PROJECT = Path(__file__).resolve().parents[1] / "projects" / "cdnow"
SHARED = PROJECT.parents[3] / "shared"
DATA, GOLDEN = SHARED / "data" / "cdnow", SHARED / "golden" / "cdnow_retention.json"

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the shop's purchases are not beside this checkout")
QUARTERS = ("1997Q2", "1997Q3", "1997Q4", "1998Q1", "1998Q2")


@pytest.fixture(scope="module")
def published():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return kpispec.load(PROJECT)


@pytest.fixture(scope="module")
def quarters(project):
    asked = ("retention_purchases", "retention_purchases_counts", "active_customers")
    result = project.run(*asked, period="quarter", as_of="1998-07-01")
    return {(r.kpi, f"{r.period.start.year}Q{(r.period.start.month + 2) // 3}"): r for r in result.readings}


@pytest.fixture(scope="module")
def whole(project):
    asked = (
        "repeat_revenue_by_order",
        "repeat_revenue_by_customer",
        "repeat_customer_rate",
        "revenue",
        "active_customers",
    )
    return {r.kpi: r for r in project.run(*asked, period="all", as_of="1998-07-01").readings}


def test_the_project_has_no_finding(project):
    assert [f.message for f in project.findings] == []


@pytest.mark.parametrize("quarter", QUARTERS)
def test_retention_of_buyers_followed_one_by_one(quarters, published, quarter):
    found, wanted = quarters["retention_purchases", quarter], published["quarterly_active_retention"][quarter]
    assert found.value == pytest.approx(wanted["crr_set_membership"], rel=1e-11)
    assert found.n == wanted["S"]


@pytest.mark.parametrize("quarter", QUARTERS)
def test_retention_by_counts_is_higher_by_those_who_came_back(quarters, published, quarter):
    found, wanted = quarters["retention_purchases_counts", quarter], published["quarterly_active_retention"][quarter]
    assert found.value == pytest.approx(wanted["crr_formula_counts"], rel=1e-11)
    gap = found.value - quarters["retention_purchases", quarter].value
    assert gap == pytest.approx(100 * wanted["reactivated"] / wanted["S"], abs=1e-9)


def test_the_first_quarter_has_nobody_before_it(quarters):
    assert quarters["retention_purchases", "1997Q1"].value is None
    assert quarters["retention_purchases_counts", "1997Q1"].value is None


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_buyers_of_a_quarter(quarters, published, quarter):
    assert quarters["active_customers", quarter].value == published["quarterly_active_retention"][quarter]["E"]


def test_repeat_revenue_is_one_figure_by_order_and_another_by_customer(whole, published):
    by_order, by_customer = whole["repeat_revenue_by_order"].value, whole["repeat_revenue_by_customer"].value
    assert by_order == pytest.approx(published["repeat_revenue_share_orders_after_first_day"], rel=1e-11)
    assert by_customer == pytest.approx(published["revenue_share_from_customers_with_2plus_purchase_days"], rel=1e-11)


def test_repeat_customers(whole, published):
    found = whole["repeat_customer_rate"]
    assert found.value == pytest.approx(published["repeat_customer_rate"], rel=1e-11)
    assert found.n == published["customers"]


def test_every_purchase_is_read(whole, published):
    assert whole["revenue"].value == pytest.approx(published["revenue"], rel=1e-11)
    assert whole["revenue"].n == published["rows"]
    assert whole["active_customers"].value == published["customers"]


def test_the_cohort_of_the_first_quarter(project, published):
    wanted = published["cohort_retention"]["1997Q1"]
    result = project.run("retention_cohort", period="quarter", as_of="1998-07-01", by=["first_ordered_quarter"])
    found = {f"{r.period.start.year}Q{(r.period.start.month + 2) // 3}": r for r in result.readings if r.segment}
    assert {quarter: r.value for quarter, r in found.items()} == pytest.approx(wanted, rel=1e-11)
    assert {r.segment[0][1] for r in found.values()} == {"1997-01-01"}
    assert {r.n for r in found.values()} == {published["customers"]}
