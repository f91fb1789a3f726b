"""Figures as written, in a KPI's unit."""

from kpispec.bandtext import out_of_reach
from kpispec.diagnostics import Findings
from kpispec.source import Text
from kpispec.units import Unit, convert, parse_amount


def read_amount(text: Text, unit: Unit, subject: str, findings: Findings) -> float | None:
    """A figure in a KPI's unit; one of another family is a finding, and one that no value of the unit can be."""
    amount = parse_amount(text.value)
    if amount is None:
        findings.add(
            "bad-value",
            f"`{text.value}` is no figure",
            subject=subject,
            span=text.span,
            help=f"write a number, with or without a unit: `82`, or `82 {unit.name}`",
        )
        return None
    value = convert(amount, unit)
    if value is None and amount.unit is not None:
        findings.add(
            "unit-mismatch",
            f"`{text.value}` is in `{amount.unit.name}`, and the unit is `{unit.name}`",
            subject=subject,
            span=text.span,
            help=f"write the figure in `{unit.name}`",
        )
    beyond = out_of_reach(value, amount, text.value, unit) if value is not None else None
    if beyond is not None:
        findings.add("band-out-of-reach", beyond[0], subject=subject, span=text.span, help=beyond[1])
        return None
    return value
