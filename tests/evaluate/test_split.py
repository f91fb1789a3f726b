"""The change of a ratio split into mix and rate: worked out by hand, refused with a reason, and always adding up."""

from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.evaluate.apportion import apportioned, as_doubles
from kpispec.evaluate.split import Sums, components

DATASET = """
dataset: answers
time: at
columns:
  at: {type: date}
  channel: {type: string, dimension: true}
  region: {type: string, dimension: true}
  customer: {type: string}
  score: {type: number}
  w: {type: number}
---
dataset: bills
time: at
columns:
  at: {type: date}
  channel: {type: string, dimension: true}
  amount: {type: number}
---
"""
KPI = "kpi: it\ndirection: higher_is_better\n"
SHARE = KPI + "unit: percent\ninputs: {x: answers.score}\nformula: 100 * count_if(x >= 1) / count(x)\n"
MEAN = KPI + "inputs: {x: answers.score}\nformula: avg(x)\n"
TWO = "2026-01-05,chat,n,c1,1,1\n2026-01-06,phone,s,c2,0,2\n2026-02-05,chat,n,c1,1,3\n2026-02-06,phone,s,c2,1,4\n"


def answers(text):
    return "at,channel,region,customer,score,w\n" + text


def counts(*lines):
    """Rows of a channel in a month, as many as said, so many of them good."""
    rows = ""
    for month, channel, n, good in lines:
        rows += f"2026-{month:02}-05,{channel},,c,1,1\n" * good + f"2026-{month:02}-05,{channel},,c,0,1\n" * (n - good)
    return answers(rows)


def split_of(
    workbench, body, data, by="channel", at="2026-02", as_of="2026-04-05", bills="at,channel,amount\n", **more
):
    project = workbench(DATASET + body, {"answers": data, "bills": bills})
    report = project.run("it", at=at, as_of=as_of, by=[by], explain_change=True, **more).report
    (split,) = report.kpi("it").splits
    return split


def parts_of(split):
    return {part.segment[0][1]: part for part in split.parts}


# worked out by hand -------------------------------------------------------------------------------------------------

SIMPSON = counts((1, "chat", 80, 72), (1, "phone", 20, 10), (2, "chat", 20, 19), (2, "phone", 80, 48))


def test_every_segment_is_better_and_the_whole_is_worse(workbench):
    """From 82 to 67 %: chat from 90 to 95 and phone from 50 to 60, but four contacts in five are now by phone.

    Their mean is 74.5. Chat: rate (0.8 + 0.2) / 2 * 5 = 2.5, mix -0.6 * (92.5 - 74.5) = -10.8. Phone: rate
    0.5 * 10 = 5, mix 0.6 * (55 - 74.5) = -11.7.
    """
    split = split_of(workbench, SHARE, SIMPSON)
    assert (split.value_before, split.value_after, split.delta) == (82, 67, -15)
    assert (split.mix_effect, split.rate_effect) == (pytest.approx(-22.5), pytest.approx(7.5))
    chat, phone = parts_of(split)["chat"], parts_of(split)["phone"]
    assert [p.segment[0][1] for p in split.parts] == ["chat", "phone"]
    assert (chat.weight_before, chat.weight_after, chat.rate_before, chat.rate_after) == (0.8, 0.2, 90, 95)
    assert (phone.weight_before, phone.weight_after, phone.rate_before, phone.rate_after) == (0.2, 0.8, 50, 60)
    assert (chat.mix_effect, chat.rate_effect) == (pytest.approx(-10.8), pytest.approx(2.5))
    assert (phone.mix_effect, phone.rate_effect) == (pytest.approx(-11.7), pytest.approx(5))


def test_a_segment_that_comes_or_goes_is_mix(workbench):
    """From 60 to 70 %, mean 65: fax goes with 0 - 0.5 * 20 + 0.5 * 65 = 22.5, app comes with 0.5 * (50 - 65) = -7.5."""
    data = counts((1, "chat", 50, 50), (1, "fax", 50, 10), (2, "chat", 50, 45), (2, "app", 50, 25))
    found = parts_of(split_of(workbench, SHARE, data))
    assert {name: (pytest.approx(p.mix_effect), pytest.approx(p.rate_effect)) for name, p in found.items()} == {
        "fax": (22.5, 0), "app": (-7.5, 0), "chat": (0, -5),
    }  # fmt: skip
    assert (found["fax"].weight_after, found["fax"].rate_after, found["app"].rate_before) == (0, None, None)


def test_what_has_no_weight_still_counts_above(workbench):
    """Answers of a channel that has no bills: its weight is 0, it has no rate, and all that it brings is mix."""
    body = KPI + "inputs: {x: answers.score, y: bills.amount}\nformula: count(x) / sum(y)\n"
    bills = "at,channel,amount\n2026-01-05,chat,4\n2026-02-05,chat,4\n"
    data = counts((1, "chat", 2, 0), (2, "chat", 2, 0), (2, "phone", 1, 0))
    split = split_of(workbench, body, data, bills=bills)
    phone, chat = parts_of(split)["phone"], parts_of(split)["chat"]
    assert (split.delta, phone.mix_effect, phone.rate_effect, phone.weight_after) == (0.25, 0.25, 0, 0)
    assert (phone.rate_after, chat.total) == (None, 0)


def test_no_segment_is_one_too_and_empty_ones_are_left_out(workbench):
    data = answers(TWO + "2026-02-07,,s,c3,0,1\n2025-02-07,fax,s,c3,0,1\n")
    assert set(parts_of(split_of(workbench, SHARE, data))) == {"chat", "phone", None}


def test_a_constant_beside_the_ratio_changes_nothing(workbench):
    first = split_of(workbench, SHARE, SIMPSON)
    upside_down = SHARE.replace("100 * count_if(x >= 1) / count(x)", "100 - 100 * count_if(x < 1) / count(x)")
    other = split_of(workbench, upside_down, SIMPSON)
    assert [(p.segment, p.rate_before, p.rate_after) for p in other.parts] == [
        (p.segment, p.rate_before, p.rate_after) for p in first.parts
    ]
    assert [p.total for p in other.parts] == pytest.approx([p.total for p in first.parts])


@pytest.mark.parametrize(
    "formula",
    [
        "avg(x)", "sum(x) / count(x)", "coalesce(sum(x), 0) / count(x)", "2 * sum(x) / (count(x) + count(x))",
        "avg(x) / 2 + avg(x) / 2", "-(0 - sum(x)) / count(x)", "sum_if(x, true) / count_if(x is not null)",
        "1 / (count(x) / sum(x))", "(sum(x) / count(x)) / (count(x) / count(x))",
    ],
)  # fmt: skip
def test_one_ratio_is_split_alike_however_it_is_written(workbench, formula):
    plain, written = (split_of(workbench, MEAN.replace("avg(x)", f), SIMPSON) for f in ("avg(x)", formula))
    assert written.reason is None
    assert [(p.segment, p.total) for p in written.parts] == [(p.segment, pytest.approx(p.total)) for p in plain.parts]


def test_a_ratio_of_two_kpis_is_split_as_one_formula_would(workbench):
    two = (
        "kpi: good\nunit: count\nperiod: month\ninputs: {x: answers.score}\nformula: count_if(x >= 1)\n---\n"
        "kpi: asked\nunit: count\nperiod: month\ninputs: {x: answers.score}\nformula: count(x)\n---\n"
        "kpi: it\nunit: percent\ndirection: higher_is_better\ninputs: {a: {kpi: good}, b: {kpi: asked}}\n"
        "formula: 100 * a / b\n"
    )
    assert split_of(workbench, two, SIMPSON).parts == split_of(workbench, SHARE, SIMPSON).parts


def test_weights_of_rows_weigh_segments(workbench):
    split = split_of(workbench, MEAN + "weight: w\n", answers(TWO))
    chat, phone = parts_of(split)["chat"], parts_of(split)["phone"]
    assert (chat.weight_before, chat.weight_after) == (pytest.approx(1 / 3), pytest.approx(3 / 7))
    assert (phone.rate_before, phone.rate_after) == (0, 1)


def test_a_duration_is_split_in_its_unit(workbench):
    body = KPI.replace("higher", "lower") + (
        'unit: min\ninputs: {x: {dataset: answers, expr: "case when score = 1 then 1 h else 0 s end"}}\n'
        "formula: avg(x)\n"
    )
    split = split_of(workbench, body, SIMPSON)
    assert split.delta == pytest.approx(-9)
    assert parts_of(split)["chat"].rate_before == pytest.approx(54)


GROWTH = (
    "kpi: mean\ninputs: {x: answers.score}\nformula: avg(x)\ndirection: higher_is_better\n---\n"
    + KPI
    + "inputs: {now: {kpi: mean}, before: {kpi: mean, offset: -1 period}}\nformula: now - before\n"
)
OF_THE_WHOLE = KPI + (
    "inputs: {x: answers.score, all: {dataset: answers, expr: score, whole: true}}\nformula: count(x) / count(all)\n"
)

# refused ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "values"),
    [
        (MEAN.replace("avg(x)", "median(x)"), "split-function", {"function": "quantile_cont"}),
        (MEAN.replace("avg(x)", "stddev_pop(x)"), "split-function", {"function": "variance"}),
        (MEAN.replace("avg(x)", "count(distinct x) / count(x)"), "split-function", {"function": "count(distinct)"}),
        (MEAN.replace("avg(x)", "max(x)"), "split-function", {"function": "max"}),
        (MEAN.replace("avg(x)", "sum(x)") + "period: month\n", "split-sum", {}),
        (MEAN.replace("avg(x)", "avg(x) * avg(x)"), "split-shape", {}),
        (MEAN.replace("avg(x)", "(sum(x) + 1) / count(x)"), "split-shape", {}),
        (MEAN.replace("avg(x)", "round(avg(x))"), "split-shape", {}),
        (GROWTH, "split-earlier", {}),
        (OF_THE_WHOLE, "split-whole", {"dimension": "channel"}),
        (
            KPI + "inputs: {x: {dataset: answers, expr: max(score), per: customer}}\nformula: avg(x)\n",
            "split-overlap",
            {},
        ),
        (MEAN + "suppress_below: 3\n", "split-hidden", {}),
    ],
)  # fmt: skip
def test_what_is_no_ratio_of_sums_says_why(workbench, body, code, values):
    data = TWO + "2026-01-07,phone,s,c1,1,1\n2026-02-07,phone,s,c1,1,1\n2026-02-07,phone,s,c4,1,1\n"
    split = split_of(workbench, body, answers(data))
    assert (split.reason.code, dict(split.reason.values)) == (code, values)
    assert (split.parts, split.delta, split.mix_effect, split.rate_effect) == ((), None, None, None)


def test_units_that_are_in_one_segment_each_are_split(workbench):
    body = KPI + "inputs: {x: {dataset: answers, expr: max(score), per: customer}}\nformula: avg(x)\n"
    split = split_of(workbench, body, answers(TWO))
    assert (split.reason, split.delta, parts_of(split)["phone"].rate_effect) == (None, 0.5, 0.5)


def test_a_weight_below_zero_is_refused(workbench):
    body = KPI + "inputs: {x: answers.score, y: answers.w}\nformula: sum(x) / sum(y)\n"
    data = answers("2026-01-05,chat,n,c,1,5\n2026-01-05,phone,n,c,1,-2\n2026-02-05,chat,n,c,1,5\n")
    split = split_of(workbench, body, data)
    assert (split.reason.code, split.reason.get("segment")) == ("split-negative", "channel = phone")


@pytest.mark.parametrize(
    ("at", "as_of", "code"), [("2026-01", "2026-04-05", "split-no-value"), ("2026-02", "2026-02-15", "running")]
)
def test_without_two_whole_periods_there_is_no_split(workbench, at, as_of, code):
    assert split_of(workbench, SHARE, answers(TWO), at=at, as_of=as_of).reason.code == code


def test_a_dimension_that_the_data_lacks_is_named(workbench):
    body = KPI + "inputs: {y: bills.amount}\nformula: avg(y)\n"
    bills = "at,channel,amount\n2026-01-05,chat,4\n2026-02-05,chat,4\n"
    split = split_of(workbench, body, answers(TWO), by="region", bills=bills)
    assert (split.reason.code, split.reason.get("dimension")) == ("dimension-missing", "region")


def test_crossed_segments_and_several_comparisons(workbench):
    data = answers(TWO + "2025-02-05,chat,n,c1,0,3\n")
    project = workbench(DATASET + SHARE, {"answers": data, "bills": "at,channel,amount\n"})
    both = ["same_period_last_year", "previous_period"]
    found = project.run(
        "it", at="2026-02", as_of="2026-04-05", by=["channel,region"], compare=both, explain_change=True
    ).report.kpi("it").splits  # fmt: skip
    assert [(s.compare, s.by, s.delta) for s in found] == [
        ("same_period_last_year", ("channel", "region"), 100),
        ("previous_period", ("channel", "region"), 50),
    ]
    assert project.run("it", at="2026-02", as_of="2026-04-05", by=["channel"]).report.kpi("it").splits == ()


# adding up ----------------------------------------------------------------------------------------------------------

numbers = st.fractions(-1000, 1000, max_denominator=997)


@given(st.lists(numbers, min_size=1, max_size=9), st.integers(-3, 3))
def test_parts_are_rounded_to_add_up(parts, off):
    total = round(sum(parts)) + off
    found = apportioned(parts, total)
    assert sum(found) == total
    if off == 0:
        assert all(abs(f - p) < 1 for f, p in zip(found, parts, strict=True))
        assert all(f == p for f, p in zip(found, parts, strict=True) if p.denominator == 1)


def test_nothing_is_apportioned_to_nobody():
    assert apportioned([], 0) == []


wild = st.one_of(numbers, st.floats(-1e9, 1e9).map(Fraction), st.floats(-1e-9, 1e-9).map(Fraction))


@given(st.lists(st.tuples(wild, wild), min_size=1, max_size=9), st.floats(-1e-3, 1e-3))
def test_doubles_add_up_in_any_order_and_grouping(pairs, noise):
    total = float(f"{float(sum(a + b for a, b in pairs)) * (1 + noise * 1e-9):.12g}")
    found, delta = as_doubles(pairs, total)
    most = max(abs(x) for x in (*(x for p in pairs for x in p), Fraction(total)))
    assert abs(Fraction(delta) - Fraction(total)) <= most * len(pairs) / 2**50
    assert fsum(x for pair in found for x in pair) == delta
    assert fsum(a + b for a, b in found) == delta
    assert fsum(a for a, _ in found) + fsum(b for _, b in found) == delta
    assert all(Fraction(a) + Fraction(b) == Fraction(a + b) for a, b in found)


def test_a_total_as_great_as_its_parts_is_kept_as_it_is():
    found, delta = as_doubles([(Fraction(1, 3), Fraction(1, 3)), (Fraction(1, 3), Fraction(1, 5))], 1.2)
    assert delta == 1.2
    assert fsum(x for pair in found for x in pair) == 1.2


amounts = st.fractions(0, 100, max_denominator=60)
sums = st.builds(Sums, numbers, amounts, numbers, amounts)


@given(st.lists(sums, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_components_add_up_whatever_the_order(segments, random):
    before, after = sum(s.bottom_before for s in segments), sum(s.bottom_after for s in segments)
    if not before or not after:
        return
    found = components(segments)
    change = sum(s.top_after for s in segments) / after - sum(s.top_before for s in segments) / before
    assert sum(c.mix + c.rate for c in found) == change
    assert sum(c.weight_before for c in found) == sum(c.weight_after for c in found) == 1
    order = list(range(len(segments)))
    random.shuffle(order)
    assert components([segments[i] for i in order]) == [found[i] for i in order]


@given(st.lists(sums, min_size=1, max_size=6), st.fractions(1, 9))
def test_more_of_the_same_changes_nothing(segments, times):
    if not sum(s.bottom_before for s in segments) or not sum(s.bottom_after for s in segments):
        return
    assert components([Sums(*(times * x for x in s.all)) for s in segments]) == components(segments)
