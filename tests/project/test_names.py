"""Whatever the user's columns, dimensions and KPIs are called, they do not meet kpispec's own names in the SQL."""

import pytest

AS_OF = "2026-06-01"


def values(project, *names, **options):
    found = project.run(*names, as_of=AS_OF, **options)
    assert not found.outcome.failed
    return {
        (r.kpi, r.period.start and r.period.start.isoformat(), dict(r.segment).get("part")): r.value
        for r in found.readings
    }


@pytest.mark.parametrize("column", ["period", "set", "one", "cells", "term", "clock", "count_1", "finest"])
def test_a_column_may_have_any_name(workbench, column):
    project = workbench(
        f"""
        dataset: sales
        time: sold_on
        columns:
          sold_on: {{type: date}}
          {column}: {{type: number}}
        ---
        kpi: total
        inputs: {{x: sales.{column}}}
        formula: sum(x) + sum_if(x, x > 2)
        direction: higher_is_better
        """,
        {"sales": f"sold_on,{column}\n2026-01-01,1\n2026-01-02,2\n2026-01-03,4\n"},
    )
    assert values(project, "total", period="month") == {("total", "2026-01-01", None): 11}


@pytest.mark.parametrize(
    "dimension",
    ["period", "set", "total", "count_1", "periods", "segments", "terms", "dataset", "spine", "first_period"],
)
def test_a_dimension_may_have_any_name(workbench, dimension):
    project = workbench(
        f"""
        dataset: sales
        time: sold_on
        columns:
          sold_on: {{type: date}}
          {dimension}: {{type: string, dimension: true}}
          x: {{type: number}}
        ---
        kpi: total
        inputs: {{x: sales.x}}
        formula: sum(x) + count(x)
        direction: higher_is_better
        """,
        {"sales": f"sold_on,{dimension},x\n2026-01-01,a,1\n2026-01-02,b,2\n2026-01-03,b,4\n"},
    )
    found = project.run("total", as_of=AS_OF, by=[dimension])
    assert not found.outcome.failed
    cells = {dict(r.segment).get(dimension): r.value for r in found.readings}
    assert cells == {None: 10, "a": 2, "b": 8}


@pytest.mark.parametrize("kpi", ["count_1", "sum_1", "sum_2", "period", "set", "values_1", "terms", "region", "rows"])
def test_a_kpi_may_have_any_id(workbench, kpi):
    project = workbench(
        f"""
        dataset: sales
        time: sold_on
        columns:
          sold_on: {{type: date}}
          region: {{type: string, dimension: true}}
          x: {{type: number}}
        ---
        kpi: {kpi}
        inputs: {{x: sales.x}}
        formula: 100 + sum(x) - count(x)
        direction: higher_is_better
        ---
        kpi: twice
        inputs: {{one: {{kpi: {kpi}}}, north: {{kpi: {kpi}, where: region = 'north'}}}}
        formula: 1000 * one + north
        direction: higher_is_better
        """,
        {"sales": "sold_on,region,x\n2026-01-01,north,5\n2026-01-02,south,7\n"},
    )
    found = project.run(kpi, "twice", as_of=AS_OF, by=["region"])
    assert not found.outcome.failed
    cells = {(r.kpi, dict(r.segment).get("region")): r.value for r in found.readings}
    assert cells[kpi, None] == 110
    assert cells[kpi, "north"] == 104
    assert cells["twice", None] == 110_104
    assert cells["twice", "north"] == 104_104
