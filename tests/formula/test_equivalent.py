"""Expressions that columns' promises make equal have one form; those that differ on some row do not."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.formula.equivalent import Domain, canonical, never_null
from kpispec.formula.parse import parse
from kpispec.source import Text

DOMAINS = {
    "score": Domain(low=0, high=10, whole=True),
    "count_of": Domain(low=0, whole=True),
    "share": Domain(low=0, high=1),
    "kind": Domain(values=("hot", "cold", "mild")),
    "seen": Domain(known=True),
}


def form(text):
    return canonical(parse(Text.of(text), "", Findings()), DOMAINS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("score > 3", "score >= 4"),
        ("score <= 6", "7 > score"),
        ("score >= 0", "score > -1"),
        ("score between 2 and 4", "score in (2, 3, 4)"),
        ("score <> 4", "score not in (4)"),
        ("count_of > 3", "count_of >= 4"),
        ("count_of >= 0", "count_of > -1"),
        ("count_of < 2", "count_of <= 1"),
        ("share >= 0", "share > -1"),
        ("share <= 1", "share < 2"),
        ("kind = 'hot'", "kind in ('hot')"),
        ("kind in ('hot', 'cold')", "kind <> 'mild'"),
        ("kind = 'hot'", "kind not in ('cold', 'mild')"),
        ("a + b", "b + a"),
        ("a and b", "b and a"),
        ("not not a", "a"),
        ("count(seen)", "count(*)"),
        ("count(x is null)", "count(*)"),
    ],
)
def test_equal_on_every_row(one, other):
    assert form(one) == form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("score > 3", "score >= 3"),
        ("share > 0.5", "share >= 0.5"),
        ("share > 0", "share >= 0"),
        ("share >= 0", "share >= 1"),
        ("count_of > 3", "count_of > 4"),
        ("other > 3", "other >= 4"),
        ("kind = 'hot'", "kind <> 'cold'"),
        ("kind is distinct from 'hot'", "kind in ('cold', 'mild')"),  # a null is distinct
        ("a - b", "b - a"),
        ("count(score)", "count(*)"),
        ("count(distinct seen)", "count(*)"),
    ],
)
def test_different_on_some_row(one, other):
    assert form(one) != form(other)


OPERATORS = {
    "<": lambda x, c: x < c,
    "<=": lambda x, c: x <= c,
    ">": lambda x, c: x > c,
    ">=": lambda x, c: x >= c,
    "=": lambda x, c: x == c,
    "<>": lambda x, c: x != c,
}
COMPARISONS = st.tuples(st.sampled_from(sorted(OPERATORS)), st.integers(-2, 13).map(lambda n: n / 2))


@given(COMPARISONS, COMPARISONS, st.sampled_from(["score", "count_of", "share"]))
def test_one_form_only_for_what_is_equal(one, other, name):
    """By a table of all values that matter: halves stand for what lies between two integers."""
    values = {
        "score": [float(n) for n in range(11)],
        "count_of": [float(n) for n in range(20)],
        "share": [n / 8 for n in range(9)],
    }[name]
    truth = [[OPERATORS[op](v, c) for v in values] for op, c in (one, other)]
    if form(f"{name} {one[0]} ({one[1]})") == form(f"{name} {other[0]} ({other[1]})"):
        assert truth[0] == truth[1]


def test_what_is_never_null():
    known = ["x is null", "x is distinct from y", "coalesce(x > 1, false)", "1 + 2", "case when x then 1 else 2 end"]
    unknown = ["x", "x > 1", "1 / 2", "case when x then 1 end", "cast('a' as number)", "avg(1)"]
    found = {t: never_null(parse(Text.of(t), "", Findings())) for t in itertools.chain(known, unknown)}
    assert found == {**dict.fromkeys(known, True), **dict.fromkeys(unknown, False)}
