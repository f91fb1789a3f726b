"""The schemas: complete for editors, and one answer from both of their readers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax import yaml
from kpispec.syntax.build import build, build_project, documents
from kpispec.syntax.export import FOLDER, schema_text
from kpispec.syntax.fits import fits
from kpispec.syntax.kinds import SCHEMA_KINDS, schema
from kpispec.syntax.messages import _TRANSLATORS
from kpispec.syntax.nodes import Document
from kpispec.syntax.schema import _plain, check

from . import cases

KEYWORDS_OF_STRUCTURE = {
    "$schema", "title", "description", "properties", "items", "propertyNames", "if", "then", "else",
}  # fmt: skip


def shapes(shape, route=()):
    """Every schema inside a schema."""
    yield route, shape
    for word in ("items", "additionalProperties", "propertyNames", "if", "then", "else"):
        if isinstance(shape.get(word), dict):
            yield from shapes(shape[word], (*route, word))
    for name, inner in shape.get("properties", {}).items():
        if isinstance(inner, dict):
            yield from shapes(inner, (*route, name))


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_a_schema_is_one_and_its_file_is_current(kind):
    Draft202012Validator.check_schema(schema(kind))
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == schema_text(kind)


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_every_key_has_a_title_and_a_description(kind):
    for _, shape in shapes(schema(kind)):
        for name, inner in shape.get("properties", {}).items():
            if isinstance(inner, dict):
                assert inner["title"]
                assert inner["description"], name


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_every_keyword_has_a_translator(kind):
    used = {word for _, shape in shapes(schema(kind)) for word in shape}
    assert used - KEYWORDS_OF_STRUCTURE <= set(_TRANSLATORS)


def agree(node, kind):
    for complete in (True, False):
        found = list(Draft202012Validator(schema(kind)).iter_errors(_plain(node, complete)))
        if not complete:
            lenient = [
                e for e in found if e.validator != "required" or any(isinstance(s, int) for s in e.absolute_path)
            ]
            found = lenient
        assert fits(node, schema(kind), complete=complete) == (not found), [e.message for e in found]


@pytest.mark.parametrize("path", sorted(cases.FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_both_readers_of_a_schema_agree_on_the_cases(path):
    for node in yaml.parse(SourceFile("a.yml", path.read_text(encoding="utf-8")), Findings()):
        kind = node.entries[0].name
        if kind in SCHEMA_KINDS:
            agree(node, kind)


KPI = """kpi: nps
label: {en: Net Promoter Score}
inputs:
  score: {dataset: survey, expr: nps, range: [0, null], values: [1, 2], missing: {11: blank}}
  other: {kpi: csat, where: a = 1}
  text: survey.nps
formula: avg(score)
min_n: 30
level: 0.9
tags: [a]
targets: [{from: 2026-01-01, value: 4 h}]
benchmarks: [{set: a, entry: b}, {value: 3, source: x, year: 2024}]
thresholds: {good: ">= 3", by: [{segment: {channel: a}, good: ">= 4"}]}
tests: [{given: {t: [{a: 1}]}, expect: {value: 3, rejected: {blank: 1}}}]
"""
VALUES = ["3", "-1", "0.5", "null", "text", "[]", "{}", "[1, null]", "{en: x}", "true", '""', "2026-01-01", "{a: 1}"]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_both_readers_of_a_schema_agree_when_a_value_is_changed(data):
    lines = KPI.splitlines()
    at = data.draw(st.integers(1, len(lines) - 1))
    key, _, _ = lines[at].partition(":")
    lines[at] = f"{key}: {data.draw(st.sampled_from(VALUES))}"
    for node in yaml.parse(SourceFile("a.yml", "\n".join(lines)), Findings()):
        agree(node, "kpi")


def test_one_misspelt_key_is_one_finding():
    file, findings = SourceFile("a.yml", "kpi: nps\ninputs: {score: survey.nps}\nformla: avg(score)\n"), Findings()
    (document,) = documents(file, findings)
    assert not check(document, findings, complete=True)
    assert build(document, findings) is None
    assert [f.rule for f in findings] == ["unknown-key"]


def test_a_document_that_extends_another_may_leave_keys_out_and_remove_keys():
    file, findings = (
        SourceFile("a.yml", "kpi: nps\nextends: base_nps\nunit: null\ninputs: {score: {where: a = 1}}\n"),
        Findings(),
    )
    (document,) = documents(file, findings)
    assert check(document, findings, complete=False)
    assert not len(findings)
    assert not check(document, findings, complete=True)
    assert {f.rule for f in findings} == {"missing-key", "wrong-type"}


ALPHABET = st.sampled_from(
    [*"abkpi:-{}[],'\"#&*!|>%@`\n\n\n  \t\r0129.é😀\\?\u200b\x00", "kpi: a\n", "inputs: ", "---\n", "\n  "]
)
TEXTS = st.one_of(st.text(), st.lists(ALPHABET, max_size=60).map("".join))


@given(TEXTS)
@settings(max_examples=400)
def test_any_text_gives_documents_or_findings(text):
    file, findings = SourceFile("a.yml", text), Findings()
    for document in documents(file, findings):
        build(document, findings)
    build_project(file, ".", findings)
    build_project(SourceFile("kpispec.yml", "project: a\n" + text), ".", findings)
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.file.text)


@given(st.sampled_from(SCHEMA_KINDS), st.data())
@settings(max_examples=300)
def test_any_value_of_any_key_gives_a_spec_or_findings(kind, data):
    key = data.draw(st.sampled_from(sorted(schema(kind)["properties"])))
    words = data.draw(
        st.sampled_from(VALUES) | st.lists(st.sampled_from(VALUES), max_size=3).map(lambda v: f"[{', '.join(v)}]")
    )
    first = f"{kind}: some_id\n"
    text = first if key == kind else f"{first}{key}: {words}\n"
    findings = Findings()
    for node in yaml.parse(SourceFile("a.yml", text), findings):
        document = Document(kind, "some_id", node)
        if kind == "project":
            build_project(SourceFile("a.yml", text), ".", findings)
        else:
            build(document, findings)
