"""What is left out of KPIs over units, or of the whole, and counted by reason."""

import pytest

SPECS = """
dataset: answers
time: at
columns:
  at: {type: timestamp}
  customer: {type: string}
  kind: {type: string, dimension: true, values: [a, b]}
  score: {type: integer, range: [0, 10], missing: {-99: refused}}
---
dataset: calls
time: at
columns:
  at: {type: timestamp}
  customer: {type: string}
  length: {type: number}
---
"""
ANSWERS = """
at,customer,kind,score
2026-01-05,c1,a,3
2026-01-06,c1,a,11
2026-01-07,,a,12
2026-01-08,,b,-99
2026-01-09,c2,b,-99
2026-02-09,c2,b,x
,c2,a,5
,,b,6
"""
CALLS = """
at,customer,length
2026-01-05,c1,long
2026-01-06,,3
,c1,4
"""


def kpi(inputs, formula, more=""):
    return f"{SPECS}kpi: found\ndirection: higher_is_better\ninputs:\n{inputs}\nformula: {formula}\n{more}\n"


def rejected(project, month="2026-01", **options):
    readings = project.run("found", at=month, as_of="2026-06-01", **options).readings
    return {tuple(v for _, v in r.segment): dict(r.rejected) for r in readings}


def test_the_cells_of_units_are_rejected_by_reason_and_rows_without_a_clock_or_key_are_counted(workbench):
    specs = kpi("  mean: {dataset: answers, expr: avg(score), per: customer}", "avg(mean)")
    project = workbench(specs, {"answers": ANSWERS})
    assert rejected(project) == {(): {"out_of_range": 2, "refused": 2, "no_key": 2, "undated": 2}}
    assert rejected(project, "2026-02") == {(): {"wrong_type": 1, "undated": 2}}
    assert rejected(project, by=["kind"]) == {
        (): {"out_of_range": 2, "refused": 2, "no_key": 2, "undated": 2},
        ("a",): {"out_of_range": 2, "no_key": 1},
        ("b",): {"refused": 2, "no_key": 1},
    }


def test_only_rows_that_the_filter_keeps_are_counted(workbench):
    inputs = "  mean: {dataset: answers, expr: avg(score), per: customer, where: kind = 'a'}"
    project = workbench(kpi(inputs, "avg(mean)"), {"answers": ANSWERS})
    assert rejected(project) == {(): {"out_of_range": 2, "no_key": 1, "undated": 1}}


def test_a_row_that_several_inputs_read_is_counted_once(workbench):
    inputs = """
  mean: {dataset: answers, expr: avg(score), per: customer}
  worst: {dataset: answers, expr: min(score), per: customer, where: kind = 'b'}
  all: answers.score"""
    project = workbench(kpi(inputs, "sum(mean - worst) / count(all)"), {"answers": ANSWERS})
    assert rejected(project) == {(): {"out_of_range": 2, "refused": 2, "no_key": 2, "undated": 2}}


def test_units_of_two_data_sets_tell_what_each_leaves_out(workbench):
    inputs = """
  mean: {dataset: answers, expr: avg(score), per: customer}
  length: {dataset: calls, expr: sum(length), per: customer}"""
    project = workbench(kpi(inputs, "sum(mean) / sum(length)"), {"answers": ANSWERS, "calls": CALLS})
    assert rejected(project) == {(): {"out_of_range": 2, "refused": 2, "no_key": 3, "undated": 3, "wrong_type": 1}}


def test_a_window_over_units_counts_what_it_reads(workbench):
    inputs = "  mean: {dataset: answers, expr: avg(score), per: customer, window: 2 periods}"
    project = workbench(kpi(inputs, "avg(mean)"), {"answers": ANSWERS})
    assert rejected(project, "2026-02") == {(): {"out_of_range": 2, "refused": 2, "no_key": 2, "wrong_type": 1}}


def test_unsettled_rows_of_units_are_counted(workbench):
    inputs = "  mean: {dataset: answers, expr: avg(score), per: customer, settles_after: 150 d}"
    project = workbench(kpi(inputs, "avg(mean)"), {"answers": ANSWERS})
    assert rejected(project, "2026-01")[()]["unsettled"] == 5
    assert rejected(project, "2026-01")[()].get("out_of_range") is None


def test_a_bad_cell_of_a_unit_is_an_error_where_the_column_says_so(workbench):
    specs = kpi("  mean: {dataset: answers, expr: avg(score), per: customer}", "avg(mean)")
    specs = specs.replace("range: [0, 10]", "range: [0, 10], invalid: fail")
    (found,) = workbench(specs, {"answers": ANSWERS}).run("found", at="2026-01", as_of="2026-06-01").readings
    assert found.status == "error"


@pytest.mark.parametrize("per", ["", ", per: customer"])
def test_a_declared_code_breaks_no_promise_even_where_a_bad_cell_is_an_error(workbench, per):
    expr = "avg(score)" if per else "score"
    specs = kpi(f"  mean: {{dataset: answers, expr: {expr}{per}, missing: {{3: old}}, invalid: fail}}", "avg(mean)")
    specs = specs.replace("range: [0, 10]", "range: [0, 10], invalid: fail")
    answers = "at,customer,kind,score\n2026-01-05,c1,a,3\n2026-01-06,c2,a,-99\n2026-01-07,c3,a,5\n"
    (found,) = workbench(specs, {"answers": answers}).run("found", at="2026-01", as_of="2026-06-01").readings
    assert (found.value, found.status) == (5, "not_judged")
    assert dict(found.rejected) == {"old": 1, "refused": 1}


def test_what_an_input_of_the_whole_leaves_out_is_told_of_the_whole(workbench):
    inputs = "  part: {dataset: calls, expr: customer}\n  mean: {dataset: answers, expr: score, whole: true}"
    project = workbench(kpi(inputs, "count(part) / avg(mean)"), {"answers": ANSWERS, "calls": CALLS})
    inputs = "  part: {dataset: answers, expr: customer}\n  mean: {dataset: answers, expr: score, whole: true}"
    project = workbench(kpi(inputs, "count(part) / avg(mean)"), {"answers": ANSWERS})
    assert rejected(project, by=["kind"]) == {
        (): {"out_of_range": 2, "refused": 2, "undated": 2},
        ("a",): {"out_of_range": 2, "refused": 2},
        ("b",): {"out_of_range": 2, "refused": 2},
    }


def test_a_cell_read_of_the_segment_and_of_the_whole_is_counted_once(workbench):
    inputs = """
  part: {dataset: answers, expr: score}
  late: {dataset: answers, expr: score, whole: true, where: customer is not null}"""
    project = workbench(kpi(inputs, "sum(part) / sum(late)"), {"answers": ANSWERS})
    assert rejected(project, by=["kind"]) == {
        (): {"out_of_range": 2, "refused": 2, "undated": 2},
        ("a",): {"out_of_range": 2, "refused": 1},
        ("b",): {"out_of_range": 1, "refused": 2},
    }
