"""Function documents to macros: bodies checked against their arguments, circles refused."""

from collections.abc import Mapping

from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Type
from kpispec.spec import FunctionSpec


def build_macros(specs: Mapping[str, FunctionSpec], findings: Findings) -> dict[str, Macro]:
    """The macros that could be read. A body that calls others is checked with all of them in sight."""
    found: dict[str, Macro] = {}
    for spec in specs.values():
        if spec.id in FUNCTIONS:
            _shadows(spec, findings)
            continue
        body = parse(spec.formula, f"function.{spec.id}.formula", findings)
        if body is not None:
            found[spec.id] = Macro(spec.id, spec.args, body)
    for name, macro in found.items():
        symbols = {a: Symbol(type=Type.UNKNOWN, row=False) for a in macro.args}
        scope = Scope(symbols=symbols, kind="function", noun="argument", macros=found)
        check(macro.body, scope, f"function.{name}.formula", findings)
    return found


def _shadows(spec: FunctionSpec, findings: Findings) -> None:
    findings.add(
        "bad-id",
        f"`{spec.id}` is a function of the language",
        subject=f"function.{spec.id}",
        span=spec.span,
        help="give the function a name of its own",
    )
