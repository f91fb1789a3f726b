"""`test`: the unit tests inside the specs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import ProjectDir, Specs, open_project
from kpispec.cli.shell import Exit, screen, show_errors

if TYPE_CHECKING:
    from kpispec.project.trials import Trial


def test(
    paths: Annotated[list[Path] | None, typer.Argument(help="Spec files or folders.", show_default=False)] = None,
    project: ProjectDir = None,
    specs: Specs = None,
    kpi: Annotated[
        list[str] | None, typer.Option("--kpi", help="Only the tests of this KPI; repeatable.", show_default=False)
    ] = None,
) -> None:
    """Run the tests inside the specs."""
    from kpispec.project.binding import open_engine
    from kpispec.project.load import CallError
    from kpispec.project.trials import trials

    opened = open_project(project, [*(paths or ()), *(specs or ())] or None, None)
    loaded = opened.loaded
    for id in kpi or ():
        if id not in loaded.catalog.specs:
            raise CallError(f"there is no KPI `{id}`", "`kpispec list kpis` shows those there are")
    show_errors(opened.findings)
    engine = open_engine(loaded, threads=1, memory_limit=None)
    try:
        engine.lock()
        found = list(trials(loaded.catalog, engine, loaded.project.timezone, frozenset(kpi) if kpi else None))
    finally:
        engine.close()
    for trial in found:
        _tell(trial)
    failed = sum(not t.passed for t in found)
    typer.echo(f"{len(found) - failed} passed, {failed} failed")
    if failed or loaded.findings.errors:
        raise typer.Exit(Exit.FINDING)


def _tell(trial: "Trial") -> None:
    from kpispec.render.text import visible

    name = f"{trial.kpi.id}: {visible(trial.test.name)}"
    if trial.passed:
        screen().detail(f"ok    {name}")
        return
    typer.echo(f"FAIL  {name}")
    span = trial.test.span
    typer.echo(f"      {span.file.path}:{span.line}")
    for line in trial.failures:
        typer.echo(f"      {line}")


COMMANDS = (test,)
