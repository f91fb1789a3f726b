"""Rows that count for nothing: without a weight, or with one below zero."""

import pytest

SPECS = """
dataset: answers
time: at
columns:
  at: {type: timestamp}
  kind: {type: string, dimension: true, values: [a, b]}
  score: {type: integer, range: [0, 10]}
  weight: {type: number, range: [null, 100], missing: {-99: unknown}, optional: true}
---
kpi: found
unit: number
direction: higher_is_better
weight: weight
inputs: {score: answers.score}
formula: avg(score)
"""
ANSWERS = """
at,kind,score,weight
2026-01-05,a,4,1
2026-01-06,a,8,3
2026-01-07,a,9,
2026-01-08,b,1,-2
2026-01-09,b,2,0
2026-01-10,b,3,heavy
2026-01-11,b,3,-99
2026-01-12,b,11,1000
,a,5,
"""


def found(project, **options):
    readings = project.run("found", at="2026-01", as_of="2026-06-01", **options).readings
    return {tuple(v for _, v in r.segment): r for r in readings}


def test_a_row_without_a_weight_or_with_one_below_zero_is_left_out_and_counted_once(workbench):
    readings = found(workbench(SPECS, {"answers": ANSWERS}), by=["kind"])
    whole = readings[()]
    assert (whole.value, whole.n) == (7, 3)  # a weight of zero is one: n stays a count
    assert dict(whole.rejected) == {"no_weight": 5, "undated": 1, "out_of_range": 1}
    assert dict(readings["a",].rejected) == {"no_weight": 1}
    assert dict(readings["b",].rejected) == {"no_weight": 4, "out_of_range": 1}


def test_a_median_and_a_count_do_not_see_a_weight_below_zero(workbench):
    for formula, value in (("median(score)", 8), ("count(score)", 4), ("sum(score)", 28)):
        assert found(workbench(SPECS.replace("avg(score)", formula), {"answers": ANSWERS}))[()].value == value


def test_a_row_that_is_not_yet_settled_is_counted_as_that_whatever_its_weight(workbench):
    specs = SPECS.replace("{score: answers.score}", "{score: {dataset: answers, expr: score, settles_after: 143 d}}")
    reading = found(workbench(specs, {"answers": ANSWERS}))[()]
    assert dict(reading.rejected) == {"no_weight": 2, "unsettled": 3, "undated": 1}


def test_only_rows_that_the_filter_keeps_are_missed(workbench):
    specs = f"{SPECS}where: weight >= 0\n"
    assert dict(found(workbench(specs, {"answers": ANSWERS}))[()].rejected) == {}


@pytest.mark.parametrize(("cell", "status"), [("-99", "not_judged"), ("heavy", "error"), ("1000", "error")])
def test_a_bad_weight_is_an_error_where_the_column_says_so(workbench, cell, status):
    specs = SPECS.replace("optional: true", "invalid: fail")
    rows = f"at,kind,score,weight\n2026-01-05,a,4,1\n2026-01-06,a,8,{cell}\n"
    assert found(workbench(specs, {"answers": rows}))[()].status == status
