"""Which changes are made of an expression, as a person would read them."""

import pytest

from kpispec.diagnostics import Findings
from kpispec.formula.mutate import amounts, edits, negated
from kpispec.formula.parse import parse
from kpispec.source import Text

CASES = {
    "count_if(score >= 9)": [
        "count_if(score >= 9) -> count_if(not (score >= 9))",
        "score >= 9 -> score > 9",
        "score >= 9 -> score >= 10",
        "score >= 9 -> score >= 8",
    ],
    "100 * a": ["100 * a -> 100 / a", "100 * a -> 101 * a", "100 * a -> 99 * a", "100 * a -> 1 * a"],
    "top_box(score, 4)": ["top_box(score, 4) -> top_box(score, 5)", "top_box(score, 4) -> top_box(score, 3)"],
    "a or b and not c": [
        "a or b and not c -> a and b and not c",
        "b and not c -> b or not c",
        "not c -> c",
    ],
    "kind = 'hot'": ["kind = 'hot' -> kind <> 'hot'", "kind = 'hot' -> kind = '~'"],
    "kind is distinct from 'a'": [
        "kind is distinct from 'a' -> kind is not distinct from 'a'",
        "kind is distinct from 'a' -> kind is distinct from '~'",
    ],
    "x is not null": ["x is not null -> x is null"],
    "k in ('a', 'b')": [
        "k in ('a', 'b') -> k not in ('a', 'b')",
        "k in ('a', 'b') -> k in ('b')",
        "k in ('a', 'b') -> k in ('a')",
        "k in ('a', 'b') -> k in ('~', 'b')",
        "k in ('a', 'b') -> k in ('a', '~')",
    ],
    "x not between 0 and 2": [
        "x not between 0 and 2 -> x between 0 and 2",
        "x not between 0 and 2 -> x not between 1 and 2",
        "x not between 0 and 2 -> x not between (-1) and 2",
        "x not between 0 and 2 -> x not between 0 and 3",
        "x not between 0 and 2 -> x not between 0 and 1",
    ],
    "quantile_cont(w, 0.9)": [
        "quantile_cont(w, 0.9) -> quantile_disc(w, 0.9)",
        "quantile_cont(w, 0.9) -> quantile_cont(w, 1)",
        "quantile_cont(w, 0.9) -> quantile_cont(w, 0.8)",
    ],
    "median(w)": ["median(w) -> quantile_cont(w, 0.6)"],
    "count(distinct c)": ["count(distinct c) -> count(c)"],
    "count(*)": ["count(*) -> count(each)"],
    "count(c)": ["count(c) -> count(distinct c)", "count(c) -> count(*)"],
    "sum(x) filter (where ok)": [
        "sum(x) filter (where ok) -> avg(x) filter (where ok)",
        "sum(x) filter (where ok) -> sum(x)",
    ],
    "arg_max(x, at)": ["arg_max(x, at) -> arg_min(x, at)"],
    "case when a then x else y end": [
        "case when a then x else y end -> case when a then y else x end",
        "case when a then x else y end -> case when a then x end",
    ],
    "coalesce(a, b)": ["coalesce(a, b) -> a"],
    "if(a, x, y)": ["if(a, x, y) -> if(a, y, x)"],
    "b - a > 4 h": [
        "b - a > 4 h -> b - a >= 4 h",
        "b - a -> b + a",
        "b - a > 4 h -> b - a > 5 h",
        "b - a > 4 h -> b - a > 3 h",
    ],
    "d > date '2026-03-01'": [
        "d > date '2026-03-01' -> d >= date '2026-03-01'",
        "d > date '2026-03-01' -> d > date '2026-03-02'",
        "d > date '2026-03-01' -> d > date '2026-02-28'",
    ],
    "-x": ["-x -> x"],
    "true": ["true -> false"],
}


def parsed(text):
    return parse(Text.of(text), "", Findings())


@pytest.mark.parametrize("text", CASES)
def test_the_changes_of_an_expression(text):
    assert [f"{e.before} -> {e.after}" for e in edits(parsed(text), "each")] == CASES[text]


@pytest.mark.parametrize("text", CASES)
def test_every_change_can_be_read_and_differs(text):
    for edit in edits(parsed(text), "each"):
        changed = parsed(edit.changed.value)
        assert changed is not None
        assert changed != parsed(text)


def test_and_becomes_or_where_it_stands():
    """`or` binds less tightly: without parentheses, what stands around would be taken apart."""
    (edit,) = [e for e in edits(parsed("(a and b) = c")) if " or " in e.after]
    assert edit.changed.value == "((a or b)) = c"


def test_a_change_has_its_place_in_the_text():
    (bound,) = [e for e in edits(parsed("count_if(score >= 9)")) if e.after == "score > 9"]
    assert bound.span.text == ">="


def test_a_condition_turned_around():
    assert negated(parsed("a or b")).changed.value == "(not (a or b))"


def test_amounts_stay_above_zero():
    assert [e.after for e in amounts(Text.of("12 months"))] == ["13 months", "11 months"]
    assert [e.after for e in amounts(Text.of("0 s"))] == ["1 s"]
    assert list(amounts(Text.of("year_to_date"))) == []
