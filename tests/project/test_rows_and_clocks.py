"""Which rows a KPI sees: filters, clocks, what the data covers, zones, what is left out and counted."""

from datetime import date

import pytest

TICKETS = """
dataset: tickets
time: at
{more}
columns:
  id: {{type: string}}
  at: {{type: timestamp}}
  ch: {{type: string, dimension: true, values: [a, b]}}
  x: {{type: number}}
  y: {{type: integer, range: [0, 10]}}
  gone: {{type: string, optional: true}}
  {columns}
---
"""
ROWS = """
id,at,ch,x,y
1,2026-01-05 10:00:00,a,1.5,3
2,2026-01-06 10:00:00,b,2.5,11
3,2026-03-06 10:00:00,a,4,5
4,,a,9,2
5,2026-03-31 23:30:00,,7,
"""


def documents(*kpis, more="", columns=""):
    return TICKETS.format(more=more, columns=columns) + "---\n".join(
        f"kpi: {name}\ninputs: {inputs}\nformula: {formula}\ndirection: higher_is_better\n"
        for name, inputs, formula in kpis
    )


def values(project, *names, as_of="2026-06-01", **options):
    found = project.run(*names, as_of=as_of, **options)
    assert {k: e.detail for k, e in found.outcome.failed.items()} == {}
    return {
        (r.kpi, r.period.start and r.period.start.isoformat()[:7], *(v for _, v in r.segment)): r.value
        for r in found.readings
    }


def test_a_data_set_and_a_kpi_may_filter_alike(workbench):
    project = workbench(
        documents(
            ("part", "{x: {dataset: tickets, expr: x, where: ch = 'a'}}", "sum(x) / count(x)"), more="where: ch = 'a'"
        ),
        {"tickets": ROWS},
    )
    assert values(project, "part", period="all") == {("part", None): pytest.approx(14.5 / 3)}


def test_a_computed_column_may_be_the_clock(workbench):
    project = workbench(
        documents(
            ("total", "{x: tickets.x}", "sum(x)"),
            more="where: late or x > 1",
            columns="day: {type: date, expr: cast(at as date)}\n  late: {type: boolean, expr: x > 3}",
        ).replace("time: at", "time: day"),
        {"tickets": ROWS},
    )
    assert values(project, "total") == {("total", "2026-01"): 4, ("total", "2026-02"): None, ("total", "2026-03"): 11}
    assert values(project, "total", first=date(2026, 3, 1), last=date(2026, 4, 1)) == {("total", "2026-03"): 11}


def test_outside_of_what_is_declared_to_be_covered_every_aggregate_is_null(workbench):
    project = workbench(
        documents(
            ("total", "{x: tickets.x}", "sum(x)"),
            ("rows", "{x: tickets.id}", "count(x)"),
            ("some", "{x: tickets.x, y: tickets.y}", "sum_if(x, y > 100)"),
            more="covers: {from: 2026-02-01, to: 2026-04-30}",
        ),
        {"tickets": ROWS},
    )
    found = values(project, "total", "rows", "some", first=date(2026, 1, 1), last=date(2026, 6, 1))
    table = {kpi: [v for (k, *_), v in found.items() if k == kpi] for kpi in ("total", "rows", "some")}
    assert table == {
        "total": [None, None, 11, None, None],
        "rows": [None, 0, 2, 0, None],
        "some": [None, 0, 0, 0, None],
    }


def test_sum_if_outside_of_the_data_is_null_and_inside_zero(workbench):
    project = workbench(documents(("some", "{x: tickets.x, y: tickets.y}", "sum_if(x, y > 100)")), {"tickets": ROWS})
    found = list(values(project, "some", first=date(2025, 12, 1), last=date(2026, 5, 1)).values())
    assert found == [None, 0, 0, 0, None]


def test_a_row_without_a_clock_is_counted_once_however_many_inputs_read_it(workbench):
    project = workbench(
        documents(("share", "{all: tickets.x, a: {dataset: tickets, expr: x, where: ch = 'a'}}", "sum(a) / sum(all)")),
        {"tickets": ROWS},
    )
    (found,) = project.run("share", at="2026-03", as_of="2026-06-01").readings
    assert dict(found.rejected) == {"undated": 1}


def test_a_rejected_cell_is_counted_once_however_many_inputs_read_it(workbench):
    project = workbench(
        documents(
            ("share", "{all: tickets.y, b: {dataset: tickets, expr: y, where: ch = 'b'}}", "count(b) / count(all)")
        ),
        {"tickets": ROWS},
    )
    (found,) = project.run("share", at="2026-01", as_of="2026-06-01").readings
    assert dict(found.rejected) == {"out_of_range": 1, "undated": 1}


def test_a_segment_may_be_named_twice_and_in_any_order(workbench):
    project = workbench(
        documents(("total", "{x: tickets.x}", "sum(x)"), columns="z: {type: string, dimension: true, expr: ch}"),
        {"tickets": ROWS},
    )
    once = values(project, "total", by=["ch"], at="2026-03")
    assert values(project, "total", by=["ch,ch", "ch"], at="2026-03") == once
    crossed = project.run("total", by=["ch,z", "z,ch"], at="2026-03", as_of="2026-06-01").readings
    whole = [r for r in crossed if not r.segment]
    assert [r.value for r in whole] == [11]
    assert sorted(r.value for r in crossed if r.segment and r.value is not None) == [4, 7]


def test_a_filter_on_an_absent_column_makes_the_kpi_unavailable(workbench):
    project = workbench(
        documents(("total", "{x: tickets.x}", "sum(x)"), ("twice", "{t: {kpi: total, where: gone = 'y'}}", "2 * t")),
        {"tickets": ROWS},
    )
    found = project.run("total", period="all", as_of="2026-06-01", where="gone = 'y'").readings
    assert [(r.status.value, r.reason.code) for r in found] == [("not_available", "column-missing")]
    found = {r.kpi: r for r in project.run("twice", "total", period="all", as_of="2026-06-01").readings}
    assert (found["twice"].status.value, found["total"].value) == ("not_available", 24)


def test_one_kpi_that_fails_leaves_the_others_and_their_filter(workbench):
    huge = "sum(x) * 1" + "".join(f" * power(10, {n})" for n in (200, 200))
    project = workbench(
        documents(
            ("total", "{x: tickets.x}", "sum(x)"),
            ("broken", "{x: {dataset: tickets, expr: 'at + (x * 1e300) * 1 day - at'}}", "sum(x) / 1 day"),
            ("over", "{b: {kpi: broken}, t: {kpi: total}}", "b + t"),
            ("infinite", "{x: tickets.x}", huge),
        ),
        {"tickets": ROWS},
    )
    found = project.run("total", "broken", "over", "infinite", period="all", as_of="2026-06-01", where="ch = 'a'")
    assert set(found.outcome.failed) == {"broken", "over"}
    readings = {r.kpi: r for r in found.readings}
    assert readings["total"].value == 14.5
    assert readings["broken"].status.value == "error"
    assert readings["infinite"].status.value == "undefined"
    alone = project.run("broken", "over", period="all", as_of="2026-06-01")
    assert [r.status.value for r in alone.readings] == ["error", "error"]


ZONED = """
dataset: calls
time: at
columns:
  at: {type: timestamp}
  due: {type: date}
  noted: {type: string}
  hour: {type: integer, optional: true}
---
kpi: late
inputs: {x: {dataset: calls, expr: at > due}}
formula: count_if(x)
direction: lower_is_better
---
kpi: after
inputs: {x: {dataset: calls, expr: "at >= timestamp '2026-03-29 03:00'"}}
formula: count_if(x)
direction: lower_is_better
---
kpi: ranged
inputs: {x: {dataset: calls, expr: at, range: [2026-03-29, null]}}
formula: count(x)
direction: lower_is_better
---
kpi: lag
unit: h
inputs: {x: {dataset: calls, expr: "try_strptime(noted, '%d/%m/%Y %H:%M') - at"}}
formula: sum(x)
direction: lower_is_better
---
kpi: cast_lag
unit: h
inputs: {x: {dataset: calls, expr: "cast(replace(noted, '/', '-') as timestamp) - at"}}
formula: count(x)
direction: lower_is_better
---
kpi: hours
inputs: {x: {dataset: calls, expr: hour(at)}}
formula: sum(x)
direction: lower_is_better
---
kpi: bound_hours
inputs: {x: calls.hour}
formula: sum(x)
direction: lower_is_better
"""
CALLS = """
at,due,noted
2026-03-28 23:30:00,2026-03-29,29/03/2026 03:30
2026-03-29 00:00:00,2026-03-29,29/03/2026 05:00
2026-03-29 03:00:00,2026-03-29,29/03/2026 03:00
"""


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("late", 1),  # a day begins at local midnight, and the second call is just then
        ("after", 1),
        ("ranged", 2),
        ("lag", 3 + 4 + 0),  # the clock springs from 2 to 3: 23:30 to 3:30 are three hours
        ("hours", 23 + 0 + 3),
        ("bound_hours", 23 + 0 + 3),
    ],
)
def test_local_times_are_the_projects(workbench, kpi, value):
    settings = "timezone: Europe/Paris"
    folder = workbench.write(ZONED, {"calls": CALLS}, settings)
    text = (
        (folder / "kpispec.yml")
        .read_text()
        .replace(
            "{from: calls.csv}", "{from: calls.csv, columns: {hour: \"hour(try_strptime(at, '%Y-%m-%d %H:%M:%S'))\"}}"
        )
    )
    (folder / "kpispec.yml").write_text(text)
    import kpispec

    found = kpispec.load(folder).run(kpi, period="all", as_of="2026-06-01")
    assert {k: e.detail for k, e in found.outcome.failed.items()} == {}
    assert [r.value for r in found.readings] == [value]


def test_a_bound_expression_that_reads_a_local_time_is_local(workbench):
    folder = workbench.write(ZONED, None, "timezone: Europe/Paris")
    (folder / "calls.csv").write_text("stamp,due,noted\n29/03/2026 00:15,2026-03-29,\n28/03/2026 23:45,2026-03-29,\n")
    with (folder / "kpispec.yml").open("a") as file:
        file.write(
            "data:\n  calls:\n    from: calls.csv\n    columns: {at: \"try_strptime(stamp, '%d/%m/%Y %H:%M')\"}\n"
        )
    import kpispec

    found = kpispec.load(folder).run("late", period="day", as_of="2026-06-01").readings
    assert [(r.period.start.isoformat(), r.value) for r in found] == [("2026-03-28", 0), ("2026-03-29", 1)]


def test_rows_from_as_of_on_are_not_seen(workbench):
    project = workbench(documents(("total", "{x: tickets.x}", "sum(x)")), {"tickets": ROWS})
    assert values(project, "total", as_of="2026-03-06T10:00:00") == {("total", "2026-01"): 4}
    assert values(project, "total", as_of="2026-03-06T10:00:01")["total", "2026-03"] == 4


def test_a_data_set_without_rows_has_no_data(workbench):
    project = workbench(
        documents(("total", "{x: tickets.x}", "sum(x)"), ("rows", "{x: tickets.id}", "count(*)")),
        {"tickets": "id,at,ch,x,y\n"},
    )
    found = project.run("total", "rows", period="all", as_of="2026-06-01").readings
    assert [r.status.value for r in found] == ["no_data", "no_data"]
    assert project.run("total", as_of="2026-06-01").readings == ()


PERIODS = """
dataset: orders
time: at
columns:
  at: {type: timestamp}
  until: {type: timestamp}
---
kpi: open_at_end
inputs: {x: {dataset: orders, expr: until >= period_end()}}
formula: count_if(x)
direction: lower_is_better
---
kpi: into_period
unit: h
inputs: {x: {dataset: orders, expr: at - period_start()}}
formula: sum(x)
direction: lower_is_better
---
kpi: seen_until
unit: h
inputs: {x: {dataset: orders, expr: "least(until, observed_until()) - at"}}
formula: sum(x)
direction: lower_is_better
---
kpi: per_day
unit: number
inputs: {x: orders.at}
formula: count(x) / ((period_end() - period_start()) / 1 day)
direction: higher_is_better
"""
ORDERS = """
at,until
2026-03-01 06:00:00,2026-03-02 06:00:00
2026-03-31 20:00:00,2026-04-02 20:00:00
2026-04-01 00:00:00,2026-05-01 00:00:00
"""


@pytest.mark.parametrize(
    ("period", "kpi", "wanted"),
    [
        ("month", "open_at_end", [1, 1]),
        ("month", "into_period", [6 + 30 * 24 + 19, 0]),  # the clock springs on the 29th: an hour less has gone by
        ("month", "seen_until", [24 + 4, 9 * 24]),
        ("month", "per_day", [2 / (31 - 1 / 24), 1 / 30]),
        ("week", "into_period", [6 * 24 + 6, 24 + 20 + 48]),
        ("quarter", "open_at_end", [1, 0]),
        ("year", "open_at_end", [0]),
        ("all", "into_period", [None]),
        ("all", "seen_until", [24 + 48 + 9 * 24]),
    ],
)
def test_the_functions_of_the_period(workbench, period, kpi, wanted):
    project = workbench(PERIODS, {"orders": ORDERS}, "timezone: Europe/Paris")
    found = project.run(kpi, period=period, as_of="2026-04-10")
    assert {k: e.detail for k, e in found.outcome.failed.items()} == {}
    values = [r.value for r in found.readings if period != "week" or r.n]
    assert values == [w if w is None else pytest.approx(w) for w in wanted]


def test_what_the_data_covers_is_told_by_all_rows_before_any_filter(workbench):
    kept = documents(
        ("rows", "{x: tickets.id}", "count(*)"), ("total", "{x: tickets.x}", "sum(x)"), more="where: x > 3"
    )
    project = workbench(kept, {"tickets": ROWS})
    assert values(project, "rows", "total") == {
        ("rows", "2026-01"): 0,
        ("rows", "2026-02"): 0,
        ("rows", "2026-03"): 2,
        ("total", "2026-01"): None,
        ("total", "2026-02"): None,
        ("total", "2026-03"): 11,
    }


@pytest.mark.parametrize("clock", ["time: at", ""])
@pytest.mark.parametrize("rows", [ROWS, "id,at,ch,x,y\n4,,a,9,2\n"])
def test_a_filter_that_keeps_no_row_leaves_a_count_of_zero(workbench, clock, rows):
    kept = documents(("rows", "{x: tickets.id}", "count(*)"), more="where: x > 1000").replace("time: at", clock)
    assert values(workbench(kept, {"tickets": rows}), "rows", period="all") == {("rows", None): 0}


def test_a_clock_change_at_midnight_keeps_every_row_in_its_day(workbench):
    """In Cairo the day of 24 April 2026 begins at one o'clock."""
    rows = "id,at,ch,x,y\n1,2026-04-23 23:30:00,a,1,1\n2,2026-04-24 00:30:00,a,2,1\n3,2026-04-24 01:00:00,a,4,1\n"
    project = workbench(documents(("total", "{x: tickets.x}", "sum(x)")), {"tickets": rows}, "timezone: Africa/Cairo")
    found = project.run("total", period="day", as_of="2026-06-01").readings
    assert [(r.period.start.isoformat(), r.value) for r in found] == [("2026-04-23", 1), ("2026-04-24", 6)]
    (first,) = project.run("total", at="2026-04-24", as_of="2026-06-01").readings
    assert first.value == 6


@pytest.mark.parametrize(("own", "other"), [("timestamp", "date"), ("date", "timestamp")])
def test_what_the_data_covers_is_told_by_each_clock_in_its_own_type(workbench, own, other):
    """Half past midnight in Paris is the day before in UTC, which covers nothing; a day is never shifted."""
    specs = f"""dataset: calls
time: at
columns:
  at: {{type: {own}}}
  due: {{type: {other}}}
---
kpi: due_calls
direction: higher_is_better
inputs: {{x: {{dataset: calls, expr: due, when: due}}}}
formula: count(x)
"""
    moments = {"timestamp": "2026-03-29 00:30:00", "date": "2026-03-29"}
    rows = f"at,due\n{moments[own]},{moments[other]}\n"
    project = workbench(specs, {"calls": rows}, "timezone: Europe/Paris")
    found = project.run("due_calls", as_of="2026-06-01", period="day")
    assert [(r.period.start.isoformat(), r.value) for r in found.readings] == [("2026-03-29", 1)]


def test_a_bare_run_is_by_month_where_when_places_the_rows(workbench):
    """Under `all`, nothing would be there at the start."""
    specs = """dataset: spells
interval: {from: begun, to: ended}
columns: {begun: {type: date}, ended: {type: date}}
---
kpi: there
direction: higher_is_better
inputs: {x: {dataset: spells, expr: begun, when: at_start}}
formula: count(x)
"""
    project = workbench(specs, {"spells": "begun,ended\n2026-01-05,\n"})
    found = project.run("there", as_of="2026-03-01")
    assert [(r.period.start.month, r.value) for r in found.readings][:2] == [(1, 0), (2, 1)]
