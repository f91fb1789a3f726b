"""The split of a change as it is printed: what is written adds up to what is written."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpispec.evaluate.apportion import as_doubles
from kpispec.evaluate.report import ChangeSplit, Reason, SplitPart, Status
from kpispec.render.format import Figures
from kpispec.render.html import render_html
from kpispec.render.machine import flat_rows, rows, to_markdown
from kpispec.render.splits import split_table
from kpispec.render.text import render_table
from kpispec.render.wording import words

from .fixtures import report

UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}


def parsed(text):
    """The number that a difference says, durations in seconds."""
    sign = -1 if text.startswith("\u2212") else 1
    pieces = re.findall(r"([0-9][0-9,.]*)\u00a0?(d|h|min|s)?(?![a-z])", text)
    assert pieces, text
    return sign * sum(Fraction(n.replace(",", "")) * UNITS.get(unit, 1) for n, unit in pieces)


def split_with(pairs, delta, names=("phone", "email", "chat", "social"), dimension="channel", **more):
    doubles, change = as_doubles([(Fraction(a), Fraction(b)) for a, b in pairs], delta)
    n = len(pairs)
    parts = tuple(
        SplitPart(((dimension, names[i]),), 1 / n, 1 / n, 1.0, 1.0, mix, rate) for i, (mix, rate) in enumerate(doubles)
    )
    base = ChangeSplit("previous_period", (dimension,), None, report().kpi("csat").headline.period, 1.0, 1.0 + delta)
    return replace(base, delta=change, parts=parts, **more)


def with_splits(kpi, *splits):
    whole = report()
    return replace(whole, kpis=tuple(replace(k, splits=splits) if k.spec.id == kpi else k for k in whole.kpis))


effects = st.floats(-5000, 5000) | st.floats(-2, 2) | st.just(0.0)


@settings(max_examples=60)
@given(st.sampled_from(["csat", "nps", "ces", "handle_time", "complaint_cost", "complaint_rate"]),
       st.lists(st.tuples(effects, effects), min_size=1, max_size=4))  # fmt: skip
def test_printed_parts_add_up_to_the_printed_change(kpi, pairs):
    delta = float(f"{sum(a + b for a, b in pairs):.12g}")
    split = split_with(pairs, delta)
    whole = with_splits(kpi, split)
    table = split_table(split, whole.kpi(kpi), whole, words("en"))
    for line in (*table.lines, table.total):
        assert parsed(line.mix) + parsed(line.rate) == parsed(line.total)
    for column in ("mix", "rate", "total"):
        assert sum(parsed(getattr(line, column)) for line in table.lines) == parsed(getattr(table.total, column))
    assert sum(parsed(line.weight_after) for line in table.lines) == 100


@pytest.mark.parametrize(
    ("unit", "decimals", "delta"),
    [
        ("percent", 1, 1.25), ("percent", 1, -0.04), ("points", None, -3.449), ("EUR", None, 12345.678), ("s", 0, 40.0),
        ("s", None, 3.14), ("s", None, 8000.0), ("h", None, 30.26), ("min", 0, -0.7), ("number", None, 0.333),
        ("per 1000 calls", None, 2.005), ("count", None, 3.0), ("score 1..5", None, -0.125), ("d", 0, 12.3),
    ],
)  # fmt: skip
def test_the_printed_change_of_a_split_is_that_of_the_table_above(unit, decimals, delta):
    figures = Figures(unit, "en", decimals)
    step = figures.step(delta)
    steps = int(abs(Fraction(f"{delta:.12g}")) / step + Fraction(1, 2)) * (1 if delta > 0 else -1)
    assert figures.stepped(steps, step) == figures.delta(delta)


def test_the_rest_of_many_segments_is_one_line():
    names = tuple(f"s{i}" for i in range(20))
    split = split_with([(0.0, float(20 - i)) for i in range(20)], 210.0, names)
    whole = with_splits("csat", split)
    table = split_table(split, whole.kpi("csat"), whole, words("en"), most=12)
    assert [line.name for line in table.lines][10:] == ["s10", "9 other segments"]
    assert (table.lines[-1].rate, table.lines[-1].value_after, table.total.total) == (
        "+45.0\u00a0pp",
        "–",
        "+210.0\u00a0pp",
    )


def test_a_split_in_every_format():
    split = split_with([(1.0, 2.0), (0.5, -0.25)], 3.25)
    none = replace(split, compare="same_period_last_year", delta=None, parts=(),
                   reason=Reason(Status.NOT_AVAILABLE, "split-hidden"))  # fmt: skip
    whole = with_splits("csat", split, none)
    found = next(r for r in rows(whole) if r["kpi"] == "csat" and r["explained_change"])
    first, second = found["explained_change"]
    assert (first["delta"], first["mix_effect"], first["rate_effect"], first["reason"]) == (3.25, 1.5, 1.75, None)
    assert first["segments"][0] == {
        "segment": {"channel": "phone"}, "weight_before": 0.5, "weight_after": 0.5, "rate_before": 1.0,
        "rate_after": 1.0, "mix_effect": 1.0, "rate_effect": 2.0, "total": 3.0,
    }  # fmt: skip
    assert (second["delta"], second["segments"], second["reason"]) == (
        None, [], "No split into mix and rate: figures of a few would be told."
    )  # fmt: skip
    flat = [r for r in flat_rows(whole) if r["kpi"] == "csat" and r["period.start"] == "2026-08-01"]
    key = "explained_change.previous_period."
    assert {r["segment.channel"]: r[key + "total"] for r in flat if r[key + "total"] is not None} == {
        None: 3.25, "phone": 3.0, "email": 0.25,
    }  # fmt: skip
    assert "| Phone | 50.0% | 50.0% | 1.0% | 1.0% | +1.0\u00a0pp | +2.0\u00a0pp | +3.0\u00a0pp |" in to_markdown(whole)
    table = render_table(whole, language="fr", width=200)
    assert "Pas de décomposition" in table
    assert re.search(r"Ensemble .* \+1,5\u00a0pt +\+1,8\u00a0pt +\+3,3\u00a0pt", table)


def test_the_drawer_shows_why_a_value_changed():
    split = split_with([(1.0, 2.0), (0.5, -0.25)], 3.25)
    page = render_html(with_splits("csat", split), language="en")
    (block,) = re.findall(r'<div class="c4">.*?</table>', page, re.DOTALL)
    assert "Why it changed" in block
    assert '<th scope="row">Phone</th><td>+3.0\u00a0pp</td>' in block
    assert '<path class="mv" d="M1 4h158v8h-158v4h-1V0h1z"/>' in block
    assert "style=" not in block
    french = render_html(with_splits("csat", split), language="fr")
    assert "Pourquoi cet écart" in french
    assert "Why it changed" not in french
    assert "Why it changed" not in render_html(report(), language="en")


def test_a_change_without_a_split_says_why_in_the_drawer():
    reason = Reason(Status.NOT_AVAILABLE, "split-function", (("function", "quantile_cont"),))
    split = replace(split_with([(1.0, 2.0)], 3.0), delta=None, parts=(), reason=reason)
    page = render_html(with_splits("csat", split, replace(split, by=("region",))), language="en")
    assert page.count("`quantile_cont` of the whole does not follow from its segments.") == 1
    stale = render_html(with_splits("engagement", split), language="en")
    assert "does not follow" not in stale
