"""Options that several commands share, and what they stand for."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.project_spec import MOST_THREADS

if TYPE_CHECKING:
    from kpispec.project.asked import Asked
    from kpispec.project.project import Project

Names = Annotated[list[str] | None, typer.Argument(help="KPIs or a scorecard, by id.", show_default=False)]
ProjectDir = Annotated[
    Path | None, typer.Option("--project", help="The project's folder or its kpispec.yml.", show_default=False)
]
Specs = Annotated[
    list[Path] | None,
    typer.Option("--specs", help="A spec file or folder in place of a project; repeatable.", show_default=False),
]
All = Annotated[bool, typer.Option("--all", help="Every KPI of the project.")]
Data = Annotated[
    list[str] | None,
    typer.Option("--data", help="Bind a data set to a file: NAME=PATH; repeatable.", show_default=False),
]
PeriodOption = Annotated[
    str | None, typer.Option("--period", help="day, week, month, quarter, year or all.", show_default=False)
]
At = Annotated[
    str | None,
    typer.Option("--at", help="One period: 2026, 2026-Q3, 2026-03, 2026-W07, 2026-03-15.", show_default=False),
]
From = Annotated[str | None, typer.Option("--from", help="The first day of the periods shown.", show_default=False)]
To = Annotated[str | None, typer.Option("--to", help="The day before which periods end.", show_default=False)]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The instant the data is seen from; default: now.", show_default=False),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Cut by a dimension; repeatable. `--by a,b` crosses.", show_default=False),
]
Where = Annotated[str | None, typer.Option("--where", help="Keep rows for which this is true.", show_default=False)]
Compare = Annotated[
    list[str] | None,
    typer.Option("--compare", help="previous_period, same_period_last_year or none; repeatable.", show_default=False),
]
ExplainChange = Annotated[
    bool, typer.Option("--explain-change", help="Split each headline's change into mix and rate by segment.")
]
EngineName = Annotated[str | None, typer.Option("--engine", help="The engine: duckdb.", show_default=False)]
MemoryLimit = Annotated[
    str | None, typer.Option("--memory-limit", help="How much memory the engine may take: 4GB.", show_default=False)
]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, max=MOST_THREADS, help="How many threads the engine may use.", show_default=False),
]
Language = Annotated[
    str | None, typer.Option("--language", help="The language of labels and figures.", show_default=False)
]
OpenPage = Annotated[bool, typer.Option("--open", help="Open the page in the browser.")]
Templates = Annotated[
    Path | None,
    typer.Option("--templates", help="A folder of your own templates; trusted like code.", show_default=False),
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file.", show_default=False)]

COMPARISONS = ("previous_period", "same_period_last_year")


def open_project(project: Path | None, specs: Sequence[Path] | None, data: Sequence[str] | None) -> "Project":
    """The project of a command: `--specs`, else `--project`, else the nearest one upwards. Raises CallError."""
    from kpispec.project.load import load_project, load_specs
    from kpispec.project.project import Project

    overrides = [_pair(d) for d in data or ()]
    if specs:
        return Project(load_specs(specs, overrides))
    return Project(load_project(project_file(project), overrides))


def project_file(project: Path | None) -> Path:
    """The project file that `--project` names, else the nearest one upwards. Raises CallError."""
    from kpispec.project.load import CallError, find_project

    if project is not None and project.is_file():
        return project
    file = find_project(project or Path.cwd())
    if file is None:
        where = f"in `{project}`" if project is not None else "in this folder or above it"
        raise CallError(
            f"there is no kpispec.yml {where}", "pass `--project DIR` or `--specs PATH`, or run `kpispec init`"
        )
    return file


def _pair(given: str) -> tuple[str, str]:
    from kpispec.project.load import CallError

    name, equals, path = given.partition("=")
    if not equals or not name or not path:
        raise CallError(
            f"`--data {given}` binds nothing", "write `--data NAME=PATH`, for example `--data tickets=tickets.csv`"
        )
    return name, path


def asked_of(
    project: "Project",
    *,
    period: str | None,
    at: str | None,
    first: str | None,
    last: str | None,
    as_of: str | None,
    by: Sequence[str] | None,
    where: str | None,
    compare: Sequence[str] | None,
    engine: str | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> "Asked":
    """What the shared options ask for. Raises CallError for one that cannot be read."""
    from kpispec.project.asked import Asked, now, parse_instant
    from kpispec.project.load import CallError

    if engine not in (None, "duckdb"):
        raise CallError(f"there is no engine `{engine}`", "use `--engine duckdb`")
    zone = project.loaded.project.timezone
    return Asked(
        as_of=now() if as_of is None else parse_instant(as_of, zone),
        period=period,
        at=at,
        first=_day("--from", first),
        last=_day("--to", last),
        by=tuple(by or ()),
        where=where,
        compare=_comparisons(compare),
        threads=threads,
        memory_limit=_memory(memory_limit),
    )


_MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?([kmgt]i?b|%)", re.IGNORECASE)


def _memory(text: str | None) -> str | None:
    from kpispec.project.load import CallError

    if text is not None and _MEMORY.fullmatch(text) is None:
        raise CallError(f"`--memory-limit {text}` is no amount of memory", "write `4GB`, `500MB` or `50%`")
    return text


def _day(option: str, text: str | None) -> date | None:
    from kpispec.project.load import CallError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"`{option} {text}` is no day", "write a day as `2026-01-31`") from None


def _comparisons(names: Sequence[str] | None) -> tuple[str, ...] | None:
    from kpispec.project.load import CallError

    if names is None:
        return None
    wanted = tuple(n for n in names if n != "none")
    for name in wanted:
        if name not in COMPARISONS:
            raise CallError(f"`--compare {name}` is no comparison", f"use {', '.join(COMPARISONS)} or none")
    return wanted


def shell_words(words: Sequence[str]) -> str:
    """A command as it could be typed again."""
    import shlex

    return shlex.join(words)
