"""`fmt`: the order and layout of documents, and that nothing but these changes."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings

from kpispec.bundled import bundled
from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax import layout
from kpispec.syntax.kinds import SCHEMA_KINDS, schema
from kpispec.syntax.layout.same import comments, same

from .layouts import CASES, laid_out
from .messy import messy

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHIPPED = sorted([*bundled("specs").rglob("*.yml"), *(ROOT / "examples").rglob("*.yml")])
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if BLOCK.search(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_is_laid_out_as_expected(path):
    expected = path.with_suffix(".out.yaml").read_text(encoding="utf-8")
    assert laid_out(path.read_text(encoding="utf-8")) == expected
    assert laid_out(expected) == expected


def plain(text):
    """The values of a text by another reader than ours, bands and units apart from how they are written."""
    return [said(value) for value in yaml.safe_load_all(text.replace("\r\n", "\n"))]


def said(value):
    match value:
        case dict():
            return {key: said(inner) for key, inner in value.items()}
        case list():
            return [said(inner) for inner in value]
        case "%":
            return "percent"
        case _:
            return value


@settings(max_examples=80)
@given(messy())
def test_a_second_run_changes_nothing_and_the_first_only_order_and_layout(text):
    made = laid_out(text)
    assert made is not None
    assert laid_out(made) == made
    assert plain(made) == plain(text if text.endswith("\n") else text + "\n")
    numbers = r"c\d+\b"
    assert sorted(re.findall(numbers, made)) == sorted(re.findall(numbers, text))
    assert ("\r\n" in made) == ("\r\n" in text)
    assert made.endswith("\n")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_ships_is_laid_out(path):
    text = path.read_text(encoding="utf-8")
    assert laid_out(text) == text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_examples_of_the_docs_keep_their_meaning(path):
    """`lay_out` raises where they do not; those that cannot be read are there to show it."""
    for block in BLOCK.findall(path.read_text(encoding="utf-8")):
        made = laid_out(block)
        assert made is None or laid_out(made) == made


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_the_table_of_a_kind_is_the_order_of_its_keys(kind):
    keys = list(schema(kind)["properties"])
    text = f"{kind}: some_id\n" + "".join(f"{key}: x\n" for key in reversed(keys) if key != kind)
    assert [line.split(":")[0] for line in laid_out(text).splitlines()] == keys


BEFORE = "kpi: nps\nunit: points  # of 200\ntags: [a, b]  # kpispec: ignore[bad-value]\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("points", "point"),
        ("points  # of 200", "points"),
        ("[a, b]", "[b, a]"),
        ("[a, b]", "[a, 'b', c]"),
        ("tags: [a, b]  # kpispec: ignore[bad-value]", "# kpispec: ignore[bad-value]\n\ntags: [a, b]"),
        ("unit: points", "unit: points\nlabel: x"),
        ("tags: [", "tags: [["),
    ],
    ids=["value", "comment", "order of a list", "item", "what a comment silences", "key", "unreadable"],
)
def test_another_meaning_is_seen(old, new):
    changed = BEFORE.replace(old, new)
    assert changed != BEFORE
    assert not same(SourceFile("a.yml", BEFORE), SourceFile("a.yml", changed))


def test_the_same_in_another_order_is_the_same():
    lines = BEFORE.splitlines(keepends=True)
    assert same(SourceFile("a.yml", BEFORE), SourceFile("a.yml", lines[0] + lines[2] + lines[1]))


def test_a_layout_that_would_say_something_else_is_refused(monkeypatch):
    monkeypatch.setattr(layout, "written", lambda *_: ["kpi: another"])
    with pytest.raises(layout.MeaningError):
        laid_out("kpi: nps\n")


def test_every_comment_is_found():
    text = "# a\nkpi: x # b\nl: ['# no', # c\n  d] # d\nt: |- # e\n  # no\n # f\nq: \"a\n  # no\"\n--- # g\n# h"
    assert comments(text) == ["# a", "# b", "# c", "# d", "# e", "# f", "# g", "# h"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("kpi: a\nformula: [\n", ["yaml-syntax"]),
        ("kpi: a\nkpi: b\n", ["duplicate-key"]),
        ("services: {}\n", ["unknown-kind"]),
        ("kpi: a\n---\nlabel: x\nkpi: b\n", ["unknown-kind"]),
    ],
)
def test_what_cannot_be_read_is_left_alone(text, rules):
    findings = Findings()
    assert layout.lay_out(SourceFile("a.yml", text), findings) is None
    assert [finding.rule for finding in findings] == rules


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "kpi: aa\n? unit\n: points\n", "--- # c\n{kpi: aa}\n", "&x\nkpi: aa\n...\n---\n"]
)
def test_rare_forms_are_borne(text):
    made = laid_out(text)
    assert laid_out(made) == made
    assert [v for v in plain(made) if v] == [v for v in plain(text) if v]


def test_a_document_in_braces_becomes_a_block():
    assert laid_out("{unit: '%', kpi: aa}\n") is None
    assert laid_out("{kpi: aa, formula: 1, unit: '%'}\n") == "kpi: aa\nunit: percent\nformula: 1\n"
