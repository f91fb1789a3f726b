"""`show`: one document after `extends`, as YAML that reads back, with the place that each key came from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import kpispec
from kpispec.bundled import bundled
from kpispec.cli.app import app
from kpispec.diagnostics import Findings
from kpispec.project.shown import document_yaml, resolved
from kpispec.source import SourceFile, Text
from kpispec.syntax.build import documents
from kpispec.syntax.nodes import Entry, Map, Scalar, Seq

ROOT = Path(__file__).parents[2]

BASE = """\
dataset: answers
time: said_on
columns: {said_on: {type: date}, score: {type: integer, range: [0, 10]}, kind: {type: string}, channel: {type: string}}
---
kpi: base
unit: points
owner: {business: a@b.c, technical: d@e.f}
inputs:
  score: answers.score
  spare: {dataset: answers, expr: score + 1}
formula: nps(score) + 0 * count(spare)
where: kind = 'cold'
thresholds: {good: ">= 40", bad: "< 10"}
"""
MIDDLE = """\
kpi: middle
extends: base
label: Middle
owner: {technical: x@y.z}
min_n: 30
inputs: {score: {where: score is not null}}
formula: nps(score)
"""
LAST = """\
kpi: last
extends: middle
min_n: null
where: channel = 'shop'
thresholds:
  bad: "< 0"
"""


@pytest.fixture
def folder(workbench):
    place = workbench.write(BASE)
    (place / "specs" / "middle.yml").write_text(MIDDLE, encoding="utf-8")
    (place / "specs" / "last.yml").write_text(LAST, encoding="utf-8")
    return place


def told(folder, *words):
    ran = CliRunner().invoke(app, ["show", *words, "--project", str(folder)])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_each_line_names_where_it_came_from_through_three_levels(folder):
    shown = told(folder, "last", "--origin").replace(str(folder / "specs") + "/", "")
    lines = [" ".join(line.replace("#", "").split()) for line in shown.splitlines()]
    assert lines == [
        "kpi: last last.yml:1",
        "unit: points all.yml:6 (base)",
        "owner: middle.yml:4 (middle)",
        "business: a@b.c all.yml:7 (base)",
        "technical: x@y.z middle.yml:4 (middle)",
        "inputs: middle.yml:6 (middle)",
        "score: middle.yml:6 (middle)",
        "dataset: answers all.yml:9 (base)",
        "expr: score all.yml:9 (base)",
        "where: score is not null middle.yml:6 (middle)",
        "formula: nps(score) middle.yml:7 (middle)",
        "where: last.yml:4",
        "- kind = 'cold' all.yml:12 (base)",
        "- channel = 'shop' last.yml:4",
        "thresholds: last.yml:5",
        'good: ">= 40" all.yml:13 (base)',
        'bad: "< 0" last.yml:6',
    ]


def test_json_lists_the_place_of_every_key_beside_the_document(folder):
    found = json.loads(told(folder, "last", "--origin", "--format", "json"))
    assert (found["schema"], found["kind"], found["id"]) == ("kpispec-origin/1", "kpi", "last")
    assert found["extends"] == ["kpi.middle", "kpi.base"]
    assert found["document"] == json.loads(told(folder, "last", "--format", "json"))
    places = {tuple(o["keys"]): (Path(o["path"]).name, o["line"], o["document"]) for o in found["origins"]}
    assert places["owner", "business"] == ("all.yml", 7, "kpi.base")
    assert places["where", 0] == ("all.yml", 12, "kpi.base")
    assert places["where", 1] == ("last.yml", 4, "kpi.last")
    assert ("inputs", "spare") not in places


def test_what_comes_from_the_library_says_so(workbench):
    folder = workbench.write("function: share\nextends: functions.share\ndescription: Ours\n")
    shown = told(folder, "share", "--origin")
    assert "# functions/share.yml:7 (functions.share)" in shown
    found = json.loads(told(folder, "share", "--origin", "--format", "json"))
    assert {o["library"] for o in found["origins"]} == {None, "functions"}


def test_the_project_of_a_shown_document_is_still_valid(folder, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    for id in ("answers", "last"):
        (alone / f"{id}.yml").write_text(told(folder, id, "--origin"), encoding="utf-8")
    ran = CliRunner().invoke(app, ["validate", str(alone), "--strict"])
    assert (ran.exit_code, ran.stdout) == (0, "2 documents, no findings\n"), ran.output


def plain(node):
    match node:
        case Scalar():
            return (node.text.value, type(node.value), node.quoted)
        case Seq():
            return [plain(item) for item in node.items]
        case Map():
            return [(plain(entry.key), plain(entry.value)) for entry in node.entries]


def read_back(document, **options):
    findings = Findings()
    (again,) = documents(SourceFile("again.yml", document_yaml(document, **options)), findings)
    assert not len(findings), list(findings)
    return again


EVERYTHING = [ROOT / "examples" / "customer_care" / "specs", bundled("specs")]


@pytest.mark.parametrize("place", EVERYTHING, ids=lambda path: path.name)
@pytest.mark.parametrize("origin", [False, True])
def test_every_document_we_ship_reads_back_as_it_is(place, origin):
    catalog = kpispec.load(place).catalog
    for document in catalog.documents:
        whole = resolved(catalog, document)
        assert plain(read_back(whole, origin=origin).node) == plain(whole.node), document.subject


ODD = """\
kpi: odd
label: "a: b #c"
description: |
  One line.

    An indented one.
question: "no\\u200bspace \\U000e0001 \\x85"
inputs:
  x: {dataset: d, expr: "coalesce(a, 'x')", missing: {"-99": refused, no: "null", "#1": 'it''s', "": empty}}
formula: avg(x) % 2
params: {cut: 4, again: 7 days, code: "4", word: "7 days"}
caveats: [{}, [], [[1, two], ["3"]], {a: {b: []}}, null, "", "~", 007, 1e3, -.5, "- x", "x:", yes]
references:
  - |-
    two
    lines
  - "ends with a break\\n"
  - " leads\\nwith a space"
"""


@pytest.mark.parametrize("origin", [False, True])
def test_odd_values_read_back_as_they_are(origin):
    (document,) = documents(SourceFile("odd.yml", ODD), Findings())
    assert plain(read_back(document, origin=origin).node) == plain(document.node)


@given(st.text(max_size=30), st.booleans())
def test_any_text_reads_back(words, origin):
    (frame,) = documents(SourceFile("x.yml", "kpi: ab\nlabel: x\nquestion: {en: {fr: [x]}}\n"), Findings())
    value = Scalar(words, Text.of(words), quoted=True)
    label, deep = frame.node.entry("label"), frame.node.entry("question")
    inner = Map((Entry(value, Seq((value, value), deep.key.span)),), deep.key.span)
    node = Map((frame.node.entries[0], Entry(label.key, value), Entry(deep.key, inner)), frame.node.span)
    assert plain(read_back(replace(frame, node=node), origin=origin).node) == plain(node)


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("2 * known", ["known"]), ("count(*) / known", ["score", "spare", "known"]), ("count(*)", ["score", "spare"]),
        ("avg(score)", ["score"]), ("avg(score)\nthresholds: {good: '>= 1 kg'}", ["score"]),
    ],
)  # fmt: skip
def test_an_input_that_the_formula_of_a_child_does_not_use_is_not_shown(folder, formula, inputs):
    between = "kpi: between\nextends: base\ninputs: {known: {kpi: middle}}\nformula: nps(score) - nps(spare) + known\n"
    (folder / "specs" / "child.yml").write_text(
        f"{between}---\nkpi: child\nextends: between\nformula: {formula}\n", encoding="utf-8"
    )
    assert list(json.loads(told(folder, "child", "--format", "json"))["inputs"]) == inputs
    assert [i for i in ("score", "spare", "known") if f"  {i}:" in told(folder, "child", "--origin")] == inputs
