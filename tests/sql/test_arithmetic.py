"""Arithmetic gives the same figures whatever the types of a file's columns are."""

import duckdb
import pytest

import kpispec

DECLARED = """
dataset: sales
columns:
  small: {type: integer}
  price: {type: number}
---
"""
FORMULAS = {
    "scaled": ("small * 25", "sum(x)", 2500),
    "added": ("small + small + 100", "sum(x)", 300),
    "after": ("100 + small", "sum(x)", 200),
    "negated": ("-small - 100", "sum(x)", -200),
    "priced": ("small * price * price * price * price", "sum(x)", 100 * 1.25**4),
    "shared": ("price", "0.123456789 * 0.123456789 * 0.123456789 * 0.123456789 * 0.5 * sum(x)", 0.123456789**4 * 0.625),
    "squared": ("small", "(sum(x) + 0.25) * (sum(x) + 0.5) * (sum(x) + 0.125)", 100.25 * 100.5 * 100.125),
    "rest": ("small", "3 * (sum(x) % 7) - (5 - (2 - sum(x)))", 3 * 2 - (5 - (2 - 100))),
}


def documents(declared):
    kpis = [
        f"kpi: {name}\ninputs:\n  x: {{dataset: sales, expr: {expr}}}\nformula: {formula}\n"
        "direction: higher_is_better\n"
        for name, (expr, formula, _) in FORMULAS.items()
    ]
    return (DECLARED if declared else "") + "---\n".join(kpis)


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    "types", [("tinyint", "decimal(18,2)"), ("smallint", "float"), ("utinyint", "double"), ("bigint", "decimal(38,10)")]
)
def test_narrow_types_do_not_overflow(tmp_path, declared, types):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "all.yml").write_text(documents(declared))
    (tmp_path / "kpispec.yml").write_text("project: types\ndata: {sales: {from: sales.parquet}}\n")
    columns = f"100::{types[0]} as small, 1.25::{types[1]} as price"
    duckdb.sql(f"copy (select {columns}) to '{tmp_path}/sales.parquet' (format parquet)")
    found = kpispec.load(tmp_path).run(*FORMULAS, as_of="2026-01-01", period="all")
    assert {k: e.detail for k, e in found.outcome.failed.items()} == {}
    assert {r.kpi: r.value for r in found.readings} == pytest.approx(
        {k: v for k, (_, _, v) in FORMULAS.items()}, rel=1e-9
    )


CODED = """
dataset: survey
columns:
  score: {type: integer, range: [0, 10]}
  part: {type: string, dimension: true}
"""
OVER_CODES = {
    "sum(score - 1)": lambda s: sum(x - 1 for x in s),
    "avg(2 * score + 1)": lambda s: sum(2 * x + 1 for x in s) / len(s),
    "sum(10 - score) / sum(score - 20)": lambda s: sum(10 - x for x in s) / sum(x - 20 for x in s),
    "var_pop(score - 3)": lambda s: sum(x * x for x in s) / len(s) - (sum(s) / len(s)) ** 2,
    "max(-score + 2)": lambda s: max(2 - x for x in s),
}


@pytest.mark.parametrize("formula", OVER_CODES)
def test_expressions_over_columns_of_few_values_are_whole_factors(tmp_path, formula):
    scores = [0, 3, 3, 7, 9, 10, 10]
    kpi = f"kpi: it\ninputs: {{score: survey.score}}\nformula: {formula}\ndirection: higher_is_better\n"
    (tmp_path / "specs.yml").write_text(f"{CODED}---\n{kpi}")
    (tmp_path / "kpispec.yml").write_text("project: codes\nspecs: [specs.yml]\ndata: {survey: {from: s.parquet}}\n")
    rows = " union all ".join(f"select {s} as score, 'a' as part" for s in scores)
    duckdb.sql(f"copy ({rows}) to '{tmp_path}/s.parquet' (format parquet)")
    project = kpispec.load(tmp_path)
    found = project.run("it", period="all", as_of="2026-01-01").readings[0]
    assert found.value == pytest.approx(OVER_CODES[formula](scores), rel=1e-11)
