"""Documents of a project that take the place of library ones, which may build on each other."""

from kpispec.catalog.gather import gather
from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.build import documents

LIBRARY = """
kpi: base
inputs: {x: sales.x}
params: {cut: 4, least: 1}
formula: count_if(x >= cut)
unit: count
direction: higher_is_better
---
kpi: heir
extends: base
params: {cut: 5}
---
kpi: grandchild
extends: heir
unit: number
"""


def flattened(own):
    findings = Findings()
    library = documents(SourceFile("pack/all.yml", LIBRARY), findings, library="pack")
    found, faulty = gather([*library, *documents(SourceFile("own.yml", own), findings)], findings)
    assert faulty == frozenset()
    return {d.id: d.node for d in found}, [f.rule for f in findings]


def params(node):
    return {e.name: e.value.text.value for e in node.get("params").entries}


def test_an_heir_of_a_library_document_that_has_a_parent_itself_has_the_keys_of_both():
    found, rules = flattened("kpi: grandchild\nextends: pack.grandchild\nparams: {least: 2}\n")
    assert rules == []
    assert params(found["grandchild"]) == {"cut": "5", "least": "2"}
    assert found["grandchild"].get("formula").text.value == "count_if(x >= cut)"
    assert found["grandchild"].get("unit").text.value == "number"


def test_library_documents_build_on_what_takes_the_place_of_their_parent():
    found, rules = flattened("kpi: base\nextends: pack.base\nparams: {least: 2}\n")
    assert rules == []
    assert {id: params(node) for id, node in found.items()} == {
        "base": {"cut": "4", "least": "2"},
        "heir": {"cut": "5", "least": "2"},
        "grandchild": {"cut": "5", "least": "2"},
    }


def test_a_circle_through_the_library_is_a_finding():
    _, rules = flattened("kpi: base\nextends: grandchild\n")
    assert rules == ["extends-cycle"]
