"""`run` and `compile`: figures, and their SQL."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import (
    All,
    AsOf,
    At,
    By,
    Compare,
    Data,
    EngineName,
    ExplainChange,
    From,
    Language,
    MemoryLimit,
    Names,
    Output,
    PeriodOption,
    ProjectDir,
    Specs,
    Threads,
    To,
    Where,
    asked_of,
    open_project,
    shell_words,
)
from kpispec.cli.shell import Exit, answer, fail, screen, show_errors, width, write_whole

if TYPE_CHECKING:
    from kpispec.evaluate.report import Report
    from kpispec.plan.model import Unavailable
    from kpispec.project.asked import Asked
    from kpispec.project.project import Project
    from kpispec.project.result import Result


class ResultFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"


class Stage(StrEnum):
    CATALOG = "catalog"
    PLAN = "plan"
    SQL = "sql"


def run(
    names: Names = None,
    project: ProjectDir = None,
    specs: Specs = None,
    everything: All = False,
    data: Data = None,
    period: PeriodOption = None,
    at: At = None,
    first: From = None,
    last: To = None,
    as_of: AsOf = None,
    by: By = None,
    where: Where = None,
    compare: Compare = None,
    explain_change: ExplainChange = False,
    engine: EngineName = None,
    memory_limit: MemoryLimit = None,
    threads: Threads = None,
    language: Language = None,
    format: Annotated[ResultFormat, typer.Option("--format", help="How results are printed.")] = ResultFormat.TABLE,
    output: Output = None,
    profile: Annotated[bool, typer.Option("--profile", help="Print what each stage cost on stderr.")] = False,
) -> None:
    """Compute KPIs and print their values, judged."""
    opened = open_project(project, specs, data)
    asked = asked_of(
        opened, period=period, at=at, first=first, last=last, as_of=as_of, by=by, where=where, compare=compare,
        engine=engine, memory_limit=memory_limit, threads=threads,
    )  # fmt: skip
    asked = replace(asked, explain_change=explain_change)
    result = computed(opened, names or (), asked_everything=everything, asked=asked, language=language)
    put(result, format, output)
    if profile:
        _profile(result)
    leave(opened, result)


def computed(
    project: "Project",
    names: Sequence[str],
    *,
    asked_everything: bool,
    asked: "Asked",
    language: str | None,
    page: bool = False,
) -> "Result":
    show_errors(project.findings)
    try:
        result = project.run_asked(
            names,
            asked,
            everything=asked_everything,
            language=language,
            command=shell_words(["kpispec", *sys.argv[1:]]),
            page=page,
            notify=screen().working,
        )
    finally:
        screen().working("")
    show_errors(result.outcome.opened.findings)
    for dataset, error in result.outcome.opened.failures.items():
        fail(f"data set `{dataset}`: {error.message}", error.help, error.detail)
    for error in {error.message: error for error in result.outcome.failed.values()}.values():
        place = f"{error.path}:{error.line}: " if error.path and error.line else ""
        fail(place + error.message, error.help, error.detail)
    return result


def put(result: "Result", format: ResultFormat, output: Path | None) -> None:
    from kpispec.render import machine, text

    report = result.report
    match format:
        case ResultFormat.TABLE:
            answer(text.render_table(report, language=report.language, width=width(), colour=screen().colour), output)
        case ResultFormat.JSON:
            answer(machine.to_json(report), output)
        case ResultFormat.JSONL:
            answer(machine.to_jsonl(report), output)
        case ResultFormat.CSV:
            answer(machine.to_csv(report), output)
        case ResultFormat.MARKDOWN:
            answer(machine.to_markdown(report), output)
        case ResultFormat.PARQUET:
            _parquet(result, output)


def _parquet(result: "Result", output: Path | None) -> None:
    from kpispec.project.load import CallError
    from kpispec.project.parquet import write_parquet

    if output is None:
        raise CallError("Parquet is no text", "name a file with `-o results.parquet`")
    write_whole(output, lambda made: write_parquet(result.report, made))
    screen().say(f"wrote {output}")


def _profile(result: "Result") -> None:
    total = sum(t.cpu for t in result.outcome.timings)
    typer.echo("CPU s     rows  statement", err=True)
    for timing in result.outcome.timings:
        typer.echo(f"{timing.cpu:6.3f} {timing.rows:8}  {_first_words(timing.sql)}", err=True)
    typer.echo(f"{total:6.3f}           in the engine", err=True)
    typer.echo(f"{result.hashing:6.3f}           hashing inputs", err=True)


def _first_words(sql: str) -> str:
    return " ".join(sql.split())[:72]


_TOLD_ELSEWHERE = ("upstream", "not-computed", "engine-failed")


def leave(project: "Project", result: "Result") -> None:
    """The exit code of a run: data that failed, else definitions that did. What failed is said on stderr."""
    found = result.outcome
    refused = found.failed or found.opened.failures or found.opened.findings.errors
    if _unbound(result.report) or _failed(result.report) or refused:
        raise typer.Exit(Exit.DATA)
    if project.findings.errors:
        raise typer.Exit(Exit.FINDING)


def _failed(report: "Report") -> bool:
    """Whether the data kept a KPI from being computed; each says why, once. What the engine refused is said before."""
    from kpispec.render.wording import sentence

    told: dict[tuple[str, str], None] = {}
    for kpi in report.kpis:
        for reading in (*kpi.history, *kpi.segments):
            reason = reading.reason
            if reason is not None and reason.status == "error" and reason.code not in _TOLD_ELSEWHERE:
                told.setdefault((kpi.spec.id, sentence(reason)))
    for id, words in told:
        fail(f"{id}: {words}")
    return bool(told)


def _unbound(report: "Report") -> bool:
    """KPIs of one's own over a data set that nothing binds: the call forgot the data. A library's may well lack it."""
    own = [k for k in report.kpis if k.spec.library is None and k.headline is not None]
    reasons = [k.headline.reason for k in own if k.headline is not None and k.headline.reason is not None]
    missing = [r for r in reasons if r.code == "not-bound"]
    for reason in dict.fromkeys(missing):
        name = reason.get("dataset")
        fail(
            f"data set `{name}` is bound to no data",
            f"pass `--data {name}=FILE`, or bind it under `data:` in kpispec.yml",
        )
    return bool(missing)


def compile(
    names: Names = None,
    project: ProjectDir = None,
    specs: Specs = None,
    everything: All = False,
    data: Data = None,
    period: PeriodOption = None,
    at: At = None,
    first: From = None,
    last: To = None,
    as_of: AsOf = None,
    by: By = None,
    where: Where = None,
    compare: Compare = None,
    stage: Annotated[
        Stage, typer.Option("--stage", help="What is printed: the catalogue, the plan, or the SQL.")
    ] = Stage.SQL,
    dialect: Annotated[str, typer.Option("--dialect", help="The SQL's dialect: duckdb.")] = "duckdb",
    output: Output = None,
) -> None:
    """Print the SQL of KPIs, readable, as it would run."""
    from kpispec.project.load import CallError
    from kpispec.project.stages import stage_json

    if dialect != "duckdb":
        raise CallError(f"there is no dialect `{dialect}`", "use `--dialect duckdb`")
    opened = open_project(project, specs, data)
    asked = asked_of(
        opened, period=period, at=at, first=first, last=last, as_of=as_of, by=by, where=where, compare=compare
    )
    show_errors(opened.findings)
    compiled = opened.compile(*(names or ()), asked=asked, everything=everything)
    show_errors(compiled.opened.findings)
    for lack in compiled.plan.unavailable:
        _tell_lack(lack)
    answer(compiled.text if stage is Stage.SQL else stage_json(stage.value, opened.catalog, compiled.plan), output)
    if compiled.plan.unavailable:
        raise typer.Exit(Exit.DATA)
    if opened.findings.errors:
        raise typer.Exit(Exit.FINDING)


def _tell_lack(lack: "Unavailable") -> None:
    from kpispec.evaluate.report import Reason, Status
    from kpispec.render.wording import sentence

    fail(f"`{lack.kpi}` is left out: {sentence(Reason(Status(lack.status), lack.code, lack.values))}")


COMMANDS = (run, compile)
