"""`function:` documents to macros that formulas can call."""

from collections.abc import Iterable, Mapping

from kpispec.diagnostics import Findings
from kpispec.formula.check import check
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.formula.scope import Scope, Symbol
from kpispec.formula.tree import Call, Type, walk
from kpispec.spec import FunctionSpec


def define(specs: Iterable[FunctionSpec], findings: Findings, written: Iterable[str] = ()) -> dict[str, Macro]:
    """The macros of those documents that are in order. Bodies may call each other, in any order but in no circle.

    `written` are the ids of all function documents, those that could not be read too: calling one is no second mistake.
    """
    known = {spec.id: spec for spec in specs if not _shadows(spec, findings)}
    macros: dict[str, Macro] = {}
    for spec in known.values():
        body = parse(spec.formula, f"function.{spec.id}.formula", findings)
        if body is not None:
            macros[spec.id] = Macro(spec.id, spec.args, body)
    sound = _without_circles(macros, known, findings)
    lost = {id: Macro(id, (), None) for id in (*known, *written) if id not in sound}
    return {id: macro for id, macro in sound.items() if _holds(macro, {**lost, **sound}, findings)}


def _shadows(spec: FunctionSpec, findings: Findings) -> bool:
    if spec.id not in FUNCTIONS:
        return False
    message = f"`{spec.id}` is a function of the language, which no document may replace"
    findings.add("bad-id", message, subject=f"function.{spec.id}", span=spec.span, help="give it another id")
    return True


def _without_circles(
    macros: Mapping[str, Macro], specs: Mapping[str, FunctionSpec], findings: Findings
) -> dict[str, Macro]:
    """The macros from which no call leads back to themselves; each circle is one finding."""
    calls = {id: _called(macro) & macros.keys() for id, macro in macros.items()}
    said: set[frozenset[str]] = set()
    for id in macros:
        circle = _circle(id, calls)
        if circle and frozenset(circle) not in said:
            said.add(frozenset(circle))
            chain = " -> ".join((*circle, id))
            findings.add(
                "function-cycle",
                f"functions call each other in a circle: {chain}",
                subject=f"function.{id}.formula",
                span=specs[id].formula.span,
                help="write one of the bodies without a call of the others",
            )
    circular = frozenset(id for circle in said for id in circle)
    return {id: macro for id, macro in macros.items() if id not in circular}


def _called(macro: Macro) -> frozenset[str]:
    nodes = walk(macro.body) if macro.body is not None else ()
    return frozenset(node.name for node in nodes if isinstance(node, Call))


def _circle(start: str, calls: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The shortest way from a macro back to itself; empty where there is none."""
    paths: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for path in paths:
        for next in sorted(calls[path[-1]]):
            if next == start:
                return path
            if next not in seen:
                seen.add(next)
                paths.append((*path, next))
    return ()


def _holds(macro: Macro, macros: Mapping[str, Macro], findings: Findings) -> bool:
    """Whether the body makes sense whatever the arguments are; types are looked at again at each call."""
    if macro.body is None:
        return False
    symbols = {arg: Symbol(Type.UNKNOWN, row=True) for arg in macro.args}
    scope = Scope(symbols, "function", "argument", macros)
    return check(macro.body, scope, f"function.{macro.name}.formula", findings) is not None
