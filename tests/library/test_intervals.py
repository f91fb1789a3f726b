"""Every indicator of the pack says how sure it is, or why it cannot."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from pack import pack

from kpispec.formula.tree import Type
from kpispec.plan.ingredients import Spread
from kpispec.plan.model import Bound, ColumnFacts, Request
from kpispec.plan.plan import plan
from kpispec.render.wording import METHOD_WORDS, WITHOUT_SENTENCES

# What the formula or the data set makes impossible; none is left out because nobody looked.
REASONS = {"rows-shared", "one-a-period"}


@pytest.fixture(scope="module")
def spreads():
    catalog, _ = pack()
    bound = {
        id: Bound({c.name: ColumnFacts(Type(c.checks.type or "string")) for c in d.spec.columns})
        for id, d in catalog.datasets.items()
    }
    request = Request("month", datetime(2026, 6, 1, tzinfo=UTC), date(2026, 6, 1), calendars=catalog.calendars)
    planned = plan(catalog, list(catalog.kpis), bound, request)
    assert planned.unavailable == ()
    return {m.id: m.spread for m in planned.measures if m.id in catalog.kpis}


def test_every_indicator_has_an_interval_or_a_reason_why_it_has_none(spreads):
    catalog, _ = pack()
    assert set(spreads) == set(catalog.kpis)
    for id, spread in spreads.items():
        if isinstance(spread, Spread):
            assert spread.method in METHOD_WORDS, id
        else:
            assert spread.code in REASONS, id
            assert spread.code in WITHOUT_SENTENCES, id


def test_most_have_one(spreads):
    methods = Counter(s.method if isinstance(s, Spread) else "none" for s in spreads.values())
    assert methods["none"] <= 15
    assert set(methods) >= {"wilson", "t", "order_statistics", "garwood", "kaplan_meier", "feldt", "delta", "bootstrap"}


@pytest.mark.parametrize(
    ("kpi", "method"),
    [
        ("nps", "delta"),
        ("nps_weighted", "delta"),
        ("csat_words", "wilson"),
        ("csat_mean", "t"),
        ("first_reply_p90", "order_statistics"),
        ("first_reply_censored", "kaplan_meier"),
        ("complaint_rate_1000", "garwood"),
        ("complaint_cost_growth", "delta"),
        ("repeat_revenue_by_customer", "delta"),
        ("servqual_alpha", "feldt"),
    ],
)
def test_the_interval_is_that_of_the_formula(spreads, kpi, method):
    assert spreads[kpi].method == method
