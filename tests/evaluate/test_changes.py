"""Changes between two periods: the interval of the difference, its test, and many segments at once."""

import pytest

from kpispec.statistics import holm, newcombe, rate_ratio, two_proportions

SPEC = """
dataset: answers
time: at
columns:
  at: {type: date}
  region: {type: string, dimension: true}
  ok: {type: boolean}
  wait: {type: number}
---
dataset: base
time: at
columns:
  at: {type: date}
---
kpi: share
inputs: {ok: answers.ok}
formula: 100 * count_if(ok) / count(ok)
unit: percent
direction: higher_is_better
---
kpi: rate
inputs: {ok: answers.ok, of: base.at}
formula: 1000 * count_if(ok) / count(of)
unit: per 1000 subscribers
direction: lower_is_better
---
kpi: middle
inputs: {wait: answers.wait}
formula: median(wait)
direction: lower_is_better
---
kpi: most
inputs: {wait: answers.wait}
formula: max(wait)
direction: lower_is_better
"""


def answers(*months):
    """(month, region, how many are ok, how many there are)"""
    lines = ["at,region,ok,wait"]
    for month, region, k, n in months:
        lines += [f"{month}-0{1 + i % 9},{region},{str(i < k).lower()},{i}" for i in range(n)]
    return "\n".join(lines) + "\n"


def read(workbench, kpi, data, **options):
    project = workbench(SPEC, data)
    return project.run(kpi, at="2026-03", as_of="2026-04-02", compare=["previous_period"], **options).readings


def change(workbench, kpi, data):
    (found,) = read(workbench, kpi, data)
    return found.change("previous_period")


def test_two_shares_are_compared_by_newcombes_hybrid_score(workbench):
    data = {"answers": answers(("2026-02", "a", 48, 80), ("2026-03", "a", 56, 70)), "base": "at\n2026-03-01\n"}
    found, wanted = change(workbench, "share", data), newcombe(56, 70, 48, 80, 0.95)
    assert (found.method, found.significant, found.better) == ("newcombe", True, True)
    assert found.delta == pytest.approx(20)
    assert (found.interval.low, found.interval.high) == pytest.approx((100 * wanted.low, 100 * wanted.high))
    assert found.p < 0.05


@pytest.mark.parametrize("k", [10, 18, 20, 24, 28, 30, 45])
def test_a_share_differs_where_the_interval_of_the_difference_does_not_hold_zero(workbench, k):
    data = {"answers": answers(("2026-02", "a", 20, 50), ("2026-03", "a", k, 50)), "base": "at\n2026-03-01\n"}
    found = change(workbench, "share", data)
    holds_zero = found.interval.low <= 0 <= found.interval.high
    assert (found.p < 0.05, found.significant) == (not holds_zero, not holds_zero)
    if k != 20:
        assert found.p == pytest.approx(two_proportions(k, 50, 20, 50)[1], abs=0.02)


def test_two_rates_are_compared_given_both_counts(workbench):
    base = "at\n" + "2026-02-01\n" * 121 + "2026-03-01\n" * 124
    data = {"answers": answers(("2026-02", "a", 52, 60), ("2026-03", "a", 37, 60)), "base": base}
    found = change(workbench, "rate", data)
    assert found.method == "conditional"
    assert found.p == pytest.approx(rate_ratio(37, 124, 52, 121, 0.95).p)
    assert found.p == pytest.approx(0.0908, abs=1e-4)
    assert (found.significant, found.better) == (False, True)
    assert found.interval.low < found.delta < found.interval.high


def test_quantiles_are_compared_by_their_intervals(workbench):
    data = {"answers": answers(("2026-02", "a", 1, 40), ("2026-03", "a", 1, 400)), "base": "at\n2026-03-01\n"}
    found = change(workbench, "middle", data)
    assert (found.method, found.delta, found.significant) == ("hybrid", 180.0, True)
    assert found.interval.low > 0


def test_what_has_no_interval_is_not_tested(workbench):
    data = {"answers": answers(("2026-02", "a", 1, 40), ("2026-03", "a", 1, 400)), "base": "at\n2026-03-01\n"}
    found = change(workbench, "most", data)
    assert (found.delta, found.significant, found.p, found.interval, found.method) == (360.0, None, None, None, None)


def test_over_many_segments_a_change_must_be_clearer(workbench):
    regions = "abcdefgh"
    months = [m for r in regions for m in (("2026-02", r, 50, 100), ("2026-03", r, 66 if r == "a" else 50, 100))]
    data = {"answers": answers(*months), "base": "at\n2026-03-01\n"}
    found = {r.segment: r.change("previous_period") for r in read(workbench, "share", data, by=["region"])}
    whole = found.pop(())
    assert whole.p_adjusted is None
    assert [c.p_adjusted for c in found.values()] == pytest.approx(holm([c.p for c in found.values()]))
    alone = found[(("region", "a"),)]
    assert alone.p < 0.05 < alone.p_adjusted
    assert alone.significant is False


OTHERS = {
    "share": (lambda row: 100.0 * row[1], 0),
    "spread": (lambda row: float(row[2]), 1),  # Student's: one less than n below
    "balance": (lambda row: 100.0 * row[1] - 100.0 * (row[2] > 30), 0),
}
MORE = """
kpi: spread
inputs: {wait: answers.wait}
formula: avg(wait)
direction: lower_is_better
---
kpi: balance
inputs: {ok: answers.ok, wait: answers.wait}
formula: 100 * (count_if(ok) - count_if(wait > 30 and ok is not null)) / count(ok)
unit: points
direction: higher_is_better
---
kpi: ratio
inputs: {ok: answers.ok, wait: answers.wait}
formula: sum(wait) / sum(wait + 1)
direction: higher_is_better
"""


@pytest.mark.parametrize("kpi", OTHERS)
def test_a_segment_is_held_against_all_others(workbench, kpi):
    months = [("2026-03", "a", 20, 50), ("2026-03", "b", 40, 60), ("2026-03", "c", 15, 40)]
    data = {"answers": answers(*months), "base": "at\n2026-03-01\n"}
    project = workbench(SPEC + "---" + MORE, data)
    found = {
        r.segment: r for r in project.run(kpi, at="2026-03", as_of="2026-04-02", compare=[], by=["region"]).readings
    }
    value_of, _ = OTHERS[kpi]
    rows = {region: [(region, i < k, i) for i in range(n)] for _, region, k, n in months}
    for region, own in rows.items():
        other = [value_of(r) for name, group in rows.items() if name != region for r in group]
        ours = [value_of(r) for r in own]
        change = found[(("region", region),)].change("others")
        assert change.value == pytest.approx(sum(other) / len(other), rel=1e-9)
        errors = [sum((v - sum(g) / len(g)) ** 2 for v in g) / len(g) ** 2 for g in (ours, other)]
        delta = sum(ours) / len(ours) - sum(other) / len(other)
        assert change.delta == pytest.approx(delta, rel=1e-9)
        assert change.z == pytest.approx(delta / sum(errors) ** 0.5, rel=1e-6)
        assert change.p_adjusted >= change.p


def test_only_means_over_rows_are_held_against_others(workbench):
    months = [("2026-03", "a", 20, 50), ("2026-03", "b", 40, 60)]
    data = {"answers": answers(*months), "base": "at\n2026-03-01\n"}
    project = workbench(SPEC + "---" + MORE, data)
    found = project.run("ratio", "middle", at="2026-03", as_of="2026-04-02", compare=[], by=["region"]).readings
    assert {r.change("others") for r in found} == {None}
