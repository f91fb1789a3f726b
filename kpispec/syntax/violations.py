"""One keyword of a JSON Schema that a node breaks, and the words that every message about it shares."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kpispec.diagnostics import Findings, Fix
from kpispec.source import Span
from kpispec.syntax.nodes import Document, Map, Node
from kpispec.syntax.shapes import Shape

Step = str | int


# What other tools, or a hurried writer, call a key.
SYNONYMS = {
    "title": "label",
    "desc": "description",
    "filter": "where",
    "expression": "expr",
    "table": "dataset",
    "enum": "values",
    "goal": "targets",
    **dict.fromkeys(("sep", "separator", "seperator"), "delimiter"),
    "aggregation": "formula",
    "indicator": "kpi",
    "metric": "kpi",
}
NOUNS = {"kpi": "KPI", "dataset": "data set", "project": "project file"}


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword of the schema that a node breaks. `trail` are the nodes from the document down to it."""

    keyword: str
    wanted: Any
    shape: Shape
    route: tuple[Step, ...]
    trail: tuple[Node, ...]
    names: tuple[str, ...] = ()
    of_key: str | None = None  # the keyword is about this key's name
    branch: bool = False  # broken only because another key is there

    @property
    def node(self) -> Node:
        return self.trail[-1]


@dataclass(slots=True)
class Report:
    document: Document
    findings: Findings
    excused: set[tuple[tuple[Step, ...], str]]  # keys that are missing only because they are misspelt or misplaced
    _said: set[tuple[str, int, int]] = field(default_factory=set)

    def says(self, rule: str, span: Span) -> bool:
        return (rule, span.start, span.end) in self._said

    def add(self, rule: str, message: str, at: Violation, span: Span, help: str | None, fix: Fix | None = None) -> None:
        if not self.says(rule, span):
            self._said.add((rule, span.start, span.end))
            subject = ".".join((self.document.subject, *(str(step) for step in at.route)))
            self.findings.add(rule, message, subject=subject, span=span, help=help, fix=fix)


def near(word: str, known: Iterable[str], cutoff: float = 0.75) -> str | None:
    """The known word that was most likely meant."""
    from difflib import get_close_matches

    words = list(known)
    close = get_close_matches(word.lower(), words, 1, cutoff)
    close = close or [known for known in words if sorted(known) == sorted(word.lower())]
    close = close or [known for known in words if len(word) > 3 and known.startswith(word.lower())]
    if len(close) == 1:
        return close[0]
    synonym = SYNONYMS.get(word.lower())
    return synonym if synonym in words else None


def join(words: Iterable[str], last: str = "or") -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def place(violation: Violation, document: Document) -> str:
    """What people call the node: its key, or its number in a list."""
    if not violation.route:
        return f"this {NOUNS.get(document.kind, document.kind)}"
    step = violation.route[-1]
    return f"`{step}`" if isinstance(step, str) else f"item {step + 1} of `{_list_name(violation.route)}`"


def _list_name(route: tuple[Step, ...]) -> str:
    return next((step for step in reversed(route) if isinstance(step, str)), "the list")


def key_span(violation: Violation, document: Document) -> Span:
    """The key under which the node stands, else the node's first key."""
    node = violation.node
    if violation.route and len(violation.trail) > 1 and isinstance(parent := violation.trail[-2], Map):
        entry = parent.entry(str(violation.route[-1]))
        if entry:
            return entry.key.span
    if not violation.route:
        return document.span
    return node.entries[0].key.span if isinstance(node, Map) and node.entries else node.span


def wide(node: Node, violation: Violation, report: Report) -> Span:
    """The value; where it is empty, its key."""
    return node.span if node.span.end > node.span.start else key_span(violation, report.document)


def short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
