"""How new the data is, and which rows of joins found nobody."""

import pytest

SPELLS = """
dataset: spells
interval: {from: begun, to: ended}
freshness: {max_age: 20 days}
covers: {to: as_of}
columns:
  begun: {type: date}
  noted: {type: date}
  ended: {type: date, optional: true}
---
"""
ROWS = "begun,noted,ended\n2026-01-05,2026-01-05,2026-03-25\n2026-01-10,2026-01-10,2026-09-01\n"
TICKETS = """
dataset: tickets
columns:
  customer: {type: string}
  cost: {type: number}
  size: {type: number, expr: who.size}
joins: {who: {dataset: people, on: customer}}
---
dataset: people
columns: {customer: {type: string}, size: {type: number}}
---
"""


def kpi(inputs, formula="count(*)"):
    return f"kpi: found\ndirection: higher_is_better\ninputs: {inputs}\nformula: {formula}\n"


def status(project, as_of):
    (found,) = project.run("found", at="2026-03", as_of=as_of).readings
    return str(found.status)


@pytest.mark.parametrize("when", ["entered", "left", "at_end", "noted"])
def test_an_end_is_a_sign_of_life(workbench, when):
    project = workbench(SPELLS + kpi(f"{{x: {{dataset: spells, expr: begun, when: {when}}}}}"), {"spells": ROWS})
    assert status(project, "2026-04-10") != "stale"
    assert status(project, "2026-03-20") == "stale"


def test_without_ends_the_beginnings_tell(workbench):
    rows = "begun,noted\n2026-01-05,2026-03-05\n"
    project = workbench(SPELLS + kpi("{x: {dataset: spells, expr: begun, when: noted}}"), {"spells": rows})
    assert status(project, "2026-04-10") == "stale"


@pytest.mark.parametrize(
    ("inputs", "formula"),
    [
        ("{x: {dataset: tickets, expr: who.size}}", "sum(x)"),
        ("{x: {dataset: tickets, expr: cost, where: size > 1}}", "sum(x)"),
        ("{x: {dataset: tickets, expr: cost, where: who.size is null}}", "sum(x)"),
        ("{x: {dataset: tickets, expr: sum(cost), per: who.size}}", "sum(x)"),
        ("{x: {dataset: tickets, expr: sum(who.size), per: customer}}", "sum(x)"),
    ],
)
def test_a_row_without_a_match_is_counted_wherever_the_join_is_read(workbench, inputs, formula):
    data = {"tickets": "customer,cost\np,1\nq,2\nq,3\n,4\n", "people": "customer,size\np,5\n"}
    project = workbench(TICKETS + kpi(inputs, formula), data)
    (found,) = project.run("found", period="all", as_of="2026-06-01").readings
    assert dict(found.rejected)["unmatched"] == 2


def test_other_filters_hold_for_rows_without_a_match(workbench):
    data = {"tickets": "customer,cost\np,1\nq,2\nq,3\n,4\n", "people": "customer,size\np,5\n"}
    inputs = "{x: {dataset: tickets, expr: cost, where: who.size > 1 and cost > 2}}"
    project = workbench(TICKETS + kpi(inputs, "sum(x)"), data)
    (found,) = project.run("found", period="all", as_of="2026-06-01").readings
    assert dict(found.rejected) == {"unmatched": 1}
