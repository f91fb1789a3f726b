"""What is said of files that a tired person wrote."""

import re
from itertools import pairwise

import pytest

from kpispec.diagnostics import Findings
from kpispec.rules import RULES
from kpispec.source import SourceFile
from kpispec.syntax import yaml
from kpispec.syntax.build import build, documents
from kpispec.syntax.fixes import apply_fixes, safe_fixes

from .cases import FOLDER, said

CASES = sorted(FOLDER.glob("*.yaml"))
DOCUMENTS = [path for path in CASES if not path.name.startswith("project.")]
OF_SYNTAX = {
    "yaml-syntax", "bad-indentation", "unquoted-operator", "flow-comma", "comment-in-value", "hidden-character",
    "duplicate-key", "merge-key", "forbidden-yaml", "unused-ignore", "unknown-kind", "unknown-key", "missing-key",
    "wrong-type", "wrong-enum", "bad-value", "bad-id", "overlapping-targets", "benchmark-without-source",
    "unreadable-test", "bad-binding",
}  # fmt: skip

LAUGHS = "kpi: a\na: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcde")
)


def found_in(text, path="a.yml"):
    file, findings = SourceFile(path, text), Findings()
    for document in documents(file, findings):
        build(document, findings)
    return findings


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_says_what_is_expected(path):
    assert said(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_without_libyaml_the_same_is_said(path, monkeypatch):
    monkeypatch.setattr(yaml, "LOADER", yaml.pyyaml.SafeLoader)
    assert said(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_rule_of_this_stage_has_a_case():
    shown = "".join(path.with_suffix(".txt").read_text(encoding="utf-8") for path in CASES)
    assert set(re.findall(r"^\w+\[([a-z-]+)\]", shown, re.MULTILINE)) == OF_SYNTAX
    assert set(RULES) >= OF_SYNTAX


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_safe_fix_mends_what_it_is_offered_for_and_breaks_nothing(path):
    text = path.read_text(encoding="utf-8")
    before = found_in(text)
    fixes = safe_fixes(before, "a.yml")
    after = found_in(apply_fixes(text, fixes))
    assert len(before) - len(fixes) <= len(after) + len(fixes)
    kept = [f.message for f in after if f.fix is not None and f.fix.safe]
    assert not set(kept) & {f.message for f in before if f.fix in fixes}


def test_every_finding_lies_in_its_file():
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for finding in found_in(text):
            assert 0 <= finding.span.start <= finding.span.end <= len(text), finding


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kpi: a\n" + "# x\n" * 70_000, "the file holds 273 KiB; a file of specs holds at most 256"),
        ("kpi: a\nlabel: " + "[" * 30 + "]" * 30, "lists and maps stand more than 20 deep in each other"),
        ("kpi: a\ntags: [" + "a, " * 6000 + "]", "the document holds more than 5000 keys and values"),
        (LAUGHS, "the document holds more than 5000 keys and values"),
    ],
    ids=["file", "depth", "nodes", "aliases"],
)
def test_what_is_past_a_limit_is_refused(text, message):
    found = [f for f in found_in(text) if f.rule == "too-large"]
    assert [f.message for f in found] == [message]


def test_a_broken_document_hides_no_other():
    file, findings = SourceFile("a.yml", "kpi: a\nx: [\n---\nkpi: b\n---\nkpi: 'c\n---\nkpi: d\n"), Findings()
    assert [d.id for d in documents(file, findings)] == ["b", "d"]
    assert [f.span.line for f in findings] == [2, 6]
    assert yaml.announced(file) == (("kpi", "a"), ("kpi", "b"), ("kpi", "c"), ("kpi", "d"))
