"""What is said of each mistake, and the pages that explain it."""

import re

import pytest

from kpispec.rules import RULES

from .cases import CASES, PAGES, rule_of_case, rules, validated, yaml_blocks


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_says_what_is_expected(path, tmp_path):
    said = validated(path.read_text(encoding="utf-8"), tmp_path)
    assert said == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_shows_its_rule_and_no_other(path):
    said = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:error|warning|note)\[([a-z-]+)\]", said, re.MULTILINE)) == {rule_of_case(path)}


def test_every_rule_has_a_case_and_every_case_a_rule():
    assert {rule_of_case(path) for path in CASES} == set(RULES)


def test_every_rule_has_a_page_and_every_page_a_rule():
    assert {page.stem for page in PAGES.glob("*.md")} == set(RULES)


@pytest.mark.parametrize("slug", RULES)
def test_the_example_of_a_page_breaks_its_rule_and_no_other(slug, tmp_path):
    wrong, _ = yaml_blocks(PAGES / f"{slug}.md")
    assert set(rules(wrong, tmp_path)) == {slug}


@pytest.mark.parametrize("slug", RULES)
def test_the_remedy_of_a_page_leaves_nothing_to_find(slug, tmp_path):
    _, mended = yaml_blocks(PAGES / f"{slug}.md")
    assert rules(mended, tmp_path) == []


@pytest.mark.parametrize("slug", RULES)
def test_a_page_has_a_summary_cause_example_and_remedy_in_this_order(slug):
    lines = (PAGES / f"{slug}.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {slug}"
    assert lines[2]
    assert [line for line in lines if line.startswith("## ")] == ["## Cause", "## Example", "## Remedy"]
    assert max(map(len, lines)) <= 130
