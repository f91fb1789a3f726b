"""`validate`: every finding in every document."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import Output, ProjectDir, Specs
from kpispec.cli.shell import Exit, answer, screen, write_text

if TYPE_CHECKING:
    from kpispec.diagnostics import Findings
    from kpispec.project.load import Loaded


class FindingFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def validate(
    paths: Annotated[list[Path] | None, typer.Argument(help="Spec files or folders.", show_default=False)] = None,
    project: ProjectDir = None,
    specs: Specs = None,
    data: Annotated[bool, typer.Option("--data", help="Also bind the formulas against the real files.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings and notes count as errors do.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the safe fixes to the files.")] = False,
    format: Annotated[FindingFormat, typer.Option("--format", help="How findings are printed.")] = FindingFormat.TEXT,
    output: Output = None,
) -> None:
    """Print every finding in every document, with file, line and column."""
    loaded, within = load_within(paths, project, specs)
    if fix and _fixed(loaded, within):
        loaded, within = load_within(paths, project, specs)
    loaded.findings.extend(_found_later(loaded, data=data, strict=strict))
    findings = _within(within, loaded.findings)
    answer(_rendered(findings, loaded.documents, format), output)
    wrong = findings.errors + (len(findings) - findings.errors if strict else 0)
    if wrong:
        raise typer.Exit(Exit.FINDING)


def load_within(
    paths: list[Path] | None, project: Path | None, specs: list[Path] | None
) -> "tuple[Loaded, tuple[Path, ...]]":
    """A project, or spec files. Paths of a project's files are read in it, and only their findings are shown."""
    from kpispec.cli.options import open_project
    from kpispec.project.load import load_specs

    if not paths and not specs:
        return open_project(project, None, None).loaded, ()
    wanted = tuple(path.resolve() for path in paths or ())
    whole = None if specs else _project_around(wanted, project)
    return (whole, wanted) if whole is not None else (load_specs([*(paths or ()), *(specs or ())]), ())


def _project_around(wanted: tuple[Path, ...], project: Path | None) -> "Loaded | None":
    """The project whose files the paths are; `None` where one of them is not of it."""
    from kpispec.cli.options import open_project
    from kpispec.project.load import find_project

    start = project or (wanted[0] if wanted[0].is_dir() else wanted[0].parent)
    if not start.is_file() and find_project(start) is None:
        return None
    loaded = open_project(start, None, None).loaded
    read = [Path(file.path).resolve() for file in loaded.files]
    return loaded if all(any(file.is_relative_to(path) for file in read) for path in wanted) else None


def _within(wanted: tuple[Path, ...], findings: "Findings") -> "Findings":
    """The findings that stand in these files and folders, and those that stand in no file."""
    from kpispec.diagnostics import Findings

    if not wanted:
        return findings
    kept = Findings()
    for finding in findings:
        place = None if finding.span is None else Path(finding.span.file.path).resolve()
        if place is None or any(place.is_relative_to(path) for path in wanted):
            kept.keep(finding)
    return kept


def _rendered(findings: "Findings", documents: int, format: FindingFormat) -> str:
    from kpispec.render import findings as render

    match format:
        case FindingFormat.JSON:
            return render.as_json(findings, documents)
        case FindingFormat.GITHUB:
            return render.github(findings)
        case FindingFormat.TEXT:
            return render.text(findings, documents, colour=screen().colour)


def _fixed(loaded: "Loaded", within: tuple[Path, ...]) -> bool:
    from kpispec.syntax.fixes import apply_fixes, safe_fixes

    changed = False
    for file in loaded.files:
        fixes = safe_fixes(_within(within, loaded.findings), file.path)
        text = apply_fixes(file.text, fixes) if fixes else file.text
        if text != file.text:
            write_text(text, Path(file.path))
            screen().say(f"fixed {file.path}")
            changed = True
    return changed


def _found_later(loaded: "Loaded", *, data: bool, strict: bool) -> "Findings":
    """What only today's date, all languages or the data can tell, apart from what a comment silences."""
    from kpispec.catalog.expiry import expired
    from kpispec.catalog.languages import missing_languages
    from kpispec.diagnostics import Findings
    from kpispec.project.asked import now
    from kpispec.syntax.suppress import unsilenced

    found = Findings()
    expired(loaded.catalog, now().date(), found)
    if strict:
        missing_languages(loaded.catalog, loaded.project.languages, loaded.project.language, found)
    if data:
        _against_data(loaded, found)
    return unsilenced(loaded.files, found)


def _against_data(loaded: "Loaded", findings: "Findings") -> None:
    """What describing the bound files adds: missing columns, wrong types, files that cannot be read."""
    from kpispec.project.asked import Asked, now, request_of
    from kpispec.project.binding import open_bindings, open_engine

    ids = tuple(loaded.catalog.kpis)
    request = request_of(loaded, Asked(as_of=now(), period="all"), ids, None)
    engine = open_engine(loaded, threads=None, memory_limit=None)
    try:
        opened = open_bindings(loaded, tuple(loaded.catalog.datasets), request, engine)
    finally:
        engine.close()
    findings.extend(opened.findings)
    for id, error in opened.failures.items():
        binding = loaded.project.binding(id)
        span = binding.span if binding is not None else None
        findings.add("bad-binding", error.message, subject=f"data.{id}", span=span, help=error.help)


COMMANDS = (validate,)
