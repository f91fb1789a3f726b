"""What a project puts in the place of library documents may not fit the others, which is no mistake."""

from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.build import documents

LIBRARY = """
dataset: sales
columns: {amount: {type: number}}
---
kpi: revenue
unit: EUR
direction: higher_is_better
inputs: {amount: sales.amount}
formula: sum(amount)
---
kpi: large_revenue
extends: revenue
inputs: {amount: {where: amount > 100}}
"""


def resolved(own, library=LIBRARY):
    findings = Findings()
    found = documents(SourceFile("pack/all.yml", library), findings, library="pack")
    catalog = resolve([*found, *documents(SourceFile("own.yml", own), findings)], {}, findings)
    return set(catalog.kpis), [(f.rule, f.span.file.path) for f in findings if f.severity == "error"]


def test_a_library_alone_is_whole():
    assert resolved("kpi: a1\nunit: EUR\ninputs: {r: {kpi: revenue}}\nformula: r\ndirection: higher_is_better\n") == (
        {"revenue", "large_revenue", "a1"},
        [],
    )


def test_a_data_set_of_other_columns_takes_library_indicators_away():
    assert resolved("dataset: sales\ncolumns: {net: {type: number}}\n") == (set(), [])


def test_an_indicator_of_other_inputs_takes_its_heirs_away():
    own = "kpi: revenue\nunit: EUR\ndirection: higher_is_better\ninputs: {net: sales.amount}\nformula: sum(net)\n"
    assert resolved(own) == ({"revenue"}, [])


def test_what_the_project_builds_on_it_has_its_finding():
    own = "dataset: sales\ncolumns: {net: {type: number}}\n---\nkpi: own_revenue\nextends: pack.revenue\n"
    kpis, errors = resolved(own)
    assert kpis == set()
    assert errors == [("unknown-column", "pack/all.yml")]


def test_a_library_that_is_broken_by_itself_says_so():
    broken = LIBRARY.replace("sales.amount", "sales.amonut")
    _, errors = resolved("dataset: other\ncolumns: {net: {type: number}}\n", broken)
    assert ("unknown-column", "pack/all.yml") in errors
