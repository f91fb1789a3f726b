"""`list`, `show`, `lineage`, `explain`, `schema`: what there is, and what it means."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import (
    AsOf,
    At,
    By,
    Data,
    Language,
    Output,
    PeriodOption,
    ProjectDir,
    Specs,
    asked_of,
    open_project,
)
from kpispec.cli.shell import answer, screen

if TYPE_CHECKING:
    from kpispec.project.project import Project


class What(StrEnum):
    KPIS = "kpis"
    DATASETS = "datasets"
    SCORECARDS = "scorecards"
    BENCHMARKS = "benchmarks"
    FUNCTIONS = "functions"
    CALENDARS = "calendars"
    LIBRARY = "library"


class ListFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class ShowFormat(StrEnum):
    YAML = "yaml"
    JSON = "json"


class LineageFormat(StrEnum):
    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


def list_(
    what: Annotated[
        What | None, typer.Argument(help="The kind; everything of the project if none is named.", show_default=False)
    ] = None,
    project: ProjectDir = None,
    specs: Specs = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How the list is printed.")] = ListFormat.TEXT,
    output: Output = None,
) -> None:
    """List what a project defines, or what the built-in library holds."""
    from kpispec.project.catalogue import items, items_json, items_text, library_items

    if what is What.LIBRARY:
        found = library_items()
    else:
        opened = open_project(project, specs, None)
        found = items(opened.loaded, what.value if what is not None else None)
    answer(items_json(found) if format is ListFormat.JSON else items_text(found), output)


def show(
    id: Annotated[str, typer.Argument(help="The id of a document; `kind.id` where kinds share it.")],
    project: ProjectDir = None,
    specs: Specs = None,
    origin: Annotated[bool, typer.Option("--origin", help="Say of each key which file and line it came from.")] = False,
    format: Annotated[ShowFormat, typer.Option("--format", help="How the document is printed.")] = ShowFormat.YAML,
    output: Output = None,
) -> None:
    """Print one document as it is after `extends`."""
    from kpispec.project.catalogue import find_document
    from kpispec.project.shown import document_json, document_yaml, resolved

    opened = open_project(project, specs, None)
    document = resolved(opened.catalog, find_document(opened.loaded, id))
    write = document_json if format is ShowFormat.JSON else document_yaml
    answer(write(document, origin=origin), output)


def lineage(
    id: Annotated[
        str | None,
        typer.Argument(
            help="A document, or a column as `dataset.column`; the whole project if none is named.", show_default=False
        ),
    ] = None,
    project: ProjectDir = None,
    specs: Specs = None,
    format: Annotated[LineageFormat, typer.Option("--format", help="How it is printed.")] = LineageFormat.TEXT,
    language: Language = None,
    output: Output = None,
) -> None:
    """Print what a thing is made of and what uses it, from columns to scorecards."""
    from kpispec.project.lineage import lineage_of
    from kpispec.render.lineage import lineage_dot, lineage_json, lineage_mermaid, lineage_text

    opened = open_project(project, specs, None)
    graph = lineage_of(opened.loaded, id)
    default = opened.loaded.project.language
    write = {
        LineageFormat.TEXT: lineage_text,
        LineageFormat.JSON: lineage_json,
        LineageFormat.MERMAID: lineage_mermaid,
        LineageFormat.DOT: lineage_dot,
    }[format]
    answer(write(graph, language or default, default), output)


def schema(
    kind: Annotated[
        str | None,
        typer.Argument(help="dataset, kpi, function, benchmark, scorecard or project.", show_default=False),
    ] = None,
    output: Output = None,
) -> None:
    """Print the JSON Schema of a kind of document, or the kinds there are."""
    from kpispec.project.load import CallError
    from kpispec.syntax.export import schema_text
    from kpispec.syntax.kinds import SCHEMA_KINDS

    if kind is None:
        answer("\n".join(SCHEMA_KINDS), output)
        return
    if kind not in SCHEMA_KINDS:
        raise CallError(f"there is no kind `{kind}`", f"kinds are {', '.join(SCHEMA_KINDS)}")
    answer(schema_text(kind), output)


def explain(
    name: Annotated[str, typer.Argument(help="A KPI, by id, or the slug of a rule.")],
    project: ProjectDir = None,
    specs: Specs = None,
    data: Data = None,
    period: PeriodOption = None,
    at: At = None,
    as_of: AsOf = None,
    language: Language = None,
    by: By = None,
    margin: Annotated[
        str | None,
        typer.Option("--margin", help="How many answers a margin takes: 3, `2 pt`, `5 min`.", show_default=False),
    ] = None,
    sql: Annotated[bool, typer.Option(help="Add the KPI's SQL, which takes a look at the bound files.")] = True,
) -> None:
    """Explain a KPI in words, with what it reads and what reads it; or a rule, with cause, example and remedy."""
    from kpispec.bundled import bundled
    from kpispec.rules import RULES

    if name in RULES:
        page = bundled("docs/rules") / f"{name}.md"
        answer(page.read_text(encoding="utf-8"), None)
        return
    opened = _opened(name, project, specs, data)
    from kpispec.project.explain import explain_kpi

    if margin is not None:
        _explain_margin(opened, name, margin, period=period, at=at, as_of=as_of, by=by)
        return
    answer(explain_kpi(opened.loaded, name, language or opened.loaded.project.language), None)
    if sql and name in opened.catalog.kpis:
        _explain_sql(opened, name, period=period, at=at, as_of=as_of)


def _explain_margin(
    project: "Project",
    name: str,
    margin: str,
    *,
    period: str | None,
    at: str | None,
    as_of: str | None,
    by: list[str] | None,
) -> None:
    """How many answers a margin takes, by the data where it can be read."""
    from kpispec.engine.base import EngineError
    from kpispec.project.load import CallError
    from kpispec.project.margins import margin_of, margins_text

    kpi = project.catalog.kpis.get(name)
    if kpi is None:
        raise CallError(f"`{name}` has findings", "`kpispec validate` shows them")
    wanted = margin_of(margin, kpi.unit)
    if wanted is None:
        raise CallError(f"`--margin {margin}` is no margin in {kpi.unit.name}", "write a positive figure: `--margin 3`")
    asked = asked_of(
        project, period=period, at=at, first=None, last=None, as_of=as_of, by=by, where=None, compare=["none"]
    )
    try:
        report = project.run_asked([name], asked).report
    except EngineError as error:
        screen().say(f"no data: {error.message}")
        answer(margins_text(kpi, None, None, wanted), None)
        return
    answer(margins_text(kpi, report.kpi(name), report, wanted), None)


def _explain_sql(project: "Project", name: str, *, period: str | None, at: str | None, as_of: str | None) -> None:
    """The SQL of a KPI, where its data can be described; else why there is none, on stderr."""
    from kpispec.engine.base import EngineError

    asked = asked_of(
        project, period=period, at=at, first=None, last=None, as_of=as_of, by=None, where=None, compare=None
    )
    try:
        compiled = project.compile(name, asked=asked)
    except EngineError as error:
        screen().say(f"no SQL: {error.message}")
        return
    if compiled.plan.measure(name) is None:
        screen().say("no SQL: its data is not bound, or lacks a column")
        return
    answer(f"\nIts SQL\n\n{compiled.text}", None)


def _opened(name: str, project: Path | None, specs: list[Path] | None, data: list[str] | None) -> "Project":
    from kpispec.catalog.names import closest
    from kpispec.project.load import CallError
    from kpispec.rules import RULES

    try:
        opened = open_project(project, specs, data)
    except CallError as error:
        if error.message.startswith("there is no kpispec.yml"):
            raise CallError(
                f"`{name}` is no rule, and there is no project here", closest(name, RULES) or error.help
            ) from None
        raise
    if name not in opened.catalog.specs:
        known = [*opened.catalog.specs, *RULES]
        raise CallError(
            f"there is no KPI or rule `{name}`", closest(name, known) or "`kpispec list kpis` shows the KPIs"
        )
    return opened


COMMANDS = (list_, show, lineage, explain, schema)
