"""Rows of intervals whose end cannot be read: nobody knows when they are over, so they are in force at no time."""

import pytest

SPECS = """
dataset: spells
interval: {from: begun, to: ended}
columns:
  customer: {type: string}
  kind: {type: string, dimension: true, values: [a, b]}
  begun: {type: date}
  ended: {type: date, range: [2020-01-01, 2026-12-31], missing: {9999-12-31: open}}
---
"""
ROWS = """
customer,kind,begun,ended
c1,a,2026-01-10,
c2,a,2026-01-11,soon
c3,b,2026-01-12,2019-01-01
c4,b,2026-01-13,9999-12-31
c5,b,,later
c6,a,2026-01-14,2026-01-20
"""
LOST = {"wrong_type": 1, "out_of_range": 1, "no_interval": 1}


def project_of(workbench, inputs, formula="count(x)", specs=SPECS):
    document = f"kpi: found\ndirection: higher_is_better\ninputs: {inputs}\nformula: {formula}\n"
    return workbench(f"{specs}{document}", {"spells": ROWS})


def found(project, **options):
    readings = project.run("found", **{"at": "2026-01", "as_of": "2026-06-01"} | options).readings
    return {tuple(v for _, v in r.segment): (r.value, dict(r.rejected)) for r in readings}


@pytest.mark.parametrize(
    ("word", "month", "value"),
    [
        ("at_start", "2026-02", 2), ("entered", "2026-01", 3), ("left", "2026-01", 1), ("at_end", "2026-01", 2),
        ("in_force", "2026-01", 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("per", ["", ", per: customer"])
def test_a_row_whose_end_is_rejected_is_left_out_and_counted_under_the_cells_reason(workbench, word, month, value, per):
    expr = "count(*)" if per else "begun"
    project = project_of(workbench, f"{{x: {{dataset: spells, expr: {expr}, when: {word}{per}}}}}")
    assert found(project, at=month) == {(): (value, LOST)}
    segments = found(project, at=month, by=["kind"])
    assert (segments[()], [rejected for _, rejected in segments.values()]) == ((value, LOST), [LOST, {}, {}])


def test_over_all_rows_too(workbench):
    project = project_of(workbench, "{x: {dataset: spells, expr: begun, when: at_end}}")
    readings = project.run("found", period="all", as_of="2026-06-01").readings
    assert [(r.value, dict(r.rejected)) for r in readings] == [(2, LOST)]


def test_only_those_that_the_filter_keeps_are_counted_and_each_once(workbench):
    one = "{dataset: spells, expr: customer, when: at_end, where: kind = 'a'}"
    two = "{dataset: spells, expr: days_in_force(), when: in_force, where: kind = 'a'}"
    project = project_of(workbench, f"{{x: {one}, y: {two}}}", "count(x) + 0 * sum(y)")
    assert found(project) == {(): (1, {"wrong_type": 1})}


def test_an_end_that_is_empty_or_declared_to_be_missing_is_no_reject(workbench):
    specs = SPECS.replace("missing:", "not_null: true, missing:")
    project = project_of(workbench, "{x: {dataset: spells, expr: begun, when: at_end}}", specs=specs)
    assert found(project) == {(): (1, LOST | {"missing_value": 1})}


def test_a_computed_end_is_lost_where_what_it_comes_from_is_rejected(workbench):
    specs = SPECS.replace("to: ended", "to: past").replace("open}}", "open}}\n  past: {expr: ended + interval 1 day}")
    project = project_of(workbench, "{x: {dataset: spells, expr: begun, when: at_end}}", specs=specs)
    assert found(project) == {(): (2, LOST)}


def test_a_row_placed_by_another_clock_stays(workbench):
    specs = SPECS.replace("interval:", "time: begun\ninterval:")
    assert found(project_of(workbench, "{x: spells.customer}", specs=specs)) == {(): (5, {"undated": 1})}


def test_a_join_to_intervals_does_not_find_it(workbench):
    specs = f"""
    dataset: calls
    time: at
    joins: {{spell: {{dataset: spells, on: customer}}}}
    columns: {{at: {{type: date}}, customer: {{type: string}}}}
    ---{SPECS.replace(chr(10), chr(10) + "    ")}
    kpi: found
    direction: higher_is_better
    inputs: {{x: {{dataset: calls, expr: spell.kind}}}}
    formula: count(x)
    """
    calls = "at,customer\n2026-01-15,c1\n2026-01-15,c2\n2026-01-15,c3\n2026-01-15,c4\n"
    project = workbench(specs, {"spells": ROWS, "calls": calls})
    assert found(project) == {(): (2, {"unmatched": 2})}
