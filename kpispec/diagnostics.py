"""Findings as values. A pass appends them and goes on; only a renderer turns them into words on a screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kpispec.rules import rule_of
from kpispec.source import Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of the characters at `span`. `safe` when it cannot change what a correct reader meant."""

    title: str
    replacement: str
    span: Span
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the first: the other definition, the band that overlaps."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, said once: the rule, the place, the user's own words, one cure.

    `subject` is the dotted route of what is wrong (`kpi.nps.formula`).
    """

    rule: str
    severity: Severity
    message: str
    subject: str
    span: Span | None = None
    help: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()


class Findings:
    """What the passes of one run found, in the order they found it."""

    def __init__(self) -> None:
        self._items: list[Finding] = []

    def add(
        self,
        rule: str,
        message: str,
        *,
        subject: str,
        span: Span | None = None,
        help: str | None = None,
        fix: Fix | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Record a finding; its severity is the rule's. An unknown slug is a bug and raises."""
        severity = Severity(rule_of(rule).severity)
        self.keep(Finding(rule, severity, message, subject, span, help, fix, related))

    def extend(self, others: "Findings") -> None:
        for finding in others:
            self.keep(finding)

    def keep(self, finding: Finding) -> None:
        """What a second document took over from the first one by `extends` is wrong once, where it is written."""
        if not any(_same(finding, other) for other in self._items):
            self._items.append(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._items, key=_place))

    def __len__(self) -> int:
        return len(self._items)

    @property
    def errors(self) -> int:
        return sum(1 for f in self._items if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        return sum(1 for f in self._items if f.severity is Severity.WARNING)


def _same(finding: Finding, other: Finding) -> bool:
    if finding.span is None or other.span is None:
        return finding == other
    return (finding.rule, finding.span, finding.message) == (other.rule, other.span, other.message)


def _place(finding: Finding) -> tuple[str, int, str]:
    if finding.span is None:
        return ("", 0, finding.rule)
    return (finding.span.file.path, finding.span.start, finding.rule)
