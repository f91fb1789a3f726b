"""Values of units, cut by the column that names the units."""

import pytest


def test_a_unit_is_alone_in_the_segment_of_its_own_key(workbench):
    specs = """
        dataset: answers
        columns:
          item: {type: integer, dimension: true}
          gap: {type: number}
          importance: {type: number}
        ---
        kpi: weighted_gap
        direction: higher_is_better
        inputs:
          gap: {dataset: answers, expr: avg(gap), per: item}
          importance: {dataset: answers, expr: avg(importance), per: item}
        formula: sum(gap * importance) / sum(importance)
        """
    rows = "item,gap,importance\n1,-2,6\n1,0,2\n2,-4,1\n2,-2,3\n"
    found = workbench(specs, {"answers": rows}).run("weighted_gap", period="all", as_of="2026-01-01", by=["item"])
    assert {r.segment: (r.value, r.n) for r in found.readings} == {
        (): (pytest.approx(-10 / 6), 2),
        (("item", "1"),): (-1, 1),
        (("item", "2"),): (-3, 1),
    }
