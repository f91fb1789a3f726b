"""`test`: the unit tests inside the specs, and what they do not notice."""

import gc
import os
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.checking import load_within
from kpispec.cli.options import Output, ProjectDir, Specs
from kpispec.cli.shell import Exit, answer, screen, show_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpispec.project.chosen import Chosen
    from kpispec.project.load import Loaded
    from kpispec.project.trials import Trial


class TestFormat(StrEnum):
    __test__ = False  # not pytest's

    TEXT = "text"
    JSON = "json"


def test(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|ID]...", help="Spec files or folders, or ids.", show_default=False),
    ] = None,
    project: ProjectDir = None,
    specs: Specs = None,
    kpi: Annotated[
        list[str] | None, typer.Option("--kpi", help="Only the tests of this KPI; repeatable.", show_default=False)
    ] = None,
    library: Annotated[bool, typer.Option("--library", help="The documents that ship with kpispec.")] = False,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change one thing at a time, and list the changes that no test notices.")
    ] = False,
    format: Annotated[TestFormat, typer.Option("--format", help="How it is printed.")] = TestFormat.TEXT,
    output: Output = None,
) -> None:
    """Run the tests inside the specs."""
    loaded, chosen = _chosen(targets or [], project, specs, kpi or [], library=library)
    show_errors(loaded.findings)
    failed = _mutated(loaded, chosen, format, output) if mutate else _tested(loaded, chosen, format, output)
    if failed or loaded.findings.errors:
        raise typer.Exit(Exit.FINDING)


def _chosen(
    targets: list[str], project: Path | None, specs: list[Path] | None, kpis: list[str], *, library: bool
) -> "tuple[Loaded, Chosen]":
    from kpispec.project.chosen import chosen, everything, own
    from kpispec.project.load import CallError, load_library

    paths = [Path(t) for t in targets if Path(t).exists() or "/" in t or t.endswith((".yml", ".yaml"))]
    names = [t for t in targets if Path(t) not in paths]
    loaded, within = (load_library(), ()) if library else load_within(paths, project, specs)
    for id in kpis:
        if id not in loaded.catalog.specs:
            raise CallError(f"there is no KPI `{id}`", "`kpispec list kpis` shows those there are")
    start = everything(loaded.catalog) if library else own(loaded.catalog)
    return loaded, chosen(loaded.catalog, [*names, *(f"kpi.{id}" for id in kpis)], within, start)


_FEW = 20  # KPIs for which a second engine takes longer than it saves


def _tested(loaded: "Loaded", chosen: "Chosen", format: TestFormat, output: Path | None) -> bool:
    from kpispec.project.binding import open_engine
    from kpispec.project.trials import trials_on

    gc.disable()  # the process ends with the tests: looking for cycles again and again takes a tenth of the time
    count = min(os.cpu_count() or 1, 4) if len(chosen.kpis) > _FEW else 1
    with ExitStack() as stack:
        opened = (open_engine(loaded, threads=1, memory_limit=None, few_rows=True) for _ in range(count))
        engines = [stack.enter_context(closing(engine)) for engine in opened]
        for engine in engines:
            engine.lock()
        found = trials_on(loaded.catalog, engines, loaded.project.timezone, chosen)
    answer(_tests_json(found) if format is TestFormat.JSON else _tests_text(found), output)
    return any(not t.passed for t in found)


def _tests_text(found: "Sequence[Trial]") -> str:
    from kpispec.render.text import visible

    lines = []
    for trial in found:
        name = f"{trial.kpi.id}: {visible(trial.test.name)}"
        if trial.passed:
            screen().detail(f"ok    {name}")
        else:
            span = trial.test.span
            lines += [f"FAIL  {name}", f"      {span.file.path}:{span.line}", *(f"      {f}" for f in trial.failures)]
    failed = sum(not t.passed for t in found)
    return "\n".join([*lines, f"{len(found) - failed} passed, {failed} failed"])


def _tests_json(found: "Sequence[Trial]") -> str:
    import json

    from kpispec.spec import KpiSpec

    tests = [
        {
            "kind": "kpi" if isinstance(t.kpi, KpiSpec) else "function",
            "id": t.kpi.id,
            "name": t.test.name,
            "path": t.test.span.file.path,
            "line": t.test.span.line,
            "passed": t.passed,
            "failures": list(t.failures),
        }
        for t in found
    ]
    failed = sum(not t.passed for t in found)
    counts = {"passed": len(found) - failed, "failed": failed}
    return json.dumps({"schema": "kpispec-tests/1", "tests": tests, **counts}, indent=2, ensure_ascii=False)


def _mutated(loaded: "Loaded", chosen: "Chosen", format: TestFormat, output: Path | None) -> bool:
    from kpispec.project.binding import open_engine
    from kpispec.project.mutation_report import as_json, text
    from kpispec.project.survivors import survey

    engine = open_engine(loaded, threads=1, memory_limit=None, few_rows=True)
    try:
        engine.lock()
        found = survey(loaded.catalog, chosen, engine, loaded.project.timezone, screen().working)
    finally:
        engine.close()
        screen().working("")
    answer(as_json(found) if format is TestFormat.JSON else text(found), output)
    return found.open > 0


COMMANDS = (test,)
