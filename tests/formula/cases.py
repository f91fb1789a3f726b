"""The cases under tests/cases/formula: what the checker says of expressions. `python tests/formula/cases.py` rewrites
the expected texts; read the diff."""

from pathlib import Path

import yaml

from kpispec.diagnostics import Findings
from kpispec.formula.check import Scope, Symbol, check
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.formula.tree import Type
from kpispec.source import Text

FOLDER = Path(__file__).parents[1] / "cases" / "formula"


def symbol(words: str) -> Symbol:
    """`integer of tickets` is a row input, `number` the value of a KPI, `integer constant` a param."""
    type, *rest = words.split()
    match rest:
        case ["of", *row_set]:
            return Symbol(Type(type), row=True, row_set=" ".join(row_set))
        case ["row"]:
            return Symbol(Type(type), row=True)
        case ["filled"]:
            return Symbol(Type(type), row=True, nullable=False)
        case ["constant"]:
            return Symbol(Type(type), row=False, constant=True)
        case _:
            return Symbol(Type(type), row=False)


def macros(texts: dict[str, str]) -> dict[str, Macro]:
    found = {}
    for signature, body in texts.items():
        name, _, args = signature.removesuffix(")").partition("(")
        expr = parse(Text.of(body, f"{name}.yml"), f"function.{name}.formula", Findings())
        assert expr is not None, signature
        found[name] = Macro(name, tuple(a.strip() for a in args.split(",")), expr)
    return found


def said(path: Path) -> str:
    """What is said of each expression of a case."""
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    scope = Scope(
        symbols={name: symbol(words) for name, words in case["symbols"].items()},
        kind=case["kind"],
        noun="input" if case["kind"] == "formula" else "column",
        macros=macros(case.get("functions", {})),
        dataset=case.get("dataset"),
        open=case.get("open", False),
        filter=case.get("filter", False),
    )
    return "\n".join(_said(str(text), scope) for text in case["expressions"])


def _said(text: str, scope: Scope) -> str:
    findings = Findings()
    expr = parse(Text.of(text), "here", findings, quoted_names=scope.kind == "binding")
    typed = check(expr, scope, "here", findings) if expr is not None else None
    lines = [text if typed is None else f"{text} -> {typed.type}"]
    for finding in findings:
        assert finding.span is not None
        place = f"{finding.rule}@{finding.span.start}-{finding.span.end} {finding.span.text}"
        lines += [f"  {finding.severity} {place}", f"    {finding.message}", f"    {finding.help}"]
        if finding.fix is not None:
            lines.append(f"    {'safe fix' if finding.fix.safe else 'fix'}: {finding.fix.replacement}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.yaml")):
        path.with_suffix(".txt").write_text(said(path), encoding="utf-8")
