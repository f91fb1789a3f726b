"""Tests inside specs that are cut: by computed and joined dimensions, and into segments that nothing was given of."""

import pytest

from kpispec.engine.duckdb import DuckDB
from kpispec.project.load import load_specs
from kpispec.project.trials import trials

SPECS = """
dataset: visits
time: day
joins: {who: {dataset: people, on: person}}
columns:
  day: {type: date}
  person: {type: string}
  spent: {type: number}
  channel: {type: string, dimension: true, values: [phone, chat]}
  size: {type: string, dimension: true, expr: case when spent >= 10 then 'large' else 'small' end}
  tier: {type: string, dimension: true, expr: who.tier}
---
dataset: people
columns:
  person: {type: string}
  tier: {type: string}
---
kpi: mean_spent
unit: EUR
direction: higher_is_better
inputs: {spent: visits.spent}
formula: avg(spent)
tests:
  - {by: BY, given: {visits: VISITS, people: [{person: ann, tier: gold}]}, expect: EXPECT}
"""

TWO = "[{spent: 10, person: ann, channel: phone}, {spent: 4, channel: phone}]"


@pytest.mark.parametrize(
    ("by", "expect"),
    [
        ("size", "[{segment: {size: large}, value: 10}, {segment: {size: small}, value: 4}]"),
        ("tier", "[{segment: {tier: gold}, value: 10}, {segment: {tier: null}, value: 4}]"),
        ("channel", "[{segment: {channel: phone}, value: 7}, {segment: {channel: chat}, value: null, n: 0}]"),
        ("channel", "[{segment: {channel: phone}, value: 7}]"),
    ],
)
def test_a_cut_test_finds_its_segments(tmp_path, by, expect):
    assert failures(tmp_path, by, expect) == ()


def test_a_segment_with_rows_is_expected(tmp_path):
    assert failures(tmp_path, "size", "[{segment: {size: small}, value: 4}]") == (
        "size large is there and not expected",
    )


def failures(folder, by, expect):
    path = folder / "specs.yml"
    path.write_text(SPECS.replace("BY", by).replace("VISITS", TWO).replace("EXPECT", expect), encoding="utf-8")
    catalog = load_specs([path]).catalog
    with DuckDB(folder, few_rows=True) as engine:
        return next(t.failures for t in trials(catalog, engine, "UTC") if t.kpi.id == "mean_spent")
