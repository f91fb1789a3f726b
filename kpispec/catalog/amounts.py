"""Figures as written, in a KPI's unit."""

from kpispec.diagnostics import Findings
from kpispec.source import Text
from kpispec.units import Unit, convert, parse_amount


def read_amount(text: Text, unit: Unit, subject: str, findings: Findings) -> float | None:
    """A figure in a KPI's unit; one of another family is a finding."""
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
    return value
