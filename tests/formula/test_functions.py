"""The table of functions: closed, exemplified, and the page about it current."""

from pathlib import Path

import pytest
import yaml

from kpispec.diagnostics import Findings
from kpispec.formula.check import Scope, check
from kpispec.formula.define import define
from kpispec.formula.foreign import FOREIGN
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.parse import parse
from kpispec.formula.reference import page
from kpispec.formula.scope import Kind
from kpispec.formula.signature import ACCEPTED, Function
from kpispec.source import SourceFile, Span, Text
from kpispec.spec import FunctionSpec
from kpispec.words import RESERVED

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "specs" / "functions").glob("*.yml"))


ON_ROWS = [f for f in FUNCTIONS.values() if f.name != "days_in_force"]  # it reads an interval: see tests/catalog


@pytest.mark.parametrize("function", ON_ROWS, ids=lambda f: f.name)
def test_the_example_of_a_function_is_right(function: Function) -> None:
    """It calls the function, and is accepted where such a function may stand."""
    kind: Kind = "computed" if function.kind == "window" else "function"
    findings = Findings()
    expr = parse(Text.of(function.example), "test", findings)
    assert expr is not None
    assert f"{function.name}(" in function.example
    assert check(expr, Scope({}, kind, "column", open=True), "test", findings) is not None, list(findings)
    assert findings.errors == 0


def test_every_set_of_types_has_a_name() -> None:
    assert all(p.accepts in ACCEPTED for f in FUNCTIONS.values() for p in f.params)


def test_aggregates_say_what_they_give_over_nothing() -> None:
    assert {f.name for f in FUNCTIONS.values() if f.empty == "0"} == {
        "count",
        "count_if",
        "sum_if",
        "approx_count_distinct",
    }
    assert all(bool(f.empty) == (f.kind == "aggregate") for f in FUNCTIONS.values())


def test_foreign_names_are_not_ours_and_lead_to_ours() -> None:
    assert not FOREIGN.keys() & FUNCTIONS.keys()
    assert {same for same, _ in FOREIGN.values() if same is not None} <= FUNCTIONS.keys()


FORBIDDEN = [
    "now",
    "current_timestamp",
    "random",
    "getenv",
    "current_setting",
    "read_csv",
    "read_parquet",
    "list",
    "string_agg",
    "any_value",
    "repeat",
    "range",
    "rpad",
    "lpad",
    "printf",
    "format",
    "levenshtein",
    "glob",
    "query",
    "query_table",
    "generate_series",
    "unnest",
    "sleep",
    "version",
]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_reads_the_world_loops_or_returns_rows_is_no_function(name: str) -> None:
    findings = Findings()
    expr = parse(Text.of(f"{name}(a)"), "test", findings)
    if expr is not None:
        assert check(expr, Scope({}, "row", "column", open=True), "test", findings) is None
    assert findings.errors == 1


def test_no_function_is_named_by_a_word_of_the_grammar() -> None:
    assert not FUNCTIONS.keys() & RESERVED


def test_the_page_is_current() -> None:
    """`python -m kpispec.formula.reference > docs/reference/functions.md` writes it."""
    assert (ROOT / "docs" / "reference" / "functions.md").read_text(encoding="utf-8") == page()


def spec(id: str, args: tuple[str, ...], formula: str) -> FunctionSpec:
    file = SourceFile(f"{id}.yml", formula)
    span = Span(file, 0, len(formula))
    return FunctionSpec(id, span, args, Text(formula, span))


def library() -> list[FunctionSpec]:
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in LIBRARY]
    return [spec(d["function"], tuple(d["args"]), d["formula"]) for d in documents]


def test_the_functions_of_the_library_are_in_order() -> None:
    findings = Findings()
    macros = define(library(), findings)
    assert [f.message for f in findings] == []
    assert set(macros) == {"share", "top_box", "bottom_box", "nps", "per_thousand", "growth", "gap"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_a_function_of_the_library_speaks_two_languages(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert document["function"] == path.stem
    assert {"en", "fr"} <= document["description"].keys()


def test_a_circle_of_functions_is_one_finding() -> None:
    findings = Findings()
    circle = [
        spec("f", ("x",), "g(x)"),
        spec("g", ("x",), "h(x)"),
        spec("h", ("x",), "1 + f(x)"),
        spec("k", ("x",), "x"),
    ]
    assert set(define(circle, findings)) == {"k"}
    assert [f.message for f in findings] == ["functions call each other in a circle: f -> g -> h -> f"]


def test_a_function_may_not_call_itself() -> None:
    findings = Findings()
    assert define([spec("f", ("x",), "f(x - 1)")], findings) == {}
    assert [f.rule for f in findings] == ["function-cycle"]


def test_a_function_of_the_language_is_not_replaced() -> None:
    findings = Findings()
    assert define([spec("sum", ("x",), "x")], findings) == {}
    assert [f.rule for f in findings] == ["bad-id"]


def test_functions_may_call_each_other_whatever_their_order() -> None:
    findings = Findings()
    macros = define([spec("f", ("x",), "g(x) + g(x)"), spec("g", ("y",), "100 * y")], findings)
    assert (set(macros), len(findings)) == ({"f", "g"}, 0)
