"""`extends`: what a document takes over, replaces, removes and narrows."""

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.build import build, documents
from kpispec.syntax.merge import extend
from kpispec.syntax.nodes import Map, Scalar, Seq

PARENT = """kpi: nps
label: Parent
description: The parent's
tags: [loyalty, survey]
unit: points
min_n: 30
where: kind = 'hot'
owner: {business: a@b.c, technical: d@e.f}
lifecycle: {state: certified}
inputs:
  score: survey.nps
  kept: {dataset: survey, expr: weight, where: weight > 0, range: [0, null]}
  other: {kpi: csat}
formula: avg(score)
tests: [{given: {survey: []}, expect: null}]
"""
CHILD = """kpi: our_nps
extends: nps
label: Ours
tags: [ours]
min_n: null
where: channel = 'shop'
owner: {technical: x@y.z}
inputs:
  score: {where: lang = 'fr'}
  kept: {where: [a = 1, b = 2], range: [1, null]}
  other: survey.csat
"""


def plain(node):
    match node:
        case Scalar():
            return node.value
        case Seq():
            return [plain(item) for item in node.items]
        case Map():
            return {entry.name: plain(entry.value) for entry in node.entries}


def pair(parent=PARENT, child=CHILD):
    findings = Findings()
    (above,) = documents(SourceFile("parent.yml", parent), findings)
    (below,) = documents(SourceFile("child.yml", child), findings)
    assert not len(findings), list(findings)
    return above, below


def test_maps_merge_lists_and_scalars_replace_null_removes_where_narrows():
    above, below = pair()
    assert plain(extend(below, above).node) == {
        "kpi": "our_nps",
        "tags": ["ours"],
        "unit": "points",
        "where": ["kind = 'hot'", "channel = 'shop'"],
        "owner": {"business": "a@b.c", "technical": "x@y.z"},
        "inputs": {
            "score": {"dataset": "survey", "expr": "nps", "where": "lang = 'fr'"},
            "kept": {
                "dataset": "survey",
                "expr": "weight",
                "where": ["weight > 0", "a = 1", "b = 2"],
                "range": [1, None],
            },
            "other": {"dataset": "survey", "expr": "csat"},
        },
        "formula": "avg(score)",
        "label": "Ours",
    }


def test_what_is_inherited_still_points_at_the_parent():
    above, below = pair()
    findings = Findings()
    spec = build(extend(below, above), findings)
    assert not len(findings), list(findings)
    assert spec.formula.span.file.path == "parent.yml"
    assert [text.span.file.path for text in spec.where] == ["parent.yml", "child.yml"]
    score = spec.input("score")
    assert (score.dataset.span.text, score.expr.span.text, score.expr.span.column) == ("survey", "nps", 17)
    assert spec.span.file.path == "child.yml"


def test_a_child_of_a_child_narrows_once_more():
    above, below = pair()
    middle = extend(below, above)
    _, last = pair(child="kpi: last\nextends: our_nps\nwhere: region = 'north'\n")
    assert plain(extend(last, middle).node.get("where")) == [
        "kind = 'hot'",
        "channel = 'shop'",
        "region = 'north'",
    ]


def test_a_null_removes_an_inherited_filter_and_leaves_no_trace_of_its_own():
    above, below = pair(child="kpi: wide\nextends: nps\nwhere: null\nowner: {business: null}\nquestion: null\n")
    merged = extend(below, above).node
    assert merged.get("where") is None
    assert merged.get("question") is None
    assert plain(merged.get("owner")) == {"technical": "d@e.f"}


def test_an_input_that_reads_a_kpi_takes_the_place_of_one_that_reads_rows():
    above, below = pair(child="kpi: other\nextends: nps\ninputs: {score: {kpi: csat}}\n")
    assert plain(extend(below, above).node.get("inputs"))["score"] == {"kpi": "csat"}


def test_columns_of_a_data_set_keep_their_labels():
    above, below = pair(
        "dataset: tickets\nlabel: All\ncolumns: {wait: {type: number, label: Wait}}\n",
        "dataset: our_tickets\nextends: tickets\ncolumns: {wait: {range: [0, null]}, kind: {type: string}}\n",
    )
    assert plain(extend(below, above).node) == {
        "dataset": "our_tickets",
        "columns": {"wait": {"type": "number", "label": "Wait", "range": [0, None]}, "kind": {"type": "string"}},
    }
