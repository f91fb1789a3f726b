"""Targets read: values in the KPI's unit, and improvements over a baseline."""

from kpispec.bandtext import difference
from kpispec.catalog.amounts import read_amount
from kpispec.catalog.model import Improvement, Target
from kpispec.diagnostics import Findings
from kpispec.periods import parse_period
from kpispec.source import Text
from kpispec.spec import Direction, ImproveSpec, KpiSpec
from kpispec.units import PERCENT, Unit, parse_amount

EARLIER = ("previous_year", "previous_period")


def read_targets(spec: KpiSpec, unit: Unit, findings: Findings) -> tuple[Target, ...]:
    """Those that can be read; the others are findings."""
    found = []
    for number, target in enumerate(spec.targets):
        subject = f"kpi.{spec.id}.targets.{number}"
        value = read_amount(target.value, unit, subject, findings) if target.value is not None else None
        improve = _improvement(target.improve, unit, f"{subject}.improve", findings) if target.improve else None
        if value is not None or improve is not None:
            found.append(Target(target, value, improve))
    return tuple(found)


def check_improvements(spec: KpiSpec, direction: Direction | None, findings: Findings) -> None:
    """Better has to be more or less: coming closer to a target is an improvement over no figure."""
    for number, target in enumerate(spec.targets):
        if target.improve is not None and direction in (None, "closer_to_target"):
            message = "nothing says whether more or less is better, so that a value could improve"
            if direction is not None:
                message = f"with `direction: {direction}` neither more nor less is better"
            findings.add(
                "undirected-improvement",
                message,
                subject=f"kpi.{spec.id}.targets.{number}.improve",
                span=target.improve.by.span,
                help="write the figure itself: `value: ...`, or add `direction: higher_is_better` or `lower_is_better`",
            )


def _improvement(spec: ImproveSpec, unit: Unit, subject: str, findings: Findings) -> Improvement | None:
    by = _step(spec.by, unit, f"{subject}.by", findings)
    period = None if spec.of.value in EARLIER else parse_period(spec.of.value)
    if period is None and spec.of.value not in EARLIER:
        findings.add(
            "bad-value",
            f"`{spec.of.value}` is no period",
            subject=f"{subject}.of",
            span=spec.of.span,
            help="write `previous_year`, `previous_period`, or a period such as `2025` or `2025-Q4`",
        )
        return None
    return None if by is None else Improvement(by[0], by[1], spec.of.value, period)


def _step(text: Text, unit: Unit, subject: str, findings: Findings) -> tuple[float, bool] | None:
    """How much, and whether that is a share of the baseline."""
    amount = parse_amount(text.value)
    if amount is not None and amount.number <= 0:
        findings.add(
            "bad-value",
            f"`{text.value}` is no improvement",
            subject=subject,
            span=text.span,
            help="write how much better it is to be, above zero; which way that is follows `direction`",
        )
        return None
    if amount is not None and amount.unit == PERCENT:
        return amount.number / 100, True
    value = None if amount is None else difference(amount, unit)
    if value is None:
        read_amount(text, unit, subject, findings)
        return None
    return value, False
