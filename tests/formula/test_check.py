"""The checker: what it says of the cases, and what it hands on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.formula.check import Scope, Symbol, aggregates, check, check_unit, names, substitute
from kpispec.formula.constants import constant
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.formula.tree import Binary, Call, Cast, Expr, Name, Number, Star, Type, walk
from kpispec.rules import RULES
from kpispec.source import Text
from kpispec.units import parse_unit

from .cases import FOLDER, macros, said
from .test_parse import WORDS

SYMBOLS = {
    "a": Symbol(Type.INTEGER, row=True, row_set="t"),
    "b": Symbol(Type.TIMESTAMP, row=True, row_set="t"),
    "day": Symbol(Type.DATE, row=True, row_set="t"),
    "score": Symbol(Type.NUMBER, row=False),
}
NPS = macros({"nps(score)": "100 * (count_if(score >= 9) - count_if(score <= 6)) / count(score)", "share(c)": "c / 2"})
SCOPE = Scope(SYMBOLS, "formula", "input", NPS)


def typed(text: str, scope: Scope = SCOPE) -> Expr:
    findings = Findings()
    expr = parse(Text.of(text), "test", findings)
    assert expr is not None
    result = check(expr, scope, "test", findings)
    assert result is not None, [f.message for f in findings]
    return result


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    """The text beside a case is what is said of it."""
    assert said(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


RULES_OF_FORMULAS = [
    "formula-syntax",
    "unknown-input",
    "unknown-column",
    "unknown-function",
    "argument-count",
    "argument-type",
    "input-outside-aggregate",
    "nested-aggregate",
    "aggregate-in-row",
    "window-not-allowed",
    "mixed-row-sets",
    "cast-to-integer",
    "function-cycle",
    "nullable-comparison",
    "date-diff-counts-boundaries",
    "sum-filter-null",
]


@pytest.mark.parametrize("rule", RULES_OF_FORMULAS)
def test_every_rule_has_a_case(rule: str) -> None:
    assert rule in RULES
    assert any(f" {rule}@" in p.read_text(encoding="utf-8") for p in FOLDER.glob("*.txt"))


def test_macros_keep_the_grouping_of_their_arguments() -> None:
    expr = typed("share(count(a) - 1)")
    assert isinstance(expr, Binary)
    assert isinstance(expr.left, Binary)
    assert (expr.op, expr.left.op) == ("/", "-")


def test_a_body_sees_its_arguments_only() -> None:
    """An argument called as one of the body's names is not replaced again."""
    swap = Macro("swap", ("x", "y"), _parsed("x - y"))
    expr = typed("swap(y, x)", Scope({n: Symbol(Type.NUMBER, False) for n in "xy"}, "formula", "input", {"swap": swap}))
    assert isinstance(expr, Binary)
    assert (_name(expr.left), _name(expr.right)) == ("y", "x")


def _name(expr: Expr) -> str:
    return expr.name if isinstance(expr, Name) else ""


def _parsed(text: str) -> Expr:
    expr = parse(Text.of(text), "test", Findings())
    assert expr is not None
    return expr


def test_macros_that_grow_without_end_are_too_large() -> None:
    """Each doubles its argument: thirty of them inside each other would be a thousand million nodes."""
    double = Macro("double", ("x",), _parsed("x + x"))
    findings = Findings()
    expr = _parsed("double(" * 30 + "now" + ")" * 30)
    scope = Scope({"now": Symbol(Type.NUMBER, False)}, "formula", "input", {"double": double})
    assert check(expr, scope, "test", findings) is None
    assert [f.rule for f in findings] == ["too-large"]


def test_a_date_beside_a_timestamp_is_its_local_midnight() -> None:
    """The tree says so by a cast, so that nothing is left to the engine."""
    expr = typed("count_if(b >= day)")
    assert isinstance(expr, Call)
    assert isinstance(expr.args[0], Binary)
    right = expr.args[0].right
    assert isinstance(right, Cast)
    assert right.target is Type.TIMESTAMP
    assert right.operand.type is Type.DATE


def test_every_node_of_a_checked_tree_has_its_type() -> None:
    expr = typed("100 * nps(a) / count_if(b - b > 4 h and a in (1, 2) or day + 1 day is not null)")
    assert all(node.type is not Type.UNKNOWN for node in walk(expr) if not isinstance(node, Star))


def test_aggregates_are_listed_as_written() -> None:
    calls = aggregates(typed("coalesce(sum_if(a, a > 3), 0) / count(distinct a) - nps(a)"))
    assert [c.name for c in calls] == ["sum_if", "count", "count_if", "count_if", "count"]


def test_names_are_those_that_are_read() -> None:
    assert names(typed("nps(a) + score + count(*)")) == {"a", "score"}


def test_substitution_is_done_all_at_once() -> None:
    a, b = _parsed("a"), _parsed("b")
    swapped = substitute(_parsed("a - b"), {"a": b, "b": a})
    assert isinstance(swapped, Binary)
    assert (_name(swapped.left), _name(swapped.right)) == ("b", "a")


@pytest.mark.parametrize(
    ("formula", "unit", "fits"),
    [
        ("avg(b - b)", "h", True),
        ("avg(b - b)", "percent", False),
        ("avg(b - b) / 1 h", "number", True),
        ("avg(a)", "s", True),
    ],
)
def test_a_duration_is_in_a_unit_of_time(formula: str, unit: str, fits: bool) -> None:
    """A plain number in such a unit is taken as it is: nothing is scaled."""
    named = parse_unit(unit)
    assert named is not None
    findings = Findings()
    assert check_unit(typed(formula), named, "test", findings) is fits
    assert [f.rule for f in findings] == ([] if fits else ["unit-mismatch"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200 / 3", 200 / 3),
        ("-99", -99),
        ("4 h", 14400),
        ("2 * (3 + 4)", 14),
        ("1 / 0", None),
        ("a + 1", None),
        ("1e308 * 1e308", None),
        ("abs(3)", None),
        ("7 % 4", None),
    ],
)
def test_constants_have_a_value(text: str, value: float | None) -> None:
    assert constant(_parsed(text)) == value


def test_an_error_of_a_macro_s_body_is_shown_at_its_call() -> None:
    findings = Findings()
    scope = Scope({"name": Symbol(Type.STRING, True, "t")}, "formula", "input", NPS)
    assert check(_parsed("1 + nps(name)"), scope, "kpi.x.formula", findings) is None
    assert [(f.span.text, f.span.file.path) for f in findings if f.span] == [("nps(name)", "<text>")]


KINDS = st.sampled_from(["formula", "row", "computed", "binding", "function"])
CALLS = [
    "avg(",
    "nps(",
    "share(",
    "lead(",
    "coalesce(",
    "date_diff(",
    "quantile_cont(",
    "over (order by b)",
    "a",
    "b",
    "day",
]


@given(st.lists(st.sampled_from([*WORDS, *CALLS, *CALLS, ")", ")", ")", ","]), max_size=16), KINDS)
def test_whatever_parses_is_typed_or_found_wrong(words: list[str], kind: str) -> None:
    findings = Findings()
    expr = parse(Text.of(" ".join(words)), "test", findings)
    if expr is None:
        return
    result = check(expr, Scope(SYMBOLS, kind, "input", NPS), "test", findings)  # type: ignore[arg-type]
    assert (result is None) == (findings.errors > 0)
    assert all(f.help and f.span is not None for f in findings)


LEAVES = st.sampled_from(
    ["a", "b", "day", "score", "1", "4 h", "'x'", "null", "date '2026-01-31'", "interval 1 month", "true"]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "||", "=", "<", ">=", "and", "or"]), inner).map(
        lambda t: f"({' '.join(t)})"
    )
    calls = st.tuples(
        st.sampled_from(["avg", "count", "count_if", "max", "abs", "round", "coalesce", "nps", "if", "lower"]),
        inner,
        inner,
    )
    return pairs | calls.map(lambda t: f"{t[0]}({t[1]})") | calls.map(lambda t: f"{t[0]}({t[1]}, {t[2]})")


@given(st.recursive(LEAVES, _grown, max_leaves=8), KINDS)
def test_grown_expressions_are_typed_or_found_wrong(text: str, kind: str) -> None:
    findings = Findings()
    expr = parse(Text.of(text), "test", findings)
    assert expr is not None
    result = check(expr, Scope(SYMBOLS, kind, "input", NPS), "test", findings)  # type: ignore[arg-type]
    assert (result is None) == (findings.errors > 0)
    assert not (result is not None and any(isinstance(n, Number) and n.type is Type.UNKNOWN for n in walk(result)))
