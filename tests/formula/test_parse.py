"""The parser: exact places, exact words, no text that breaks it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.formula.parse import parse
from kpispec.formula.scan import MAX_CHARACTERS
from kpispec.formula.tree import (
    Between,
    Binary,
    CalendarInterval,
    Call,
    Duration,
    Expr,
    In,
    Moment,
    Name,
    Number,
    Star,
    Unary,
    walk,
)
from kpispec.source import SourceFile, Span, Text


def read(text: str, *, quoted_names: bool = False) -> Expr:
    findings = Findings()
    expr = parse(Text.of(text), "test", findings, quoted_names=quoted_names)
    assert expr is not None, [f.message for f in findings]
    assert len(findings) == 0
    return expr


def grouped(expr: Expr) -> str:
    """The tree with all of its parentheses."""
    match expr:
        case Binary(op=op, left=a, right=b):
            return f"({grouped(a)} {op} {grouped(b)})"
        case Unary(op=op, operand=x):
            return f"({op} {grouped(x)})"
        case Between(operand=x, low=a, high=b):
            return f"({grouped(x)} between {grouped(a)} and {grouped(b)})"
        case In(operand=x, items=items):
            return f"({grouped(x)} in {' '.join(grouped(i) for i in items)})"
        case Name(name=name):
            return name
        case Number(text=text):
            return text
        case _:
            return f"<{expr.place.text}>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b - c", "((a - b) - c)"),
        ("a - b * c / d", "(a - ((b * c) / d))"),
        ("a or b and not c = d", "(a or (b and (not (c = d))))"),
        ("not a in (1, 2) and b", "((not (a in 1 2)) and b)"),
        ("a between 1 and 2 and b", "((a between 1 and 2) and b)"),
        ("a between b + 1 and c - 1 or d", "((a between (b + 1) and (c - 1)) or d)"),
        ("a = b is null", "<a = b is null>"),
        ("a is distinct from b + 1 and c", "((a is distinct from (b + 1)) and c)"),
        ("a || b = c || d", "((a || b) = (c || d))"),
        ("-a * b", "((- a) * b)"),
        ("a * -b", "(a * (- b))"),
        ("a == b or a != c", "((a = b) or (a <> c))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("A + Sum", "(a + sum)"),
    ],
)
def test_operators_bind_as_in_sql(text: str, expected: str) -> None:
    assert grouped(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4 h", 14400),
        ("20 s", 20),
        ("7 days", 604800),
        ("1.5 min", 90),
        ("4h", 14400),
        ("2 weeks", 1209600),
        ("interval 1 day", 86400),
        ("interval '90' minute", 5400),
        ("interval '2 hours'", 7200),
    ],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    expr = read(text)
    assert isinstance(expr, Duration)
    assert expr.seconds == seconds


def test_months_and_years_go_by_the_calendar() -> None:
    steps = [read(t) for t in ("interval 3 month", "interval '2' years", "interval 1 quarter")]
    assert [s.months for s in steps if isinstance(s, CalendarInterval)] == [3, 24, 3]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("date '2026-01-31'", "2026-01-31"),
        ("timestamp '2026-01-31 08:00'", "2026-01-31 08:00:00"),
        ("timestamp '2026-01-31T08:00:00.5+02:00'", "2026-01-31 08:00:00.500000+02:00"),
        ("timestamp '2026-01-31 08:00Z'", "2026-01-31 08:00:00+00:00"),
    ],
)
def test_moments_are_iso_8601(text: str, value: str) -> None:
    expr = read(text)
    assert isinstance(expr, Moment)
    assert expr.value == value


def test_a_call_keeps_what_stands_around_it() -> None:
    call = read(
        "min(t) filter (where x is not true) over (partition by a, b order by t desc nulls last "
        "rows between 1 following and unbounded following)"
    )
    assert isinstance(call, Call)
    assert call.window is not None
    assert [len(call.window.partition), len(call.window.order)] == [2, 1]
    assert (call.window.order[0].descending, call.window.order[0].nulls_first) == (True, False)
    assert call.window.frame is not None
    assert [(b.kind, b.rows) for b in call.window.frame] == [("following", 1), ("following", None)]


def test_ignore_nulls_stands_inside_or_after_the_parentheses() -> None:
    for text in ("lead(x ignore nulls) over (order by t)", "lead(x) ignore nulls over (order by t)"):
        call = read(text)
        assert isinstance(call, Call)
        assert call.ignore_nulls


def test_count_takes_a_star_and_distinct() -> None:
    star, distinct = read("count(*)"), read("count(distinct x)")
    assert isinstance(star, Call)
    assert isinstance(star.args[0], Star)
    assert isinstance(distinct, Call)
    assert distinct.distinct


def test_dotted_names_keep_their_path() -> None:
    expr = read("account.customer.region")
    assert expr == Name(name="region", path=("account", "customer"), place=expr.place)


def test_double_quotes_name_raw_columns_in_bindings_only() -> None:
    expr = read("\"Réponse (Y/N)\" = 'Y'", quoted_names=True)
    assert isinstance(expr, Binary)
    assert expr.left == Name(name="Réponse (Y/N)", quoted=True, place=expr.left.place)
    assert parse(Text.of('"a"'), "test", Findings()) is None


def test_places_cover_parentheses_of_operands_only() -> None:
    expr = read("100 * (a + b) / count(c)")
    assert isinstance(expr, Binary)
    assert isinstance(expr.left, Binary)
    assert expr.left.place.text == "100 * (a + b)"
    assert expr.left.right.place.text == "a + b"
    assert expr.right.place.text == "count(c)"


def test_places_follow_a_folded_text_into_its_file() -> None:
    """The value `a + scor` was written over two lines: each word still points at its own characters."""
    file = SourceFile("nps.yml", "formula: >-\n  a +\n  scor\n")
    offsets = (14, 15, 16, 17, 20, 21, 22, 23)
    text = Text("a + scor", Span(file, 14, 24), offsets)
    expr = parse(text, "kpi.nps.formula", Findings())
    assert isinstance(expr, Binary)
    assert expr.right.place.span.text == "scor"
    assert (expr.right.place.span.line, expr.right.place.span.column) == (3, 3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("+".join(["a"] * 60), "too deep"),
        ("(" * 60 + "a" + ")" * 60, "too deep"),
        ("-" + " -" * 60 + " a", "too deep"),
        ("not " * 60 + "a", "too deep"),
        ("a in (" + ", ".join(["1"] * 700) + ")", "too many"),
        ("a" * (MAX_CHARACTERS + 1), "characters"),
        ("(" * 7_999, "too deep"),
    ],
)
def test_what_is_too_large_is_one_finding(text: str, complaint: str) -> None:
    findings = Findings()
    assert parse(Text.of(text), "test", findings) is None
    assert [f.rule for f in findings] == ["too-large"]
    assert complaint in next(iter(findings)).message


def test_a_long_list_of_values_is_read() -> None:
    expr = read("kind in (" + ", ".join(f"'{i}'" for i in range(400)) + ")")
    assert isinstance(expr, In)
    assert len(expr.items) == 400


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b", "\u00ad", "\ud800"])
def test_what_cannot_be_seen_is_refused_by_code_point(character: str) -> None:
    for text in (f"a{character} + 1", f"a = 'x{character}'"):
        findings = Findings()
        assert parse(Text.of(text), "test", findings) is None
        found = next(iter(findings))
        assert found.span is not None
        assert found.span.text == character
        assert f"U+{ord(character):04X}" in found.message


WORDS = [
    "a",
    "b",
    "score",
    "count",
    "sum",
    "avg",
    "nps",
    "(",
    ")",
    "(",
    ")",
    ",",
    ".",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "=",
    "<>",
    "<",
    "<=",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "between",
    "like",
    "case",
    "when",
    "then",
    "else",
    "end",
    "cast",
    "as",
    "distinct",
    "filter",
    "where",
    "over",
    "partition",
    "by",
    "order",
    "rows",
    "current",
    "row",
    "date",
    "timestamp",
    "interval",
    "'x'",
    "'2026-01-01'",
    "4",
    "0.9",
    "1e3",
    "h",
    "days",
    "month",
    "//",
    ";",
    "--",
    "?",
    "$",
    "[",
    "]",
    "{",
    "}",
    "::",
    '"',
    "'",
    "é",
    "≥",
    "\u200b",
    "select",
    "from",
]


@given(st.text())
@example("(" * 500)
@example("'" * 99)
@example("case case case")
@example("0" * 5000)
@example("\u0661")
@example("interval '9999999999999999999999999' day")
def test_any_text_gives_a_tree_or_one_finding_inside_it(text: str) -> None:
    findings = Findings()
    expr = parse(Text.of(text), "test", findings)
    assert (expr is None) == (findings.errors == 1)
    for finding in findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)


@given(st.lists(st.sampled_from(WORDS), max_size=25), st.booleans())
def test_any_words_give_a_tree_or_one_finding_with_a_cure(words: list[str], quoted_names: bool) -> None:
    text = " ".join(words)
    findings = Findings()
    expr = parse(Text.of(text), "test", findings, quoted_names=quoted_names)
    assert (expr is None) == (findings.errors == 1)
    assert all(f.help for f in findings)
    for node in walk(expr) if expr is not None else ():
        assert 0 <= node.place.start < node.place.end <= len(text)
