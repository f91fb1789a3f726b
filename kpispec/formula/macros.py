"""Functions that documents add: their body stands in the place of the call."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpispec.formula.tree import Call, Expr, Name, rebuild


@dataclass(frozen=True, slots=True)
class Macro:
    """`body` sees `args` and nothing else. `None`: its document has a finding, and its calls say nothing new."""

    name: str
    args: tuple[str, ...]
    body: Expr | None

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join(self.args)})"


def expand(call: Call, macro: Macro) -> Expr:
    """The body with the call's arguments in it: trees take the place of names, so that they keep their grouping."""
    assert macro.body is not None
    return substitute(macro.body, dict(zip(macro.args, call.args, strict=True)))


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with names replaced, all at once: what is put in is not looked at again."""
    if isinstance(expr, Name) and not expr.path and not expr.quoted:
        return values.get(expr.name, expr)
    return rebuild(expr, lambda child: substitute(child, values))
