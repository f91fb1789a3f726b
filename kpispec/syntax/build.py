"""Documents of a file, and what they say as typed specs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kpispec.calendar_spec import CalendarSpec
from kpispec.diagnostics import Findings, Fix
from kpispec.project_spec import ProjectSpec
from kpispec.source import SourceFile
from kpispec.spec import BenchmarkSpec, DatasetSpec, FunctionSpec, KpiSpec, ScorecardEntry, ScorecardSpec, Section
from kpispec.syntax.calendar import calendar
from kpispec.syntax.cases import tests
from kpispec.syntax.dataset import dataset
from kpispec.syntax.figures import figure
from kpispec.syntax.kpi import in_words, kpi
from kpispec.syntax.nodes import Document, Map, Node, Scalar
from kpispec.syntax.project import project
from kpispec.syntax.read import (
    Route,
    allowed_name,
    entries,
    integer,
    items,
    listed,
    localized,
    maps,
    number,
    text,
    texts,
    words,
)
from kpispec.syntax.schema import check
from kpispec.syntax.violations import near
from kpispec.syntax.yaml import announced, parse
from kpispec.words import KINDS

__all__ = ["Spec", "announced", "build", "build_project", "documents"]

Spec = KpiSpec | DatasetSpec | FunctionSpec | BenchmarkSpec | ScorecardSpec | CalendarSpec


def documents(file: SourceFile, findings: Findings, library: str | None = None) -> tuple[Document, ...]:
    """The documents of a file whose kind is known. `library` is the pack that they ship in."""
    found = (_document(node, findings, library) for node in parse(file, findings))
    return tuple(document for document in found if document is not None)


def _document(node: Map, findings: Findings, library: str | None) -> Document | None:
    first = node.entries[0]
    if first.name in KINDS:
        id = first.value.text.value if isinstance(first.value, Scalar) else ""
        return Document(first.name, id, node, library)
    _unknown_kind(node, findings)
    return None


def _unknown_kind(node: Map, findings: Findings) -> None:
    key = node.entries[0].key
    later = next((e for e in node.entries if e.name in KINDS), None)
    meant = near(key.text.value, KINDS, 0.6)
    message, fix = f"`{key.text.value}` is not a kind of document", None
    help = f"the first key is one of {', '.join(f'`{kind}`' for kind in KINDS)}"
    if later is not None:
        message, help = (
            f"`{later.name}` has to be the first key",
            f"move `{later.name}: ...` to the top of the document",
        )
    elif key.text.value == "project":
        message, help = "`project` stands only in the file kpispec.yml", "move it there"
    elif meant is not None:
        help, fix = f"did you mean `{meant}`?", Fix(f"replace by `{meant}`", meant, key.span)
    findings.add("unknown-kind", message, subject=key.text.value, span=key.span, help=help, fix=fix)


def build(document: Document, findings: Findings) -> Spec | None:
    """What a document says, its `extends` already flattened. Its shape is checked here once more, as a whole.

    A part that cannot be read has its finding and is left out; `None` where what is left says nothing that could be
    looked at further.
    """
    check(document, findings, complete=True)
    return _BUILDERS[document.kind](document, Route(document.subject, findings))


def build_project(file: SourceFile, root: str | Path, findings: Findings) -> ProjectSpec | None:
    """What kpispec.yml says. `None` where it is no project file at all."""
    found = parse(file, findings)
    if not found:
        return None
    first = found[0].entries[0]
    if first.name != "project":
        help = "begin the file with `project: NAME`"
        findings.add("missing-key", "the project has no name", subject="project", span=first.key.span, help=help)
        return None
    name = words(first.value) or ""
    document = Document("project", name, found[0])
    check(document, findings, complete=True)
    return project(document, str(root), Route("project", findings))


def _function(document: Document, route: Route) -> FunctionSpec | None:
    node = document.node
    formula, args = text(node.get("formula")), items(node.get("args"))
    named = [a for a in args if isinstance(a, Scalar) and allowed_name(a, "argument", route.to("args"))]
    if formula is None or not args or len(named) < len(args):
        return None
    return FunctionSpec(
        id=document.id,
        span=document.span,
        args=tuple(a.text.value.lower() for a in named),
        formula=formula,
        description=localized(node.get("description")),
        tests=tests(node.get("tests"), route.to("tests")),
        library=document.library,
    )


def _benchmark(document: Document, route: Route) -> BenchmarkSpec:
    node = document.node
    figures = (
        (e.name, replace(figure(e.value, e.key.span, route.to("entries").to(e.name), node), entry=e.name))
        for e in entries(node.get("entries"))
        if isinstance(e.value, Map)
    )
    return BenchmarkSpec(document.id, document.span, tuple(figures), localized(node.get("label")), document.library)


def _scorecard(document: Document, _route: Route) -> ScorecardSpec | None:
    node = document.node
    sections = tuple(_section(item) for _, item in maps(node.get("sections")))
    if not sections:
        return None
    compare = node.get("compare")
    return ScorecardSpec(
        id=document.id,
        span=document.span,
        label=localized(node.get("label")) or in_words(document.id),
        sections=sections,
        period=words(node.get("period")) or "month",
        period_at=text(node.get("period")),
        history=integer(node.get("history")) or 24,
        compare=listed(compare) if compare is not None else ("previous_period", "same_period_last_year"),
        segments=texts(node.get("segments")),
        description=localized(node.get("description")),
        library=document.library,
    )


def _section(node: Map) -> Section:
    chosen = (_entry(item) for item in items(node.get("kpis")))
    return Section(
        label=localized(node.get("label")) or in_words("section"),
        kpis=tuple(entry for entry in chosen if entry is not None),
        span=node.span,
        level=words(node.get("level")),
        perspective=words(node.get("perspective")),
        weight=number(node.get("weight")) or 1.0,
    )


def _entry(node: Node) -> ScorecardEntry | None:
    if isinstance(node, Map):
        chosen = text(node.get("kpi"))
        return ScorecardEntry(chosen, number(node.get("weight")) or 1.0) if chosen else None
    chosen = text(node)
    return ScorecardEntry(chosen) if chosen else None


_BUILDERS: dict[str, Callable[[Document, Route], Spec | None]] = {
    "dataset": dataset,
    "kpi": kpi,
    "function": _function,
    "benchmark": _benchmark,
    "scorecard": _scorecard,
    "calendar": calendar,
}
