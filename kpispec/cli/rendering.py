"""`render` and `check`: the scorecard as a page, and as a gate."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import (
    AsOf,
    At,
    By,
    Compare,
    Data,
    EngineName,
    From,
    Language,
    MemoryLimit,
    OpenPage,
    Output,
    PeriodOption,
    ProjectDir,
    Specs,
    Templates,
    Threads,
    To,
    Where,
    asked_of,
    open_project,
)
from kpispec.cli.running import ResultFormat, computed, leave, put
from kpispec.cli.shell import Exit, answer, screen, write_text, write_whole

if TYPE_CHECKING:
    from kpispec.project.project import Project
    from kpispec.project.result import Result


class PageFormat(StrEnum):
    HTML = "html"
    XLSX = "xlsx"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"


class GateFormat(StrEnum):
    TEXT = "text"
    JUNIT = "junit"
    GITHUB = "github"
    JSON = "json"


def render(
    scorecard: Annotated[str, typer.Argument(help="The scorecard, by id.")],
    project: ProjectDir = None,
    specs: Specs = None,
    data: Data = None,
    at: At = None,
    first: From = None,
    last: To = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
    by: By = None,
    where: Where = None,
    compare: Compare = None,
    engine: EngineName = None,
    memory_limit: MemoryLimit = None,
    threads: Threads = None,
    language: Language = None,
    format: Annotated[PageFormat, typer.Option("--format", help="The kind of file.")] = PageFormat.HTML,
    templates: Templates = None,
    output: Output = None,
    open_: OpenPage = False,
) -> None:
    """Render a scorecard: one self-contained HTML file in every language of the project, or in one."""
    opened = _opened(scorecard, project, specs, data)
    asked = asked_of(
        opened, period=period, at=at, first=first, last=last, as_of=as_of, by=by, where=where, compare=compare,
        engine=engine, memory_limit=memory_limit, threads=threads,
    )  # fmt: skip
    html = format is PageFormat.HTML
    result = computed(opened, [scorecard], asked_everything=False, asked=asked, language=language, page=html)
    if html:
        pages = write_pages(opened, result, language, output or Path(f"{scorecard}.html"), templates)
        screen().say("\n".join(f"wrote {page}" for page in pages))
        if open_:
            typer.launch(pages[0].resolve().as_uri())
    elif format is PageFormat.XLSX:
        _workbook(result, output or Path(f"{scorecard}.xlsx"))
    else:
        put(result, ResultFormat(format.value), output)
    leave(opened, result)


def _workbook(result: "Result", target: Path) -> None:
    from kpispec.project.load import CallError
    from kpispec.render.xlsx import write_xlsx

    try:
        write_whole(target, lambda made: write_xlsx(result.report, made, result.report.language))
    except ImportError:
        raise CallError("Excel files need xlsxwriter", 'install it with `pip install "kpispec[excel]"`') from None
    screen().say(f"wrote {target}")


def _opened(scorecard: str, project: Path | None, specs: list[Path] | None, data: list[str] | None) -> "Project":
    """The project that has the scorecard. Raises CallError where none has."""
    from kpispec.project.asked import nearest
    from kpispec.project.load import CallError

    opened = open_project(project, specs, data)
    if scorecard not in opened.catalog.scorecards:
        raise CallError(f"there is no scorecard `{scorecard}`", nearest(scorecard, opened.catalog.scorecards))
    return opened


def write_pages(
    project: "Project", result: "Result", language: str | None, first: Path, templates: Path | None = None
) -> list[Path]:
    """Write the page in each language of the project, or in the one named, linked to each other.

    The first language's page is `first`, the others stand beside it.
    """
    from kpispec.render.html import render_html

    spec = project.loaded.project
    tags = (language,) if language else tuple(dict.fromkeys((spec.language, *spec.languages)))
    targets = {tag: first.with_name(f"{first.stem}.{tag}{first.suffix}") for tag in tags} | {tags[0]: first}
    for tag, target in targets.items():
        others = {other: path.name for other, path in targets.items() if other != tag}
        write_text(render_html(result.report, language=tag, alternates=others, templates=templates), target)
    return list(targets.values())


RANKS = {"bad": ("bad",), "watch": ("bad", "watch"), "not_rated": ("bad", "watch", "unrated"), "never": ()}


class FailOn(StrEnum):
    BAD = "bad"
    WATCH = "watch"
    NOT_RATED = "not_rated"
    NEVER = "never"


def check(
    scorecard: Annotated[str, typer.Argument(help="The scorecard, by id.")],
    project: ProjectDir = None,
    specs: Specs = None,
    data: Data = None,
    period: PeriodOption = None,
    at: At = None,
    first: From = None,
    last: To = None,
    as_of: AsOf = None,
    by: By = None,
    where: Where = None,
    compare: Compare = None,
    engine: EngineName = None,
    memory_limit: MemoryLimit = None,
    threads: Threads = None,
    language: Language = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="The mildest status that fails.")] = FailOn.BAD,
    format: Annotated[GateFormat, typer.Option("--format", help="How the verdict is printed.")] = GateFormat.TEXT,
    output: Output = None,
) -> None:
    """Judge a scorecard's last complete period, and fail by status: the gate for CI."""
    from kpispec.render import gate

    opened = _opened(scorecard, project, specs, data)
    asked = asked_of(
        opened, period=period, at=at, first=first, last=last, as_of=as_of, by=by, where=where, compare=compare,
        engine=engine, memory_limit=memory_limit, threads=threads,
    )  # fmt: skip
    asked = replace(asked, compare=asked.compare or ())  # a gate shows no changes
    result = computed(opened, [scorecard], asked_everything=False, asked=asked, language=language)
    verdicts = gate.verdicts(result.report, RANKS[fail_on.value], segments=bool(by))
    answer(gate.FORMATS[format.value](verdicts, result.report), output)
    leave(opened, result)
    if any(v.failed for v in verdicts):
        raise typer.Exit(Exit.FINDING)


COMMANDS = (render, check)
