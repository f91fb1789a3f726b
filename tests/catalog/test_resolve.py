"""Documents bound to each other."""

import pytest

from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.build import documents

DATASET = """
dataset: sales
time: at
columns:
  at: {type: date}
  x: {type: number}
  half: {type: number, expr: whole / 2}
  whole: {type: number, expr: x * 2}
---
"""


def kpi(name, inputs="{x: sales.x}", formula="sum(x)", more=""):
    return f"kpi: {name}\ninputs: {inputs}\nformula: {formula}\ndirection: higher_is_better\n{more}"


def loaded(workbench, *documents):
    import kpispec

    return kpispec.load(workbench.write(DATASET + "---\n".join(documents), {"sales": "at,x\n2026-01-01,3\n"}))


def test_each_kpi_stands_after_those_it_is_computed_from(workbench):
    project = loaded(
        workbench,
        kpi("first_one", "{a: {kpi: second_one}, b: {kpi: third_one}}", "a + b"),
        kpi("second_one", "{a: {kpi: third_one}}", "2 * a"),
        kpi("third_one"),
    )
    assert list(project.catalog.kpis) == ["third_one", "second_one", "first_one"]
    (found,) = project.run("first_one", period="all", as_of="2026-06-01").readings
    assert found.value == 9


def test_computed_columns_stand_in_the_order_they_build_on_each_other(workbench):
    project = loaded(workbench, kpi("halves", "{x: sales.half}"))
    assert [name for name, _ in project.catalog.datasets["sales"].computed] == ["whole", "half"]
    assert project.run("halves", period="all", as_of="2026-06-01").readings[0].value == 3


def test_a_broken_kpi_takes_those_with_it_that_are_computed_from_it_and_no_other(workbench):
    project = loaded(
        workbench,
        kpi("broken", formula="sum(y)"),
        kpi("above", "{a: {kpi: broken}}", "a"),
        kpi("sound", formula="sum(x)"),
    )
    assert list(project.catalog.kpis) == ["sound"]
    assert [f.rule for f in project.findings if f.severity == "error"] == ["unknown-input"]
    found = {
        r.kpi: (r.status.value, r.reason.code)
        for r in project.run("broken", "above", "sound", period="all", as_of="2026-06-01").readings
    }
    assert found["broken"] == found["above"] == ("error", "not-computed")
    assert found["sound"][0] == "not_judged"


def test_a_circle_is_one_finding(workbench):
    project = loaded(
        workbench, kpi("aa", "{x: {kpi: bb}}", "x"), kpi("bb", "{x: {kpi: cc}}", "x"), kpi("cc", "{x: {kpi: aa}}", "x")
    )
    found = [f for f in project.findings if f.severity == "error"]
    assert [f.rule for f in found] == ["cycle"]
    assert "aa -> bb -> cc -> aa" in found[0].message


def test_where_narrows_what_is_extended(workbench):
    base = kpi("base", more="where: x > 1\n")
    project = loaded(
        workbench,
        base,
        "kpi: narrow\nextends: base\nwhere: x < 3\n",
        "kpi: scaled\nextends: base\nformula: 10 * sum(x)\n",
    )
    found = {r.kpi: r.value for r in project.run("base", "narrow", "scaled", period="all", as_of="2026-06-01").readings}
    assert found == {"base": 3, "narrow": None, "scaled": 30}


@pytest.mark.parametrize(("expr", "kept"), [("x", [5, 7]), ("x + 0", [5, 7])])
def test_an_inputs_own_promises_reject_what_breaks_them_once(workbench, expr, kept):
    import kpispec

    inputs = (
        f"\n  x:\n    dataset: sales\n    expr: {expr}\n    range: [0, 10]\n    missing: {{9: unknown, 99: refused}}\n"
    )
    folder = workbench.write(
        DATASET + kpi("kept", inputs),
        {"sales": "at,x\n" + "".join(f"2026-01-01,{x}\n" for x in (5, 7, 9, 99, 11, -1, ""))},
    )
    (found,) = kpispec.load(folder).run("kept", period="all", as_of="2026-06-01").readings
    assert found.value == sum(kept)
    assert found.n == len(kept)
    assert dict(found.rejected) == {"unknown": 1, "refused": 1, "out_of_range": 2}


LIBRARY = """
function: base
args: [x]
description: The library's base
formula: sum(x)
---
function: mean
extends: base
formula: sum(x) / count(x)
"""
BUILT_ON = """
function: mean
extends: pack.mean
---
function: base
args: [x]
description: The project's
formula: avg(x)
---
function: other
extends: pack.base
"""


def test_a_library_document_is_extended_as_it_is_where_the_projects_own_takes_its_place():
    findings = Findings()
    above = documents(SourceFile("library.yml", LIBRARY), findings, library="pack")
    below = documents(SourceFile("own.yml", BUILT_ON), findings)
    catalog = resolve([*above, *below], {}, findings)
    assert [f.rule for f in findings] == ["shadows-library"]
    assert catalog.functions["mean"].formula.value == "sum(x) / count(x)"
    assert catalog.functions["other"].formula.value == "sum(x)"
    of_mean = next(d for d in catalog.documents if d.id == "mean")
    assert [(d.id, d.library) for d in of_mean.ancestors] == [("mean", "pack"), ("base", None)]
