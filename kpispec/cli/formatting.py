"""`fmt`: canonical order of keys and layout, comments as they are."""

import codecs
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import ProjectDir
from kpispec.cli.shell import ISSUES, Exit, answer, fail, screen, show_errors, write_whole

if TYPE_CHECKING:
    from kpispec.diagnostics import Findings
    from kpispec.source import SourceFile


@dataclass(frozen=True, slots=True)
class _Rewrite:
    path: Path
    shown: str
    before: str
    after: str


def fmt(
    paths: Annotated[list[Path] | None, typer.Argument(help="Spec files or folders.", show_default=False)] = None,
    project: ProjectDir = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; list the files that would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
) -> None:
    """Put the keys of documents in order and lay them out alike. Comments stay where they belong."""
    from kpispec.diagnostics import Findings

    findings, faults = Findings(), list[str]()
    files = tuple(_files(paths, project))
    rewrites = [r for path in files if (r := _rewrite(path, findings, faults)) is not None]
    if not check and not diff:
        _write(rewrites)
    for rewrite in rewrites if check or diff else ():
        answer(_diff(rewrite) if diff else rewrite.shown, None)
    show_errors(findings)
    _tell(len(rewrites), len(files), dry=check or diff)
    if faults:
        raise typer.Exit(Exit.FAULT)
    if len(findings) or (check and rewrites):
        raise typer.Exit(Exit.FINDING)


def _files(paths: list[Path] | None, project: Path | None) -> Iterable[Path]:
    """Each file once. A folder with a project file stands for the project."""
    from kpispec.cli.options import project_file
    from kpispec.project.load import PROJECT_FILES, files_of, spec_files

    if not paths:
        return files_of(project_file(project))
    found: dict[Path, None] = {}
    for path in paths:
        owner = next((path / name for name in PROJECT_FILES if (path / name).is_file()), None)
        found |= dict.fromkeys(files_of(owner) if owner is not None else spec_files(path))
    return found


def _rewrite(path: Path, findings: "Findings", faults: list[str]) -> _Rewrite | None:
    """What a file would become; `None` where it stays as it is, for good or for a reason that is told."""
    from kpispec.project.load import read_text
    from kpispec.syntax.layout import MeaningError, lay_out

    file = read_text(path, Path.cwd(), findings)
    if file is None:
        return None
    try:
        made = lay_out(file, findings)
    except MeaningError:
        _tell_fault(file, faults)
        return None
    return None if made is None or made == file.text else _Rewrite(path, file.path, file.text, made)


def _tell_fault(file: "SourceFile", faults: list[str]) -> None:
    faults.append(file.path)
    fail(
        f"{file.path}: nothing was written, as the new layout would not say the same",
        f"this is a mistake of kpispec; please report it at {ISSUES}, with the file",
    )


def _write(rewrites: list[_Rewrite]) -> None:
    """Each file whole, with its mode; a link stays one, the file that it leads to is written."""
    for rewrite in rewrites:
        target = rewrite.path.resolve()
        mark = codecs.BOM_UTF8 if target.read_bytes().startswith(codecs.BOM_UTF8) else b""
        write_whole(target, _bytes(mark + rewrite.after.encode()), stat.S_IMODE(target.stat().st_mode))
        screen().say(f"formatted {rewrite.shown}")


def _bytes(written: bytes) -> Callable[[Path], None]:
    def write(made: Path) -> None:
        made.write_bytes(written)

    return write


def _tell(changed: int, files: int, *, dry: bool) -> None:
    told = f"{_count(changed)} would change" if dry else f"{_count(changed)} formatted"
    screen().say(f"{told}, {_count(files - changed)} left as they are" if files else "no files")


def _count(files: int) -> str:
    return f"{files} file" if files == 1 else f"{files} files"


def _diff(rewrite: _Rewrite) -> str:
    from difflib import unified_diff

    before, after = _lines(rewrite.before), _lines(rewrite.after)
    drawn = unified_diff(before, after, rewrite.shown, rewrite.shown)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in drawn)


def _lines(text: str) -> list[str]:
    *ended, last = text.split("\n")
    return [*(f"{line}\n" for line in ended), *([last] if last else [])]


COMMANDS = (fmt,)
