"""Small cases at the edges of joins, intervals, units and windows, each worked out by hand."""

from datetime import date

import kpispec

PLANS = """---
dataset: plans
interval: {from: begun, to: ended}
columns:
  customer: {type: string}
  begun: {type: date}
  ended: {type: date}
  tier: {type: string}
"""
TIERS = "customer,begun,ended,tier\np,2026-01-01,2026-02-01,silver\np,2026-02-01,,gold\n"


def kpi(id, inputs, formula):
    return f"---\nkpi: {id}\ndirection: higher_is_better\ninputs:\n  x: {inputs}\nformula: {formula}\n"


def values(project, *ids, **asked):
    found = project.run(*ids, compare=(), **{"as_of": "2026-03-01", "period": "month", **asked})
    assert not found.outcome.failed
    return {(r.kpi, str(r.period.start)[:7]): r.value for r in found.readings}


def test_a_moment_named_by_at_is_local_to_days_whatever_the_clock_is(workbench):
    """Half past midnight on 1 February in Paris is January in UTC."""
    specs = """dataset: bills
time: day
columns:
  day: {type: date}
  paid: {type: timestamp}
  customer: {type: string}
joins:
  plan: {dataset: plans, on: customer, at: paid}
"""
    specs += PLANS + kpi("golden", "{dataset: bills, expr: plan.tier = 'gold'}", "count_if(x)")
    bills = "day,paid,customer\n2026-01-05,2026-02-01 00:30:00,p\n2026-01-05,2026-01-31 23:30:00,p\n"
    project = workbench(specs, {"bills": bills, "plans": TIERS}, "timezone: Europe/Paris")
    assert values(project, "golden") == {("golden", "2026-01"): 1}


def test_days_of_a_joined_data_set_are_seen_up_to_the_day_of_as_of(workbench):
    specs = """dataset: bills
time: paid
columns:
  paid: {type: timestamp}
  customer: {type: string}
joins:
  plan: {dataset: plans, on: customer}
"""
    specs += PLANS + kpi("golden", "{dataset: bills, expr: plan.tier = 'gold'}", "count_if(x)")
    project = workbench(specs, {"bills": "paid,customer\n2026-02-01 08:00:00,p\n", "plans": TIERS})
    assert values(project, "golden", as_of="2026-02-01 12:00:00") == {("golden", "2026-02"): 1}


def test_a_join_to_intervals_needs_a_moment(workbench):
    specs = "dataset: people\ncolumns: {customer: {type: string}}\njoins:\n  plan: {dataset: plans, on: customer}\n"
    folder = workbench.write(specs + PLANS, {"people": "customer\np\n", "plans": TIERS})
    found = [f for f in kpispec.load(folder).findings if f.severity == "error"]
    assert [(f.rule, f.subject) for f in found] == [("missing-when", "dataset.people.joins.plan")]
    assert "`at:`" in found[0].help


def test_with_a_clock_of_its_own_an_interval_is_still_placed_by_its_ends(workbench):
    """Of three rows, one lasts, one was entered late and is over, and one ends before it begins."""
    words = ("at_start", "entered", "left", "at_end", "in_force")
    specs = """dataset: spells
time: noted
interval: {from: begun, to: ended}
columns:
  noted: {type: date}
  begun: {type: date}
  ended: {type: date}
"""
    specs += "".join(kpi(f"is_{w}", f"{{dataset: spells, expr: begun, when: {w}}}", "count(*)") for w in words)
    rows = "2026-01-01,2026-01-10,\n2026-01-20,2026-01-10,2026-01-15\n2026-01-01,2026-02-10,2026-01-15\n"
    project = workbench(specs, {"spells": "noted,begun,ended\n" + rows})
    found = values(project, *(f"is_{w}" for w in words))
    assert [found[f"is_{w}", "2026-01"] for w in words] == [0, 2, 1, 1, 2]
    assert [found[f"is_{w}", "2026-02"] for w in words] == [1, 0, 0, 1, 1]
    whole = values(project, *(f"is_{w}" for w in words), period="all")
    assert [whole[f"is_{w}", "None"] for w in words] == [0, 2, 1, 1, 2]


def test_a_day_to_come_covers_nothing(workbench):
    specs = "dataset: tasks\ntime: day\ncolumns:\n  day: {type: date}\n  due: {type: date}\n"
    specs += kpi("due", "{dataset: tasks, expr: day, when: due}", "count(*)")
    project = workbench(specs, {"tasks": "day,due\n2026-01-05,2026-01-07\n2026-01-05,2026-08-07\n"})
    assert values(project, "due") == {("due", "2026-01"): 1}


def test_units_of_two_data_sets_need_rows_of_both(workbench):
    one = "dataset: {}\ntime: day\ncolumns:\n  day: {{type: date}}\n  customer: {{type: string}}\n"
    inputs = "{dataset: calls, expr: count(*), per: customer}\n  y: {dataset: orders, expr: count(*), per: customer}"
    specs = one.format("calls") + "---\n" + one.format("orders")
    specs += kpi("bought", inputs, "100 * count_if(x > 0 and y > 0) / count_if(x > 0)")
    project = workbench(specs, {"calls": "day,customer\n2026-01-05,p\n", "orders": "day,customer\n"})
    assert values(project, "bought", period="all") == {("bought", "None"): None}
    assert set(values(project, "bought", first=date(2026, 1, 1)).values()) == {None}


def test_windows_of_the_one_period_over_all_rows_end_at_as_of(workbench):
    lengths = {"1 month": 2, "10 days": 1, "year_to_date": 3, "all": 5, "2 periods": 5}
    specs = "dataset: calls\ntime: at\ncolumns: {at: {type: timestamp}}\n" + kpi("calls_made", "calls.at", "count(*)")
    for number, words in enumerate(lengths):
        specs += kpi(f"rows_{number}", f"{{dataset: calls, expr: at, window: {words}}}", "count(*)")
        specs += kpi(f"kpi_{number}", f"{{kpi: calls_made, window: {words}}}", "x")
    rows = '2026-02-28 12:00:00\n2026-02-01 00:00:00\n2026-01-31 23:00:00\n2025-12-31 23:00:00\n""\n'
    project = workbench(specs, {"calls": "at\n" + rows})
    ids = [f"{kind}_{n}" for kind in ("rows", "kpi") for n in range(len(lengths))]
    found = values(project, *ids, period="all")
    assert list(found.values()) == [*lengths.values(), *lengths.values()]
    # Nothing to read at all is no traceback.
    nothing = workbench(specs, {"calls": "at\n"})
    assert set(values(nothing, *ids, period="all").values()) == {None}


SOLVED = """dataset: requests
time: opened
interval: {from: opened, to: solved}
columns:
  opened: {type: timestamp}
  solved: {type: timestamp}
  customer: {type: string}
  state: {expr: "if(solved is null, 'open', 'closed')"}
"""
OPENED = (
    "opened,solved,customer\n2026-01-01 00:00:00,2026-01-02 00:00:00,p\n2026-01-02 00:00:00,2026-02-05 00:00:00,q\n"
)


def test_an_end_to_come_is_not_known_to_anything_that_reads_it(workbench):
    """Solved on 5 February, a request is open as of the first: to values, filters, computed columns, units, joins."""
    specs = (
        SOLVED
        + kpi("values", "{dataset: requests, expr: solved is null}", "count_if(x)")
        + kpi("filters", "{dataset: requests, expr: opened, where: solved is null}", "count(x)")
        + kpi("columns", "{dataset: requests, expr: state = 'open'}", "count_if(x)")
        + kpi("units", "{dataset: requests, expr: bool_and(solved is null), per: customer}", "count_if(x)")
        + kpi("joins", "{dataset: calls, expr: request.solved is null}", "count_if(x)")
        + "---\ndataset: calls\ntime: day\ncolumns: {day: {type: date}, customer: {type: string}}\n"
        + "joins: {request: {dataset: requests, on: customer}}\n"
    )
    data = {"requests": OPENED, "calls": "day,customer\n2026-01-02,q\n"}
    ids = ("values", "filters", "columns", "units", "joins")
    project = workbench(specs, data)
    found = values(project, *ids, as_of="2026-02-01", at="2026-01", period=None)
    assert found == {(id, "2026-01"): 1 for id in ids}
    found = values(project, *ids, as_of="2026-02-06", at="2026-01", period=None)
    assert found == {(id, "2026-01"): 0 for id in ids}
    own = workbench(specs.replace("interval:", "where: solved is null\ninterval:", 1), data)
    assert values(own, "values", as_of="2026-02-01", at="2026-01", period=None) == {("values", "2026-01"): 1}


def test_an_interval_may_be_computed(workbench):
    """Of two rows, the first is over on 1 February; the other is known to end from the 11th on."""
    words = {"at_start": 2, "entered": 0, "left": 1, "at_end": 1, "in_force": 2}
    specs = """dataset: spells
interval: {from: begun, to: ended}
columns:
  first: {type: date}
  last: {type: date}
  customer: {type: string}
  begun: {expr: first}
  ended: {expr: last + interval 1 day}
  noted: {expr: first + interval 1 day}
"""
    specs += "".join(kpi(f"is_{w}", f"{{dataset: spells, expr: first, when: {w}}}", "count(*)") for w in words)
    specs += kpi("seen", "{dataset: spells, expr: first, when: noted}", "count(*)")
    specs += kpi("called", "{dataset: calls, expr: spell.last}", "count(x)")
    specs += "---\ndataset: calls\ntime: day\ncolumns: {day: {type: date}, customer: {type: string}}\n"
    specs += "joins: {spell: {dataset: spells, on: customer}}\n"
    rows = "first,last,customer\n2026-01-01,2026-01-31,p\n2026-01-05,2026-02-10,q\n"
    project = workbench(specs, {"spells": rows, "calls": "day,customer\n2026-01-31,p\n2026-02-01,p\n"})
    ids = tuple(f"is_{w}" for w in words)
    assert list(values(project, *ids, as_of="2026-02-05", at="2026-02", period=None).values()) == list(words.values())
    found = values(project, "seen", "called", as_of="2026-02-05", at="2026-01", period=None)
    assert found == {("seen", "2026-01"): 2, ("called", "2026-01"): 1}
