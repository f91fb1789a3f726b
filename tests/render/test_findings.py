"""Findings drawn: carets stand under the characters they are about, whatever the line holds."""

import json
import unicodedata

import pytest

from kpispec.diagnostics import Findings, Fix, Related
from kpispec.render import findings as render
from kpispec.source import SourceFile, Span


def one(line, words, rule="unknown-key", **more):
    file = SourceFile("specs/a.yml", line)
    start = line.index(words)
    findings = Findings()
    findings.add(rule, "a message", subject="kpi.a", span=Span(file, start, start + len(words)), **more)
    return findings


def width(words):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("key: value", "value"),
        ("\tkey:\tvalue", "value"),
        ("日本語: 顧客満足度 x", "満足"),
        ("e\u0301te\u0301: value", "value"),
        ("a: " + "x" * 400 + " here " + "y" * 400, "here"),
        ("label: \u202ea b", "b"),
    ],
)
def test_carets_stand_under_their_characters(line, words):
    drawn = render.text(one(line, words), 1).splitlines()
    quoted, carets = drawn[3], drawn[4]
    assert carets.count("^") == width(words)
    before = carets[: carets.index("^")]
    under = ""
    for char in quoted:
        if width(under + char) > width(before) and width(under) >= width(before):
            break
        under += char
    assert quoted[len(under) :].startswith(words)


def test_a_finding_is_drawn_with_its_cure_and_its_sister():
    file = SourceFile("a.yml", "kpi: nps\nlabl: x\ntags: [b]\n")
    findings = Findings()
    key = Span(file, 9, 13)
    findings.add(
        "unknown-key",
        "`labl` is not a key",
        subject="kpi.nps",
        span=key,
        help="did you mean `label`?",
        fix=Fix("replace by `label`", "label", key),
        related=(Related("the document", Span(file, 5, 8)),),
    )
    findings.add("unused-input", "nobody reads `x`", subject="kpi.nps.inputs.x")
    assert (
        render.text(findings, 1)
        == """\
warning[unused-input]: nobody reads `x`
 --> kpi.nps.inputs.x

error[unknown-key]: `labl` is not a key
 --> a.yml:2:1
  |
2 | labl: x
  | ^^^^
  = note: the document
 --> a.yml:1:6
  |
1 | kpi: nps
  |      ^^^
  = help: did you mean `label`?
  = fix: replace by `label`

1 document, 1 error, 1 warning
"""
    )


def test_a_span_over_many_lines_is_drawn_at_its_ends():
    text = "".join(f"line {n}\n" for n in range(1, 21))
    file, findings = SourceFile("a.yml", text), Findings()
    findings.add("bad-value", "long", subject="a", span=Span(file, text.index("line 2"), text.index("line 12")))
    drawn = render.text(findings, 1).splitlines()
    assert [line for line in drawn if "line" in line] == [" 2 | line 2", " 3 | line 3", "11 | line 11"]


def test_nothing_that_a_terminal_acts_upon_is_printed():
    hostile = "label: \x1b[31mred\x07 \u202e \u200b"
    findings = one(hostile, "red", help="\x1b[0m")
    drawn = render.text(findings, 1)
    assert not set("\x1b\x07\u202e\u200b") & set(drawn)
    assert "\\u{001b}[31mred" in drawn


def test_colour_only_adds_codes():
    findings = one("key: value", "value", help="a cure")
    plain, coloured = render.text(findings, 1), render.text(findings, 1, colour=True)
    assert "\x1b[" not in plain
    assert "\x1b[1;31merror[unknown-key]\x1b[0m" in coloured


def test_json_says_all_there_is():
    file = SourceFile("a.yml", "kpi: nps\nlabl: x\n")
    key = Span(file, 9, 13)
    findings = Findings()
    findings.add(
        "unknown-key", "m", subject="kpi.nps", span=key, fix=Fix("t", "label", key), related=(Related("r", key),)
    )
    findings.add("unused-input", "n", subject="kpi.nps.inputs.x")
    place = {"line": 2, "column": 1, "end_line": 2, "end_column": 5}
    assert json.loads(render.as_json(findings, 3)) == {
        "schema": "kpispec-findings/1",
        "findings": [
            {
                "rule": "unused-input", "severity": "warning", "message": "n", "subject": "kpi.nps.inputs.x",
                "path": None, "line": None, "column": None, "end_line": None, "end_column": None,
                "related": [], "help": None, "fix": None,
            },
            {
                "rule": "unknown-key", "severity": "error", "message": "m", "subject": "kpi.nps",
                "path": "a.yml", **place,
                "related": [{"message": "r", "path": "a.yml", **place}], "help": None,
                "fix": {"title": "t", "safe": True, "replacement": "label", **place},
            },
        ],
        "documents": 3,
        "errors": 1,
        "warnings": 1,
    }  # fmt: skip


def test_an_annotation_keeps_to_its_line():
    file, findings = SourceFile("a,b:c.yml", "kpi: nps"), Findings()
    findings.add("unknown-key", "100 %\nof: it", subject="a", span=Span(file, 0, 3), help="a, b")
    assert render.github(findings) == (
        "::error file=a%2Cb%3Ac.yml,line=1,endLine=1,col=1,endColumn=4,title=unknown-key::"
        "100 %25%0Aof: it%0Ahelp: a, b\n"
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 documents, no findings"), (1, "1 document, no findings"), (2, "2 documents, no findings")],
)
def test_a_clean_run_says_so(count, words):
    assert render.count_line(Findings(), count) == words
