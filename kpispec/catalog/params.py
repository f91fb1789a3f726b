"""`params`: named constants, written into the trees of formulas and row expressions before they are checked."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kpispec.diagnostics import Findings
from kpispec.formula.tree import Boolean, Duration, Expr, Name, Number, Place, String, Type, Unary, rebuild
from kpispec.source import Text
from kpispec.spec import KpiSpec
from kpispec.units import duration_seconds
from kpispec.words import RESERVED

Params = Mapping[str, Expr]
NO_PARAMS: Params = MappingProxyType({})


def read_params(spec: KpiSpec, findings: Findings) -> Params:
    """The constants of a KPI by name; a name that is taken, or a constant that cannot be read, is a finding."""
    found: dict[str, Expr] = {}
    inputs = {i.name for i in spec.inputs}
    for name, written in spec.params:
        subject = f"kpi.{spec.id}.params.{name.value}"
        if name.value in inputs or name.value in RESERVED:
            taken = "an input" if name.value in inputs else "a word of formulas"
            message = f"`{name.value}` is {taken}, and cannot be the name of a param"
            help = f"give the param another name, such as `{name.value}_value`"
            findings.add("bad-id", message, subject=subject, span=name.span, help=help)
            continue
        found[name.value] = _constant(written, quoted=name.value in spec.quoted_params)
    return found


def _constant(written: Text, *, quoted: bool) -> Expr:
    place = Place(written, 0, len(written.value))
    if quoted:
        return String(written.value, place=place, type=Type.STRING)
    if written.value in ("true", "false"):
        return Boolean(written.value == "true", place=place, type=Type.BOOLEAN)
    seconds = duration_seconds(written.value)
    if seconds is not None:
        return Duration(seconds, place=place, type=Type.DURATION)
    digits = written.value.lstrip("+-")
    number = Number(digits, place=place, type=Type.NUMBER)
    return Unary("-", number, place=place, type=Type.NUMBER) if written.value.startswith("-") else number


def with_params(expr: Expr, params: Params) -> Expr:
    """The expression with each param's constant where its name stands. Findings about it stay at the name."""
    if not params:
        return expr
    if isinstance(expr, Name) and not expr.path and not expr.quoted and expr.name in params:
        return _placed(params[expr.name], expr.place)
    return rebuild(expr, lambda child: with_params(child, params))


def _placed(constant: Expr, place: Place) -> Expr:
    inside = rebuild(constant, lambda child: _placed(child, place))
    return replace(inside, place=place)
